#pragma once

#include "widgets/player/stream.h"

#include <QString>

#include <map>
#include <vector>

namespace vitrine::player
{

// One of the synchronised moving pictures, and what is known of it frame by frame.
struct Pane {
    QString id;                     // stable, for the state: "x264"
    QString name;                   // "x264"
    QString detail;                 // "crf 27 · 412 kbit/s · 36.90 dB"
    int colour = 0;                 // series colour; figure::kMuted: the reference
    int line = 0;                   // style of its curves: solid, dash, dot, dash-dot
    std::shared_ptr<Stream> stream; // none: `trouble` says why
    QString trouble;
    QString warning; // about what is shown: "changed since the run"
    // Moment k shows the frame at place k + offset in time; without places that is its number. With
    // holes in its times there is none at some.
    std::int64_t offset = 0;
    std::vector<std::int64_t> places;
    std::int64_t frames = 0; // shown of it; the stream may have more
    // By frame of this stream; empty or NaN where not known. Measures by name: "psnr_y", "ssim".
    std::map<QString, std::vector<double>> quality;
    std::vector<double> bits;
};

// How a measure of quality is written.
struct Measure {
    QString name;  // "psnr_y"
    QString title; // "PSNR-Y"
    QString unit;  // "dB"
    int decimals = 2;
};
const std::vector<Measure>& knownMeasures();
Measure measureNamed(const QString& name); // unknown ones are titled by their name

} // namespace vitrine::player
