#pragma once

#include "widgets/player/pane_set.h"
#include "widgets/player/transport.h"

#include <QString>

// How playing goes, in words.
namespace vitrine::player
{

// "12 of 96 cached", with the decoder's rate while it is waited for, with what was dropped while
// and since it plays. Empty where there is nothing to play.
QString statusText(const PaneSet& panes, const Transport& transport);

// What decoded frames take, and what became of each moment.
QString statusHelp(const PaneSet& panes, const Transport& transport);

} // namespace vitrine::player
