#pragma once

#include <qcustomplot.h>

#include "core/figure/figure.h"
#include "widgets/theme/palette.h"

#include <functional>
#include <vector>

namespace vitrine::plot
{

inline constexpr int kPadding = 12; // around a drawing
inline constexpr int kLegendLine = 18;

// How many lines the legend takes in a drawing so wide.
int legendLines(const figure::Figure& figure, int drawingWidth);

// Above the axes: the title where it is wanted, and the legend as a flow of entries, in columns
// where that takes no more lines.
class Header : public QCPLayoutElement
{
public:
    Header(QCustomPlot* plot, const figure::Figure& figure, const theme::Palette& palette,
           bool title);

    void flow(int width); // places the entries and takes the height they need
    QStringList entries() const;

protected:
    void applyDefaultAntialiasingHint(QCPPainter*) const override {}
    void draw(QCPPainter* painter) override;

private:
    struct Entry {
        QString name;
        double keyWidth;
        std::function<void(QPainter&, const QRectF&)> key;
        QPointF place; // left end, relative to the element; its middle line
    };
    template <typename Item>
    void add(const std::vector<Item>& items);

    theme::Palette palette_;
    QString title_;
    std::vector<Entry> entries_;
};

} // namespace vitrine::plot
