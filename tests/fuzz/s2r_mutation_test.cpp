// Mutated S2R networks: each is refused in one line, or enlarges a picture to finite values. 2,000
// of each kind under VITRINE_TEST_FULL.
#include "core/base/file.h"
#include "core/model/network/s2r_network.h"
#include "core/superres/s2r/s2r.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/fuzz/robust.h"
#include "tests/support/temporary_folder.h"

#include <algorithm>
#include <cmath>
#include <fstream>

namespace vitrine
{
namespace
{

constexpr int kS2rMutations = 2000;

constexpr const char* kSmallS2rConfig =
    R"({"architectures": ["S2R"], "model_type": "s2r", "name": "small", "scale": 2, "channels": 15,
        "blocks": 2, "windows": [4, 4, 8], "padding": 8, "head": true, "deformable": true,
        "mean": [0.4, 0.5, 0.6], "batch_norm_epsilon": 1e-05, "layer_norm_epsilon": 1e-05,
        "torch_dtype": "float32"})";

class S2rMutation : public testing::Test
{
protected:
    S2rMutation()
    {
        const model::S2rSizes sizes{.scale = 2, .channels = 15, .blocks = 2, .windows = {4, 4, 8}};
        tests::RandomVision(model::s2rNetwork(sizes, 8, 8)).write(folder_.path, kSmallS2rConfig);
    }

    std::string bytesOf(const char* file) const
    {
        return readFile(folder_.path / file, 1 << 24).value();
    }

    // With other bytes in one of its files.
    std::optional<Error> enlargeWith(const char* file, const std::string& bytes) const
    {
        std::filesystem::remove(folder_.path / file);
        std::ofstream(folder_.path / file, std::ios::binary)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        const auto upscaler = superres::openS2r(folder_.path, 2);
        if (!upscaler)
            return upscaler.error();
        superres::Image low = superres::blankImage(9, 5);
        for (std::size_t i = 0; i < low.values.size(); ++i)
            low.values[i] = static_cast<float>(i % 7) / 7;
        const auto high = (*upscaler)->enlarged(low, {});
        if (!high)
            return high.error();
        EXPECT_EQ(high->image.width, 18);
        EXPECT_TRUE(
            std::ranges::all_of(high->image.values, [](float v) { return std::isfinite(v); }));
        return {};
    }

    tests::TemporaryFolder folder_;
};

TEST_F(S2rMutation, OfTheConfigurationIsRefusedOrEnlarges)
{
    fuzz::expectRobust(
        bytesOf("config.json"),
        [&](const std::string& bytes) { return enlargeWith("config.json", bytes); }, kS2rMutations);
}

// Its first kilobytes, where the header is.
TEST_F(S2rMutation, OfTheWeightsIsRefusedOrEnlarges)
{
    const std::string whole = bytesOf("model.safetensors");
    constexpr std::size_t kHeader = 12'000;
    fuzz::expectRobust(
        whole.substr(0, kHeader),
        [&](const std::string& bytes) {
            return enlargeWith("model.safetensors", bytes + whole.substr(kHeader));
        },
        kS2rMutations);
}

} // namespace
} // namespace vitrine
