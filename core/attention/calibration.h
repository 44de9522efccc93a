#pragma once

#include "core/attention/sinks.h"

#include <cstdint>
#include <span>
#include <vector>

// The Attention Calibration Technique (Yu et al., Unveiling and Harnessing Hidden Attention Sinks,
// ICML 2024) on one head's map: weight is taken from the sinks after the first token and given to
// the other keys of the same row. These are the plain loops over a whole map; a running model does
// the same without one (core/attention/calibrated_llm.h) and is judged by them.
namespace vitrine::attention
{

// Who gets what is taken from the sinks, each in proportion to the weight it has.
enum class Receivers {
    all,      // every other key of the row, the first one included, which takes most of it (ACT)
    notFirst, // every other key but key 0 (ours)
};

struct Calibration {
    // The released code's threshold rule; the paper's is `relative`.
    SinkOptions sinks = {
        .rule = SinkRule::absolute, .tau = 0.1, .alpha = 5, .protect = 1, .minRows = 1};
    double beta = 0.4; // what a sink's weight is multiplied by; 1: nothing changes, 0: it goes
    Receivers receivers = Receivers::all;
    // The released code's own behaviour, defects included, to compare with it: instead of position
    // 0 the first flagged column is spared, a row without other mass becomes NaN, and a row decoded
    // alone is calibrated by itself (calibrateNewRowAsReleased). `protect` and `minRows` then do
    // not count.
    bool reference = false;

    friend bool operator==(const Calibration&, const Calibration&) = default;
};

struct CalibrationCount {
    std::int64_t sinks = 0;        // columns that are shrunk
    std::int64_t rowsModified = 0; // rows with weight on them that were changed
    std::int64_t rowsSkipped = 0;  // rows left as they are: less than kLeastRest on the receivers
    double massMoved = 0;          // sum over the modified rows of (1 - beta) m_i

    CalibrationCount& operator+=(const CalibrationCount& other);
    friend bool operator==(const CalibrationCount&, const CalibrationCount&) = default;
};
inline constexpr double kLeastRest = 1e-6;

// T of a head: the columns that are shrunk, ascending. s[j] is the mean weight of key j over the
// rows that see it, of the uncalibrated map; `rows` as columnRows gives them.
std::vector<std::int32_t> calibratedColumns(std::span<const float> columnScore,
                                            std::span<const std::int32_t> rows,
                                            const Calibration& calibration);

// One row, in place: row[j] is the weight on key j, T ascending (entries beyond the row are not
// looked at). ACT, section 4:
//   m = sum_T A[j]; A'[t] = beta A[t]; A'[j] = A[j] (1 + (1 - beta) m / r), r the receivers' sum.
struct RowChange {
    double mass = 0; // m
    bool modified = false, skipped = false;
};
RowChange calibrateRow(std::span<float> row, std::span<const std::int32_t> columns, double beta,
                       Receivers receivers);

// A causal map, row-major [tokens, tokens], zeros above the diagonal, in place. Row 0 and rows
// without weight on a sink stay as they are, to the last bit; so does everything for beta = 1. With
// left padding the first `padding` rows and columns are not looked at and position 0 is the token
// after them. Sums in double, weights in fp32.
CalibrationCount calibrateMap(std::span<float> map, std::int64_t tokens,
                              const Calibration& calibration, std::int64_t window = 0,
                              std::int64_t padding = 0);

// What the released code makes of a row that is decoded alone (one query over the cache). Its
// divisor is then 1, so the row's own weights are taken for column means; what it takes from the
// sinks partly returns to them; and key 0 is set to 1: the row no longer sums to 1.
void calibrateNewRowAsReleased(std::span<float> row, const Calibration& calibration);

} // namespace vitrine::attention
