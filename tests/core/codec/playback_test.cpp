#include "core/codec/playback.h"

#include "core/base/file.h"
#include "core/codec/encode.h"
#include "core/video/y4m.h"
#include "tests/core/codec/clip_source.h"
#include "tests/core/codec/playback_listener.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace vitrine::codec
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using tests::await;

std::filesystem::path writeClip(const tests::TemporaryFolder& folder, const char* name,
                                const char* codec, int frames)
{
    tests::ClipSource clip(64, 64, {}, frames);
    const auto file = folder.path / name;
    const auto encoded = encode(clip, 0, frames, parseEncodeList(codec).value().front(), file);
    EXPECT_TRUE(encoded) << (encoded ? "" : encoded.error().message);
    return file;
}

struct PlayCase {
    const char* codec;
    const char* file;
};

class PlaysExactly : public testing::TestWithParam<PlayCase>
{
};

TEST_P(PlaysExactly, WhatMediaSourceReadsInAnyOrder)
{
    constexpr int kFrames = 30;
    const tests::TemporaryFolder folder;
    const auto file = writeClip(folder, GetParam().file, GetParam().codec, kFrames);
    const auto source = openSource(file).value();
    PlaybackOptions options;
    options.cacheBytes = std::size_t{8} * 64 * 64 * 3 / 2; // less than the clip
    const auto playback = Playback::open(file, options).value();
    ASSERT_EQ(playback->info().frames, kFrames);

    Random random(11);
    for (int wish = 0; wish < 60; ++wish) {
        const auto index = static_cast<std::int64_t>(random.below(kFrames));
        playback->want(index, static_cast<int>(random.below(9)) - 4);
        const auto played = await(*playback, index);
        ASSERT_TRUE(played) << "frame " << index << " never came";
        ASSERT_EQ(played->error, "");
        ASSERT_TRUE(played->frame.sameSamples(source->read(index).value())) << "frame " << index;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Containers, PlaysExactly,
    testing::Values(PlayCase{"x264:crf=30:gop=7", "a.mkv"},
                    PlayCase{"x264:crf=30:gop=7:protocol=ra", "a.mp4"},
                    PlayCase{"x264:crf=30:gop=7:protocol=ra", "a.h264"},
                    PlayCase{"vp9:crf=40:gop=15:preset=5:protocol=ra", "a.webm"},
                    PlayCase{"av1:crf=50:gop=15:preset=10:protocol=ra", "a.mkv"},
                    PlayCase{"mpeg4:q=5:gop=7:protocol=ra", "a.avi"},
                    PlayCase{"mpeg2:q=5:gop=7:protocol=ra", "a.mpg"}));

TEST(Playback, ShowsTheKeyFrameBeforeTheFarFrame)
{
    const tests::TemporaryFolder folder;
    const auto file = writeClip(folder, "a.mkv", "x264:crf=30:gop=40", 80);
    tests::Listener listener;
    PlaybackOptions options;
    options.arrived = listener.callback();
    const auto playback = Playback::open(file, options).value();
    EXPECT_EQ(playback->keyFrameBefore(79), 40);

    playback->want(79, 0);
    ASSERT_TRUE(listener.waitForArrivals(10));

    // The key frame, then what lies directly before the wish, then the wish.
    EXPECT_THAT(listener.order(), ElementsAre(40, 71, 72, 73, 74, 75, 76, 77, 78, 79));
    EXPECT_EQ(playback->cached(40)->type, 'I');
    EXPECT_EQ(playback->cached(79)->type, 'P');
    EXPECT_FALSE(playback->cached(50));
    EXPECT_GT(playback->decodeRate(), 0);
}

TEST(Playback, LeavesAnOlderWishAtItsNextFrame)
{
    const tests::TemporaryFolder folder;
    const auto file = writeClip(folder, "a.mkv", "x264:crf=30:gop=200", 200);
    tests::Listener listener;
    listener.hold();
    PlaybackOptions options;
    options.arrived = listener.callback();
    const auto playback = Playback::open(file, options).value();

    playback->want(199, 0);
    ASSERT_TRUE(listener.waitForArrivals(1)); // the key frame, and decoding stands there
    playback->want(20, 1);
    listener.release();
    ASSERT_TRUE(listener.waitForArrivals(11));
    ASSERT_TRUE(await(*playback, 21));

    EXPECT_THAT(listener.order(),
                ElementsAre(0, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21)); // nothing near 199
}

TEST(Playback, DecodesAheadAndBack)
{
    const tests::TemporaryFolder folder;
    const auto file = writeClip(folder, "a.mkv", "x264:crf=30:gop=10", 60);
    const auto playback = Playback::open(file).value();

    playback->want(25, 6);
    ASSERT_TRUE(await(*playback, 31));
    EXPECT_TRUE(await(*playback, 25));

    playback->want(55, -12);
    for (std::int64_t i = 43; i <= 55; ++i)
        ASSERT_TRUE(await(*playback, i)) << i;
    const auto ranges = playback->cachedRanges();
    ASSERT_FALSE(ranges.empty());
    EXPECT_EQ(ranges.back().second, 55);
    EXPECT_LE(ranges.back().first, 43);
}

TEST(Playback, KeepsTheCacheWithinItsBytes)
{
    const tests::TemporaryFolder folder;
    const auto file = writeClip(folder, "a.mkv", "x264:crf=30:gop=10", 60);
    PlaybackOptions options;
    options.cacheBytes = std::size_t{5} * (64 * 64 * 3 / 2 + sizeof(PlayedFrame));
    const auto playback = Playback::open(file, options).value();

    for (std::int64_t i = 0; i < 60; ++i) {
        playback->want(i, i % 2 == 0 ? 30 : -30); // more than it can hold
        ASSERT_TRUE(await(*playback, i));
        ASSERT_LE(playback->cachedBytes(), options.cacheBytes);
    }

    options.cacheBytes = 1; // one frame is kept always
    const auto tight = Playback::open(file, options).value();
    tight->want(33, 5);
    ASSERT_TRUE(await(*tight, 33));
    EXPECT_THAT(tight->cachedRanges(), ElementsAre(std::pair<std::int64_t, std::int64_t>(33, 33)));
}

TEST(Playback, KeepsTheFramesOfTheWishAndDropsTheLeastRecentlyUsed)
{
    const tests::TemporaryFolder folder;
    const auto file = writeClip(folder, "a.mkv", "x264:crf=30:gop=1", 60);
    PlaybackOptions options;
    options.cacheBytes = std::size_t{4} * (64 * 64 * 3 / 2 + sizeof(PlayedFrame));
    const auto playback = Playback::open(file, options).value();
    for (const std::int64_t i : {10, 20, 30, 40}) {
        playback->want(i, 0);
        ASSERT_TRUE(await(*playback, i));
    }
    ASSERT_TRUE(playback->cached(10)); // used again: 20 is the oldest now

    playback->want(50, 0);
    ASSERT_TRUE(await(*playback, 50));

    EXPECT_TRUE(playback->cached(10));
    EXPECT_FALSE(playback->cached(20));
    EXPECT_TRUE(playback->cached(30));
}

TEST(Playback, GoesOnBehindWhatIsBroken)
{
    const tests::TemporaryFolder folder;
    const auto file = writeClip(folder, "a.mkv", "mpeg4:q=2:gop=10", 60);
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(file));
    std::fstream(file, std::ios::binary | std::ios::in | std::ios::out)
        .seekp(size / 2)
        .write(std::string(static_cast<std::size_t>(size / 8), '\0').data(), size / 8);
    const auto playback = Playback::open(file);
    ASSERT_TRUE(playback) << playback.error().message;

    int errors = 0;
    for (std::int64_t i = 0; i < (*playback)->info().frames; ++i) {
        (*playback)->want(i, 4);
        const auto frame = await(**playback, i);
        ASSERT_TRUE(frame) << "frame " << i << " never came";
        errors += frame->error.empty() ? 0 : 1;
        EXPECT_EQ(frame->error.empty(), frame->frame.width() == 64);
        EXPECT_THAT(frame->error, Not(HasSubstr("\n")));
    }
    EXPECT_EQ(await(**playback, 0)->error, "");
    EXPECT_EQ(await(**playback, (*playback)->info().frames - 1)->error, "");
}

TEST(Playback, TellsWhichFrameOfATruncatedFileIsMissing)
{
    const tests::TemporaryFolder folder;
    const auto file = folder.path / "a.y4m";
    auto writer = video::Y4mWriter::create(file, {.width = 64, .height = 48}).value();
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(writer.write(tests::movingFrame(64, 48, {}, i)));
    ASSERT_TRUE(writer.finish());
    const auto playback = Playback::open(file).value();
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);

    playback->want(9, 0);
    const auto missing = await(*playback, 9);
    playback->want(2, 0);
    const auto present = await(*playback, 2);

    ASSERT_TRUE(missing && present);
    EXPECT_THAT(missing->error, HasSubstr("a.y4m"));
    EXPECT_EQ(missing->frame.bytes().size(), 0u);
    EXPECT_EQ(present->error, "");
    EXPECT_EQ(playback->keyFrameBefore(7), 7);
}

TEST(Playback, EndsWhileItDecodes)
{
    const tests::TemporaryFolder folder;
    const auto file = writeClip(folder, "a.mkv", "x264:crf=30:gop=200", 200);
    for (int i = 0; i < 20; ++i)
        Playback::open(file).value()->want(199, -100); // destroyed at once

    EXPECT_EQ(Playback::open(folder.path / "gone.mkv").error().kind, ErrorKind::input);
    EXPECT_EQ(Playback::open(file, {}, [](double) { return false; }).error().kind,
              ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::codec
