// Runs beside each other in a room.
#include "app/window/room_page.h"

#include <QAction>
#include <QMenu>

#include "widgets/page/run_places.h"
#include "widgets/runs/compare/run_comparison.h"
#include "widgets/table/run_text.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kComparable = 12; // newest runs offered in the menu

} // namespace

void RoomPage::fillCompareMenu()
{
    compareMenu_->clear();
    if (!runner_.isOpen())
        return;
    QAction* previous = compareMenu_->addAction("Compare with previous");
    previous->setShortcut(QKeySequence("Ctrl+Shift+P"));
    previous->setShortcutContext(Qt::WidgetShortcut); // the window's menu carries it
    connect(previous, &QAction::triggered, this, &RoomPage::compareWithPrevious);
    if (state().runs.size() > 1)
        connect(compareMenu_->addAction("Show the first alone"), &QAction::triggered, this, [this] {
            RoomState after = state();
            after.runs = {state().runs.first()};
            propose("Show one run", after);
        });
    compareMenu_->addSeparator();
    const qsizetype acts = compareMenu_->actions().size();
    RunQuery query;
    query.experiment = state().experiment.toStdString();
    query.state = RunState::done;
    query.limit = kComparable;
    const auto found = runner_.store().find(query);
    for (const RunSummary& run : found ? *found : std::vector<RunSummary>()) {
        const QString uid = QString::fromStdString(run.uid);
        QAction* action = compareMenu_->addAction(
            QString("run %1   %2")
                .arg(run.number)
                .arg(QString::fromStdString(run.subject).replace('&', "&&")));
        action->setCheckable(true);
        action->setChecked(state().runs.contains(uid));
        action->setEnabled(action->isChecked() || state().runs.size() < kMostCompared);
        connect(action, &QAction::toggled, this, [this, uid](bool on) {
            RoomState after = state();
            if (on)
                after.runs << uid;
            else
                after.runs.removeAll(uid);
            propose(on ? "Compare with another run" : "Leave a run out", withForm(after));
        });
    }
    if (compareMenu_->actions().size() - acts < 2)
        compareMenu_->addAction("Run once more with other parameters to compare")
            ->setEnabled(false);
}

QStringList RoomPage::comparable(const QStringList& uids) const
{
    QStringList shown, others;
    for (const QString& uid : uids) {
        const auto run = runner_.load(uid);
        if (!run)
            context_.showMessage(QString::fromStdString(run.error().message));
        else if (has(QString::fromStdString((*run)->experiment)) && shown.size() < kMostCompared)
            shown << uid;
        else
            others << QString::number((*run)->number);
    }
    if (!others.isEmpty())
        context_.showMessage(
            QString("%1 shows runs of its own experiments, at most %2: without run %3")
                .arg(info_.title)
                .arg(kMostCompared)
                .arg(others.join(", ")));
    return shown;
}

void RoomPage::compareWithPrevious()
{
    if (runs_.empty() || !runner_.isOpen())
        return;
    const auto oldest =
        std::ranges::min(runs_, {}, [](const RunHandle& run) { return run->number; });
    if (runs_.size() >= kMostCompared)
        return context_.showMessage(
            QString("%1 runs are shown: a comparison takes no more").arg(runs_.size()));
    RunQuery query;
    query.experiment = oldest->experiment;
    query.state = RunState::done;
    query.filter = parseFilter(fmt::format("run<{}", oldest->number));
    query.limit = 1;
    const auto found = runner_.store().find(query);
    if (!found || found->empty())
        return context_.showMessage(found ? QString("There is no run of %1 before run %2")
                                                .arg(experimentWords(oldest->experiment))
                                                .arg(oldest->number)
                                          : QString::fromStdString(found.error().message));
    RoomState after = state();
    after.runs << QString::fromStdString(found->front().uid);
    propose("Compare with previous", after);
}

void RoomPage::tellRepeatedColours()
{
    const auto places = runPlacesIn(state().view);
    const auto placeOf = [&](const RunHandle& run) {
        const auto found = places.find(run->uid);
        return found == places.end() ? 0 : found->second;
    };
    for (const RunHandle& run : runs_)
        for (const RunHandle& other : runs_)
            if (placeOf(run) == placeOf(other) + figure::kRunColours)
                context_.showMessage(
                    QString("%1 colours tell runs apart: run %2 has the colour of run %3, and "
                            "dashed lines")
                        .arg(figure::kRunColours)
                        .arg(run->number)
                        .arg(other->number));
}

} // namespace vitrine
