#pragma once

#include "core/figure/figure.h"
#include "widgets/page/panel.h"

#include <QJsonObject>

#include <string>
#include <vector>

namespace vitrine
{
class ViewContext;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::quantization_plugin
{

// A figure on a card that is headed by its title.
class PlotCard : public Panel
{
    Q_OBJECT
public:
    // `figure`: the name of what it shows.
    PlotCard(const char* figure, ViewContext& context, QWidget* parent, int height = 300);

    // The figure of that name, hidden where there is none. `ranges`: of all plots, by figure, as
    // the view's state has them.
    void draw(const std::vector<figure::Figure>& figures, const QJsonObject& ranges);

signals:
    // The ranges of all plots after this one was zoomed; `mergeKey` joins the steps of one zoom.
    void zoomed(const QJsonObject& ranges, const QString& mergeKey);
    void clicked(double x, double y); // in the figure's own units

private:
    const std::string figure_;
    QJsonObject ranges_;
    plot::PlotView* const plot_;
};

} // namespace vitrine::quantization_plugin
