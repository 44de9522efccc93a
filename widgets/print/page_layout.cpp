#include "widgets/print/page_layout.h"

#include <QPainter>

#include "widgets/plot/paint.h"
#include "widgets/print/page_flow.h"

#include <algorithm>

namespace vitrine::print
{

PageLayout::PageLayout(const report::Document& document) : figures_(document.figures)
{
    PageFlow(*this, document).run();
}

QSizeF PageLayout::pageSize()
{
    return {mm(210), mm(297)};
}

void PageLayout::paint(plot::PagePainter& painter, int page, double imageScale) const
{
    struct Painter {
        plot::PagePainter& painter;
        const std::vector<report::PlacedFigure>& figures;
        double imageScale;

        void operator()(const Line& line) const
        {
            line.text.draw(painter.painter(), line.line, line.place);
        }
        void operator()(const Fill& fill) const
        {
            painter.painter().fillRect(fill.rect, fill.colour);
        }
        void operator()(const Drawing& drawing) const
        {
            const report::PlacedFigure& figure = figures[drawing.figure];
            painter.drawFigure(figure, drawing.rect, kInch, imageScale,
                               figure.textSize / report::PlacedFigure::kTextSize);
        }
    };
    for (const Piece& piece : pages_[static_cast<std::size_t>(page)])
        std::visit(Painter{painter, figures_, imageScale}, piece);
}

QString PageLayout::text(int page) const
{
    QString text;
    for (const Piece& piece : pages_[static_cast<std::size_t>(page)])
        if (const auto* line = std::get_if<Line>(&piece); line && line->line == 0)
            text += line->text.text() + "\n";
    return text;
}

} // namespace vitrine::print
