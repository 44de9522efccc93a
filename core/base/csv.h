#pragma once

#include <string>
#include <string_view>

namespace vitrine
{

// A field of a CSV file that people open (RFC 4180: quoted where it must be). A spreadsheet runs
// what begins with = + - @, a tab or a line break as a formula, whoever wrote it: such a text gets
// an apostrophe in front, which spreadsheets take for "this is text". Numbers stay as they are.
std::string csvField(std::string_view text);

} // namespace vitrine
