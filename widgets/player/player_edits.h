#pragma once

#include "widgets/player/pane_set.h"

#include <QRect>

#include <optional>

// What a person does to a player: the state after it.
namespace vitrine::player
{

struct Edit {
    PlayerState state;
    QString label;
    QString mergeKey{}; // edits with the same key in quick succession are one step; empty: alone
};

// What is on the screen.
struct Shown {
    const PaneSet& panes;
    QRect place;  // of the first picture, device pixels; empty: there is none
    QSize common; // of the first pane, luma samples
};

// The pane becomes the first (second) one; where it was the other, they change places. None: there
// is no such pane.
std::optional<Edit> firstChosen(const PaneSet& panes, int pane);
std::optional<Edit> secondChosen(const PaneSet& panes, int pane);
std::optional<Edit> shifted(const PaneSet& panes, int pane, int by); // in time; none: no such pane
std::optional<Edit> nextMeasureChosen(const PaneSet& panes); // none: the one shown is not listed
Edit looped(const PaneSet& panes, std::int64_t from, std::int64_t to); // in any order

Edit zoomed(const PaneSet& panes, double zoom);                     // 0: fit
std::optional<Edit> zoomedBy(const Shown& shown, double factor);    // about the middle
std::optional<Edit> panned(const Shown& shown, double x, double y); // by shares of the place

} // namespace vitrine::player
