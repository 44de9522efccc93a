#include "plugins/quantization/view/plot_card.h"

#include "widgets/plot/plot_view.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <QBoxLayout>

#include <algorithm>

namespace vitrine::quantization_plugin
{

PlotCard::PlotCard(const char* figure, ViewContext& context, QWidget* parent, int height)
    : Panel(QString(), parent), figure_(figure), plot_(new plot::PlotView(this))
{
    plot_->setTitleVisible(false);
    plot_->setMinimumHeight(height);
    plot::forwardActions(*plot_, context);
    body()->addWidget(plot_, 1);
    connect(plot_, &plot::PlotView::clicked, this, &PlotCard::clicked);
    connect(plot_, &plot::PlotView::rangeEdited, this, [this](const QJsonObject& range) {
        QJsonObject ranges = ranges_;
        ranges[fromUtf8(figure_)] = range;
        emit zoomed(ranges, QStringLiteral("zoom ") + fromUtf8(figure_));
    });
}

void PlotCard::draw(const std::vector<figure::Figure>& figures, const QJsonObject& ranges)
{
    ranges_ = ranges;
    const auto found = std::ranges::find(figures, figure_, &figure::Figure::name);
    setVisible(found != figures.end());
    if (found == figures.end())
        return;
    setHeading(fromUtf8(found->title));
    setToolTip(shownText(found->caption));
    plot_->setFigure(*found);
    plot_->setRangeState(ranges[fromUtf8(figure_)].toObject());
}

} // namespace vitrine::quantization_plugin
