#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace vitrine::quant
{

// A GGUF file, version 3 (the format of llama.cpp): a header of keys with values and of tensors,
// then their bytes, each tensor's at a multiple of 32.

// Storage types of tensors that are written here, by the numbers of the format. Q4_0 and Q8_0 hold
// blocks of 32 neighbours of a row: a half-precision step, then 4 or 8 bits each. Q4_0: bits + 8,
// byte j of 16 with number j in its low half and number j + 16 in its high half; Q8_0: int8.
enum class GgufType : std::uint32_t { f32 = 0, f16 = 1, q4_0 = 2, q8_0 = 8, bf16 = 30 };
inline constexpr std::int64_t kGgufBlock = 32; // weights of a block of Q4_0 and Q8_0

std::string_view ggufTypeName(GgufType type);
// Nothing where a row of so many columns cannot be stored in this type.
std::optional<std::int64_t> ggufRowBytes(GgufType type, std::int64_t columns);

using GgufValue = std::variant<std::uint32_t, float, bool, std::string, std::vector<std::string>,
                               std::vector<float>, std::vector<std::int32_t>>;

struct GgufTensor {
    std::string name;
    GgufType type = GgufType::f32;
    std::vector<std::int64_t> shape; // [rows, columns] or [columns], as everywhere here
    // Writes ggufRowBytes of one row (a vector has one).
    std::function<void(std::int64_t row, std::byte* out)> write;
};

struct GgufContent {
    std::vector<std::pair<std::string, GgufValue>> values = {};
    std::vector<GgufTensor> tensors = {};
};

// Gives the size of the file in bytes. Written to a neighbour, synced, renamed. Input error where a
// size does not fit.
Result<std::uint64_t> writeGguf(const std::filesystem::path& path, const GgufContent& content);

} // namespace vitrine::quant
