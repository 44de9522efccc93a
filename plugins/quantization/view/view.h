#pragma once

#include "plugins/quantization/view/comparison_view.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

class QCheckBox;
class QLabel;

namespace vitrine
{
class DataTable;
class ElidedChoice;
class Panel;
class SegmentedSwitch;
class WhatIfBar;
} // namespace vitrine

namespace vitrine::quantization_plugin
{

class BudgetCard;
class LiveCard;
class VerdictCard;
struct Probe;

// Runs of quantization.llm: the original beside its versions, in pages: what they cost, where it
// is lost, what a product is made of, what moved, energy, and what can be tried live. Keys of the
// state: README.md.
class QuantizationView : public ComparisonView
{
    Q_OBJECT
public:
    QuantizationView(ViewContext& context, QWidget* parent);

    std::vector<figure::Figure> figures() const override;

private:
    void startStudy() override;
    void takeRuns(const Runs& runs) override;
    void dropRuns() override;
    void drawRuns(const Runs& runs, const State& state) override;
    void clickPlot(const std::string& figure, double x, double y) override;
    void choosePage(const QString& page) override;
    bool isOfOneRun(const QString& page) const override;

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
    Panel* makeLayers();
    Panel* makeSteps();
    Panel* makeAssumptions();
    Panel* numbersCard(const char* key, const QString& heading, const QString& name, int height);
    Panel* makeLive();
    Panel* makeBudget();

    void drawLayers();
    void drawInside(const Runs& runs, const State& state);
    void drawTokens(const Runs& runs, const State& state);
    void drawEnergy(const Runs& runs, const State& state);
    void fill(NumbersCard& card, const Table& table);
    void selectLayer(const std::string& layer, const QString& mergeKey);
    // The layer at a place in a figure; empty: none.
    std::string layerAt(const std::string& figure, double x, double y) const;
    void tryBudget(double budget);
    void runBudget(double budget);

    void put(const char* key, std::int64_t place, const QString& label);
    void assume(const std::map<std::string, std::string>& values, const QString& label,
                const QString& mergeKey = {});
    void keepAssumptions();

    std::string layersOf_; // uid of the run whose layers the table holds
    std::string probeOf_;  // uid of the run whose probe this is
    std::string whatIfOf_; // uid of the run whose energies the sliders are around
    std::shared_ptr<const Probe> probe_;

    ElidedChoice* layerChoice_ = nullptr;
    VerdictCard* verdict_ = nullptr;
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
