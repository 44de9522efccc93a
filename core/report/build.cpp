#include "core/report/manuscript.h"
#include "core/report/values.h"
#include "core/store/subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace vitrine::report
{
namespace
{

using Runs = std::vector<RunRecord>;
using Uids = std::vector<std::string>;

Uids uidsOf(const Runs& runs)
{
    Uids uids;
    for (const RunRecord& run : runs)
        uids.push_back(run.uid);
    return uids;
}

// Runs of one experiment have the same metrics and parameters: those are compared.
std::vector<Runs> byExperiment(const Runs& runs)
{
    std::vector<Runs> groups;
    for (const RunRecord& run : runs) {
        const auto own = std::ranges::find(
            groups, run.experiment, [](const Runs& group) { return group.front().experiment; });
        if (own == groups.end())
            groups.push_back({run});
        else
            own->push_back(run);
    }
    return groups;
}

// "Attention maps and sinks · Compare codecs · and 2 more".
std::string titleOfAll(const std::vector<Runs>& groups, const TitleOf& titleOf)
{
    constexpr std::size_t kMost = 4;
    std::string title;
    for (std::size_t i = 0; i < std::min(groups.size(), kMost); ++i) {
        const std::string& id = groups[i].front().experiment;
        const std::string known = titleOf ? titleOf(id) : std::string();
        title += (title.empty() ? "" : " · ") + (known.empty() ? id : known);
    }
    if (groups.size() > kMost)
        title += fmt::format(" · and {} more", groups.size() - kMost);
    return title.empty() ? "Report" : title;
}

std::string subtitleOf(const Runs& runs)
{
    std::string text;
    for (const RunRecord& run : runs) {
        const std::string subject = subjectOf(run.params);
        text +=
            (text.empty() ? "" : "  |  ") + runName(run) + (subject.empty() ? "" : " · " + subject);
    }
    return text;
}

void addTables(ManuscriptSection& section, const std::vector<Runs>& groups,
               TableItem::Source source, const char* name)
{
    for (const Runs& group : groups) {
        const bool empty = source == TableItem::Source::metrics &&
                           std::ranges::all_of(group, [](const RunRecord& run) {
                               return run.result.metrics.empty() && run.state == RunState::done;
                           });
        if (!empty)
            section.items.push_back(TableItem{
                .source = source,
                .runs = uidsOf(group),
                .title = groups.size() == 1 ? "" : name + (", " + group.front().experiment)});
    }
}

ManuscriptSection figureSection(const std::vector<RunFigures>& figures)
{
    ManuscriptSection section{"Figures", {}};
    for (const RunFigures& drawn : figures) {
        std::map<std::string, int> copies;
        for (const figure::Figure& figure : drawn.figures)
            section.items.push_back(FigureItem{.runs = drawn.runs,
                                               .figure = figure.name,
                                               .copy = copies[figure.name]++,
                                               .state = drawn.state});
    }
    return section;
}

ManuscriptSection tableSection(const Runs& runs)
{
    ManuscriptSection section{"Tables", {}};
    for (const RunRecord& run : runs)
        for (const Table& table : run.result.tables)
            section.items.push_back(TableItem{
                .source = TableItem::Source::table, .runs = {run.uid}, .table = table.name});
    return section;
}

ManuscriptSection noteSection(const Runs& runs)
{
    const bool any = std::ranges::any_of(
        runs, [](const RunRecord& run) { return !run.note.empty() || !run.result.notes.empty(); });
    ManuscriptSection section{"Notes", {}};
    if (any)
        section.items = {TableItem{.source = TableItem::Source::notes, .runs = uidsOf(runs)}};
    return section;
}

} // namespace

Manuscript manuscriptOf(const std::vector<RunRecord>& runs, const std::vector<RunFigures>& figures,
                        const TitleOf& titleOf)
{
    const std::vector<Runs> groups = byExperiment(runs);
    ManuscriptSection results{"Results", {}}, parameters{"Parameters", {}};
    addTables(results, groups, TableItem::Source::metrics, "Metrics");
    addTables(parameters, groups, TableItem::Source::parameters, "Parameters");
    Manuscript manuscript{.title = titleOfAll(groups, titleOf), .subtitle = subtitleOf(runs)};
    for (ManuscriptSection section :
         {results, figureSection(figures), tableSection(runs), noteSection(runs), parameters})
        if (!section.items.empty())
            manuscript.sections.push_back(std::move(section));
    return manuscript;
}

Document buildReport(const std::vector<RunRecord>& runs, std::vector<figure::Figure> figures)
{
    const Manuscript manuscript = manuscriptOf(runs, {{uidsOf(runs), figures}});
    return compose(manuscript, {.run = [&](const std::string& uid) -> Result<RunRecord> {
                                    return *std::ranges::find(runs, uid, &RunRecord::uid);
                                },
                                .figures = [&](const Runs&, const std::string&)
                                    -> Result<std::vector<figure::Figure>> { return figures; }});
}

} // namespace vitrine::report
