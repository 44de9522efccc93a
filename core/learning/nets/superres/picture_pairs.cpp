#include "core/learning/nets/superres/picture_pairs.h"

#include "core/learning/nets/superres/bicubic.h"
#include "core/learning/nets/superres/quality.h"

#include <algorithm>
#include <limits>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

Tensor middleOf(const PictureStore& pictures, size_t index, int64_t scale, int64_t side)
{
    const Picture& picture = pictures.pictures()[index];
    const auto length = [&](int64_t whole) {
        return (side > 0 ? std::min(side, whole) : whole) / scale * scale;
    };
    const int64_t width = length(picture.width), height = length(picture.height);
    return pictures.part(index, (picture.width - width) / 2, (picture.height - height) / 2, width,
                         height);
}

std::string partnerName(const std::string& name)
{
    const auto at = name.rfind("_HR");
    return at == std::string::npos ? "" : name.substr(0, at) + "_LR" + name.substr(at + 3);
}

} // namespace

std::vector<PicturePair> reducedPairs(const PictureStore& pictures, int64_t scale, int64_t side)
{
    std::vector<PicturePair> pairs;
    for (size_t i = 0; i < pictures.pictures().size(); ++i) {
        const Tensor high = middleOf(pictures, i, scale, side);
        const Tensor low = bicubic(high, high.size(1) / scale, high.size(2) / scale);
        pairs.push_back({pictures.pictures()[i].name, low, high});
    }
    return pairs;
}

std::vector<PicturePair> storedPairs(const PictureStore& store, int64_t scale)
{
    std::vector<PicturePair> pairs;
    const auto& pictures = store.pictures();
    for (size_t i = 0; i < pictures.size(); ++i) {
        const std::string partner = partnerName(pictures[i].name);
        const auto found = std::find_if(pictures.begin(), pictures.end(), [&](const Picture& p) {
            return !partner.empty() && p.name == partner && pictures[i].width / p.width == scale &&
                   pictures[i].height / p.height == scale;
        });
        if (found == pictures.end())
            continue;
        const Tensor low = store.whole(static_cast<size_t>(found - pictures.begin()));
        const Tensor high = store.part(i, 0, 0, found->width * scale, found->height * scale);
        pairs.push_back({pictures[i].name, low, high});
    }
    return pairs;
}

Tensor enlarged(S2r& network, const Tensor& low)
{
    const Tensor unit = low.unsqueeze(0).to(torch::kFloat) / 255.0;
    return (network.forward(unit)[0] * 255.0).round().clamp(0, 255).to(torch::kUInt8);
}

PairQuality qualityOn(S2r& network, const std::vector<PicturePair>& pairs)
{
    const int64_t scale = network.shape().scale;
    PairQuality sum{0, 0, 0, 0, std::numeric_limits<double>::infinity()};
    for (const PicturePair& pair : pairs) {
        const Tensor ours = enlarged(network, pair.low);
        const Tensor plain = bicubic(pair.low, pair.high.size(1), pair.high.size(2));
        const double psnr = psnrY(ours, pair.high, scale);
        const double bicubicPsnr = psnrY(plain, pair.high, scale);
        sum.psnr += psnr;
        sum.bicubicPsnr += bicubicPsnr;
        sum.ssim += ssimY(ours, pair.high, scale);
        sum.bicubicSsim += ssimY(plain, pair.high, scale);
        sum.leastGain = std::min(sum.leastGain, psnr - bicubicPsnr);
    }
    const auto count = static_cast<double>(pairs.size());
    return {sum.psnr / count, sum.ssim / count, sum.bicubicPsnr / count, sum.bicubicSsim / count,
            sum.leastGain};
}

} // namespace vitrine::learning
