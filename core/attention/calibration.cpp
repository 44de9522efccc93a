#include "core/attention/calibration.h"

#include <algorithm>
#include <cassert>

namespace vitrine::attention
{
namespace
{

// A map without its padded rows and columns: row i at data + i * stride.
struct MapView {
    float* data = nullptr;
    std::int64_t stride = 0, tokens = 0, window = 0;

    std::span<float> row(std::int64_t i) const
    {
        return {data + i * stride, static_cast<std::size_t>(i + 1)};
    }
};

std::vector<float> columnScores(const MapView& map, std::span<const std::int32_t> rows)
{
    std::vector<double> sums(rows.size());
    for (std::int64_t i = 0; i < map.tokens; ++i) {
        const auto row = map.row(i);
        const std::int64_t first =
            map.window > 0 ? std::max<std::int64_t>(0, i + 1 - map.window) : 0;
        for (auto j = static_cast<std::size_t>(first); j < row.size(); ++j)
            sums[j] += row[j];
    }
    std::vector<float> scores(rows.size());
    for (std::size_t j = 0; j < rows.size(); ++j)
        scores[j] = static_cast<float>(sums[j] / rows[j]);
    return scores;
}

// The released code on the rows of a whole map: 0/0 where a row has no other mass.
RowChange calibrateRowAsReleased(std::span<float> row, std::size_t seen,
                                 std::span<const std::int32_t> columns, double beta)
{
    double mass = 0, rest = 0;
    std::vector<bool> isSink(row.size());
    for (const std::int32_t t : columns)
        isSink[static_cast<std::size_t>(t)] = true;
    for (std::size_t j = 0; j < seen; ++j)
        (isSink[j] ? mass : rest) += row[j];
    for (std::size_t j = 0; j < row.size(); ++j) {
        const double others = isSink[j] ? 0.0 : static_cast<double>(row[j]);
        const double kept = isSink[j] ? beta * static_cast<double>(row[j]) : others;
        row[j] = static_cast<float>(kept + (1 - beta) * mass * (others / rest));
    }
    return {.mass = mass, .modified = mass > 0, .skipped = false};
}

void count(const RowChange& change, double beta, CalibrationCount& sum)
{
    sum.rowsSkipped += change.skipped;
    if (!change.modified)
        return;
    ++sum.rowsModified;
    sum.massMoved += (1 - beta) * change.mass;
}

} // namespace

CalibrationCount& CalibrationCount::operator+=(const CalibrationCount& other)
{
    sinks += other.sinks;
    rowsModified += other.rowsModified;
    rowsSkipped += other.rowsSkipped;
    massMoved += other.massMoved;
    return *this;
}

std::vector<std::int32_t> calibratedColumns(std::span<const float> columnScore,
                                            std::span<const std::int32_t> rows,
                                            const Calibration& calibration)
{
    SinkOptions options = calibration.sinks;
    if (calibration.reference)
        options.protect = 0, options.minRows = 1;
    std::vector<std::int32_t> columns;
    for (const Sink& sink : findSinks(columnScore, rows, options))
        columns.push_back(sink.position);
    std::ranges::sort(columns);
    if (calibration.reference && !columns.empty())
        columns.erase(columns.begin()); // whichever it is (ACT, section 3: the defect)
    return columns;
}

RowChange calibrateRow(std::span<float> row, std::span<const std::int32_t> columns, double beta,
                       Receivers receivers)
{
    RowChange change;
    double rest = 0;
    const std::size_t from = receivers == Receivers::notFirst ? 1 : 0;
    auto t = columns.begin();
    for (std::size_t j = 0; j < row.size(); ++j) {
        if (t != columns.end() && static_cast<std::size_t>(*t) == j) {
            change.mass += row[j];
            ++t;
        } else if (j >= from) {
            rest += row[j];
        }
    }
    if (beta == 1 || change.mass == 0)
        return change;
    change.skipped = rest <= kLeastRest;
    change.modified = !change.skipped;
    if (change.skipped)
        return change;

    const double factor = 1 + (1 - beta) * change.mass / rest;
    t = columns.begin();
    for (std::size_t j = 0; j < row.size(); ++j) {
        const bool isSink = t != columns.end() && static_cast<std::size_t>(*t) == j;
        t += isSink;
        if (isSink || j >= from)
            row[j] = static_cast<float>((isSink ? beta : factor) * static_cast<double>(row[j]));
    }
    return change;
}

CalibrationCount calibrateMap(std::span<float> map, std::int64_t tokens,
                              const Calibration& calibration, std::int64_t window,
                              std::int64_t padding)
{
    assert(map.size() == static_cast<std::size_t>(tokens * tokens));
    assert(padding >= 0 && padding <= tokens);
    const MapView view{map.data() + padding * tokens + padding, tokens, tokens - padding, window};
    CalibrationCount sum;
    if (view.tokens == 0)
        return sum;
    const auto rows = columnRows(view.tokens, window);
    const auto columns = calibratedColumns(columnScores(view, rows), rows, calibration);
    sum.sinks = static_cast<std::int64_t>(columns.size());
    const double beta = calibration.beta;
    for (std::int64_t i = 1; i < view.tokens; ++i) {
        const auto seen = view.row(i);
        // The released code divides whole rows: its NaN reach beyond the diagonal.
        const std::span<float> whole{seen.data(), static_cast<std::size_t>(view.tokens)};
        count(calibration.reference ? calibrateRowAsReleased(whole, seen.size(), columns, beta)
                                    : calibrateRow(seen, columns, beta, calibration.receivers),
              beta, sum);
    }
    if (calibration.reference)
        view.data[0] = 1;
    return sum;
}

void calibrateNewRowAsReleased(std::span<float> row, const Calibration& calibration)
{
    const std::vector<std::int32_t> one(row.size(), 1);
    double mass = 0;
    const auto columns = calibratedColumns(row, one, calibration);
    for (const std::int32_t t : columns)
        mass += row[static_cast<std::size_t>(t)];
    const double freed = (1 - calibration.beta) * mass;
    auto t = columns.begin();
    for (std::size_t j = 0; j < row.size(); ++j) {
        const bool isSink = t != columns.end() && static_cast<std::size_t>(*t) == j;
        t += isSink;
        row[j] *= static_cast<float>((isSink ? calibration.beta : 1.0) + freed);
    }
    row[0] = 1;
}

} // namespace vitrine::attention
