#include "core/tensor/safetensors.h"

#include "core/base/json.h"
#include "core/base/neighbour_file.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

namespace vitrine
{
namespace
{

// Where a tensor cannot be written as it stands.
Result<void> check(const std::vector<NamedTensor>& sorted)
{
    std::set<std::string_view> names;
    for (const auto& [name, tensor] : sorted) {
        if (name == "__metadata__")
            return argumentError("a tensor cannot be called \"__metadata__\"");
        if (!names.insert(name).second)
            return argumentError("tensor \"{}\" is given twice", printable(name));
        const auto count = elementCount(tensor.shape);
        if (!count || tensor.bytes.size() % dtypeSize(tensor.type) != 0 ||
            *count != tensor.elements())
            return argumentError("tensor \"{}\" has {} bytes, which its shape does not need",
                                 printable(name), tensor.bytes.size());
    }
    return {};
}

std::string headerText(const std::vector<NamedTensor>& sorted,
                       const std::map<std::string, std::string>& metadata)
{
    Json header = Json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::uint64_t end = 0;
    std::string text = header.dump();
    text.pop_back(); // the closing brace: tensors are appended as text, so that many cost no search
    for (const auto& [name, tensor] : sorted) {
        const std::uint64_t begin = end;
        end += tensor.bytes.size();
        const Json entry{{"dtype", dtypeName(tensor.type)},
                         {"shape", tensor.shape},
                         {"data_offsets", {begin, end}}};
        text += fmt::format("{}{}:{}", text.size() > 1 ? "," : "", Json(name).dump(), entry.dump());
    }
    text += '}';
    text.resize((text.size() + 7) / 8 * 8, ' ');
    return text;
}

bool writeParts(const NeighbourFile& file, const std::string& header,
                const std::vector<NamedTensor>& tensors)
{
    std::byte length[8];
    for (std::size_t i = 0; i < 8; ++i)
        length[i] = static_cast<std::byte>(header.size() >> (8 * i));
    return file.write(length) && file.write(std::as_bytes(std::span(header))) &&
           std::ranges::all_of(
               tensors, [&](const NamedTensor& item) { return file.write(item.tensor.bytes); });
}

} // namespace

Result<void> writeSafetensors(const std::filesystem::path& path, std::vector<NamedTensor> tensors,
                              const std::map<std::string, std::string>& metadata)
{
    std::ranges::sort(tensors, [](const NamedTensor& a, const NamedTensor& b) {
        const auto sizeA = dtypeSize(a.tensor.type), sizeB = dtypeSize(b.tensor.type);
        return sizeA != sizeB ? sizeA > sizeB : a.name < b.name;
    });
    VITRINE_CHECK(check(tensors));
    std::string header;
    try {
        header = headerText(tensors, metadata);
    } catch (const nlohmann::json::exception&) {
        return argumentError("cannot write {}: a name or a metadata text is not valid UTF-8",
                             path.string());
    }
    NeighbourFile file(path);
    if (!writeParts(file, header, tensors) || !file.finish())
        return failure("cannot write {}: {}", path.string(), std::strerror(errno));
    return {};
}

} // namespace vitrine
