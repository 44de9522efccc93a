#pragma once

#include "plugins/quantization/view/comparison_view.h"

class QBoxLayout;

namespace vitrine
{
class Panel;
class RunTable;
} // namespace vitrine

namespace vitrine::quantization_plugin
{

class VerdictCard;

// Runs of quantization.kernels: the fastest kernel in a sentence, times and rates as bars beside
// dense weights and what the memory gives, and all of it as a table.
class KernelsView : public ComparisonView
{
    Q_OBJECT
public:
    KernelsView(ViewContext& context, QWidget* parent);

private:
    void resizeEvent(QResizeEvent* event) override;
    void startStudy() override;
    void takeRuns(const Runs& runs) override;
    void drawRuns(const Runs& runs, const State& state) override;

    QWidget* makeContent();
    Panel* makeTable();

    VerdictCard* verdict_ = nullptr;
    RunTable* table_ = nullptr;
    QBoxLayout* pair_ = nullptr; // of plots side by side
};

} // namespace vitrine::quantization_plugin
