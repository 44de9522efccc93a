#include "widgets/parallel/parallel_shown.h"

#include "core/base/parallel.h"
#include "core/figure/ticks.h"

#include <QObject>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <utility>

namespace vitrine::parallel
{

void ShownData::setData(Data data)
{
    axes_.clear();
    data_ = std::move(data);
    setState(state_);
}

bool ShownData::setState(const State& state)
{
    state_ = state;
    std::vector<ShownAxis> before = std::exchange(axes_, {});
    std::vector<std::size_t> fresh;
    bool same = true;
    for (const Axis* axis : shownAxes(data_, state_)) {
        const bool flipped = state_.flipped.contains(axis->name);
        const auto known = std::ranges::find_if(before, [&](const ShownAxis& each) {
            return each.axis == axis && each.flipped == flipped;
        });
        same = same && known - before.begin() == static_cast<std::ptrdiff_t>(axes_.size());
        if (known != before.end()) {
            axes_.push_back(std::move(*known));
            known->axis = nullptr;
        } else {
            fresh.push_back(axes_.size());
            axes_.push_back({axis, {}, {}, flipped});
        }
    }
    parallelFor(fresh.size(), [&](std::size_t i) {
        ShownAxis& each = axes_[fresh[i]];
        each.range = rangeOf(*each.axis);
        each.heights = heightsOf(*each.axis, each.range, each.flipped);
    });
    kept_ = keptRows(data_, state_);
    keptCount_ = static_cast<std::size_t>(std::ranges::count(kept_, 1));
    return same && axes_.size() == before.size() && !before.empty();
}

const figure::Range* ShownData::brushOf(int place) const
{
    const auto found = state_.brushes.find(axis(place).axis->name);
    return found == state_.brushes.end() ? nullptr : &found->second;
}

std::vector<std::string> ShownData::names() const
{
    std::vector<std::string> names;
    for (const ShownAxis& each : axes_)
        names.push_back(each.axis->name);
    return names;
}

QString rowText(const ShownData& shown, int row)
{
    QStringList lines;
    for (int place = 0; place < shown.count(); ++place) {
        const Axis& axis = *shown.axis(place).axis;
        const double value = axis.values[static_cast<std::size_t>(row)];
        QString line = QString::fromStdString(axis.label + "  ") +
                       QString::fromStdString(valueText(axis, value));
        if (!axis.unit.empty() && axis.unit != "1" && !std::isnan(value))
            line += QChar(0x2009) + QString::fromStdString(axis.unit);
        lines << line;
    }
    return lines.join('\n');
}

QString axisText(const ShownData& shown, int place)
{
    const Axis& axis = *shown.axis(place).axis;
    const figure::Range* brush = shown.brushOf(place);
    const auto words = [&](double value) { return QString::fromStdString(valueText(axis, value)); };
    return QObject::tr("Axis %1 of %2: %3, %4.")
        .arg(place + 1)
        .arg(shown.count())
        .arg(QString::fromStdString(figure::quantityTitle(axis.label, axis.unit)),
             brush ? QObject::tr("brushed from %1 to %2").arg(words(brush->low), words(brush->high))
                   : QObject::tr("not brushed"));
}

} // namespace vitrine::parallel
