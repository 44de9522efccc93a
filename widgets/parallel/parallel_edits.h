#pragma once

#include "widgets/parallel/parallel_geometry.h"

#include <QString>

#include <optional>

// What a person does to a plot: the state after it.
namespace vitrine::parallel
{

struct Edit {
    State state;
    QString label;
    QString mergeKey{}; // edits with the same key in quick succession are one step; empty: alone
};

// `way`: what the brush is changed with; empty: a step by itself.
Edit brushed(const ShownData& shown, int axis, figure::Range brush, const QString& way = {});
std::optional<Edit> brushRemoved(const ShownData& shown, int axis); // none: not brushed
std::optional<Edit> brushesRemoved(const ShownData& shown);
std::optional<Edit> axisMoved(const ShownData& shown, int from, int to); // none: not to there
Edit axisTurnedOver(const ShownData& shown, int axis);
Edit colouredBy(const ShownData& shown, int axis);                // or by none, where it was
std::optional<Edit> axisHidden(const ShownData& shown, int axis); // its brush goes; none: the last
Edit axisAdded(const ShownData& shown, const std::string& name);

// The middle half, to be moved from there.
figure::Range freshBrush(const ShownAxis& axis);
// By a drag that began where the brush was `before`, between two heights of the screen, 0..1.
figure::Range draggedBrush(const ShownAxis& axis, Grip grip, figure::Range before, double from,
                           double to);
// Whole or one end by arrow keys: up is up on the screen, on an axis that was turned over too.
figure::Range steppedBrush(const ShownAxis& axis, Grip part, figure::Range brush, int steps);

} // namespace vitrine::parallel
