#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"
#include "widgets/page/room_view.h"

#include <initializer_list>
#include <string>
#include <vector>

class QScrollArea;

namespace vitrine
{
class ElidedChoice;
class Panel;
} // namespace vitrine

namespace vitrine::quantization_plugin
{

class CardPages;
class PlotCards;
class VersionsCard;

// Runs of one experiment side by side: which of the given ones are runs of it, which of them is
// selected, plots whose ranges are kept, and, where a view wants them, pages of cards below a bar.
// A view says what the runs hold and draws it from the state. Keys of the state: README.md.
class ComparisonView : public RoomView
{
    Q_OBJECT
public:
    void setState(const QJsonObject& state) final;
    QString title() const override;
    std::vector<figure::Figure> figures() const override { return figures_; }
    // Below this the page scrolls; what stands side by side goes below each other before that.
    QSize minimumSizeHint() const override { return {560, 420}; }

protected:
    struct Words {
        QString name;       // of the view: its title, where there is no run
        QString experiment; // that it starts
        EmptyPage::Words empty;
    };
    // What a run of the experiment is, and what it is called.
    struct Kind {
        bool (*isOne)(const RunRecord& run);
        const char* lack; // why a run that is done is none: "the run holds no times of kernels"
        std::string (*name)(const RunRecord& run);
        std::string (*title)(const RunRecord& run); // its name where nothing else is said
        QString shows;                              // what selecting one does: "Show layers of %1"
    };
    ComparisonView(ViewContext& context, const Words& words, Kind kind, QWidget* parent);

    bool hasContent() const override { return !done_.empty(); }
    bool isSound(const RunRecord& run) const override;
    QString troubleOf(const RunRecord& run) const override;
    void resizeEvent(QResizeEvent* event) override;

    // --- what a view says
    virtual void takeRuns(const Runs& runs) = 0; // others than before, at least one
    virtual void dropRuns() {}                   // there is none
    // What the runs hold, in this state: at least one run; showFigures() is for plots.
    virtual void drawRuns(const Runs& runs, const State& state) = 0;
    virtual void clickPlot(const std::string& /*figure*/, double /*x*/, double /*y*/) {}
    virtual void choosePage(const QString& /*page*/) {} // this one is shown
    // Whether the page shows one run alone, which is chosen in the bar.
    virtual bool isOfOneRun(const QString& /*page*/) const { return true; }

    // --- what it calls
    // The parts above each other, then the pages, which scroll.
    QWidget* makeColumn(std::initializer_list<QWidget*> above);
    void makePages(const QString& switchName);
    ElidedChoice* makeRunChoice(QWidget* bar, const QString& name, const QString& help);
    Panel* makeVersions(const QString& tableName);
    void setVersions(VersionTable versions); // of the runs taken
    void showFigures(std::vector<figure::Figure> figures);
    bool isShown(const char* figure) const;
    Runs records() const;
    State wanted() const;         // as the state says
    std::size_t selected() const; // place among the runs
    const RunRecord& selectedRecord() const { return *done_[selected()]; }
    void selectRun(int place);

    std::vector<RunHandle> done_;
    std::vector<figure::Figure> figures_;
    bool filling_ = false; // rows are selected by the view itself
    PlotCards* plots_;
    CardPages* pages_ = nullptr;

private:
    void showRuns(const std::vector<RunHandle>& sound) final;
    void draw();
    void drawVersions(const Runs& runs, const State& state);
    void drawPages();

    const Kind kind_;
    ElidedChoice* runChoice_ = nullptr;
    QScrollArea* scroll_ = nullptr; // of the pages
    QString page_;                  // that is shown
    VersionsCard* versions_ = nullptr;
};

// The layout of a first page in grey: the bar, words, a table of this height, two plots side by
// side.
Skeleton comparisonSkeleton(int tableHeight);

} // namespace vitrine::quantization_plugin
