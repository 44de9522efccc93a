#include "plugins/quantization/view/budget_card.h"

#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/step_slider.h"
#include "widgets/plot/plot_view.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPushButton>

#include <algorithm>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kPlotsBeside = 720; // pixels with room for two plots side by side
constexpr int kBudgetPlotHeight = 260;

// "10 layers of 2 bits, 24 of 3, 8 of 4"
std::string layersWords(const std::vector<int>& bits)
{
    std::map<int, int> counts;
    for (const int each : bits)
        ++counts[each];
    std::string words;
    for (const auto& [each, count] : counts)
        words += words.empty()
                     ? fmt::format("{} layer{} of {} bits", count, count == 1 ? "" : "s", each)
                     : fmt::format(", {} of {}", count, each);
    return words;
}

std::string budgetWords(const BudgetCurve& curve, const State& state)
{
    const BudgetQuestion& question = curve.question;
    const auto& bits = bitsAt(curve, state);
    std::string words =
        fmt::format("{}: {:.3g} bits on average", layersWords(bits), question.meanBits(bits));
    if (bits == question.chosen)
        return words + ", as in this run.";
    const double own = question.cost(question.chosen), loss = question.cost(bits) / own;
    std::int64_t changed = 0;
    for (std::size_t i = 0; i < bits.size(); ++i)
        changed += bits[i] != question.chosen[i];
    words += fmt::format("; {} layer{} would have other bits than in this run ({:.3g} on average)",
                         changed, changed == 1 ? "" : "s", question.meanBits(question.chosen));
    if (own > 0 && loss > 0)
        words +=
            fmt::format(", and all together would lose {:.3g} times what they lose there", loss);
    return words + ".";
}

} // namespace

BudgetCard::BudgetCard(ViewContext& context, QWidget* parent)
    : Panel(tr("Other budgets"), parent),
      context_(context),
      slider_(new StepSlider(tr("Mean bits"), tr("Budget"), this)),
      run_(new QPushButton(tr("Run with this budget"), this)),
      words_(wordsLabel("muted", tr("What this budget gives"), this)),
      plots_(new QBoxLayout(QBoxLayout::LeftToRight)),
      loss_(makePlot()),
      map_(makePlot())
{
    setEnlargeable(false);
    run_->setAccessibleName(run_->text());
    run_->setToolTip(tr("Quantizes once more with these mean bits, beside this run"));
    auto* line = new QHBoxLayout;
    line->setSpacing(16);
    line->addWidget(slider_, 1);
    line->addWidget(run_);
    plots_->setSpacing(8);
    plots_->addWidget(loss_, 3);
    plots_->addWidget(map_, 2);
    body()->addLayout(line);
    body()->addWidget(words_);
    body()->addLayout(plots_, 1);
    const auto choose = [this](std::size_t place, bool dragging) {
        const auto& budgets = (*curve_)->budgets;
        emit budgetChosen(budgets[std::min(place, budgets.size() - 1)], dragging);
    };
    connect(slider_, &StepSlider::chosen, this, [choose](int step, bool dragging) {
        choose(static_cast<std::size_t>(step), dragging);
    });
    connect(loss_, &plot::PlotView::clicked, this, [this, choose](double x, double) {
        if (curve_ && *curve_)
            choose(nearestBudget((*curve_)->budgets, x), false);
    });
    connect(run_, &QPushButton::clicked, this, [this] { emit runWished(state_.budget); });
    setNone();
}

plot::PlotView* BudgetCard::makePlot()
{
    auto* view = new plot::PlotView(this);
    view->setMinimumHeight(kBudgetPlotHeight);
    plot::forwardActions(*view, context_);
    return view;
}

void BudgetCard::setNone()
{
    runs_.clear();
    figures_.clear();
    hide();
}

void BudgetCard::setRuns(const std::vector<RunHandle>& runs, const State& state)
{
    Runs records;
    for (const RunHandle& run : runs)
        records.push_back(run.get());
    const RunHandle& selected = runs[selectedRun(state, records)];
    if (!hasBudget(*selected))
        return setNone();
    runs_ = runs;
    state_ = state;
    show();
    if (solvedOf_ != selected->uid)
        solve(selected);
    draw();
}

void BudgetCard::solve(const RunHandle& run)
{
    solvedOf_ = run->uid;
    curve_.reset();
    const auto solved = std::make_shared<Result<BudgetCurve>>(failure("not solved"));
    context_.compute(
        this, QStringLiteral("budgets"), [solved, run] { *solved = budgetCurve(*run); },
        [this, solved] {
            curve_ = solved;
            if (!runs_.empty())
                draw();
        });
}

void BudgetCard::draw()
{
    const bool isSolved = curve_ && *curve_;
    figures_.clear();
    for (QWidget* widget : std::initializer_list<QWidget*>{loss_, map_})
        widget->setVisible(isSolved);
    slider_->setEnabled(isSolved);
    run_->setEnabled(isSolved && state_.budget > 0);
    if (!isSolved) {
        showText(*words_, curve_ ? fromUtf8(curve_->error().message)
                                 : tr("Finding the best bits for every budget…"));
        return;
    }
    const BudgetCurve& curve = **curve_;
    Runs records;
    for (const RunHandle& run : runs_)
        records.push_back(run.get());
    const double own = curve.question.meanBits(curve.question.chosen);
    const std::size_t place = nearestBudget(curve.budgets, state_.budget > 0 ? state_.budget : own);
    slider_->setSteps(0, static_cast<int>(curve.budgets.size()) - 1);
    slider_->setStep(static_cast<int>(place));
    slider_->setWords(
        state_.budget > 0
            ? tr("at most %1").arg(fromUtf8(fmt::format("{:.2f}", curve.budgets[place])))
            : tr("as this run"));
    words_->setText(fromUtf8(budgetWords(curve, state_)));
    figures_ = budgetFigures(curve, records, state_);
    loss_->setFigure(figures_.front());
    map_->setVisible(figures_.size() > 1);
    if (figures_.size() > 1)
        map_->setFigure(figures_[1]);
}

void BudgetCard::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    plots_->setDirection(width() < kPlotsBeside ? QBoxLayout::TopToBottom
                                                : QBoxLayout::LeftToRight);
}

} // namespace vitrine::quantization_plugin
