#include "plugins/calibration/view/sink_plots.h"

#include "plugins/calibration/view/scene_figures.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/plot/plot_view.h"
#include "widgets/view.h"

#include <QVBoxLayout>

#include <cmath>

namespace vitrine::calibration_plugin
{

SinkPlots::SinkPlots(ViewContext& context, QWidget* parent)
    : Panel(tr("Sinks"), parent),
      choice_(new SegmentedSwitch(this)),
      plot_(new plot::PlotView(this))
{
    choice_->setOptions({tr("Profile"), tr("Census")},
                        {tr("s[j] of the shown head, before and after, with the threshold"),
                         tr("Where in the text the sinks of all heads stand")});
    choice_->setAccessibleName(tr("Plot"));
    controls()->addWidget(choice_);
    plot_->setTitleVisible(false);
    plot::forwardActions(*plot_, context);
    body()->addWidget(plot_, 1);
    connect(choice_, &SegmentedSwitch::chosen, this, [this](int index) {
        emit stateWished("plot", index == 1 ? "census" : "profile", tr("Choose plot"), {});
    });
    connect(plot_, &plot::PlotView::clicked, this, [this](double x, double) {
        if (!showsCensus())
            emit tokenChosen(static_cast<std::int64_t>(std::llround(x)));
    });
    connect(plot_, &plot::PlotView::rangeEdited, this, [this](const QJsonObject& range) {
        emit stateWished(rangeKey(), range, tr("Zoom plot"), QStringLiteral("profile"));
    });
}

void SinkPlots::setScene(const Scene& scene, const QJsonObject& state)
{
    choice_->setCurrent(state["plot"].toString() == QLatin1String("census") ? 1 : 0);
    if (auto figure = figureOf(scene, state, showsCensus() ? "sink-census" : "sink-profile"))
        plot_->setFigure(std::move(*figure));
    plot_->setRangeState(state[QLatin1String(rangeKey())].toObject());
}

void SinkPlots::point(std::int64_t token)
{
    const bool none = token < 0 || showsCensus();
    plot_->setLinkedCursor(none ? std::nullopt : std::optional(static_cast<double>(token)));
}

bool SinkPlots::showsCensus() const
{
    return choice_->current() == 1;
}

const char* SinkPlots::rangeKey() const
{
    return showsCensus() ? "census_range" : "profile_range";
}

} // namespace vitrine::calibration_plugin
