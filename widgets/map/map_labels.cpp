#include "widgets/map/map_labels.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

std::int64_t labelStep(double scale, double distance)
{
    for (std::int64_t decade = 1; decade < 1'000'000'000; decade *= 10)
        for (const std::int64_t step : {decade, 2 * decade, 5 * decade})
            if (static_cast<double>(step) * scale >= distance)
                return step;
    return 1'000'000'000;
}

QString labelText(const QStringList* names, std::int64_t position, bool numbered)
{
    const QString number = QString::number(position);
    if (!names || position >= names->size())
        return number;
    const QString& name = names->at(static_cast<qsizetype>(position));
    return numbered ? number + QStringLiteral("\u2009") + name : name;
}

} // namespace

std::vector<MapLabel> thinnedLabels(const QStringList* names, std::int64_t first, std::int64_t last,
                                    double scale, double distance,
                                    const std::vector<std::int64_t>& emphasised)
{
    const std::int64_t step = labelStep(scale, distance);
    std::vector<MapLabel> labels;
    const auto isFree = [&](std::int64_t position) {
        return std::ranges::none_of(labels, [&](const MapLabel& label) {
            return std::abs(static_cast<double>(label.position - position)) * scale < distance;
        });
    };
    for (const std::int64_t position : emphasised)
        if (position >= first && position < last && isFree(position))
            labels.push_back({position, labelText(names, position, step > 1), true});
    const auto fixed = labels.size();
    for (std::int64_t position = (first + step - 1) / step * step; position < last;
         position += step)
        if (std::all_of(labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(fixed),
                        [&](const MapLabel& label) {
                            return std::abs(static_cast<double>(label.position - position)) *
                                       scale >=
                                   distance;
                        }))
            labels.push_back({position, labelText(names, position, step > 1), false});
    return labels;
}

} // namespace vitrine
