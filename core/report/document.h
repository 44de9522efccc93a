#pragma once

#include "core/figure/figure.h"
#include "core/jobs/experiment/run_record.h"

#include <algorithm>
#include <limits>
#include <string>
#include <variant>
#include <vector>

// A report as plain data: chosen runs and figures, told in an order that a reader follows. No
// clock: the same runs give the same document.
namespace vitrine::report
{

// One value of a table: as people read it, and in full.
struct Value {
    std::string text{};    // "0.4127"
    std::string full{};    // "0.41268837"; empty where text is all there is
    bool number = false;   // stands right-aligned
    bool measured = false; // a time or a rate: another run has another one
    bool emphasis = false; // differs between the runs
    bool code = false;     // hashes, paths
};

struct Heading {
    std::string name{};
    std::string unit{}; // "" and "1" for none
    std::string help{};
    bool number = false;
    bool measured = false;
};

// What stands under the head of a table without rows, in every format.
inline constexpr const char* kNoRows = "no rows";

inline constexpr std::size_t kAllRows = std::numeric_limits<std::size_t>::max();

struct DataTable {
    std::string name{};
    std::vector<Heading> columns{};
    std::vector<std::vector<Value>> rows{}; // each as long as columns
    std::size_t shown = kAllRows;           // pages have the first ones; CSV has all
    std::string remark{};                   // "the first 40 of 1,024 rows"

    std::size_t shownRows() const { return std::min(shown, rows.size()); }
};

struct Paragraph {
    std::string text{};
    bool remark = false; // limits, fallbacks, evidence: said beside the numbers
};

// Words of one look inside a text.
struct Words {
    std::string text{};
    bool strong = false, emphasis = false, code = false;
    std::string link{}; // http, https or mailto; empty: none

    friend bool operator==(const Words&, const Words&) = default;
};

// A block of a text that a person wrote in Markdown (core/report/text.h).
struct RichText {
    enum class Kind { paragraph, heading, item, quote, rule };
    Kind kind = Kind::paragraph;
    int level = 1;        // of a heading (1 is below the section's), of a list (1 is outermost)
    std::string marker{}; // of a list's item: "•", "3."; empty where an item goes on
    std::vector<Words> words{};
};

struct Code {
    std::string text{};
};

// A figure as it stands on the page.
struct PlacedFigure : figure::Figure {
    double textSize = kTextSize; // points on paper; lines and marks grow with it

    static constexpr double kTextSize = 8.25; // as the window draws it
};

struct FigureBlock {
    std::size_t figure = 0; // index into Document::figures
};

using Block = std::variant<Paragraph, RichText, Code, DataTable, FigureBlock>;

struct Section {
    std::string title{};
    std::vector<Block> blocks{};
    std::vector<int> items{}; // of each block: which item of the manuscript's section it came from
};

struct Document {
    std::string title{};
    std::string subtitle{};
    std::vector<Section> sections{};
    std::vector<PlacedFigure> figures{};
    std::string newest{};                // when its newest run began, UTC; empty without runs
    std::vector<std::string> problems{}; // runs, figures and tables that are not there
};

// One column per run, and the difference (second minus first) where there are two. The title is
// made of the experiments' ids. Sections:
// results, figures, tables, parameters, notes, reproducibility; those without content are left out.
Document buildReport(const std::vector<RunRecord>& runs, std::vector<figure::Figure> figures);

// Numbers in full. figureFiles[i] is the path of figure i as the text names it.
std::string toMarkdown(const Document& document, const std::vector<std::string>& figureFiles);

// A page for pdflatex: booktabs tables (longtable where long), figures as pgfplots, or included
// where figureFiles[i] is not empty. Needs no package beyond Debian's texlive-latex-recommended
// and texlive-pictures.
std::string toLatex(const Document& document, const std::vector<std::string>& figureFiles);

// Every value of every table in long form, one a line, all rows, numbers in full (RFC 4180):
//   section,table,row,label,column,unit,value,measured
// row counts from 1, label is the row's first value, a missing value is empty. A table without
// rows is one line, row 0, whose value is "no rows".
std::string toCsv(const Document& document);
// One table as it stands, all rows, units in the headings.
std::string toCsv(const DataTable& table);

// One self-contained page: no scripts, no network, light and dark, made for printing too.
// figures[i] is figure i as SVG text, fontFaces CSS that brings the face (both trusted: ours).
// Everything else is escaped.
std::string toHtml(const Document& document, const std::vector<std::string>& figures,
                   std::string_view fontFaces);

} // namespace vitrine::report
