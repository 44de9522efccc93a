#include "core/superres/upscale/self_ensemble.h"

#include "core/base/parallel.h"
#include "core/superres/picture/resampling.h"
#include "tests/core/superres/pictures.h"

#include <gtest/gtest.h>

namespace vitrine::superres
{
namespace
{

// Doubles pixels; each becomes brighter the further right it is: so that turns matter.
class Leaning : public Upscaler
{
public:
    std::int64_t scale() const override { return 2; }
    double macsPerPixel() const override { return 5; }
    Result<Enlarged> enlarged(const Image& low, const Progress& progress) const override
    {
        if (progress && !progress(0.5))
            return cancelled();
        Image image = resampled(low, 2 * low.width, 2 * low.height, Filter::nearest);
        for (std::int64_t y = 0; y < image.height; ++y)
            for (std::int64_t x = 0; x < image.width * 3; ++x)
                image.row(y)[x] += static_cast<float>(x / 3);
        return Enlarged{std::move(image), 0.25, 3};
    }
};

TEST(SelfEnsemble, OfWhatTurnsWithThePictureChangesNothing)
{
    std::vector<UpscalingMethod> methods = upscalingMethods();
    const auto bicubic = std::ranges::find(methods, "bicubic", &UpscalingMethod::id);
    const auto one = bicubic->open(3, {}).value();
    const Image low = imageOf(tests::noisePicture(17, 11, 3));

    const Image plain = one->enlarged(low, {})->image;
    const Image ensemble = selfEnsemble(one)->enlarged(low, {})->image;

    ASSERT_EQ(ensemble.values.size(), plain.values.size());
    for (std::size_t i = 0; i < plain.values.size(); ++i)
        EXPECT_NEAR(ensemble.values[i], plain.values[i], 1e-6);
}

// The eight see a pixel at x, y of a 6 x 4 picture at x, 5 - x, y, 3 - y, each twice.
TEST(SelfEnsemble, TakesTheMedianOfAllMirroringsAndTurns)
{
    const Image ensemble = selfEnsembled(Leaning(), blankImage(3, 2))->image;

    ASSERT_EQ(ensemble.width, 6);
    ASSERT_EQ(ensemble.height, 4);
    for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 6; ++x) {
            std::array<int, 4> seen = {x, 5 - x, y, 3 - y};
            std::ranges::sort(seen);
            EXPECT_EQ(ensemble.row(y)[x * 3], 0.5f * static_cast<float>(seen[1] + seen[2]));
        }
}

TEST(SelfEnsemble, UndoesEachTurnBeforeItsStep)
{
    const Image low = imageOf(tests::noisePicture(5, 3, 3));
    const Image doubled = resampled(low, 10, 6, Filter::nearest);
    int steps = 0;
    const auto step = [&](Image image) -> Result<Image> {
        ++steps;
        for (std::size_t i = 0; i < image.values.size(); ++i) {
            const float lean = image.values[i] - doubled.values[i];
            EXPECT_NEAR(lean, std::round(lean), 1e-5);
        }
        return doubled;
    };
    EXPECT_EQ(selfEnsembled(Leaning(), low, {}, step)->image.values, doubled.values);
    EXPECT_EQ(steps, 8);
}

TEST(SelfEnsemble, IsEqualForEveryNumberOfThreads)
{
    const Image low = imageOf(tests::noisePicture(19, 13, 3));
    const int before = threadCount();
    std::vector<Image> results;
    for (const int threads : {1, 2, 5}) {
        setThreadCount(threads);
        results.push_back(selfEnsembled(Leaning(), low)->image);
    }
    setThreadCount(before);
    EXPECT_EQ(results[1].values, results[0].values);
    EXPECT_EQ(results[2].values, results[0].values);
}

TEST(SelfEnsemble, SaysWhatItIsMadeOf)
{
    const auto ensemble = selfEnsemble(std::make_shared<Leaning>());
    const Enlarged result = ensemble->enlarged(blankImage(2, 2), {}).value();
    EXPECT_EQ(result.seamError, 0.25);
    EXPECT_EQ(result.tiles, 24);
    EXPECT_EQ(ensemble->macsPerPixel(), 40);
    EXPECT_EQ(ensemble->scale(), 2);
    EXPECT_EQ(ensemble->notes().size(), 1u);
}

TEST(SelfEnsemble, TellsHowFarItIsAndStops)
{
    std::vector<double> shares;
    const auto note = [&](double share) {
        shares.push_back(share);
        return shares.size() < 5;
    };
    const auto stopped =
        selfEnsemble(std::make_shared<Leaning>())->enlarged(blankImage(2, 2), note);
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
    EXPECT_EQ(shares, (std::vector<double>{0.5 / 8, 1.0 / 8, 1.5 / 8, 2.0 / 8, 2.5 / 8}));
}

} // namespace
} // namespace vitrine::superres
