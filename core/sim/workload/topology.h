#pragma once

#include "core/sim/workload/layer.h"

#include <string_view>

namespace vitrine::sim
{

// SCALE-Sim's topology tables (csv, a comma at the end of a row is allowed). The titles in the
// first row say what a column holds, in any order; a title that is not known is refused:
//   convolution: layer name, ifmap height, ifmap width, filter height, filter width, channels,
//   num filter, strides [, strides across] [, padding] [, batch size: 1]
//   matrix product: layer, M, N, K
// Without a column of paddings (rows and columns on each side) heights and widths include them;
// output side = ceil((H - R + stride) / stride) of the padded H. A name with "DP" in it is run once
// per channel, with one channel each (depthwise), as the tool does it. `name` names the text in
// errors, which tell row and column (from 1). At most 20,000 rows.
Result<Workload> parseTopology(std::string_view text, std::string_view name);

// The table that parseTopology reads back to the same layers: convolution where every layer came
// from such a row, else matrix products, one row for each of a batch. Layers without products are
// left out. Argument error above 20,000 rows.
Result<std::string> topologyCsv(const Workload& workload);

} // namespace vitrine::sim
