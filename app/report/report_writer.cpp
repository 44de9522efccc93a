#include "app/command_line/report_command.h"

#include "app/report/export_folder.h"
#include "app/report/report_files.h"
#include "core/base/file.h"
#include "core/base/in_file.h"
#include "core/figure/data.h"
#include "core/report/pgfplots.h"
#include "widgets/plot/render.h"
#include "widgets/print/html_report.h"
#include "widgets/print/pdf_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestDocument = 16U << 20U;
constexpr const char* kEndings[] = {".pdf", ".html", ".md", ".tex", ".csv"};

// The figures that `wanted` names as files beside the document; the paths as the document says
// them, empty for the others.
Result<std::vector<std::string>> writeFigures(const report::Document& document,
                                              const fs::path& file, plot::Format format,
                                              const char* ending,
                                              const std::function<bool(std::size_t)>& wanted,
                                              const ReportProgress& progress)
{
    const fs::path place = folderBeside(file, "_figures");
    ExportFolder folder(place, file.extension().string());
    const std::vector<std::string> names = figureNames(document);
    std::vector<std::string> paths(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (progress)
            progress(static_cast<int>(i), static_cast<int>(names.size()), "drawing figures");
        if (!wanted(i))
            continue;
        const std::string name = names[i] + ending;
        const QByteArray bytes = plot::renderFigure(
            document.figures[i], format,
            {.textScale = document.figures[i].textSize / report::PlacedFigure::kTextSize});
        VITRINE_CHECK(folder.write(name, bytes.toStdString()));
        paths[i] = place.filename().string() + "/" + name;
    }
    VITRINE_CHECK(folder.finish());
    return paths;
}

Result<void> writeMarkdown(const report::Document& document, const fs::path& file,
                           const ReportProgress& progress)
{
    VITRINE_TRY(
        const std::vector<std::string> figures,
        writeFigures(
            document, file, plot::Format::svg, ".svg", [](std::size_t) { return true; }, progress));
    return writeFileAtomically(file, report::toMarkdown(document, figures));
}

Result<void> writeLatex(const report::Document& document, const fs::path& file,
                        const ReportProgress& progress)
{
    const auto dense = [&](std::size_t i) { return !report::drawnByLatex(document.figures[i]); };
    VITRINE_TRY(const std::vector<std::string> figures,
                writeFigures(document, file, plot::Format::pdf, ".pdf", dense, progress));
    return writeFileAtomically(file, report::toLatex(document, figures));
}

Result<void> writeCsv(const report::Document& document, const fs::path& file)
{
    std::vector<const report::DataTable*> tables;
    std::vector<std::string> tableNames;
    for (const report::Section& section : document.sections)
        for (const report::Block& block : section.blocks)
            if (const auto* table = std::get_if<report::DataTable>(&block)) {
                tables.push_back(table);
                tableNames.push_back(fmt::format("{:02} {}", tables.size(), table->name));
            }
    ExportFolder folder(folderBeside(file, "_tables"), file.extension().string());
    const std::vector<std::string> names = distinctFileNames(tableNames, "table");
    for (std::size_t i = 0; i < tables.size(); ++i)
        VITRINE_CHECK(folder.write(names[i] + ".csv", report::toCsv(*tables[i])));
    const std::vector<std::string> figures = figureNames(document);
    for (std::size_t i = 0; i < figures.size(); ++i)
        VITRINE_CHECK(folder.write(fmt::format("figure-{}-{}.csv", i + 1, figures[i]),
                                   figure::figureCsv(document.figures[i])));
    VITRINE_CHECK(folder.finish());
    return writeFileAtomically(file, report::toCsv(document));
}

Result<std::vector<RunRecord>> loadRuns(const Store& store, const std::vector<std::string>& names)
{
    std::vector<RunRecord> runs;
    for (const std::string& name : names) {
        VITRINE_TRY(const std::int64_t number, store.resolve(name));
        VITRINE_TRY(RunRecord run, store.load(number));
        runs.push_back(std::move(run));
    }
    return runs;
}

// Each plugin sees its own runs together: so it compares them.
std::vector<report::RunFigures> allFigures(const std::vector<RunRecord>& runs,
                                           const FiguresOf& figuresOf, const StateOf& stateOf)
{
    std::vector<std::string> plugins;
    for (const RunRecord& run : runs)
        if (std::ranges::find(plugins, run.plugin) == plugins.end())
            plugins.push_back(run.plugin);
    std::vector<report::RunFigures> all;
    for (const std::string& plugin : plugins) {
        std::vector<RunRecord> own;
        std::ranges::copy_if(runs, std::back_inserter(own),
                             [&](const RunRecord& run) { return run.plugin == plugin; });
        const std::string state = stateOf ? stateOf(own) : std::string();
        const auto figures = figuresOf(plugin, own, state);
        if (!figures)
            continue;
        report::RunFigures drawn{.figures = *figures, .state = state};
        for (const RunRecord& run : own)
            drawn.runs.push_back(run.uid);
        all.push_back(std::move(drawn));
    }
    return all;
}

bool namesDocument(const std::vector<std::string>& words)
{
    std::error_code code;
    return words.size() == 1 &&
           (words[0].ends_with(".vitrine-report") || words[0].ends_with(".json") ||
            (words[0].find('/') != std::string::npos && fs::is_regular_file(words[0], code)));
}

Result<report::Manuscript> readManuscript(const std::string& file)
{
    VITRINE_TRY(const std::string text, readFile(file, kLargestDocument));
    return report::parseManuscript(text, file);
}

} // namespace

report::Sources reportSources(const Store& store, const FiguresOf& figuresOf)
{
    return {.run = [&store](const std::string& name) -> Result<RunRecord> {
                VITRINE_TRY(const std::int64_t number, store.resolve(name));
                return store.load(number);
            },
            .figures = [&figuresOf](const std::vector<RunRecord>& runs, const std::string& state)
                -> Result<std::vector<figure::Figure>> {
                for (const RunRecord& run : runs)
                    if (run.plugin != runs.front().plugin)
                        return inputError("its runs belong to different rooms ({} and {})",
                                          runs.front().plugin, run.plugin);
                return figuresOf(runs.front().plugin, runs, state);
            }};
}

Result<report::Manuscript> manuscriptOfRuns(const Store& store, const FiguresOf& figuresOf,
                                            const std::vector<std::string>& runs,
                                            const report::TitleOf& titleOf, const StateOf& stateOf)
{
    VITRINE_TRY(const std::vector<RunRecord> records, loadRuns(store, runs));
    return report::manuscriptOf(records, allFigures(records, figuresOf, stateOf), titleOf);
}

Result<void> writeDocument(const report::Document& document, const std::filesystem::path& file,
                           const ReportProgress& progress)
{
    const std::string ending = file.extension().string();
    if (ending == ".md")
        return writeMarkdown(document, file, progress);
    if (ending == ".tex")
        return writeLatex(document, file, progress);
    if (ending == ".csv")
        return writeCsv(document, file);
    if (ending == ".html")
        return writeFileAtomically(file, print::htmlReport(document));
    return writeFileAtomically(file, print::pdfReport(document, [&](int done, int of) {
                                   if (progress)
                                       progress(done, of, "writing pages");
                               }));
}

Result<void> writeReport(const Store& store, const FiguresOf& figuresOf,
                         const std::vector<std::string>& runsOrFile,
                         const std::filesystem::path& file, const ReportProgress& progress,
                         const report::TitleOf& titleOf)
{
    if (runsOrFile.empty())
        return argumentError("report: name one run or several, as vitrine runs list shows them, "
                             "or a file .vitrine-report");
    if (std::ranges::find(kEndings, file.extension().string()) == std::end(kEndings))
        return argumentError("report: cannot write \"{}\": the name must end in .pdf, .html, .md, "
                             ".tex or .csv",
                             file.string());
    VITRINE_TRY(const report::Manuscript manuscript,
                namesDocument(runsOrFile)
                    ? readManuscript(runsOrFile[0])
                    : manuscriptOfRuns(store, figuresOf, runsOrFile, titleOf));
    const report::Document document = report::compose(manuscript, reportSources(store, figuresOf));
    if (!document.problems.empty()) {
        const std::size_t others = document.problems.size() - 1;
        const auto error = inputError("report: {}{}", document.problems.front(),
                                      others == 0 ? "" : fmt::format(" (and {} more)", others));
        return namesDocument(runsOrFile) ? inFile(runsOrFile[0], Result<void>(error)) : error;
    }
    return writeDocument(document, file, progress);
}

} // namespace vitrine
