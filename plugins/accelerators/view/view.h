#pragma once

#include "plugins/accelerators/view/scenario.h"
#include "widgets/page/room_view.h"

#include <memory>
#include <optional>

class QBoxLayout;
class QComboBox;

namespace vitrine
{

class ClaimTable;
class Panel;
class SegmentedSwitch;
class WhatIfBar;

namespace plot
{
class PlotView;
}

namespace accelerators_plugin
{

class RunSummary;

// Runs of accelerators.simulate side by side, and beside them what a person tries: another machine,
// another workload, other sizes, simulated at once. Keys of the state: README.md.
class AcceleratorsView : public RoomView
{
    Q_OBJECT
public:
    AcceleratorsView(ViewContext& context, QWidget* parent);
    ~AcceleratorsView() override;

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override;
    // Below this the page scrolls; what stands side by side goes below each other before that.
    QSize minimumSizeHint() const override { return {560, 420}; }

protected:
    void resizeEvent(QResizeEvent* event) override;

    bool hasContent() const override { return !shown().empty(); }
    void showRuns(const std::vector<RunHandle>& sound) override;
    void startStudy() override;
    bool isSound(const RunRecord& run) const override;
    QString troubleOf(const RunRecord& run) const override;
    QString whyNothing() const override;
    Notice notice() const override { return {whyNothing(), {}}; }
    void dismissNotice() override;

private:
    void makeLayout();
    QWidget* makeChoices();
    QWidget* makeContent();
    Panel* makeSchedule();
    Panel* makeBars();
    Panel* plotCard(const QString& heading, plot::PlotView*& plot, const char* rangeKey,
                    int height);
    QBoxLayout* besides(Panel* left, int leftShare, Panel* right, int rightShare);
    void connectParts();
    void chooseAccelerator();
    void chooseBars(const QString& key, const QComboBox& combo);
    void zoomSchedule(int choice);
    void changeRange(const QString& key, const QJsonObject& range, const QString& label);

    std::vector<const RunRecord*> shown() const; // the runs, then what is tried
    Scenario scenario() const;                   // what is tried, else the first run's
    void simulate();
    void draw();
    void drawPlots(const std::vector<const RunRecord*>& records);
    void fillWorkloads(const std::string& accelerator);
    void showChoices();
    std::map<std::string, std::string> paramsOf(const Scenario& scenario) const;
    void tryOut(const Scenario& scenario, const QString& label, const QString& mergeKey = {});

    std::vector<RunHandle> done_;
    std::shared_ptr<const RunRecord> tried_;
    QString triedFailure_;

    QBoxLayout* choices_ = nullptr;
    std::vector<QBoxLayout*> pairs_; // of plots side by side
    QComboBox *accelerator_ = nullptr, *workload_ = nullptr, *bars_ = nullptr, *per_ = nullptr;
    SegmentedSwitch* zoom_ = nullptr;
    WhatIfBar* whatIf_ = nullptr;
    std::string triedOn_; // the accelerator whose parameters the bar offers
    RunSummary *summary_ = nullptr, *others_ = nullptr;
    plot::PlotView *schedule_ = nullptr, *barPlot_ = nullptr, *roofline_ = nullptr,
                   *buffers_ = nullptr, *area_ = nullptr;
    Panel *reference_ = nullptr, *areaCard_ = nullptr, *othersCard_ = nullptr;
    ClaimTable* claims_ = nullptr;
};

} // namespace accelerators_plugin
} // namespace vitrine
