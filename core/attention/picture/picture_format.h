#pragma once

#include "core/attention/picture/picture_layers.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

// Words that the writer and the reader of a kept picture share (format: picture_file.h).
namespace vitrine::attention
{

inline constexpr std::string_view kPictureFormat = "vitrine-picture-1";
// Of AttentionKind, in its order.
inline constexpr std::array<std::string_view, 4> kPictureKinds = {"softmax", "windows", "linear",
                                                                  "taylor"};
// All there is in the metadata.
inline constexpr std::array<std::string_view, 5> kPictureKeys = {"format", "layers", "prefix",
                                                                 "model", "name"};

inline std::string pictureTensor(std::string_view what, std::size_t layer)
{
    return fmt::format("{}.{}", what, layer);
}

} // namespace vitrine::attention
