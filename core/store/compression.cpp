#include "core/store/compression.h"

#include <zstd.h>

#include <algorithm>
#include <memory>

namespace vitrine
{
namespace
{

constexpr int kLevel = 3;
constexpr std::uint64_t kPiece = std::uint64_t{1} << 20;
constexpr int kLargestWindow = 24; // 16 MiB; what is written here has at most 2 MiB

constexpr std::uint64_t kAlwaysBelieved = std::uint64_t{4} << 20;
constexpr std::uint64_t kBelievedRatio = 500; // tables that are not of one value have 5 to 50

std::uint64_t believedSize(std::uint64_t frameSize)
{
    return kAlwaysBelieved + kBelievedRatio * frameSize;
}

// RFC 8878, section 3.1.2: what decoders skip.
std::string skippableFrame(std::uint64_t size)
{
    std::string frame("\x50\x2a\x4d\x18", 4);
    for (int shift = 0; shift < 32; shift += 8)
        frame += static_cast<char>((size >> shift) & 0xff);
    return frame + std::string(size, '\0');
}

} // namespace

std::string compressed(std::string_view bytes)
{
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size =
        ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), kLevel);
    frame.resize(ZSTD_isError(size) ? 0 : size);
    if (bytes.size() > believedSize(frame.size()))
        frame += skippableFrame((bytes.size() - kAlwaysBelieved) / kBelievedRatio);
    return frame;
}

Result<std::string> decompressed(std::string_view frame, std::uint64_t limit)
{
    const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR)
        return inputError("it is no zstd frame");
    limit = std::min(limit, believedSize(frame.size()));
    const bool isStated = size != ZSTD_CONTENTSIZE_UNKNOWN;
    if (isStated && size > limit)
        return inputError("it unpacks to {} bytes, at most {} are expected", size, limit);

    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                       ZSTD_freeDCtx);
    ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kLargestWindow);
    ZSTD_inBuffer in{frame.data(), frame.size(), 0};
    std::string bytes;
    for (std::size_t left = 1; left != 0;) { // grows with what the frame has proved to hold
        const std::size_t before = bytes.size();
        const std::uint64_t most = isStated ? size : limit;
        bytes.resize(before + std::min<std::uint64_t>(kPiece, most - before + 1));
        ZSTD_outBuffer out{bytes.data(), bytes.size(), before};
        left = ZSTD_decompressStream(context.get(), &out, &in);
        bytes.resize(out.pos);
        if (ZSTD_isError(left))
            return inputError("its frame is damaged: {}", ZSTD_getErrorName(left));
        if (bytes.size() > most)
            return inputError("it unpacks to more than {} bytes", most);
        if (left != 0 && in.pos == in.size && bytes.size() == before)
            return inputError("its frame ends too early");
    }
    if (isStated && bytes.size() != size)
        return inputError("its frame has not the size that it states");
    return bytes;
}

} // namespace vitrine
