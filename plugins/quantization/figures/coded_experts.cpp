#include "core/base/cut_text.h"
#include "core/figure/picture_look.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"
#include "plugins/quantization/figures/vision_sheets.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kMostExpertPictures = 8, kMostMixtures = 6; // side by side, below each other
constexpr std::int64_t kMostExpertSide = 256;
constexpr std::size_t kLongestExpertName = 40;

// A picture that the run kept, and its maps are looked for by its name.
struct ExpertPicture {
    std::string name, words;
    figure::Image image;
};

std::vector<ExpertPicture> expertPictures(const RunRecord& run)
{
    std::vector<ExpertPicture> all;
    const Table* table = run.result.table("experts_pictures");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        figure::Image image = keptImage(run, row.text("file"));
        if (!image.rgb.empty() && all.size() < kMostExpertPictures)
            all.push_back({row.text("picture"),
                           fmt::format("{}: it is {}, the original says {}, the changed network {}",
                                       row.text("picture"), row.text("label"),
                                       row.text("answer_original"), row.text("answer_quantized")),
                           std::move(image)});
    }
    return all;
}

// Mixtures of one block, in the order of the run.
std::vector<std::string> mixturesOf(const RunRecord& run, const std::string& block)
{
    std::vector<std::string> mixtures;
    for (const std::string& layer : columnTexts(run.result, "experts_picture", "layer"))
        if (blockOf(layer) == block && std::ranges::find(mixtures, layer) == mixtures.end() &&
            mixtures.size() < kMostMixtures)
            mixtures.push_back(layer);
    return mixtures;
}

// Patch by patch, 0 or 1; no patches where they are no square.
figure::Grid expertGrid(const RunRecord& run, const std::string& picture, const std::string& layer)
{
    const Table& table = *run.result.table("experts_picture");
    figure::Grid grid;
    std::int64_t side = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const RowReader row(table, i);
        if (row.text("picture") != picture || row.text("layer") != layer)
            continue;
        side = std::max(side, row.whole("column", 0, kMostExpertSide - 1).value_or(0) + 1);
        grid.values.push_back(static_cast<float>(row.whole("expert", 0, 1).value_or(0)));
    }
    if (std::ssize(grid.values) != side * side)
        return {};
    grid.rows = grid.columns = side;
    grid.name = "expert (0 multiplies, 1 shifts)";
    grid.map = figure::ColourMap::cividis;
    grid.opacity = 0.55;
    return grid;
}

void addExpertMap(figure::Figure& figure, const ExpertPicture& picture, const std::string& layer,
                  figure::Grid grid)
{
    const auto shifts = std::ranges::count(grid.values, 1.0f);
    figure::Image image = picture.image;
    const std::string mixture = layer.substr(std::min(layer.size(), blockOf(layer).size() + 1));
    image.caption = fmt::format("{}\n{} of {} shift", cutText(mixture, kLongestExpertName), shifts,
                                grid.values.size());
    image.name = picture.words;
    figure.images.push_back(std::move(image));
    figure.grids.push_back(std::move(grid));
}

} // namespace

std::vector<std::string> expertBlocks(const RunRecord& run)
{
    std::vector<std::string> blocks;
    for (const std::string& layer : columnTexts(run.result, "experts_picture", "layer"))
        if (std::ranges::find(blocks, blockOf(layer)) == blocks.end())
            blocks.push_back(blockOf(layer));
    return blocks;
}

std::string expertBlock(const RunRecord& run, const State& state)
{
    const std::vector<std::string> blocks = expertBlocks(run);
    const std::string chosen = blockOf(state.layer);
    if (blocks.empty() || std::ranges::find(blocks, chosen) != blocks.end())
        return blocks.empty() ? std::string() : chosen;
    return blocks.front();
}

figure::Figure codedExperts(const CodedDrawing& drawing)
{
    const RunRecord& run = drawing.selected();
    const std::string block = expertBlock(run, drawing.state());
    figure::Figure figure = drawing.startOne(
        "coded-experts", "Which expert took each patch, " + cutText(block, kLongestExpertName),
        run);
    const std::vector<ExpertPicture> pictures = expertPictures(run);
    for (const std::string& layer : mixturesOf(run, block))
        for (const ExpertPicture& picture : pictures)
            if (figure::Grid grid = expertGrid(run, picture.name, layer); !grid.values.empty())
                addExpertMap(figure, picture, layer, std::move(grid));
    if (figure.images.empty())
        return figure;
    figure.width = 120;
    figure::layInRows(figure, static_cast<std::int64_t>(pictures.size()));
    for (std::size_t i = 0; i < figure.grids.size(); ++i)
        figure::layOver(figure.grids[i], figure.images[i]);
    figure.caption = fmt::format("A row for each mixture of {}, a column for each picture: the "
                                 "router sends a patch to the expert that multiplies or to the one "
                                 "that shifts. The class token is not shown.",
                                 block);
    figure.altText = "Pictures whose patches are coloured by the expert that took them.";
    return figure;
}

} // namespace vitrine::quantization_plugin
