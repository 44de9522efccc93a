#pragma once

class QWheelEvent;
class QWidget;

namespace vitrine::theme
{

// The wheel scrolls pages. What it would change or zoom on its way is let alone, unless a person
// has turned to it: by a click (it has the focus) or, for plots and maps, by Ctrl or Shift.

// Whether a turn of the wheel over a plot or map scrolls the page around it. Where no page around
// it can scroll, the turn is the plot's.
bool scrollsPage(const QWidget& widget, const QWheelEvent& event);

// From now on the wheel changes the value of this slider or number only while it has the focus; it
// never switches a choice or a tab. Others are left as they are. The style does so with each
// widget.
void guardFromWheel(QWidget& widget);

} // namespace vitrine::theme
