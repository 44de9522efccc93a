#include "core/figure/alt_text.h"
#include "core/report/document.h"
#include "core/report/html_style.h"
#include "core/report/values.h"

#include <fmt/format.h>

namespace vitrine::report
{
namespace
{

std::string htmlEscaped(std::string_view text)
{
    std::string safe;
    for (const char c : text) {
        switch (c) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        case '\'':
            safe += "&#39;";
            break;
        default:
            safe += c;
        }
    }
    return safe;
}

std::string anchor(std::string_view title)
{
    std::string id;
    for (const char c : title)
        id += c >= 'A' && c <= 'Z'   ? static_cast<char>(c - 'A' + 'a')
              : c >= 'a' && c <= 'z' ? c
                                     : '-';
    return id;
}

// One for each section, all different.
std::vector<std::string> anchorsOf(const Document& document)
{
    std::vector<std::string> anchors;
    for (const Section& section : document.sections) {
        const std::string base = anchor(section.title);
        std::string name = base;
        for (int i = 2; std::ranges::find(anchors, name) != anchors.end(); ++i)
            name = fmt::format("{}-{}", base, i);
        anchors.push_back(std::move(name));
    }
    return anchors;
}

std::string htmlHeading(const Heading& column)
{
    std::string text =
        fmt::format("<th scope=\"col\"{}{}>{}", column.number ? " class=\"n\"" : "",
                    column.help.empty() ? "" : " title=\"" + htmlEscaped(column.help) + "\"",
                    htmlEscaped(column.name));
    if (!column.unit.empty() && column.unit != "1")
        text += "&#8201;<span class=\"u\">(" + htmlEscaped(column.unit) + ")</span>";
    return text + (column.measured ? "<span class=\"m\"> †</span></th>" : "</th>");
}

std::string htmlValue(const Value& value, const Heading& column)
{
    std::string classes = value.number || column.number ? "n" : "";
    if (value.code)
        classes += classes.empty() ? "c" : " c";
    std::string text = htmlEscaped(value.text);
    if (value.emphasis)
        text = "<b>" + text + "</b>";
    if (value.measured)
        text += "<span class=\"m\" title=\"measured\"> †</span>";
    const std::string hover = hoverText(value);
    return fmt::format("<td{}{}>{}</td>", classes.empty() ? "" : " class=\"" + classes + "\"",
                       hover.empty() ? "" : " title=\"" + htmlEscaped(hover) + "\"", text);
}

std::string htmlTable(const DataTable& table)
{
    std::string text = table.name.empty() ? "" : "<h3>" + htmlEscaped(table.name) + "</h3>\n";
    text += "<div class=\"card\"><table>\n<thead><tr>";
    for (const Heading& column : table.columns)
        text += htmlHeading(column);
    text += "</tr></thead>\n<tbody>\n";
    for (std::size_t r = 0; r < table.shownRows(); ++r) {
        text += "<tr>";
        for (std::size_t c = 0; c < table.columns.size(); ++c)
            text += htmlValue(table.rows[r][c], table.columns[c]);
        text += "</tr>\n";
    }
    if (table.shownRows() == 0)
        text += fmt::format("<tr><td class=\"none\" colspan=\"{}\">{}</td></tr>\n",
                            table.columns.size(), kNoRows);
    text += "</tbody></table></div>\n";
    return table.remark.empty() ? text
                                : text + "<p class=\"remark\" style=\"border:0;padding:0\">" +
                                      htmlEscaped(table.remark) + "</p>\n";
}

// The svg element alone: an XML declaration has no place inside a page.
std::string_view svgElement(std::string_view svg)
{
    const auto start = svg.find("<svg");
    return start == std::string_view::npos ? std::string_view() : svg.substr(start);
}

std::string htmlWords(const std::vector<Words>& words)
{
    std::string text;
    for (const Words& each : words) {
        std::string piece = htmlEscaped(each.text);
        if (each.code)
            piece = "<code>" + piece + "</code>";
        if (each.strong)
            piece = "<b>" + piece + "</b>";
        if (each.emphasis)
            piece = "<em>" + piece + "</em>";
        if (!each.link.empty())
            piece = "<a href=\"" + htmlEscaped(each.link) + "\">" + piece + "</a>";
        text += piece;
    }
    return text;
}

struct HtmlWriter {
    const Document& document;
    const std::vector<std::string>& figures;

    std::string operator()(const Paragraph& paragraph) const
    {
        return fmt::format("<p{}>{}</p>\n", paragraph.remark ? " class=\"remark\"" : "",
                           htmlEscaped(paragraph.text));
    }
    std::string operator()(const RichText& block) const
    {
        const std::string text = htmlWords(block.words);
        switch (block.kind) {
        case RichText::Kind::heading: {
            const int level = std::min(block.level + 2, 6);
            return fmt::format("<h{0}>{1}</h{0}>\n", level, text);
        }
        case RichText::Kind::item:
            return fmt::format("<p class=\"item\" style=\"--level:{}\"><span "
                               "class=\"marker\">{}</span>{}</p>\n",
                               block.level, htmlEscaped(block.marker), text);
        case RichText::Kind::quote:
            return "<blockquote>" + text + "</blockquote>\n";
        case RichText::Kind::rule:
            return "<hr>\n";
        case RichText::Kind::paragraph:
            break;
        }
        return "<p>" + text + "</p>\n";
    }
    std::string operator()(const Code& code) const
    {
        return "<pre><code>" + htmlEscaped(code.text) + "</code></pre>\n";
    }
    std::string operator()(const DataTable& table) const { return htmlTable(table); }
    std::string operator()(const FigureBlock& block) const
    {
        const figure::Figure& figure = document.figures[block.figure];
        const std::string alt = figure::altTextOf(figure);
        std::string text = "<figure>\n";
        if (block.figure < figures.size())
            text += fmt::format("<div class=\"paper\" role=\"img\" aria-label=\"{}\">{}</div>\n",
                                htmlEscaped(alt.empty() ? figure.title : alt),
                                svgElement(figures[block.figure]));
        return text + fmt::format("<figcaption><b>Figure {}. {}.</b> {}</figcaption>\n</figure>\n",
                                  block.figure + 1, htmlEscaped(figure.title),
                                  htmlEscaped(figure.caption));
    }
};

} // namespace

std::string toHtml(const Document& document, const std::vector<std::string>& figures,
                   std::string_view fontFaces)
{
    std::string text = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{}</title>\n<style>{}{}</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n"
        "<p class=\"subtitle\">{}</p>\n<nav aria-label=\"Sections\">",
        htmlEscaped(document.title), fontFaces, kReportStyle, htmlEscaped(document.title),
        htmlEscaped(document.subtitle));
    const std::vector<std::string> anchors = anchorsOf(document);
    for (std::size_t i = 0; i < anchors.size(); ++i)
        if (!document.sections[i].title.empty())
            text += fmt::format("<a href=\"#{}\">{}</a>", anchors[i],
                                htmlEscaped(document.sections[i].title));
    text += "</nav>\n</header>\n<main>\n";
    for (std::size_t i = 0; i < anchors.size(); ++i) {
        const Section& section = document.sections[i];
        text += "<section>\n";
        if (!section.title.empty())
            text += fmt::format("<h2 id=\"{}\">{}</h2>\n", anchors[i], htmlEscaped(section.title));
        for (const Block& block : section.blocks)
            text += std::visit(HtmlWriter{document, figures}, block);
        text += "</section>\n";
    }
    return text + "</main>\n</body>\n</html>\n";
}

} // namespace vitrine::report
