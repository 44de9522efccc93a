#pragma once

#include <string_view>

namespace vitrine
{

// `text` without the characters of `space` at its two ends; empty where there is nothing else.
std::string_view trimmed(std::string_view text, std::string_view space = " \t\r\n");

} // namespace vitrine
