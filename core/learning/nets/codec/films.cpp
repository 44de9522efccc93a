#include "core/learning/nets/codec/films.h"

#include "core/learning/nets/codec/measure.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace vitrine::learning::codec
{

using torch::Tensor;

namespace
{

constexpr int kHeldOutScenes = 2;

Tensor filmRange(const Tensor& bytes)
{
    return bytes.to(torch::kFloat).div_(255.0);
}

} // namespace

Films::Films(const Scenes& scenes, const ClipStore* clips, double clipShare)
    : scenes_(scenes), clips_(clips), clipShare_(clipShare)
{
}

Tensor Films::drawClip(Chance& chance, int64_t frames, int64_t size) const
{
    const int64_t stride = 1 + chance.below(2);
    const int64_t span = (frames - 1) * stride + 1;
    const auto chosen =
        static_cast<size_t>(chance.below(static_cast<int64_t>(clips_->clips().size())));
    const Clip& clip = clips_->clips()[chosen];
    if (clip.frames < span || clip.width < size || clip.height < size)
        return scenes_.draw(chance, frames, size);
    const int64_t first = chance.below(clip.frames - span + 1);
    const int64_t x = chance.below(clip.width - size + 1);
    const int64_t y = chance.below(clip.height - size + 1);
    std::vector<Tensor> taken;
    for (int64_t i = 0; i < frames; ++i)
        taken.push_back(clips_->part(chosen, first + i * stride, 1, x, y, size, size).squeeze(0));
    if (chance.coin())
        std::ranges::reverse(taken);
    const Tensor film = filmRange(torch::stack(taken));
    return chance.coin() ? film.flip({3}) : film;
}

Tensor Films::draw(Chance& chance, int64_t frames, int64_t size) const
{
    if (clips_ && chance.coin(clipShare_))
        return drawClip(chance, frames, size);
    return scenes_.draw(chance, frames, size);
}

std::vector<HeldOutFilm> heldOutFilms(const std::string& data, const FilmSizes& sizes)
{
    std::vector<HeldOutFilm> films;
    if (std::filesystem::exists(data + "/clips/clips.tsv")) {
        const ClipStore clips(data + "/clips", "held-out");
        for (size_t i = 0; i < clips.clips().size(); ++i) {
            const Clip& clip = clips.clips()[i];
            const int64_t width = std::min(clip.width, sizes.clipSide);
            const int64_t height = std::min(clip.height, sizes.clipSide);
            films.push_back(
                {clip.name, filmRange(clips.part(i, 0, std::min(sizes.frames, clip.frames),
                                                 (clip.width - width) / 2,
                                                 (clip.height - height) / 2, width, height))});
        }
    }
    const PictureStore photographs(data + "/pictures", "codec");
    const Scenes scenes(photographs, 12.0);
    for (int i = 0; i < kHeldOutScenes; ++i) {
        Chance chance(2024, i);
        films.push_back(
            {"scene " + std::to_string(i + 1), scenes.draw(chance, sizes.frames, sizes.sceneSide)});
    }
    return films;
}

Tensor likeIntra(const Tensor& pictures, double quality, Chance& chance)
{
    const double worse = std::exp2(-0.5 * quality); // 1 .. 0.35
    const Tensor blurred =
        torch::avg_pool2d(torch::replication_pad2d(pictures, {1, 1, 1, 1}), {3, 3}, {1, 1});
    const Tensor softer = torch::lerp(pictures, blurred, chance.uniform(0.0, 0.9 * worse));
    const double noise = chance.uniform(0.0, 0.025 * worse);
    return asShown(softer + chance.normal(pictures.sizes()) * noise);
}

} // namespace vitrine::learning::codec
