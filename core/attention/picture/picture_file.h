#pragma once

#include "core/attention/picture/picture_capture.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

// clang-format off
// The file of a picture that a vision transformer looked at:
//   picture        U8 [S, S, 3]       as the network saw it, before normalisation
//   q.<l>, k.<l>   F32 or F16 [H, tokens, D]  of attention layer <l> (from 0), in the order of the picture's patches
//   bias.<l>       F32 [H, (2 side - 1)^2]    of windows only
//   norms.<l>      F32 [tokens]               length of each token as the block gives it
//   received.<l>   F32 [H, keys]              mean weight that each key receives
// metadata: "format" = "vitrine-picture-1", "layers" (JSON list of objects: name, kind, heads, dim, prefix, rows,
// columns, key_prefix, key_rows, key_columns, window, offset, epsilon), "prefix" (JSON list of names), "model", "name".
// Nothing else is in it: what is not named here is refused.
// clang-format on
namespace vitrine::attention
{

// The picture as people see it.
struct SeenPicture {
    std::int64_t side = 0;
    std::vector<std::uint8_t> rgb; // side * side * 3
};

class PictureCapture
{
public:
    // The file is untrusted: names, types, shapes, sizes and metadata are checked. Input error that
    // names the first tensor, metadata or key of a layer that the format does not have.
    static Result<PictureCapture> open(const std::filesystem::path& path);

    const std::string& model() const;
    const std::string& name() const; // of the picture
    const SeenPicture& picture() const;
    const std::vector<PictureLayer>& layers() const;
    const std::vector<std::string>& prefixNames() const;
    const std::vector<float>& norms(std::size_t layer) const;                    // [query tokens]
    std::span<const float> received(std::size_t layer, std::int64_t head) const; // [keys]
    // Weights of a head, computed when asked for. The layer can attend so. Any thread.
    HeadMap map(std::size_t layer, std::int64_t head, Attending attending) const;

private:
    struct Private;
    explicit PictureCapture(std::shared_ptr<const Private> d) : d_(std::move(d)) {}
    std::shared_ptr<const Private> d_;
};

struct PictureInfo {
    std::string model, name;
    SeenPicture picture;
};
// Queries and keys are kept in F32 while all of them fit into `budget` bytes, else in F16 where
// that can hold them: the returned notes say so.
inline constexpr std::uint64_t kPictureBudget = 64ull << 20;
Result<std::vector<std::string>> writePictureCapture(const std::filesystem::path& path,
                                                     const PictureInfo& info,
                                                     const PictureTensors& picture,
                                                     std::span<const HeadLook> looks,
                                                     std::uint64_t budget = kPictureBudget);

} // namespace vitrine::attention
