#include "core/report/latex_width.h"

#include <array>

namespace vitrine::report
{
namespace
{

// Widths of ' ' to '~' in cmr8, thousandths of the size; what mathematics or a rule sets has its
// own.
constexpr std::array<short, 95> kRoman = {
    354, 295, 531, 885, 531, 885, 826, 295, 413, 413, 531, 826, 295, 354, 295, 531, 531, 531,  531,
    531, 531, 531, 531, 531, 531, 531, 295, 295, 826, 826, 826, 502, 826, 796, 752, 767, 811,  723,
    693, 834, 796, 383, 545, 825, 664, 973, 796, 826, 723, 826, 782, 590, 767, 796, 796, 1091, 796,
    796, 649, 295, 531, 295, 531, 383, 295, 531, 590, 472, 590, 472, 325, 531, 590, 295, 325,  561,
    295, 885, 590, 531, 590, 561, 414, 419, 413, 590, 561, 767, 561, 561, 472, 531, 295, 531,  531};
constexpr double kCode = 531, kOther = 850; // beyond ASCII: the width of most signs or less

// Small sizes of the face are drawn wider, large ones narrower.
double stretch(double size)
{
    return size < 7.5 ? 1.08 : size < 9 ? 1.0 : 0.97;
}

} // namespace

double latexWidth(std::string_view text, double size, LatexFace face)
{
    double thousandths = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) == 0x80U)
            continue; // inside a character
        if (face == LatexFace::code)
            thousandths += kCode;
        else
            thousandths += byte >= 32 && byte < 127 ? kRoman[byte - 32U] : kOther;
    }
    const double bold = face == LatexFace::bold ? 1.17 : 1;
    return thousandths / 1000 * size * stretch(size) * bold;
}

} // namespace vitrine::report
