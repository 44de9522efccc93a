#pragma once

#include "core/attention/head_search.h"
#include "core/attention/item_judge.h"
#include "core/jobs/experiment/run_result.h"
#include "plugins/calibration/experiments/task.h"

#include <filesystem>

// What a run of a head search shows.
namespace vitrine::calibration_plugin
{

void addSearchResult(const ReadTask& task, const attention::SearchResult& result, RunResult& out);

// heads.json: a head file (core/attention/head_list.h) with the pool it was chosen on, so that an
// evaluation can leave these items out.
Result<Artifact> writeSearchedHeads(const std::filesystem::path& folder, const ReadTask& task,
                                    const attention::SearchResult& result,
                                    const attention::HeadList& list);

} // namespace vitrine::calibration_plugin
