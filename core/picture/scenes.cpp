#include "core/picture/scenes.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace vitrine
{
namespace
{

using std::int64_t;
using std::uint8_t;

bool anyAtLeast(std::span<const Photograph> photographs, int64_t side)
{
    return std::ranges::any_of(
        photographs, [side](const Photograph& p) { return p.width >= side && p.height >= side; });
}

// Square of `side` out of a photograph as 3 x side x side, 0..1; halved: the mean of 2 x 2 pixels.
void copyPart(const Photograph& from, int64_t x, int64_t y, int64_t side, bool halved, float* to)
{
    const auto value = [&](int64_t row, int64_t column, int64_t channel) {
        const int64_t at = 3 * ((y + row) * from.width + x + column) + channel;
        return static_cast<float>(from.rgb[at]) / 255.0f;
    };
    for (int64_t channel = 0; channel < 3; ++channel)
        for (int64_t row = 0; row < side; ++row)
            for (int64_t column = 0; column < side; ++column, ++to)
                if (halved) {
                    const int64_t r = 2 * row, c = 2 * column;
                    *to = (value(r, c, channel) + value(r, c + 1, channel) +
                           value(r + 1, c, channel) + value(r + 1, c + 1, channel)) /
                          4.0f;
                } else {
                    *to = value(row, column, channel);
                }
}

void flipRows(float* scene, int64_t side)
{
    for (int64_t row = 0; row < 3 * side; ++row)
        std::reverse(scene + row * side, scene + (row + 1) * side);
}

// Each channel towards its mean; 1 leaves it as it is.
void fade(float* scene, int64_t side, double clutter)
{
    for (int64_t channel = 0; channel < 3; ++channel, scene += side * side) {
        const auto mean = static_cast<float>(std::accumulate(scene, scene + side * side, 0.0) /
                                             static_cast<double>(side * side));
        for (int64_t i = 0; i < side * side; ++i)
            scene[i] = std::lerp(mean, scene[i], static_cast<float>(clutter));
    }
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

PhotographPart drawPart(std::span<const Photograph> photographs, Draws& draws, int64_t width,
                        int64_t height)
{
    const auto pixels = [&](const Photograph& p) {
        return p.width < width || p.height < height ? 0 : p.width * p.height;
    };
    int64_t all = 0;
    for (const Photograph& p : photographs)
        all += pixels(p);
    if (all == 0)
        throw std::runtime_error("no picture has " + std::to_string(width) + " x " +
                                 std::to_string(height) + " pixels");
    int64_t at = draws.below(all);
    std::size_t chosen = 0;
    while (at >= pixels(photographs[chosen]))
        at -= pixels(photographs[chosen++]);
    const Photograph& p = photographs[chosen];
    const int64_t x = draws.below(p.width - width + 1);
    return {chosen, x, draws.below(p.height - height + 1)};
}

void drawBackground(std::span<const Photograph> photographs, const SceneOptions& options,
                    Draws& draws, float* scene)
{
    const int64_t side = options.side;
    const bool wide = anyAtLeast(photographs, 2 * side) && draws.coin();
    const int64_t taken = side * (wide ? 2 : 1);
    const PhotographPart part = drawPart(photographs, draws, taken, taken);
    copyPart(photographs[part.photograph], part.x, part.y, side, wide, scene);
    if (draws.coin())
        flipRows(scene, side);
    if (options.clutter < 1.0)
        fade(scene, side, options.clutter);
    const auto contrast = static_cast<float>(draws.uniform(0.6, 1.1));
    const auto middle = static_cast<float>(0.5 + draws.uniform(-0.1, 0.1));
    for (int64_t i = 0; i < 3 * side * side; ++i)
        scene[i] = std::clamp((scene[i] - 0.5f) * contrast + middle, 0.0f, 1.0f);
}

GarmentLook drawLook(const SceneOptions& options, Draws& draws)
{
    GarmentLook look{};
    look.side = options.smallest + draws.below(options.largest - options.smallest + 1);
    look.x = draws.below(options.side - look.side + 1);
    look.y = draws.below(options.side - look.side + 1);
    look.flipped = draws.coin();
    look.light = static_cast<float>(draws.uniform(0.0, 0.25));
    look.contrast = static_cast<float>(draws.uniform(0.6, 1.0));
    const double colourful = draws.uniform(0.0, 0.5);
    for (float& channel : look.tint)
        channel = static_cast<float>(1.0 - colourful * draws.uniform());
    return look;
}

void layGarment(const uint8_t* garment, const GarmentLook& look, float* scene, int64_t side)
{
    const GarmentLayer layer(garment);
    const int64_t plane = side * side;
    const float step = static_cast<float>(kGarmentPixels) / static_cast<float>(look.side);
    for (int64_t row = 0; row < look.side; ++row)
        for (int64_t column = 0; column < look.side; ++column) {
            const int64_t from = look.flipped ? look.side - 1 - column : column;
            const GarmentPoint point =
                garmentBetween(layer, (static_cast<float>(from) + 0.5f) * step - 0.5f,
                               (static_cast<float>(row) + 0.5f) * step - 0.5f);
            const int64_t at = (look.y + row) * side + look.x + column;
            for (int64_t channel = 0; channel < 3; ++channel) {
                const float colour =
                    std::min((look.light + look.contrast * point.grey) * look.tint[channel], 1.0f);
                float& pixel = scene[channel * plane + at];
                pixel += point.opacity * (colour - pixel);
            }
        }
}

void drawScene(std::span<const Photograph> photographs, const uint8_t* garment,
               const SceneOptions& options, Draws& draws, float* scene)
{
    drawBackground(photographs, options, draws, scene);
    layGarment(garment, drawLook(options, draws), scene, options.side);
}

} // namespace vitrine
