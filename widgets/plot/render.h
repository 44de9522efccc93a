#pragma once

#include <QByteArray>
#include <QSize>

#include "core/figure/figure.h"
#include "widgets/theme/palette.h"

#include <cstdint>

namespace vitrine::plot
{

enum class Format { svg, pdf, png };

struct RenderOptions {
    const theme::Palette* palette = nullptr; // none: light, on white paper
    bool title = false;                      // paper has a caption instead
    QSize size{};          // logical pixels (1/96 inch); empty: the figure's own on paper (paint.h)
    double scale = 3;      // PNG: image pixels per logical pixel
    double textScale = 1;  // how much larger than in the window text and lines are
    std::int64_t time = 0; // seconds since 1970 for PDF dates; SOURCE_DATE_EPOCH goes first
    bool embedFont = true; // SVG: carry the face inside (not where the page around has it)
};

// The figure as a file, drawn as the window draws it. Same figure and options: same bytes. Needs a
// QApplication (offscreen is enough) and the window's thread.
QByteArray renderFigure(const figure::Figure& figure, Format format,
                        const RenderOptions& options = {});

// CSS that makes the shipped face known to a page, as data; empty where the file is not found.
QByteArray fontFaceCss();

} // namespace vitrine::plot
