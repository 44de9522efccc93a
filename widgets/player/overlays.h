#pragma once

#include "widgets/player/scene.h"

class QPainter;

// What is drawn over a picture, in the pixels of its image. Any thread.
namespace vitrine::player
{

struct OverlayPlace {
    Fitted fit; // target is where the image lies; drawn relative to its corner
    double pixelRatio = 1;
    QColor ink, paper;
};

// Arrows from where a block came from to where it stands; nothing where it moved by less than a
// pixel and a half of the screen.
void paintMotion(QPainter& painter, const OverlayPlace& place, const codec::SideData& side);
// Blocks tinted by quantizer between low and high (viridis), with the number where there is room.
void paintQuantizers(QPainter& painter, const OverlayPlace& place, const codec::SideData& side);
std::pair<int, int> quantizerRange(const codec::SideData& side);
// 16 x 16 blocks tinted from good (clear) to bad (magma).
void paintBlocks(QPainter& painter, const OverlayPlace& place, const video::BlockMap& map,
                 BlockMeasure measure);

} // namespace vitrine::player
