#include "widgets/print/page_text.h"

#include <QPainter>

#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <cmath>

namespace vitrine::print
{
namespace
{

QFont fontOf(const TextStyle& style)
{
    const int pixels = static_cast<int>(std::lround(pt(style.size)));
    QFont font = style.mono ? theme::monoFont(pixels) : theme::uiFont(pixels, style.weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

std::unique_ptr<QTextLayout> layoutOf(const std::vector<Fragment>& fragments,
                                      const TextStyle& style)
{
    QString text;
    QList<QTextLayout::FormatRange> formats;
    const QFont base = fontOf(style);
    for (const Fragment& fragment : fragments) {
        QTextLayout::FormatRange range;
        range.start = static_cast<int>(text.size());
        range.length = static_cast<int>(fragment.text.size());
        QFont font = base;
        if (fragment.code) {
            font = theme::monoFont(static_cast<int>(std::lround(pt(style.size * 0.9))));
            font.setHintingPreference(QFont::PreferNoHinting);
        }
        if (fragment.strong)
            font.setWeight(QFont::DemiBold);
        // The shipped face has no italic; a slanted one is made of it.
        font.setItalic(fragment.emphasis);
        range.format.setFont(font);
        if (fragment.muted)
            range.format.setForeground(paper().muted);
        formats << range;
        text += fragment.text;
    }
    auto layout = std::make_unique<QTextLayout>(text, base);
    layout->setFormats(formats);
    layout->setCacheEnabled(true);
    QTextOption option(style.alignment);
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    option.setUseDesignMetrics(true);
    layout->setTextOption(option);
    return layout;
}

} // namespace

const theme::Palette& paper()
{
    return theme::paletteOf(theme::ThemeName::light);
}

PageText::PageText(const std::vector<Fragment>& fragments, const TextStyle& style, double width)
    : layout_(layoutOf(fragments, style)),
      lineHeight_(pt(style.size * style.leading)),
      colour_(style.muted ? paper().muted : paper().text)
{
    layout_->beginLayout();
    for (QTextLine line = layout_->createLine(); line.isValid(); line = layout_->createLine()) {
        line.setLineWidth(width);
        line.setPosition({0, 0});
    }
    layout_->endLayout();
    const QFontMetricsF metrics(layout_->font());
    ascentGap_ = (lineHeight_ - metrics.ascent() - metrics.descent()) / 2 + metrics.ascent();
}

void PageText::draw(QPainter& painter, int line, QPointF place) const
{
    const QTextLine drawn = layout_->lineAt(line);
    painter.setPen(colour_);
    drawn.draw(&painter, place + QPointF(0, ascentGap_ - drawn.ascent()));
}

double PageText::naturalWidth(const std::vector<Fragment>& fragments, const TextStyle& style)
{
    const auto layout = layoutOf(fragments, style);
    layout->beginLayout();
    QTextLine line = layout->createLine();
    if (line.isValid())
        line.setLineWidth(1e7);
    layout->endLayout();
    return line.isValid() ? line.naturalTextWidth() : 0;
}

std::vector<Fragment> fragmentsOf(const std::vector<report::Words>& words)
{
    std::vector<Fragment> fragments;
    for (const report::Words& each : words) {
        fragments.push_back(
            {QString::fromStdString(each.text), each.strong, each.emphasis, each.code, false});
        if (!each.link.empty() && each.link != each.text) // paper has no links to follow
            fragments.push_back({QString(" (%1)").arg(QString::fromStdString(each.link)), false,
                                 false, false, true});
    }
    return fragments;
}

} // namespace vitrine::print
