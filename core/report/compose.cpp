#include "core/report/manuscript.h"
#include "core/report/short_texts.h"
#include "core/report/tables.h"
#include "core/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vitrine::report
{
namespace
{

// Fills a document item by item; every run is loaded and every set of figures drawn once.
class Composer
{
public:
    Composer(const Manuscript& manuscript, const Sources& sources)
        : sources_(sources), several_(namesOf(manuscript).size() > 1)
    {
    }

    Document document;

    void add(const ManuscriptSection& described)
    {
        Section section{described.title, {}, {}};
        for (std::size_t i = 0; i < described.items.size(); ++i) {
            for (Block& block : std::visit(*this, described.items[i])) {
                section.blocks.push_back(std::move(block));
                section.items.push_back(static_cast<int>(i));
            }
        }
        document.sections.push_back(std::move(section));
    }

    void addAppendix()
    {
        Section section = originSection(used_);
        section.items.assign(section.blocks.size(), -1);
        if (!section.blocks.empty())
            document.sections.push_back(std::move(section));
    }

    std::vector<Block> operator()(const TextItem& item) { return textBlocks(item.markdown); }

    std::vector<Block> operator()(const FigureItem& item)
    {
        const auto runs = load(item.runs);
        if (!runs)
            return missing(fmt::format("Figure \"{}\"", item.figure), runs.error());
        const auto drawn = figuresOf(*runs, item.state);
        if (!drawn)
            return missing(fmt::format("Figure \"{}\"", item.figure), drawn.error());
        int copy = item.copy;
        for (const figure::Figure& figure : *drawn) {
            if (figure.name != item.figure || copy-- > 0)
                continue;
            document.figures.push_back({figure});
            applyEdits(document.figures.back(), item.edits);
            return {FigureBlock{document.figures.size() - 1}};
        }
        return missing(fmt::format("Figure \"{}\"", item.figure),
                       {ErrorKind::input, "its runs draw no figure of that name"});
    }

    std::vector<Block> operator()(const TableItem& item)
    {
        const std::string name =
            fmt::format("Table \"{}\"", item.table.empty() ? sourceName(item.source) : item.table);
        const auto runs = load(item.runs);
        if (!runs)
            return missing(name, runs.error());
        if (item.source == TableItem::Source::notes)
            return noteBlocks(*runs);
        if (item.source == TableItem::Source::table)
            return tablesOf(*runs, item);
        if (item.source == TableItem::Source::parameters)
            return {parameterTable(*runs, item)};
        std::vector<Block> blocks = stateRemarks(*runs);
        DataTable table = metricTable(*runs, item);
        if (!table.rows.empty() || blocks.empty()) // a failed run has said why there are none
            blocks.push_back(std::move(table));
        return blocks;
    }

private:
    // A remark where the thing would be, and a line for whoever exports.
    std::vector<Block> missing(const std::string& what, const Error& why)
    {
        document.problems.push_back(what + " is not there: " + why.message);
        return {Paragraph{document.problems.back(), true}};
    }

    Result<std::vector<RunRecord>> load(const std::vector<std::string>& names)
    {
        if (names.empty())
            return inputError("no run is named");
        std::vector<RunRecord> runs;
        for (const std::string& name : names) {
            auto found = loaded_.find(name);
            if (found == loaded_.end()) {
                VITRINE_TRY(RunRecord run, sources_.run(name));
                found = loaded_.emplace(name, std::move(run)).first;
                if (usedUids_.insert(found->second.uid).second)
                    used_.push_back(found->second);
                document.newest = std::max(document.newest, found->second.started);
            }
            runs.push_back(found->second);
        }
        return runs;
    }

    Result<std::vector<figure::Figure>> figuresOf(const std::vector<RunRecord>& runs,
                                                  const std::string& state)
    {
        std::string key = state;
        for (const RunRecord& run : runs)
            key += '\n' + run.uid;
        const auto found = drawn_.find(key);
        if (found != drawn_.end())
            return found->second;
        return drawn_.emplace(key, sources_.figures(runs, state)).first->second;
    }

    std::vector<Block> tablesOf(const std::vector<RunRecord>& runs, const TableItem& item)
    {
        std::vector<Block> blocks;
        const auto add = [&](std::vector<Block> more) {
            for (Block& block : more)
                blocks.push_back(std::move(block));
        };
        for (const RunRecord& run : runs) {
            const std::string what = fmt::format("Table \"{}\" of {}", item.table, runName(run));
            const Table* table = run.result.table(item.table);
            if (table == nullptr) {
                add(missing(what, {ErrorKind::input, "the run has no table of that name"}));
                continue;
            }
            if (table->columns.empty()) {
                add({Paragraph{what + " has no columns.", true}});
                continue;
            }
            for (const std::string& column : item.columns)
                if (table->column(column) < 0)
                    add(missing(fmt::format("{}, column \"{}\",", what, column),
                                {ErrorKind::input, "the table has no such column"}));
            TableItem own = item;
            if (!own.title.empty() && runs.size() > 1)
                own.title += ", " + runName(run);
            add({dataTable(*table, several_ ? table->name + ", " + runName(run) : table->name,
                           own)});
        }
        return blocks;
    }

    static std::set<std::string> namesOf(const Manuscript& manuscript)
    {
        std::set<std::string> names;
        for (const ManuscriptSection& section : manuscript.sections)
            for (const Item& item : section.items)
                std::visit(
                    [&](const auto& each) {
                        if constexpr (requires { each.runs; })
                            names.insert(each.runs.begin(), each.runs.end());
                    },
                    item);
        return names;
    }

    const Sources& sources_;
    const bool several_;                      // runs: then each table says whose it is
    std::map<std::string, RunRecord> loaded_; // by the name in the manuscript
    std::map<std::string, Result<std::vector<figure::Figure>>> drawn_;
    std::vector<RunRecord> used_; // in the order of appearance
    std::set<std::string> usedUids_;
};

void recolour(auto& drawn, const std::map<std::string, int>& colours)
{
    for (auto& each : drawn)
        if (const auto found = colours.find(each.name); found != colours.end())
            each.colour = found->second;
}

} // namespace

void applyEdits(PlacedFigure& figure, const FigureEdits& edits)
{
    figure.width = edits.width.value_or(figure.width);
    figure.height = edits.height.value_or(figure.height);
    figure.textSize = edits.textSize.value_or(figure.textSize);
    figure.title = edits.title.value_or(figure.title);
    figure.caption = edits.caption.value_or(figure.caption);
    figure.altText = edits.altText.value_or(figure.altText);
    figure.x.label = edits.xLabel.value_or(figure.x.label);
    figure.y.label = edits.yLabel.value_or(figure.y.label);
    figure.legend = edits.legend.value_or(figure.legend);
    recolour(figure.series, edits.colours);
    recolour(figure.bars, edits.colours);
}

Document compose(const Manuscript& manuscript, const Sources& sources)
{
    Composer composer(manuscript, sources);
    composer.document.title = manuscript.title;
    composer.document.subtitle = manuscript.subtitle;
    for (const ManuscriptSection& section : manuscript.sections)
        composer.add(section);
    if (manuscript.appendix)
        composer.addAppendix();
    cutLongTexts(composer.document);
    return std::move(composer.document);
}

} // namespace vitrine::report
