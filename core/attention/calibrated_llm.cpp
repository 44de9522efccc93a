#include "core/attention/calibrated_llm.h"

#include "core/attention/calibrated_edit.h"

#include <algorithm>

namespace vitrine::attention
{
namespace
{

// `columns` without those in `less`, and with those in `more`; ascending.
std::vector<std::int32_t> changedByHand(const std::vector<std::int32_t>& columns,
                                        const std::vector<std::int32_t>& less,
                                        const std::vector<std::int32_t>& more)
{
    std::vector<std::int32_t> result = columns;
    std::erase_if(
        result, [&](std::int32_t column) { return std::ranges::find(less, column) != less.end(); });
    result.insert(result.end(), more.begin(), more.end());
    std::ranges::sort(result);
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

template <typename Value>
const Value* find(const std::map<model::LayerHead, Value>& map, model::LayerHead head)
{
    const auto found = map.find(head);
    return found == map.end() ? nullptr : &found->second;
}

// What a plan says of one head, to compare with another plan.
struct HeadTerms {
    bool calibrated = false;
    double beta = 1;
    std::vector<std::int32_t> off = {}, on = {};

    friend bool operator==(const HeadTerms&, const HeadTerms&) = default;
};

HeadTerms termsOf(const CalibrationPlan& plan, model::LayerHead head)
{
    if (!std::ranges::binary_search(plan.heads, head))
        return {};
    const auto *off = find(plan.off, head), *on = find(plan.on, head);
    return {true, plan.betaOf(head), off ? *off : std::vector<std::int32_t>{},
            on ? *on : std::vector<std::int32_t>{}};
}

Result<void> checkPlan(const model::LlmConfig& config, const CalibrationPlan& plan)
{
    for (const model::LayerHead& head : plan.heads)
        if (head.layer < 0 || head.layer >= config.layers || head.head < 0 ||
            head.head >= config.heads)
            return argumentError("there is no head {}.{} to calibrate: the model has {} layers of "
                                 "{} heads",
                                 head.layer, head.head, config.layers, config.heads);
    return {};
}

} // namespace

double CalibrationPlan::betaOf(model::LayerHead head) const
{
    const double* own = find(betas, head);
    return own ? *own : calibration.beta;
}

std::optional<int> firstDifference(const CalibrationPlan& a, const CalibrationPlan& b)
{
    HeadSet heads;
    std::ranges::set_union(a.heads, b.heads, std::back_inserter(heads));
    Calibration left = a.calibration, right = b.calibration;
    left.beta = right.beta = 0; // each head's terms have it
    const bool sameRules = left == right;
    for (const model::LayerHead& head : heads)
        if (!sameRules || termsOf(a, head) != termsOf(b, head))
            return head.layer;
    return std::nullopt;
}

std::vector<float> meansOf(std::span<const float> sums, std::span<const std::int32_t> rows)
{
    std::vector<float> means(sums.size());
    for (std::size_t j = 0; j < means.size(); ++j)
        means[j] = rows[j] > 0 ? sums[j] / static_cast<float>(rows[j]) : 0;
    return means;
}

CalibratedHead detect(const CalibrationPlan& plan, model::LayerHead where,
                      std::vector<float> columnScore, std::span<const std::int32_t> rows)
{
    CalibratedHead head{.where = where, .beta = plan.betaOf(where)};
    head.detected = calibratedColumns(columnScore, rows, plan.calibration);
    const auto *off = find(plan.off, where), *on = find(plan.on, where);
    std::vector<std::int32_t> more = on ? *on : std::vector<std::int32_t>{};
    std::erase_if(more, [&](std::int32_t column) {
        return column < plan.calibration.sinks.protect ||
               column >= static_cast<std::int32_t>(columnScore.size());
    });
    head.columns = changedByHand(head.detected, off ? *off : std::vector<std::int32_t>{}, more);
    head.columnScore = std::move(columnScore);
    head.count.sinks = static_cast<std::int64_t>(head.columns.size());
    return head;
}

model::WeightEdit editOf(const CalibrationPlan& plan, const CalibratedHead& head)
{
    return {.columns = head.columns,
            .beta = head.beta,
            .receiversFrom = plan.calibration.receivers == Receivers::notFirst ? 1 : 0,
            .leastRest = plan.calibration.reference ? -1 : kLeastRest};
}

Result<CalibratedLlm> CalibratedLlm::open(const model::Llm& llm, CalibrationPlan plan)
{
    std::ranges::sort(plan.heads);
    plan.heads.erase(std::unique(plan.heads.begin(), plan.heads.end()), plan.heads.end());
    VITRINE_CHECK(checkPlan(llm.config(), plan));
    return CalibratedLlm(llm, std::move(plan));
}

Result<CalibratedPass> CalibratedLlm::forward(std::span<const std::int32_t> ids,
                                              model::ForwardRequest request) const
{
    CalibratedPass pass;
    request.edited.clear();
    std::ranges::copy_if(
        plan_.heads, std::back_inserter(request.edited),
        [&](const model::LayerHead& head) { return head.layer >= request.fromLayer; });
    request.edit = [&](const model::EditQuestion& question) {
        pass.heads.push_back(detect(plan_, question.where,
                                    meansOf(question.columnSum, question.columnRows),
                                    question.columnRows));
        return editOf(plan_, pass.heads.back());
    };
    VITRINE_TRY(pass.forward, llm_->forward(ids, request));
    for (std::size_t i = 0; i < pass.heads.size(); ++i) {
        CalibrationCount& count = pass.heads[i].count;
        const model::EditCount& edited = pass.forward.edited[i].count;
        count.rowsModified = edited.rowsModified;
        count.rowsSkipped = edited.rowsSkipped;
        count.massMoved = edited.massMoved;
        pass.count += count;
    }
    return pass;
}

Result<std::vector<float>> CalibratedLlm::logits(std::span<const std::int32_t> ids,
                                                 std::int64_t lastRows, DecodeMode mode) const
{
    const auto tokens = static_cast<std::int64_t>(ids.size());
    if (lastRows < 1 || lastRows > tokens)
        return argumentError("logits of {} rows are not possible for {} tokens", lastRows, tokens);
    const auto prompt = static_cast<std::size_t>(tokens - lastRows + 1);
    if (lastRows == 1) {
        VITRINE_TRY(CalibratedPass pass, forward(ids, {.logits = false}));
        return std::move(pass.forward.logits);
    }
    VITRINE_TRY(const auto sequence, start(ids.first(prompt), tokens, mode));
    std::vector<float> result = sequence->promptLogits();
    VITRINE_TRY(const auto rest, sequence->append(ids.subspan(prompt), lastRows - 1));
    result.insert(result.end(), rest.begin(), rest.end());
    return result;
}

} // namespace vitrine::attention
