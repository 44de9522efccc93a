#pragma once

#include <QByteArray>
#include <QSize>

#include <cstdint>

// What Qt's writers put into files that a file of ours must not have: the clock, and faces that
// only this machine has.
namespace vitrine::plot
{

// Every text gets its drawn width (another face cannot shift it) and a list of faces to fall back
// on; cells stay crisp; `css` goes into a style element. The size is in pixels.
QByteArray normalisedSvg(QByteArray svg, QSize size, const QByteArray& css);

// Dates become SOURCE_DATE_EPOCH, else `time` (seconds since 1970, UTC).
QByteArray normalisedPdf(QByteArray pdf, std::int64_t time);

} // namespace vitrine::plot
