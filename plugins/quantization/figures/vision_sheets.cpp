#include "plugins/quantization/figures/vision_sheets.h"

#include "core/figure/picture_look.h"
#include "core/jobs/experiment/read_run.h"
#include "core/picture/picture.h"
#include "core/picture/raster.h"
#include "plugins/quantization/figures/vision_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kPicturesAcross = 8,
                       kShownSide = 256; // pixels of a picture in a sheet

} // namespace

figure::Image keptImage(const RunRecord& run, const std::string& file)
{
    figure::Image image;
    const Artifact* artifact = run.result.artifact(file);
    if (!artifact)
        return image;
    const auto read = readPicture(artifact->path);
    if (!read)
        return image;
    Raster raster{static_cast<int>(read->width), static_cast<int>(read->height), {}};
    for (std::size_t i = 0; i < read->values.size(); ++i)
        raster.rgb.insert(raster.rgb.end(), read->channels == 1 ? 3 : 1, read->values[i]);
    if (const int side = std::max(raster.width, raster.height); side > kShownSide) {
        const auto length = [&](int whole) {
            return std::max(1, static_cast<int>(std::lround(1.0 * kShownSide * whole / side)));
        };
        raster = shrunk(raster, length(raster.width), length(raster.height));
    }
    image.width = raster.width, image.height = raster.height;
    image.rgb = std::move(raster.rgb);
    return image;
}

void addSheet(std::vector<figure::Figure>& all, figure::Figure figure, const RunRecord& run,
              const char* table, bool isOfBoth, const State* cell)
{
    const auto judged = judgedPictures(run, table);
    const auto files = columnTexts(run.result, table, "file");
    for (std::size_t i = 0; i < judged.size(); ++i) {
        const JudgedPicture& one = judged[i];
        if (cell && !isInCell(one, *cell))
            continue;
        figure::Image image = keptImage(run, files[i]);
        if (image.rgb.empty())
            continue;
        image.caption = isOfBoth ? fmt::format("{}\n{}\n{}", one.label, one.answer, one.second)
                                 : fmt::format("{}\n{}\n{:.0f} %", one.label, one.answer,
                                               100 * one.probability);
        image.name =
            fmt::format("{}: it is {} ({}), called {} ({})", one.picture, one.label,
                        sharePercent(one.ofLabel), one.answer, sharePercent(one.probability));
        if (!one.second.empty())
            image.name += fmt::format(" and {} by {}", one.second, evaluatedModel(run, "second"));
        figure.images.push_back(std::move(image));
    }
    if (figure.images.empty())
        return;
    figure.altText = fmt::format("{} pictures with what they are and what they were called.",
                                 figure.images.size());
    figure.width = 160;
    figure::layInRows(figure, kPicturesAcross);
    all.push_back(std::move(figure));
}

} // namespace vitrine::quantization_plugin
