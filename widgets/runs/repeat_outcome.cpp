#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "core/store/store.h"
#include "widgets/runs/run_detail.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/shown_text.h"

namespace vitrine
{
namespace
{

constexpr std::size_t kMostDifferences = 12;

QLabel* line(const QString& words, const char* role, QWidget* parent)
{
    auto* made = new QLabel(parent);
    showText(*made, words);
    made->setProperty("role", role);
    made->setWordWrap(true);
    made->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return made;
}

QWidget* measuredValues(const RunRecord& before, const RunRecord& after, QWidget* parent)
{
    auto* part = new QWidget(parent);
    auto* grid = new QGridLayout(part);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(0, 1);
    int row = 0;
    const auto add = [&](const QString& name, const QString& a, const QString& b,
                         const char* role) {
        grid->addWidget(line(name, "muted", part), row, 0);
        grid->addWidget(line(a, role, part), row, 1, Qt::AlignRight);
        grid->addWidget(line(b, role, part), row++, 2, Qt::AlignRight);
    };
    add("measured", QString("run %1").arg(before.number), QString("run %1").arg(after.number),
        "caption");
    add("time", metricWords({"", before.seconds, "s", Origin::measured, ""}),
        metricWords({"", after.seconds, "s", Origin::measured, ""}), "value");
    for (const Metric& metric : before.result.metrics)
        if (const Metric* other = after.result.metric(metric.name);
            other != nullptr && metric.origin == Origin::measured)
            add(metricTitleWords(metric), metricWords(metric), metricWords(*other), "value");
    return part;
}

} // namespace

QWidget* repeatOutcome(const RunRecord& before, const RunRecord& after, QWidget* parent)
{
    auto* card = new QFrame(parent);
    card->setProperty("role", "card");
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 8, 12, 12);
    column->setSpacing(8);
    const auto differences = compareComputed(before, after);
    auto* verdict =
        line(differences.empty()
                 ? QString("✓  All computed values equal those of run %1 to the last bit.")
                       .arg(before.number)
                 : QString("%1 computed %2 from run %3:")
                       .arg(differences.size())
                       .arg(differences.size() == 1 ? "value or table differs"
                                                    : "values or tables differ")
                       .arg(before.number),
             "value", card);
    verdict->setAccessibleName("Outcome of the repetition");
    column->addWidget(verdict);
    for (std::size_t i = 0; i < std::min(differences.size(), kMostDifferences); ++i)
        column->addWidget(line(QString::fromStdString(differences[i]), "muted", card));
    if (differences.size() > kMostDifferences)
        column->addWidget(line(QString("… and %1 more").arg(differences.size() - kMostDifferences),
                               "muted", card));
    if (before.build != after.build || before.cpu != after.cpu)
        column->addWidget(line("Another build or another kind of CPU: values may differ within the "
                               "stated tolerance.",
                               "muted", card));
    column->addWidget(measuredValues(before, after, card));
    return card;
}

} // namespace vitrine
