#include "app/report_command.h"

#include "core/base/file.h"
#include "core/report/document.h"
#include "widgets/plot/render.h"
#include "widgets/print/html_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

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
std::vector<figure::Figure> allFigures(const std::vector<RunRecord>& runs,
                                       const FiguresOf& figuresOf)
{
    std::vector<std::string> plugins;
    for (const RunRecord& run : runs)
        if (std::ranges::find(plugins, run.plugin) == plugins.end())
            plugins.push_back(run.plugin);
    std::vector<figure::Figure> figures;
    for (const std::string& plugin : plugins) {
        std::vector<RunRecord> own;
        std::ranges::copy_if(runs, std::back_inserter(own),
                             [&](const RunRecord& run) { return run.plugin == plugin; });
        for (figure::Figure& figure : figuresOf(plugin, own))
            figures.push_back(std::move(figure));
    }
    return figures;
}

// "sink-profile.svg", a number behind it where the name is taken. A figure's name is a plugin's: no
// path comes of it.
std::vector<std::string> fileNames(const std::vector<figure::Figure>& figures)
{
    std::set<std::string> taken;
    std::vector<std::string> names;
    for (const figure::Figure& figure : figures) {
        std::string base;
        for (const char c : figure.name)
            base += std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ? c : '-';
        if (base.empty())
            base = "figure";
        std::string name = base;
        for (int i = 2; !taken.insert(name).second; ++i)
            name = fmt::format("{}-{}", base, i);
        names.push_back(name + ".svg");
    }
    return names;
}

Result<void> writeMarkdown(const report::Document& document, const fs::path& file)
{
    const fs::path folder = file.parent_path() / (file.stem().string() + "_figures");
    std::vector<std::string> names = fileNames(document.figures);
    std::error_code code;
    if (!names.empty() && !fs::create_directories(folder, code) && code)
        return failure("cannot make the folder {}: {}", folder.string(), code.message());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const QByteArray svg = plot::renderFigure(document.figures[i], plot::Format::svg);
        VITRINE_CHECK(writeFileAtomically(folder / names[i], svg.toStdString()));
        names[i] = folder.filename().string() + "/" + names[i];
    }
    return writeFileAtomically(file, report::toMarkdown(document, names));
}

} // namespace

Result<void> writeReport(const Store& store, const FiguresOf& figuresOf,
                         const std::vector<std::string>& runs, const std::filesystem::path& file)
{
    const std::string ending = file.extension().string();
    if (runs.empty())
        return argumentError("report: name one run or several, as vitrine runs list shows them");
    if (ending == ".pdf" || ending == ".tex" || ending == ".csv")
        return argumentError("report: {} is not built yet; write to a name ending in .html or .md",
                             ending);
    if (ending != ".html" && ending != ".md")
        return argumentError("report: cannot write \"{}\": the name must end in .html or .md",
                             file.string());
    VITRINE_TRY(const std::vector<RunRecord> records, loadRuns(store, runs));
    const report::Document document = report::buildReport(records, allFigures(records, figuresOf));
    if (ending == ".md")
        return writeMarkdown(document, file);
    return writeFileAtomically(file, print::htmlReport(document));
}

} // namespace vitrine
