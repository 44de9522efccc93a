#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vitrine::learning
{

using Paragraphs = std::vector<std::string>; // not yet normalised

// Running text of an HTML page; scripts, code, tables and navigation are left out, entities are
// read.
Paragraphs htmlParagraphs(std::string_view page);

// Plain text: blank lines part paragraphs.
Paragraphs textParagraphs(std::string_view text);

// Perl's POD: blocks that start with a space are code, those with = are commands; X<...> keeps its
// content.
Paragraphs podParagraphs(std::string_view text);

// A dictionary in the dict.org layout: entries start in the first column. One paragraph per entry,
// without pronunciation, cross-reference braces and notes in brackets.
Paragraphs dictionaryEntries(std::string_view text);

// Texts between backticks in Endless Sky's data files: what people in the story say.
Paragraphs storyParagraphs(std::string_view text);

// Strings of at least two characters in an R lazy-load database (4-byte sizes and zlib streams of
// R's XDR serialisation), in their order: for a book, its lines. Empty lines come as empty strings.
std::vector<std::string> rDatabaseStrings(std::string_view bytes);

} // namespace vitrine::learning
