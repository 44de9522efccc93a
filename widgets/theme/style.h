#pragma once

#include <QFont>
#include <QString>

namespace vitrine::theme
{

// Palette, style and style sheet of the QApplication, made from the tokens of the current theme.
// Nothing without one.
void applyStyle();

// The style sheet with the tokens of the current theme filled in (resources/style/vitrine.qss).
QString styleSheet();

// The shipped faces (Inter, JetBrains Mono) at a pixel size, with tabular figures where Qt can ask
// for them; the system's sans-serif and fixed faces where they are not found.
QFont uiFont(int pixels = 13, QFont::Weight weight = QFont::Normal);
QFont monoFont(int pixels = 13);

// The grid of the design language, in pixels.
inline constexpr int kGrid = 4, kPanelPadding = 12, kGroupGap = 16, kRoomGap = 24, kRadius = 6;

} // namespace vitrine::theme
