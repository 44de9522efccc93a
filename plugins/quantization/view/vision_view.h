#pragma once

#include "plugins/quantization/view/comparison_view.h"

class QLabel;

namespace vitrine
{
class DataTable;
class ElidedChoice;
class Panel;
class RunTable;
class SegmentedSwitch;
} // namespace vitrine

namespace vitrine::quantization_plugin
{

class VerdictCard;

// Runs of vision.evaluate: how often one or two models are right in a sentence, and in pages what
// is called what, whether probabilities can be believed, the worst answers, and two models beside
// each other. Keys of the state: README.md.
class VisionView : public ComparisonView
{
    Q_OBJECT
public:
    VisionView(ViewContext& context, QWidget* parent);

private:
    void startStudy() override;
    void takeRuns(const Runs& runs) override;
    void drawRuns(const Runs& runs, const State& state) override;
    void clickPlot(const std::string& figure, double x, double y) override;

    QWidget* makeContent();
    QWidget* makeBar();
    void addPages();
    Panel* makeConfusion();
    Panel* makeCell();
    Panel* makePairs();
    void drawCell(const RunRecord& run, const State& state);
    void selectCell(const QString& label, const QString& answer);

    ElidedChoice* cellChoice_ = nullptr;
    VerdictCard* verdict_ = nullptr;
    QLabel* noPictures_ = nullptr;
    SegmentedSwitch* cells_ = nullptr; // counts or shares
    Panel *cellCard_ = nullptr, *pairsCard_ = nullptr;
    DataTable* cellTable_ = nullptr;
    RunTable* pairs_ = nullptr;
};

} // namespace vitrine::quantization_plugin
