#include "core/attention/calibrated_edit.h"
#include "core/attention/calibrated_llm.h"

#include <algorithm>
#include <cassert>

namespace vitrine::attention
{
namespace
{

// Sums over the uncalibrated rows so far, of one head.
struct RunningSums {
    std::vector<double> sum = {};
    std::vector<std::int32_t> rows = {};

    void add(std::span<const float> sums, std::span<const std::int32_t> counts)
    {
        sum.resize(sums.size());
        rows.resize(counts.size());
        for (std::size_t j = 0; j < sums.size(); ++j) {
            sum[j] += sums[j];
            rows[j] += counts[j];
        }
    }
    std::vector<float> means() const
    {
        std::vector<float> result(sum.size());
        for (std::size_t j = 0; j < sum.size(); ++j)
            result[j] = static_cast<float>(sum[j] / rows[j]);
        return result;
    }
};

} // namespace

struct CalibratedSequence::Private {
    CalibratedLlm llm;
    DecodeMode mode;
    std::int64_t promptLength;
    std::unique_ptr<model::LlmCache> cache;
    std::vector<float> promptLogits;
    std::vector<CalibratedHead> promptHeads, heads; // in the order of plan().heads
    std::vector<RunningSums> promptSums, sums;      // for streaming

    const CalibrationPlan& plan() const { return llm.plan(); }

    std::size_t indexOf(model::LayerHead where) const
    {
        const auto found = std::ranges::lower_bound(plan().heads, where);
        assert(found != plan().heads.end() && *found == where);
        return static_cast<std::size_t>(found - plan().heads.begin());
    }

    model::WeightEdit decide(const model::EditQuestion& question)
    {
        const std::size_t i = indexOf(question.where);
        CalibratedHead& head = heads[i];
        if (plan().calibration.reference)
            return releasedEdit(head, question);
        if (mode == DecodeMode::streaming) {
            sums[i].add(question.columnSum, question.columnRows);
            const CalibrationCount before = head.count;
            head = detect(plan(), question.where, sums[i].means(), sums[i].rows);
            head.count.rowsModified = before.rowsModified;
            head.count.rowsSkipped = before.rowsSkipped;
            head.count.massMoved = before.massMoved;
        }
        return editOf(plan(), head);
    }

    // The released code: one row, its own weights taken for column means.
    model::WeightEdit releasedEdit(CalibratedHead& head, const model::EditQuestion& question) const
    {
        const std::vector<std::int32_t> one(question.columnSum.size(), 1);
        head.columns = calibratedColumns(question.columnSum, one, plan().calibration);
        model::WeightEdit edit = editOf(plan(), head);
        edit.releasedSingleRow = true;
        return edit;
    }

    Result<std::vector<float>> step(std::span<const std::int32_t> ids, std::int64_t lastRows)
    {
        model::DecodeRequest request{.lastRows = lastRows};
        if (mode != DecodeMode::prefill)
            request.edited = plan().heads;
        request.edit = [this](const model::EditQuestion& question) { return decide(question); };
        VITRINE_TRY(model::DecodeResult result, llm.llm().decode(*cache, ids, request));
        for (const model::EditedHead& edited : result.edited) {
            CalibrationCount& count = heads[indexOf(edited.where)].count;
            count.rowsModified += edited.count.rowsModified;
            count.rowsSkipped += edited.count.rowsSkipped;
            count.massMoved += edited.count.massMoved;
        }
        return std::move(result.logits);
    }
};

CalibratedSequence::CalibratedSequence(std::unique_ptr<Private> d) : d_(std::move(d)) {}
CalibratedSequence::~CalibratedSequence() = default;

const std::vector<float>& CalibratedSequence::promptLogits() const
{
    return d_->promptLogits;
}

std::int64_t CalibratedSequence::length() const
{
    return d_->cache->length();
}

const std::vector<CalibratedHead>& CalibratedSequence::heads() const
{
    return d_->heads;
}

void CalibratedSequence::restart()
{
    d_->cache->rewind(d_->promptLength);
    d_->heads = d_->promptHeads;
    d_->sums = d_->promptSums;
}

Result<std::vector<float>> CalibratedSequence::append(std::span<const std::int32_t> ids,
                                                      std::int64_t lastRows)
{
    // Each row by itself where the next one depends on what it shows.
    const bool rowByRow = d_->mode == DecodeMode::streaming ||
                          (d_->mode == DecodeMode::frozen && d_->plan().calibration.reference);
    if (!rowByRow || ids.size() <= 1)
        return d_->step(ids, lastRows);
    const auto count = static_cast<std::int64_t>(ids.size());
    if (lastRows < 1 || lastRows > count)
        return argumentError("logits of {} rows are not possible where {} are decoded", lastRows,
                             count);
    std::vector<float> logits;
    for (std::int64_t i = 0; i < count; ++i) {
        VITRINE_TRY(const auto row, d_->step(ids.subspan(static_cast<std::size_t>(i), 1), 1));
        if (i >= count - lastRows)
            logits.insert(logits.end(), row.begin(), row.end());
    }
    return logits;
}

Result<std::unique_ptr<CalibratedSequence>>
CalibratedLlm::start(std::span<const std::int32_t> prompt, std::int64_t capacity, DecodeMode mode,
                     std::int64_t lastRows) const
{
    auto d = std::make_unique<CalibratedSequence::Private>(
        CalibratedSequence::Private{.llm = *this,
                                    .mode = mode,
                                    .promptLength = static_cast<std::int64_t>(prompt.size()),
                                    .cache = {},
                                    .promptLogits = {},
                                    .promptHeads = {},
                                    .heads = {},
                                    .promptSums = {},
                                    .sums = {}});
    VITRINE_TRY(d->cache, llm_->newCache(capacity));
    model::ForwardRequest request;
    request.lastRows = lastRows;
    request.cache = d->cache.get();
    VITRINE_TRY(CalibratedPass pass, forward(prompt, std::move(request)));
    d->promptLogits = std::move(pass.forward.logits);
    d->promptHeads = std::move(pass.heads);
    const auto rows =
        columnRows(static_cast<std::int64_t>(prompt.size()), llm_->config().slidingWindow);
    for (const model::EditedHead& edited : pass.forward.edited)
        d->promptSums.emplace_back().add(edited.columnSum, rows);
    auto sequence = std::unique_ptr<CalibratedSequence>(new CalibratedSequence(std::move(d)));
    sequence->restart();
    return sequence;
}

Result<std::vector<std::int32_t>> generate(const CalibratedLlm& llm,
                                           std::span<const std::int32_t> ids, DecodeMode mode,
                                           const model::Sampling& sampling,
                                           const std::vector<std::int64_t>& eos,
                                           const std::function<bool(std::int32_t)>& onToken)
{
    std::unique_ptr<CalibratedSequence> sequence;
    const auto next = [&](std::span<const std::int32_t> more) -> Result<std::vector<float>> {
        if (sequence)
            return sequence->append(more);
        const auto capacity =
            static_cast<std::int64_t>(more.size()) + std::max(sampling.maxTokens, 0);
        VITRINE_TRY(sequence, llm.start(more, capacity, mode));
        return sequence->promptLogits();
    };
    return model::generate(next, ids, sampling, eos, onToken);
}

} // namespace vitrine::attention
