#include "core/store/compression.h"

#include <zstd.h>

namespace vitrine
{
namespace
{

constexpr int kLevel = 3;
constexpr unsigned long long kLimit = 2ull << 30;

} // namespace

std::string compressed(std::string_view bytes)
{
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size =
        ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), kLevel);
    frame.resize(ZSTD_isError(size) ? 0 : size);
    return frame;
}

Result<std::string> decompressed(std::string_view frame)
{
    const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kLimit)
        return inputError("a stored table is damaged: its frame has no credible size");
    std::string bytes(size, '\0');
    const std::size_t got = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
    if (ZSTD_isError(got) || got != size)
        return inputError("a stored table is damaged: {}",
                          ZSTD_isError(got) ? ZSTD_getErrorName(got) : "its size differs");
    return bytes;
}

} // namespace vitrine
