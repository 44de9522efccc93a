#pragma once

#include "core/base/random.h"
#include "core/picture/picture.h"
#include "core/superres/picture/image.h"
#include "tests/support/golden.h"

#include <algorithm>
#include <string>
#include <vector>

namespace vitrine::tests
{

// Every byte anything.
inline Picture noisePicture(std::int64_t width, std::int64_t height, std::int64_t channels)
{
    Random random(static_cast<std::uint64_t>(width * 1000 + height));
    Picture picture{width, height, channels, {}};
    for (std::int64_t i = 0; i < width * height * channels; ++i)
        picture.values.push_back(static_cast<std::uint8_t>(random.below(256)));
    return picture;
}

struct BenchmarkPair {
    Picture high, low;
};

// "set5", "set14" of the extra test data, in the order of their names; empty without them.
inline std::vector<BenchmarkPair> benchmark(const std::string& set, std::int64_t scale)
{
    std::vector<BenchmarkPair> pairs;
    const auto data = testData();
    for (int i = 1; data; ++i) {
        const auto stem = *data / "images" / set / ("x" + std::to_string(scale)) /
                          ("img_0" + std::string(i < 10 ? "0" : "") + std::to_string(i) + "_SRF_" +
                           std::to_string(scale));
        const auto high = readPicture(stem.string() + "_HR.png");
        const auto low = readPicture(stem.string() + "_LR.png");
        if (!high || !low)
            break;
        pairs.push_back({*high, *low});
    }
    return pairs;
}

} // namespace vitrine::tests
