#include "core/store/compression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

namespace vitrine
{
namespace
{

using testing::HasSubstr;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// A frame that does not state its size, as a stream makes it.
std::string streamed(const std::string& bytes)
{
    ZSTD_CCtx* context = ::ZSTD_createCCtx();
    std::string frame(::ZSTD_compressBound(bytes.size()) + 64, '\0');
    ZSTD_outBuffer out{frame.data(), frame.size(), 0};
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    ::ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush);
    ::ZSTD_compressStream2(context, &out, &in, ZSTD_e_end);
    ::ZSTD_freeCCtx(context);
    frame.resize(out.pos);
    return frame;
}

TEST(Compression, GivesBackWhatItWasGiven)
{
    for (const std::string& text :
         {std::string(), std::string("x"), std::string(3 * kMiB + 7, 'y')}) {
        const auto back = decompressed(compressed(text), 4 * kMiB);
        ASSERT_TRUE(back) << back.error().message;
        EXPECT_TRUE(*back == text);
        EXPECT_TRUE(decompressed(streamed(text), 4 * kMiB).value_or("none") == text);
    }
}

TEST(Compression, RefusesWhatUnpacksToMoreThanIsExpected)
{
    const std::string zeros(64 * kMiB, '\0');
    EXPECT_THAT(decompressed(compressed(zeros), kMiB).error().message,
                HasSubstr("unpacks to 67108864 bytes, at most 1048576"));
    EXPECT_THAT(decompressed(streamed(zeros), kMiB).error().message,
                HasSubstr("more than 1048576 bytes"));
    EXPECT_TRUE(decompressed(streamed(std::string(kMiB, 'x')), kMiB));
}

// Six kilobytes that state megabytes are nobody's table, whatever the limit is; a table of one
// value is somebody's.
TEST(Compression, RefusesWhatNoFrameOfItsSizeHolds)
{
    const std::string zeros(64 * kMiB, '\0');
    std::string bomb(::ZSTD_compressBound(zeros.size()), '\0');
    bomb.resize(::ZSTD_compress(bomb.data(), bomb.size(), zeros.data(), zeros.size(), 3));
    ASSERT_LT(bomb.size(), 10'000u);
    EXPECT_THAT(decompressed(bomb, 128 * kMiB).error().message,
                HasSubstr("unpacks to 67108864 bytes"));
    EXPECT_FALSE(decompressed(streamed(zeros), 128 * kMiB));

    EXPECT_LT(compressed(zeros).size(), 200'000u);
    EXPECT_TRUE(decompressed(compressed(zeros), 128 * kMiB).value_or("") == zeros);
}

TEST(Compression, RefusesWhatIsDamaged)
{
    const std::string frame = compressed(std::string(1000, 'a') + "bcd" + std::string(1000, 'e'));
    EXPECT_FALSE(decompressed("", kMiB));
    EXPECT_FALSE(decompressed("no frame at all", kMiB));
    for (std::size_t length = 0; length < frame.size(); ++length)
        EXPECT_FALSE(decompressed(std::string_view(frame).substr(0, length), kMiB)) << length;
}

} // namespace
} // namespace vitrine
