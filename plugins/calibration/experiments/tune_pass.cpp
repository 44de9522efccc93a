#include "plugins/calibration/experiments/tune_pass.h"

#include "core/base/format.h"
#include "core/jobs/bundle/bundle.h"
#include "plugins/calibration/experiments/hand_picked.h"
#include "plugins/calibration/experiments/params.h"

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

using attention::CalibrationPlan;
using attention::HeadSet;

constexpr std::uint64_t kKeepAll = 64ull << 20;      // bytes of Q and K that are kept unasked
constexpr std::uint64_t kLargestKept = 1ull << 30;   // ... and at most
constexpr std::uint64_t kLargestLogits = 1ull << 30; // bytes of one pass's logits

std::uint64_t keptBytes(const model::LlmConfig& config, std::size_t tokens, std::size_t heads)
{
    return 8ull * tokens * heads * static_cast<std::uint64_t>(config.headSize);
}

HeadSet allHeads(const model::LlmConfig& config)
{
    std::vector<int> layers(static_cast<std::size_t>(config.layers));
    for (std::size_t i = 0; i < layers.size(); ++i)
        layers[i] = static_cast<int>(i);
    return attention::headsOf(config, layers);
}

HeadSet heldHeads(const model::LlmConfig& config, std::size_t tokens, const HeadSet& keep)
{
    HeadSet all = allHeads(config);
    return keptBytes(config, tokens, all.size()) <= kKeepAll ? all : keep;
}

Result<HeadSet> keptHeads(const Params& params, const model::LlmConfig& config,
                          const CalibrationPlan& plan, std::size_t tokens)
{
    const std::string& text = params.text("keep");
    HeadSet heads;
    if (text == "calibrated") {
        heads = plan.heads;
    } else if (text == "all") {
        heads = allHeads(config);
    } else if (text != "none") {
        VITRINE_TRY(heads, attention::parseHeads(text, "keep", config));
    }
    if (keptBytes(config, tokens, heads.size()) > kLargestKept)
        return argumentError("keep asks for queries and keys of {} heads, {}: name fewer heads, "
                             "for example keep={}",
                             heads.size(), bytesText(keptBytes(config, tokens, heads.size())),
                             attention::headsText({heads.front()}));
    return heads;
}

void noteHeadFile(const attention::HeadList& list, const CalibrationPlan& plan, TunePlan& out)
{
    const auto& calibration = plan.calibration;
    const bool other = (list.beta && *list.beta != calibration.beta) ||
                       (list.tau && *list.tau != calibration.sinks.tau) ||
                       (list.rule && *list.rule != calibration.sinks.rule);
    if (other)
        out.notes.push_back(fmt::format(
            "{} was made with{}{}{}; this run uses beta {}, tau {}, rule {}.",
            list.file.filename().string(), list.beta ? fmt::format(" beta {}", *list.beta) : "",
            list.tau ? fmt::format(" tau {}", *list.tau) : "",
            list.rule ? fmt::format(" rule {}", attention::sinkRuleName(*list.rule)) : "",
            calibration.beta, calibration.sinks.tau,
            attention::sinkRuleName(calibration.sinks.rule)));
}

// The newer entries from `layer` on, the older ones before.
template <typename Entry>
std::vector<Entry> spliced(const std::vector<Entry>& older, std::vector<Entry> newer, int layer)
{
    std::vector<Entry> result;
    std::ranges::copy_if(older, std::back_inserter(result),
                         [&](const Entry& entry) { return entry.where.layer < layer; });
    std::ranges::move(newer, std::back_inserter(result));
    return result;
}

template <typename Entry>
void fillFirst(const std::vector<Entry>& older, std::vector<Entry>& newer, int layer)
{
    std::copy_n(older.begin(), layer, newer.begin());
}

model::ForwardRequest request(const HeadSet& held, const GoOn& goOn)
{
    model::ForwardRequest request;
    request.hidden = true;
    request.summaries = true;
    request.keep = held;
    request.onLayer = [&goOn](int) { return goOn(); };
    return request;
}

// What the calibrated pass is where nothing has been calibrated yet.
attention::CalibratedPass unchanged(const model::ForwardResult& original)
{
    attention::CalibratedPass pass;
    pass.forward.tokens = original.tokens;
    pass.forward.hidden = original.hidden;
    pass.forward.summaries = original.summaries;
    pass.forward.kept = original.kept;
    return pass;
}

} // namespace

Result<TunePlan> tunePlan(const Params& params, const OpenModel& opened, const TokenText& text)
{
    const model::LlmConfig& config = opened.config();
    TunePlan out;
    VITRINE_TRY(const attention::HeadList list, headListOf(params, config));
    VITRINE_TRY(const auto layers, eligibleLayersOf(params, config));
    out.plan.heads = list.heads;
    out.plan.calibration = calibrationOf(params);
    out.eligible = attention::headsOf(config, layers);
    append(out.notes, list.notes);
    if (!list.file.empty()) {
        VITRINE_TRY(InputFile input, hashInput("heads", list.file));
        out.inputs.push_back(std::move(input));
        noteHeadFile(list, out.plan, out);
    }
    VITRINE_TRY(out.plan.betas, parseHeadBetas(params.text("head_betas"), config));
    VITRINE_TRY(out.plan.off, parseHeadSinks(params.text("sinks_off"), "sinks_off", config));
    VITRINE_TRY(out.plan.on, parseHeadSinks(params.text("sinks_on"), "sinks_on", config));
    append(out.notes, handPickedNotes(out.plan, static_cast<std::int64_t>(text.ids.size())));
    VITRINE_TRY(out.keep, keptHeads(params, config, out.plan, text.ids.size()));
    return out;
}

Result<OriginalPass> originalPass(const OpenModel& opened, TokenText text, const HeadSet& keep,
                                  const GoOn& goOn)
{
    const model::LlmConfig& config = opened.config();
    const std::uint64_t bytes =
        4ull * text.ids.size() * static_cast<std::uint64_t>(config.vocabulary);
    if (bytes > kLargestLogits)
        return argumentError("the logits of {} tokens would take {}: choose a shorter text",
                             text.ids.size(), bytesText(bytes));
    OriginalPass original;
    VITRINE_TRY(
        original.forward,
        opened.llm.forward(text.ids, request(heldHeads(config, text.ids.size(), keep), goOn)));
    original.text = std::move(text);
    original.next =
        model::nextTokens(std::exchange(original.forward.logits, {}), config.vocabulary);
    original.probabilities = model::probabilities(original.next);
    return original;
}

Result<ChangedPass> changedPass(const OpenModel& opened, const OriginalPass& original,
                                const CalibrationPlan& plan, const HeadSet& keep,
                                const ChangedPass* previous, const GoOn& goOn)
{
    const model::LlmConfig& config = opened.config();
    VITRINE_TRY(const auto llm, attention::CalibratedLlm::open(opened.llm, plan));
    const auto layer =
        attention::firstDifference(previous ? previous->plan : CalibrationPlan{}, llm.plan());
    ChangedPass changed;
    changed.plan = llm.plan();
    if (!layer) {
        changed.calibrated = previous ? previous->calibrated : unchanged(original.forward);
        changed.next = previous ? previous->next : original.next;
        changed.divergence =
            previous ? previous->divergence : std::vector<double>(original.text.ids.size(), 0.0);
        return changed;
    }

    const model::ForwardResult& before = previous ? previous->calibrated.forward : original.forward;
    model::ForwardRequest rest = request(heldHeads(config, original.text.ids.size(), keep), goOn);
    std::erase_if(rest.keep, [&](const model::LayerHead& head) { return head.layer < *layer; });
    rest.fromLayer = *layer;
    if (*layer > 0)
        rest.residual = before.hidden[static_cast<std::size_t>(*layer)];
    VITRINE_TRY(attention::CalibratedPass pass, llm.forward(original.text.ids, std::move(rest)));

    fillFirst(before.hidden, pass.forward.hidden, *layer);
    fillFirst(before.summaries, pass.forward.summaries, *layer);
    pass.forward.kept = spliced(before.kept, std::move(pass.forward.kept), *layer);
    pass.forward.edited = spliced(before.edited, std::move(pass.forward.edited), *layer);
    if (previous)
        pass.heads = spliced(previous->calibrated.heads, std::move(pass.heads), *layer);
    pass.count = {};
    for (const attention::CalibratedHead& head : pass.heads)
        pass.count += head.count;
    changed.next = model::nextTokens(std::exchange(pass.forward.logits, {}), config.vocabulary);
    changed.divergence = model::divergences(original.probabilities, original.next, changed.next);
    changed.calibrated = std::move(pass);
    return changed;
}

bool holds(const OriginalPass& original, const HeadSet& keep)
{
    return std::ranges::all_of(keep, [&](const model::LayerHead& head) {
        return std::ranges::find(original.forward.kept, head, &model::KeptHead::where) !=
               original.forward.kept.end();
    });
}

} // namespace vitrine::calibration_plugin
