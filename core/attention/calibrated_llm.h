#pragma once

#include "core/attention/calibration.h"
#include "core/attention/head_list.h"
#include "core/model/llm/llm.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

// A language model that runs with some of its heads calibrated. What is a sink is always decided on
// the uncalibrated weights of the head itself (in a layer behind calibrated ones: those that the
// changed residual stream gives). No map is ever held.
namespace vitrine::attention
{

// What is to be done, and where.
struct CalibrationPlan {
    HeadSet heads = {};
    Calibration calibration = {};
    std::map<model::LayerHead, double> betas = {}; // of heads that have their own
    // By hand: columns that are never shrunk, and columns that are whatever their score. Protected
    // positions and positions beyond the text are not added.
    std::map<model::LayerHead, std::vector<std::int32_t>> off = {}, on = {};

    double betaOf(model::LayerHead head) const;
    friend bool operator==(const CalibrationPlan&, const CalibrationPlan&) = default;
};

// The first layer that two plans treat differently, nothing where they are the same.
std::optional<int> firstDifference(const CalibrationPlan& a, const CalibrationPlan& b);

// What came of one head of the plan.
struct CalibratedHead {
    model::LayerHead where = {};
    double beta = 1;
    std::vector<float> columnScore = {};     // s[j] before calibration, [T]
    std::vector<std::int32_t> detected = {}; // flagged by the rule, ascending
    std::vector<std::int32_t> columns = {};  // T, what is shrunk: `detected`, changed by hand
    CalibrationCount count = {};
};

struct CalibratedPass {
    model::ForwardResult forward = {};
    std::vector<CalibratedHead> heads = {}; // of the layers that were run
    CalibrationCount count = {};            // sum over the heads
};

// How rows decoded behind a prompt are treated (ACT, section 7). Their own weights are never
// counted as a column's mean, but for streaming, which is what it is for.
enum class DecodeMode {
    prefill,   // only the prompt is calibrated
    frozen,    // new rows with the sinks that the prompt showed
    streaming, // column sums go on with every new row, sinks are found anew
};

class CalibratedSequence;

// Refers to `llm`, which must outlive it. As Llm: one thread at a time.
class CalibratedLlm
{
public:
    // Argument error where the plan names a head that the model lacks.
    static Result<CalibratedLlm> open(const model::Llm& llm, CalibrationPlan plan);

    const CalibrationPlan& plan() const { return plan_; }
    const model::Llm& llm() const { return *llm_; }

    // As Llm::forward; `edited` and `edit` of the request are set here, restricted to layers from
    // fromLayer on. Maps and summaries of calibrated heads are of A'.
    Result<CalibratedPass> forward(std::span<const std::int32_t> ids,
                                   model::ForwardRequest request = {}) const;

    // Logits [lastRows, vocabulary] of the last positions, for scoring: everything up to the first
    // of these positions is the prompt, the tokens behind it are decoded in `mode`.
    Result<std::vector<float>> logits(std::span<const std::int32_t> ids, std::int64_t lastRows,
                                      DecodeMode mode) const;

    // Runs the prompt and keeps what decoding behind it needs. `capacity`: tokens in all.
    Result<std::unique_ptr<CalibratedSequence>> start(std::span<const std::int32_t> prompt,
                                                      std::int64_t capacity, DecodeMode mode,
                                                      std::int64_t lastRows = 1) const;

private:
    CalibratedLlm(const model::Llm& llm, CalibrationPlan plan) : llm_(&llm), plan_(std::move(plan))
    {
    }

    const model::Llm* llm_;
    CalibrationPlan plan_;
};

// A prompt and what is decoded behind it. Refers to the Llm.
class CalibratedSequence
{
public:
    ~CalibratedSequence();

    // Logits [lastRows, vocabulary] of the prompt's last positions.
    const std::vector<float>& promptLogits() const;
    std::int64_t length() const;

    // Appends ids; logits [lastRows, vocabulary] of the last of them.
    Result<std::vector<float>> append(std::span<const std::int32_t> ids, std::int64_t lastRows = 1);
    // Forgets what was appended: another continuation of the same prompt.
    void restart();

    // T and counts of every calibrated head: `columns` as used for the newest row, `count` over the
    // prompt and all rows since, `columnScore` over all uncalibrated rows that were counted.
    const std::vector<CalibratedHead>& heads() const;

private:
    friend class CalibratedLlm;
    struct Private;
    explicit CalibratedSequence(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d_;
};

// Continues ids greedily or by sampling, as model::generate does, with calibrated rows.
Result<std::vector<std::int32_t>> generate(const CalibratedLlm& llm,
                                           std::span<const std::int32_t> ids, DecodeMode mode,
                                           const model::Sampling& sampling,
                                           const std::vector<std::int64_t>& eos,
                                           const std::function<bool(std::int32_t)>& onToken = {});

} // namespace vitrine::attention
