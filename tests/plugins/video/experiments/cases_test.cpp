// Small inputs of the kinds that readers of video get wrong, with values from FFmpeg and numpy.
#include "core/base/parallel.h"
#include "plugins/video/experiments/compare_experiment.h"
#include "plugins/video/experiments/decode_experiment.h"
#include "plugins/video/experiments/metrics_experiment.h"
#include "tests/plugins/video/experiment_fixture.h"
#include "tests/support/golden.h"

#include <fstream>

namespace vitrine::video_plugin
{
namespace
{

using testing::Contains;
using testing::HasSubstr;

class VideoCases : public tests::VideoRuns
{
protected:
    void SetUp() override
    {
        const auto data = tests::testData();
        if (!data || !std::filesystem::exists(*data / "cases/video"))
            GTEST_SKIP() << "set VITRINE_TEST_DATA to the folder with cases/video";
        cases_ = *data / "cases/video";
        VideoRuns::SetUp();
    }
    Result<RunResult> run(const Experiment& experiment, Given given)
    {
        for (const char* file : {"reference", "test", "input"})
            if (given.contains(file))
                given[file] = (cases_ / given[file]).string();
        return VideoRuns::run(experiment, given);
    }
    RunResult metrics(Given given)
    {
        auto result = run(MetricsExperiment(), std::move(given));
        EXPECT_TRUE(result) << result.error().message;
        return result ? *std::move(result) : RunResult{};
    }
    RunResult metrics(const char* reference, const char* test)
    {
        return metrics({{"reference", reference}, {"test", test}});
    }
    double kbps(Given given)
    {
        given["codecs"] = "x264:crf=22";
        const auto result = run(CompareExperiment(), std::move(given));
        EXPECT_TRUE(result) << result.error().message;
        return result ? std::get<double>(result->table("rd")->rows[0][2]) : 0;
    }

    std::filesystem::path cases_;
};

TEST_F(VideoCases, RawNamesAreWeighed)
{
    const struct {
        const char *reference, *test;
        double frames, psnrY;
    } cases[] = {
        {"raw/Kimono_176x144_24_10.yuv", "raw/Kimono_176x144_24_10_dist.yuv", 8, 41.120},
        {"raw/tiles_4x4_176x144_25.yuv", "raw/tiles_4x4_176x144_25_dist.yuv", 8, 36.089},
        {"raw/depth_176x144_YUV400p16le.yuv", "raw/depth_176x144_YUV400p16le_dist.yuv", 6, 37.275},
        {"raw/IMG_0_176X144_org.YUV", "raw/IMG_0_176X144_org_dist.YUV", 8, 36.089},
    };
    for (const auto& c : cases) {
        const RunResult result = metrics(c.reference, c.test);
        EXPECT_EQ(metric(result, "frames"), c.frames) << c.reference;
        EXPECT_NEAR(metric(result, "psnr_y"), c.psnrY, 0.001) << c.reference;
    }
}

TEST_F(VideoCases, SizeFormatAndRateAreUsedForEachSide)
{
    const RunResult both = metrics({{"reference", "raw/noname.yuv"},
                                    {"test", "raw/Session_176x144_NV12_dist.yuv"},
                                    {"reference_size", "176x144"},
                                    {"reference_format", "yuv420p"}});
    EXPECT_NEAR(metric(both, "psnr_u"), 36.066, 0.001);
    EXPECT_NEAR(kbps({{"reference", "raw/noname.yuv"},
                      {"size", "176x144"},
                      {"format", "yuv420p"},
                      {"rate", "50"}}),
                563.7, 0.05);
    EXPECT_NEAR(kbps({{"reference", "raw/avsync_176x144_29.97fps.yuv"}}), 367.2, 0.05);
    EXPECT_NEAR(kbps({{"reference", "raw/clip_176x144_23.976fps_8bit_420.yuv"}}), 305.4, 0.05);
    const auto wrong = run(
        MetricsExperiment(),
        {{"reference", "raw/noname.yuv"}, {"test", "raw/noname.yuv"}, {"test_size", "176by144"}});
    EXPECT_THAT(wrong.error().message, HasSubstr("size"));
    const RunResult unused =
        metrics({{"reference", "base/ref.y4m"}, {"test", "base/ref.y4m"}, {"test_rate", "50"}});
    EXPECT_THAT(unused.notes, Contains(HasSubstr("test_rate=50 was not used")));
}

TEST_F(VideoCases, RotationIsAppliedAndSaid)
{
    for (const auto& [turn, psnrY] : {std::pair{"180", 36.444}, std::pair{"90", 36.498}}) {
        const std::string reference = std::string("media/m1_phone") + turn + ".mp4",
                          test = std::string("media/m1_enc") + turn + ".mp4";
        const RunResult result = metrics(reference.c_str(), test.c_str());
        EXPECT_NEAR(metric(result, "psnr_y"), psnrY, 0.001) << turn;
        EXPECT_THAT(result.notes, Contains(HasSubstr(std::string("turned by ") + turn)));
    }
}

TEST_F(VideoCases, RatesComeFromWhatIsShown)
{
    const auto rate = [&](const char* input) {
        const auto result = run(DecodeExperiment(), {{"input", input}});
        EXPECT_TRUE(result) << result.error().message;
        std::string line(200, '\0');
        std::ifstream(folder_.path / "artifacts/decoded.y4m").getline(line.data(), 200);
        const auto from = line.find(" F") + 2;
        return line.substr(from, line.find(' ', from) - from);
    };
    EXPECT_EQ(rate("media/m2_cut_0.50.mp4"), "25:1");
    EXPECT_EQ(rate("media/m5_24000_1001_nodur.mkv"), "24000:1001");
    EXPECT_EQ(rate("media/m8_vfr.mkv"), "25:1");
    EXPECT_EQ(rate("media/m6_novui.hevc"), "0:0"); // nobody wrote one
}

TEST_F(VideoCases, FramesArePairedByTheirTimesWhereThereAreHoles)
{
    const struct {
        const char* test;
        double byTime, byOrder;
    } cases[] = {{"media/m7_null.avi", 38.85, 34.67}, {"media/m8_vfr.mkv", 38.59, 34.47}};
    for (const auto& c : cases) {
        const RunResult byTime = metrics("base/ref.y4m", c.test);
        EXPECT_NEAR(metric(byTime, "psnr_y"), c.byTime, 0.005) << c.test;
        EXPECT_EQ(metric(byTime, "frames"), 30);
        EXPECT_THAT(byTime.notes, Contains(HasSubstr("paired by their times")));
        const RunResult byOrder =
            metrics({{"reference", "base/ref.y4m"}, {"test", c.test}, {"pairing", "order"}});
        EXPECT_NEAR(metric(byOrder, "psnr_y"), c.byOrder, 0.005) << c.test;
        EXPECT_THAT(byOrder.notes, Contains(HasSubstr("by their order, as asked")));
    }
}

TEST_F(VideoCases, CutFilesGiveWhatTheyHave)
{
    const RunResult cut = metrics("base/ref.y4m", "media/m10_trunc.mp4");
    EXPECT_EQ(metric(cut, "frames"), 20);
    EXPECT_NEAR(metric(cut, "psnr_y"), 39.311, 0.001);
    EXPECT_THAT(cut.notes, Contains(HasSubstr("it is cut")));

    const RunResult open = metrics("base/ref.y4m", "media/m3_capture.ts");
    EXPECT_EQ(metric(open, "frames"), 24);
    EXPECT_EQ(metric(open, "offset"), 8);
    EXPECT_NEAR(metric(open, "psnr_y"), 41.796, 0.001);
    EXPECT_THAT(open.notes, Contains(HasSubstr("open group")));
}

TEST_F(VideoCases, DamageIsReportedAndDoesNotDependOnThreads)
{
    std::vector<double> values;
    for (const int threads : {1, 2, 5}) {
        setThreadCount(threads);
        const RunResult result = metrics("base/ref.y4m", "media/m10_bad.mkv");
        values.push_back(metric(result, "psnr_y"));
        EXPECT_THAT(result.notes, Contains(HasSubstr("filled in what is missing in 1 frame (7)")));
    }
    setThreadCount(0);
    EXPECT_THAT(metrics("base/ref.y4m", "media/m10h_bad.mkv").notes,
                Contains(HasSubstr("filled in what is missing in 1 frame (8); frames from key "
                                   "frame 0 up to key frame 16 may be")));
    EXPECT_EQ(values[0], values[1]);
    EXPECT_EQ(values[0], values[2]);
}

TEST_F(VideoCases, GreysOddSizesAndStrayBytes)
{
    const auto grey = run(CompareExperiment(), {{"reference", "y4m/ref_mono.y4m"},
                                                {"codecs", "x264:crf=22;x265:crf=22;vp9:crf=32"}});
    ASSERT_TRUE(grey) << grey.error().message;
    EXPECT_EQ(grey->table("rd")->rows.size(), 3u);
    EXPECT_THAT(grey->notes, Contains(HasSubstr("x264, vp9 got it as 4:2:0")));

    const auto odd = run(CompareExperiment(), {{"reference", "y4m/odd_175x143.y4m"},
                                               {"codecs", "x264:crf=22;vp9:crf=32"}});
    ASSERT_TRUE(odd) << odd.error().message;
    EXPECT_EQ(odd->table("rd")->rows.size(), 1u);
    EXPECT_THAT(odd->notes, Contains(HasSubstr("must be even")));
    const auto none =
        run(CompareExperiment(), {{"reference", "y4m/odd_175x143.y4m"}, {"codecs", "x264:crf=22"}});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().kind, ErrorKind::input);

    const RunResult tail = metrics("base/ref.y4m", "y4m/tail.y4m");
    EXPECT_EQ(metric(tail, "frames"), 8);
    EXPECT_THAT(tail.notes, Contains(HasSubstr("1 byte behind the last frame")));
}

TEST_F(VideoCases, PicturesThatDifferAreNotIdentical)
{
    const RunResult alpha = metrics("pics/alpha_a", "pics/alpha_b");
    EXPECT_EQ(metric(alpha, "identical"), 0);
    EXPECT_THAT(alpha.notes, Contains(HasSubstr("alpha")));
    EXPECT_EQ(metric(metrics("pics/alpha_a", "pics/alpha_a"), "identical"), 1);

    const RunResult gap = metrics("pics/ref", "pics/gap");
    EXPECT_EQ(metric(gap, "offset"), 0);
    EXPECT_EQ(metric(gap, "frames"), 9);
    EXPECT_EQ(metric(gap, "psnr_y"), 100);
    EXPECT_EQ(metric(gap, "identical"), 0);
    EXPECT_THAT(gap.notes, Contains(HasSubstr("none at 4")));
    EXPECT_EQ(metric(metrics("pics/ref/f_%03d.png", "pics/gap/f_%03d.png"), "frames"), 9);
}

} // namespace
} // namespace vitrine::video_plugin
