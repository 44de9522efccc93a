#pragma once

#include "core/base/result.h"
#include "core/figure/figure.h"
#include "core/jobs/run_record.h"
#include "core/store/store.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vitrine
{

// The figures that a plugin makes of its runs; none where the plugin is not there.
using FiguresOf = std::function<std::vector<figure::Figure>(const std::string& plugin,
                                                            const std::vector<RunRecord>& runs)>;

// Writes a report of the runs (numbers or beginnings of uids) as FILE.html (one self-contained
// file) or FILE.md (figures as SVG in FILE_figures beside it). Reads the store only; same runs,
// same bytes. Needs a QApplication (offscreen is enough).
Result<void> writeReport(const Store& store, const FiguresOf& figuresOf,
                         const std::vector<std::string>& runs, const std::filesystem::path& file);

// `vitrine report RUN ... --to FILE [--workspace FILE] [--json]`, given the words behind the verb.
// Draws with Qt's offscreen platform; prints the file's path. The exit code.
int reportCommand(const std::vector<std::string>& arguments);

} // namespace vitrine
