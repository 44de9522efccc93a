// What a person does in the view: each becomes a change of its state, or a run.
#include "core/sim/cost/accelerator.h"
#include "plugins/accelerators/view/view.h"

#include "core/jobs/experiment/param_texts.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/params/what_if_bar.h"

#include <QComboBox>

namespace vitrine::accelerators_plugin
{

void AcceleratorsView::connectParts()
{
    connect(accelerator_, &QComboBox::activated, this, &AcceleratorsView::chooseAccelerator);
    connect(workload_, &QComboBox::activated, this, [this] {
        Scenario next = scenario();
        next.workload = workload_->currentText().toStdString();
        tryOut(next, tr("Choose %1").arg(workload_->currentText()));
    });
    connect(bars_, &QComboBox::activated, this,
            [this] { chooseBars(QStringLiteral("bars"), *bars_); });
    connect(per_, &QComboBox::activated, this,
            [this] { chooseBars(QStringLiteral("per"), *per_); });
    connect(zoom_, &SegmentedSwitch::chosen, this, &AcceleratorsView::zoomSchedule);
    connect(whatIf_, &WhatIfBar::chosen, this,
            [this](const std::map<std::string, std::string>& values, const QString& label,
                   const QString& key) {
                Scenario changed = scenario();
                changed.set = values;
                tryOut(changed, label, key);
            });
    connect(whatIf_, &WhatIfBar::resetWished, this,
            [this] { tryOut(Scenario{}, tr("Reset what if")); });
    connect(whatIf_, &WhatIfBar::keepWished, this,
            [this] { start(scenario().given(), !done_.empty()); });
}

void AcceleratorsView::chooseAccelerator()
{
    Scenario next;
    next.accelerator = accelerator_->currentData().toString().toStdString();
    const sim::Accelerator* machine = sim::findAccelerator(next.accelerator);
    if (!machine)
        return;
    // The workload stays where the machine's paper, or any machine, can run it.
    const std::string before = scenario().workload;
    const bool vision = before.find("ctvc") == std::string::npos &&
                        before.find("cifar") == std::string::npos &&
                        before.find("nvca") == std::string::npos && !before.empty();
    next.workload = vision && next.accelerator != "nvca" && next.accelerator != "nasa"
                        ? before
                        : machine->workloads.front();
    tryOut(next, tr("Choose %1").arg(QString::fromStdString(machine->title)));
}

// Other bars have another range.
void AcceleratorsView::chooseBars(const QString& key, const QComboBox& combo)
{
    QJsonObject changed = current();
    QJsonObject ranges = changed.value("ranges").toObject();
    ranges.remove(QStringLiteral("bars"));
    changed["ranges"] = ranges;
    changed[key] = combo.currentData().toString();
    change(changed, tr("Show %1").arg(combo.currentText().toLower()));
}

// A block of whatever runs are shown: a wish, not a range.
void AcceleratorsView::zoomSchedule(int choice)
{
    QJsonObject changed = current();
    QJsonObject ranges = changed.value("ranges").toObject();
    for (const char* plot : {"schedule", "buffers"})
        ranges.remove(QLatin1String(plot));
    changed["ranges"] = ranges;
    if (choice == 1)
        changed["zoom"] = QStringLiteral("block");
    else
        changed.remove("zoom");
    change(changed, choice == 1 ? tr("Zoom to a block") : tr("Show the whole picture"));
}

// Time runs the same way under the schedule and the buffers.
void AcceleratorsView::changeRange(const QString& key, const QJsonObject& range,
                                   const QString& label)
{
    QJsonObject ranges = current().value("ranges").toObject();
    ranges[key] = range;
    if (key == "schedule" || key == "buffers")
        for (const char* other : {"schedule", "buffers"}) {
            QJsonObject both = ranges.value(QLatin1String(other)).toObject();
            if (range.contains("x"))
                both["x"] = range.value("x");
            else
                both.remove("x");
            ranges[QLatin1String(other)] = both;
        }
    QJsonObject changed = current();
    changed["ranges"] = ranges;
    if (key == "schedule" || key == "buffers")
        changed.remove("zoom");
    change(changed, label, "zoom-" + key);
}

// What is tried, or where nothing is the first run: what the form says too.
std::map<std::string, std::string> AcceleratorsView::paramsOf(const Scenario& scenario) const
{
    if (scenario.active())
        return scenario.given();
    return done_.empty() ? std::map<std::string, std::string>{} : paramTexts(done_.front()->params);
}

void AcceleratorsView::tryOut(const Scenario& scenario, const QString& label,
                              const QString& mergeKey)
{
    changeLive(withScenario(current(), scenario), paramsOf(scenario), label, mergeKey);
}

void AcceleratorsView::startStudy()
{
    start({{"accelerator", "p2vit"}, {"workload", "deit-tiny"}}, false);
}

} // namespace vitrine::accelerators_plugin
