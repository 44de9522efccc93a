#include "plugins/calibration/view/counters.h"

#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace vitrine::calibration_plugin
{

Counters::Counters(QWidget* parent) : QWidget(parent)
{
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(4, 0, 0, 0);
    line->setSpacing(theme::kGroupGap);
    add(line, "sinks", tr("Sinks"), tr("Columns that are shrunk, over all calibrated heads"));
    add(line, "rows_modified", tr("Rows modified"),
        tr("(head, row) pairs whose weights were changed. 0: calibration does nothing here."));
    add(line, "mass_moved", tr("Mass moved"),
        tr("Weight taken from sinks and given to others: Σ (1 − β) mᵢ over all modified rows, "
           "each of which sums to 1"));
    add(line, "rows_skipped", tr("Skipped"),
        tr("Rows left as they are because nothing but sinks has weight in them"));
    add(line, "kl_last", tr("KL, last"),
        tr("Kullback-Leibler divergence of the next-token distribution after the text, without to "
           "with calibration, in nat"));
    add(line, "kl_mean", tr("KL, mean"), tr("The same, mean over all positions, in nat"));
    add(line, "flips", tr("Flips"), tr("Positions whose likeliest next token is another one"));
    add(line, "perplexity", tr("Perplexity"),
        tr("exp of the mean negative log-likelihood of this text, without and with calibration; "
           "lower is better. One text proves nothing: see calibration.evaluate."));
    line->addStretch(1);
}

void Counters::add(QHBoxLayout* line, const QString& metric, const QString& words,
                   const QString& help)
{
    auto* name = new QLabel(words, this);
    name->setProperty("role", "caption");
    auto* value = new QLabel(QStringLiteral("–"), this);
    value->setFont(theme::uiFont(15, QFont::DemiBold));
    value->setProperty("role", "section");
    value->setAccessibleName(words);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (QLabel* label : {name, value})
        label->setToolTip(help);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    column->addWidget(value);
    column->addWidget(name);
    line->addLayout(column);
    counters_.push_back({metric, value});
}

QString Counters::shown(const Scene& scene, const QString& metric) const
{
    const RunResult& result = scene.first().run->result;
    const double value = metricOf(result, metric.toStdString());
    if (metric == QLatin1String("sinks")) {
        return tr("%1 in %2 heads")
            .arg(countText(value), countText(metricOf(result, "heads_calibrated")));
    }
    if (metric == QLatin1String("rows_modified") || metric == QLatin1String("rows_skipped"))
        return countText(value);
    if (metric == QLatin1String("flips"))
        return tr("%1 of %2").arg(countText(value), countText(metricOf(result, "tokens")));
    if (metric == QLatin1String("perplexity"))
        return tr("%1 → %2").arg(numberText(metricOf(result, "baseline_perplexity")),
                                 numberText(value));
    return numberText(value);
}

void Counters::setScene(const Scene& scene)
{
    for (const Counter& counter : counters_)
        counter.value->setText(shown(scene, counter.metric));
}

QString Counters::valueOf(const QString& name) const
{
    for (const Counter& counter : counters_)
        if (counter.metric == name)
            return counter.value->text();
    return {};
}

} // namespace vitrine::calibration_plugin
