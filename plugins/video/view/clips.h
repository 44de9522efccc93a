#pragma once

#include "core/jobs/experiment/run_record.h"
#include "core/video/raw_reading.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What a run holds for the player: files, and what its tables say of their frames. No window.
namespace vitrine::video_plugin
{

// A file that can be played.
struct Clip {
    std::string setting; // "crf=27:gop=32"; empty: there is one of it
    std::string point;   // of the run, see PointName; empty: it is none
    std::filesystem::path path;
    video::RawGiven raw{};
    std::string sha256;  // as the run saw it; empty: not to be compared (artifacts are checked)
    std::string trouble; // why there is no file
    std::string warning; // broken protocol
    double kbps = 0, psnrY = 0; // NaN: not known
    std::int64_t frames = 0;    // shown; 0: all
    std::int64_t offset = 0;    // moment k shows frame k + offset
    bool isByOrder = false;     // the run paired frames as they come, whatever their times say
    std::map<std::string, std::vector<double>> quality; // by measure, by frame of the clip
    std::vector<double> bits;                           // by frame of the clip
};

// Clips of which one is shown: the settings of a codec.
struct ClipChoice {
    std::string key;  // within the run: "x264"
    std::string name; // "x264"
    bool isReference = false;
    std::vector<Clip> clips; // rising rate
};

// The reference first. Empty where the run holds nothing to play.
std::vector<ClipChoice> clipsOf(const RunRecord& run);

// The clip with this setting, else the one nearest in rate (by ratio); 0 where rates are unknown.
std::size_t chooseClip(const ClipChoice& choice, const std::string& setting, double kbps);
// The rate in the middle of the choice's; it has a clip.
double middleRate(const ClipChoice& choice);

// "crf 27" of "crf=27:preset=slow:gop=32"; the rate alone is what tells settings apart.
std::string shortSetting(const std::string& setting);

} // namespace vitrine::video_plugin
