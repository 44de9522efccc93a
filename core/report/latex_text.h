#pragma once

#include <string>
#include <string_view>

namespace vitrine::report
{

// Any UTF-8 as LaTeX text: special characters escaped, what pdflatex knows only in mathematics set
// in it, what it does not know at all as [U+4E2D]. No input makes a command.
std::string latexText(std::string_view text);

// In typewriter, with places to break every few characters (hashes, paths, identifiers).
std::string latexCode(std::string_view text);

} // namespace vitrine::report
