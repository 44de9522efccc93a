#include "core/figure/alt_text.h"
#include "core/report/document.h"
#include "core/report/values.h"

#include <fmt/format.h>

namespace vitrine::report
{
namespace
{

// Nothing in a run's text may become markup.
std::string markdownEscaped(const std::string& text)
{
    std::string safe;
    for (const char c : text) {
        if (c == '\n' || c == '\r') {
            safe += ' ';
            continue;
        }
        if (std::string_view("\\`*_{}[]<>#|~!&$").find(c) != std::string_view::npos)
            safe += '\\';
        safe += c;
    }
    return safe;
}

// A fence longer than any run of back quotes inside.
std::string fenced(const std::string& text)
{
    std::size_t longest = 2, current = 0;
    for (const char c : text) {
        current = c == '`' ? current + 1 : 0;
        longest = std::max(longest, current);
    }
    const std::string fence(longest + 1, '`');
    return fence + "\n" + text + "\n" + fence + "\n\n";
}

std::string markdownValue(const Value& value)
{
    const std::string text = markdownEscaped(value.number ? inFull(value) : value.text);
    const std::string marked = value.measured ? text + " †" : text;
    return value.emphasis && !text.empty() ? "**" + marked + "**" : marked;
}

std::string markdownTable(const DataTable& table)
{
    std::string text =
        table.name.empty() ? "" : fmt::format("### {}\n\n", markdownEscaped(table.name));
    std::string rule = "|";
    text += "|";
    for (const Heading& column : table.columns) {
        const bool unit = !column.unit.empty() && column.unit != "1";
        text += fmt::format(" {}{}{} |", markdownEscaped(column.name),
                            unit ? " (" + markdownEscaped(column.unit) + ")" : "",
                            column.measured ? " †" : "");
        rule += column.number ? "---:|" : "---|";
    }
    text += "\n" + rule + "\n";
    for (std::size_t r = 0; r < table.shownRows(); ++r) {
        text += "|";
        for (const Value& value : table.rows[r])
            text += " " + markdownValue(value) + " |";
        text += "\n";
    }
    if (table.shownRows() == 0)
        text += fmt::format("| *{}* |{}\n", kNoRows,
                            std::string(std::max<std::size_t>(table.columns.size(), 1) - 1, '|'));
    return text + "\n" + (table.remark.empty() ? "" : markdownEscaped(table.remark) + "\n\n");
}

std::string markdownWords(const std::vector<Words>& words)
{
    std::string text;
    for (const Words& each : words) {
        std::string piece = markdownEscaped(each.text);
        if (each.code && each.text.find('`') == std::string::npos)
            piece = "`" + each.text + "`";
        if (each.strong)
            piece = "**" + piece + "**";
        if (each.emphasis)
            piece = "*" + piece + "*";
        if (!each.link.empty())
            piece = "[" + piece + "](<" + each.link + ">)";
        text += piece;
    }
    return text;
}

struct MarkdownWriter {
    const Document& document;
    const std::vector<std::string>& files;

    std::string operator()(const Paragraph& paragraph) const
    {
        return (paragraph.remark ? "> " : "") + markdownEscaped(paragraph.text) + "\n\n";
    }
    std::string operator()(const RichText& block) const
    {
        const std::string text = markdownWords(block.words);
        switch (block.kind) {
        case RichText::Kind::heading:
            return std::string(std::min(static_cast<std::size_t>(block.level) + 2, std::size_t{6}),
                               '#') +
                   " " + text + "\n\n";
        case RichText::Kind::item: {
            const std::string indent(4 * static_cast<std::size_t>(block.level - 1), ' ');
            const std::string marker = block.marker.empty()  ? "   "
                                       : block.marker == "•" ? "- "
                                                             : block.marker + " ";
            return indent + marker + text + "\n\n";
        }
        case RichText::Kind::quote:
            return "> " + text + "\n\n";
        case RichText::Kind::rule:
            return "---\n\n";
        case RichText::Kind::paragraph:
            break;
        }
        return text + "\n\n";
    }
    std::string operator()(const Code& code) const { return fenced(code.text); }
    std::string operator()(const DataTable& table) const { return markdownTable(table); }
    std::string operator()(const FigureBlock& block) const
    {
        const figure::Figure& figure = document.figures[block.figure];
        std::string text =
            block.figure < files.size()
                ? fmt::format("![{}](<{}>)\n\n", markdownEscaped(figure::altTextOf(figure)),
                              files[block.figure])
                : std::string();
        text += fmt::format("**Figure {}. {}.** {}\n\n", block.figure + 1,
                            markdownEscaped(figure.title), markdownEscaped(figure.caption));
        return text;
    }
};

} // namespace

std::string toMarkdown(const Document& document, const std::vector<std::string>& figureFiles)
{
    std::string text = fmt::format("# {}\n\n{}\n\n", markdownEscaped(document.title),
                                   markdownEscaped(document.subtitle));
    for (const Section& section : document.sections) {
        text += fmt::format("## {}\n\n", markdownEscaped(section.title));
        for (const Block& block : section.blocks)
            text += std::visit(MarkdownWriter{document, figureFiles}, block);
    }
    while (text.ends_with("\n\n"))
        text.pop_back();
    return text;
}

} // namespace vitrine::report
