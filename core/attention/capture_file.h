#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Names that writer and reader of capture.safetensors share.
namespace vitrine::attention::captureFile
{

inline constexpr std::string_view kFormat = "vitrine-capture-1";
inline constexpr std::string_view kTokenIds = "token_ids";
inline constexpr std::string_view kColumnScore = "column_score";
inline constexpr std::string_view kColumnRows = "column_rows";
inline constexpr std::string_view kFirstTokenMass = "first_token_mass";
inline constexpr std::string_view kEntropy = "entropy";
inline constexpr std::string_view kDistance = "distance";
inline constexpr std::string_view kThumbnail = "thumbnail";

inline constexpr const char* kEdits = "edits"; // metadata
inline constexpr std::string_view kEditColumns = "edit.columns", kEditFactors = "edit.factors";

// "q.3.0" and the like.
inline std::string headTensor(std::string_view what, int layer, std::int64_t head)
{
    return std::string(what) + '.' + std::to_string(layer) + '.' + std::to_string(head);
}

} // namespace vitrine::attention::captureFile
