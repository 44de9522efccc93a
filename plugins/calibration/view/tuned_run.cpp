#include "plugins/calibration/view/tuned_run.h"

#include "plugins/common/map_figures.h"
#include "plugins/common/view/capture_parts.h"

#include <algorithm>
#include <cmath>

namespace vitrine::calibration_plugin
{
namespace
{

using attention::Capture;

Result<std::shared_ptr<const Capture>> openCapture(const RunRecord& run, const char* side)
{
    // A live session names its files anew with each update: "before-7.safetensors".
    const std::string prefix(side);
    const auto found = std::ranges::find_if(run.result.artifacts, [&](const Artifact& artifact) {
        return artifact.name.starts_with(prefix) && artifact.name.ends_with(".safetensors");
    });
    if (found == run.result.artifacts.end())
        return inputError("run {} has no {}.safetensors; run it again to make one", run.number,
                          prefix);
    VITRINE_TRY(auto capture, Capture::open(found->path));
    return std::make_shared<const Capture>(std::move(capture));
}

void readWords(TunedRun& opened, const TunedRun* like)
{
    if (like && like->before->tokenTexts() == opened.before->tokenTexts()) {
        opened.tokens = like->tokens;
        opened.gaps = like->gaps;
        return;
    }
    CapturedWords words = wordsOf(*opened.before);
    opened.tokens = std::move(words.tokens);
    opened.gaps = std::move(words.gaps);
}

} // namespace

const TunedHead* TunedRun::head(LayerHead id) const
{
    const auto found = std::ranges::find(heads, id, &TunedHead::id);
    return found == heads.end() ? nullptr : &*found;
}

bool TunedRun::keeps(LayerHead id) const
{
    const std::int64_t first = layerIndexOf(*before, id), second = layerIndexOf(*after, id);
    return first >= 0 && second >= 0 && before->keeps(first, id.head) &&
           after->keeps(second, id.head);
}

Result<TunedRun> openTuned(const RunHandle& run, const TunedRun* like)
{
    TunedRun opened;
    opened.run = run;
    VITRINE_TRY(opened.before, openCapture(*run, "before"));
    VITRINE_TRY(opened.after, openCapture(*run, "after"));
    if (opened.before->tokens() != opened.after->tokens() || opened.before->tokens() <= 0)
        return inputError("the captures of run {} do not belong together: {} and {} tokens",
                          run->number, opened.before->tokens(), opened.after->tokens());
    opened.heads = tunedHeads(run->result);
    opened.sinks = tunedSinks(run->result);
    opened.name = QString::fromStdString(runLabel(*run));
    readWords(opened, like);
    return opened;
}

BoundState boundToText()
{
    return BoundState({"selection.token", "window", "profile_range", "census_range"});
}

QJsonObject stateFor(const std::vector<RunRecord>& runs, const QJsonObject& state)
{
    if (!state.contains("about"))
        return state;
    BoundState bound = boundToText();
    for (const RunRecord& run : runs)
        if (const auto opened = openTuned(std::make_shared<const RunRecord>(run))) {
            bound.setSubject(subjectOfTokens(*opened->tokens));
            break;
        }
    return bound.read(state);
}

} // namespace vitrine::calibration_plugin
