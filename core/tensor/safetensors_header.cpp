#include "core/tensor/safetensors.h"

#include "core/base/json.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

namespace vitrine
{
namespace
{

constexpr std::uint64_t kHeaderLimit = 100'000'000; // bytes, as the format's own library has it
constexpr std::size_t kDimensionLimit = 64;
constexpr std::string_view kMetadata = "__metadata__";

// Reads the header as a stream of events, so that nothing but the entries themselves is built:
//   {"__metadata__": {name: text}, tensor: {"dtype": text, "shape": [n...], "data_offsets": [begin,
//   end]}, ...}
class HeaderReader : public nlohmann::json_sax<Json>
{
public:
    explicit HeaderReader(SafetensorsHeader& header) : header_(header) {}

    std::string problem; // why the reading stopped

    // "__metadata__": null is as good as none.
    bool null() override
    {
        return (place_ == Place::top && key_ == kMetadata) || misplaced("null");
    }
    bool boolean(bool) override { return misplaced("true or false"); }
    bool number_float(number_float_t, const string_t& text) override
    {
        if (place_ == Place::shape || place_ == Place::offsets)
            return refuse(fmt::format("{} is not a whole number", printable(text)));
        return misplaced("a number");
    }
    bool binary(binary_t&) override { return refuse("a value is binary"); }
    bool number_integer(number_integer_t value) override
    {
        if (place_ == Place::shape || place_ == Place::offsets)
            return refuse(fmt::format("{} is negative", value));
        return misplaced("a number");
    }
    bool number_unsigned(number_unsigned_t value) override
    {
        if (place_ == Place::shape)
            return addDimension(value);
        if (place_ == Place::offsets)
            return addOffset(value);
        return misplaced("a number");
    }
    bool string(string_t& text) override
    {
        if (place_ == Place::metadata) {
            header_.metadata[key_] = std::move(text);
            return true;
        }
        if (place_ != Place::tensor || key_ != "dtype")
            return misplaced("a text");
        const auto type = parseDType(text);
        if (!type)
            return refuse(fmt::format("tensor \"{}\" has the unsupported type \"{}\"",
                                      printable(name_), printable(text)));
        entry_.type = *type;
        return true;
    }
    bool key(string_t& key) override
    {
        key_ = std::move(key);
        switch (place_) {
        case Place::top:
            return beginMember();
        case Place::metadata:
            return !header_.metadata.contains(key_) ||
                   refuse(fmt::format("metadata \"{}\" occurs twice", printable(key_)));
        default:
            return beginField();
        }
    }
    bool start_object(std::size_t) override
    {
        if (place_ == Place::outside) {
            place_ = Place::top;
            return true;
        }
        if (place_ != Place::top)
            return misplaced("an object");
        place_ = key_ == kMetadata ? Place::metadata : Place::tensor;
        return true;
    }
    bool end_object() override
    {
        if (place_ == Place::tensor && !endTensor())
            return false;
        place_ = place_ == Place::top ? Place::outside : Place::top;
        return true;
    }
    bool start_array(std::size_t) override
    {
        if (place_ != Place::tensor || key_ == "dtype")
            return misplaced("a list");
        place_ = key_ == "shape" ? Place::shape : Place::offsets;
        return true;
    }
    bool end_array() override
    {
        place_ = Place::tensor;
        return true;
    }
    bool parse_error(std::size_t at, const std::string&,
                     const nlohmann::detail::exception&) override
    {
        return refuse(fmt::format("it is not valid JSON near byte {}", at));
    }

private:
    enum class Place { outside, top, metadata, tensor, shape, offsets };

    bool refuse(std::string why)
    {
        if (problem.empty())
            problem = std::move(why);
        return false;
    }
    // Says where a value stands that does not belong there.
    bool misplaced(std::string_view what)
    {
        if (place_ == Place::metadata)
            return refuse(fmt::format("\"__metadata__\" holds {} under \"{}\"; only texts may "
                                      "stand there",
                                      what, printable(key_)));
        if (place_ == Place::top)
            return refuse(
                fmt::format("\"{}\" is {}, an object is expected", printable(key_), what));
        if (place_ == Place::tensor)
            return refuse(fmt::format("tensor \"{}\": {} stands under \"{}\"", printable(name_),
                                      what, printable(key_)));
        return refuse(fmt::format("{} stands where none belongs", what));
    }
    bool beginMember()
    {
        if (key_ == kMetadata) {
            if (metadataSeen_)
                return refuse("\"__metadata__\" occurs twice");
            return metadataSeen_ = true;
        }
        if (header_.entries.contains(key_))
            return refuse(fmt::format("tensor \"{}\" occurs twice", printable(key_)));
        name_ = key_;
        entry_ = {};
        typeSeen_ = shapeSeen_ = offsetsSeen_ = false;
        offsets_ = 0;
        return true;
    }
    bool beginField()
    {
        bool* seen = key_ == "dtype"          ? &typeSeen_
                     : key_ == "shape"        ? &shapeSeen_
                     : key_ == "data_offsets" ? &offsetsSeen_
                                              : nullptr;
        if (!seen || *seen)
            return refuse(fmt::format("tensor \"{}\": field \"{}\" {}", printable(name_),
                                      printable(key_), seen ? "occurs twice" : "is unknown"));
        return *seen = true;
    }
    bool addDimension(std::uint64_t value)
    {
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return refuse(fmt::format("tensor \"{}\" has a size of {}", printable(name_), value));
        if (entry_.shape.size() == kDimensionLimit)
            return refuse(fmt::format("tensor \"{}\" has more than {} dimensions", printable(name_),
                                      kDimensionLimit));
        entry_.shape.push_back(static_cast<std::int64_t>(value));
        return true;
    }
    bool addOffset(std::uint64_t value)
    {
        if (offsets_ == 2)
            return refuse(fmt::format("tensor \"{}\" has more than two offsets", printable(name_)));
        (offsets_++ == 0 ? entry_.begin : entry_.end) = value;
        return true;
    }
    bool endTensor()
    {
        if (!typeSeen_ || !shapeSeen_ || offsets_ != 2)
            return refuse(fmt::format("tensor \"{}\" lacks its dtype, shape or two data_offsets",
                                      printable(name_)));
        const auto count = elementCount(entry_.shape);
        const auto size = static_cast<std::int64_t>(dtypeSize(entry_.type));
        if (!count || *count > std::numeric_limits<std::int64_t>::max() / size)
            return refuse(
                fmt::format("tensor \"{}\" has a shape too large for any file", printable(name_)));
        const auto bytes = static_cast<std::uint64_t>(*count * size);
        if (entry_.begin > entry_.end || entry_.end - entry_.begin != bytes)
            return refuse(
                fmt::format("tensor \"{}\" needs {} bytes, its data_offsets are {} and {}",
                            printable(name_), bytes, entry_.begin, entry_.end));
        header_.entries.emplace(std::move(name_), std::move(entry_));
        return true;
    }

    SafetensorsHeader& header_;
    Place place_ = Place::outside;
    std::string key_, name_;
    TensorEntry entry_;
    bool metadataSeen_ = false, typeSeen_ = false, shapeSeen_ = false, offsetsSeen_ = false;
    int offsets_ = 0;
};

// What keeps the tensors from tiling [0, size) exactly, or nothing.
std::optional<std::string> tilingProblem(const std::map<std::string, TensorEntry>& entries,
                                         std::uint64_t size)
{
    std::vector<const std::pair<const std::string, TensorEntry>*> order;
    for (const auto& item : entries)
        order.push_back(&item);
    std::ranges::sort(order, {}, [](const auto* item) {
        return std::pair{item->second.begin, item->second.end};
    });

    std::uint64_t end = 0;
    for (const auto* item : order) {
        if (item->second.begin != end)
            return fmt::format("tensor \"{}\" begins at byte {} of the data, {} expected ({})",
                               printable(item->first), item->second.begin, end,
                               item->second.begin < end ? "an overlap" : "a gap");
        end = item->second.end;
    }
    if (end != size)
        return fmt::format("its tensors end at byte {} of the data, which has {} bytes", end, size);
    return {};
}

} // namespace

Result<SafetensorsHeader> parseSafetensorsHeader(std::span<const std::byte> start,
                                                 std::uint64_t fileSize, std::string_view name)
{
    const auto refuse = [name](std::string_view why) {
        return inputError("cannot read {}: {}", printableName(name), why);
    };
    if (start.size() < 8 || fileSize < 8)
        return refuse("it is shorter than the 8 bytes that begin a safetensors file");
    std::uint64_t length = 0;
    for (int i = 7; i >= 0; --i)
        length = length << 8 | std::to_integer<std::uint64_t>(start[static_cast<std::size_t>(i)]);
    if (length > kHeaderLimit)
        return refuse(fmt::format("its header would have {} bytes, at most {} are allowed (is it a "
                                  "safetensors file?)",
                                  length, kHeaderLimit));
    if (length > fileSize - 8 || length > start.size() - 8)
        return refuse(fmt::format("its header has {} bytes, the file has only {} (is it complete?)",
                                  length, fileSize));

    const std::string_view text(reinterpret_cast<const char*>(start.data()) + 8, length);
    if (!text.starts_with('{'))
        return refuse("its header does not begin with '{'");
    if (text.find('\0') != std::string_view::npos)
        return refuse("its header holds a zero byte");

    SafetensorsHeader header;
    header.dataStart = 8 + length;
    HeaderReader reader(header);
    if (!Json::sax_parse(text.begin(), text.end(), &reader))
        return refuse(reader.problem);
    if (const auto problem = tilingProblem(header.entries, fileSize - header.dataStart))
        return refuse(*problem);
    return header;
}

} // namespace vitrine
