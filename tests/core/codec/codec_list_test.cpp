#include "core/codec/codec_list.h"

#include "core/codec/playback.h"
#include "core/video/psnr.h"
#include "tests/core/codec/clip_source.h"
#include "tests/core/codec/playback_listener.h"
#include "tests/support/run_length_codec.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::codec
{
namespace
{

using testing::HasSubstr;

TEST(CodecList, AddsACodecThatIsParsedCheckedAndWrittenBackAsEveryOther)
{
    const CodecList list = tests::withRunLengths();

    const auto parsed = parseEncodeList("x264:crf=23;runs:quality=1,2.5:gop=4", list);

    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_EQ(parsed->size(), 3u);
    EXPECT_EQ(toText((*parsed)[2]), "runs:quality=2.5:gop=4:protocol=ld");
    EXPECT_EQ(parseEncodeList(toText((*parsed)[2]), list).value().front(), (*parsed)[2]);
    EXPECT_FALSE(parseEncodeList("runs:quality=1")) << "FFmpeg's list is as it was";
}

// What a codec has not is refused by name, with what it has.
TEST(CodecList, TellsWhatACodecDoesNotTake)
{
    const CodecList list = tests::withRunLengths();
    const std::pair<const char*, const char*> cases[] = {
        {"runs", "no rate is given: quality="},
        {"runs:crf=23", "\"crf=23\" is unknown: quality, preset"},
        {"runs:kbps=100", "runs: there is no kbps, use quality"},
        {"runs:qp=3", "runs: there is no qp, use quality"},
        {"runs:quality=7", "7 is out of range: from 0 to 6"},
        {"runs:quality=1:preset=slow", "it has none"},
        {"runs:quality=1:protocol=ra", "runs: there is no protocol=ra, use ld"},
        {"vp9:crf=20:kbps=1", "more than one of crf and kbps"},
        {"x264", "no rate is given: crf=, qp= or kbps="}};
    for (const auto& [text, expected] : cases) {
        const auto parsed = parseEncodeList(text, list);
        ASSERT_FALSE(parsed) << text;
        EXPECT_THAT(parsed.error().message, HasSubstr(expected)) << text;
    }
}

TEST(CodecList, TellsWhyACodecIsNotThereUntilItIs)
{
    CodecList list = ffmpegCodecs();
    list.refuse("runs", "only the tests have it");
    const auto refused = list.find("runs");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::argument);
    EXPECT_EQ(refused.error().message, "codec runs: only the tests have it; there are x264, x265, "
                                       "av1, aom, vp9, mpeg4, mpeg2");

    list.add(std::make_shared<tests::RunLengthCodec>());

    EXPECT_TRUE(list.find("runs"));
    EXPECT_THAT(list.find("h266").error().message, HasSubstr("mpeg2, runs"));
}

class OwnContainer : public testing::Test
{
protected:
    void SetUp() override
    {
        const auto options = parseEncodeList("runs:quality=4:gop=5", list_).value().front();
        const auto made = codec().encode(clip_, 0, 12, options, file_);
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_EQ(made->frames.size(), 12u);
    }
    const VideoCodec& codec() const { return *list_.find("runs").value(); }
    std::vector<video::Frame> decoded() const
    {
        std::vector<video::Frame> frames;
        const auto source = codec().open(file_).value();
        for (int i = 0; i < 12; ++i)
            frames.push_back(source->read(i).value());
        return frames;
    }

    const CodecList list_ = tests::withRunLengths();
    const tests::TemporaryFolder folder_;
    const std::filesystem::path file_ = folder_.path / "a.video"; // by its bytes, not its name
    tests::ClipSource clip_{96, 64, {}, 12};
};

TEST_F(OwnContainer, IsOpenedWhereTheListIsGiven)
{
    const auto source = openSource(file_, {.codecs = &list_});

    ASSERT_TRUE(source) << source.error().message;
    const auto* coded = dynamic_cast<const CodedSource*>(source->get());
    ASSERT_TRUE(coded);
    EXPECT_EQ(coded->keyFrames(), (std::vector<std::int64_t>{0, 5, 10}));
    EXPECT_EQ(coded->keyFrameBefore(9), 5);
    EXPECT_FALSE(video::firstDifference((*source)->read(7).value(), decoded()[7]));
    EXPECT_FALSE(openSource(file_)) << "FFmpeg does not know it";
}

TEST_F(OwnContainer, StreamsIntoThePlayer)
{
    PlaybackOptions options;
    options.codecs = &list_;
    const auto playback = Playback::open(file_, options);
    ASSERT_TRUE(playback) << playback.error().message;
    EXPECT_EQ((*playback)->frames().size(), 12u);
    EXPECT_EQ((*playback)->keyFrameBefore(4), 0);

    (*playback)->want(11, -11);

    const auto expected = decoded();
    for (const int index : {11, 7, 0}) {
        const auto played = tests::await(**playback, index);
        ASSERT_TRUE(played);
        EXPECT_EQ(played->error, "");
        EXPECT_FALSE(
            video::firstDifference(played->frame, expected[static_cast<std::size_t>(index)]));
    }
    EXPECT_GT((*playback)->decodeRate(), 0);
}

} // namespace
} // namespace vitrine::codec
