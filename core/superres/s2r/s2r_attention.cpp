#include "core/superres/s2r/s2r_layers.h"

#include "core/tensor/kernels/window_attention.h"

namespace vitrine::superres
{
namespace
{

// y of all three thirds: q and v of a third begin where `ofThird` says.
template <typename Place>
std::vector<float> attended(const WindowAttention& a, const float* q, const float* v,
                            std::int64_t vStride, Place&& valuesOfThird)
{
    std::vector<float> y(static_cast<std::size_t>(a.map.pixels() * a.channels));
    const std::int64_t third = a.channels / 3;
    for (std::int64_t g = 0; g < 3; ++g) {
        const std::int64_t side = a.windows[static_cast<std::size_t>(g)];
        kernels::attendInWindows({a.map.height, a.map.width, side, a.rolled ? side / 2 : 0}, third,
                                 {q + 2 * g * third, 2 * a.channels},
                                 {v + valuesOfThird(g), vStride},
                                 {y.data() + g * third, a.channels});
    }
    return y;
}

void addOutward(const MapSize& map, const PixelProduct& outward, const std::vector<float>& y,
                float* x)
{
    forPixels(map, [&](std::int64_t first, std::int64_t count) {
        multiplyPixels(outward, y.data() + first * outward.in, count, x + first * outward.out,
                       Into::add);
    });
}

void projectInward(const MapSize& map, const PixelProduct& inward, const float* x, float* out)
{
    forPixels(map, [&](std::int64_t first, std::int64_t count) {
        multiplyPixels(inward, x + first * inward.in, count, out + first * inward.out);
    });
}

} // namespace

// A third of qv holds its queries, then its values.
void WindowAttention::addFirst(const S2rWeights::Attention& weights, float* x, float* qv) const
{
    projectInward(map, weights.inward, x, qv);
    const std::int64_t third = channels / 3;
    const auto y = attended(*this, qv, qv, 2 * channels,
                            [third](std::int64_t g) { return (2 * g + 1) * third; });
    addOutward(map, weights.outward, y, x);
}

void WindowAttention::addSecond(const S2rWeights::Attention& weights, const float* qv,
                                float* x) const
{
    std::vector<float> v(static_cast<std::size_t>(map.pixels() * channels));
    projectInward(map, weights.inward, x, v.data());
    const std::int64_t third = channels / 3;
    const auto y =
        attended(*this, qv, v.data(), channels, [third](std::int64_t g) { return g * third; });
    addOutward(map, weights.outward, y, x);
}

} // namespace vitrine::superres
