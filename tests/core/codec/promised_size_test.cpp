#include "core/codec/promised_size.h"

#include "core/base/file.h"
#include "core/codec/encode.h"
#include "core/codec/media_source.h"
#include "tests/core/codec/clip_source.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::codec
{
namespace
{

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// Every container: whole it is as long as it says, cut it gives the frames that are there.
TEST(PromisedSize, TellsACutFileInEveryContainer)
{
    const tests::TemporaryFolder folder;
    tests::ClipSource clip(96, 64, {}, 24);
    for (const char* ending : {".mkv", ".mp4", ".avi", ".mov"}) {
        const auto path = folder.path / (std::string("clip") + ending);
        ASSERT_TRUE(encode(clip, 0, 24, parseEncodeList("mpeg4:q=3").value().front(), path));
        const auto size = std::filesystem::file_size(path);
        EXPECT_EQ(promisedSize(RegularFile::open(path).value()), size) << ending;
        EXPECT_THAT(MediaSource::open(path).value()->info().notes, Not(Contains(HasSubstr("cut"))));

        std::filesystem::resize_file(path, size * 6 / 10);

        if (ending == std::string(".mp4") || ending == std::string(".mov")) {
            // The index lies at the end: without it nothing can be read.
            EXPECT_THAT(MediaSource::open(path).error().message, HasSubstr("it is cut")) << ending;
            continue;
        }
        EXPECT_EQ(promisedSize(RegularFile::open(path).value()), size) << ending;
        const auto cut = MediaSource::open(path);
        ASSERT_TRUE(cut) << ending << ": " << cut.error().message;
        EXPECT_GT((*cut)->info().frames, 5) << ending;
        EXPECT_LT((*cut)->info().frames, 24) << ending;
        EXPECT_THAT((*cut)->info().notes, Contains(HasSubstr("cut"))) << ending;
        for (std::int64_t i = 0; i < (*cut)->info().frames; ++i)
            EXPECT_TRUE((*cut)->read(i)) << ending << " " << i;
    }
}

TEST(PromisedSize, SaysNothingOfOtherFiles)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "a";
    for (const std::string& bytes :
         {std::string(), std::string("RIFF"), std::string("RIFFxxxxWAVEfmt "),
          std::string("\x1a\x45\xdf\xa3\xff\xff\xff\xff\xff\xff\xff\xff\xff", 13),
          std::string("\0\0\0\1ftyp", 8) + std::string(40, '\xff')}) {
        ASSERT_TRUE(writeFileAtomically(path, bytes));
        EXPECT_FALSE(promisedSize(RegularFile::open(path).value())) << bytes.size();
    }
}

} // namespace
} // namespace vitrine::codec
