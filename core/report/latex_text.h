#pragma once

#include <string>
#include <string_view>

namespace vitrine::report
{

// Any UTF-8 as LaTeX text: special characters escaped, what pdflatex knows only in mathematics set
// in it, what it does not know at all as [U+4E2D]. No input makes a command.
std::string latexText(std::string_view text);

// The same with places to break inside words of more than `longest` bytes: behind the marks of
// names (first_token_|mass) and every few characters of what has none.
std::string latexWrapped(std::string_view text, std::size_t longest = 0);

// In typewriter, with places to break every few characters of words (hashes, paths, identifiers) of
// more than `longest` bytes.
std::string latexCode(std::string_view text, std::size_t longest = 0);

} // namespace vitrine::report
