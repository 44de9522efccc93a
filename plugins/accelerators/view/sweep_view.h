#pragma once

#include "widgets/page/room_view.h"
#include "widgets/parallel/parallel_data.h"

class QLabel;

namespace vitrine
{

class DataTable;
class Panel;

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
class SweepView : public RoomView
{
    Q_OBJECT
public:
    SweepView(ViewContext& context, QWidget* parent);

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override;
    QSize minimumSizeHint() const override { return {560, 420}; }

protected:
    bool hasContent() const override { return !done_.empty(); }
    void showRuns(const std::vector<RunHandle>& sound) override;
    void startStudy() override;
    bool isSound(const RunRecord& run) const override;
    QString troubleOf(const RunRecord& run) const override;

private:
    QWidget* makeContent();
    void connectParts();
    void draw();
    void drawKept();
    std::vector<const RunRecord*> shown() const;
    figure::Figure parallelFigure() const;

    std::vector<RunHandle> done_;
    Table points_; // of all runs, with their numbers where there are several

    plot::PlotView* pareto_ = nullptr;
    parallel::ParallelPlot* parallel_ = nullptr;
    Panel* designs_ = nullptr;
    DataTable* table_ = nullptr;
    QLabel* kept_ = nullptr;
};

} // namespace accelerators_plugin
} // namespace vitrine
