#pragma once

#include "core/base/result.h"
#include "core/figure/figure.h"
#include "core/jobs/experiment/run_record.h"
#include "core/report/manuscript.h"
#include "core/store/store.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vitrine
{

// The figures that a plugin draws of its runs in this state of its view (JSON text; empty: as it
// is at first); an error where the plugin is not there.
using FiguresOf = std::function<Result<std::vector<figure::Figure>>(
    const std::string& plugin, const std::vector<RunRecord>& runs, const std::string& state)>;

// Hears how far an export is.
using ReportProgress = std::function<void(int done, int of, const std::string& what)>;

// What the store and the plugins give to a manuscript. Both must outlive it.
report::Sources reportSources(const Store& store, const FiguresOf& figuresOf);

// How a person left the view of these runs (all of one plugin), as JSON text; empty where nobody
// has opened it.
using StateOf = std::function<std::string(const std::vector<RunRecord>& runs)>;

// What one expects of these runs (numbers or beginnings of uids), their figures as their view was
// left. A plugin that is not there draws no figures.
Result<report::Manuscript> manuscriptOfRuns(const Store& store, const FiguresOf& figuresOf,
                                            const std::vector<std::string>& runs,
                                            const report::TitleOf& titleOf = {},
                                            const StateOf& stateOf = {});

// As the file's ending says: .pdf, .html (one self-contained file), .md (figures as SVG in
// FILE_figures beside it), .tex (dense figures as PDF in FILE_figures), .csv (every value in long
// form; tables and figures one by one in FILE_tables). What an earlier export left in these folders
// goes, files of others stay. Same document, same bytes. Needs a QApplication (offscreen is
// enough).
Result<void> writeDocument(const report::Document& document, const std::filesystem::path& file,
                           const ReportProgress& progress = {});

// Runs, or one file NAME.vitrine-report, to a document. `titleOf` names runs' experiments. Reads
// the store only. What is named and not there is an error, and nothing is written.
Result<void> writeReport(const Store& store, const FiguresOf& figuresOf,
                         const std::vector<std::string>& runsOrFile,
                         const std::filesystem::path& file, const ReportProgress& progress = {},
                         const report::TitleOf& titleOf = {});

// `vitrine report RUN ... | DOCUMENT --to FILE [--workspace FILE] [--json]`, given the words behind
// the verb. Draws with Qt's offscreen platform; prints the file's path. The exit code.
int reportCommand(const std::vector<std::string>& arguments);

} // namespace vitrine
