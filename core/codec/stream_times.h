#pragma once

// Private to this room: the frame rate and the holes that the times of frames tell.
#include "core/codec/av.h"
#include "core/video/rate.h"

#include <string>
#include <vector>

namespace vitrine::codec
{

struct StreamTimes {
    video::Rate rate; // of what is shown; 0: nothing tells it
    // Where each frame lies on a grid of that rate, from 0; empty where they lie one after another,
    // or on no grid.
    std::vector<std::int64_t> places;
    bool isIrregular = false;         // on no grid: the rate is the mean
    double shortest = 0, longest = 0; // seconds from a frame to the next where irregular
};

// `times` are those of the frames that are shown, in order of display, in units of `timeBase`;
// `said` are the rates that container and codec say, the most trusted first.
StreamTimes timesOf(const std::vector<std::int64_t>& times, AVRational timeBase,
                    const std::vector<AVRational>& said);

} // namespace vitrine::codec
