#pragma once

#include "core/figure/figure.h"
#include "core/jobs/experiment/run_result.h"

#include <QJsonObject>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

// Parallel coordinates: every row of a table is a line through upright axes, one per column.
namespace vitrine::parallel
{

struct Axis {
    std::string name{}; // unique among the axes
    std::string label{};
    std::string unit{};
    std::vector<double> values{}; // one per row; NaN: the row has none here
    // Of a column of words: values are indices into this. Empty for numbers.
    std::vector<std::string> words{};
    figure::Scale scale = figure::Scale::linear;
};

// Equally long axes.
struct Data {
    std::vector<Axis> axes{};
    std::size_t rows() const { return axes.empty() ? 0 : axes.front().values.size(); }
    const Axis* find(const std::string& name) const;
};

// Number columns become axes, logarithmic where all values are positive and span more than two
// decades; columns of words do where there are at most 24 different ones. Columns that hold one
// value only say nothing and are left out.
Data dataOf(const Table& table);

// All that a person changed. Names that the data does not have are kept and mean nothing.
struct State {
    std::vector<std::string> order{};               // axes shown, left to right; empty: all
    std::map<std::string, figure::Range> brushes{}; // rows within all of them are kept
    std::set<std::string> flipped{};                // axes with their least value on top
    std::string colour{};                           // lines take the colour of their value here
};

// {"axes": ["rows", ...], "brushes": {"rows": [8, 32]}, "flipped": [...], "colour": "rows"}; what
// is not as expected is left out.
QJsonObject toJson(const State& state);
State readState(const QJsonObject& json);

// The axes as shown, left to right.
std::vector<const Axis*> shownAxes(const Data& data, const State& state);

// What the two ends of an axis stand for: the least and the greatest value.
figure::Range rangeOf(const Axis& axis);
// A value's height on its axis, 0 (bottom) to 1; NaN stays NaN. And back.
double heightOf(const Axis& axis, figure::Range range, double value);
std::vector<float> heightsOf(const Axis& axis, figure::Range range, bool flipped); // of all rows
double valueAt(const Axis& axis, figure::Range range, double height);

// 1 for every row that lies within all brushes, ends included. A row without a value lies in none.
std::vector<std::uint8_t> keptRows(const Data& data, const State& state);

// "8", "0.0123", or the word.
std::string valueText(const Axis& axis, double value);

} // namespace vitrine::parallel
