#include "core/learning/nets/training/pictures.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

// rows x 3-byte pixels to 3 x height x width.
torch::Tensor planes(const uint8_t* first, int64_t stride, int64_t height, int64_t width)
{
    const auto rows = torch::from_blob(const_cast<uint8_t*>(first), {height, width, 3},
                                       {stride * 3, 3, 1}, torch::kUInt8);
    return rows.permute({2, 0, 1}).contiguous();
}

void refuseOutside(const std::string& name, int64_t x, int64_t y, int64_t width, int64_t height,
                   int64_t wholeWidth, int64_t wholeHeight)
{
    if (x < 0 || y < 0 || width < 1 || height < 1 || width > wholeWidth - x ||
        height > wholeHeight - y)
        throw std::runtime_error("a part outside " + name + " was asked for");
}

torch::Tensor idxBytes(const std::string& path, uint32_t magic, std::vector<int64_t> shape)
{
    const RawBytes bytes(path);
    const auto word = [&](uint64_t at) {
        uint32_t value = 0;
        for (uint64_t i = 0; i < 4; ++i)
            value = value << 8 | bytes.data()[at + i];
        return value;
    };
    const uint64_t header = 4 + 4 * shape.size();
    if (bytes.size() < header || word(0) != magic)
        throw std::runtime_error(path + " is not an IDX file of bytes");
    uint64_t count = word(4), each = 1;
    for (size_t i = 1; i < shape.size(); ++i) {
        if (word(4 + 4 * i) != static_cast<uint32_t>(shape[i]))
            throw std::runtime_error(path + ": pictures of 28 x 28 expected");
        each *= static_cast<uint64_t>(shape[i]);
    }
    if (count == 0 || bytes.size() - header != count * each)
        throw std::runtime_error(path + ": its length does not fit its header");
    shape[0] = static_cast<int64_t>(count);
    auto tensor = torch::empty(shape, torch::kUInt8);
    std::memcpy(tensor.data_ptr(), bytes.data() + header, bytes.size() - header);
    return tensor;
}

} // namespace

RawBytes::RawBytes(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {
    };
    if (file < 0 || ::fstat(file, &status) != 0 || status.st_size <= 0) {
        if (file >= 0)
            ::close(file);
        throw std::runtime_error("cannot read " + path + "; packaging/train prepares the data");
    }
    size_ = static_cast<uint64_t>(status.st_size);
    void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    if (memory == MAP_FAILED)
        throw std::runtime_error("cannot map " + path);
    data_ = {static_cast<const uint8_t*>(memory),
             [size = size_](const uint8_t* p) { ::munmap(const_cast<uint8_t*>(p), size); }};
}

PictureStore::PictureStore(const std::string& folder, const std::string& use)
    : bytes_(folder + "/pictures.rgb"), pictures_(preparedPictures(folder, use, bytes_.size()))
{
    for (const Picture& p : pictures_)
        photographs_.push_back({p.width, p.height, bytes_.data() + p.offset});
}

torch::Tensor PictureStore::part(size_t picture, int64_t x, int64_t y, int64_t width,
                                 int64_t height) const
{
    const Picture& p = pictures_.at(picture);
    refuseOutside(p.name, x, y, width, height, p.width, p.height);
    return planes(bytes_.data() + p.offset + 3 * (y * p.width + x), p.width, height, width);
}

torch::Tensor PictureStore::whole(size_t picture) const
{
    const Picture& p = pictures_.at(picture);
    return part(picture, 0, 0, p.width, p.height);
}

torch::Tensor PictureStore::drawPart(Draws& draws, int64_t width, int64_t height) const
{
    const PhotographPart drawn = vitrine::drawPart(photographs_, draws, width, height);
    return part(drawn.photograph, drawn.x, drawn.y, width, height);
}

ClipStore::ClipStore(const std::string& folder, const std::string& use)
    : bytes_(folder + "/clips.rgb"), clips_(preparedClips(folder, use, bytes_.size()))
{
}

torch::Tensor ClipStore::part(size_t clip, int64_t first, int64_t frames, int64_t x, int64_t y,
                              int64_t width, int64_t height) const
{
    const Clip& c = clips_.at(clip);
    refuseOutside(c.name, x, y, width, height, c.width, c.height);
    if (first < 0 || frames < 1 || frames > c.frames - first)
        throw std::runtime_error("frames outside " + c.name + " were asked for");
    auto out = torch::empty({frames, 3, height, width}, torch::kUInt8);
    for (int64_t i = 0; i < frames; ++i)
        out[i].copy_(
            planes(bytes_.data() + c.offset + 3 * (((first + i) * c.height + y) * c.width + x),
                   c.width, height, width));
    return out;
}

Garments readGarments(const std::string& folder, const std::string& set)
{
    Garments garments{idxBytes(folder + "/" + set + "-images-idx3-ubyte", 0x00000803, {0, 28, 28}),
                      idxBytes(folder + "/" + set + "-labels-idx1-ubyte", 0x00000801, {0})};
    if (garments.pictures.size(0) != garments.labels.size(0))
        throw std::runtime_error(folder + ": as many labels as pictures expected in " + set);
    if (garments.labels.max().item<int64_t>() > 9)
        throw std::runtime_error(folder + ": a label above 9 in " + set);
    return garments;
}

} // namespace vitrine::learning
