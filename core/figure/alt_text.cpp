#include "core/figure/alt_text.h"

#include <algorithm>
#include <vector>

namespace vitrine::figure
{
namespace
{

constexpr std::size_t kMostNamed = 12; // pictures; more are counted

std::string shownBy(const Image& image)
{
    std::string text = image.name.empty() ? image.caption : image.name;
    std::ranges::replace(text, '\n', ' ');
    return text;
}

} // namespace

std::string altTextOf(const Figure& figure)
{
    if (!figure.altText.empty())
        return figure.altText;
    std::string text;
    std::size_t named = 0, more = 0;
    for (const Image& image : figure.images) {
        const std::string shown = shownBy(image);
        if (shown.empty() || named == kMostNamed) {
            ++more;
            continue;
        }
        text += (named++ == 0 ? "Pictures: " : "; ") + shown;
    }
    if (named > 0 && more > 0)
        text += "; and " + std::to_string(more) + " more";
    return text;
}

} // namespace vitrine::figure
