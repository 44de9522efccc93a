#include "core/picture/idx.h"

#include "core/base/file.h"

#include <zlib.h>

namespace vitrine
{
namespace
{

constexpr std::uint64_t kMostPacked = 512 << 20;

// gzip as it is, so that a file may be packed or not. At most `limit` bytes.
Result<std::string> unpacked(const std::string& packed, const std::string& name,
                             std::uint64_t limit)
{
    z_stream stream{};
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    if (inflateInit2(&stream, kGzipOnly) != Z_OK)
        return failure("cannot unpack {}", name);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string bytes;
    int status = Z_OK;
    while (status == Z_OK && bytes.size() <= limit) {
        constexpr std::size_t kPiece = 1 << 20;
        const std::size_t before = bytes.size();
        bytes.resize(before + kPiece);
        stream.next_out = reinterpret_cast<Bytef*>(bytes.data() + before);
        stream.avail_out = kPiece;
        status = inflate(&stream, Z_NO_FLUSH);
        bytes.resize(before + kPiece - stream.avail_out);
    }
    inflateEnd(&stream);
    if (bytes.size() > limit)
        return inputError("{} unpacks to more than {} MiB", name, limit >> 20);
    if (status != Z_STREAM_END)
        return inputError("{} is damaged: its gzip data ends or breaks after {} bytes", name,
                          bytes.size());
    return bytes;
}

std::int64_t bigEndian32(const std::string& bytes, std::size_t at)
{
    std::int64_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

} // namespace

Result<Idx> readIdx(const std::filesystem::path& path)
{
    const std::string name = path.string();
    VITRINE_TRY(std::string bytes, readFile(path, kMostIdxBytes));
    if (bytes.starts_with("\x1f\x8b")) {
        if (bytes.size() > kMostPacked)
            return inputError("{} is larger than {} MiB", name, kMostPacked >> 20);
        VITRINE_TRY(bytes, unpacked(bytes, name, kMostIdxBytes));
    }
    if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0)
        return inputError("{} is no IDX file: it does not begin with two zero bytes", name);
    if (bytes[2] != 8)
        return inputError("{} is an IDX file of type 0x{:02x}; bytes (0x08) are read", name,
                          static_cast<unsigned char>(bytes[2]));
    const auto dimensions = static_cast<std::size_t>(static_cast<unsigned char>(bytes[3]));
    const std::size_t head = 4 + 4 * dimensions;
    if (dimensions == 0 || dimensions > 4 || bytes.size() < head)
        return inputError("{} is an IDX file of {} sizes; 1 to 4 are read", name, dimensions);
    Idx idx;
    std::uint64_t count = 1;
    for (std::size_t i = 0; i < dimensions; ++i) {
        idx.sizes.push_back(bigEndian32(bytes, 4 + 4 * i));
        const auto size = static_cast<std::uint64_t>(idx.sizes.back());
        if (size != 0 && count > kMostIdxBytes / size)
            return inputError("{} claims more than {} MiB", name, kMostIdxBytes >> 20);
        count *= size;
    }
    if (count != bytes.size() - head)
        return inputError("{} claims {} bytes of data and holds {}", name, count,
                          bytes.size() - head);
    idx.bytes.assign(bytes.begin() + static_cast<std::ptrdiff_t>(head), bytes.end());
    return idx;
}

} // namespace vitrine
