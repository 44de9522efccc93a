#pragma once

#include "plugins/quantization/view/comparison_view.h"

#include <string>

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

class VerdictCard;

// Runs of quantization.vision side by side: what a vision transformer in codes keeps and what it
// costs in a sentence, a table with a row for each, and in pages layers, operations and energies,
// pictures whose answer changed, rescales and channels, and what papers report of others.
// Keys of the state: README.md.
class CodedView : public ComparisonView
{
    Q_OBJECT
public:
    CodedView(ViewContext& context, QWidget* parent);

private:
    void startStudy() override;
    void takeRuns(const Runs& runs) override;
    void drawRuns(const Runs& runs, const State& state) override;
    void clickPlot(const std::string& figure, double x, double y) override;
    bool isOfOneRun(const QString& page) const override;

    QWidget* makeContent();
    QWidget* makeBar();
    void addPages();
    Panel* makePareto();
    Panel* makeLayerTable();
    Panel* makeEnergies();
    Panel* makeInFloat();
    Panel* makeFlipWords();
    Panel* makeChannels();
    Panel* makeExperts();
    Panel* makePublished();
    void drawRun(const RunRecord& run); // what is of the selected one alone
    void drawChannelChoice(const RunRecord& run, const State& state);
    void drawExpertChoice(const RunRecord& run, const State& state);
    void selectLayer(const QString& layer);
    void drawLadderButton(const RunRecord& run, const Runs& runs);
    void climb();    // runs the rungs that the selected run's ladder lacks
    void simulate(); // the selected run's widths, on an accelerator: opens its form

    std::string tablesOf_; // uid of the run whose tables are shown
    ElidedChoice *channelChoice_ = nullptr, *expertChoice_ = nullptr;
    VerdictCard* verdict_ = nullptr;
    RunTable* inFloat_ = nullptr;
    QPushButton *simulate_ = nullptr, *ladder_ = nullptr;
    SegmentedSwitch* over_ = nullptr; // size or bits
    QLabel* flipWords_ = nullptr;
    Panel *layersCard_ = nullptr, *energiesCard_ = nullptr, *inFloatCard_ = nullptr;
    DataTable* layers_ = nullptr;
    ClaimTable *energies_ = nullptr, *published_ = nullptr;
};

} // namespace vitrine::quantization_plugin
