#include "core/codec/media_source.h"

#include "core/base/file.h"
#include "core/codec/encode.h"
#include "tests/core/codec/clip_source.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::codec
{
namespace
{

using testing::HasSubstr;

std::vector<video::Frame> linear(const std::filesystem::path& file)
{
    const auto source = MediaSource::open(file).value();
    std::vector<video::Frame> frames;
    for (std::int64_t i = 0; i < source->info().frames; ++i)
        frames.push_back(source->read(i).value());
    return frames;
}

// Random order against linear order, sample for sample.
void expectExactSeeks(const std::filesystem::path& file, int reads, const std::string& what)
{
    const auto frames = linear(file);
    ASSERT_FALSE(frames.empty()) << what;
    const auto source = MediaSource::open(file).value();
    Random random(7);
    for (int i = 0; i < reads; ++i) {
        const auto index = random.below(frames.size());
        const auto frame = source->read(static_cast<std::int64_t>(index));
        ASSERT_TRUE(frame) << what << ": " << frame.error().message;
        ASSERT_TRUE(frame->sameSamples(frames[index])) << what << ", frame " << index;
    }
}

struct SeekCase {
    const char* codec;
    const char* file;
};

class SeeksExactly : public testing::TestWithParam<SeekCase>
{
};

TEST_P(SeeksExactly, InAnyOrder)
{
    const tests::TemporaryFolder folder;
    tests::ClipSource clip(80, 64, {}, 30);
    const auto file = folder.path / GetParam().file;
    const auto encoded =
        encode(clip, 0, 30, parseEncodeList(GetParam().codec).value().front(), file);
    ASSERT_TRUE(encoded) << encoded.error().message;

    EXPECT_EQ(MediaSource::open(file).value()->info().frames, 30)
        << GetParam().codec << " " << GetParam().file;
    expectExactSeeks(file, 40, fmt::format("{} {}", GetParam().codec, GetParam().file));
}

INSTANTIATE_TEST_SUITE_P(
    Containers, SeeksExactly,
    testing::Values(SeekCase{"x264:crf=30:gop=7", "a.mkv"},
                    SeekCase{"x264:crf=30:gop=7:protocol=ra", "a.mkv"},
                    SeekCase{"x264:crf=30:gop=7:protocol=ra", "a.mp4"},
                    SeekCase{"x264:crf=30:gop=7:protocol=ra", "a.ts"},
                    SeekCase{"x264:crf=30:gop=7:protocol=ra", "a.h264"},
                    SeekCase{"x265:crf=30:gop=7:protocol=ra", "a.mp4"},
                    SeekCase{"x265:crf=30:gop=7", "a.hevc"},
                    SeekCase{"vp9:crf=40:gop=7:preset=5", "a.webm"},
                    SeekCase{"vp9:crf=40:gop=15:preset=5:protocol=ra", "a.mkv"},
                    SeekCase{"av1:crf=50:gop=7:preset=10", "a.mkv"},
                    SeekCase{"av1:crf=50:gop=15:preset=10:protocol=ra", "a.mp4"},
                    SeekCase{"mpeg4:q=5:gop=7:protocol=ra", "a.avi"},
                    SeekCase{"mpeg4:q=5:gop=7:protocol=ra", "a.mkv"},
                    SeekCase{"mpeg2:q=5:gop=7:protocol=ra", "a.mpg"},
                    SeekCase{"mpeg2:q=5:gop=7:protocol=ra", "a.ts"}));

TEST(MediaSource, SeeksExactlyInForeignFiles)
{
    const auto data = tests::testData();
    if (!data || !std::filesystem::is_directory(*data / "video"))
        GTEST_SKIP() << "set VITRINE_TEST_DATA to the folder with video";
    const auto file = *data / "video/bigbuckbunny.mp4";
    const auto source = MediaSource::open(file).value();
    ASSERT_GT(source->info().frames, 100);
    // Frames around each key frame, backwards, against one decoding from the start.
    const auto other = MediaSource::open(file).value();
    std::vector<std::int64_t> wanted;
    for (const std::int64_t key : source->keyFrames())
        for (const std::int64_t i : {key - 1, key, key + 1})
            if (i >= 0 && i < source->info().frames && wanted.size() < 24)
                wanted.push_back(i);
    std::map<std::int64_t, video::Frame> expected;
    for (std::int64_t i = 0; i <= *std::ranges::max_element(wanted); ++i) {
        auto frame = other->read(i).value();
        if (std::ranges::find(wanted, i) != wanted.end())
            expected.emplace(i, std::move(frame));
    }
    for (auto i = wanted.rbegin(); i != wanted.rend(); ++i)
        EXPECT_TRUE(source->read(*i)->sameSamples(expected.at(*i))) << *i;
}

TEST(MediaSource, CountsFramesOfAStreamWithoutTimes)
{
    const auto data = tests::testData();
    if (!data || !std::filesystem::exists(*data / "golden/metrics/video/h264_96x64.h264"))
        GTEST_SKIP() << "set VITRINE_TEST_DATA to the folder with golden/metrics";
    const auto folder = *data / "golden/metrics/video";
    // The golden decoded clips are the judges.
    for (const char* name : {"h264_96x64", "hevc_128x72"}) {
        const std::string stream = std::string(name) == "h264_96x64" ? ".h264" : ".hevc";
        const auto coded = openSource(folder / (name + stream)).value();
        const auto decoded = openSource(folder / (std::string(name) + ".dist.y4m")).value();
        ASSERT_EQ(coded->info().frames, decoded->info().frames) << name;
        for (std::int64_t i = coded->info().frames; i-- > 0;)
            EXPECT_TRUE(coded->read(i)->sameSamples(decoded->read(i).value())) << name << " " << i;
    }
}

TEST(OpenSource, ReadsPicturesInNaturalOrderByFolderAndPattern)
{
    const tests::TemporaryFolder folder;
    for (const int number : {1, 2, 10}) { // 2 x 2 pictures, grey = 20 * number
        std::string bytes = "P6\n2 2\n255\n" + std::string(12, static_cast<char>(20 * number));
        ASSERT_TRUE(writeFileAtomically(folder.path / fmt::format("f{}.ppm", number), bytes));
    }
    const auto source = openSource(folder.path);
    ASSERT_TRUE(source) << source.error().message;
    ASSERT_EQ((*source)->info().frames, 3);
    EXPECT_EQ((*source)->info().format, (video::SampleFormat{8, video::Chroma::k444}));
    // Limited range: 16 + 219 * grey / 255.
    EXPECT_EQ((*source)->read(0)->sample(0, 0, 0), 33);
    EXPECT_EQ((*source)->read(2)->sample(0, 0, 0), 188);

    const auto pattern = openSource(folder.path / "f%d.ppm");
    ASSERT_TRUE(pattern) << pattern.error().message;
    EXPECT_EQ((*pattern)->info().frames, 3);
    EXPECT_EQ((*pattern)->info().places, (std::vector<std::int64_t>{0, 1, 9})); // a gap is a hole

    ASSERT_TRUE(writeFileAtomically(folder.path / "f3.ppm", "P6\n1 1\n255\nabc"));
    EXPECT_THAT(openSource(folder.path).value()->read(2).error().message,
                HasSubstr("the first picture is 2x2"));
}

TEST(OpenSource, SaysWhatCannotBeRead)
{
    const tests::TemporaryFolder folder;
    ASSERT_TRUE(writeFileAtomically(folder.path / "text.mp4", "this is no film"));
    EXPECT_EQ(openSource(folder.path / "text.mp4").error().kind, ErrorKind::input);
    EXPECT_THAT(openSource(folder.path / "gone.mp4").error().message, HasSubstr("No such file"));
    EXPECT_THAT(openSource(folder.path).error().message, HasSubstr("names no pictures"));
    ASSERT_TRUE(writeFileAtomically(folder.path / "holiday.yuv", "0123456789"));
    EXPECT_THAT(openSource(folder.path / "holiday.yuv").error().message, HasSubstr("says no size"));
}

TEST(OpenSource, StopsWhenAsked)
{
    const tests::TemporaryFolder folder;
    tests::ClipSource clip(64, 64, {}, 10);
    ASSERT_TRUE(
        encode(clip, 0, 10, parseEncodeList("x264:crf=30").value().front(), folder.path / "a.mkv"));
    OpenOptions options;
    options.progress = [](double) { return false; };
    const auto source = openSource(folder.path / "a.mkv", options);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().kind, ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::codec
