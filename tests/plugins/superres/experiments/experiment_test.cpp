#include "plugins/superres/experiments/upscale_experiment.h"

#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"
#include "core/superres/picture/image.h"
#include "plugins/superres/experiments/picture_pairs.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

namespace vitrine::superres_plugin
{
namespace
{

namespace fs = std::filesystem;
using testing::HasSubstr;

class Upscale : public testing::Test
{
protected:
    Upscale() { fs::create_directories(folder_ / "kept"); }

    // A smooth picture with an edge.
    std::string picture(const std::string& name, std::int64_t width, std::int64_t height) const
    {
        Picture picture{width, height, 3, {}};
        for (std::int64_t y = 0; y < height; ++y)
            for (std::int64_t x = 0; x < width; ++x)
                for (std::int64_t c = 0; c < 3; ++c)
                    picture.values.push_back(static_cast<std::uint8_t>(
                        100 + 60 * std::sin(0.3 * static_cast<double>(x + c)) +
                        (x + y > width ? 60 : 0)));
        const fs::path path = folder_ / (name + ".png");
        EXPECT_TRUE(writePicture(picture, path));
        return path.string();
    }

    Result<RunResult> run(const std::map<std::string, std::string>& given) const
    {
        VITRINE_TRY(const Params params, resolveParams(UpscaleExperiment(), given));
        QuietProgress progress(folder_ / "kept");
        return UpscaleExperiment().run(params, progress);
    }

    tests::TemporaryFolder temporary_;
    fs::path folder_ = temporary_.path;
};

TEST_F(Upscale, MeasuresWhatItMadeSmallItself)
{
    const auto result = run({{"input", picture("scene", 61, 40)}, {"degrade", "true"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(metricOf(*result, "pictures"), 1);
    EXPECT_EQ(metricOf(*result, "parameters"), 54'162); // s2r-fast
    EXPECT_EQ(metricOf(*result, "seam_error"), 0);
    EXPECT_NEAR(metricOf(*result, "gain"),
                metricOf(*result, "psnr_y") - metricOf(*result, "psnr_y_bicubic"), 1e-12);
    const Table* items = result->table("items");
    ASSERT_NE(items, nullptr);
    const RowReader row(*items, 0);
    EXPECT_EQ(row.number("width"), 30); // the odd column is cut off
    for (const char* kept : {"low", "high", "bicubic", "original"}) {
        const auto picture = readPicture(folder_ / "kept" / row.text(kept));
        ASSERT_TRUE(picture) << kept;
        EXPECT_EQ(picture->width, std::string(kept) == "low" ? 30 : 60);
    }
}

TEST_F(Upscale, BicubicIsItsOwnBaseline)
{
    const auto result =
        run({{"input", picture("scene", 60, 40)}, {"degrade", "true"}, {"method", "bicubic"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(metricOf(*result, "gain"), 0);
    EXPECT_EQ(metricOf(*result, "ssim_y"), metricOf(*result, "ssim_y_bicubic"));
}

TEST_F(Upscale, WithoutTruthNothingIsMeasuredAndItSaysSo)
{
    const auto result = run({{"input", picture("scene", 20, 30)}, {"scale", "4"}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->metric("psnr_y"), nullptr);
    EXPECT_THAT(result->notes, testing::Contains(HasSubstr("Without ground truth")));
    EXPECT_EQ(readPicture(folder_ / "kept" / "01-high.png")->height, 120);
}

TEST_F(Upscale, WritesIntoTheFolderThatIsNamed)
{
    picture("a_LR", 20, 20);
    picture("a_HR", 41, 40);
    const auto result = run({{"input", folder_.string()},
                             {"method", "lanczos"},
                             {"output", (folder_ / "out").string()}});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_TRUE(fs::exists(folder_ / "out" / "a_lanczos_x2.png"));
    EXPECT_NE(result->metric("psnr_y"), nullptr); // HR is cut to twice the LR
}

TEST_F(Upscale, RefusesByName)
{
    const std::string large = picture("large", 40, 40), small = picture("small", 30, 30);
    const auto wrongSize = run({{"input", large}, {"ground_truth", small}});
    ASSERT_FALSE(wrongSize);
    EXPECT_THAT(wrongSize.error().message, HasSubstr("no original of"));
    const auto both = run({{"input", large}, {"ground_truth", small}, {"degrade", "true"}});
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().kind, ErrorKind::argument);
    const auto weights = run({{"input", large}, {"method", "s2r"}, {"weights", folder_.string()}});
    ASSERT_FALSE(weights);
    EXPECT_EQ(weights.error().kind, ErrorKind::input);
    const auto missing = run({{"input", (folder_ / "none.png").string()}});
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("does not exist"));
}

TEST_F(Upscale, PairsAreFoundByTheirNames)
{
    for (const char* name : {"b_HR", "b_LR", "a_HR", "a_LR"})
        picture(name, 16, 16);
    const auto pairs = findPictures({folder_, {}, false});
    ASSERT_TRUE(pairs) << pairs.error().message;
    ASSERT_EQ(pairs->size(), 2u);
    EXPECT_EQ((*pairs)[0].name, "a");
    EXPECT_EQ((*pairs)[0].original.filename(), "a_HR.png");
    const auto originals = findPictures({folder_, {}, true});
    ASSERT_TRUE(originals);
    EXPECT_EQ(originals->size(), 2u); // the small ones do not count
    fs::remove(folder_ / "b_HR.png");
    const auto alone = findPictures({folder_, {}, false});
    ASSERT_FALSE(alone);
    EXPECT_THAT(alone.error().message, HasSubstr("b_LR.png"));
}

TEST_F(Upscale, ABlurThatNobodyKnowsCostsQualityAndIsSaid)
{
    const std::map<std::string, std::string> given = {{"input", picture("scene", 60, 40)},
                                                      {"degrade", "true"}};
    auto blurred = given;
    blurred["kernel"] = "g20";
    const auto ideal = run(given), blind = run(blurred);
    ASSERT_TRUE(ideal && blind);
    EXPECT_LT(metricOf(*blind, "psnr_y"), metricOf(*ideal, "psnr_y") - 1);
    EXPECT_THAT(blind->notes, testing::Contains(HasSubstr("blurred by g20")));
}

TEST_F(Upscale, BackProjectionBringsTheResultToTheSmallPicture)
{
    const std::map<std::string, std::string> given = {
        {"input", picture("scene", 60, 40)}, {"degrade", "true"}, {"kernel", "g13"}};
    auto projected = given;
    projected["back_projection"] = "10";
    auto ensemble = projected;
    ensemble["ensemble"] = "true";
    const auto plain = run(given), ten = run(projected), eight = run(ensemble);
    ASSERT_TRUE(plain && ten && eight);
    EXPECT_LT(metricOf(*ten, "residual"), 0.7 * metricOf(*plain, "residual"));
    EXPECT_GT(metricOf(*ten, "psnr_y"), metricOf(*plain, "psnr_y"));
    EXPECT_NE(metricOf(*eight, "psnr_y"), metricOf(*ten, "psnr_y"));
}

TEST_F(Upscale, ABlindRunFitsTheNetworkToThePicture)
{
    const auto result = run({{"input", picture("scene", 160, 140)},
                             {"degrade", "true"},
                             {"kernel", "g20"},
                             {"method", "s2r-live"},
                             {"mode", "blind"},
                             {"updates", "4"}});
    if (!result && result.error().message.find("cannot train") != std::string::npos)
        GTEST_SKIP() << result.error().message;
    ASSERT_TRUE(result) << result.error().message;
    const Table* updates = result->table("updates");
    ASSERT_NE(updates, nullptr);
    ASSERT_EQ(updates->rows.size(), 5u);
    double least = 1e9;
    for (std::size_t i = 0; i < 5; ++i) {
        const RowReader row(*updates, i);
        least = std::min(least, row.number("loss"));
        EXPECT_EQ(row.whole("update"), static_cast<std::int64_t>(i));
    }
    for (std::size_t i = 0; i < 5; ++i)
        if (const RowReader row(*updates, i); row.flag("kept")) {
            EXPECT_EQ(row.number("loss"), least);
        }
    EXPECT_NEAR(metricOf(*result, "adaptation_gain"),
                metricOf(*result, "psnr_y") - metricOf(*result, "psnr_y_ideal"), 1e-9);
    EXPECT_GT(metricOf(*result, "adaptation_gain"), 0);
}

TEST_F(Upscale, AKernelIsEstimatedFromWhatIsSmallAlready)
{
    const std::string input = picture("scene", 150, 150);
    const auto fitted =
        run({{"input", input}, {"kernel", "fit"}, {"back_projection", "2"}, {"method", "bicubic"}});
    ASSERT_TRUE(fitted) << fitted.error().message;
    EXPECT_THAT(fitted->notes, testing::Contains(HasSubstr("estimated as a Gaussian")));
    const auto both = run({{"input", input}, {"kernel", "fit"}, {"degrade", "true"}});
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().kind, ErrorKind::argument);
}

// What interpolation reaches on Set5, and what our networks do: the figures are printed.
TEST_F(Upscale, Set5)
{
    const char* data = std::getenv("VITRINE_TEST_DATA");
    if (!data)
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set";
    const std::map<std::string, double> kBicubic = {{"2", 33.646}, {"4", 28.419}};
    for (const auto& [scale, bicubic] : kBicubic) {
        const auto result = run({{"input", fs::path(data) / "images/set5" / ("x" + scale)},
                                 {"scale", scale},
                                 {"method", "s2r-live"}});
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_NEAR(metricOf(*result, "psnr_y_bicubic"), bicubic, 5e-4);
        EXPECT_GT(metricOf(*result, "smallest_gain"), 0.5);
        std::printf("Set5 x%s, s2r-live: %.3f dB, bicubic %.3f dB\n", scale.c_str(),
                    metricOf(*result, "psnr_y"), metricOf(*result, "psnr_y_bicubic"));
    }
}

} // namespace
} // namespace vitrine::superres_plugin
