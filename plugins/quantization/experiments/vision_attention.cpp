#include "plugins/quantization/experiments/vision_attention.h"

#include "core/picture/picture.h"

#include <cmath>
#include <map>
#include <span>
#include <vector>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kMostTokensBefore = 8; // class, distillation and register tokens

// Patches that lie in a square behind some tokens; side 0: these are none.
struct PatchSquare {
    std::int64_t side = 0, before = 0;
};

PatchSquare squareOf(std::int64_t rows, std::int64_t tokens)
{
    const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(tokens)));
    const std::int64_t before = tokens - side * side;
    if (tokens < 2 || rows % tokens != 0 || before < 1 || before > kMostTokensBefore)
        return {};
    return {side, before};
}

// Weights of the first token for the patches, mean over the heads; [heads * tokens, tokens].
template <typename Value>
std::vector<double> firstTokenWeights(std::span<const Value> values, std::int64_t rows,
                                      std::int64_t tokens, const PatchSquare& square)
{
    const auto patches = static_cast<std::size_t>(square.side * square.side);
    const std::int64_t heads = rows / tokens;
    std::vector<double> mean(patches, 0.0);
    for (std::int64_t head = 0; head < heads; ++head) {
        const auto first = static_cast<std::size_t>(head * tokens * tokens + square.before);
        for (std::size_t patch = 0; patch < patches; ++patch)
            mean[patch] += static_cast<double>(values[first + patch]) / static_cast<double>(heads);
    }
    return mean;
}

std::size_t tellingPicture(const JudgedPictures& judged)
{
    for (const bool wasRight : {true, false})
        for (std::size_t i = 0; i < judged.original.size(); ++i)
            if (judged.original[i].isRight() == wasRight &&
                judged.quantized[i].isRight() != wasRight)
                return i;
    return 0;
}

struct TokenMap {
    PatchSquare square;
    std::vector<double> before, after;
};
using TokenMaps = std::map<std::size_t, TokenMap>; // by layer

Result<TokenMaps> tokenMaps(const VisionVersions& versions, const std::vector<float>& picture)
{
    TokenMaps maps;
    const auto& layers = versions.original.network().layers;
    VITRINE_TRY([[maybe_unused]] const auto logits,
                versions.original.run(
                    picture, {.observe = [&](const model::LayerOutput& output) {
                        if (layers[output.layer].shape.kind != model::LayerKind::softmax)
                            return;
                        const PatchSquare square = squareOf(output.rows, output.columns);
                        if (square.side > 0)
                            maps[output.layer] = {square,
                                                  firstTokenWeights(output.values, output.rows,
                                                                    output.columns, square),
                                                  {}};
                    }}));
    VITRINE_TRY([[maybe_unused]] const auto codes,
                versions.simulated->run(picture, {.observe = [&](const quant::CodedOutput& output) {
                                            const auto found = maps.find(output.layer);
                                            if (found == maps.end())
                                                return;
                                            const PatchSquare square =
                                                squareOf(output.rows, output.columns);
                                            if (square.side == found->second.square.side)
                                                found->second.after =
                                                    firstTokenWeights(output.values, output.rows,
                                                                      output.columns, square);
                                        }}));
    std::erase_if(maps, [](const auto& each) { return each.second.after.empty(); });
    return maps;
}

Table attentionTable(const TokenMaps& maps, const model::Network& network)
{
    Table table{"attention",
                {{"layer", "", {}, "The softmax, as the checkpoint names it"},
                 {"row", "1", {}, "Of the patch"},
                 {"column", "1", {}, "Of the patch"},
                 {"before", "1", {}, "Weight of the first token for it, mean over the heads"},
                 {"after", "1", {}, "The same in codes"}},
                {}};
    for (const auto& [layer, map] : maps)
        for (std::size_t patch = 0; patch < map.before.size(); ++patch) {
            const auto place = static_cast<std::int64_t>(patch);
            table.rows.push_back({network.layers[layer].shape.name, place / map.square.side,
                                  place % map.square.side, map.before[patch], map.after[patch]});
        }
    return table;
}

} // namespace

Result<void> addVisionAttention(const VisionVersions& versions, const JudgedPictures& judged,
                                const LabelledPictures& pictures,
                                const std::function<std::string(std::int64_t)>& className,
                                const std::filesystem::path& folder, RunResult& out)
{
    const std::size_t chosen = tellingPicture(judged);
    const auto place = static_cast<std::int64_t>(chosen);
    LeftOut leftOut;
    VITRINE_TRY(const auto seen,
                seenBy(versions.opened.model.checkpoint(), pictures, place, leftOut));
    VITRINE_TRY(const TokenMaps maps, tokenMaps(versions, seen));
    if (maps.empty())
        return {};
    VITRINE_TRY(const Picture picture, pictures.picture(place));
    Artifact file;
    file.name = "attention.png", file.kind = "image", file.path = folder / file.name;
    VITRINE_CHECK(writePicture(picture, file.path));
    const model::Classified &a = judged.original[chosen], &b = judged.quantized[chosen];
    out.tables.push_back({"attention_picture",
                          {{"file", "", {}, "The picture, kept with the run"},
                           {"picture", "", {}, "Its name"},
                           {"label", "", {}, "The class it is"},
                           {"answer_original", "", {}, "The class with the largest logit"},
                           {"answer_quantized", "", {}, "The same in codes"}},
                          {{file.name, pictures.name(place), className(a.label), className(a.best),
                            className(b.best)}}});
    out.tables.push_back(attentionTable(maps, versions.original.network()));
    out.artifacts.push_back(std::move(file));
    return {};
}

} // namespace vitrine::quantization_plugin
