#pragma once

#include "core/base/result.h"
#include "core/superres/picture/image.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::superres
{

// Told the share that is done, 0..1; false stops with cancelled(). May be empty.
using Progress = std::function<bool(double share)>;

struct Enlarged {
    Image image;
    // Where a picture was computed in tiles: the largest difference that was seen between two
    // computations of the same pixel beside a seam, in 0..1. 0: it was computed in one piece.
    double seamError = 0;
    std::int64_t tiles = 1;
};

// What makes a picture `scale` times as large. Immutable; any thread, several at once.
class Upscaler
{
public:
    virtual ~Upscaler() = default;

    virtual std::int64_t scale() const = 0;
    virtual std::int64_t parameters() const { return 0; } // trained numbers
    // Multiply-accumulates for each pixel of the small picture, products only.
    virtual double macsPerPixel() const { return 0; }
    virtual std::vector<std::filesystem::path> files() const
    {
        return {};
    }                                                             // weights that were read
    virtual std::vector<std::string> notes() const { return {}; } // sentences worth showing

    // Any size from 1 x 1 on. Equal for every number of threads, to the last bit. Values are not
    // clamped.
    virtual Result<Enlarged> enlarged(const Image& low, const Progress& progress) const = 0;
};

// A way to enlarge pictures; its file adds it (core/base/registry.h).
struct UpscalingMethod {
    std::string id;    // "bicubic", "s2r-fast"
    std::string title; // "Bicubic", "S2R fast"
    std::string about; // one sentence
    std::vector<std::int64_t> scales;
    // Nothing: needs no weights, or none are shipped and it looks for those that packaging/fetch
    // got. Else the shipped model of a scale, "s2r-x2", a folder under resources/models, which is
    // read where no other folder is named.
    std::function<std::string(std::int64_t scale)> model = {};
    // weights: a folder; empty for methods without `model`. Input error for weights that cannot be
    // read or are of another scale.
    std::function<Result<std::shared_ptr<const Upscaler>>(std::int64_t scale,
                                                          const std::filesystem::path& weights)>
        open;
};
std::vector<UpscalingMethod> upscalingMethods();

} // namespace vitrine::superres
