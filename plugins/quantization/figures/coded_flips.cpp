#include "core/base/cut_text.h"
#include "core/figure/picture_look.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"
#include "plugins/quantization/figures/vision_answers.h"
#include "plugins/quantization/figures/vision_sheets.h"

#include <fmt/format.h>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kFlipsAcross = 7; // on paper, where "was T-shirt/top" fits below each

constexpr std::size_t kLongestClass = 40; // bytes

// Pictures that the original alone ("lost") or the codes alone answer rightly, of all judged.
std::size_t flipsAmongItems(const RunRecord& run, bool isLost)
{
    const Table* items = run.result.table("items");
    std::size_t count = 0;
    for (std::size_t i = 0; items && i < items->rows.size(); ++i) {
        const RowReader row(*items, i);
        const bool before = row.flag("right_original"), after = row.flag("right_quantized");
        count += before != after && before == isLost;
    }
    return count;
}

figure::Image flipImage(const RunRecord& run, const RowReader& row, bool isLost)
{
    figure::Image image = keptImage(run, row.text("file"));
    const std::string label = cutText(row.text("label"), kLongestClass),
                      other = cutText(row.text(isLost ? "answer_quantized" : "answer_original"),
                                      kLongestClass);
    image.caption = label + (isLost ? "\nnow " : "\nwas ") + other;
    image.name = fmt::format("{}: it is {}, the original says {} (margin {:.2f}), the codes {} "
                             "(margin {:.2f})",
                             row.text("picture"), label, row.text("answer_original"),
                             row.number("margin_original"), row.text("answer_quantized"),
                             row.number("margin_quantized"));
    return image;
}

} // namespace

figure::Figure codedFlips(const CodedDrawing& drawing, bool isLost)
{
    const RunRecord& run = drawing.selected();
    const Table* flips = run.result.table("flips");
    std::vector<figure::Image> images;
    std::size_t kept = 0;
    for (std::size_t i = 0; flips && i < flips->rows.size(); ++i) {
        const RowReader row(*flips, i);
        if (row.text("direction") != (isLost ? "lost" : "gained"))
            continue;
        ++kept;
        if (figure::Image image = flipImage(run, row, isLost); !image.rgb.empty())
            images.push_back(std::move(image));
    }
    const std::size_t all = std::max(kept, flipsAmongItems(run, isLost));
    figure::Figure figure = drawing.startOne(
        isLost ? "coded-lost" : "coded-gained",
        fmt::format("{}: {} picture{}",
                    isLost ? "Right before, wrong in codes" : "Wrong before, right in codes",
                    pictureCount(static_cast<double>(all)), all == 1 ? "" : "s"),
        run);
    figure.caption = fmt::format(
        "What each picture is; below, what {}. Those first of which {} was the surest.{}",
        isLost ? "the codes call it" : "the original called it",
        isLost ? "the original" : "the pass in codes",
        all > images.size() ? fmt::format(" {} more are among the items.",
                                          pictureCount(static_cast<double>(all - images.size())))
                            : "");
    figure.altText =
        fmt::format("{} pictures with what they are and what they were called.", images.size());
    figure.width = 160;
    figure.images = std::move(images);
    if (!figure.images.empty())
        figure::layInRows(figure, kFlipsAcross);
    return figure;
}

std::string codedFlipWords(const RunRecord& run)
{
    if (!run.result.table("flips"))
        return "This run was made before such pictures were kept: run again to see them.";
    const std::size_t lost = flipsAmongItems(run, true), gained = flipsAmongItems(run, false);
    if (lost + gained == 0)
        return "No picture is answered rightly by one of the two alone.";
    return fmt::format(
        "Of {} pictures {} are right only in the original and {} only in codes. McNemar's test "
        "weighs these alone; pictures that both answer alike say nothing about the difference.",
        pictureCount(metricOf(run.result, "pictures")), pictureCount(static_cast<double>(lost)),
        pictureCount(static_cast<double>(gained)));
}

} // namespace vitrine::quantization_plugin
