#include "core/attention/capture.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <memory>

#include "core/attention/capture_file.h"
#include "core/attention/scores.h"
#include "core/attention/sinks.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/tensor/safetensors.h"

namespace vitrine::attention
{

std::vector<float> columnScore(const model::HeadSummary& summary)
{
    std::vector<float> score(summary.columnSum.size());
    for (std::size_t j = 0; j < score.size(); ++j)
        score[j] = summary.columnSum[j] / static_cast<float>(summary.columnRows[j]);
    return score;
}

namespace
{

using Summaries = std::vector<std::vector<model::HeadSummary>>;

// Tensors with the values that they look at: values stay where they are while the file is written.
class Tensors
{
public:
    template <typename T>
    void add(std::string name, DType type, std::vector<std::int64_t> shape,
             std::span<const T> values)
    {
        list_.push_back({std::move(name), {type, std::move(shape), std::as_bytes(values)}});
    }
    template <typename T>
    void own(std::string name, DType type, std::vector<std::int64_t> shape, std::vector<T> values)
    {
        auto kept = std::make_shared<std::vector<T>>(std::move(values));
        add<T>(std::move(name), type, std::move(shape), *kept);
        owned_.push_back(std::move(kept));
    }
    Result<void> write(const std::filesystem::path& path,
                       const std::map<std::string, std::string>& metadata)
    {
        return writeSafetensors(path, list_, metadata);
    }

private:
    std::vector<NamedTensor> list_;
    std::vector<std::shared_ptr<void>> owned_;
};

std::map<std::string, std::string> metadataOf(const CaptureInfo& info, std::int64_t heads)
{
    return {{"format", std::string(captureFile::kFormat)},
            {"layers", std::to_string(info.layerIds.size())},
            {"heads", std::to_string(heads)},
            {"head_size", std::to_string(info.headSize)},
            {"scale", shortest(info.scale)},
            {"window", std::to_string(info.window)},
            {"layer_ids", dumpJson(Json(info.layerIds))},
            {"tokens", dumpJson(Json(info.tokenTexts))},
            {"model", info.model}};
}

// Everything but the kept heads. `summaries` has one entry per captured layer.
void addSummaries(Tensors& tensors, std::span<const std::int32_t> ids,
                  const std::vector<const std::vector<model::HeadSummary>*>& summaries,
                  std::int64_t window)
{
    const auto layers = static_cast<std::int64_t>(summaries.size());
    const auto heads = static_cast<std::int64_t>(summaries.empty() ? 0 : summaries.front()->size());
    const auto tokens = static_cast<std::int64_t>(ids.size());
    std::int64_t side = 0;
    std::vector<float> score, thumbnail;
    std::vector<double> mass, entropy, distance;
    for (const auto* layer : summaries) {
        assert(static_cast<std::int64_t>(layer->size()) == heads);
        for (const model::HeadSummary& head : *layer) {
            const auto s = columnScore(head);
            score.insert(score.end(), s.begin(), s.end());
            thumbnail.insert(thumbnail.end(), head.thumbnail.begin(), head.thumbnail.end());
            side = head.thumbnail.empty() ? 0 : std::min<std::int64_t>(tokens, 64);
            mass.push_back(head.firstTokenMass);
            entropy.push_back(head.entropy);
            distance.push_back(head.distance);
        }
    }
    assert(static_cast<std::int64_t>(thumbnail.size()) == layers * heads * side * side);
    using namespace captureFile;
    tensors.own(std::string(kTokenIds), DType::i64, {tokens},
                std::vector<std::int64_t>(ids.begin(), ids.end()));
    tensors.own(std::string(kColumnScore), DType::f32, {layers, heads, tokens}, std::move(score));
    tensors.own(std::string(kColumnRows), DType::i32, {tokens}, columnRows(tokens, window));
    tensors.own(std::string(kFirstTokenMass), DType::f64, {layers, heads}, std::move(mass));
    tensors.own(std::string(kEntropy), DType::f64, {layers, heads}, std::move(entropy));
    tensors.own(std::string(kDistance), DType::f64, {layers, heads}, std::move(distance));
    tensors.own(std::string(kThumbnail), DType::f32, {layers, heads, side, side},
                std::move(thumbnail));
}

std::vector<std::uint16_t> halves(std::span<const float> values)
{
    std::vector<std::uint16_t> result(values.size());
    std::ranges::transform(values, result.begin(), toHalf);
    return result;
}

// Whether half precision, which ends at 65504, makes no infinity of a number.
bool fitHalf(std::span<const float> values)
{
    return std::ranges::none_of(
        values, [](float value) { return std::isfinite(value) && std::abs(value) > 65504.0f; });
}

std::vector<float> floats(std::span<const std::uint16_t> values)
{
    std::vector<float> result(values.size());
    std::ranges::transform(values, result.begin(), fromHalf);
    return result;
}

void addHead(Tensors& tensors, const model::KeptHead& kept, const HeadScores& head, bool half,
             const model::EditedHead* edited)
{
    const auto name = [&](std::string_view what) {
        return captureFile::headTensor(what, kept.where.layer, kept.where.head);
    };
    const auto addEdit = [&](std::span<const float> q, std::span<const float> k,
                             std::span<const double> lse) {
        if (!edited)
            return;
        KeptEdit edit = keptEdit(edited->edit, head, q, k, lse);
        const auto columns = static_cast<std::int64_t>(edit.columns.size());
        tensors.own(name(captureFile::kEditColumns), DType::i32, {columns},
                    std::move(edit.columns));
        tensors.own(name(captureFile::kEditFactors), DType::f64, {head.tokens},
                    std::move(edit.factors));
    };
    const std::vector<std::int64_t> shape = {head.tokens, head.headSize};
    if (!half) {
        auto lse = rowLogSumExp(head, kept.q, kept.k);
        addEdit(kept.q, kept.k, lse);
        tensors.add<float>(name("q"), DType::f32, shape, kept.q);
        tensors.add<float>(name("k"), DType::f32, shape, kept.k);
        tensors.own(name("lse"), DType::f64, {head.tokens}, std::move(lse));
        return;
    }
    auto q = halves(kept.q), k = halves(kept.k);
    const auto roundedQ = floats(q), roundedK = floats(k);
    auto lse = rowLogSumExp(head, roundedQ, roundedK);
    addEdit(roundedQ, roundedK, lse);
    tensors.own(name("lse"), DType::f64, {head.tokens}, std::move(lse));
    tensors.own(name("q"), DType::f16, shape, std::move(q));
    tensors.own(name("k"), DType::f16, shape, std::move(k));
}

// The change of a kept head's weights, nullptr where there was none.
const model::EditedHead* editOf(const model::ForwardResult& result, model::LayerHead where)
{
    const auto found = std::ranges::find(result.edited, where, &model::EditedHead::where);
    return found != result.edited.end() && !found->edit.changesNothing() ? &*found : nullptr;
}

Json editJson(const model::EditedHead& head)
{
    return {{"layer", head.where.layer},
            {"head", head.where.head},
            {"beta", head.edit.beta},
            {"receivers_from", head.edit.receiversFrom}};
}

} // namespace

Result<std::vector<std::string>> writeCapture(const std::filesystem::path& path,
                                              const CaptureInfo& info,
                                              std::span<const std::int32_t> ids,
                                              const model::ForwardResult& result,
                                              std::uint64_t budget)
{
    assert(info.tokenTexts.size() == ids.size());
    std::vector<const std::vector<model::HeadSummary>*> summaries;
    for (const int layer : info.layerIds)
        summaries.push_back(&result.summaries.at(static_cast<std::size_t>(layer)));

    Tensors tensors;
    addSummaries(tensors, ids, summaries, info.window);

    std::vector<const model::KeptHead*> kept;
    std::uint64_t bytes = 0;
    for (const model::KeptHead& head : result.kept) {
        if (!std::ranges::binary_search(info.layerIds, head.where.layer))
            continue;
        kept.push_back(&head);
        bytes += (head.q.size() + head.k.size()) * sizeof(float);
    }
    const bool half = bytes > budget;
    const HeadScores head = {static_cast<std::int64_t>(ids.size()), info.headSize, info.scale,
                             info.window};
    Json edits = Json::array();
    std::size_t large = 0;
    for (const model::KeptHead* one : kept) {
        const model::EditedHead* edited = editOf(result, one->where);
        const bool fits = fitHalf(one->q) && fitHalf(one->k);
        large += half && !fits;
        addHead(tensors, *one, head, half && fits, edited);
        if (edited)
            edits.push_back(editJson(*edited));
    }

    const auto heads = static_cast<std::int64_t>(summaries.empty() ? 0 : summaries.front()->size());
    auto metadata = metadataOf(info, heads);
    if (!edits.empty())
        metadata[captureFile::kEdits] = dumpJson(edits);
    VITRINE_CHECK(tensors.write(path, metadata));
    std::vector<std::string> notes;
    if (half)
        notes.push_back(fmt::format(
            "Queries and keys are kept in half precision (F16): in F32 they would take {}, "
            "the budget is {}.",
            bytesText(bytes), bytesText(budget)));
    if (large > 0)
        notes.push_back(fmt::format("Of {} heads queries and keys are kept in single precision all "
                                    "the same: half precision ends at 65504.",
                                    large));
    return notes;
}

Result<void> writeMapCapture(const std::filesystem::path& path, const CaptureInfo& info,
                             std::span<const std::int32_t> ids, const Summaries& summaries,
                             const std::vector<std::vector<std::vector<float>>>& maps)
{
    std::vector<const std::vector<model::HeadSummary>*> layers;
    for (const auto& layer : summaries)
        layers.push_back(&layer);
    Tensors tensors;
    addSummaries(tensors, ids, layers, info.window);
    const auto tokens = static_cast<std::int64_t>(ids.size());
    for (std::size_t l = 0; l < maps.size(); ++l)
        for (std::size_t h = 0; h < maps[l].size(); ++h)
            tensors.add<float>(
                captureFile::headTensor("map", info.layerIds[l], static_cast<std::int64_t>(h)),
                DType::f32, {tokens, tokens}, maps[l][h]);
    const auto heads = static_cast<std::int64_t>(layers.empty() ? 0 : layers.front()->size());
    return tensors.write(path, metadataOf(info, heads));
}

} // namespace vitrine::attention
