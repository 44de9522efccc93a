#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"
#include "widgets/page/room_view.h"

#include <vector>

class QLabel;
class QPushButton;

namespace vitrine
{
class ClaimTable;
class DataTable;
class ElidedChoice;
class Panel;
class RunTable;
class SegmentedSwitch;
} // namespace vitrine

namespace vitrine::quantization_plugin
{

class CardPages;
class PlotCards;
class VerdictCard;

// Runs of quantization.vision side by side: what a vision transformer in codes keeps and what it
// costs in a sentence, a table with a row for each, and in pages layers, operations and energies,
// pictures whose answer changed, rescales and channels, and what papers report of others.
// Keys of the state: README.md.
class CodedView : public RoomView
{
    Q_OBJECT
public:
    CodedView(ViewContext& context, QWidget* parent);

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override { return figures_; }
    QSize minimumSizeHint() const override { return {560, 420}; }

protected:
    void resizeEvent(QResizeEvent* event) override;

    bool hasContent() const override { return !done_.empty(); }
    void showRuns(const std::vector<RunHandle>& sound) override;
    void startStudy() override;
    bool isSound(const RunRecord& run) const override;
    QString troubleOf(const RunRecord& run) const override;

private:
    QWidget* makeContent();
    QWidget* makeBar();
    void makePages();
    Panel* makeVersions();
    Panel* makePareto();
    Panel* makeLayerTable();
    Panel* makeEnergies();
    Panel* makeInFloat();
    Panel* makeFlipWords();
    Panel* makeChannels();
    Panel* makePublished();
    Runs records() const;
    std::size_t selected() const;
    void draw();
    void drawTable(const Runs& runs);
    void drawColumns();
    void drawRun(const RunRecord& run); // what is of the selected one alone
    void drawChannelChoice(const RunRecord& run, const State& state);
    void drawPages();
    void fitSheets(); // as high as their rows of pictures are
    void selectRun(int place);
    void clickPlot(const std::string& figure, double x);
    void selectLayer(const QString& layer);
    void drawLadderButton(const RunRecord& run, const Runs& runs);
    void climb();    // runs the rungs that the selected run's ladder lacks
    void simulate(); // the selected run's widths, on an accelerator: opens its form

    std::vector<RunHandle> done_;
    std::vector<figure::Figure> figures_;
    VersionTable versions_;
    std::vector<int> colours_;
    std::string tablesOf_; // uid of the run whose tables are shown
    bool filling_ = false; // selections follow the state
    CardPages* pages_ = nullptr;
    PlotCards* plots_ = nullptr;
    ElidedChoice *runChoice_ = nullptr, *channelChoice_ = nullptr;
    VerdictCard* verdict_ = nullptr;
    RunTable *table_ = nullptr, *inFloat_ = nullptr;
    QPushButton *allColumns_ = nullptr, *simulate_ = nullptr, *ladder_ = nullptr;
    SegmentedSwitch* over_ = nullptr; // size or bits
    QLabel* flipWords_ = nullptr;
    Panel *layersCard_ = nullptr, *energiesCard_ = nullptr, *inFloatCard_ = nullptr;
    DataTable* layers_ = nullptr;
    ClaimTable *energies_ = nullptr, *published_ = nullptr;
};

} // namespace vitrine::quantization_plugin
