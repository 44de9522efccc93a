#pragma once

#include "core/sim/layer.h"

#include <string_view>

namespace vitrine::sim
{

// SCALE-Sim's topology tables (csv, first row is a header, a comma at the end of a row is allowed):
//   convolution: name, ifmap height, ifmap width, filter height, filter width, channels, filters,
//   stride [, stride across] matrix product: name, M, N, K      where the header says M, N, K
// Heights and widths include the padding; output side = ceil((H - R + stride) / stride). A name
// with "DP" in it is run once per channel, with one channel each (depthwise), as the tool does it.
// `name` names the text in errors, which tell row and column (from 1). At most 20,000 rows.
Result<Workload> parseTopology(std::string_view text, std::string_view name);

// The table that parseTopology reads back to the same layers: convolution where every layer came
// from such a row, else matrix products, one row for each of a batch. Layers without products are
// left out. Argument error above 20,000 rows.
Result<std::string> topologyCsv(const Workload& workload);

} // namespace vitrine::sim
