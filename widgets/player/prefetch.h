#pragma once

#include "widgets/player/pane_set.h"
#include "widgets/player/transport.h"

namespace vitrine::player
{

// Asks the streams for what is shown first; while it plays for the next moment that is not there,
// round the loop too. `isGoingBack`: what comes before is wished for, while it stands still.
void wantAround(const PaneSet& panes, const Transport& transport, bool isGoingBack);

} // namespace vitrine::player
