#pragma once

#include "core/figure/figure.h"
#include "core/jobs/run_record.h"

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

struct DataTable {
    std::string name{};
    std::vector<Heading> columns{};
    std::vector<std::vector<Value>> rows{}; // each as long as columns
    std::string remark{};                   // "the first 40 of 1,024 rows"
};

struct Paragraph {
    std::string text{};
    bool remark = false; // limits, fallbacks, evidence: said beside the numbers
};

struct Code {
    std::string text{};
};

struct FigureBlock {
    std::size_t figure = 0; // index into Document::figures
};

using Block = std::variant<Paragraph, Code, DataTable, FigureBlock>;

struct Section {
    std::string title{};
    std::vector<Block> blocks{};
};

struct Document {
    std::string title{};
    std::string subtitle{};
    std::vector<Section> sections{};
    std::vector<figure::Figure> figures{};
};

// One column per run, and the difference (second minus first) where there are two. Sections:
// results, figures, tables, parameters, notes, reproducibility; those without content are left out.
Document buildReport(const std::vector<RunRecord>& runs, std::vector<figure::Figure> figures);

// Numbers in full. figureFiles[i] is the path of figure i as the text names it.
std::string toMarkdown(const Document& document, const std::vector<std::string>& figureFiles);

// One self-contained page: no scripts, no network, light and dark, made for printing too.
// figures[i] is figure i as SVG text, fontFaces CSS that brings the face (both trusted: ours).
// Everything else is escaped.
std::string toHtml(const Document& document, const std::vector<std::string>& figures,
                   std::string_view fontFaces);

} // namespace vitrine::report
