#include "core/learning/nets/codec/paths.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

Path scaledPath(Path path, double by)
{
    for (double* motion : {&path.shiftX, &path.shiftY, &path.bendX, &path.bendY, &path.turn,
                           &path.zoom, &path.tiltX, &path.tiltY})
        *motion *= by;
    return path;
}

// The largest move of a corner or the middle between neighbouring frames, in pixels of the picture.
double fastestMove(const Path& path, int64_t frames, int64_t size)
{
    if (frames < 2)
        return 0.0;
    const Tensor all = places(path, frames, size);
    const Tensor some = all.index({torch::indexing::Slice(),
                                   torch::indexing::Slice(0, torch::indexing::None, size / 2 - 1),
                                   torch::indexing::Slice(0, torch::indexing::None, size / 2 - 1)});
    const Tensor moves = (some.slice(0, 1) - some.slice(0, 0, frames - 1)).square().sum(-1).sqrt();
    return moves.max().item<double>() / path.scale;
}

} // namespace

Path drawPath(Chance& chance, int64_t frames, int64_t size, double mostMotion)
{
    Path path;
    const double direction = chance.uniform(0.0, 2.0 * 3.14159265358979);
    const double speed = std::exp(chance.uniform(std::log(0.25), std::log(mostMotion)));
    path.shiftX = speed * std::cos(direction);
    path.shiftY = speed * std::sin(direction);
    path.bendX = 0.1 * speed * chance.normal();
    path.bendY = 0.1 * speed * chance.normal();
    if (chance.coin(0.6)) {
        path.turn = 0.015 * chance.normal();
        path.zoom = 0.01 * chance.normal();
    }
    if (chance.coin(0.3)) {
        path.tiltX = 0.01 * chance.normal();
        path.tiltY = 0.01 * chance.normal();
    }
    path.scale = chance.uniform(1.0, 1.6); // a finer source blurs less between its pixels
    path.angle = chance.coin(0.3) ? chance.uniform(-0.5, 0.5) : 0.0;
    for (int tries = 0; tries < 4; ++tries) { // perspective is not quite linear
        const double move = fastestMove(path, frames, size);
        if (move <= mostMotion)
            break;
        path = scaledPath(path, 0.98 * mostMotion / move);
    }
    return path;
}

Tensor places(const Path& path, int64_t frames, int64_t size)
{
    const double half = static_cast<double>(size - 1) / 2.0;
    const Tensor line = torch::arange(size).to(torch::kFloat) - half;
    const Tensor x = line.view({1, size}), y = line.view({size, 1});
    std::vector<Tensor> all;
    for (int64_t frame = 0; frame < frames; ++frame) {
        const double t = static_cast<double>(frame) - static_cast<double>(frames - 1) / 2.0;
        const double angle = path.angle + path.turn * t;
        const double scale = path.scale * std::exp(path.zoom * t);
        const double cosine = scale * std::cos(angle), sine = scale * std::sin(angle);
        const double shiftX = path.scale * (path.shiftX * t + path.bendX * t * t / 2.0);
        const double shiftY = path.scale * (path.shiftY * t + path.bendY * t * t / 2.0);
        Tensor u = x * cosine - y * sine, v = x * sine + y * cosine;
        if (path.tiltX != 0.0 || path.tiltY != 0.0) {
            const Tensor divisor =
                (x * (path.tiltX * t / half) + y * (path.tiltY * t / half) + 1.0).clamp_min(0.5);
            u = u / divisor;
            v = v / divisor;
        }
        all.push_back(torch::stack({u + shiftX, v + shiftY}, -1));
    }
    return torch::stack(all);
}

} // namespace vitrine::learning::codec
