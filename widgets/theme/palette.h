#pragma once

#include <QColor>

namespace vitrine::theme
{

enum class ThemeName { light, dark, highContrast };

// The colours of the design language: every pair of text and ground has a contrast of at
// least 4.5:1 (a test computes it).
struct Palette {
    QColor window, surface, sunken; // grounds: behind everything, cards and fields, wells
    QColor line;                    // borders and grid lines
    QColor text, muted;             // on any of the grounds
    QColor accent, accentSoft;      // what is chosen or active; its ground
    QColor onAccent;                // text on accent
    QColor good, warning, error;
    bool dark = false;
    int lineWidth = 1; // pixels of borders

    // Series colour of a figure: 0-7 as in core/figure (6 is the text's colour), figure::kMuted
    // (-1) the muted one; repeats.
    QColor series(int index) const;
    // For words: the colour of the text where the series' own cannot be read on the surface.
    QColor seriesWords(int index) const;
    // For areas: greys where the series' own, white on black, would dazzle.
    QColor seriesArea(int index) const;
};

// The palette in use (light until setTheme is called). Window's thread only.
const Palette& palette();
const Palette& paletteOf(ThemeName name);
ThemeName themeName();

// Chooses the theme; where there is a QApplication its palette and style sheet follow, so every
// widget gets a QEvent::PaletteChange. Drawings of your own read palette() anew in paintEvent.
void setTheme(ThemeName name);

} // namespace vitrine::theme
