#pragma once

#include "plugins/superres/figures/rivals.h"

#include <QImage>
#include <QString>

#include <optional>
#include <vector>

namespace vitrine::superres_plugin
{

// One picture as several runs enlarged it, beside what it is compared with: the original where it
// is known, the small one with its pixels enlarged, bicubic enlargement unless a run is of it. All
// have the size of the enlarged one of the first run; runs of another size are left out.
struct ShownPicture {
    QString caption; // "S2R fast x2 #3, 36.81 dB"
    QString help;
    QImage image;
    bool isRun = false;
};
struct ShownPictures {
    std::vector<ShownPicture> all;
    std::vector<QString> leftOut; // names of runs that have no such picture, or one of another size
    // Where the pictures differ most: of the original, else of the first run, from bicubic
    // enlargement; the middle of a square, as shares of width and height.
    QPointF place{0.5, 0.5};
};

// Of the picture that the first run has at this place, found in the others by its name. Reads
// files: off the window's thread.
ShownPictures readShownPictures(const RunPointers& runs, std::size_t item);

// A square of so many pixels around the place, kept within the picture; each pixel so many times as
// large, with sharp edges.
QImage detailOf(const QImage& image, QPointF place, int side, int times);
QRect detailRect(QSize size, QPointF place, int side);

} // namespace vitrine::superres_plugin
