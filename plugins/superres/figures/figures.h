#pragma once

#include "core/figure/figure.h"
#include "core/jobs/experiment/run_record.h"

#include <vector>

// Figures of this room's runs, from their metrics and tables alone. Any thread.
namespace vitrine::superres_plugin
{

// "quality-time": PSNR of luma over the seconds for a picture, a point for each run and bicubic
// enlargement as a line; "gain": PSNR above bicubic enlargement, picture by picture. Both of runs
// that were measured; empty ones are left out.
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs);

// "S2R fast x2", followed by the run's number where several are shown.
std::string runName(const RunRecord& run, bool isOneOfSeveral);

} // namespace vitrine::superres_plugin
