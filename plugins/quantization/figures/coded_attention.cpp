#include "core/base/cut_text.h"
#include "core/figure/picture_look.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"
#include "plugins/quantization/figures/vision_sheets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kMostMaps = 12; // layers side by side
constexpr std::int64_t kMostMapSide = 256;
constexpr std::size_t kLongestMapName = 40;

// Where the first token of one layer looks, patch by patch.
struct TokenLook {
    std::string layer;
    std::int64_t side = 0;
    std::vector<float> before, after; // row by row
};

// Layers whose patches are not a square, each once, are left out.
std::vector<TokenLook> tokenLooks(const RunRecord& run)
{
    std::vector<TokenLook> all;
    const Table* table = run.result.table("attention");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        const std::string layer = row.text("layer");
        if (all.empty() || all.back().layer != layer)
            all.push_back({layer, 0, {}, {}});
        TokenLook& look = all.back();
        const auto column = row.whole("column", 0, kMostMapSide - 1);
        look.side = std::max(look.side, column.value_or(0) + 1);
        look.before.push_back(static_cast<float>(row.number("before")));
        look.after.push_back(static_cast<float>(row.number("after")));
    }
    std::erase_if(all, [](const TokenLook& look) {
        return look.before.size() != static_cast<std::size_t>(look.side * look.side);
    });
    return all;
}

std::string blockName(const std::string& layer)
{
    const auto end = layer.find(".attn");
    return cutText(layer.substr(0, end), kLongestMapName);
}

void addMap(figure::Figure& figure, const figure::Image& picture, const TokenLook& look,
            std::vector<float> values, const char* which)
{
    figure::Image image = picture;
    image.caption = blockName(look.layer) + (*which ? std::string("\n") + which : "");
    figure::Grid grid;
    grid.rows = grid.columns = look.side;
    grid.values = std::move(values);
    grid.opacity = 0.65;
    grid.upsampling = figure::Upsampling::bilinear;
    figure.images.push_back(std::move(image));
    figure.grids.push_back(std::move(grid));
}

void layMaps(figure::Figure& figure, std::size_t across, const figure::Grid& like)
{
    figure.width = 180;
    figure::layInRows(figure, static_cast<std::int64_t>(across));
    for (std::size_t i = 0; i < figure.grids.size(); ++i) {
        figure::Grid& grid = figure.grids[i];
        grid.name = like.name, grid.map = like.map;
        grid.minimum = like.minimum, grid.maximum = like.maximum;
        figure::layOver(grid, figure.images[i]);
    }
}

float mostOf(const std::vector<float>& values)
{
    float most = 0;
    for (const float value : values)
        if (std::isfinite(value))
            most = std::max(most, std::abs(value));
    return most;
}

std::string pictureWords(const RunRecord& run)
{
    const Table* table = run.result.table("attention_picture");
    if (!table || table->rows.empty())
        return {};
    const RowReader row(*table, 0);
    return fmt::format("{}: it is {}, the original says {}, the codes {}.", row.text("picture"),
                       row.text("label"), row.text("answer_original"),
                       row.text("answer_quantized"));
}

// The picture that the maps lie over; one without colours where it was not kept.
figure::Image lookedAt(const RunRecord& run)
{
    const auto files = columnTexts(run.result, "attention_picture", "file");
    figure::Image image = files.empty() ? figure::Image{} : keptImage(run, files[0]);
    image.name = pictureWords(run);
    return image;
}

} // namespace

figure::Figure codedAttention(const CodedDrawing& drawing)
{
    const RunRecord& run = drawing.selected();
    figure::Figure figure =
        drawing.startOne("coded-attention", "Where the class token looks, before and after", run);
    auto looks = tokenLooks(run);
    const figure::Image picture = lookedAt(run);
    if (looks.empty() || picture.rgb.empty())
        return figure;
    const std::size_t all = looks.size();
    looks.resize(std::min(all, kMostMaps));
    figure::Grid like;
    like.name = "attention weight", like.map = figure::ColourMap::viridis, like.maximum = 0;
    for (const TokenLook& look : looks)
        like.maximum =
            std::max<double>(like.maximum, std::max(mostOf(look.before), mostOf(look.after)));
    for (const TokenLook& look : looks)
        addMap(figure, picture, look, look.before, "original");
    for (const TokenLook& look : looks)
        addMap(figure, picture, look, look.after, "in codes");
    layMaps(figure, looks.size(), like);
    figure.caption = fmt::format(
        "Weights of the first token for the patches, mean over the heads, "
        "above of the original, below in codes. {}{}",
        picture.name,
        all > kMostMaps ? fmt::format(" {} more layers are in the run's table.", all - kMostMaps)
                        : "");
    figure.altText = "The same picture for each layer, with what the class token looks at.";
    return figure;
}

figure::Figure codedAttentionChange(const CodedDrawing& drawing)
{
    const RunRecord& run = drawing.selected();
    figure::Figure figure =
        drawing.startOne("coded-attention-change", "What moved: after less before", run);
    auto looks = tokenLooks(run);
    const figure::Image picture = lookedAt(run);
    if (looks.empty() || picture.rgb.empty())
        return figure;
    looks.resize(std::min(looks.size(), kMostMaps));
    figure::Grid like;
    like.name = "change of the weight", like.map = figure::ColourMap::difference;
    like.maximum = 0;
    for (const TokenLook& look : looks) {
        std::vector<float> change;
        for (std::size_t i = 0; i < look.before.size(); ++i)
            change.push_back(look.after[i] - look.before[i]);
        like.maximum = std::max<double>(like.maximum, mostOf(change));
        addMap(figure, picture, look, std::move(change), "");
    }
    like.minimum = -like.maximum;
    layMaps(figure, looks.size(), like);
    figure.caption = "Weight in codes less that of the original; all layers with one range of "
                     "colours.";
    figure.altText = "The same picture for each layer, with where weight came and went.";
    return figure;
}

} // namespace vitrine::quantization_plugin
