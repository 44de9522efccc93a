#include "core/learning/nets/superres/patches.h"

#include "core/learning/nets/superres/bicubic.h"

#include <vector>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

constexpr int64_t kMargin = 2; // small pixels on each side: the reach of the kernel
constexpr double kFlat = 6.0;  // of 255
constexpr int kTries = 10;

Tensor turned(const Tensor& picture, int64_t mode)
{
    Tensor result = mode & 4 ? picture.transpose(1, 2) : picture;
    if (mode & 2)
        result = result.flip({1});
    return mode & 1 ? result.flip({2}) : result;
}

Tensor unitRange(const std::vector<Tensor>& pictures)
{
    return torch::stack(pictures).to(torch::kFloat).div_(255.0);
}

} // namespace

Patches::Patches(const PictureStore& pictures, int64_t scale, int64_t size)
    : pictures_(pictures), scale_(scale), size_(size)
{
}

Tensor Patches::drawHigh(Chance& chance) const
{
    const int64_t side = (size_ + 2 * kMargin) * scale_;
    Tensor part = pictures_.drawPart(chance, side, side);
    for (int tries = 1; tries < kTries; ++tries) {
        if (part.to(torch::kFloat).std().item<double>() >= kFlat)
            break;
        part = pictures_.drawPart(chance, side, side);
    }
    return turned(part, chance.below(8)).contiguous();
}

PatchPair Patches::draw(Chance& chance, int64_t batch) const
{
    std::vector<Tensor> low, high;
    const int64_t padded = size_ + 2 * kMargin;
    const auto inner = [](const Tensor& picture, int64_t first, int64_t size) {
        return picture.narrow(1, first, size).narrow(2, first, size);
    };
    for (int64_t i = 0; i < batch; ++i) {
        const Tensor part = drawHigh(chance);
        low.push_back(inner(bicubic(part, padded, padded), kMargin, size_));
        high.push_back(inner(part, kMargin * scale_, size_ * scale_));
    }
    return {unitRange(low), unitRange(high)};
}

} // namespace vitrine::learning
