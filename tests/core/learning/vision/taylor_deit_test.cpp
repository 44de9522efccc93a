#include "core/learning/nets/vision/taylor_deit.h"

#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/training/tensor_file.h"
#include "tests/core/learning/vision/synthetic.h"

namespace vitrine::learning
{
namespace
{

// As in tests/golden/vit/taylor-deit.
DeitConfig smallTaylorDeit()
{
    return {.side = 16,
            .patch = 4,
            .width = 16,
            .depth = 2,
            .heads = 2,
            .classes = 3,
            .mean = {0.5},
            .deviation = {0.25},
            .attention = "taylor"};
}

float farthestLogit(const torch::Tensor& a, const torch::Tensor& b)
{
    return (a - b).abs().max().item<float>();
}

TEST(TaylorDeit, TrainsWithBothPartsAndIsUsedWithTheLowRankPartAlone)
{
    torch::manual_seed(3);
    const DeitConfig config = smallTaylorDeit();
    const auto parts = taylorDeitParts(config, 1, {.threshold = 0.1});
    Deit same(config, 1);
    const auto pictures = torch::randn({4, 1, 16, 16});
    Chance chance(1, 0);

    const auto used = parts.logits(pictures, nullptr);

    EXPECT_LT(farthestLogit(used, taylorLogits(same, DeitAttention::lowRank, {}, pictures)), 1e-6f);
    EXPECT_LT(
        farthestLogit(parts.logits(pictures, &chance),
                      taylorLogits(same, DeitAttention::unified, {.threshold = 0.1}, pictures)),
        1e-6f);
    EXPECT_GT(farthestLogit(parts.logits(pictures, &chance), used), 1e-4f);
}

TEST(TaylorDeit, WithAllOfItsSparsePartItIsTheDeitItCameFrom)
{
    torch::manual_seed(3);
    Deit net(smallTaylorDeit(), 1);
    const auto pictures = torch::randn({4, 1, 16, 16});
    const auto softmax = net->forward(pictures);
    EXPECT_LT(farthestLogit(taylorLogits(net, DeitAttention::unified, {.threshold = 0.0}, pictures),
                            softmax),
              1e-5f);
    EXPECT_EQ(farthestLogit(taylorLogits(net, DeitAttention::softmax, {}, pictures), softmax), 0);
}

TEST(TaylorDeit, AnAnswerWithItsSparsePartDoesNotDependOnThePicturesBesideIt)
{
    torch::manual_seed(3);
    Deit net(smallTaylorDeit(), 1);
    const auto pictures =
        torch::randn({4, 1, 16, 16}) * torch::tensor({1.0, 2.0, 5.0, 9.0}).view({4, 1, 1, 1});
    const auto logits = [&](const torch::Tensor& of, FewBitRange range) {
        return taylorLogits(net, DeitAttention::unified, {.threshold = 0.05, .range = range}, of);
    };
    EXPECT_LT(farthestLogit(logits(pictures.narrow(0, 0, 1), FewBitRange::picture),
                            logits(pictures, FewBitRange::picture).narrow(0, 0, 1)),
              1e-5f);
}

TEST(TaylorDeit, LearnsTwoKindsAndSaysWhatEachPartGives)
{
    const DeitConfig config{.patch = 7, .width = 16, .depth = 2, .heads = 2, .attention = "taylor"};
    ClassifierParts parts = taylorDeitParts(config, 1, {.threshold = 0.1});
    parts.configJson = deitConfigJson(config, "tiny");
    parts.source = garmentSource(twoKindsInParts(), 28, {}, 1);
    parts.dataName = "two kinds";
    const auto trainee = classifierTrainee(std::move(parts), {.batch = 16});
    torch::optim::AdamW optimiser(trainee->network().parameters(),
                                  torch::optim::AdamWOptions(3e-3));
    trainee->network().train();
    for (int64_t step = 0; step < 150; ++step) {
        Chance chance(1, step);
        optimiser.zero_grad();
        trainee->loss({step, 0.0, chance}).backward();
        optimiser.step();
    }

    trainee->network().eval();
    const auto scores = trainee->scores();

    ASSERT_EQ(scores.size(), 4u);
    EXPECT_GE(scores[0].value, 95.0);
    EXPECT_EQ(scores[1].name, "two kinds test accuracy");
    EXPECT_EQ(scores[2].name, "two kinds test accuracy with its sparse part");
    EXPECT_EQ(scores[3].name, "two kinds test accuracy with softmax in place of both");
    EXPECT_NE(trainee->configJson().find("\"attention\": \"taylor\"\n}"), std::string::npos);
    EXPECT_EQ(deitConfigJson(garmentDeit(), "plain").find("attention"), std::string::npos);
}

// An exported model and the logits that this network gives for it; core's forward pass is held to
// the same file (tests/core/model/vision/taylor_model_test.cpp).
TEST(TaylorDeit, GivesTheKeptAnswersOfAnExportedModel)
{
    const std::string folder = std::string(VITRINE_SOURCE_DIR) + "/tests/golden/vit/taylor-deit";
    Deit net(smallTaylorDeit(), 9);
    fillTensors(*net, readTensorFile(folder + "/model.safetensors"), "", folder);
    net->eval();
    const TensorFile kept = readTensorFile(folder + "/golden.safetensors");
    const torch::NoGradGuard guard;
    const auto expectKept = [&](const char* name, DeitAttention attention) {
        const SparsePart part{.threshold = 0.08, .range = FewBitRange::picture};
        EXPECT_LT(farthestLogit(taylorLogits(net, attention, part, *kept.find("pixels")),
                                *kept.find(name)),
                  1e-5f)
            << name;
    };
    expectKept("low_rank", DeitAttention::lowRank);
    expectKept("unified", DeitAttention::unified);
    expectKept("softmax", DeitAttention::softmax);
}

TEST(TaylorDeit, TheSparsePartVanishesWhereItsRecipeSaysSo)
{
    EXPECT_EQ(thresholdAt(7, 0.1, 0), 0.1);
    EXPECT_EQ(thresholdAt(0, 0.1, 20), 0.1);
    EXPECT_NEAR(thresholdAt(10, 0.1, 20), 0.55, 1e-12);
    EXPECT_EQ(thresholdAt(20, 0.1, 20), 1.0);
    EXPECT_EQ(thresholdAt(1000, 0.1, 20), 1.0);
}

TEST(TaylorDeit, LearnsByTheLowRankPartAloneOnceTheSparseOneHasVanished)
{
    torch::manual_seed(3);
    const auto parts = taylorDeitParts(smallTaylorDeit(), 1, {.threshold = 0.0}, 10);
    const torch::NoGradGuard guard;
    const auto pictures = torch::randn({4, 1, 16, 16});
    const auto apartAt = [&](int64_t step) {
        Chance chance(1, step);
        parts.beforeStep({step, 0.0, chance});
        return farthestLogit(parts.logits(pictures, &chance), parts.logits(pictures, nullptr));
    };
    EXPECT_GT(apartAt(0), 1e-4f);
    EXPECT_EQ(apartAt(10), 0.0f);
}

} // namespace
} // namespace vitrine::learning
