#include "core/learning/nets/codec/scenes.h"

#include "core/learning/nets/codec/paths.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

constexpr double kStanding = 0.2; // share of backgrounds that do not move

// The layer at those places: frames x 3 x size x size. Beyond its border it is mirrored.
Tensor sampledLayer(const Tensor& source, const Tensor& where)
{
    const Tensor half = torch::tensor(
        {static_cast<float>(source.size(2)) / 2.0f, static_cast<float>(source.size(1)) / 2.0f});
    const auto frames = where.size(0);
    // Bilinear, mirrored, half-pixel centres.
    return torch::grid_sampler_2d(source.unsqueeze(0).expand({frames, -1, -1, -1}), where / half, 0,
                                  2, false);
}

// 1 inside a superellipse around (x, y) with half axes a and b, soft by a pixel or more: frames x 1
// x s x s.
Tensor shapeAt(const Tensor& where, Chance& chance, double size)
{
    const double x = chance.uniform(-0.4, 0.4) * size, y = chance.uniform(-0.4, 0.4) * size;
    const double a = chance.uniform(0.08, 0.35) * size, b = chance.uniform(0.08, 0.35) * size;
    const double power = chance.uniform(1.5, 5.0), soft = chance.uniform(0.6, 2.5);
    const Tensor u = ((where.select(-1, 0) - x) / a).abs().pow(power);
    const Tensor v = ((where.select(-1, 1) - y) / b).abs().pow(power);
    const Tensor radius = (u + v).add_(1e-6).pow_(1.0 / power);
    return ((1.0 - radius) * (std::min(a, b) / soft)).sigmoid_().unsqueeze(1);
}

} // namespace

Scenes::Scenes(const PictureStore& pictures, double mostMotion)
    : pictures_(pictures), mostMotion_(mostMotion), smallestSide_(0)
{
    for (const Picture& picture : pictures.pictures())
        smallestSide_ = std::max(smallestSide_, std::min(picture.width, picture.height));
    if (smallestSide_ < 64)
        throw std::runtime_error("the photographs are too small to train on: 64 pixels a side at "
                                 "least");
}

Tensor Scenes::source(Chance& chance, int64_t size, int64_t mostShrink) const
{
    const int64_t side = std::min(size, smallestSide_);
    const int64_t shrink =
        1 + chance.below(std::clamp(smallestSide_ / side, int64_t{1}, mostShrink));
    Tensor part =
        pictures_.drawPart(chance, side * shrink, side * shrink).to(torch::kFloat).div_(255.0);
    if (shrink > 1)
        part = torch::avg_pool2d(part.unsqueeze(0), {shrink, shrink}).squeeze(0);
    if (chance.coin())
        part = part.flip({2});
    if (chance.coin(0.2))
        part = part.transpose(1, 2);
    return part.contiguous();
}

Tensor Scenes::drawPicture(Chance& chance, int64_t size) const
{
    const Tensor part = source(chance, size, 4);
    if (part.size(1) < size)
        throw std::runtime_error("no photograph has " + std::to_string(size) + " pixels a side");
    return part;
}

Tensor Scenes::draw(Chance& chance, int64_t frames, int64_t size) const
{
    Path path = drawPath(chance, frames, size, mostMotion_);
    if (chance.coin(kStanding))
        path = {.scale = path.scale, .angle = path.angle};
    Tensor film = sampledLayer(source(chance, 2 * size, 2), places(path, frames, size));
    for (int64_t pieces = chance.below(4); pieces > 0; --pieces) {
        const Path own = drawPath(chance, frames, size, mostMotion_);
        const Tensor where = places(own, frames, size);
        const Tensor inside = shapeAt(where, chance, static_cast<double>(size));
        film = torch::lerp(film, sampledLayer(source(chance, size, 3), where), inside);
    }
    if (chance.coin(0.4)) {
        const double drift = 0.01 * chance.normal(), lift = 0.004 * chance.normal();
        const Tensor t = torch::arange(frames).to(torch::kFloat).view({frames, 1, 1, 1});
        film = film * (1.0 + drift * t) + lift * t;
    }
    if (chance.coin())
        film = film + chance.normal(film.sizes()) * chance.uniform(0.0, 0.012);
    return film.mul(255.0).round_().clamp_(0.0, 255.0).div_(255.0);
}

} // namespace vitrine::learning::codec
