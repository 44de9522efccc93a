#pragma once

#include "core/base/mapped_file.h"
#include "core/tensor/tensor_view.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace vitrine
{

struct TensorEntry {
    DType type = DType::f32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0, end = 0; // bytes, relative to the data buffer
};

// A safetensors file, mapped read-only and checked as specs say: the header is strict JSON within
// bounds, the tensors tile the buffer exactly, sizes multiply without overflow. Nothing larger than
// the header is allocated.
class Safetensors
{
public:
    static Result<Safetensors> open(const std::filesystem::path& path);

    const std::map<std::string, TensorEntry>& entries() const { return entries_; }
    const std::map<std::string, std::string>& metadata() const { return metadata_; }
    bool has(const std::string& name) const { return entries_.contains(name); }
    // Error (input) where there is no such tensor. The view lives as long as this object.
    Result<TensorView> tensor(const std::string& name) const;
    const std::filesystem::path& path() const { return path_; }
    // Error where the file became shorter or was written to since it was opened: asked before a
    // result computed from its tensors is believed.
    Result<void> unchanged() const { return file_.unchanged(); }

private:
    std::filesystem::path path_;
    MappedFile file_;
    std::uint64_t dataStart_ = 0;
    std::map<std::string, TensorEntry> entries_;
    std::map<std::string, std::string> metadata_;
};

// Checks a header alone (the first 8 + n bytes and the file's size): for tests and fuzzing.
struct SafetensorsHeader {
    std::map<std::string, TensorEntry> entries;
    std::map<std::string, std::string> metadata;
    std::uint64_t dataStart = 0;
};
Result<SafetensorsHeader> parseSafetensorsHeader(std::span<const std::byte> start,
                                                 std::uint64_t fileSize, std::string_view name);

struct NamedTensor {
    std::string name;
    TensorView tensor;
};

// Sorted by descending alignment, then name; header padded to 8 bytes; written to a neighbour,
// synced, renamed. Same input, same bytes.
Result<void> writeSafetensors(const std::filesystem::path& path, std::vector<NamedTensor> tensors,
                              const std::map<std::string, std::string>& metadata = {});

} // namespace vitrine
