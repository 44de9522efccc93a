#pragma once

#include "core/base/result.h"
#include "core/picture/picture.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::superres_plugin
{

// Where the pictures of a run lie. One of `low` and `original` is there, or both.
struct PictureFiles {
    std::string name; // "butterfly"
    std::filesystem::path low, original;
};

struct PictureSources {
    std::filesystem::path input;       // a picture, or a folder of them
    std::filesystem::path groundTruth; // likewise; empty: none is named
    bool degrade = false;              // the input is the original, the small one is made of it
};

// Folders are read in the order of names, without their subfolders. A folder of pairs NAME_HR and
// NAME_LR, as benchmarks have them, is its own ground truth; with `degrade` only its NAME_HR count.
// Pictures of two folders are paired by NAME, without _HR and _LR. Input error where there is no
// picture, or one has no partner; argument error for a ground truth beside `degrade`.
Result<std::vector<PictureFiles>> findPictures(const PictureSources& sources);

} // namespace vitrine::superres_plugin
