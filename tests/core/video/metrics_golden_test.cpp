// Golden clips with the frame logs and summaries of FFmpeg's psnr and ssim filters.
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/video/quality.h"
#include "core/video/raw_file.h"
#include "core/video/y4m.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <sstream>

namespace vitrine::video
{
namespace
{

namespace fs = std::filesystem;
using Line = std::map<std::string, double>; // "mse_y" -> 1142.71

std::vector<Line> readLog(const fs::path& path)
{
    std::ifstream in(path);
    std::vector<Line> lines;
    static const std::regex kPair(R"(([A-Za-z_]+):(\S+))");
    for (std::string text; std::getline(in, text);) {
        Line line;
        for (std::sregex_iterator i(text.begin(), text.end(), kPair), end; i != end; ++i)
            line[(*i)[1]] = std::stod((*i)[2]);
        if (!line.empty())
            lines.push_back(line);
    }
    return lines;
}

Line readSummary(const std::string& text)
{
    static const std::regex kPair(R"(([A-Za-z]+):([0-9.]+))");
    Line line;
    for (std::sregex_iterator i(text.begin(), text.end(), kPair), end; i != end; ++i)
        line[(*i)[1]] = std::stod((*i)[2]);
    return line;
}

std::unique_ptr<FrameSource> openClip(const fs::path& folder, const Json& clip,
                                      const std::string& kind)
{
    const std::string name = clip["name"], container = clip["container"];
    const auto path = folder / (name + "." + kind + "." + container);
    if (container == "y4m")
        return openY4m(path).value();
    RawLayout layout;
    layout.width = clip["width"];
    layout.height = clip["height"];
    EXPECT_TRUE(setRawFormat(layout, clip["pix_fmt"].get<std::string>()));
    return openRaw(path, layout).value();
}

class MetricsGolden : public testing::Test
{
protected:
    void SetUp() override
    {
        const auto data = tests::testData();
        if (!data || !fs::is_directory(*data / "golden/metrics/video"))
            GTEST_SKIP() << "set VITRINE_TEST_DATA to the folder with golden/metrics";
        folder_ = *data / "golden/metrics/video";
    }
    fs::path folder_;
};

TEST_F(MetricsGolden, EveryFrameAndSummaryAsFfmpegHasThem)
{
    const Json all =
        parseJson(readFile(folder_ / "ffmpeg_metrics.json", 1 << 20).value(), "ffmpeg_metrics.json")
            .value();
    int clips = 0;
    for (const Json& clip : all["clips"]) {
        if (!clip.contains("container"))
            continue; // "against itself" is a test of its own
        const std::string name = clip["name"];
        const auto reference = openClip(folder_, clip, "ref"),
                   test = openClip(folder_, clip, "dist");
        const auto psnrLog = readLog(folder_ / (name + ".psnr.txt"));
        const auto ssimLog = readLog(folder_ / (name + ".ssim.txt"));
        ASSERT_EQ(reference->info().frames, clip["frames"].get<std::int64_t>()) << name;
        ASSERT_EQ(psnrLog.size(), static_cast<std::size_t>(reference->info().frames)) << name;

        SequenceQuality sequence;
        for (std::size_t i = 0; i < psnrLog.size(); ++i) {
            const auto index = static_cast<std::int64_t>(i);
            const FrameQuality q =
                compareFrames(reference->read(index).value(), test->read(index).value()).value();
            sequence.add(q);
            // The log has two decimals.
            EXPECT_NEAR(q.error.planes[0].mean(), psnrLog[i].at("mse_y"), 0.00501)
                << name << " " << i;
            EXPECT_NEAR(q.error.planes[2].mean(), psnrLog[i].at("mse_v"), 0.00501)
                << name << " " << i;
            EXPECT_NEAR(q.error.meanAll(), psnrLog[i].at("mse_avg"), 0.00501) << name << " " << i;
            EXPECT_NEAR(q.error.psnr(0), psnrLog[i].at("psnr_y"), 0.00501) << name << " " << i;
            EXPECT_NEAR(q.error.psnrAll(), psnrLog[i].at("psnr_avg"), 0.00501) << name << " " << i;
            EXPECT_NEAR(q.ssimFfmpeg[0], ssimLog[i].at("Y"), 1e-6) << name << " " << i;
            EXPECT_NEAR(q.ssimFfmpeg[1], ssimLog[i].at("U"), 1e-6) << name << " " << i;
            EXPECT_NEAR(q.ssimFfmpeg[2], ssimLog[i].at("V"), 1e-6) << name << " " << i;
            EXPECT_NEAR(q.ssimFfmpegAll, ssimLog[i].at("All"), 1e-6) << name << " " << i;
        }
        const Line psnr = readSummary(clip["psnr_summary"]),
                   ssim = readSummary(clip["ssim_summary"]);
        EXPECT_NEAR(sequence.psnrPooled(0), psnr.at("y"), 1e-4) << name;
        EXPECT_NEAR(sequence.psnrPooled(1), psnr.at("u"), 1e-4) << name;
        EXPECT_NEAR(sequence.psnrPooled(2), psnr.at("v"), 1e-4) << name;
        EXPECT_NEAR(sequence.psnrPooledAll(), psnr.at("average"), 1e-4) << name;
        EXPECT_NEAR(sequence.ssimFfmpeg(0), ssim.at("Y"), 1e-6) << name;
        EXPECT_NEAR(sequence.ssimFfmpegAll(), ssim.at("All"), 1e-6) << name;
        ++clips;
    }
    EXPECT_GE(clips, 7);
}

} // namespace
} // namespace vitrine::video
