#include "widgets/plot/header.h"

#include "widgets/plot/drawing.h"
#include "widgets/theme/style.h"

namespace vitrine::plot
{
namespace
{

constexpr double kKeyWidth = 18, kSwatchWidth = 10, kKeyGap = 6, kEntryGap = 16, kLineHeight = 18,
                 kTitleHeight = 22;
constexpr double kBelow = 6;

QFont titleFont()
{
    return theme::uiFont(13, QFont::DemiBold);
}

} // namespace

template <typename Item>
void Header::add(const std::vector<Item>& items)
{
    for (const Item& item : items) {
        if (item.name.empty())
            continue;
        Item shape = item;
        if constexpr (std::is_same_v<Item, figure::Series>)
            shape.x = shape.y = {}; // only the sign is drawn here
        const bool line = !std::is_same_v<Item, figure::Bars>;
        entries_.push_back({QString::fromStdString(item.name),
                            line ? kKeyWidth : kSwatchWidth,
                            [shape, this](QPainter& painter, const QRectF& box) {
                                drawKey(painter, shape, box, palette_);
                            },
                            {}});
    }
}

Header::Header(QCustomPlot* plot, const figure::Figure& figure, const theme::Palette& palette,
               bool title)
    : QCPLayoutElement(plot),
      palette_(palette),
      title_(title ? QString::fromStdString(figure.title) : QString())
{
    setMargins(QMargins(0, 0, 0, 0));
    if (!figure.legend)
        return;
    add(figure.series);
    add(figure.bars);
    add(figure.spans);
}

void Header::flow(int width)
{
    const QFontMetricsF metrics(theme::uiFont(11));
    double x = 0, y = title_.isEmpty() ? 0 : kTitleHeight;
    if (!entries_.empty())
        y += kLineHeight / 2;
    for (Entry& entry : entries_) {
        const double needs = entry.keyWidth + kKeyGap + metrics.horizontalAdvance(entry.name);
        if (x > 0 && x + needs > width) {
            x = 0;
            y += kLineHeight;
        }
        entry.place = {x, y};
        x += needs + kEntryGap;
    }
    if (!entries_.empty())
        y += kLineHeight / 2;
    const int height = static_cast<int>(y > 0 ? y + kBelow : 0);
    setMinimumSize(0, height);
    setMaximumSize(QWIDGETSIZE_MAX, height);
}

QStringList Header::entries() const
{
    QStringList names;
    for (const Entry& entry : entries_)
        names << entry.name;
    return names;
}

void Header::draw(QCPPainter* painter)
{
    const QPointF corner = rect().topLeft();
    painter->setPen(palette_.text);
    if (!title_.isEmpty()) {
        painter->setFont(titleFont());
        const QString shown =
            QFontMetricsF(titleFont()).elidedText(title_, Qt::ElideRight, rect().width());
        painter->drawText(corner + QPointF(0, 13), shown);
    }
    const QFont font = theme::uiFont(11);
    const QFontMetricsF metrics(font);
    for (const Entry& entry : entries_) {
        const QPointF place = corner + entry.place;
        painter->save();
        entry.key(*painter, QRectF(place.x(), place.y() - 6, entry.keyWidth, 12));
        painter->restore();
        painter->setPen(palette_.text);
        painter->setFont(font);
        painter->drawText(
            QPointF(place.x() + entry.keyWidth + kKeyGap, place.y() + metrics.capHeight() / 2),
            entry.name);
    }
}

} // namespace vitrine::plot
