// A ViT whose attention is computed from hashed tokens, judged by the plain hasher and the plain
// attention over codes.
#include "core/quant/vision/hash_fitting.h"

#include "core/model/network/shift_add_network.h"
#include "core/model/vision/vision_model.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace vitrine::quant
{
namespace
{

using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// 26 tokens of two heads with 12 channels; three blocks, of which the last keeps softmax.
constexpr Eigen::Index kHashHeads = 2, kHashChannels = 12, kHashWidth = kHashHeads * kHashChannels;
const model::VitSizes kHashedSizes{.width = kHashWidth,
                                   .depth = 3,
                                   .heads = kHashHeads,
                                   .mlp = 40,
                                   .patch = 4,
                                   .side = 20,
                                   .channels = 1,
                                   .classes = 5};
const KshOptions kFewBits{.bits = 7, .anchors = 9, .neighbours = 6};

class HashFitting : public testing::Test
{
protected:
    HashFitting()
    {
        for (std::uint64_t seed = 1; seed <= 3; ++seed)
            pictures_.push_back(tests::randomPicture(kHashedSizes.side, 1, seed));
    }
    std::shared_ptr<const model::VisionCheckpoint> written(
        const tests::RandomVision& weights = tests::RandomVision(model::vitNetwork(kHashedSizes)))
    {
        weights.write(folder_.path, R"({"num_heads": 2, "mean": [0.5], "std": [0.5]})");
        return model::openVisionCheckpoint(folder_.path).value();
    }
    // What each layer gives for a picture, by its name.
    std::map<std::string, HeadRows> outputsOf(const model::ShiftAddForm& form, std::size_t picture)
    {
        const auto model =
            model::VisionModel::open(model::swapShiftAdd(checkpoint_, form).value()).value();
        std::map<std::string, HeadRows> outputs;
        const auto keep = [&](const model::LayerOutput& output) {
            outputs[model.network().layers[output.layer].shape.name] =
                Eigen::Map<const FloatRows>(output.values.data(), output.rows, output.columns)
                    .cast<double>();
        };
        EXPECT_TRUE(model.run(pictures_[picture], {.observe = keep}));
        return outputs;
    }

    tests::TemporaryFolder folder_;
    std::vector<std::vector<float>> pictures_;
    std::shared_ptr<const model::VisionCheckpoint> checkpoint_ = written();
};

TEST_F(HashFitting, ANetworkComputesWhatPlainHashersAndPlainAttentionDo)
{
    model::ShiftAddForm form;
    form.hashes = fittedHashes(checkpoint_, form, pictures_, kFewBits).value();
    ASSERT_EQ(form.hashes.size(), 2u);
    std::vector<std::map<std::string, HeadRows>> outputs;
    for (std::size_t picture = 0; picture < pictures_.size(); ++picture)
        outputs.push_back(outputsOf(form, picture));

    for (const std::string block : {"blocks.0.attn.", "blocks.1.attn."})
        for (Eigen::Index head = 0; head < kHashHeads; ++head) {
            // Tokens of the changed network itself: block 1 was fitted behind a hashed block 0.
            std::vector<HeadRows> tokens;
            for (auto& output : outputs)
                tokens.push_back(
                    output.at(block + "qk_v").middleCols(head * kHashChannels, kHashChannels));
            KshOptions options = kFewBits;
            options.seed += static_cast<std::uint64_t>(head);
            const auto hasher = KshHasher::fit(tokens, options);
            ASSERT_TRUE(hasher) << hasher.error().message;
            for (std::size_t picture = 0; picture < outputs.size(); ++picture) {
                const CodeRows codes = hasher->encode(tokens[picture]);
                const auto& output = outputs[picture];
                EXPECT_EQ(output.at(block + "codes").middleCols(head * 7, 7), codes.cast<double>());
                const HeadRows v =
                    output.at(block + "qk_v")
                        .middleCols(kHashWidth + head * kHashChannels, kHashChannels);
                const HeadRows is = output.at(block + "unit")
                                        .middleCols(head * kHashChannels, kHashChannels),
                               plain = binaryAttention(codes, codes, v);
                EXPECT_LT((is - plain).cwiseAbs().maxCoeff(), 1e-5);
                // The filters over neighbours are 0: what attention gives has unit length.
                EXPECT_LT((is.rowwise().norm().array() - 1).abs().maxCoeff(), 1e-5);
            }
        }
}

TEST_F(HashFitting, SharedTokensAreTheMeanOfQueriesAndKeys)
{
    model::ShiftAddForm form;
    form.hashes = fittedHashes(checkpoint_, form, pictures_, kFewBits).value();
    const HeadRows is = outputsOf(form, 0).at("blocks.0.attn.qk_v"),
                   was = outputsOf({.isBinary = false}, 0).at("blocks.0.attn.qkv");
    ASSERT_EQ(is.cols(), 2 * kHashWidth);
    EXPECT_LT((is.leftCols(kHashWidth) -
               0.5 * (was.leftCols(kHashWidth) + was.middleCols(kHashWidth, kHashWidth)))
                  .cwiseAbs()
                  .maxCoeff(),
              1e-4);
    EXPECT_LT((is.rightCols(kHashWidth) - was.rightCols(kHashWidth)).cwiseAbs().maxCoeff(), 1e-5);
}

// Codes are those of directions: four times the projection, and nothing changes.
TEST_F(HashFitting, APositiveFactorOfTheProjectionChangesNothing)
{
    model::ShiftAddForm form;
    form.hashes = fittedHashes(checkpoint_, form, pictures_, kFewBits).value();
    const HeadRows before = outputsOf(form, 1).at("blocks.1.attn.codes");
    tests::RandomVision scaled(model::vitNetwork(kHashedSizes));
    for (const char* name : {"blocks.0.attn.qkv.weight", "blocks.0.attn.qkv.bias",
                             "blocks.1.attn.qkv.weight", "blocks.1.attn.qkv.bias"}) {
        auto& values = scaled.tensors.at(name).values;
        for (std::size_t i = 0; i < values.size() / 3 * 2; ++i) // queries and keys
            values[i] *= 4;
    }
    checkpoint_ = written(scaled);
    EXPECT_EQ(outputsOf(form, 1).at("blocks.1.attn.codes"), before);
    EXPECT_EQ(fittedHashes(checkpoint_, form, pictures_, kFewBits).value()[1][1].weights,
              form.hashes[1][1].weights);
}

TEST_F(HashFitting, TokensShiftToo)
{
    model::ShiftAddForm form{.shiftsAttention = true};
    form.hashes = fittedHashes(checkpoint_, form, pictures_, kFewBits).value();
    const auto outputs = outputsOf(form, 0);
    EXPECT_TRUE(outputs.contains("blocks.0.attn.qk_v.shift"));
    EXPECT_EQ(outputs.at("blocks.0.attn.codes").cols(), kHashHeads * 7);
}

TEST_F(HashFitting, RefusesWhatCannotBeFound)
{
    const auto none = fittedHashes(checkpoint_, {}, {}, kFewBits);
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message, testing::HasSubstr("needs a picture"));
    const auto few = fittedHashes(checkpoint_, {}, pictures_, {.anchors = 27});
    ASSERT_FALSE(few);
    EXPECT_THAT(few.error().message, testing::HasSubstr("26 tokens are too few for 27 anchors"));
}

TEST_F(HashFitting, HashFunctionsOfAnotherSizeAreRefused)
{
    model::ShiftAddForm form;
    form.hashes = fittedHashes(checkpoint_, form, pictures_, kFewBits).value();
    auto fewer = form, wider = form, torn = form;
    fewer.hashes.pop_back();
    wider.hashes[1][0].channels = 13;
    torn.hashes[0][1].weights.pop_back();
    for (const auto& wrong : {fewer, wider, torn}) {
        const auto refused = model::swapShiftAdd(checkpoint_, wrong);
        ASSERT_FALSE(refused);
        EXPECT_THAT(refused.error().message,
                    testing::HasSubstr("2 blocks of 2 heads with 12 channels"));
    }
}

} // namespace
} // namespace vitrine::quant
