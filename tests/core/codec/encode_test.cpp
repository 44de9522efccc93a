#include "core/codec/encode.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/codec/codec_list.h"
#include "core/codec/media_source.h"
#include "core/video/quality.h"
#include "tests/core/codec/clip_source.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace vitrine::codec
{
namespace
{

using testing::HasSubstr;

EncodeOptions optionsFor(const std::string& text)
{
    return parseEncodeList(text).value().front();
}

// Every codec: low delay keeps its protocol, the sizes add up, and what is decoded looks like what
// went in.
class EveryCodec : public testing::TestWithParam<const char*>
{
};

TEST_P(EveryCodec, EncodesByTheProtocolAndDecodesFrameByFrame)
{
    const tests::TemporaryFolder folder;
    tests::ClipSource clip(96, 80, {}, 20);
    const auto file = folder.path / "clip.mkv";

    const auto encoded = encode(clip, 0, 20, optionsFor(GetParam()), file);

    ASSERT_TRUE(encoded) << encoded.error().message;
    EXPECT_EQ(encoded->violation, "");
    ASSERT_EQ(encoded->frames.size(), 20u);
    const auto bits = std::accumulate(
        encoded->frames.begin(), encoded->frames.end(), std::int64_t{0},
        [](std::int64_t sum, const EncodedFrame& frame) { return sum + frame.bits; });
    EXPECT_EQ(bits, 8 * encoded->payloadBytes);
    EXPECT_GT(encoded->fileBytes, encoded->payloadBytes);
    EXPECT_GT(encoded->encodeSeconds, 0);

    const auto media = MediaSource::open(file).value();
    ASSERT_EQ(media->info().frames, 20);
    EXPECT_EQ(media->keyFrames(), (std::vector<std::int64_t>{0, 8, 16}));
    video::SequenceQuality quality;
    for (int i = 0; i < 20; ++i) {
        quality.add(video::compareFrames(clip.read(i).value(), media->read(i).value()).value());
        // Containers may wrap packets (AV1 drops temporal delimiters): frames count what lies in
        // the file.
        EXPECT_NEAR(static_cast<double>(media->frames()[static_cast<std::size_t>(i)].bits),
                    static_cast<double>(encoded->frames[static_cast<std::size_t>(i)].bits), 64)
            << i;
    }
    EXPECT_GT(quality.psnr(0), 28);
    EXPECT_FALSE(quality.exact());
}

INSTANTIATE_TEST_SUITE_P(LowDelay, EveryCodec,
                         testing::Values("x264:crf=26:gop=8:preset=veryfast",
                                         "x265:crf=26:gop=8:preset=veryfast",
                                         "av1:crf=30:gop=8:preset=10", "aom:crf=30:gop=8:preset=8",
                                         "vp9:crf=30:gop=8:preset=5", "mpeg4:q=4:gop=8",
                                         "mpeg2:q=4:gop=8", "x264:qp=24:gop=8:preset=veryfast"));

TEST(Encode, RandomAccessUsesBFramesAndKeepsThePeriod)
{
    const tests::TemporaryFolder folder;
    tests::ClipSource clip(96, 80, {}, 20);
    for (const char* text :
         {"x264:crf=30:gop=10:protocol=ra:preset=medium",
          "x265:crf=30:gop=10:protocol=ra:preset=medium", "mpeg4:q=6:gop=10:protocol=ra"}) {
        const auto file = folder.path / "clip.mkv";
        const auto encoded = encode(clip, 0, 20, optionsFor(text), file);
        ASSERT_TRUE(encoded) << encoded.error().message;
        EXPECT_EQ(encoded->violation, "") << text;
        EXPECT_TRUE(std::ranges::any_of(encoded->frames, [](const EncodedFrame& f) {
            return f.type == 'B';
        })) << text;
    }
}

// Wider than one block of 64: x265 gives other bytes each time where a picture is one such block
// wide and frames are predicted (not with ctu=32, not all-intra).
TEST(Encode, OneThreadGivesTheSameBytesAgain)
{
    const tests::TemporaryFolder folder;
    tests::ClipSource clip(80, 64, {}, 6);
    for (const char* text :
         {"x264:crf=26", "x265:crf=26", "vp9:crf=30", "mpeg4:q=4", "mpeg2:q=4", "av1:crf=40"}) {
        ASSERT_TRUE(encode(clip, 0, 6, optionsFor(text), folder.path / "a.mkv")) << text;
        ASSERT_TRUE(encode(clip, 0, 6, optionsFor(text), folder.path / "b.mkv")) << text;
        EXPECT_EQ(sha256OfFile(folder.path / "a.mkv").value(),
                  sha256OfFile(folder.path / "b.mkv").value())
            << text;
    }
}

TEST(Encode, KeepsTenBitsAndOtherChromaWhereTheCodecCan)
{
    const tests::TemporaryFolder folder;
    for (const video::SampleFormat format : {video::SampleFormat{10, video::Chroma::k420},
                                             {10, video::Chroma::k422},
                                             {10, video::Chroma::k444},
                                             {8, video::Chroma::k444}}) {
        tests::ClipSource clip(64, 48, format, 4);
        for (const char* text : {"x264:crf=12", "x265:crf=12"}) {
            const auto encoded = encode(clip, 0, 4, optionsFor(text), folder.path / "clip.mkv");
            ASSERT_TRUE(encoded) << text << ": " << encoded.error().message;
            const auto media = MediaSource::open(folder.path / "clip.mkv").value();
            EXPECT_EQ(media->info().format, format);
            EXPECT_GT(
                video::compareFrames(clip.read(3).value(), media->read(3).value())->error.psnr(0),
                38);
        }
    }
    tests::ClipSource deep(64, 48, {16, video::Chroma::k420}, 2);
    const auto refused = encode(deep, 0, 2, optionsFor("x264:crf=20"), folder.path / "deep.mkv");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("does not encode yuv420p16"));
    EXPECT_FALSE(std::filesystem::exists(folder.path / "deep.mkv"));
}

TEST(Encode, GivesGreysBackAsTheStreamFormatSays)
{
    const tests::TemporaryFolder folder;
    for (const int bits : {8, 10})
        for (const char* text :
             {"x264:crf=12", "x265:crf=12", "vp9:crf=12", "av1:crf=12", "mpeg4:q=2", "mpeg2:q=2"}) {
            const EncodeOptions options = optionsFor(text);
            if (bits > 8 && options.codec != "x264" && options.codec != "x265")
                continue;
            tests::ClipSource clip(96, 64, {bits, video::Chroma::k400}, 3);
            const auto encoded = encode(clip, 0, 3, options, folder.path / "clip.mkv");
            ASSERT_TRUE(encoded) << text << ": " << encoded.error().message;
            const auto media = MediaSource::open(folder.path / "clip.mkv").value();
            EXPECT_EQ(media->info().format,
                      ffmpegCodecs().find(options.codec).value()->streamFormat(clip.info().format))
                << text;
            const video::Frame shown = media->read(2).value(), given = clip.read(2).value();
            double worst = 0;
            for (int y = 0; y < 64; ++y)
                for (int x = 0; x < 96; ++x)
                    worst = std::max(
                        worst, std::abs(double(shown.sample(0, x, y)) - given.sample(0, x, y)));
            EXPECT_LT(worst, given.format().peak() / 8) << text;
        }
}

TEST(Encode, OddSizesAreEncodedOrRefusedWithTheWordEven)
{
    const tests::TemporaryFolder folder;
    tests::ClipSource clip(131, 99, {}, 3);
    for (const auto& entry : ffmpegCodecs().all()) {
        const std::string codec = entry->info().name;
        const auto encoded =
            encode(clip, 0, 3, optionsFor(codec + (codec.starts_with("mpeg") ? ":q=4" : ":crf=30")),
                   folder.path / "clip.mkv");
        if (encoded)
            EXPECT_EQ(MediaSource::open(folder.path / "clip.mkv").value()->info().width, 131)
                << codec;
        else
            EXPECT_THAT(encoded.error().message, HasSubstr("must be even")) << codec;
    }
}

TEST(Encode, StopsWhenAskedAndLeavesNoFile)
{
    const tests::TemporaryFolder folder;
    tests::ClipSource clip(64, 64, {}, 30);
    std::int64_t told = 0;

    const auto result = encode(clip, 0, 30, optionsFor("x264:crf=26"), folder.path / "clip.mkv",
                               [&](std::int64_t done, std::int64_t total) {
                                   EXPECT_EQ(total, 30);
                                   told = done;
                                   return done < 5;
                               });

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::cancelled);
    EXPECT_EQ(told, 5);
    EXPECT_FALSE(std::filesystem::exists(folder.path / "clip.mkv"));
}

TEST(Encode, LeavesAForeignFileWhereItRefuses)
{
    const tests::TemporaryFolder folder;
    const auto file = folder.path / "note.mkv";
    ASSERT_TRUE(writeFileAtomically(file, "mine"));
    tests::ClipSource deep(64, 48, {16, video::Chroma::k420}, 2);
    EXPECT_FALSE(encode(deep, 0, 2, optionsFor("x264:crf=20"), file));
    EXPECT_EQ(readFile(file, 100).value(), "mine");
}

TEST(ParseEncodeList, TakesTheContractsExample)
{
    const auto list = parseEncodeList(
        "x264:crf=23:preset=medium;x265:crf=28;av1:crf=35;vp9:crf=32;mpeg4:q=4;mpeg2:q=4");
    ASSERT_TRUE(list) << list.error().message;
    ASSERT_EQ(list->size(), 6u);
    EXPECT_EQ((*list)[0].preset, "medium");
    EXPECT_EQ((*list)[4].value, 4);
}

TEST(ParseEncodeList, SpreadsValuesAndReadsItsOwnText)
{
    const auto list =
        parseEncodeList(" x265:crf=22,27.5,32:preset=slow:gop=12:protocol=ra ; ").value();
    ASSERT_EQ(list.size(), 3u);
    EXPECT_EQ(list[1].value, 27.5);
    EXPECT_EQ(toText(list[1]), "x265:crf=27.5:preset=slow:gop=12:protocol=ra");
    EXPECT_EQ(parseEncodeList(toText(list[1])).value().front(), list[1]);
}

TEST(ParseEncodeList, NamesWhatIsWrong)
{
    const std::pair<const char*, const char*> cases[] = {{"", "none is given"},
                                                         {"h266:crf=2", "\"h266\" is unknown"},
                                                         {"x264", "no rate is given"},
                                                         {"x264:crf=99", "out of range"},
                                                         {"x264:crf=2:preset=x", "preset \"x\""},
                                                         {"mpeg4:q=2.5", "whole numbers"},
                                                         {"vp9:qp=3", "there is no qp"},
                                                         {"x264:crf=20:qp=20", "more than one"},
                                                         {"x264:crf=20:gop=0", "gop=0"},
                                                         {"x264:crf=abc", "not a number"},
                                                         {"x264:crf=20:banana=1", "\"banana=1\""},
                                                         {"mpeg2:q=3:preset=slow", "it has none"}};
    for (const auto& [text, expected] : cases) {
        const auto list = parseEncodeList(text);
        ASSERT_FALSE(list) << text;
        EXPECT_THAT(list.error().message, HasSubstr(expected)) << text;
        EXPECT_EQ(list.error().kind, ErrorKind::argument);
    }
}

} // namespace
} // namespace vitrine::codec
