#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"
#include "widgets/page/room_view.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

class QCheckBox;
class QLabel;
class QPushButton;

namespace vitrine
{
class DataTable;
class ElidedChoice;
class Panel;
class RunTable;
class SegmentedSwitch;
class WhatIfBar;
} // namespace vitrine

namespace vitrine::quantization_plugin
{

class BudgetCard;
class CardPages;
class LiveCard;
class PlotCards;
class VerdictCard;
struct Probe;

// Runs of quantization.llm: the original beside its versions, in pages: what they cost, where it
// is lost, what a product is made of, what moved, energy, and what can be tried live. Keys of the
// state: README.md.
class QuantizationView : public RoomView
{
    Q_OBJECT
public:
    QuantizationView(ViewContext& context, QWidget* parent);

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override;
    // Below this the page scrolls; what stands side by side goes below each other before that.
    QSize minimumSizeHint() const override { return {560, 420}; }

protected:
    void resizeEvent(QResizeEvent* event) override;

    bool hasContent() const override { return !done_.empty(); }
    void showRuns(const std::vector<RunHandle>& sound) override;
    void startStudy() override;
    bool isSound(const RunRecord& run) const override;
    QString troubleOf(const RunRecord& run) const override;

private:
    struct NumbersCard {
        Panel* card = nullptr;
        DataTable* table = nullptr;
        std::string shown = {}; // what it was filled from
    };
    QWidget* makeContent();
    QWidget* makeBar();
    void makeVersionsPage();
    void makeLayersPage();
    void makeInsidePage();
    void makeTokensPage();
    void makeAttentionPage();
    void makeEnergyPage();
    void makeTryPage();
    Panel* makeVersions();
    Panel* makeLayers();
    Panel* makeSteps();
    Panel* makeAssumptions();
    Panel* numbersCard(const char* key, const QString& heading, const QString& name, int height);
    Panel* makeLive();
    Panel* makeBudget();

    Runs records() const;
    std::size_t selected() const; // place among the runs
    void draw();
    void drawColumns();
    void drawLayers();
    void drawInside(const State& state);
    void drawTokens(const State& state);
    void drawEnergy(const State& state);
    void drawPages();
    void fill(NumbersCard& card, const Table& table);
    void selectRun(int place);
    void selectLayer(const std::string& layer, const QString& mergeKey);
    // The layer at a place in a figure; empty: none.
    std::string layerAt(const std::string& figure, double x, double y) const;
    void clickPlot(const std::string& figure, double x, double y);
    void tryBudget(double budget);
    void runBudget(double budget);

    void put(const char* key, std::int64_t place, const QString& label);
    void assume(const std::map<std::string, std::string>& values, const QString& label,
                const QString& mergeKey = {});
    void keepAssumptions();

    std::vector<RunHandle> done_;
    std::vector<figure::Figure> figures_;
    VersionTable versions_;
    std::vector<int> colours_; // of the versions' rows
    std::string layersOf_;     // uid of the run whose layers the table holds
    std::string probeOf_;      // uid of the run whose probe this is
    std::string whatIfOf_;     // uid of the run whose energies the sliders are around
    std::shared_ptr<const Probe> probe_;
    bool filling_ = false; // rows are selected by the view itself

    CardPages* pages_ = nullptr;
    ElidedChoice *choice_ = nullptr, *layerChoice_ = nullptr;
    VerdictCard* verdict_ = nullptr;
    RunTable* table_ = nullptr;
    QPushButton* allColumns_ = nullptr; // or those of the table that fit
    PlotCards* plots_ = nullptr;
    std::map<std::string, NumbersCard> numbers_;
    Panel* layersCard_ = nullptr;
    LiveCard* live_ = nullptr;
    BudgetCard* budget_ = nullptr;
    DataTable* layers_ = nullptr;
    Panel *stepsCard_ = nullptr, *assumptionsCard_ = nullptr;
    QLabel *stepWords_ = nullptr, *energyWords_ = nullptr;
    ElidedChoice *output_ = nullptr, *mapLayer_ = nullptr;
    SegmentedSwitch *mapKind_ = nullptr, *originalForm_ = nullptr, *scalePlace_ = nullptr;
    QCheckBox* traffic_ = nullptr;
    WhatIfBar* whatIf_ = nullptr;
};

} // namespace vitrine::quantization_plugin
