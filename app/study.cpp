#include "app/study.h"

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
            .line = "DeiT-Tiny on a chip: cycles, schedule, roofline and energy, beside other "
                    "accelerators and what their papers say.",
            .experiment = "accelerators.simulate",
            .params = {{"accelerator", "p2vit"}, {"workload", "deit-tiny"}},
            .thumbnail = "simulate-a-vit",
            .missing = {}};
}

} // namespace

std::vector<Study> studies()
{
    return {findTheSinks(), simulateAVit()};
}

} // namespace vitrine
