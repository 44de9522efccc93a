#pragma once

#include "core/jobs/experiment/run_result.h"

namespace vitrine::quantization_plugin
{

// What papers report of vision transformers in codes, dated and with its mark (columns mark and
// unit, as widgets/table/claim_table.h shows them). All on ImageNet: other data, other models than
// any run here, and never in one table or figure with ours.
Table publishedVisionRows();
inline constexpr const char* kPublishedAreElsewhere =
    "These numbers are of other models on other data (ImageNet-1k, 1,000 classes): they say what "
    "their authors found, and none of them compares with a run here.";

} // namespace vitrine::quantization_plugin
