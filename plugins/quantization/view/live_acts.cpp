#include "core/jobs/experiment/param_texts.h"
#include "plugins/quantization/view/budget_card.h"
#include "plugins/quantization/view/live_card.h"
#include "plugins/quantization/view/view.h"
#include "widgets/theme/text.h"

// What a person tries in the live cards becomes a new state, or a run.
namespace vitrine::quantization_plugin
{

Panel* QuantizationView::makeLive()
{
    live_ = new LiveCard(context_, this);
    connect(live_, &LiveCard::stateWished, this,
            [this](const QJsonObject& keys, const QString& label, const QString& mergeKey) {
                QJsonObject state = current();
                for (auto key = keys.begin(); key != keys.end(); ++key)
                    if (key->isNull())
                        state.remove(key.key());
                    else
                        state[key.key()] = *key;
                change(state, label, mergeKey);
            });
    return live_;
}

Panel* QuantizationView::makeBudget()
{
    budget_ = new BudgetCard(context_, this);
    connect(budget_, &BudgetCard::budgetChosen, this, &QuantizationView::tryBudget);
    connect(budget_, &BudgetCard::runWished, this, &QuantizationView::runBudget);
    return budget_;
}

std::vector<figure::Figure> QuantizationView::figures() const
{
    std::vector<figure::Figure> all = figures_;
    for (const figure::Figure& each : budget_->figures())
        all.push_back(each);
    return all;
}

void QuantizationView::tryBudget(double budget)
{
    QJsonObject state = current();
    state["budget"] = budget;
    changeLive(state, {{"bits", fmt::format("budget:{}", budget)}},
               tr("Try %1 bits on average").arg(budget), QStringLiteral("budget"));
}

// As the selected run was made, but into no folder of its own: that holds its model.
void QuantizationView::runBudget(double budget)
{
    Values params = paramTexts(selectedRecord().params);
    params["bits"] = fmt::format("budget:{}", budget);
    params.erase("out");
    start(std::move(params), true);
}

} // namespace vitrine::quantization_plugin
