#pragma once

#include "core/sim/workload/layer.h"

#include <string_view>

namespace vitrine::sim
{

// Word widths per layer, as a quantization leaves them: csv with a header,
//   layer, weight bits [, activation bits]
// Layers are named as in the workload; ".weight" behind a name is ignored; a name of a module
// ("blocks.3") means all its layers. Later rows go first. Input error with row and column for a
// name that is not there and for widths outside 1 .. 32, and where the header or any row behind it
// is missing. `name` names the text.
Result<void> applyBitMap(Workload& workload, std::string_view csv, std::string_view name);

} // namespace vitrine::sim
