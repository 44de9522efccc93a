#pragma once

#include "core/learning/nets/training/prepared_data.h"
#include "core/picture/scenes.h"

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace vitrine::learning
{

// A file of raw bytes seen through memory; shared by copies.
class RawBytes
{
public:
    explicit RawBytes(const std::string& path); // throws std::runtime_error
    const uint8_t* data() const { return data_.get(); }
    uint64_t size() const { return size_; }

private:
    std::shared_ptr<const uint8_t> data_;
    uint64_t size_ = 0;
};

// Photographs as vitrine-prepare leaves them: pictures.rgb holds 8-bit RGB, row-major, one after
// another; pictures.tsv says where (prepared_data.h).
class PictureStore
{
public:
    // use: train, vt10, codec
    PictureStore(const std::string& folder, const std::string& use);

    const std::vector<Picture>& pictures() const { return pictures_; }
    std::span<const Photograph> photographs() const { return photographs_; } // the same, to draw of

    // 3 x height x width, uint8; a copy. The part must lie inside.
    torch::Tensor part(size_t picture, int64_t x, int64_t y, int64_t width, int64_t height) const;
    torch::Tensor whole(size_t picture) const;

    // A part of this size at a random place (core/picture/scenes.h); throws where no picture is
    // large enough.
    torch::Tensor drawPart(Draws& draws, int64_t width, int64_t height) const;

private:
    RawBytes bytes_;
    std::vector<Picture> pictures_;
    std::vector<Photograph> photographs_;
};

// Packaged films in the same way: clips.rgb and clips.tsv; use: train, held-out.
class ClipStore
{
public:
    ClipStore(const std::string& folder, const std::string& use);

    const std::vector<Clip>& clips() const { return clips_; }

    // frames x 3 x height x width, uint8, from frame `first` on; a copy.
    torch::Tensor part(size_t clip, int64_t first, int64_t frames, int64_t x, int64_t y,
                       int64_t width, int64_t height) const;

private:
    RawBytes bytes_;
    std::vector<Clip> clips_;
};

// Fashion-MNIST: `set` is train or t10k. pictures: count x 28 x 28, labels: count; both uint8.
struct Garments {
    torch::Tensor pictures, labels;
};
Garments readGarments(const std::string& folder, const std::string& set);

} // namespace vitrine::learning
