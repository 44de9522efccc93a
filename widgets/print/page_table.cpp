// Tables on pages: a head that repeats, columns as wide as they need, wide tables in parts.
#include "core/report/columns.h"
#include "widgets/print/page_flow.h"
#include "widgets/theme/palette.h"

#include <algorithm>
#include <numeric>

namespace vitrine::print
{
namespace
{

constexpr double kSide = mm(22);
constexpr double kBetween = pt(12); // of two columns
constexpr double kRowGap = pt(2);
constexpr double kNarrowest = pt(64);      // to which a column of numbers may be narrowed
constexpr double kNarrowestText = pt(130); // and one of texts: prose and the names of layers

const TextStyle kCell{.size = 8, .leading = 1.4};
const TextStyle kHead{.size = 8, .muted = true, .leading = 1.4};
const TextStyle kName{.size = 9.5, .weight = QFont::DemiBold, .leading = 1.4};
const TextStyle kRemark{.size = 8, .muted = true};

const theme::Palette& paper()
{
    return theme::paletteOf(theme::ThemeName::light);
}

double textWidth()
{
    return PageLayout::pageSize().width() - 2 * kSide;
}

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
    QString text = QString::fromStdString(column.name);
    if (!column.unit.empty() && column.unit != "1")
        text += " (" + QString::fromStdString(column.unit) + ")";
    if (column.measured)
        text += " †";
    return {{.text = text}};
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

struct Widths {
    std::vector<double> natural, least;
};

Widths widthsOf(const report::DataTable& table)
{
    Widths widths;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        double natural = PageText::naturalWidth(fragmentsOf(table.columns[c]), kHead);
        for (std::size_t r = 0; r < table.shownRows(); ++r)
            natural =
                std::max(natural, PageText::naturalWidth(fragmentsOf(table.rows[r][c]), kCell));
        natural += pt(1); // rounding must not wrap
        widths.natural.push_back(natural + kBetween);
        const double narrowest = table.columns[c].number ? kNarrowest : kNarrowestText;
        widths.least.push_back(std::min(natural, narrowest) + kBetween);
    }
    return widths;
}

// Natural widths where they fit; else the widest give way, evenly, down to their least.
std::vector<double> fitted(std::vector<double> natural, const std::vector<double>& least,
                           double room)
{
    const auto total = [&] { return std::accumulate(natural.begin(), natural.end(), 0.0); };
    double cap = *std::ranges::max_element(natural);
    while (total() > room && cap > kNarrowest) {
        cap = std::max(kNarrowest, cap * 0.97);
        for (std::size_t c = 0; c < natural.size(); ++c)
            natural[c] = std::max(std::min(natural[c], cap), least[c]);
    }
    return natural;
}

} // namespace

void PageFlow::add(const report::DataTable& table)
{
    if (table.columns.empty())
        return;
    const double room = textWidth() + kBetween;
    const Widths widths = widthsOf(table);
    std::vector<double> wanted = fitted(widths.natural, widths.least, room);
    const auto groups = report::columnGroups(table, wanted, room);
    for (std::size_t g = 0; g < groups.size(); ++g) {
        std::string name = table.name;
        if (groups.size() > 1 && !name.empty())
            name +=
                " (columns " + std::to_string(g + 1) + " of " + std::to_string(groups.size()) + ")";
        std::vector<double> own, least;
        for (const std::size_t c : groups[g]) {
            own.push_back(widths.natural[c]);
            least.push_back(widths.least[c]);
        }
        gap(pt(6));
        if (!name.empty()) {
            const PageText heading({{.text = QString::fromStdString(name)}}, kName, textWidth());
            need(heading.height() + pt(52));
            addText(heading);
            y_ += pt(3);
        }
        addPart(report::withColumns(table, groups[g]), fitted(own, least, room));
    }
    if (!table.remark.empty()) {
        y_ += pt(2);
        addText(PageText({{.text = QString::fromStdString(table.remark)}}, kRemark, textWidth()));
    }
    gap(pt(10));
}

void PageFlow::addPart(const report::DataTable& part, const std::vector<double>& widths)
{
    const double width =
        std::min(std::accumulate(widths.begin(), widths.end(), 0.0) - kBetween, textWidth());
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
            PageText(breakable(fragmentsOf(part.columns[c]), kHead, widths[c] - kBetween),
                     aligned(kHead, part.columns[c].number), widths[c] - kBetween));
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
            row.push_back(
                PageText(breakable(fragmentsOf(part.rows[r][c]), kCell, widths[c] - kBetween),
                         aligned(kCell, part.rows[r][c].number || part.columns[c].number),
                         widths[c] - kBetween));
        if (y_ + std::min(heightOf(row), page - pt(40)) + pt(1) > bottom()) {
            rule(0.5, paper().line); // the table goes on
            newPage();
            drawHead();
        }
        draw(row);
    }
    rule(0.9, paper().text);
    fresh_ = false;
    gap(pt(4));
}

} // namespace vitrine::print
