#include "plugins/attention/view/profile_panel.h"

#include "plugins/attention/view/sink_controls.h"
#include "widgets/plot/plot_view.h"

#include <QVBoxLayout>

#include <cmath>

namespace vitrine::attention_plugin
{

ProfilePanel::ProfilePanel(ViewContext& context, QWidget* parent)
    : Panel(tr("Sink profile"), parent),
      controls_(new SinkControls(this)),
      plot_(new plot::PlotView(this))
{
    setToolTip(tr("s[j]: mean weight that key j receives from the queries that see it, s[j] = Σᵢ "
                  "A[i,j] / rows[j]"));
    plot_->setTitleVisible(false);
    plot::forwardActions(*plot_, context);
    body()->addWidget(controls_);
    body()->addWidget(plot_, 1);
    const auto token = [this](double x) {
        const auto place = static_cast<std::int64_t>(std::llround(x));
        return place >= 0 && place < count_ ? place : std::int64_t{-1};
    };
    connect(controls_, &SinkControls::chosen, this, &ProfilePanel::sinksChosen);
    connect(plot_, &plot::PlotView::clicked, this, [this, token](double x, double) {
        if (token(x) >= 0)
            emit tokenChosen(token(x));
    });
    connect(plot_, &plot::PlotView::rangeEdited, this, &ProfilePanel::rangeEdited);
    connect(plot_, &plot::PlotView::hovered, this,
            [this, token](double x, double) { emit keyHovered(token(x)); });
    connect(plot_, &plot::PlotView::left, this, [this] { emit keyHovered(-1); });
}

void ProfilePanel::setScene(const Scene& scene)
{
    count_ = scene.first().tokenCount();
    controls_->setOptions(scene.state.sinks);
}

void ProfilePanel::setFigure(figure::Figure figure)
{
    plot_->setFigure(std::move(figure));
}

void ProfilePanel::setKey(std::int64_t token)
{
    plot_->setLinkedCursor(token < 0 ? std::nullopt : std::optional(static_cast<double>(token)));
}

} // namespace vitrine::attention_plugin
