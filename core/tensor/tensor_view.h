#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine
{

// Storage types of safetensors files.
enum class DType {
    boolean,
    u8,
    i8,
    f8e5m2,
    f8e4m3,
    i16,
    u16,
    f16,
    bf16,
    i32,
    u32,
    f32,
    i64,
    u64,
    f64
};

std::size_t dtypeSize(DType type);      // bytes
std::string_view dtypeName(DType type); // as safetensors spells it: "BF16"
std::optional<DType> parseDType(std::string_view name);

// Row-major values that another owns (a mapped file, a vector). Data may be unaligned.
struct TensorView {
    DType type = DType::f32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes; // product of shape times dtypeSize

    std::int64_t elements() const;
};

// Product of the shape, or nothing where it overflows 63 bits or a size is negative.
std::optional<std::int64_t> elementCount(std::span<const std::int64_t> shape);

// Converted to F32 (exact for F16, BF16, F8, small integers; 64-bit values and large integers are
// rounded). `out` has elements() entries.
void toFloat(const TensorView& tensor, std::span<float> out);
std::vector<float> toFloat(const TensorView& tensor);

// IEEE half and bfloat16, round to nearest even; exhaustive in the tests.
float fromHalf(std::uint16_t bits);
std::uint16_t toHalf(float value);
float fromBfloat(std::uint16_t bits);
std::uint16_t toBfloat(float value);

// 8-bit floats as safetensors stores them (OCP formats): E5M2 has infinities, E4M3 (the "fn" kind)
// has none.
float fromF8e5m2(std::uint8_t bits);
float fromF8e4m3(std::uint8_t bits);

} // namespace vitrine
