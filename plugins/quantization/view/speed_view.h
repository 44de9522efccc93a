#pragma once

#include "plugins/quantization/view/comparison_view.h"

#include <array>
#include <map>
#include <string>
#include <vector>

class QBoxLayout;

namespace vitrine
{
class Panel;
class RunTable;
} // namespace vitrine

namespace vitrine::quantization_plugin
{

class VerdictCard;

// Runs that measured how fast products are: who is the fastest in a sentence, two figures of bars
// beside each other, and all of it as a table.
class SpeedView : public ComparisonView
{
    Q_OBJECT
public:
    // What an experiment's runs hold, and the words for it.
    struct Speeds {
        Words words;
        Kind kind;
        std::string (*verdict)(const Runs& runs);
        std::vector<std::string> (*remarks)(const Runs& runs);
        VersionTable (*table)(const Runs& runs);
        std::vector<figure::Figure> (*figures)(const Runs& runs, const State& state);
        std::array<const char*, 2> plots;
        int plotHeight; // pixels
        QString tableTitle, tableName, verdictTitle;
        std::map<std::string, std::string>
            study; // parameters of the run that the empty page offers
    };
    static Speeds kernels();    // of quantization.kernels
    static Speeds primitives(); // of quantization.primitives

    SpeedView(ViewContext& context, Speeds speeds, QWidget* parent);

private:
    void resizeEvent(QResizeEvent* event) override;
    void startStudy() override;
    void takeRuns(const Runs& runs) override;
    void drawRuns(const Runs& runs, const State& state) override;

    QWidget* makeContent();
    Panel* makeTable();

    const Speeds speeds_;
    VerdictCard* verdict_ = nullptr;
    RunTable* table_ = nullptr;
    QBoxLayout* pair_ = nullptr; // of plots side by side
};

class KernelsView : public SpeedView
{
public:
    KernelsView(ViewContext& context, QWidget* parent) : SpeedView(context, kernels(), parent) {}
};

class PrimitivesView : public SpeedView
{
public:
    PrimitivesView(ViewContext& context, QWidget* parent) : SpeedView(context, primitives(), parent)
    {
    }
};

} // namespace vitrine::quantization_plugin
