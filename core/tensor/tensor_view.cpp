#include "core/tensor/tensor_view.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <limits>

namespace vitrine
{
namespace
{

struct TypeRow {
    DType type;
    std::string_view name;
    std::size_t size;
};
constexpr std::array kTypes{
    TypeRow{DType::boolean, "BOOL", 1},   TypeRow{DType::u8, "U8", 1},
    TypeRow{DType::i8, "I8", 1},          TypeRow{DType::f8e5m2, "F8_E5M2", 1},
    TypeRow{DType::f8e4m3, "F8_E4M3", 1}, TypeRow{DType::i16, "I16", 2},
    TypeRow{DType::u16, "U16", 2},        TypeRow{DType::f16, "F16", 2},
    TypeRow{DType::bf16, "BF16", 2},      TypeRow{DType::i32, "I32", 4},
    TypeRow{DType::u32, "U32", 4},        TypeRow{DType::f32, "F32", 4},
    TypeRow{DType::i64, "I64", 8},        TypeRow{DType::u64, "U64", 8},
    TypeRow{DType::f64, "F64", 8},
};

const TypeRow& row(DType type)
{
    const TypeRow& found = kTypes[static_cast<std::size_t>(type)];
    assert(found.type == type);
    return found;
}

// Values of type T in `bytes`, converted one by one; memcpy since files may be unaligned.
template <typename T, typename Convert>
void convert(std::span<const std::byte> bytes, std::span<float> out, Convert&& toF32)
{
    for (std::size_t i = 0; i < out.size(); ++i) {
        T value;
        std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
        out[i] = toF32(value);
    }
}
template <typename T>
void convert(std::span<const std::byte> bytes, std::span<float> out)
{
    convert<T>(bytes, out, [](T value) { return static_cast<float>(value); });
}

} // namespace

std::size_t dtypeSize(DType type)
{
    return row(type).size;
}

std::string_view dtypeName(DType type)
{
    return row(type).name;
}

std::optional<DType> parseDType(std::string_view name)
{
    const auto found = std::ranges::find(kTypes, name, &TypeRow::name);
    if (found == kTypes.end())
        return {};
    return found->type;
}

std::optional<std::int64_t> elementCount(std::span<const std::int64_t> shape)
{
    if (std::ranges::any_of(shape, [](std::int64_t size) { return size < 0; }))
        return {};
    if (std::ranges::find(shape, 0) != shape.end())
        return 0;
    std::int64_t count = 1;
    for (const std::int64_t size : shape) {
        if (count > std::numeric_limits<std::int64_t>::max() / size)
            return {};
        count *= size;
    }
    return count;
}

std::int64_t TensorView::elements() const
{
    return static_cast<std::int64_t>(bytes.size() / dtypeSize(type));
}

void toFloat(const TensorView& tensor, std::span<float> out)
{
    assert(out.size() == static_cast<std::size_t>(tensor.elements()));
    const auto bytes = tensor.bytes;
    switch (tensor.type) {
    case DType::boolean:
        return convert<std::uint8_t>(bytes, out,
                                     [](std::uint8_t v) { return v != 0 ? 1.0f : 0.0f; });
    case DType::u8:
        return convert<std::uint8_t>(bytes, out);
    case DType::i8:
        return convert<std::int8_t>(bytes, out);
    case DType::f8e5m2:
        return convert<std::uint8_t>(bytes, out, fromF8e5m2);
    case DType::f8e4m3:
        return convert<std::uint8_t>(bytes, out, fromF8e4m3);
    case DType::i16:
        return convert<std::int16_t>(bytes, out);
    case DType::u16:
        return convert<std::uint16_t>(bytes, out);
    case DType::f16:
        return convert<std::uint16_t>(bytes, out, fromHalf);
    case DType::bf16:
        return convert<std::uint16_t>(bytes, out, fromBfloat);
    case DType::i32:
        return convert<std::int32_t>(bytes, out);
    case DType::u32:
        return convert<std::uint32_t>(bytes, out);
    case DType::f32:
        if (!out.empty())
            std::memcpy(out.data(), bytes.data(), out.size_bytes());
        return;
    case DType::i64:
        return convert<std::int64_t>(bytes, out);
    case DType::u64:
        return convert<std::uint64_t>(bytes, out);
    case DType::f64:
        return convert<double>(bytes, out);
    }
}

std::vector<float> toFloat(const TensorView& tensor)
{
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    toFloat(tensor, values);
    return values;
}

} // namespace vitrine
