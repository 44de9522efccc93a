#pragma once

#include "core/attention/head_search.h"
#include "core/attention/item_judge.h"
#include "core/jobs/experiment/run_result.h"
#include "plugins/common/evaluation/task.h"

#include <filesystem>

// What a run of a head search shows.
namespace vitrine::calibration_plugin
{

void addSearchResult(const evaluation::ReadTask& task, const attention::SearchResult& result,
                     RunResult& out);

// heads.json: a head file (core/attention/head_list.h) with the pool it was chosen on, so that an
// evaluation can leave these items out.
Result<Artifact> writeSearchedHeads(const std::filesystem::path& folder,
                                    const evaluation::ReadTask& task,
                                    const attention::SearchResult& result,
                                    const attention::HeadList& list);

// Items of the file that chose the heads; none where nothing says, or it was another file.
// `sha256` is the task file's.
std::vector<std::size_t> poolOfHeadFile(const std::filesystem::path& headFile,
                                        const std::string& sha256);
// They do not judge these heads; nothing where there is no head file.
evaluation::Exclusion poolExclusion(const std::filesystem::path& headFile);

inline constexpr const char* kNoControls =
    "There is no random control: no other set of as many heads exists.";

} // namespace vitrine::calibration_plugin
