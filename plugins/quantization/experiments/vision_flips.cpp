#include "plugins/quantization/experiments/vision_flips.h"

#include "core/picture/picture.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <vector>

namespace vitrine::quantization_plugin
{
namespace
{

// Places of pictures that one version alone answers rightly, where it was the surest first.
std::vector<std::size_t> surestFlips(const std::vector<model::Classified>& right,
                                     const std::vector<model::Classified>& wrong)
{
    std::vector<std::size_t> places(right.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::erase_if(places, [&](std::size_t i) { return !right[i].isRight() || wrong[i].isRight(); });
    std::ranges::stable_sort(places, std::ranges::greater{},
                             [&](std::size_t i) { return right[i].margin; });
    places.resize(std::min(places.size(), kFlipsKept));
    return places;
}

Table emptyFlips()
{
    return {"flips",
            {{"file", "", {}, "The picture, kept with the run"},
             {"picture", "", {}, "Its name"},
             {"direction", "", {}, "lost: only the original is right; gained: only the codes are"},
             {"label", "", {}, "The class it is"},
             {"answer_original", "", {}, "The class with the largest logit"},
             {"answer_quantized", "", {}, "The same in codes"},
             {"margin_original", "1", {}, "The largest logit above the second"},
             {"margin_quantized", "1", {}, "The same in codes"}},
            {}};
}

} // namespace

Result<void> keepFlips(const JudgedPictures& judged, const LabelledPictures& pictures,
                       const std::function<std::string(std::int64_t)>& className,
                       const std::filesystem::path& folder, RunResult& out)
{
    Table table = emptyFlips();
    const auto keep = [&](const std::vector<std::size_t>& places,
                          const std::string& direction) -> Result<void> {
        for (std::size_t n = 0; n < places.size(); ++n) {
            const std::size_t i = places[n];
            const auto place = static_cast<std::int64_t>(i);
            VITRINE_TRY(const Picture picture, pictures.picture(place));
            Artifact file;
            file.name = fmt::format("{}-{:02}.png", direction, n + 1);
            file.kind = "image";
            file.path = folder / file.name;
            VITRINE_CHECK(writePicture(picture, file.path));
            const model::Classified &a = judged.original[i], &b = judged.quantized[i];
            table.rows.push_back({file.name, pictures.name(place), direction, className(a.label),
                                  className(a.best), className(b.best),
                                  static_cast<double>(a.margin), static_cast<double>(b.margin)});
            out.artifacts.push_back(std::move(file));
        }
        return {};
    };
    VITRINE_CHECK(keep(surestFlips(judged.original, judged.quantized), "lost"));
    VITRINE_CHECK(keep(surestFlips(judged.quantized, judged.original), "gained"));
    out.tables.push_back(std::move(table));
    return {};
}

} // namespace vitrine::quantization_plugin
