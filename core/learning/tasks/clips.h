#pragma once

#include <string>
#include <vector>

namespace vitrine::learning
{

// A run of frames of one video, first and last included. A video whose parts have different uses
// has several.
struct ClipPart {
    std::string name, use; // "train" or "held-out"
    int first = 0, last = 0;
};

struct ClipSource {
    std::string package, file, licence; // the file below the package's folder
    std::vector<ClipPart> parts;        // in the order of their frames, none twice
};

// Reads resources/recipes/clips.json. Throws std::runtime_error naming what is wrong.
std::vector<ClipSource> readClipList(const std::string& path);

// Videos out of the fetched packages, at half their size (each pixel the mean of four, since all
// were compressed with loss), to
//   out/clips.rgb     frames one after another, each 8-bit RGB, row-major, no padding
//   out/clips.tsv     a line of names, then: name package licence width height frames fps offset
//   use out/sources.tsv   package version licence pictures megapixels, the frames being the
//   pictures
// Offsets are bytes into clips.rgb; uses are train, held-out. Gives the text of sources.tsv. Throws
// std::runtime_error naming the file and what is wrong.
std::string prepareClips(const std::vector<ClipSource>& list, const std::string& packages,
                         const std::string& out);

} // namespace vitrine::learning
