#pragma once

#include "plugins/attention/view/scene.h"
#include "widgets/page/panel.h"

#include <QJsonObject>

namespace vitrine
{
class ViewContext;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::attention_plugin
{

class SinkControls;

// The sink profile s[j] with threshold and uniform line, and the rule's numbers.
class ProfilePanel : public Panel
{
    Q_OBJECT
public:
    ProfilePanel(ViewContext& context, QWidget* parent);

    void setScene(const Scene& scene);
    void setFigure(figure::Figure figure);
    void setKey(std::int64_t token); // cursor; -1: none
    plot::PlotView* plot() const { return plot_; }

signals:
    void sinksChosen(const vitrine::attention::SinkOptions& options);
    void tokenChosen(std::int64_t token);
    void keyHovered(std::int64_t token);
    void rangeEdited(const QJsonObject& range);

private:
    SinkControls* controls_;
    plot::PlotView* plot_;
    std::int64_t count_ = 0;
};

} // namespace vitrine::attention_plugin
