// Damage is told where it lies, and nowhere else.
#include "core/codec/media_source.h"

#include "core/base/file.h"
#include "core/codec/encode.h"
#include "core/codec/nal_units.h"
#include "tests/core/codec/clip_source.h"
#include "tests/core/codec/remux.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::codec
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Seen {
    std::set<std::int64_t> damaged;
    std::string notTold;
};

struct Damage : testing::Test {
    tests::TemporaryFolder folder;

    std::filesystem::path encoded(const std::string& name, const char* codec,
                                  video::SampleFormat format = {}, int frames = 12, int width = 96,
                                  int height = 80) const
    {
        tests::ClipSource clip(width, height, format, frames);
        const auto file = folder.path / name;
        const auto made = encode(clip, 0, frames, parseEncodeList(codec).value().front(), file);
        EXPECT_TRUE(made) << codec << ": " << made.error().message;
        return file;
    }
    static Seen decoded(const std::filesystem::path& file)
    {
        const auto source = MediaSource::open(file);
        EXPECT_TRUE(source) << source.error().message;
        for (std::int64_t i = 0; i < (*source)->info().frames; ++i) {
            const auto frame = (*source)->read(i);
            EXPECT_TRUE(frame) << frame.error().message;
        }
        return {(*source)->damagedFrames(), (*source)->damageNotTold()};
    }
    static std::string contentOf(const std::filesystem::path& file)
    {
        return readFile(file, 64 << 20).value();
    }
    // Bytes of the units that hold slices, in order.
    static std::vector<std::pair<std::size_t, std::size_t>> slicesOf(const std::string& stream)
    {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(stream.data());
        std::vector<std::pair<std::size_t, std::size_t>> slices;
        const auto units = nalUnits({bytes, stream.size()}, 0).value();
        for (const ByteSpan unit : units)
            if (unit[0] >> 1 < 32)
                slices.emplace_back(unit.data() - bytes, unit.size());
        return slices;
    }
};

TEST_F(Damage, IsNotSeenInWholeStreamsOfHevc)
{
    using video::Chroma;
    const struct {
        const char* codec;
        video::SampleFormat format;
        const char* name = "a.mkv";
        int width = 136, height = 136;
    } cases[] = {{"x265:crf=24:preset=slower:protocol=ra", {8, Chroma::k420}},
                 {"x265:crf=12:preset=fast:protocol=ra", {8, Chroma::k420}, "a.mp4"},
                 {"x265:qp=45:gop=1:preset=fast", {8, Chroma::k420}, "a.ts"},
                 {"x265:crf=20:preset=ultrafast", {8, Chroma::k420}, "a.hevc"},
                 {"x265:crf=24:preset=fast", {10, Chroma::k420}},
                 {"x265:crf=16:preset=fast", {8, Chroma::k422}},
                 {"x265:crf=24:preset=fast:protocol=ra", {10, Chroma::k444}},
                 {"x265:crf=24:preset=fast", {8, Chroma::k400}},
                 {"x265:crf=18:preset=fast", {8, Chroma::k420}, "a.mkv", 32, 160},
                 {"x265:crf=18:preset=fast", {8, Chroma::k420}, "a.mkv", 72, 40}};
    for (const auto& c : cases) {
        const Seen seen = decoded(encoded(c.name, c.codec, c.format, 5, c.width, c.height));
        EXPECT_THAT(seen.damaged, IsEmpty()) << c.codec << " " << formatName(c.format);
        EXPECT_EQ(seen.notTold, "") << c.codec << " " << formatName(c.format);
    }
}

// An arithmetic code that lost its place ends at the right one by chance only, once in a hundred.
TEST_F(Damage, OfPicturesOfHevcIsSeenWhereItLies)
{
    const std::string whole =
        contentOf(encoded("a.hevc", "x265:crf=16:gop=6:preset=fast", {}, 12, 136, 136));
    const auto slices = slicesOf(whole);
    ASSERT_EQ(slices.size(), 12u);
    int seen = 0;
    for (std::size_t i = 0; i < slices.size(); ++i)
        for (const std::size_t part : {2U, 3U}) {
            std::string stream = whole;
            const std::size_t at = slices[i].first + slices[i].second / part;
            stream[at] = static_cast<char>(stream[at] ^ 0x10);
            ASSERT_TRUE(writeFileAtomically(folder.path / "b.hevc", stream));
            const auto damaged = decoded(folder.path / "b.hevc").damaged;
            seen += damaged.contains(static_cast<std::int64_t>(i)) ? 1 : 0;
            EXPECT_LE(damaged.size(), damaged.contains(static_cast<std::int64_t>(i)) ? 1u : 0u)
                << "byte " << at;
        }
    EXPECT_GE(seen, 22); // of 24
}

TEST_F(Damage, APictureThatIsPredictedFromALostOneIsSeen)
{
    std::string stream = contentOf(encoded("a.hevc", "x265:crf=16:gop=12:preset=fast"));
    const auto slices = slicesOf(stream);
    stream.erase(slices[4].first - 3, slices[4].second + 3);
    ASSERT_TRUE(writeFileAtomically(folder.path / "b.hevc", stream));
    EXPECT_TRUE(decoded(folder.path / "b.hevc").damaged.contains(4)); // what was 5
}

TEST_F(Damage, APacketOfABareStreamThatGivesNoFrameIsSaid)
{
    std::string stream = contentOf(encoded("a.hevc", "x265:crf=16:gop=4:preset=fast"));
    EXPECT_THAT(MediaSource::open(folder.path / "a.hevc").value()->info().notes,
                testing::Not(testing::Contains(HasSubstr("gave no frame"))));
    stream[slicesOf(stream)[5].first + 2] = '\xa0'; // it names parameters that are not there
    ASSERT_TRUE(writeFileAtomically(folder.path / "b.hevc", stream));
    const auto source = MediaSource::open(folder.path / "b.hevc").value();
    EXPECT_EQ(source->info().frames, 11);
    EXPECT_THAT(source->info().notes,
                testing::Contains(HasSubstr("1 of its 12 packets gave no frame")));
}

TEST_F(Damage, WhatADecoderDoesNotTellIsSaid)
{
    EXPECT_THAT(decoded(encoded("a.webm", "vp9:crf=40:preset=5")).notTold,
                HasSubstr("vp9 does not tell"));
    EXPECT_THAT(decoded(encoded("a.mkv", "x264:crf=30")).notTold, HasSubstr("a part of it only"));
}

// Wherever it is cut, what is there is given, and the last frame is whole or said not to be.
TEST_F(Damage, ATransportStreamThatIsCutGivesWhatItHas)
{
    for (const char* codec : {"x264:crf=24:gop=6", "x265:crf=16:gop=6:preset=fast"}) {
        const std::string whole = contentOf(encoded("a.ts", codec));
        for (const std::size_t bytes :
             {whole.size() / 2 + 50, whole.size() * 3 / 4, whole.size() * 3 / 4 / 188 * 188,
              whole.size() - 188, whole.size() - 100}) {
            ASSERT_TRUE(writeFileAtomically(folder.path / "b.ts", whole.substr(0, bytes)));
            const auto source = MediaSource::open(folder.path / "b.ts");
            ASSERT_TRUE(source) << source.error().message;
            const std::int64_t frames = (*source)->info().frames;
            EXPECT_GE(frames, 2) << codec << " " << bytes;
            for (std::int64_t i = 0; i < frames; ++i) {
                const auto frame = (*source)->read(i);
                EXPECT_TRUE(frame || (i == frames - 1 && (*source)->isLost(i))) << bytes;
            }
            const auto& damaged = (*source)->damagedFrames();
            EXPECT_TRUE(damaged.empty() || *damaged.begin() == frames - 1) << bytes;
            if (bytes % 188 != 0) {
                EXPECT_THAT((*source)->info().notes,
                            testing::Contains(HasSubstr("it is cut: it ends within")));
            }
        }
    }
}

TEST_F(Damage, AFrameThatCannotBeDecodedIsLostAndTheRestIsRead)
{
    for (const char* codec : {"x264:crf=24:gop=4", "x265:crf=16:gop=4:preset=fast"}) {
        tests::remux(encoded("a.mkv", codec), folder.path / "b.mkv",
                     [](std::int64_t number, std::string& bytes) {
                         if (number == 5) // its first length leads far behind it
                             bytes[0] = '\x7f';
                         return true;
                     });
        const auto source = MediaSource::open(folder.path / "b.mkv").value();
        for (std::int64_t i = 0; i < 12; ++i)
            EXPECT_EQ(source->read(i).has_value(), i != 5) << codec << " " << i;
        EXPECT_THAT(source->lostFrames(), ElementsAre(5)) << codec;
        EXPECT_THAT(source->read(5).error().message, HasSubstr("frame 5 cannot be decoded"));
    }
}

} // namespace
} // namespace vitrine::codec
