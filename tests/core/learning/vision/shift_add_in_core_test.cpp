// A ShiftAddViT that the trainer exports gives the same logits, and sends every token to the same
// expert, where it is opened without libtorch.
#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/vision/shift_add_deit.h"
#include "core/model/vision/token_experts.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

class ExportedShiftAdd : public testing::Test
{
protected:
    void SetUp() override
    {
        const torch::NoGradGuard guard;
        torch::manual_seed(8);
        for (auto& item : net_.network()->named_parameters()) {
            if (item.key().find(".router.weight") != std::string::npos)
                item.value().normal_();
            if (item.key().find(".dconv.weight") != std::string::npos)
                item.value().normal_(0.0, 0.2);
            if (item.key().find(".shift.weight") != std::string::npos)
                item.value().normal_(0.0, 0.1); // another expert than the one that multiplies
            item.value().copy_(item.value().to(torch::kHalf)); // as it is stored
        }
        TensorFile file;
        file.tensors = namedTensors(*net_.network());
        writeTensorFile((folder_.path / "model.safetensors").string(), file, Storage::f16);
        std::ofstream(folder_.path / "config.json") << shiftAddConfigJson(config(), {}, "small");
    }

    static DeitConfig config()
    {
        return {.side = 24, .patch = 4, .width = 32, .depth = 3, .heads = 4, .classes = 5};
    }

    ShiftAddDeit net_{config(), {}, 4};
    tests::TemporaryFolder folder_;
};

TEST_F(ExportedShiftAdd, AnswersAsInTraining)
{
    const auto checkpoint = model::openVisionCheckpoint(folder_.path);
    ASSERT_TRUE(checkpoint) << checkpoint.error().message;
    EXPECT_EQ((*checkpoint)->family(), "ShiftAddViT");
    const auto opened = model::VisionModel::open(*checkpoint);
    ASSERT_TRUE(opened) << opened.error().message;
    const torch::NoGradGuard guard;
    for (int i = 0; i < 3; ++i) {
        const Tensor picture = torch::randn({1, 1, 24, 24});
        const Tensor expected = net_.forward(picture, nullptr, true);
        const auto chosen = net_.chosen();
        const std::span<const float> pixels(picture.data_ptr<float>(),
                                            static_cast<size_t>(picture.numel()));

        const auto logits = opened->run(pixels);
        const auto taken = model::tokenExperts(*opened, pixels);

        ASSERT_TRUE(logits && taken);
        for (int64_t c = 0; c < 5; ++c)
            EXPECT_NEAR((*logits)[static_cast<size_t>(c)], expected[0][c].item<float>(), 2e-4);
        ASSERT_EQ(taken->size(), chosen.size());
        int64_t shifted = 0;
        for (const auto& [layer, expert, margin] : *taken) {
            const Tensor& inTraining = chosen.at(layer);
            ASSERT_EQ(static_cast<int64_t>(expert.size()), inTraining.numel()) << layer;
            for (size_t token = 0; token < expert.size(); ++token) {
                EXPECT_EQ(expert[token], inTraining[static_cast<int64_t>(token)].item<int64_t>())
                    << layer << ", token " << token;
                shifted += expert[token];
            }
        }
        EXPECT_GT(shifted, 0);
        EXPECT_LT(shifted, 6 * 37);
    }
}

} // namespace
} // namespace vitrine::learning
