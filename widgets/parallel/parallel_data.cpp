#include "widgets/parallel/parallel_data.h"

#include "core/base/format.h"
#include "core/jobs/experiment/metric_words.h"
#include "core/jobs/experiment/read_run.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace vitrine::parallel
{
namespace
{

constexpr std::size_t kMostWords = 24;
constexpr double kDecades = 100; // greatest over least from which an axis is logarithmic

double finite(double value)
{
    return std::isfinite(value) ? value : std::nan("");
}

bool holdsWords(const Table& table, std::size_t column)
{
    return std::ranges::any_of(table.rows, [&](const auto& row) {
        return std::holds_alternative<std::string>(row[column]);
    });
}

// None where there are too many different words.
std::optional<Axis> wordAxis(const Table& table, std::size_t column)
{
    std::set<std::string> words;
    for (const auto& row : table.rows) {
        if (const auto* word = std::get_if<std::string>(&row[column]))
            words.insert(*word);
        if (words.size() > kMostWords)
            return {};
    }
    Axis axis;
    axis.words.assign(words.begin(), words.end());
    for (const auto& row : table.rows) {
        const auto* word = std::get_if<std::string>(&row[column]);
        const auto at = word ? std::ranges::lower_bound(axis.words, *word) : axis.words.end();
        axis.values.push_back(word ? static_cast<double>(at - axis.words.begin()) : std::nan(""));
    }
    return axis;
}

Axis numberAxis(const Table& table, std::size_t column)
{
    Axis axis;
    for (const auto& row : table.rows)
        axis.values.push_back(finite(numberOf(row[column])));
    const figure::Range range = rangeOf(axis);
    if (range.low > 0 && range.high / range.low > kDecades)
        axis.scale = figure::Scale::logarithmic;
    return axis;
}

bool varies(const Axis& axis)
{
    double first = std::nan("");
    for (const double value : axis.values) {
        if (std::isnan(value))
            continue;
        if (std::isnan(first))
            first = value;
        else if (value != first)
            return true;
    }
    return false;
}

template <typename Names>
QJsonArray namesJson(const Names& names)
{
    QJsonArray array;
    for (const std::string& name : names)
        array.append(QString::fromStdString(name));
    return array;
}

} // namespace

const Axis* Data::find(const std::string& name) const
{
    const auto found = std::ranges::find(axes, name, &Axis::name);
    return found == axes.end() ? nullptr : &*found;
}

Data dataOf(const Table& table)
{
    Data data;
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
        std::optional<Axis> axis = holdsWords(table, column)
                                       ? wordAxis(table, column)
                                       : std::optional(numberAxis(table, column));
        if (!axis || !varies(*axis) || data.find(table.columns[column].name))
            continue;
        axis->name = table.columns[column].name;
        axis->label = titleOf(axis->name, table.columns[column].unit);
        axis->unit = table.columns[column].unit;
        data.axes.push_back(std::move(*axis));
    }
    return data;
}

QJsonObject toJson(const State& state)
{
    QJsonObject json, brushes;
    for (const auto& [name, range] : state.brushes)
        brushes[QString::fromStdString(name)] = QJsonArray{range.low, range.high};
    if (!state.order.empty())
        json["axes"] = namesJson(state.order);
    if (!brushes.isEmpty())
        json["brushes"] = brushes;
    if (!state.flipped.empty())
        json["flipped"] = namesJson(state.flipped);
    if (!state.colour.empty())
        json["colour"] = QString::fromStdString(state.colour);
    return json;
}

State readState(const QJsonObject& json)
{
    State state;
    for (const QJsonValue& name : json["axes"].toArray())
        if (name.isString())
            state.order.push_back(name.toString().toStdString());
    for (const QJsonValue& name : json["flipped"].toArray())
        if (name.isString())
            state.flipped.insert(name.toString().toStdString());
    const QJsonObject brushes = json["brushes"].toObject();
    for (auto it = brushes.begin(); it != brushes.end(); ++it) {
        const QJsonArray pair = it.value().toArray();
        if (pair.size() == 2 && pair[0].isDouble() && pair[1].isDouble() &&
            pair[0].toDouble() <= pair[1].toDouble())
            state.brushes[it.key().toStdString()] = {pair[0].toDouble(), pair[1].toDouble()};
    }
    state.colour = json["colour"].toString().toStdString();
    return state;
}

std::vector<const Axis*> shownAxes(const Data& data, const State& state)
{
    std::vector<const Axis*> shown;
    for (const std::string& name : state.order)
        if (const Axis* axis = data.find(name); axis && std::ranges::count(shown, axis) == 0)
            shown.push_back(axis);
    if (shown.empty())
        for (const Axis& axis : data.axes)
            shown.push_back(&axis);
    return shown;
}

figure::Range rangeOf(const Axis& axis)
{
    if (!axis.words.empty())
        return {-0.5, static_cast<double>(axis.words.size()) - 0.5};
    figure::Range range{std::numeric_limits<double>::infinity(),
                        -std::numeric_limits<double>::infinity()};
    for (const double value : axis.values)
        if (!std::isnan(value))
            range = {std::min(range.low, value), std::max(range.high, value)};
    if (range.low > range.high)
        return {0, 1};
    return range.low < range.high ? range : figure::Range{range.low - 0.5, range.high + 0.5};
}

double heightOf(const Axis& axis, figure::Range range, double value)
{
    if (axis.scale == figure::Scale::linear)
        return (value - range.low) / (range.high - range.low);
    return std::log(value / range.low) / std::log(range.high / range.low);
}

// heightOf with its constants taken out of the loop: one logarithm a row, or none.
std::vector<float> heightsOf(const Axis& axis, figure::Range range, bool flipped)
{
    const bool linear = axis.scale == figure::Scale::linear;
    const double bottom = linear ? range.low : std::log(range.low);
    const double way = linear ? range.high - range.low : std::log(range.high / range.low);
    std::vector<float> heights(axis.values.size());
    std::ranges::transform(axis.values, heights.begin(), [&](double value) {
        const double height = ((linear ? value : std::log(value)) - bottom) / way;
        return static_cast<float>(flipped ? 1 - height : height);
    });
    return heights;
}

double valueAt(const Axis& axis, figure::Range range, double height)
{
    if (height <= 0)
        return range.low; // the ends exactly: a brush over all keeps all
    if (height >= 1)
        return range.high;
    if (axis.scale == figure::Scale::linear)
        return range.low + height * (range.high - range.low);
    return range.low * std::pow(range.high / range.low, height);
}

std::vector<std::uint8_t> keptRows(const Data& data, const State& state)
{
    std::vector<std::uint8_t> kept(data.rows(), 1);
    for (const auto& [name, brush] : state.brushes) {
        const Axis* axis = data.find(name);
        if (!axis)
            continue;
        for (std::size_t row = 0; row < kept.size(); ++row) {
            const double value = axis->values[row];
            kept[row] &= static_cast<std::uint8_t>(value >= brush.low && value <= brush.high);
        }
    }
    return kept;
}

std::string valueText(const Axis& axis, double value)
{
    if (std::isnan(value))
        return "–";
    if (axis.words.empty())
        return significant(value, 4);
    const auto last = static_cast<double>(axis.words.size() - 1);
    return axis.words[static_cast<std::size_t>(std::clamp(std::round(value), 0.0, last))];
}

} // namespace vitrine::parallel
