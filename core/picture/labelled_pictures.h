#pragma once

#include "core/base/result.h"
#include "core/picture/picture.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vitrine
{

enum class Split { training, test };

// Pictures whose class is known. Immutable; any thread.
class LabelledPictures
{
public:
    virtual ~LabelledPictures() = default;

    virtual std::int64_t count() const = 0;
    virtual std::int64_t label(std::int64_t index) const = 0;      // from 0
    virtual std::string name(std::int64_t index) const = 0;        // "t10k 17", "cats/tom.png"
    virtual Result<Picture> picture(std::int64_t index) const = 0; // reads it
    // Its values where they are no bytes: height x width x channels, 0..1. Empty: picture() is
    // exact.
    virtual std::vector<float> exact(std::int64_t index) const;
    virtual std::int64_t classes() const = 0;
    // Names of the folders; empty: only numbers are known.
    virtual const std::vector<std::string>& classNames() const = 0;
    // Files to be named as inputs: those of IDX; none of a folder of many.
    virtual std::vector<std::filesystem::path> files() const = 0;
};

// - An IDX file of pictures ("t10k-images-idx3-ubyte", its labels beside it under the name with
//   "labels" and "idx1"), or a folder that holds those of the split ("train-..." or "t10k-...");
//   each may be packed (".gz").
// - A folder with a folder for each class, pictures in them or below; classes count from 0 in the
//   order of their names. It may have such a folder for each split ("train", and "test" or "val").
// Input error naming the file where neither is there, or pictures and labels do not fit.
Result<std::shared_ptr<const LabelledPictures>>
openLabelledPictures(const std::filesystem::path& path, Split split);

} // namespace vitrine
