#include "core/report/columns.h"
#include "core/report/document.h"
#include "core/report/latex_text.h"
#include "core/report/pgfplots.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::report
{
namespace
{

constexpr const char* kPreamble = R"tex(\documentclass[10pt,a4paper]{article}
\usepackage[utf8]{inputenc}
% Latin Modern where it is installed; Computer Modern needs no package.
\IfFileExists{lmodern.sty}{\usepackage[T1]{fontenc}\usepackage{lmodern}}{}
\usepackage{textcomp}
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb}
\usepackage{array,booktabs,longtable,float,graphicx,xcolor}
\usepackage{pgfplots}
\pgfplotsset{compat=1.16}
\usepackage[hidelinks]{hyperref}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 1pt}
\setlength{\LTcapwidth}{\linewidth}
\setlength{\emergencystretch}{3em}
\raggedbottom
)tex";

constexpr std::size_t kLongTable = 24; // rows; longer ones go on over pages
constexpr double kTextWidth = 104;     // characters of \footnotesize on the line
constexpr double kGap = 2.6;           // characters between columns
constexpr double kWidest = 46;         // a column's characters; longer texts wrap

std::size_t characters(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string shownText(const Value& value)
{
    return value.text + (value.measured ? " †" : "");
}

std::string headingText(const Heading& column)
{
    const bool unit = !column.unit.empty() && column.unit != "1";
    return column.name + (unit ? " (" + column.unit + ")" : "") + (column.measured ? " †" : "");
}

// What each column needs, in characters of this size.
std::vector<double> widthsOf(const DataTable& table)
{
    std::vector<double> widths;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        std::size_t longest = characters(headingText(table.columns[c]));
        for (std::size_t r = 0; r < table.shownRows(); ++r) {
            const Value& value = table.rows[r][c];
            const std::size_t length = characters(shownText(value));
            longest = std::max(longest, value.code ? length * 5 / 4 : length);
        }
        widths.push_back(std::min(static_cast<double>(longest), kWidest) + kGap);
    }
    return widths;
}

std::string cellText(const Value& value)
{
    std::string text = value.code ? latexCode(value.text) : latexText(value.text);
    if (value.emphasis && !value.text.empty())
        text = "\\textbf{" + text + "}";
    return value.measured ? text + "\\,\\dag{}" : text;
}

std::string columnLetters(const DataTable& table)
{
    std::string letters;
    const std::vector<double> widths = widthsOf(table);
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const bool wraps = widths[c] - kGap >= kWidest / 2 &&
                           std::ranges::any_of(table.rows, [&](const auto& row) {
                               return characters(row[c].text) * 2 >= kWidest;
                           });
        if (wraps)
            letters += fmt::format(">{{\\raggedright\\arraybackslash}}p{{{:.3f}\\linewidth}}",
                                   (widths[c] - kGap) / kTextWidth);
        else
            letters += table.columns[c].number ? 'r' : 'l';
    }
    return "@{}" + letters + "@{}";
}

std::string rowText(const std::vector<Value>& row)
{
    std::string text;
    for (const Value& value : row)
        text += (text.empty() ? "" : " & ") + (value.text.empty() ? "{}" : cellText(value));
    return text + " \\\\\n";
}

std::string headText(const DataTable& table)
{
    std::string text;
    for (const Heading& column : table.columns) {
        std::string name = latexText(headingText(column));
        text += (text.empty() ? "" : " & ") + (name.empty() ? "{}" : name);
    }
    return text + " \\\\\n";
}

std::string longTable(const DataTable& table, const std::string& caption)
{
    const std::string head = headText(table);
    std::string text = fmt::format("{{\\footnotesize\n\\begin{{longtable}}[l]{{{}}}\n",
                                   columnLetters(table));
    if (!caption.empty())
        text += "\\caption{" + caption + "} \\\\\n";
    text += fmt::format("\\toprule\n{0}\\midrule\n\\endfirsthead\n\\toprule\n{0}\\midrule\n"
                        "\\endhead\n\\bottomrule\n\\endfoot\n",
                        head);
    for (const auto& row : table.rows)
        text += rowText(row);
    return text + "\\end{longtable}\n}\n";
}

std::string shortTable(const DataTable& table, const std::string& caption)
{
    std::string text = "\\begin{table}[H]\n";
    if (!caption.empty())
        text += "\\caption{" + caption + "}\n";
    text += fmt::format("\\footnotesize\n\\begin{{tabular}}{{{}}}\n\\toprule\n{}\\midrule\n",
                        columnLetters(table), headText(table));
    for (const auto& row : table.rows)
        text += rowText(row);
    return text + "\\bottomrule\n\\end{tabular}\n\\end{table}\n";
}

std::string tableText(const DataTable& table)
{
    std::string text;
    const auto groups = columnGroups(table, widthsOf(table), kTextWidth + kGap);
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const DataTable part = withColumns(table, groups[g]);
        std::string caption = latexText(table.name);
        if (groups.size() > 1)
            caption += fmt::format(" (columns {} of {})", g + 1, groups.size());
        const std::string ending = g + 1 == groups.size() && !table.remark.empty()
                                       ? "{\\footnotesize " + latexText(table.remark) + "\\par}\n"
                                       : "";
        text += (part.rows.size() > kLongTable ? longTable(part, caption)
                                               : shortTable(part, caption)) +
                ending;
    }
    return text + "\n";
}

std::string wordsText(const std::vector<Words>& words)
{
    std::string text;
    for (const Words& each : words) {
        std::string piece = each.code ? latexCode(each.text) : latexText(each.text);
        if (each.strong)
            piece = "\\textbf{" + piece + "}";
        if (each.emphasis)
            piece = "\\emph{" + piece + "}";
        if (!each.link.empty())
            piece += each.link == each.text ? "" : " (" + latexCode(each.link) + ")";
        text += piece;
    }
    return text;
}

std::string codeLines(const std::string& code)
{
    std::string text = "{\\footnotesize\\raggedright\n";
    std::size_t from = 0;
    while (from <= code.size()) {
        const std::size_t end = std::min(code.find('\n', from), code.size());
        const std::string line = code.substr(from, end - from);
        const std::size_t indent = line.find_first_not_of(' ');
        for (std::size_t i = 0; i < std::min(indent, line.size()); ++i)
            text += "~";
        // Words break at their spaces, long ones inside.
        std::string rest = indent == std::string::npos ? "" : line.substr(indent);
        text += latexCode(rest) + "\\par\n";
        from = end + 1;
    }
    return text + "}\n\n";
}

struct Writer {
    const Document& document;
    const std::vector<std::string>& files;

    std::string operator()(const Paragraph& paragraph) const
    {
        const std::string text = latexText(paragraph.text);
        return paragraph.remark
                   ? "\\begin{quote}\\small\n" + text + "\n\\end{quote}\n\n"
                   : text + "\n\n";
    }
    std::string operator()(const RichText& block) const
    {
        const std::string text = wordsText(block.words);
        switch (block.kind) {
        case RichText::Kind::heading:
            return fmt::format("\\{}section*{{{}}}\n\n", block.level <= 1 ? "sub" : "subsub", text);
        case RichText::Kind::item:
            // Lists by hand: an outer list may go on behind an inner one.
            return fmt::format("{{\\leftskip={}em\\noindent\\llap{{{}\\hspace{{0.5em}}}}{}\\par}}\n",
                               shortIndent(block.level), latexText(block.marker), text);
        case RichText::Kind::quote:
            return "\\begin{quote}\n" + text + "\n\\end{quote}\n\n";
        case RichText::Kind::rule:
            return "\\par\\noindent\\rule{\\linewidth}{0.4pt}\\par\n\n";
        case RichText::Kind::paragraph:
            break;
        }
        return text + "\n\n";
    }
    std::string operator()(const Code& code) const { return codeLines(code.text); }
    std::string operator()(const DataTable& table) const { return tableText(table); }
    std::string operator()(const FigureBlock& block) const
    {
        const PlacedFigure& figure = document.figures[block.figure];
        const bool included = block.figure < files.size() && !files[block.figure].empty();
        std::string drawn =
            included ? fmt::format("\\includegraphics[width={:.1f}mm]{{{}}}\n", figure.width,
                                   files[block.figure])
                     : pgfplots(figure);
        // Wider than the text: scaled down to it, never up.
        drawn = "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n" +
                drawn + "}\n";
        return fmt::format("\\begin{{figure}}[H]\n\\centering\n{}\\caption{{\\textbf{{{}.}} "
                           "{}}}\n\\end{{figure}}\n\n",
                           drawn, latexText(figure.title), latexText(figure.caption));
    }

    static std::string shortIndent(int level) { return fmt::format("{:.1f}", 1.6 * level); }
};

} // namespace

std::string toLatex(const Document& document, const std::vector<std::string>& figureFiles)
{
    std::string text = kPreamble;
    text += kLatexColours;
    // \author sets its lines unbroken: a box of its own breaks a long subtitle.
    text += fmt::format("\\title{{{}}}\n"
                        "\\author{{\\parbox{{0.9\\linewidth}}{{\\centering\\small {}}}}}\n"
                        "\\date{{}}\n\\begin{{document}}\n\\maketitle\n\n",
                        latexText(document.title), latexText(document.subtitle));
    for (const Section& section : document.sections) {
        if (!section.title.empty())
            text += fmt::format("\\section{{{}}}\n\n", latexText(section.title));
        for (const Block& block : section.blocks)
            text += std::visit(Writer{document, figureFiles}, block);
    }
    return text + "\\end{document}\n";
}

} // namespace vitrine::report
