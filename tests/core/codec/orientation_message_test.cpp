// Pictures are turned as the coded stream asks, and as its container asks.
#include "core/codec/encode.h"
#include "core/codec/media_source.h"
#include "core/video/orientation.h"
#include "tests/core/codec/clip_source.h"
#include "tests/core/codec/remux.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

namespace vitrine::codec
{
namespace
{

using testing::Contains;
using testing::HasSubstr;

// Messages "display orientation" of H.264 (D.1.27) and H.265 (D.2.17), no mirror, to be turned by
// 90 degrees counterclockwise; each behind its length of four bytes.
const std::string kH264Message("\0\0\0\x07\x06\x2f\x03\x08\x00\x09\x80", 11);
const std::string kHevcMessage("\0\0\0\x08\x4e\x01\x2f\x03\x08\x00\x18\x80", 12);

struct OrientationMessage : testing::Test {
    tests::TemporaryFolder folder;

    std::filesystem::path turned(const char* codec, const std::string& message, const char* name,
                                 std::optional<double> container = {}) const
    {
        tests::ClipSource clip(80, 64, {}, 6);
        const auto plain = folder.path / "plain.mkv", file = folder.path / name;
        const auto made = encode(clip, 0, 6, parseEncodeList(codec).value().front(), plain);
        EXPECT_TRUE(made) << made.error().message;
        tests::remux(
            plain, file,
            [&](std::int64_t number, std::string& bytes) {
                if (number == 0)
                    bytes.insert(0, message);
                return true;
            },
            container);
        return file;
    }
    video::Frame plainFrame(std::int64_t index) const
    {
        return MediaSource::open(folder.path / "plain.mkv").value()->read(index).value();
    }
};

TEST_F(OrientationMessage, OfTheCodedStreamIsApplied)
{
    const video::Orientation left{true, true, false};
    const struct {
        const char *codec, *name;
        const std::string& message;
    } cases[] = {{"x264:crf=30:gop=6", "a.h264", kH264Message},
                 {"x264:crf=30:gop=6", "a.mp4", kH264Message},
                 {"x264:crf=30:gop=6", "a.ts", kH264Message},
                 {"x265:crf=30:gop=6:preset=fast", "a.hevc", kHevcMessage},
                 {"x265:crf=30:gop=6:preset=fast", "a.mkv", kHevcMessage}};
    for (const auto& c : cases) {
        const auto source = MediaSource::open(turned(c.codec, c.message, c.name)).value();
        EXPECT_EQ(source->info().width, 64) << c.name;
        EXPECT_EQ(source->info().height, 80) << c.name;
        EXPECT_THAT(source->info().notes,
                    Contains(HasSubstr("turned by 90 degrees counterclockwise, as it asks")))
            << c.name;
        for (const std::int64_t i : {0, 3, 5}) // the message stands before the first alone
            EXPECT_TRUE(
                source->read(i).value().sameSamples(video::oriented(plainFrame(i), left).value()))
                << c.name << " " << i;
    }
}

// As in FFmpeg's own programs, which ask a frame first and its container then.
TEST_F(OrientationMessage, CountsBeforeTheContainer)
{
    const auto both =
        MediaSource::open(turned("x264:crf=30:gop=6", kH264Message, "a.mp4", 180.0)).value();
    EXPECT_EQ(both->info().width, 64);
    EXPECT_THAT(
        both->info().notes,
        Contains(HasSubstr("turned by 90 degrees counterclockwise, as its coded stream asks "
                           "to be shown; its container asks for \"turned by 180 degrees\"")));

    const auto same =
        MediaSource::open(turned("x264:crf=30:gop=6", kH264Message, "b.mp4", -90.0)).value();
    EXPECT_THAT(same->info().notes,
                Contains(HasSubstr("turned by 90 degrees counterclockwise, as it asks")));
}

TEST_F(OrientationMessage, ThatChangesWithinAStreamIsRefusedByItsFrame)
{
    tests::ClipSource clip(80, 64, {}, 6);
    const auto plain = folder.path / "plain.mkv";
    ASSERT_TRUE(encode(clip, 0, 6, parseEncodeList("x264:crf=30:gop=3").value().front(), plain));
    tests::remux(plain, folder.path / "a.mkv", [&](std::int64_t number, std::string& bytes) {
        if (number == 3)
            bytes.insert(0, kH264Message);
        return true;
    });
    const auto source = MediaSource::open(folder.path / "a.mkv").value();
    EXPECT_TRUE(source->read(2));
    EXPECT_THAT(source->read(3).error().message,
                HasSubstr("frame 3: it asks to be shown in another way than the first"));
}

} // namespace
} // namespace vitrine::codec
