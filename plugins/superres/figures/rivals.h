#pragma once

#include "core/jobs/experiment/run_record.h"

#include <vector>

namespace vitrine::superres_plugin
{

using RunPointers = std::vector<const RunRecord*>;

// Whether it is a run of superres.upscale that enlarged something.
bool isUpscaling(const RunRecord& run);

// A row for each run: what it is called, and what it came to; measures only where one was measured,
// those of fitting only where one was fitted.
Table rivalsTable(const RunPointers& runs);

// What one picture came to in one run; file names are those of the run's artifacts.
struct ShownItem {
    std::string picture;
    double psnrY = 0, psnrYBicubic = 0;                 // NaN: not measured
    std::filesystem::path low, high, bicubic, original; // empty: not kept
};
std::vector<ShownItem> itemsOf(const RunRecord& run);

} // namespace vitrine::superres_plugin
