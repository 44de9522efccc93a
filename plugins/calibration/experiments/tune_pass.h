#pragma once

#include "core/attention/calibrated_llm.h"
#include "core/model/llm/next_tokens.h"
#include "plugins/common/experiment_input.h"

#include <functional>
#include <string>
#include <vector>

// The two passes behind calibration.tune: the original model, and the calibrated one, which goes on
// from the residual stream of the original or of its own predecessor. The kept run and the live
// session use them.
namespace vitrine::calibration_plugin
{

using GoOn = std::function<bool()>; // false: stop, the answer is no longer wanted

// What is to be done to the text, as the parameters say it.
struct TunePlan {
    attention::CalibrationPlan plan = {};
    attention::HeadSet eligible = {}; // of the chosen layers
    attention::HeadSet keep = {};     // heads whose Q and K go into the captures
    std::vector<InputFile> inputs = {};
    std::vector<std::string> notes = {};
};
Result<TunePlan> tunePlan(const Params& params, const OpenModel& opened, const TokenText& text);

struct OriginalPass {
    TokenText text = {};
    model::ForwardResult forward = {}; // hidden of all layers, summaries, kept heads; no logits
    model::NextTokens next = {};
    std::vector<float> probabilities = {}; // of `next`
};
// Q and K of all heads are kept where they are small, so that another choice needs no other pass;
// else of `keep` alone.
Result<OriginalPass> originalPass(const OpenModel& opened, TokenText text,
                                  const attention::HeadSet& keep, const GoOn& goOn);

struct ChangedPass {
    attention::CalibrationPlan plan = {};
    attention::CalibratedPass calibrated = {}; // of all layers, as OriginalPass::forward
    model::NextTokens next = {};
    std::vector<double> divergence = {}; // KL(original || calibrated) of every position, nat
};
// `previous`, a pass over the same text with the same heads kept, may be null. Only the layers from
// the first one on whose calibration differs from it are run; the result is the same to the last
// bit.
Result<ChangedPass> changedPass(const OpenModel& opened, const OriginalPass& original,
                                const attention::CalibrationPlan& plan,
                                const attention::HeadSet& keep, const ChangedPass* previous,
                                const GoOn& goOn);

// Whether the passes hold Q and K of all of these heads.
bool holds(const OriginalPass& original, const attention::HeadSet& keep);

} // namespace vitrine::calibration_plugin
