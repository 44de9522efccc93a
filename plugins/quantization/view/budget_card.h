#pragma once

#include "plugins/quantization/figures/budget.h"
#include "widgets/page/panel.h"
#include "widgets/view.h"

#include <memory>
#include <string>
#include <vector>

class QBoxLayout;
class QLabel;
class QPushButton;

namespace vitrine
{
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::quantization_plugin
{

class StepSlider;

// Other budgets than the selected run's own: what the layers would lose, which bits they would
// take, and a button that runs it. Solved on a worker thread when the run comes.
class BudgetCard : public Panel
{
    Q_OBJECT
public:
    BudgetCard(ViewContext& context, QWidget* parent);

    // The runs that are shown, at least one; hidden where the selected one has no budget.
    void setRuns(const std::vector<RunHandle>& runs, const State& state);
    void setNone();
    std::vector<figure::Figure> figures() const { return figures_; }

signals:
    void budgetChosen(double budget, bool dragging);
    void runWished(double budget);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    plot::PlotView* makePlot();
    void solve(const RunHandle& run);
    void draw();

    ViewContext& context_;
    std::vector<RunHandle> runs_;
    State state_;
    std::string solvedOf_;                       // uid of the run that `curve_` is of, or will be
    std::shared_ptr<Result<BudgetCurve>> curve_; // null: not solved yet
    std::vector<figure::Figure> figures_;

    StepSlider* slider_;
    QPushButton* run_;
    QLabel* words_;
    QBoxLayout* plots_;
    plot::PlotView *loss_, *map_;
};

} // namespace vitrine::quantization_plugin
