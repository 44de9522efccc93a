#include "core/attention/picture/picture_file.h"
#include "core/attention/picture/rollout.h"
#include "core/tensor/safetensors.h"
#include "tests/core/attention/picture/picture_fixture.h"

#include <gmock/gmock.h>

namespace vitrine::attention
{
namespace
{

using tests::SmallVision;

struct Kept {
    PictureTensors tensors;
    std::vector<std::string> notes;
    PictureCapture capture;
};

Kept kept(const SmallVision& small, std::uint64_t budget = kPictureBudget)
{
    PictureTensors tensors = capturePicture(*small.model, small.picture).value();
    const auto looks = lookAtHeads(tensors, small.side).value();
    const auto file = small.folder.path / "picture.safetensors";
    const auto side = static_cast<std::size_t>(small.side);
    const PictureInfo info{
        "small", "a cat", {small.side, std::vector<std::uint8_t>(side * side * 3, 77)}};
    auto notes = writePictureCapture(file, info, tensors, looks, budget).value();
    auto opened = PictureCapture::open(file);
    EXPECT_TRUE(opened) << opened.error().message;
    return {std::move(tensors), std::move(notes), std::move(*opened)};
}

TEST(PictureFile, GivesBackWhatWasWritten)
{
    for (const SmallVision& small :
         {tests::smallDino(), tests::smallSwin(), tests::smallPvt(), tests::smallEfficientVit()}) {
        const Kept k = kept(small);
        EXPECT_EQ(k.capture.layers(), k.tensors.layers);
        EXPECT_EQ(k.capture.prefixNames(), k.tensors.prefixNames);
        EXPECT_EQ(k.capture.model(), "small");
        EXPECT_EQ(k.capture.name(), "a cat");
        EXPECT_EQ(k.capture.picture().side, small.side);
        EXPECT_EQ(k.capture.picture().rgb.front(), 77);
        EXPECT_TRUE(k.notes.empty());
        for (std::size_t layer = 0; layer < k.tensors.layers.size(); ++layer) {
            const PictureLayer& of = k.tensors.layers[layer];
            EXPECT_EQ(k.capture.norms(layer), k.tensors.tensors[layer].norms);
            const auto last = static_cast<std::size_t>(of.heads - 1);
            const HeadMap before(of, k.tensors.tensors[layer].heads[last], ownAttending(of));
            const HeadMap after = k.capture.map(layer, of.heads - 1, ownAttending(of));
            EXPECT_EQ(before.row(3), after.row(3));
            const auto received = k.capture.received(layer, of.heads - 1);
            EXPECT_EQ(std::vector<float>(received.begin(), received.end()), before.received());
        }
    }
}

TEST(PictureFile, KeepsHalfPrecisionWhereTheBudgetAsksForItAndSaysSo)
{
    const Kept k = kept(tests::smallDino(), 1);
    ASSERT_EQ(k.notes.size(), 1u);
    EXPECT_NE(k.notes[0].find("half precision"), std::string::npos);
    const HeadMap exact(k.tensors.layers[2], k.tensors.tensors[2].heads[0], Attending::softmax);
    const auto a = exact.row(0), b = k.capture.map(2, 0, Attending::softmax).row(0);
    for (std::size_t key = 0; key < a.size(); ++key)
        EXPECT_NEAR(a[key], b[key], 5e-3f);
}

TEST(PictureFile, RefusesWhatIsNoPicture)
{
    const SmallVision small = tests::smallDino();
    const auto opened = PictureCapture::open(small.folder.path / "model.safetensors");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::input);
}

// The kept file with one tensor and one entry of metadata more, or others.
std::string refusalOf(const SmallVision& small, const std::string& tensor, const std::string& key,
                      const std::string& value)
{
    const Kept k = kept(small);
    const auto file = small.folder.path / "picture.safetensors";
    const auto stored = Safetensors::open(file).value();
    std::vector<NamedTensor> tensors;
    for (const auto& [name, entry] : stored.entries())
        tensors.push_back({name, stored.tensor(name).value()});
    const float one = 1;
    if (!tensor.empty())
        tensors.push_back({tensor, {DType::f32, {1}, std::as_bytes(std::span(&one, 1))}});
    auto metadata = stored.metadata();
    if (!key.empty())
        metadata[key] = value;
    const auto changed = small.folder.path / "changed.safetensors";
    EXPECT_TRUE(writeSafetensors(changed, tensors, metadata));
    const auto opened = PictureCapture::open(changed);
    return opened ? "" : opened.error().message;
}

TEST(PictureFile, RefusesWhatTheFormatDoesNotHaveByName)
{
    using testing::HasSubstr;
    const SmallVision small = tests::smallDino();
    EXPECT_EQ(refusalOf(small, "", "", ""), "");
    EXPECT_THAT(refusalOf(small, "q.3", "", ""), HasSubstr("unknown tensor \"q.3\""));
    EXPECT_THAT(refusalOf(small, "bias.0", "", ""), HasSubstr("unknown tensor \"bias.0\""));
    EXPECT_THAT(refusalOf(small, "", "modle", "m"),
                HasSubstr("unknown metadata \"modle\"; did you mean \"model\"?"));
    const std::string layer = R"([{"name": "a", "kind": "softmax", "temperature": 2}])";
    EXPECT_THAT(refusalOf(small, "", "layers", layer), HasSubstr("unknown key \"temperature\""));
}

TEST(PictureFile, SaysWhatIsWrongInOneLineWhateverItsNames)
{
    const std::string layer =
        R"([{"name": "a\nb", "kind": "softmax", "heads": 1, "dim": 1, "rows": 1, "columns": 1}])";
    const std::string refusal = refusalOf(tests::smallDino(), "", "layers", layer);
    EXPECT_THAT(refusal, testing::HasSubstr("tokens before its patches"));
    EXPECT_EQ(refusal.find('\n'), std::string::npos);
}

// The product of the matrices, written out.
std::vector<double> rolledOut(const PictureTensors& picture, std::size_t last, std::size_t query)
{
    const auto tokens = static_cast<std::size_t>(picture.layers[0].queries.tokens());
    std::vector<std::vector<double>> product(tokens, std::vector<double>(tokens));
    for (std::size_t i = 0; i < tokens; ++i)
        product[i][i] = 1;
    for (std::size_t layer = 0; layer <= last; ++layer) {
        auto next = product;
        for (std::size_t i = 0; i < tokens; ++i) {
            std::vector<double> weights(tokens);
            for (const HeadTensors& head : picture.tensors[layer].heads) {
                const HeadMap map(picture.layers[layer], head, Attending::softmax);
                const auto row = map.row(static_cast<std::int64_t>(i));
                for (std::size_t j = 0; j < tokens; ++j)
                    weights[j] += static_cast<double>(row[j]) / 3;
            }
            for (std::size_t j = 0; j < tokens; ++j) {
                next[i][j] = product[i][j] / 2;
                for (std::size_t k = 0; k < tokens; ++k)
                    next[i][j] += weights[k] / 2 * product[k][j];
            }
        }
        product = next;
    }
    return product[query];
}

TEST(Rollout, IsTheProductOfTheLayers)
{
    const Kept k = kept(tests::smallDino());
    for (const std::size_t last : {0u, 2u}) {
        const auto flow = rollout(k.capture, last, 0).value();
        const auto exact = rolledOut(k.tensors, last, 0);
        ASSERT_EQ(flow.size(), exact.size());
        double sum = 0;
        for (std::size_t i = 0; i < flow.size(); ++i) {
            EXPECT_NEAR(static_cast<double>(flow[i]), exact[i], 1e-6);
            sum += static_cast<double>(flow[i]);
        }
        EXPECT_NEAR(sum, 1, 1e-5);
    }
    EXPECT_NE(rollout(k.capture, 2, 0, HeadFusion::maximum).value(),
              rollout(k.capture, 2, 0, HeadFusion::minimum).value());
}

TEST(Rollout, IsRefusedWhereLayersLookAtDifferentTokens)
{
    for (const SmallVision& small :
         {tests::smallSwin(), tests::smallPvt(), tests::smallEfficientVit()}) {
        const Kept k = kept(small);
        EXPECT_FALSE(rollout(k.capture, 0, 0));
        EXPECT_FALSE(whyNoRollout(k.capture).empty());
    }
    EXPECT_TRUE(whyNoRollout(kept(tests::smallDino()).capture).empty());
}

} // namespace
} // namespace vitrine::attention
