#include "widgets/print/page_flow.h"

#include "widgets/plot/paint.h"
#include "widgets/theme/text.h"

#include <algorithm>

namespace vitrine::print
{
namespace
{

constexpr double kTop = mm(20), kBottom = mm(24);

const TextStyle kTitle{.size = 20, .weight = QFont::DemiBold, .leading = 1.2};
const TextStyle kSubtitle{.size = 9, .muted = true};
const TextStyle kSection{.size = 13, .weight = QFont::DemiBold, .leading = 1.3};
const TextStyle kSubsection{.size = 10.5, .weight = QFont::DemiBold, .leading = 1.3};
const TextStyle kBody{};
const TextStyle kRemark{.size = 8.5, .muted = true};
const TextStyle kCaption{.size = 8.5, .leading = 1.4};
const TextStyle kCode{.size = 7.5, .mono = true, .leading = 1.5};
const TextStyle kFooter{.size = 7.5, .muted = true};

PageText plain(const std::string& text, const TextStyle& style, double width)
{
    return PageText({{.text = fromUtf8(text)}}, style, width);
}

} // namespace

PageFlow::PageFlow(PageLayout& layout, const report::Document& document)
    : layout_(layout), document_(document)
{
}

double PageFlow::top() const
{
    return kTop;
}

double PageFlow::bottom() const
{
    return PageLayout::pageSize().height() - kBottom;
}

void PageFlow::run()
{
    newPage();
    addHead();
    int section = 0;
    for (const report::Section& each : document_.sections) {
        const int page = layout_.pages() - 1;
        const double y = y_;
        if (!each.title.empty()) {
            addHeading(each.title);
            place(section, -1, page, y);
        }
        for (std::size_t i = 0; i < each.blocks.size(); ++i) {
            const int fromPage = layout_.pages() - 1;
            const double fromY = y_;
            std::visit([this](const auto& block) { add(block); }, each.blocks[i]);
            place(section, i < each.items.size() ? each.items[i] : -1, fromPage, fromY);
        }
        ++section;
    }
    addFooters();
}

// The rectangle from where something began to where it ends, on each page it reaches.
void PageFlow::place(int section, int item, int fromPage, double fromY)
{
    for (int page = fromPage; page < layout_.pages(); ++page) {
        const double from = page == fromPage ? fromY : top();
        const double to = page == layout_.pages() - 1 ? y_ : bottom();
        if (to > from)
            layout_.places_.push_back(
                {section, item, page, QRectF(kSide, from, textWidth(), to - from)});
    }
}

void PageFlow::newPage()
{
    layout_.pages_.emplace_back();
    y_ = top();
    fresh_ = true;
}

void PageFlow::need(double height)
{
    if (!fresh_ && y_ + height > bottom())
        newPage();
}

void PageFlow::gap(double height)
{
    if (!fresh_)
        y_ += height;
}

void PageFlow::fill(const QRectF& rect, const QColor& colour)
{
    layout_.pages_.back().push_back(PageLayout::Fill{rect, colour});
}

// No single line of a paragraph stays alone at the foot or the top of a page.
void PageFlow::addText(const PageText& text, double left)
{
    const double line = text.lineHeight();
    const int lines = text.lines();
    for (int i = 0; i < lines; ++i) {
        const bool first = i == 0 && lines > 1, beforeLast = lines > 2 && i == lines - 2;
        need(first || beforeLast ? 2 * line : line);
        layout_.pages_.back().push_back(PageLayout::Line{text, i, {kSide + left, y_}});
        y_ += line;
        fresh_ = false;
    }
}

void PageFlow::addHead()
{
    if (!document_.title.empty())
        addText(plain(document_.title, kTitle, textWidth()));
    if (!document_.subtitle.empty()) {
        gap(pt(4));
        addText(plain(document_.subtitle, kSubtitle, textWidth()));
    }
    gap(pt(10));
}

void PageFlow::addHeading(const std::string& title)
{
    const PageText text = plain(title, kSection, textWidth());
    gap(pt(16));
    need(text.height() + pt(72));
    layout_.headings_.push_back({title, layout_.pages() - 1, y_});
    addText(text);
    gap(pt(6));
}

void PageFlow::add(const report::Paragraph& paragraph)
{
    if (!paragraph.remark) {
        addText(plain(paragraph.text, kBody, textWidth()));
        gap(pt(6));
        return;
    }
    const PageText text = plain(paragraph.text, kRemark, textWidth() - pt(10));
    need(std::min(text.height(), bottom() - top()));
    const double from = y_;
    const auto page = layout_.pages();
    addText(text, pt(10));
    if (page == layout_.pages())
        fill({kSide, from + pt(1), pt(1.5), y_ - from - pt(2)}, paper().line);
    gap(pt(6));
}

void PageFlow::add(const report::RichText& block)
{
    using Kind = report::RichText::Kind;
    const std::vector<Fragment> fragments = fragmentsOf(block.words);
    switch (block.kind) {
    case Kind::heading: {
        const PageText text(fragments, block.level <= 1 ? kSubsection : kBody, textWidth());
        gap(pt(8));
        need(text.height() + pt(48));
        std::vector<Fragment> strong = fragments;
        for (Fragment& each : strong)
            each.strong = true;
        addText(PageText(strong, block.level <= 1 ? kSubsection : kBody, textWidth()));
        gap(pt(3));
        return;
    }
    case Kind::item: {
        const double left = pt(14) * block.level;
        const PageText text(fragments, kBody, textWidth() - left);
        need(text.lineHeight() * std::min(2, text.lines()));
        if (!block.marker.empty()) {
            const PageText marker({{.text = fromUtf8(block.marker), .muted = true}}, kBody, pt(40));
            layout_.pages_.back().push_back(
                PageLayout::Line{marker, 0, {kSide + left - pt(12), y_}});
        }
        addText(text, left);
        gap(pt(3));
        return;
    }
    case Kind::quote:
        addText(PageText(fragments, kRemark, textWidth() - pt(14)), pt(14));
        gap(pt(6));
        return;
    case Kind::rule:
        gap(pt(6));
        need(pt(8));
        fill({kSide, y_, textWidth(), pt(0.6)}, paper().line);
        y_ += pt(8);
        return;
    case Kind::paragraph:
        break;
    }
    addText(PageText(fragments, kBody, textWidth()));
    gap(pt(6));
}

void PageFlow::add(const report::Code& code)
{
    const double inner = textWidth() - pt(16);
    gap(pt(2));
    for (const QString& each : fromUtf8(code.text).split('\n')) {
        const PageText text({{.text = each}}, kCode, inner);
        for (int i = 0; i < text.lines(); ++i) {
            need(text.lineHeight());
            fill({kSide, y_, textWidth(), text.lineHeight()}, paper().sunken);
            layout_.pages_.back().push_back(PageLayout::Line{text, i, {kSide + pt(8), y_}});
            y_ += text.lineHeight();
            fresh_ = false;
        }
    }
    gap(pt(8));
}

void PageFlow::add(const report::FigureBlock& block)
{
    const report::PlacedFigure& figure = document_.figures[block.figure];
    QSizeF size =
        QSizeF(plot::paperSize(figure, figure.textSize / report::PlacedFigure::kTextSize)) * kInch /
        96;
    const PageText caption(
        {{.text = QString("Figure %1. %2. ").arg(block.figure + 1).arg(fromUtf8(figure.title)),
          .strong = true},
         {.text = fromUtf8(figure.caption), .muted = true}},
        kCaption, textWidth());
    const double most = bottom() - top() - caption.height() - pt(20);
    const double shrunk = std::min({1.0, textWidth() / size.width(), most / size.height()});
    size *= shrunk;
    gap(pt(6));
    need(size.height() + pt(4) + caption.height());
    layout_.pages_.back().push_back(
        PageLayout::Drawing{block.figure, QRectF(QPointF(kSide, y_), size)});
    fresh_ = false;
    y_ += size.height() + pt(4);
    addText(caption);
    gap(pt(14));
}

void PageFlow::addFooters()
{
    const int count = layout_.pages();
    const double y = PageLayout::pageSize().height() - mm(14);
    TextStyle right = kFooter;
    right.alignment = Qt::AlignRight;
    for (int page = 0; page < count; ++page) {
        auto& pieces = layout_.pages_[static_cast<std::size_t>(page)];
        const PageText title = plain(document_.title, kFooter, textWidth() - pt(60));
        pieces.push_back(PageLayout::Line{title, 0, {kSide, y}});
        const PageText number({{.text = QString("%1 / %2").arg(page + 1).arg(count)}}, right,
                              textWidth());
        pieces.push_back(PageLayout::Line{number, 0, {kSide, y}});
    }
}

} // namespace vitrine::print
