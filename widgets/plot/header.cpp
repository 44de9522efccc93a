#include "widgets/plot/header.h"

#include "widgets/plot/drawing.h"
#include "widgets/theme/style.h"

#include <algorithm>

namespace vitrine::plot
{
namespace
{

constexpr double kKeyWidth = 18, kSwatchWidth = 10, kKeyGap = 6, kEntryGap = 16, kTitleHeight = 22;
constexpr double kBelow = 6;

QFont titleFont()
{
    return theme::uiFont(13, QFont::DemiBold);
}

template <typename Item>
constexpr double kKeyOf = std::is_same_v<Item, figure::Bars> ? kSwatchWidth : kKeyWidth;

double widthOf(const QString& name, double keyWidth)
{
    return keyWidth + kKeyGap + QFontMetricsF(theme::uiFont(11)).horizontalAdvance(name);
}

struct Place {
    double x = 0;
    int line = 0;
};

std::vector<Place> inFlow(const std::vector<double>& widths, double room)
{
    std::vector<Place> places;
    Place next;
    for (const double width : widths) {
        if (next.x > 0 && next.x + width > room)
            next = {0, next.line + 1};
        places.push_back(next);
        next.x += width + kEntryGap;
    }
    return places;
}

std::vector<Place> inColumns(const std::vector<double>& widths, double room)
{
    const double column = *std::ranges::max_element(widths) + kEntryGap;
    const int columns = std::max(1, static_cast<int>((room + kEntryGap) / column));
    std::vector<Place> places;
    for (int i = 0; i < static_cast<int>(widths.size()); ++i)
        places.push_back({i % columns * column, i / columns});
    return places;
}

std::vector<Place> legendPlaces(const std::vector<double>& widths, double room)
{
    std::vector<Place> flow = inFlow(widths, room);
    if (flow.empty() || flow.back().line == 0)
        return flow;
    std::vector<Place> columns = inColumns(widths, room);
    return columns.back().line <= flow.back().line ? columns : flow;
}

} // namespace

int legendLines(const figure::Figure& figure, int drawingWidth)
{
    std::vector<double> widths;
    const auto add = [&]<typename Item>(const std::vector<Item>& items) {
        for (const Item& item : items)
            if (!item.name.empty())
                widths.push_back(widthOf(QString::fromStdString(item.name), kKeyOf<Item>));
    };
    if (!figure.legend)
        return 0;
    add(figure.series);
    add(figure.bars);
    add(figure.spans);
    const std::vector<Place> places = legendPlaces(widths, drawingWidth - 2 * kPadding);
    return places.empty() ? 0 : places.back().line + 1;
}

template <typename Item>
void Header::add(const std::vector<Item>& items)
{
    for (const Item& item : items) {
        if (item.name.empty())
            continue;
        Item shape = item;
        if constexpr (std::is_same_v<Item, figure::Series>)
            shape.x = shape.y = {}; // only the sign is drawn here
        entries_.push_back({QString::fromStdString(item.name),
                            kKeyOf<Item>,
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
    std::vector<double> widths;
    for (const Entry& entry : entries_)
        widths.push_back(widthOf(entry.name, entry.keyWidth));
    const std::vector<Place> places = legendPlaces(widths, width);
    double y = title_.isEmpty() ? 0 : kTitleHeight;
    for (std::size_t i = 0; i < entries_.size(); ++i)
        entries_[i].place = {places[i].x, y + (places[i].line + 0.5) * kLegendLine};
    if (!entries_.empty())
        y += (places.back().line + 1) * kLegendLine;
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
