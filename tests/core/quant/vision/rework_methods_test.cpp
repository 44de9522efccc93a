// ViTALiTy and ShiftAddViT as methods.
#include "core/model/network/attention_form.h"
#include "core/model/network/shift_add_network.h"
#include "core/model/network/swin_network.h"
#include "core/model/vision/attention_swap.h"
#include "core/quant/vision/vision_method.h"
#include "core/quant/vision/vision_operations.h"
#include "tests/core/quant/vision/small_vit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

using model::AttentionForm;

std::vector<float> logitsWith(const std::shared_ptr<const model::VisionCheckpoint>& checkpoint,
                              const std::vector<float>& picture)
{
    return model::VisionModel::open(checkpoint).value().run(picture).value();
}

Result<ReworkedVision> reworked(const char* method,
                                std::shared_ptr<const model::VisionCheckpoint> checkpoint,
                                std::set<std::string> tricks, double threshold = 0.002)
{
    return findVisionMethod(method).value().rework(
        {std::move(checkpoint), std::move(tricks), threshold});
}

TEST(Vitality, ExchangesTheAttentionOfAViT)
{
    const tests::SmallVit vit(2);
    const auto rework = reworked("vitality", vit.checkpoint, {});
    ASSERT_TRUE(rework) << rework.error().message;
    const auto taylor = model::swapAttention(vit.checkpoint, {AttentionForm::Kind::taylor}).value();
    for (const auto& picture : vit.pictures)
        EXPECT_EQ(logitsWith(rework->checkpoint, picture), logitsWith(taylor, picture));
    EXPECT_EQ(rework->original, vit.checkpoint);
    EXPECT_THAT(rework->notes[0], testing::HasSubstr("not fine-tuned"));
}

// All that low rank leaves of softmax: softmax itself.
TEST(Vitality, AFullSparsePartGivesTheOriginal)
{
    const tests::SmallVit vit(2);
    const auto rework = reworked("vitality", vit.checkpoint, {"sparse"}, 0);
    ASSERT_TRUE(rework) << rework.error().message;
    for (const auto& picture : vit.pictures) {
        const auto is = logitsWith(rework->checkpoint, picture),
                   was = logitsWith(vit.checkpoint, picture);
        for (std::size_t i = 0; i < was.size(); ++i)
            EXPECT_NEAR(is[i], was[i], 1e-3);
    }
}

TEST(Vitality, ANetworkTrainedForItIsJudgedAsItIs)
{
    const tests::SmallVit vit(2);
    const auto trained =
        model::swapAttention(vit.checkpoint, {AttentionForm::Kind::taylor}).value();
    const auto rework = reworked("vitality", trained, {});
    ASSERT_TRUE(rework) << rework.error().message;
    EXPECT_EQ(rework->checkpoint, trained);
    EXPECT_EQ(logitsWith(rework->original, vit.pictures[0]),
              logitsWith(vit.checkpoint, vit.pictures[0]));
}

TEST(ReworkMethods, RefuseByNameWhatTheyDoNotKnow)
{
    const model::Network swin = model::swinNetwork({});
    for (const char* name : {"vitality", "shiftaddvit"}) {
        const VisionMethod method = findVisionMethod(name).value();
        EXPECT_EQ(method.quantize, nullptr);
        EXPECT_FALSE(method.fits(swin)) << name;
        EXPECT_TRUE(method.fits(model::vitNetwork({})));
    }
    const auto refused = findVisionMethod("vitality").value().fits(model::shiftAddNetwork({}));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("ShiftAddViT's layers"));
}

TEST(ShiftAddMethod, AShiftAddViTIsJudgedAsItIsAndNeedsAnOriginal)
{
    const tests::SmallVit vit(2);
    const auto first = reworked("shiftaddvit", vit.checkpoint, {"binary", "shift_mlp"});
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->original, vit.checkpoint);
    const auto again = reworked("shiftaddvit", first->checkpoint, {});
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->checkpoint, first->checkpoint);
    EXPECT_EQ(again->original, nullptr);
}

TEST(ShiftAddMethod, HashingIsAChoiceInsteadOfBinary)
{
    const VisionMethod method = findVisionMethod("shiftaddvit").value();
    for (const VisionTrick& trick : method.tricks)
        EXPECT_EQ(trick.isOptional, trick.name == "hashing") << trick.name;
    const tests::SmallVit vit(2);
    const auto both = method.rework({vit.checkpoint, {"binary", "hashing"}});
    ASSERT_FALSE(both);
    EXPECT_THAT(both.error().message,
                testing::HasSubstr("binary, which is among all, and hashing exclude"));
    const auto few = method.rework(
        {.checkpoint = vit.checkpoint, .tricks = {"hashing"}, .pictures = vit.pictures});
    ASSERT_FALSE(few);
    EXPECT_THAT(few.error().message, testing::HasSubstr("17 tokens are too few for 25 anchors"));
}

// DeiT-Tiny, section 3.1 of the specification: 58,551,552 multiplications for low-rank attention
// against 178,831,872, no exponentials.
TEST(ReworkOperations, AreThoseOfTheTable)
{
    const model::Network softmax = model::vitNetwork({}),
                         taylor =
                             model::withAttention(softmax, {AttentionForm::Kind::taylor}).value();
    double multiplied = 0, exact = 0, functions = 0;
    const auto own = operationsOf(taylor), before = operationsOf(softmax);
    for (std::size_t i = 0; i < own.size(); ++i)
        if (taylor.layers[i].isTaylor) {
            LayerOperations counted = own[i];
            multiplied += counted.counts[Operation::realMultiply];
            functions += counted.counts[Operation::realFunction];
        }
    for (std::size_t i = 0; i < before.size(); ++i)
        if (const auto kind = softmax.layers[i].shape.kind;
            kind == model::LayerKind::scores || kind == model::LayerKind::values)
            exact += static_cast<double>(softmax.layers[i].shape.macs());
    EXPECT_EQ(multiplied, 58'551'552);
    EXPECT_EQ(exact, 178'831'872);
    EXPECT_EQ(functions, 0);
}

// DeiT-Tiny: 197 tokens of 3 heads with 64 channels, 25 anchors, 16 bits. 14,775 distances.
TEST(ReworkOperations, HashingMultipliesWithAnchorsAndTakesExponentials)
{
    model::ShiftAddSizes sizes;
    sizes.binaryBlocks = 1;
    sizes.hashing = model::ShiftAddSizes::Hashing{};
    const model::Network network = model::shiftAddNetwork(sizes);
    const auto codes = std::ranges::find_if(network.layers, model::isHashed);
    ASSERT_NE(codes, network.layers.end());
    LayerOperations counted =
        operationsOf(network)[static_cast<std::size_t>(codes - network.layers.begin())];
    const double tokens = 197 * 3, distances = tokens * 25;
    // 64 products, twice and over sigma for each distance, 16 for the bits; 2 for unit length.
    EXPECT_EQ(counted.counts[Operation::realMultiply], distances * (64 + 2 + 16) + tokens * 2 * 64);
    // 64 sums, both lengths, sigma and mu for each distance, 16 for the bits; the squares of each
    // token; a comparison for each bit.
    EXPECT_EQ(counted.counts[Operation::realAdd],
              distances * (64 + 4 + 16) + tokens * 64 + tokens * 16);
    EXPECT_EQ(counted.counts[Operation::realFunction], distances + tokens);
    EXPECT_EQ(counted.counts[Operation::realDivide], tokens + 3);
    EXPECT_EQ(counted.weightBytes, 4 * 3 * (25 * 64 + 25 + 16 * 25));
}

// Binary attention adds where a bit is set, half of the time; a shifting layer has no
// multiplication and 5 bits for a weight.
TEST(ReworkOperations, MasksAddAndShiftsShift)
{
    model::ShiftAddSizes sizes;
    sizes.binaryBlocks = 1;
    sizes.vit.depth = 1;
    sizes.mlpLinears = model::LinearForm::shift;
    const model::Network network = model::shiftAddNetwork(sizes);
    auto operations = operationsOf(network);
    for (std::size_t i = 0; i < operations.size(); ++i) {
        const model::LayerShape& shape = network.layers[i].shape;
        auto& counts = operations[i].counts;
        const auto macs = static_cast<double>(shape.macs());
        if (shape.arithmetic == model::Arithmetic::mask) {
            EXPECT_EQ(counts[Operation::realAdd], macs / 2) << shape.name;
            EXPECT_EQ(counts[Operation::realMultiply], 0) << shape.name;
        }
        if (shape.arithmetic == model::Arithmetic::shift) {
            EXPECT_EQ(counts[Operation::shift], macs) << shape.name;
            EXPECT_EQ(counts[Operation::realMultiply], 0) << shape.name;
            EXPECT_EQ(operations[i].weightBytes,
                      static_cast<double>(shape.weightElements()) * 5 / 8 +
                          4 * static_cast<double>(shape.n))
                << shape.name;
        }
    }
}

} // namespace
} // namespace vitrine::quant
