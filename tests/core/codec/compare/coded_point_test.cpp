#include "core/codec/compare/coded_point.h"

#include "core/base/file.h"
#include "core/video/sequence.h"
#include "tests/core/codec/clip_source.h"
#include "tests/support/run_length_codec.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace vitrine::codec
{
namespace
{

using testing::HasSubstr;

class CodedPoints : public testing::Test
{
protected:
    static constexpr std::int64_t kFrames = 6;

    void SetUp() override
    {
        std::filesystem::create_directories(artifacts_);
        reference_.hash =
            hashFrames(clip_, kFrames, [](std::int64_t, std::int64_t) { return true; }).value();
    }
    Result<CodedPoint> make(const std::string& text, const EncodeCache* cache = nullptr)
    {
        const EncodeOptions options = parseEncodeList(text, list_).value().front();
        return codedPoint(**list_.find(options.codec), reference_, options, artifacts_, cache,
                          [this](double, double, std::string_view what) {
                              steps_.insert(std::string(what));
                              return !isCancelled_;
                          });
    }

    const CodecList list_ = tests::withRunLengths();
    const tests::TemporaryFolder folder_;
    const std::filesystem::path artifacts_ = folder_.path / "artifacts";
    tests::ClipSource clip_{96, 64, {}, 8};
    Reference reference_{clip_, kFrames, 25, {}};
    std::set<std::string> steps_;
    bool isCancelled_ = false;
};

TEST_F(CodedPoints, AreMeasuredAndAddUpWhateverTheCodec)
{
    for (const char* text : {"mpeg2:q=4:gop=4", "runs:quality=3:gop=4"}) {
        const auto point = make(text);
        ASSERT_TRUE(point) << point.error().message;
        const Point& made = point->point;
        ASSERT_EQ(made.frames.size(), std::size_t{kFrames});
        std::int64_t bits = 0;
        double psnrY = 0;
        for (const PointFrame& frame : made.frames) {
            bits += frame.bits;
            psnrY += frame.psnrY / kFrames;
        }
        EXPECT_EQ(bits, 8 * made.payloadBytes);
        EXPECT_NEAR(point->psnrY, psnrY, 1e-9);
        EXPECT_NEAR(point->kbps, static_cast<double>(bits) * 25 / (kFrames * 1000), 1e-9);
        EXPECT_NEAR(point->bitsPerPixel, static_cast<double>(bits) / (96 * 64 * kFrames), 1e-12);
        EXPECT_GT(made.decodeFps, 0);
        EXPECT_EQ(made.frames[0].type, 'I');
        EXPECT_EQ(made.frames[4].type, 'I');
        EXPECT_EQ(made.violation, "");
        EXPECT_EQ(made.stream, artifacts_ / point->stream);
        EXPECT_EQ(std::filesystem::file_size(made.stream),
                  static_cast<std::uintmax_t>(made.fileBytes));
    }
    EXPECT_TRUE(steps_.contains("measuring runs:quality=3:gop=4:protocol=ld"));
    EXPECT_TRUE(steps_.contains("timing the decoder"));
}

TEST_F(CodedPoints, ComeFromTheCacheBitForBit)
{
    const EncodeCache cache(folder_.path / "cache");
    for (const char* text : {"mpeg2:q=4", "runs:quality=3"}) {
        const auto first = make(text, &cache);
        ASSERT_TRUE(first) << first.error().message;
        EXPECT_EQ(first->notKept, "");
        const std::string bytes = readFile(first->point.stream, 1 << 20).value();
        std::filesystem::remove(first->point.stream);
        steps_.clear();

        const auto again = make(text, &cache);

        ASSERT_TRUE(again) << again.error().message;
        EXPECT_TRUE(steps_.empty()) << "nothing is computed";
        EXPECT_TRUE(again->point.isFromCache);
        EXPECT_EQ(again->stream, first->stream);
        EXPECT_EQ(readFile(again->point.stream, 1 << 20).value(), bytes);
        EXPECT_EQ(again->psnrY, first->psnrY);
        EXPECT_EQ(again->point.decodeFps, first->point.decodeFps);
    }
}

TEST_F(CodedPoints, SayWhyTheyAreNotKeptAndStand)
{
    ASSERT_TRUE(writeFileAtomically(folder_.path / "cache", "no folder"));
    const EncodeCache cache(folder_.path / "cache");
    const auto point = make("runs:quality=3", &cache);
    ASSERT_TRUE(point) << point.error().message;
    EXPECT_THAT(point->notKept, HasSubstr("cannot write to the cache"));
}

TEST_F(CodedPoints, StopWhenAsked)
{
    isCancelled_ = true;
    for (const char* text : {"mpeg2:q=4", "runs:quality=3"})
        EXPECT_EQ(make(text).error().kind, ErrorKind::cancelled) << text;
    EXPECT_TRUE(std::filesystem::is_empty(artifacts_));
}

TEST(MissedRate, IsSaidOfRatesThatWereAskedForOnly)
{
    const EncodeOptions asked = parseEncodeList("x264:kbps=100").value().front(),
                        quality = parseEncodeList("x264:crf=20").value().front();
    EXPECT_FALSE(missedRate(asked, 102.9));
    EXPECT_NEAR(missedRate(asked, 110).value(), 0.1, 1e-12);
    EXPECT_NEAR(missedRate(asked, 90).value(), -0.1, 1e-12);
    EXPECT_FALSE(missedRate(quality, 110));
}

} // namespace
} // namespace vitrine::codec
