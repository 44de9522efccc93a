#include "core/quant/gguf_writer.h"

#include "core/base/neighbour_file.h"

#include <bit>
#include <cerrno>
#include <cstring>
#include <span>

namespace vitrine::quant
{
namespace
{

static_assert(std::endian::native == std::endian::little, "GGUF files are little-endian");

constexpr std::uint32_t kGgufVersion = 3;
constexpr std::uint64_t kGgufAlignment = 32;
constexpr std::size_t kWrittenAtOnce = std::size_t{1} << 20; // bytes, at least a row

std::uint64_t aligned(std::uint64_t size)
{
    return (size + kGgufAlignment - 1) / kGgufAlignment * kGgufAlignment;
}

std::int64_t rowsOf(const GgufTensor& tensor)
{
    return tensor.shape.size() == 1 ? 1 : tensor.shape.front();
}

// Nothing where it does not fit.
std::optional<std::uint64_t> bytesOf(const GgufTensor& tensor)
{
    if (tensor.shape.empty() || tensor.shape.size() > 2 || tensor.shape.front() < 0)
        return {};
    const auto row = ggufRowBytes(tensor.type, tensor.shape.back());
    std::int64_t bytes = 0;
    if (!row || __builtin_mul_overflow(*row, rowsOf(tensor), &bytes))
        return {};
    return static_cast<std::uint64_t>(bytes);
}

// Bytes of the header, in order.
class GgufHeader
{
public:
    template <typename Number>
    void number(Number value)
    {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void text(std::string_view text)
    {
        number(std::uint64_t{text.size()});
        bytes_ += text;
    }
    void value(const GgufValue& value)
    {
        std::visit([this](const auto& held) { typed(held); }, value);
    }
    void align() { bytes_.resize(aligned(bytes_.size())); }
    const std::string& bytes() const { return bytes_; }

private:
    // Numbers of the types of values.
    static constexpr std::uint32_t kUint32 = 4, kInt32 = 5, kFloat32 = 6, kBool = 7, kText = 8,
                                   kList = 9;

    void typed(std::uint32_t held) { number(kUint32), number(held); }
    void typed(float held) { number(kFloat32), number(held); }
    void typed(bool held) { number(kBool), number(std::uint8_t{held}); }
    void typed(const std::string& held) { number(kText), text(held); }
    void typed(const std::vector<std::string>& held)
    {
        list(kText, held.size());
        for (const std::string& item : held)
            text(item);
    }
    void typed(const std::vector<float>& held)
    {
        list(kFloat32, held.size());
        for (const float item : held)
            number(item);
    }
    void typed(const std::vector<std::int32_t>& held)
    {
        list(kInt32, held.size());
        for (const std::int32_t item : held)
            number(item);
    }
    void list(std::uint32_t type, std::size_t count)
    {
        number(kList), number(type), number(std::uint64_t{count});
    }

    std::string bytes_;
};

// The header; `end` becomes the size of all tensors.
Result<std::string> headerOf(const GgufContent& content, std::uint64_t& end)
{
    GgufHeader header;
    for (const char letter : std::string_view("GGUF"))
        header.number(letter);
    header.number(kGgufVersion);
    header.number(std::uint64_t{content.tensors.size()});
    header.number(std::uint64_t{content.values.size()});
    for (const auto& [key, value] : content.values) {
        header.text(key);
        header.value(value);
    }
    end = 0;
    for (const GgufTensor& tensor : content.tensors) {
        const auto bytes = bytesOf(tensor);
        if (!bytes || *bytes > static_cast<std::uint64_t>(INT64_MAX) / 2 - end)
            return inputError("tensor \"{}\" has a size that {} cannot hold", tensor.name,
                              ggufTypeName(tensor.type));
        header.text(tensor.name);
        header.number(static_cast<std::uint32_t>(tensor.shape.size()));
        for (std::size_t i = tensor.shape.size(); i-- > 0;) // the innermost first
            header.number(static_cast<std::uint64_t>(tensor.shape[i]));
        header.number(static_cast<std::uint32_t>(tensor.type));
        header.number(end);
        end += aligned(*bytes);
    }
    header.align();
    return header.bytes();
}

bool writeTensor(const NeighbourFile& file, const GgufTensor& tensor)
{
    const auto rowBytes = static_cast<std::size_t>(*ggufRowBytes(tensor.type, tensor.shape.back()));
    std::vector<std::byte> bytes;
    std::uint64_t written = 0;
    for (std::int64_t row = 0; row < rowsOf(tensor); ++row) {
        bytes.resize(bytes.size() + rowBytes);
        tensor.write(row, bytes.data() + bytes.size() - rowBytes);
        if (bytes.size() < kWrittenAtOnce && row + 1 < rowsOf(tensor))
            continue;
        if (!file.write(bytes))
            return false;
        written += bytes.size();
        bytes.clear();
    }
    bytes.assign(aligned(written) - written, std::byte{0});
    return file.write(bytes);
}

} // namespace

std::string_view ggufTypeName(GgufType type)
{
    switch (type) {
    case GgufType::f32:
        return "F32";
    case GgufType::f16:
        return "F16";
    case GgufType::bf16:
        return "BF16";
    case GgufType::q4_0:
        return "Q4_0";
    case GgufType::q8_0:
        return "Q8_0";
    }
    return {};
}

std::optional<std::int64_t> ggufRowBytes(GgufType type, std::int64_t columns)
{
    constexpr std::int64_t kScale = 2; // bytes
    const bool isBlocks = type == GgufType::q4_0 || type == GgufType::q8_0;
    if (columns < 0 || (isBlocks && columns % kGgufBlock != 0))
        return {};
    const std::int64_t unit = type == GgufType::f32    ? 4
                              : type == GgufType::q4_0 ? kScale + kGgufBlock / 2
                              : type == GgufType::q8_0 ? kScale + kGgufBlock
                                                       : 2;
    std::int64_t bytes = 0;
    if (__builtin_mul_overflow(isBlocks ? columns / kGgufBlock : columns, unit, &bytes))
        return {};
    return bytes;
}

Result<std::uint64_t> writeGguf(const std::filesystem::path& path, const GgufContent& content)
{
    std::uint64_t tensorBytes = 0;
    const auto header = headerOf(content, tensorBytes);
    if (!header)
        return inputError("cannot write {}: {}", path.string(), header.error().message);
    NeighbourFile file(path);
    bool isWritten = file.write(std::as_bytes(std::span(*header)));
    for (const GgufTensor& tensor : content.tensors)
        isWritten = isWritten && writeTensor(file, tensor);
    if (!isWritten || !file.finish())
        return failure("cannot write {}: {}", path.string(), std::strerror(errno));
    return header->size() + tensorBytes;
}

} // namespace vitrine::quant
