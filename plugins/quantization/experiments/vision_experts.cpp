#include "plugins/quantization/experiments/vision_experts.h"

#include "core/model/network/shift_add_network.h"
#include "core/model/vision/token_experts.h"
#include "core/picture/picture.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

Table emptyExpertPictures()
{
    return {"experts_pictures",
            {{"file", "", {}, "The picture, kept with the run"},
             {"picture", "", {}, "Its name"},
             {"label", "", {}, "The class it is"},
             {"answer_original", "", {}, "The class with the largest logit"},
             {"answer_quantized", "", {}, "The same of the changed network"}},
            {}};
}

Table emptyExpertMaps()
{
    return {"experts_picture",
            {{"picture", "", {}, "Its name"},
             {"layer", "", {}, "A mixture of two experts"},
             {"row", "1", {}, "Of the patch"},
             {"column", "1", {}, "Of the patch"},
             {"expert", "1", {}, "0: the one that multiplies, 1: the one that shifts"}},
            {}};
}

// A row for each patch; the class token stands before them.
void addPatchRows(const std::string& picture, const model::TokenExperts& mixture, Table& table)
{
    const std::size_t patches = mixture.expert.size() - 1;
    const auto side =
        static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(patches))));
    for (std::size_t patch = 0; patch < patches; ++patch) {
        const auto place = static_cast<std::int64_t>(patch);
        table.rows.push_back({picture, mixture.layer, place / side, place % side,
                              std::int64_t{mixture.expert[patch + 1]}});
    }
}

} // namespace

Result<void> addExperts(const model::VisionModel& changed,
                        std::span<const std::vector<float>> pictures, RunResult& out)
{
    if (model::routersOf(changed.network()).empty())
        return {};
    std::vector<std::string> names;
    std::map<std::string, std::pair<double, double>> tokens; // multiplying, all
    for (const std::vector<float>& picture : pictures) {
        VITRINE_TRY(const auto mixtures, model::tokenExperts(changed, picture));
        for (const model::TokenExperts& mixture : mixtures) {
            if (!tokens.contains(mixture.layer))
                names.push_back(mixture.layer);
            auto& [multiplying, all] = tokens[mixture.layer];
            multiplying += static_cast<double>(std::ranges::count(mixture.expert, 0));
            all += static_cast<double>(mixture.expert.size());
        }
    }
    Table table{"experts",
                {{"layer", "", {}, "A mixture of two experts"},
                 {"multiply",
                  "1",
                  {},
                  "Share of the tokens that its router sends to the expert that "
                  "multiplies, over some training pictures"},
                 {"shift", "1", {}, "The others"}},
                {}};
    for (const std::string& name : names) {
        const double share = tokens[name].first / tokens[name].second;
        table.rows.push_back({name, share, 1 - share});
    }
    out.tables.push_back(std::move(table));
    out.notes.push_back("Operations and energy of mixtures count the split of tokens that the "
                        "notes of the model say; the table experts has that of the routers.");
    return {};
}

Result<void> keepExperts(const VisionVersions& versions, const JudgedPictures& judged,
                         const LabelledPictures& pictures,
                         const std::function<std::string(std::int64_t)>& className,
                         const std::filesystem::path& folder, RunResult& out)
{
    if (!versions.reworked || model::routersOf(versions.changedNetwork()).empty())
        return {};
    Table kept = emptyExpertPictures(), maps = emptyExpertMaps();
    const auto count = std::min(kExpertPictures, std::ssize(judged.quantized));
    for (std::int64_t place = 0; place < count; ++place) {
        LeftOut leftOut;
        VITRINE_TRY(const auto seen,
                    seenBy(versions.opened.model.checkpoint(), pictures, place, leftOut));
        VITRINE_TRY(const auto mixtures, model::tokenExperts(*versions.reworked, seen));
        for (const model::TokenExperts& mixture : mixtures)
            addPatchRows(pictures.name(place), mixture, maps);
        VITRINE_TRY(const Picture picture, pictures.picture(place));
        Artifact file;
        file.name = fmt::format("experts-{}.png", place + 1), file.kind = "image";
        file.path = folder / file.name;
        VITRINE_CHECK(writePicture(picture, file.path));
        const auto i = static_cast<std::size_t>(place);
        const model::Classified &a = judged.original[i], &b = judged.quantized[i];
        kept.rows.push_back({file.name, pictures.name(place), className(a.label), className(a.best),
                             className(b.best)});
        out.artifacts.push_back(std::move(file));
    }
    out.tables.push_back(std::move(kept));
    out.tables.push_back(std::move(maps));
    return {};
}

} // namespace vitrine::quantization_plugin
