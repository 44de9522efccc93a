#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace vitrine
{

struct MapLabel {
    std::int64_t position = 0;
    QString text;
    bool emphasised = false; // the cursor's, a mark's: always there, others make room
};

// Labels of the positions in [first, last): every one, every 2nd, 5th, 10th ... so that they are at
// least `distance` pixels apart with `scale` pixels per position, and as far from the emphasised
// ones. Where not every position has a label, its number stands before the name.
std::vector<MapLabel> thinnedLabels(const QStringList* names, std::int64_t first, std::int64_t last,
                                    double scale, double distance,
                                    const std::vector<std::int64_t>& emphasised);

} // namespace vitrine
