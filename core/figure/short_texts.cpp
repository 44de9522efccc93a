#include "core/figure/short_texts.h"

#include "core/base/cut_text.h"

namespace vitrine::figure
{
namespace
{

constexpr std::size_t kLongestName = 160, kLongestTitle = 400, kLongestHelp = 400; // bytes

void shorten(std::string& text, std::size_t most)
{
    if (text.size() > most)
        text = cutText(text, most);
}

void shortenAxis(Axis& axis)
{
    shorten(axis.label, kLongestName);
    shorten(axis.unit, kLongestName);
    for (Axis::Tick& tick : axis.ticks)
        shorten(tick.label, kLongestName);
}

} // namespace

Figure withShortTexts(Figure figure)
{
    shorten(figure.title, kLongestTitle);
    shortenAxis(figure.x);
    shortenAxis(figure.y);
    for (Series& series : figure.series) {
        shorten(series.name, kLongestName);
        for (std::string& label : series.labels)
            shorten(label, kLongestHelp);
    }
    for (Bars& bars : figure.bars) {
        shorten(bars.name, kLongestName);
        for (std::string& label : bars.labels)
            shorten(label, kLongestHelp);
    }
    for (Image& image : figure.images) {
        shorten(image.name, kLongestHelp);
        shorten(image.caption, kLongestHelp);
    }
    for (Grid& grid : figure.grids) {
        shorten(grid.name, kLongestName);
        shorten(grid.unit, kLongestName);
    }
    for (Span& span : figure.spans)
        shorten(span.name, kLongestName);
    for (Annotation& note : figure.annotations)
        shorten(note.text, kLongestName);
    return figure;
}

} // namespace vitrine::figure
