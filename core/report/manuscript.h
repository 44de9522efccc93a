#pragma once

#include "core/base/json_fwd.h"
#include "core/figure/figure.h"
#include "core/report/document.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What a person writes: sections of texts, placed figures and tables. Holds names and wishes, no
// values: those come from the runs each time a document is made of it.
namespace vitrine::report
{

// What a person changes of a figure before it is printed; what is not set stays as the view drew
// it.
struct FigureEdits {
    std::optional<double> width, height; // millimetres on paper, 20 to 400
    std::optional<double> textSize;      // points, 4 to 24
    std::optional<std::string> title, caption, altText, xLabel, yLabel;
    std::optional<bool> legend;
    std::map<std::string, int> colours; // of series or bars by name: 0 to 7, kMuted

    friend bool operator==(const FigureEdits&, const FigureEdits&) = default;
};

struct TextItem {
    std::string markdown{};

    friend bool operator==(const TextItem&, const TextItem&) = default;
};

// A view's figure as it stood: drawn again from its runs and the view's state.
struct FigureItem {
    std::vector<std::string> runs{}; // uids, their beginnings, or numbers
    std::string figure{};            // the name it has in its plugin
    int copy = 0;                    // which one, where several have that name
    std::string state{};             // the view's state as JSON text; empty: as it is at first
    FigureEdits edits{};

    friend bool operator==(const FigureItem&, const FigureItem&) = default;
};

struct TableItem {
    enum class Source { metrics, parameters, notes, table };
    Source source = Source::metrics;
    std::vector<std::string> runs{};
    std::string table{};                // of Source::table: the name it has in its runs
    std::string title{};                // instead of that name
    std::vector<std::string> columns{}; // chosen ones in order (metrics: names); empty: all
    int digits = 4;                     // significant ones, 1 to 17
    std::int64_t rows = 40;             // on pages, 1 to 100,000; CSV has all

    friend bool operator==(const TableItem&, const TableItem&) = default;
};

using Item = std::variant<TextItem, FigureItem, TableItem>;

struct ManuscriptSection {
    std::string title{};
    std::vector<Item> items{};

    friend bool operator==(const ManuscriptSection&, const ManuscriptSection&) = default;
};

struct Manuscript {
    std::string title{};
    std::string subtitle{};
    std::vector<ManuscriptSection> sections{};
    bool appendix = true; // how each run is repeated and what it ran on

    friend bool operator==(const Manuscript&, const Manuscript&) = default;
};

std::string_view sourceName(TableItem::Source source);

// The file NAME.vitrine-report: {"format": "vitrine-report", "version": 1, "title", "subtitle",
// "appendix", "sections": [{"title", "items": [{"text"} | {"figure"} | {"table"}]}]}; the fields
// are those above, absent where they are as at first.
Json manuscriptJson(const Manuscript& manuscript);
std::string manuscriptText(const Manuscript& manuscript);
// Untrusted. `name` names the file in errors, which say where in it: "sections[1].items[0].figure".
Result<Manuscript> parseManuscript(std::string_view text, std::string_view name);
Result<Manuscript> manuscriptFromJson(const Json& json, std::string_view name);

// Figures that stand beside the runs they are drawn from, to be placed in order.
struct RunFigures {
    std::vector<std::string> runs{}; // uids
    std::vector<figure::Figure> figures{};
    std::string state{}; // of the view, as FigureItem has it
};

// What people call an experiment ("Compare codecs"), given its id; empty where nobody knows.
using TitleOf = std::function<std::string(const std::string& experiment)>;

// What one expects of these runs: results, figures, tables, notes, parameters, appendix; sections
// without content are left out. The title is that of the experiments; their ids where `titleOf`
// knows none.
Manuscript manuscriptOf(const std::vector<RunRecord>& runs, const std::vector<RunFigures>& figures,
                        const TitleOf& titleOf = {});

// Where a document's values come from. `figures` gives what a plugin draws of these runs (all of
// one plugin) in this state.
struct Sources {
    std::function<Result<RunRecord>(const std::string& run)> run;
    std::function<Result<std::vector<figure::Figure>>(const std::vector<RunRecord>& runs,
                                                      const std::string& state)>
        figures;
};

// The document as it stands today. What is not there (a run, a figure, a column) becomes a remark
// in its place and a line in Document::problems.
Document compose(const Manuscript& manuscript, const Sources& sources);

void applyEdits(PlacedFigure& figure, const FigureEdits& edits);

} // namespace vitrine::report
