#include "core/learning/nets/vision/garment_source.h"
#include "core/learning/nets/vision/scene_source.h"
#include "core/picture/raster.h"
#include "core/picture/scene_pictures.h"
#include "core/picture/scenes.h"

#include "tests/core/learning/vision/synthetic.h"

#include <set>

namespace vitrine::learning
{
namespace
{

LabelledPictures labelledBatch(LabelledSource& source, int64_t number, int64_t batch)
{
    Chance chance(1, number);
    return source.training({number, 0.0, chance}, batch);
}

TEST(WalkOrder, EveryWalkVisitsAllInAnOrderOfItsOwn)
{
    WalkOrder order(10, 7);
    std::vector<int64_t> walks[2];
    for (int64_t i = 0; i < 20; ++i)
        walks[i / 10].push_back(order.at(i));

    for (const auto& walk : walks)
        EXPECT_EQ(std::set<int64_t>(walk.begin(), walk.end()).size(), 10u);
    EXPECT_NE(walks[0], walks[1]);
    EXPECT_EQ(WalkOrder(10, 7).at(13), walks[1][3]); // a resumed run starts in the middle
}

TEST(GarmentSource, HeldOutPicturesLieInTheMiddleAsTheyAre)
{
    const auto parts = twoKindsInParts();
    const auto source = garmentSource(parts, 32, {}, 1);

    const auto batch = source->heldOut(HeldOut::selection, 4, 2);

    const auto inner = batch.pictures.slice(2, 2, 30).slice(3, 2, 30).squeeze(1) * 255.0;
    EXPECT_TRUE(inner.round().to(torch::kUInt8).equal(parts.selection.pictures.narrow(0, 4, 2)));
    EXPECT_NEAR(batch.pictures.sum().item<double>() * 255.0, inner.sum().item<double>(), 1.0);
    EXPECT_TRUE(batch.labels.equal(parts.selection.labels.narrow(0, 4, 2).to(torch::kLong)));
}

TEST(GarmentSource, TrainingIsDrawnFromTheStepAlone)
{
    const auto one = garmentSource(twoKindsInParts(), 28, {}, 1),
               other = garmentSource(twoKindsInParts(), 28, {}, 1);
    labelledBatch(*one, 0, 8);

    const auto a = labelledBatch(*one, 5, 8), b = labelledBatch(*other, 5, 8);

    EXPECT_TRUE(a.pictures.equal(b.pictures));
    EXPECT_TRUE(a.labels.equal(b.labels));
    EXPECT_FALSE(a.pictures.equal(labelledBatch(*one, 6, 8).pictures));
}

TEST(GarmentSource, ShiftsByNoMoreThanTheyMay)
{
    GarmentParts parts = twoKindsInParts();
    parts.training.pictures.fill_(255);
    const auto source = garmentSource(parts, 32, {.flip = false, .shift = 2, .erase = 0.0}, 1);

    const auto batch = labelledBatch(*source, 0, 64);

    EXPECT_TRUE(batch.pictures.slice(2, 4, 28).slice(3, 4, 28).eq(1.0).all().item<bool>());
    EXPECT_TRUE(batch.pictures.sum({1, 2, 3}).eq(28.0 * 28.0).all().item<bool>());
}

TEST(Scenes, OutsideTheGarmentThePhotographStaysAsItWas)
{
    auto garment = torch::zeros({28, 28}, torch::kUInt8);
    garment.slice(0, 8, 20).slice(1, 8, 20).fill_(200);
    const auto background = torch::full({3, 96, 96}, 0.5f);
    auto scene = background.clone();

    layGarment(garment.data_ptr<uint8_t>(), {20, 30, 56, false, 0.1f, 0.8f, {1.0f, 0.9f, 0.8f}},
               scene.data_ptr<float>(), 96);

    // Scaled by two: the square of 24 pixels, and one more around it between the grey values.
    const auto changed = (scene - background).abs().amax(0).gt(0.0);
    EXPECT_TRUE(changed.slice(0, 46, 70).slice(1, 36, 60).all().item<bool>());
    EXPECT_EQ(changed.sum().item<int64_t>(),
              changed.slice(0, 45, 71).slice(1, 35, 61).sum().item<int64_t>());
    EXPECT_NEAR(scene[1][58][48].item<float>(), (0.1f + 0.8f * 200.0f / 255.0f) * 0.9f, 1e-5f);
}

TEST(Scenes, LooksStayInsideTheScene)
{
    for (int64_t i = 0; i < 200; ++i) {
        Chance chance(3, i);
        const GarmentLook look = drawLook({}, chance);
        EXPECT_GE(look.side, 28);
        EXPECT_LE(look.side, 64);
        EXPECT_GE(std::min(look.x, look.y), 0);
        EXPECT_LE(std::max(look.x, look.y) + look.side, 96);
    }
}

TEST(SceneSource, TrainingBeginsWithLargeGarmentsOnOneColour)
{
    const SceneOptions first = easedScenes({}, 0.0), last = easedScenes({}, 1.0);

    EXPECT_EQ(first.smallest, first.largest);
    EXPECT_EQ(first.clutter, 0.0);
    EXPECT_EQ(last.smallest, 28);
    EXPECT_EQ(last.clutter, 1.0);
}

TEST(SceneSource, HeldOutScenesAreTheSameEachTimeAndInAnyPieces)
{
    const PictureFolder folder;
    const auto one = sceneSource(twoKindsInParts(), folder.path(), 96, 0.0, 1),
               other = sceneSource(twoKindsInParts(), folder.path(), 96, 0.0, 2);

    const auto whole = one->heldOut(HeldOut::test, 0, 4),
               part = other->heldOut(HeldOut::test, 2, 2);

    EXPECT_TRUE(whole.pictures.narrow(0, 2, 2).equal(part.pictures));
    EXPECT_TRUE(whole.labels.narrow(0, 2, 2).equal(part.labels));
    EXPECT_FALSE(whole.pictures[0].equal(whole.pictures[1]));
    EXPECT_GE(whole.pictures.min().item<float>(), 0.0f);
    EXPECT_LE(whole.pictures.max().item<float>(), 1.0f);
}

// The program draws test scenes out of packages, the trainer out of its prepared data.
TEST(SceneSource, TestScenesAreThoseThatTheProgramDraws)
{
    const std::string folder = testing::TempDir() + "scenes-" + std::to_string(::getpid());
    std::filesystem::create_directories(folder);
    const int64_t side = kHeldOutSide;
    std::ofstream table(folder + "/pictures.tsv"), bytes(folder + "/pictures.rgb");
    table << "name\twidth\theight\toffset\tuse\n";
    for (const char* use : {"train", "codec", "vt10"}) {
        const auto noise = torch::randint(0, 256, {side * side * 3}, torch::kUInt8);
        const auto* first = noise.data_ptr<uint8_t>();
        table << use << '\t' << side << '\t' << side << '\t' << bytes.tellp() << '\t' << use
              << '\n';
        bytes.write(reinterpret_cast<const char*>(first), noise.numel());
        const auto written = writePicture({side, side, 3, {first, first + noise.numel()}},
                                          folder + "/" + use + ".png");
        ASSERT_TRUE(written) << written.error().message;
    }
    table.close();
    bytes.close();
    GarmentParts parts = twoKindsInParts();
    const int64_t count = parts.test.labels.size(0);
    const auto put = [&](const char* name, std::string head, const torch::Tensor& values) {
        head += std::string("\0\0\0", 3) + static_cast<char>(count);
        if (values.dim() == 3)
            head += std::string("\0\0\0\x1c\0\0\0\x1c", 8);
        std::ofstream(folder + "/" + name)
            << head
            << std::string(static_cast<const char*>(values.data_ptr()),
                           static_cast<size_t>(values.numel()));
    };
    put("t10k-images-idx3-ubyte", std::string("\0\0\x08\x03", 4), parts.test.pictures);
    put("t10k-labels-idx1-ubyte", std::string("\0\0\x08\x01", 4), parts.test.labels);

    const auto trainers = sceneSource(parts, folder, 96, 0.0, 1)->heldOut(HeldOut::test, 0, count);
    const auto garments = openLabelledPictures(folder, Split::test);
    ASSERT_TRUE(garments) << garments.error().message;
    const auto ours = openScenes(*garments, {{folder + "/vt10.png", 0, 0}}, kTestSceneSeed);
    ASSERT_TRUE(ours) << ours.error().message;

    ASSERT_EQ((*ours)->count(), count);
    for (int64_t i = 0; i < count; ++i) {
        const std::vector<float> drawn = (*ours)->exact(i);
        const auto planes = torch::tensor(drawn).view({96, 96, 3}).permute({2, 0, 1});
        EXPECT_TRUE(planes.equal(trainers.pictures[i])) << i;
        EXPECT_EQ((*ours)->label(i), trainers.labels[i].item<int64_t>());
        const auto rounded = (*ours)->picture(i);
        ASSERT_TRUE(rounded);
        EXPECT_NEAR(rounded->values[100] / 255.0, drawn[100], 0.5 / 255 + 1e-6);
    }
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace vitrine::learning
