#pragma once

#include "core/video/bd.h"

#include <string_view>
#include <vector>

namespace vitrine::video
{

struct BdCurves {
    std::vector<RatePoint> anchor, test;
};

// Two curves in JSON: {"anchor": {"rate": [...], "quality": [...]}, "test": {...}}, at most 10,000
// points each. Errors name `name`, the file, and the curve.
Result<BdCurves> parseBdCurves(std::string_view text, std::string_view name);

} // namespace vitrine::video
