#include "core/attention/picture/picture_capture.h"

#include "core/model/network/shift_add_network.h"
#include "core/model/vision/attention_swap.h"
#include "core/tensor/safetensors.h"
#include "tests/core/attention/picture/picture_fixture.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::attention
{
namespace
{

using tests::SmallVision;

PictureTensors captured(const SmallVision& small)
{
    return capturePicture(*small.model, small.picture).value();
}

HeadMap mapOf(const PictureTensors& picture, std::size_t layer, std::size_t head)
{
    return {picture.layers[layer], picture.tensors[layer].heads[head],
            ownAttending(picture.layers[layer])};
}

// Weights of all heads of a layer, head by head, against what the pass gave after its softmax.
void expectMapsOfThePass(const SmallVision& small, std::size_t layer)
{
    const PictureTensors picture = captured(small);
    const auto expected = small.output(picture.layers[layer].name + ".softmax");
    const std::int64_t tokens = picture.layers[layer].queries.tokens();
    std::size_t at = 0;
    for (std::size_t head = 0; head < picture.tensors[layer].heads.size(); ++head) {
        const HeadMap map = mapOf(picture, layer, head);
        for (std::int64_t query = 0; query < tokens; ++query)
            for (const float weight : map.row(query))
                ASSERT_NEAR(weight, expected.at(at++), 2e-6f)
                    << "head " << head << ", query " << query;
    }
    EXPECT_EQ(at, expected.size());
}

TEST(PictureCapture, MapsOfAVisionTransformerAreThoseOfItsPass)
{
    for (const std::size_t layer : {0u, 1u, 2u})
        expectMapsOfThePass(tests::smallDino(), layer);
}

TEST(PictureCapture, MapsOntoACoarserGridAreThoseOfThePass)
{
    for (const std::size_t layer : {0u, 1u, 2u, 3u})
        expectMapsOfThePass(tests::smallPvt(), layer);
}

TEST(PictureCapture, MapsOfWindowsAreThoseOfThePassPutWhereTheyAreInThePicture)
{
    const SmallVision small = tests::smallSwin();
    const PictureTensors picture = captured(small);
    ASSERT_EQ(picture.layers.size(), 4u);
    EXPECT_EQ(picture.layers[1].offset, 2);
    for (std::size_t layer = 0; layer < picture.layers.size(); ++layer) {
        const PictureLayer& of = picture.layers[layer];
        // [window, head, token, token]
        const auto expected = small.output(of.name + ".softmax");
        const std::int64_t side = of.queries.columns, w = of.window, inWindow = w * w;
        for (std::int64_t head = 0; head < of.heads; ++head) {
            const HeadMap map = mapOf(picture, layer, static_cast<std::size_t>(head));
            for (const std::int64_t query : {std::int64_t{0}, side + 3, side * side - 1}) {
                const auto row = map.row(query);
                const auto rolled = [&](std::int64_t place) {
                    return (place - of.offset + side) % side;
                };
                const std::int64_t y = rolled(query / side), x = rolled(query % side);
                const std::int64_t window = y / w * (side / w) + x / w;
                double sum = 0;
                for (std::int64_t b = 0; b < inWindow; ++b) {
                    const std::int64_t keyY = y / w * w + b / w, keyX = x / w * w + b % w;
                    const std::int64_t key =
                        (keyY + of.offset) % side * side + (keyX + of.offset) % side;
                    const std::int64_t a = y % w * w + x % w;
                    const auto place = static_cast<std::size_t>(
                        ((window * of.heads + head) * inWindow + a) * inWindow + b);
                    ASSERT_NEAR(row[static_cast<std::size_t>(key)], expected[place], 2e-6f);
                    sum += static_cast<double>(row[static_cast<std::size_t>(key)]);
                }
                EXPECT_NEAR(sum, 1, 1e-5); // nothing outside of the window
            }
        }
    }
}

// Maps times values against what the pass gave behind its division; two layers.
void expectImplicitMaps(const SmallVision& small, AttentionKind kind)
{
    const PictureTensors picture = captured(small);
    ASSERT_EQ(picture.layers.size(), 2u);
    for (std::size_t layer = 0; layer < 2; ++layer) {
        const PictureLayer& of = picture.layers[layer];
        EXPECT_EQ(of.kind, kind);
        const auto expected = small.output(of.name + ".divide"); // [token, head, channel]
        for (std::int64_t head = 0; head < of.heads; ++head) {
            const HeadMap map = mapOf(picture, layer, static_cast<std::size_t>(head));
            const auto& values = picture.tensors[layer].values[static_cast<std::size_t>(head)];
            for (std::int64_t query = 0; query < map.queries(); ++query) {
                const auto row = map.row(query);
                for (std::int64_t c = 0; c < of.dim; ++c) {
                    double sum = 0, size = 0;
                    for (std::size_t key = 0; key < row.size(); ++key) {
                        const double part =
                            static_cast<double>(row[key]) *
                            static_cast<double>(values[key * static_cast<std::size_t>(of.dim) +
                                                       static_cast<std::size_t>(c)]);
                        sum += part, size += std::abs(part);
                    }
                    const auto place =
                        static_cast<std::size_t>((query * of.heads + head) * of.dim + c);
                    ASSERT_NEAR(static_cast<double>(expected[place]), sum, 1e-5 * (size + 1e-3));
                }
            }
        }
    }
}

TEST(PictureCapture, TheImplicitMapOfLinearAttentionGivesWhatThePassGives)
{
    expectImplicitMaps(tests::smallEfficientVit(), AttentionKind::linear);
}

TEST(PictureCapture, TheImplicitMapOfTaylorAttentionGivesWhatThePassGives)
{
    expectImplicitMaps(tests::smallTaylor(), AttentionKind::taylor);
}

TEST(PictureCapture, ATaylorModelHasItselfNoStandInAndNoNumberWhereWeightsLieBelowZero)
{
    const SmallVision small = tests::smallTaylor();
    const PictureTensors picture = captured(small);
    const auto looks = lookAtHeads(picture, small.side).value();
    ASSERT_EQ(looks.size(), 6u);
    int undefined = 0;
    for (const HeadLook& look : looks) {
        ASSERT_EQ(look.standIns.size(), 2u);
        EXPECT_EQ(look.standIns[0].attending, Attending::softmax);
        const HeadMap map = mapOf(picture, static_cast<std::size_t>(look.layer),
                                  static_cast<std::size_t>(look.head));
        bool negative = false;
        for (std::int64_t query = 0; query < map.queries(); ++query)
            for (const float weight : map.row(query))
                negative = negative || weight < 0;
        EXPECT_EQ(std::isnan(look.entropy), negative);
        undefined += negative ? 1 : 0;
    }
    EXPECT_GT(undefined, 0);
}

TEST(PictureCapture, ASparsePartBesideTaylorAttentionIsRefusedByName)
{
    const SmallVision small = tests::smallTaylor();
    const auto unified =
        model::swapAttention(small.checkpoint, {model::AttentionForm::Kind::taylorAndSparse});
    const auto model = model::VisionModel::open(unified.value()).value();
    const auto seen = capturePicture(model, small.picture);
    ASSERT_FALSE(seen);
    EXPECT_NE(seen.error().message.find("sparse part"), std::string::npos);
}

TEST(PictureCapture, MapsOfThePublishedCodeAreMetWithin1e5)
{
    const auto folder = tests::goldenData("vit/vit-tiny-p8");
    if (!folder)
        GTEST_SKIP() << "set VITRINE_TEST_DATA to the folder with golden/vit/vit-tiny-p8";
    const auto model =
        model::VisionModel::open(model::openVisionCheckpoint(*folder).value()).value();
    const auto golden = Safetensors::open(*folder / "golden.safetensors").value();
    const auto input = toFloat(golden.tensor("input").value()); // [2, 3, side, side]
    const std::size_t plane = input.size() / 6;
    std::vector<float> seen(plane * 3);
    for (std::size_t i = 0; i < seen.size(); ++i)
        seen[i] = input[i % 3 * plane + i / 3];
    const PictureTensors picture = capturePicture(model, seen).value();
    for (std::size_t layer = 0; layer < picture.layers.size(); ++layer) {
        const auto maps = toFloat(golden.tensor(fmt::format("attn.{}", layer)).value());
        std::size_t at = 0;
        for (std::size_t head = 0; head < picture.tensors[layer].heads.size(); ++head) {
            const HeadMap map = mapOf(picture, layer, head);
            for (std::int64_t query = 0; query < map.queries(); ++query)
                for (const float weight : map.row(query))
                    ASSERT_NEAR(weight, maps[at++], 1e-5f);
        }
        EXPECT_EQ(at, maps.size() / 2); // of the first picture
    }
}

TEST(PictureCapture, BinaryAttentionHasNoMapsHere)
{
    const SmallVision small(model::shiftAddNetwork({.vit = {.width = 24,
                                                            .depth = 2,
                                                            .heads = 2,
                                                            .mlp = 32,
                                                            .patch = 8,
                                                            .side = 32,
                                                            .classes = 3},
                                                    .binaryBlocks = 1}),
                            32, R"({"img_size": 32, "num_heads": 2})");
    const auto capture = capturePicture(*small.model, small.picture);
    ASSERT_FALSE(capture);
    EXPECT_NE(capture.error().message.find("blocks.0.attn.context"), std::string::npos);
}

TEST(PictureCapture, TokensBeforeThePatchesAreNamedAndNormsAreThoseOfTheBlocks)
{
    const SmallVision small = tests::smallDino();
    const PictureTensors picture = captured(small);
    EXPECT_EQ(picture.prefixNames, (std::vector<std::string>{"class", "register 1", "register 2"}));
    EXPECT_EQ(picture.layers[0].queries, (TokenGrid{3, 4, 4}));
    const auto block = small.output("blocks.1.add2");
    ASSERT_EQ(picture.tensors[1].norms.size(), 19u);
    double sum = 0;
    for (std::size_t c = 0; c < 24; ++c)
        sum += std::pow(static_cast<double>(block[5 * 24 + c]), 2);
    EXPECT_NEAR(static_cast<double>(picture.tensors[1].norms[5]), std::sqrt(sum), 1e-4);
}

// Two patches side by side and a class token, with weights that are known.
PictureTensors knownPicture(std::vector<float> queries, std::vector<float> keys)
{
    PictureTensors picture;
    PictureLayer layer;
    layer.heads = 1, layer.dim = 1;
    layer.queries = layer.keys = {1, 1, 2};
    picture.layers = {layer};
    picture.tensors.resize(1);
    picture.tensors[0].heads = {{std::move(queries), std::move(keys), {}}};
    picture.tensors[0].values = {{1, 2, 3}};
    picture.prefixNames = {"class"};
    return picture;
}

TEST(HeadLooks, UniformAttentionHasTheValuesOfUniformAttention)
{
    const PictureTensors picture = knownPicture({0, 0, 0}, {1, 2, 3});
    const HeadLook look = lookAtHeads(picture, 100).value().at(0);
    EXPECT_NEAR(look.entropy, std::log(3.0), 1e-6);
    EXPECT_NEAR(look.entropy, uniformEntropy(picture.layers[0]), 1e-6);
    EXPECT_NEAR(look.classMass, 1.0 / 3, 1e-6);
    EXPECT_TRUE(std::isnan(look.registerMass));
    EXPECT_NEAR(look.distance, 25, 1e-4); // half of the weight 50 pixels away
    EXPECT_NEAR(look.distance, uniformDistance(picture.layers[0], 100), 1e-4);
    EXPECT_NEAR(static_cast<double>(look.received[2]), 1.0 / 3, 1e-6);
    EXPECT_EQ(look.inside, 1);
    ASSERT_EQ(look.standIns.size(), 2u);
    EXPECT_EQ(look.standIns[0].attending, Attending::reluLinear);
    // All weights are 0 / 0 there: an error that is no number, not one of 0.
    EXPECT_TRUE(std::isnan(look.standIns[0].mapError));
    EXPECT_NEAR(look.standIns[1].mapError, 0, 1e-6); // 1 + 0 of all is uniform as well
    EXPECT_NEAR(look.standIns[1].outputError, 0, 1e-6);
}

TEST(HeadLooks, AnEyeThatLooksAtItselfIsNowhereFarAndErrorsOfStandInsAreThoseOfTheirMaps)
{
    const PictureTensors picture = knownPicture({0, 2, -2}, {0, 20, -20});
    const HeadLook look = lookAtHeads(picture, 100).value().at(0);
    EXPECT_NEAR(look.distance, 0, 1e-6);
    EXPECT_NEAR(look.classMass, 0, 1e-6);
    EXPECT_NEAR(look.inside, 5.0 / 9, 1e-9); // scores of the class token and with it are 0
    const auto own = HeadMap(picture.layers[0], picture.tensors[0].heads[0], Attending::softmax);
    const auto other = HeadMap(picture.layers[0], picture.tensors[0].heads[0], Attending::taylor);
    double error = 0, size = 0, negative = 0;
    for (std::int64_t query = 0; query < 3; ++query) {
        const auto a = own.row(query), b = other.row(query);
        for (std::size_t key = 0; key < 3; ++key) {
            error += std::pow(static_cast<double>(b[key] - a[key]), 2);
            size += std::pow(static_cast<double>(a[key]), 2);
            negative += b[key] < 0 ? 1 : 0;
        }
    }
    EXPECT_NEAR(look.standIns[1].mapError, std::sqrt(error / size), 1e-5);
    EXPECT_NEAR(look.standIns[1].negativeShare, negative / 9, 1e-9);
}

TEST(HeadLooks, RegistersReceiveWhatTheyReceive)
{
    const SmallVision small = tests::smallDino();
    const PictureTensors picture = captured(small);
    const HeadLook look = lookAtHeads(picture, 32).value().at(4); // layer 1, head 1
    EXPECT_EQ(look.layer, 1);
    EXPECT_EQ(look.head, 1);
    EXPECT_NEAR(look.registerMass, static_cast<double>(look.received[1] + look.received[2]), 1e-6);
}

TEST(HeadLooks, StopWhereTheyAreTold)
{
    const PictureTensors picture = captured(tests::smallDino());
    const auto stopped = lookAtHeads(picture, 32, [](std::size_t) { return false; });
    EXPECT_FALSE(stopped);
}

} // namespace
} // namespace vitrine::attention
