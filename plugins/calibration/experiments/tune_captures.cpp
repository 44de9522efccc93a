#include "plugins/calibration/experiments/tune_captures.h"

#include "core/attention/capture.h"

#include <algorithm>
#include <cmath>

namespace vitrine::calibration_plugin
{
namespace
{

attention::CaptureInfo infoOf(const OpenModel& opened, const TokenText& text)
{
    const model::LlmConfig& config = opened.config();
    attention::CaptureInfo info;
    info.model = opened.name;
    info.tokenTexts = text.pieces;
    for (int layer = 0; layer < config.layers; ++layer)
        info.layerIds.push_back(layer);
    info.scale = 1 / std::sqrt(static_cast<double>(config.headSize));
    info.window = config.slidingWindow;
    info.headSize = config.headSize;
    return info;
}

// What a capture is written from: summaries, and the kept heads among `keep`.
model::ForwardResult written(const model::ForwardResult& pass, const attention::HeadSet& keep)
{
    model::ForwardResult result;
    result.tokens = pass.tokens;
    result.summaries = pass.summaries;
    result.edited = pass.edited;
    std::ranges::copy_if(
        pass.kept, std::back_inserter(result.kept),
        [&](const model::KeptHead& kept) { return std::ranges::binary_search(keep, kept.where); });
    return result;
}

Artifact artifactOf(const char* name, const std::filesystem::path& file)
{
    Artifact artifact;
    artifact.name = name;
    artifact.kind = "capture";
    artifact.path = file;
    return artifact;
}

} // namespace

Result<Artifact> writeBefore(const OpenModel& opened, const OriginalPass& original,
                             const attention::HeadSet& keep, const std::filesystem::path& file,
                             std::vector<std::string>& notes)
{
    VITRINE_TRY(notes, attention::writeCapture(file, infoOf(opened, original.text),
                                               original.text.ids, written(original.forward, keep)));
    return artifactOf("before.safetensors", file);
}

Result<Artifact> writeAfter(const OpenModel& opened, const OriginalPass& original,
                            const ChangedPass& changed, const attention::HeadSet& keep,
                            const std::filesystem::path& file)
{
    // The same heads as in before.safetensors: the same note on precision.
    VITRINE_TRY(const auto notes,
                attention::writeCapture(file, infoOf(opened, original.text), original.text.ids,
                                        written(changed.calibrated.forward, keep)));
    return artifactOf("after.safetensors", file);
}

} // namespace vitrine::calibration_plugin
