#include "core/learning/nets/vision/scenes.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

constexpr int64_t kGarmentPixels = 28;
bool anyAtLeast(const PictureStore& store, int64_t side)
{
    return std::ranges::any_of(
        store.pictures(), [side](const Picture& p) { return p.width >= side && p.height >= side; });
}

// A garment's grey (0..1) and opacity, pixel by pixel. Garments fade into black at their edge: what
// is darker than 0.3 of the garment's mean lets the photograph through, or a dark line would go
// round it.
struct GarmentLayer {
    float grey[kGarmentPixels * kGarmentPixels], opacity[kGarmentPixels * kGarmentPixels];

    explicit GarmentLayer(const uint8_t* pixels)
    {
        float sum = 0.0f, lit = 1e-6f;
        for (int64_t i = 0; i < kGarmentPixels * kGarmentPixels; ++i) {
            grey[i] = static_cast<float>(pixels[i]) / 255.0f;
            sum += grey[i];
            lit += pixels[i] > 0 ? 1.0f : 0.0f;
        }
        const float opaque = 0.3f * sum / lit + 1e-6f;
        for (int64_t i = 0; i < kGarmentPixels * kGarmentPixels; ++i)
            opacity[i] = std::min(grey[i] / opaque, 1.0f);
    }
};

struct GarmentPoint {
    float grey, opacity;
};

// Between the four pixels around a place; the grey counts as much as it is opaque. Nothing lies
// outside.
GarmentPoint garmentBetween(const GarmentLayer& layer, float x, float y)
{
    const float left = std::floor(x), top = std::floor(y), u = x - left, v = y - top;
    float grey = 0.0f, opacity = 0.0f;
    const auto add = [&](int64_t column, int64_t row, float weight) {
        if (column < 0 || row < 0 || column >= kGarmentPixels || row >= kGarmentPixels)
            return;
        const int64_t at = row * kGarmentPixels + column;
        opacity += weight * layer.opacity[at];
        grey += weight * layer.opacity[at] * layer.grey[at];
    };
    const auto column = static_cast<int64_t>(left), row = static_cast<int64_t>(top);
    add(column, row, (1.0f - u) * (1.0f - v));
    add(column + 1, row, u * (1.0f - v));
    add(column, row + 1, (1.0f - u) * v);
    add(column + 1, row + 1, u * v);
    return {opacity > 0.0f ? grey / opacity : 0.0f, opacity};
}

} // namespace

SceneOptions easedScenes(const SceneOptions& full, double share)
{
    SceneOptions eased = full;
    eased.clutter = full.clutter * share;
    eased.smallest =
        full.largest - std::lround(share * static_cast<double>(full.largest - full.smallest));
    return eased;
}

Tensor drawBackground(const PictureStore& pictures, const SceneOptions& options, Chance& chance)
{
    const bool wide = anyAtLeast(pictures, 2 * options.side) && chance.coin();
    const int64_t side = options.side * (wide ? 2 : 1);
    Tensor part = pictures.drawPart(chance, side, side).to(torch::kFloat).div_(255.0);
    if (wide)
        part = torch::avg_pool2d(part, 2);
    if (chance.coin())
        part = part.flip(2);
    if (options.clutter < 1.0)
        part = torch::lerp(part.mean({1, 2}, true), part, options.clutter);
    const double contrast = chance.uniform(0.6, 1.1), brightness = chance.uniform(-0.1, 0.1);
    return ((part - 0.5) * contrast + (0.5 + brightness)).clamp_(0.0, 1.0).contiguous();
}

GarmentLook drawLook(const SceneOptions& options, Chance& chance)
{
    GarmentLook look{};
    look.side = options.smallest + chance.below(options.largest - options.smallest + 1);
    look.x = chance.below(options.side - look.side + 1);
    look.y = chance.below(options.side - look.side + 1);
    look.flipped = chance.coin();
    look.light = static_cast<float>(chance.uniform(0.0, 0.25));
    look.contrast = static_cast<float>(chance.uniform(0.6, 1.0));
    const double colourful = chance.uniform(0.0, 0.5);
    for (float& channel : look.tint)
        channel = static_cast<float>(1.0 - colourful * chance.uniform());
    return look;
}

void layGarment(const uint8_t* garment, const GarmentLook& look, Tensor& picture)
{
    const GarmentLayer layer(garment);
    const int64_t width = picture.size(2), plane = picture.size(1) * width;
    const float step = static_cast<float>(kGarmentPixels) / static_cast<float>(look.side);
    float* to = picture.data_ptr<float>();
    for (int64_t row = 0; row < look.side; ++row)
        for (int64_t column = 0; column < look.side; ++column) {
            const int64_t from = look.flipped ? look.side - 1 - column : column;
            const GarmentPoint point =
                garmentBetween(layer, (static_cast<float>(from) + 0.5f) * step - 0.5f,
                               (static_cast<float>(row) + 0.5f) * step - 0.5f);
            const int64_t at = (look.y + row) * width + look.x + column;
            for (int64_t channel = 0; channel < 3; ++channel) {
                const float colour =
                    std::min((look.light + look.contrast * point.grey) * look.tint[channel], 1.0f);
                float& pixel = to[channel * plane + at];
                pixel += point.opacity * (colour - pixel);
            }
        }
}

} // namespace vitrine::learning
