#include "core/codec/outside_data.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <span>

namespace vitrine::codec
{
namespace
{

constexpr int kMostBoxes =
    100'000; // of all levels; a film in fragments has more, but not before its first sample
constexpr std::size_t kLongestAddress = 1024;

struct Box {
    std::string type;
    std::uint64_t begin = 0, end = 0; // of what it holds
};

std::uint64_t bigEndian(std::span<const std::byte> bytes)
{
    std::uint64_t value = 0;
    for (const std::byte byte : bytes)
        value = value << 8 | std::to_integer<std::uint64_t>(byte);
    return value;
}

class BoxReader
{
public:
    explicit BoxReader(const RegularFile& file) : file_(file) {}

    // The address that a data reference names within these bytes of boxes; empty: none.
    std::string outsideAddress(std::uint64_t begin, std::uint64_t end)
    {
        for (std::uint64_t at = begin; at < end;) {
            const auto box = boxAt(at, end);
            if (!box || --boxesLeft_ < 0)
                return {};
            if (box->type == "dref") {
                if (auto address = ofReferences(*box); !address.empty())
                    return address;
            } else if (std::ranges::count(kParents, box->type) > 0) {
                if (auto address = outsideAddress(box->begin, box->end); !address.empty())
                    return address;
            }
            at = box->end;
        }
        return {};
    }

    std::optional<Box> boxAt(std::uint64_t at, std::uint64_t end) const
    {
        std::array<std::byte, 16> head{};
        if (!read(at, std::span(head).first(8)))
            return std::nullopt;
        Box box{std::string(reinterpret_cast<const char*>(head.data()) + 4, 4), at + 8, end};
        std::uint64_t size = bigEndian(std::span(head).first(4));
        if (size == 1) {
            if (!read(at, head))
                return std::nullopt;
            size = bigEndian(std::span(head).last(8));
            box.begin = at + 16;
        }
        if (size != 0) // 0: to the end
            box.end = size > end - at ? end : at + size;
        if (box.end < box.begin)
            return std::nullopt;
        return box;
    }

private:
    static constexpr std::array<std::string_view, 5> kParents = {"moov", "trak", "mdia", "minf",
                                                                 "dinf"};

    bool read(std::uint64_t at, std::span<std::byte> bytes) const
    {
        return file_.readAt(at, bytes) == static_cast<std::int64_t>(bytes.size());
    }

    // Version and flags, a count, then one box for each reference: flags, and where the lowest is
    // not set, an address. Apple's aliases ("alis") are FFmpeg's to read.
    std::string ofReferences(const Box& references)
    {
        for (std::uint64_t at = references.begin + 8; at < references.end;) {
            const auto box = boxAt(at, references.end);
            std::array<std::byte, 4> flags{};
            if (!box || --boxesLeft_ < 0 || !read(box->begin, flags))
                return {};
            const bool selfContained = (bigEndian(flags) & 1) != 0;
            if ((box->type == "url " || box->type == "urn ") && !selfContained &&
                box->end > box->begin + 4) {
                std::string address(
                    std::min<std::uint64_t>(box->end - box->begin - 4, kLongestAddress), '\0');
                if (!read(box->begin + 4, std::as_writable_bytes(std::span(address))))
                    return {};
                if (address.resize(std::strlen(address.c_str())); !address.empty())
                    return address;
            }
            at = box->end;
        }
        return {};
    }

    const RegularFile& file_;
    int boxesLeft_ = kMostBoxes;
};

} // namespace

Result<void> refuseOutsideData(const RegularFile& file, const std::filesystem::path& path)
{
    BoxReader reader(file);
    const std::uint64_t size = file.size();
    const auto first = reader.boxAt(0, size);
    constexpr std::array<std::string_view, 8> kFirst = {"ftyp", "moov", "mdat", "free",
                                                        "skip", "wide", "pnot", "uuid"};
    if (!first || std::ranges::count(kFirst, first->type) == 0)
        return {};
    const std::string address = reader.outsideAddress(0, size);
    if (address.empty())
        return {};
    return inputError("cannot read {}: its pictures lie in another file, {}: one input is one file",
                      path.string(), shownAddress(address));
}

std::string shownAddress(std::string_view address)
{
    std::string shown(address.substr(0, 200));
    for (char& c : shown)
        if (const auto byte = static_cast<unsigned char>(c); byte < 0x20 || byte >= 0x7f)
            c = '?';
    return shown + (address.size() > 200 ? "..." : "");
}

} // namespace vitrine::codec
