// Tables on pages: a head that repeats, columns as wide as they need, wide tables in parts.
#include "core/report/columns.h"
#include "widgets/print/page_flow.h"
#include "widgets/theme/palette.h"

#include <algorithm>
#include <numeric>

namespace vitrine::print
{

struct TableType {
    TextStyle cell, head;
    double between; // two columns
};

namespace
{

constexpr double kRowGap = pt(2);
constexpr double kNarrowest = pt(64);      // to which a column of long values may be narrowed
constexpr double kNarrowestText = pt(130); // and one of texts: prose and the names of layers
constexpr double kNumber = pt(80);         // values no wider than this stay on one line

const TextStyle kName{.size = 9.5, .weight = QFont::DemiBold, .leading = 1.4};
const TextStyle kTableRemark{.size = 8, .muted = true};

const TableType kPlain{
    {.size = 8, .leading = 1.4}, {.size = 8, .muted = true, .leading = 1.4}, pt(12)};
const TableType kDense{
    {.size = 6.75, .leading = 1.3}, {.size = 6.75, .muted = true, .leading = 1.3}, pt(6)};

std::vector<Fragment> fragmentsOf(const report::Value& value)
{
    std::vector<Fragment> fragments = {
        {.text = QString::fromStdString(value.text), .strong = value.emphasis, .code = value.code}};
    if (value.measured)
        fragments.push_back({.text = " †", .muted = true});
    return fragments;
}

std::vector<Fragment> fragmentsOf(const report::Heading& column)
{
    return {{.text = QString::fromStdString(report::headingText(column))}};
}

// Names break behind their marks: first_token_ | mass, not first_token_m | ass. Only where the
// column is too narrow for them, since who copies the text also copies what marks the places.
std::vector<Fragment> breakable(std::vector<Fragment> fragments, const TextStyle& style,
                                double width)
{
    if (PageText::naturalWidth(fragments, style) <= width)
        return fragments;
    for (Fragment& fragment : fragments)
        for (const QChar mark : {u'_', u'.', u'/'})
            fragment.text.replace(mark, QString(mark) + QChar(0x200B)); // zero-width space
    return fragments;
}

TextStyle aligned(TextStyle style, bool number)
{
    style.alignment = number ? Qt::AlignRight : Qt::AlignLeft;
    return style;
}

// What the columns of a table need, with what separates them.
struct Widths {
    std::vector<double> natural, least;

    bool fits(double room) const
    {
        return std::accumulate(least.begin(), least.end(), 0.0) <= room;
    }
};

double widestPiece(const report::Heading& column, const TextStyle& style)
{
    double widest = 0;
    for (const std::string& piece : report::headingPieces(column))
        widest = std::max(widest,
                          PageText::naturalWidth({{.text = QString::fromStdString(piece)}}, style));
    return widest;
}

Widths widthsOf(const report::DataTable& table, const TableType& type)
{
    Widths widths;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const report::Heading& column = table.columns[c];
        double values = 0;
        for (std::size_t r = 0; r < table.shownRows(); ++r)
            values =
                std::max(values, PageText::naturalWidth(fragmentsOf(table.rows[r][c]), type.cell));
        const double natural =
            std::max(values, PageText::naturalWidth(fragmentsOf(column), type.head));
        const double narrowed = values <= kNumber ? values
                                : column.number   ? kNarrowest
                                                  : std::min(values, kNarrowestText);
        const double least = std::max(narrowed, widestPiece(column, type.head));
        constexpr double kRounding = pt(1); // must not wrap
        widths.natural.push_back(natural + kRounding + type.between);
        widths.least.push_back(least + kRounding + type.between);
    }
    return widths;
}

// Natural widths where they fit; else the widest give way, evenly, down to their least.
std::vector<double> fitted(std::vector<double> natural, const std::vector<double>& least,
                           double room)
{
    const auto total = [&] { return std::accumulate(natural.begin(), natural.end(), 0.0); };
    double cap = *std::ranges::max_element(natural);
    while (total() > room && cap > pt(1)) {
        cap *= 0.97;
        for (std::size_t c = 0; c < natural.size(); ++c)
            natural[c] = std::max(std::min(natural[c], cap), least[c]);
    }
    return natural;
}

// The gentlest way in which the table fits the page, or else the densest.
std::pair<report::DataTable, TableType> gentlest(const report::DataTable& table)
{
    const auto fits = [](const report::DataTable& each, const TableType& type) {
        return widthsOf(each, type).fits(textWidth() + type.between);
    };
    if (fits(table, kPlain))
        return {table, kPlain};
    const report::DataTable rest = report::withoutConstants(table);
    return {rest, fits(rest, kPlain) ? kPlain : kDense};
}

} // namespace

void PageFlow::add(const report::DataTable& table)
{
    if (table.columns.empty())
        return;
    const auto [shown, type] = gentlest(table);
    const double room = textWidth() + type.between;
    const Widths widths = widthsOf(shown, type);
    const auto groups = report::columnGroups(shown, widths.least, room);
    for (std::size_t g = 0; g < groups.size(); ++g) {
        std::string name = shown.name;
        if (groups.size() > 1 && !name.empty())
            name +=
                " (columns " + std::to_string(g + 1) + " of " + std::to_string(groups.size()) + ")";
        std::vector<double> natural, least;
        for (const std::size_t c : groups[g]) {
            natural.push_back(widths.natural[c]);
            least.push_back(widths.least[c]);
        }
        gap(pt(6));
        if (!name.empty()) {
            const PageText heading({{.text = QString::fromStdString(name)}}, kName, textWidth());
            need(heading.height() + pt(90)); // a head of several lines and some rows
            addText(heading);
            y_ += pt(3);
        }
        addPart(report::withColumns(shown, groups[g]), fitted(natural, least, room), type);
    }
    if (!shown.remark.empty()) {
        y_ += pt(2);
        addText(
            PageText({{.text = QString::fromStdString(shown.remark)}}, kTableRemark, textWidth()));
    }
    gap(pt(10));
}

void PageFlow::addPart(const report::DataTable& part, const std::vector<double>& widths,
                       const TableType& type)
{
    const double width =
        std::min(std::accumulate(widths.begin(), widths.end(), 0.0) - type.between, textWidth());
    const double page = bottom() - top();

    using Row = std::vector<PageText>;
    const auto heightOf = [](const Row& row) {
        double height = 0;
        for (const PageText& cell : row)
            height = std::max(height, cell.height());
        return height + 2 * kRowGap;
    };
    const auto draw = [&](const Row& row) {
        double left = kSide;
        const double height = std::min(heightOf(row), page - pt(40));
        for (std::size_t c = 0; c < row.size(); ++c) {
            for (int i = 0; i < row[c].lines() && (i + 1) * row[c].lineHeight() <= height; ++i)
                layout_.pages_.back().push_back(
                    PageLayout::Line{row[c], i, {left, y_ + kRowGap + i * row[c].lineHeight()}});
            left += widths[c];
        }
        y_ += height;
        fresh_ = false;
    };
    const auto rule = [&](double thick, const QColor& colour) {
        fill({kSide, y_, width, pt(thick)}, colour);
        y_ += pt(thick);
    };

    Row head;
    for (std::size_t c = 0; c < part.columns.size(); ++c)
        head.push_back(
            PageText(breakable(fragmentsOf(part.columns[c]), type.head, widths[c] - type.between),
                     aligned(type.head, part.columns[c].number), widths[c] - type.between));
    const auto drawHead = [&] {
        rule(0.9, paper().text);
        draw(head);
        rule(0.5, paper().muted);
        y_ += pt(1);
    };
    need(heightOf(head) + pt(24));
    drawHead();
    for (std::size_t r = 0; r < part.rows.size(); ++r) {
        Row row;
        for (std::size_t c = 0; c < part.columns.size(); ++c)
            row.push_back(PageText(
                breakable(fragmentsOf(part.rows[r][c]), type.cell, widths[c] - type.between),
                aligned(type.cell, part.rows[r][c].number || part.columns[c].number),
                widths[c] - type.between));
        if (y_ + std::min(heightOf(row), page - pt(40)) + pt(1) > bottom()) {
            rule(0.5, paper().line); // the table goes on
            newPage();
            drawHead();
        }
        draw(row);
    }
    if (part.rows.empty())
        draw({PageText({{.text = report::kNoRows, .emphasis = true, .muted = true}}, type.cell,
                       textWidth())});
    rule(0.9, paper().text);
    fresh_ = false;
    gap(pt(4));
}

} // namespace vitrine::print
