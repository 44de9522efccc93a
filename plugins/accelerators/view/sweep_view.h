#pragma once

#include "widgets/page/bound_state.h"
#include "widgets/parallel/parallel_data.h"
#include "widgets/view.h"

class QLabel;

namespace vitrine
{

class Banner;
class DataTable;
class EmptyPage;
class Panel;
class StatePages;

namespace parallel
{
class ParallelPlot;
}
namespace plot
{
class PlotView;
}

namespace accelerators_plugin
{

// Runs of accelerators.sweep: the design points over latency and energy with their front, and as
// parallel coordinates; a brush there colours the points here and fills the table. State:
// "parallel" (widgets/parallel), "ranges".
class SweepView : public View
{
    Q_OBJECT
public:
    SweepView(ViewContext& context, QWidget* parent);

    void setRuns(const std::vector<RunHandle>& runs) override;
    QJsonObject state() const override { return state_; }
    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override;
    void setLoading(const QString& what, double fraction) override;
    void setFailure(const QString& message) override;
    QSize minimumSizeHint() const override { return {560, 420}; }

private:
    QWidget* makeContent();
    void connectParts();
    void draw();
    void drawKept();
    void showPage();
    std::vector<const RunRecord*> shown() const;
    figure::Figure parallelFigure() const;

    ViewContext& context_;
    QJsonObject state_;
    BoundState bound_{{"ranges"}}; // to the first run
    std::vector<RunHandle> runs_;  // done
    Table points_;                 // of all runs, with their numbers where there are several
    QString loading_, failure_;
    double fraction_ = -1;
    bool dismissed_ = false;

    StatePages* pages_ = nullptr;
    EmptyPage* empty_ = nullptr;
    Banner* banner_ = nullptr;
    plot::PlotView* pareto_ = nullptr;
    parallel::ParallelPlot* parallel_ = nullptr;
    Panel* designs_ = nullptr;
    DataTable* table_ = nullptr;
    QLabel* kept_ = nullptr;
};

} // namespace accelerators_plugin
} // namespace vitrine
