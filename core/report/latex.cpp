#include "core/report/document.h"
#include "core/report/latex_table.h"
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

constexpr std::size_t kLongWord = 24; // longer ones may break at the line's end

std::string latexWords(const std::vector<Words>& words)
{
    std::string text;
    for (const Words& each : words) {
        std::string piece = each.code ? latexCode(each.text) : latexWrapped(each.text, kLongWord);
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
        text += latexCode(rest, kLongWord) + "\\par\n";
        from = end + 1;
    }
    return text + "}\n\n";
}

struct LatexWriter {
    const Document& document;
    const std::vector<std::string>& files;

    std::string operator()(const Paragraph& paragraph) const
    {
        const std::string text = latexWrapped(paragraph.text, kLongWord);
        return paragraph.remark ? "\\begin{quote}\\small\n" + text + "\n\\end{quote}\n\n"
                                : text + "\n\n";
    }
    std::string operator()(const RichText& block) const
    {
        const std::string text = latexWords(block.words);
        switch (block.kind) {
        case RichText::Kind::heading:
            return fmt::format("\\{}section*{{{}}}\n\n", block.level <= 1 ? "sub" : "subsub", text);
        case RichText::Kind::item:
            // Lists by hand: an outer list may go on behind an inner one.
            return fmt::format(
                "{{\\leftskip={}em\\noindent\\llap{{{}\\hspace{{0.5em}}}}{}\\par}}\n",
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
    std::string operator()(const DataTable& table) const { return latexTable(table); }
    std::string operator()(const FigureBlock& block) const
    {
        const PlacedFigure& figure = document.figures[block.figure];
        const bool included = block.figure < files.size() && !files[block.figure].empty();
        std::string drawn = included ? fmt::format("\\includegraphics[width={:.1f}mm]{{{}}}\n",
                                                   figure.width, files[block.figure])
                                     : pgfplots(figure);
        // Wider than the text: scaled down to it, never up.
        drawn = "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n" +
                drawn + "}\n";
        return fmt::format("\\begin{{figure}}[H]\n\\centering\n{}\\caption{{\\textbf{{{}.}} "
                           "{}}}\n\\end{{figure}}\n\n",
                           drawn, latexText(figure.title), latexWrapped(figure.caption, kLongWord));
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
                        latexText(document.title), latexWrapped(document.subtitle, kLongWord));
    for (const Section& section : document.sections) {
        if (!section.title.empty())
            text += fmt::format("\\section{{{}}}\n\n", latexText(section.title));
        for (const Block& block : section.blocks)
            text += std::visit(LatexWriter{document, figureFiles}, block);
    }
    return text + "\\end{document}\n";
}

} // namespace vitrine::report
