#include "core/model/vision/vision_model.h"

#include "core/base/parallel.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace vitrine::model
{
namespace
{

std::vector<float> goldenFloats(const Safetensors& file, const std::string& name)
{
    return toFloat(file.tensor(name).value());
}

// Pixels row by row with their channels together, of channels one after the other.
std::vector<float> pixels(std::span<const float> planes, std::int64_t channels)
{
    const std::size_t count = planes.size() / static_cast<std::size_t>(channels);
    std::vector<float> values(planes.size());
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c)
        for (std::size_t i = 0; i < count; ++i)
            values[i * static_cast<std::size_t>(channels) + c] = planes[c * count + i];
    return values;
}

float farthestApart(std::span<const float> a, std::span<const float> b)
{
    float most = a.size() == b.size() ? 0 : INFINITY;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

float largestValue(std::span<const float> a)
{
    float most = 0;
    for (const float value : a)
        most = std::max(most, std::abs(value));
    return most;
}

// Networks with the outputs of the published code (timm, mit-han-lab/efficientvit).
class VisionGolden : public testing::TestWithParam<const char*>
{
protected:
    void SetUp() override
    {
        const auto folder = tests::goldenData(std::filesystem::path("vit") / GetParam());
        if (!folder)
            GTEST_SKIP() << "set VITRINE_TEST_DATA to the folder with golden/vit/" << GetParam();
        auto checkpoint = openVisionCheckpoint(*folder);
        ASSERT_TRUE(checkpoint) << checkpoint.error().message;
        auto model = VisionModel::open(*checkpoint);
        ASSERT_TRUE(model) << model.error().message;
        model_ = std::make_unique<VisionModel>(std::move(*model));
        auto expected = Safetensors::open(*folder / "golden.safetensors");
        ASSERT_TRUE(expected) << expected.error().message;
        expected_ = std::make_unique<Safetensors>(std::move(*expected));
    }

    std::vector<float> picture(std::size_t index) const
    {
        const auto input = goldenFloats(*expected_, "input");
        const std::size_t size = input.size() / 2;
        return pixels(std::span(input).subspan(index * size, size), 3);
    }
    // Of picture `index`, what the published code gave.
    std::vector<float> expected(const std::string& name, std::size_t index) const
    {
        const auto all = goldenFloats(*expected_, name);
        const auto size = static_cast<std::ptrdiff_t>(all.size() / 2);
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(index) * size;
        return {begin, begin + size};
    }
    bool hasExpected(const std::string& name) const { return expected_->tensor(name).has_value(); }

    // Outputs of a pass by the names of their layers.
    std::map<std::string, std::vector<float>> outputs(std::size_t index) const
    {
        std::map<std::string, std::vector<float>> all;
        VisionPass pass;
        pass.observe = [&](const LayerOutput& output) {
            const std::string& name = model_->network().layers[output.layer].shape.name;
            all[name].assign(output.values.begin(), output.values.end());
        };
        all["logits"] = model_->run(picture(index), pass).value();
        return all;
    }

    std::unique_ptr<VisionModel> model_;
    std::unique_ptr<Safetensors> expected_;
};

TEST_P(VisionGolden, LogitsAreThoseOfThePublishedCode)
{
    for (const std::size_t index : {0u, 1u}) {
        const auto logits = model_->run(picture(index)).value();
        const auto wanted = expected("logits", index);
        // Activations of the random networks grow to about 1e3: relative to the largest.
        EXPECT_LT(farthestApart(logits, wanted), 1e-4f * std::max(1.0f, largestValue(wanted)));
    }
}

TEST_P(VisionGolden, AttentionMapsAndBlocksAreThoseOfThePublishedCode)
{
    for (const std::size_t index : {0u, 1u}) {
        const auto all = outputs(index);
        for (int block = 0; hasExpected(fmt::format("attn.{}", block)); ++block) {
            const auto& map = all.at(fmt::format("blocks.{}.attn.softmax", block));
            EXPECT_LT(farthestApart(map, expected(fmt::format("attn.{}", block), index)), 1e-5f);
            const auto& out = all.at(fmt::format("blocks.{}.add2", block));
            EXPECT_LT(farthestApart(out, expected(fmt::format("block_out.{}", block), index)),
                      1e-4f);
        }
        if (hasExpected("features")) {
            EXPECT_LT(farthestApart(all.at("norm"), expected("features", index)), 1e-4f);
        }
    }
}

TEST_P(VisionGolden, LogitsAreTheSameForEveryNumberOfThreadsAndWhetherOrNotAnybodyLooks)
{
    const int before = threadCount();
    setThreadCount(1);
    const auto alone = model_->run(picture(0)).value();
    for (const int threads : {2, 4}) {
        setThreadCount(threads);
        EXPECT_EQ(model_->run(picture(0)).value(), alone);
    }
    setThreadCount(before);
    EXPECT_EQ(outputs(0).at("logits"), alone);
}

INSTANTIATE_TEST_SUITE_P(All, VisionGolden,
                         testing::Values("vit-tiny-p8", "deit-distilled-tiny-p8",
                                         "efficientvit-timm-tiny", "efficientvit-official-tiny"),
                         [](const auto& tested) {
                             std::string name = tested.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

} // namespace
} // namespace vitrine::model
