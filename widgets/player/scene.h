#pragma once

#include "widgets/player/geometry.h"
#include "widgets/player/stream.h"

#include <QColor>
#include <QImage>
#include <QString>

// What a moment of the player shows, made into pictures. Pure; any thread.
namespace vitrine::player
{

// What one pane has at a moment.
struct PaneMoment {
    std::int64_t wanted = 0;   // frame of its stream
    FramePtr frame;            // that one, or one on the way to it, or none
    QString absent;            // why there never is one: "no frame 120: the clip has 96"
    bool isKey = false;        // `frame` is the key frame before the one wanted
    bool readsSideData = true; // else vectors and quantizers are still to come, with another stream
    bool isExact() const { return frame && frame->index == wanted; }
};

struct PictureWish {
    int pane = 0;
    int against = -1; // the pane that it is the difference from, the reference of block measures
    bool isDifference = false;
    QRect place; // device pixels
};

struct SceneRequest {
    std::int64_t moment = 0; // of the player
    std::uint64_t version = 0;
    std::vector<PaneMoment> panes;
    std::vector<PictureWish> wishes;
    QSize common; // luma samples that zoom and centre are of
    PlayerState state;
    QColor ink, paper; // of overlays, over pictures
    double pixelRatio = 1;
};

struct ScenePicture {
    PictureWish wish;
    QRect target; // canvas pixels that `image` covers
    QImage image; // none where there is nothing to show
    bool isExact = false;
    std::int64_t index = -1; // of the frame shown
    QString notice;          // instead of the picture, or about the overlay that is not there
};

struct Scene {
    std::int64_t moment = -1;
    std::uint64_t version = 0;
    std::vector<PaneMoment> panes; // what the pictures were made of
    std::vector<ScenePicture> pictures;
    std::vector<QString> overlayNotices; // by picture: why there are no vectors, no quantizers
    bool isExact() const;                // of every pane that has such a frame
};

Scene makeScene(const SceneRequest& request);

// Colours of the difference's heat: magma. 256 words 0xffRRGGBB.
const std::vector<std::uint32_t>& heatColours();

// Ends of the block measures' scale: 20 to 50 dB, 0.5 to 1.
std::pair<double, double> blockScale(BlockMeasure measure);

} // namespace vitrine::player
