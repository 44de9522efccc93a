#pragma once

#include <string_view>

namespace vitrine::report
{

enum class LatexFace { roman, bold, code };

// About how many points a text takes on one line as latexText or latexCode sets it in Computer
// Modern (or Latin Modern) of `size` points; rather too many than too few.
double latexWidth(std::string_view text, double size, LatexFace face = LatexFace::roman);

} // namespace vitrine::report
