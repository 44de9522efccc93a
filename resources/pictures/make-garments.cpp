// Draws the pictures of the study "See with a transformer": garments of Fashion-MNIST over frames
// of the shipped clip, as the scenes that vitrine-deit-scenes is trained on are drawn.
//   make_garments T10K-IMAGES T10K-LABELS FRAME.ppm... FOLDER
#include "core/picture/idx.h"
#include "core/picture/picture.h"
#include "core/picture/scenes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace
{

using namespace vitrine;

constexpr std::uint64_t kSeed = 0x6a73e7e5;
constexpr std::array<std::pair<int, const char*>, 6> kShown = {
    {{7, "sneaker"}, {8, "bag"}, {9, "ankle-boot"}, {3, "dress"}, {0, "t-shirt"}, {1, "trouser"}}};

int fail(const Error& error)
{
    fmt::print(stderr, "{}\n", error.message);
    return 1;
}

Picture drawn(const std::vector<Photograph>& frames, const std::uint8_t* garment,
              std::int64_t number)
{
    const SceneOptions options{.smallest = 44};
    Draws draws(kSeed, number);
    const auto pixels = static_cast<std::size_t>(options.side * options.side);
    std::vector<float> scene(3 * pixels);
    drawScene(frames, garment, options, draws, scene.data());
    Picture picture{options.side, options.side, 3, std::vector<std::uint8_t>(3 * pixels), {}};
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t c = 0; c < 3; ++c)
            picture.values[3 * i + c] = static_cast<std::uint8_t>(
                std::lround(255 * std::clamp(scene[c * pixels + i], 0.0f, 1.0f)));
    return picture;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 5)
        return fmt::print(stderr, "make_garments T10K-IMAGES T10K-LABELS FRAME.ppm... FOLDER\n"), 2;
    const auto images = readIdx(argv[1]);
    const auto labels = readIdx(argv[2]);
    if (!images)
        return fail(images.error());
    if (!labels)
        return fail(labels.error());
    std::vector<Picture> pictures;
    for (int i = 3; i + 1 < argc; ++i) {
        auto picture = readPicture(argv[i]);
        if (!picture)
            return fail(picture.error());
        pictures.push_back(std::move(*picture));
    }
    std::vector<Photograph> frames;
    for (const Picture& picture : pictures)
        frames.push_back({picture.width, picture.height, picture.values.data()});
    for (std::size_t i = 0; i < kShown.size(); ++i) {
        const auto& [label, name] = kShown[i];
        // The third garment of its class.
        std::size_t garment = 0;
        for (int seen = 0; garment < labels->bytes.size(); ++garment)
            if (labels->bytes[garment] == label && ++seen == 3)
                break;
        const auto path =
            std::filesystem::path(argv[argc - 1]) / fmt::format("{}-{}.png", i + 1, name);
        const auto written = writePicture(
            drawn(frames, images->bytes.data() + garment * kGarmentPixels * kGarmentPixels,
                  static_cast<std::int64_t>(i)),
            path);
        if (!written)
            return fail(written.error());
    }
    return 0;
}
