#include "app/window/study.h"

#include "core/base/resources.h"

namespace vitrine
{
namespace
{

Study findTheSinks()
{
    Study study{.id = "find-the-sinks",
                .title = "Find the sinks",
                .line = "Where a small language model looks when it has nothing to say: heads that "
                        "give most of their attention to the first token.",
                .experiment = "attention.capture",
                .params = {{"model", "vitrine-lm"}},
                .thumbnail = "find-the-sinks",
                .missing = {}};
    const auto model = findModel("vitrine-lm");
    const auto text = findResource("texts/speech-2016.txt");
    if (!model)
        study.missing = QString::fromStdString(model.error().message);
    else if (!text)
        study.missing = QString::fromStdString(text.error().message);
    else
        study.params["prompt_file"] = text->string();
    return study;
}

Study simulateAVit()
{
    return {.id = "simulate-a-vit",
            .title = "Simulate a ViT",
            .line = "DeiT-Tiny on four accelerators: cycles, schedule, roofline and energy, beside "
                    "what their papers say.",
            .experiment = "accelerators.simulate",
            .params = {{"accelerator", "p2vit"}, {"workload", "deit-tiny"}},
            .beside = {{{"accelerator", "trio-vit"}, {"workload", "deit-tiny"}},
                       {{"accelerator", "vitality"}, {"workload", "deit-tiny"}},
                       {{"accelerator", "systolic"}, {"workload", "deit-tiny"}}},
            .thumbnail = "simulate-a-vit",
            .missing = {}};
}

Study videoDuel()
{
    Study study{.id = "video-duel",
                .title = "Video duel: x264 beside AV1",
                .line = "One clip, equal rate, two codecs: frame by frame, with error maps and "
                        "quality curves.",
                .experiment = "video.compare",
                .params = {{"codecs", "x264:kbps=300:preset=medium;av1:kbps=300:preset=8"}},
                .thumbnail = "video-duel",
                .missing = {}};
    if (const auto clip = findResource("clips/lake.mkv"))
        study.params["reference"] = clip->string();
    else
        study.missing = QString::fromStdString(clip.error().message);
    return study;
}

} // namespace

std::vector<Study> studies()
{
    return {findTheSinks(), simulateAVit(), videoDuel()};
}

} // namespace vitrine
