#include "app/window/main_window.h"

#include <QTimer>

#include "app/plugins/file_kind.h"
#include "app/window/bottom_strip.h"
#include "app/window/home_page.h"
#include "app/window/parameter_panel.h"
#include "app/window/room_page.h"
#include "core/jobs/experiment/param_texts.h"
#include "core/jobs/worker/new_job.h"
#include "widgets/params/param_form.h"
#include "widgets/runs/compare/run_comparison.h"
#include "widgets/runs/runs_page.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/text.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr std::int64_t kPausedLooked = 100; // newest paused runs

// What "Copy details" gives to whoever is asked for help.
QString detailsOf(const RunRecord& run)
{
    return QString("%1\nrun %2, %3\n%4\nvitrine %5, %6\n%7, %8")
        .arg(fromUtf8(run.error), QString::number(run.number), fromUtf8(run.uid),
             fromUtf8(run.command), fromUtf8(run.programVersion), fromUtf8(run.build),
             fromUtf8(run.host), fromUtf8(run.cpu));
}

} // namespace

void MainWindow::connectRunner()
{
    connect(runner_, &Runner::started, this, [this](const QString& uid) {
        strip_->refresh();
        refreshPending(pending_[uid].room);
    });
    connect(runner_, &Runner::progressed, this, [this](const QString& uid) {
        strip_->refresh();
        if (const auto found = pending_.find(uid); found != pending_.end())
            refreshPending(found->second.room);
    });
    connect(runner_, &Runner::messaged, this,
            [this](const QString&, const QString& line) { showMessage(line); });
    connect(runner_, &Runner::notStored, this, [this](const QString& uid, const QString& error) {
        const QString room = pending_[uid].room;
        pending_.erase(uid);
        refreshPending(room);
        showMessage("cannot keep the run: " + error);
    });
    connect(runner_, &Runner::finished, this, &MainWindow::onFinished);
    connect(runner_, &Runner::storeChanged, this, [this] {
        if (runs_ != nullptr && currentPage_ == "runs")
            runs_->reload();
    });
}

FoundExperiment MainWindow::findExperiment(const std::string& id)
{
    if (const RoomPage* page = roomFor(fromUtf8(id)))
        return page->experimentNamed(id);
    return {nullptr, {}, "No room of this installation runs " + id};
}

QString MainWindow::startRun(const std::string& experiment, const Runner::Values& params,
                             const QString& id, bool compare)
{
    const auto uid = makeJob(findExperiment(experiment), params).and_then([this](const Job& job) {
        return runner_->start(job);
    });
    if (!uid) {
        const QString error = fromUtf8(uid.error().message);
        showMessage(error);
        if (RoomPage* page = room(id))
            page->setFailure(error, error);
        return {};
    }
    pending_[*uid] = {.room = id, .compare = compare};
    if (const auto page = rooms_.find(id); page != rooms_.end())
        pending_[*uid].form = page->second->stateOf(fromUtf8(experiment)).params;
    formNeeded_ = false;
    showMessage("Started " + fromUtf8(experiment));
    refreshPending(id);
    workspace_->saveSoon();
    return *uid;
}

void MainWindow::refreshPending(const QString& id)
{
    const auto page = rooms_.find(id);
    if (page == rooms_.end())
        return;
    for (const RunStatus& status : runner_->active()) {
        const auto found = pending_.find(status.uid);
        if (found != pending_.end() && found->second.room == id)
            return page->second->setPending(status);
    }
    page->second->setPending(std::nullopt);
}

void MainWindow::onFinished(const RunHandle& run)
{
    const QString uid = fromUtf8(run->uid);
    const auto found = pending_.find(uid);
    const Pending wanted = found == pending_.end() ? Pending{} : found->second;
    pending_.erase(uid);
    if (run->state == RunState::paused) {
        dismissed_.removeAll(uid); // it was dismissed before it went on
        strip_->addPaused(uid, run->number, run->experiment);
    }
    strip_->refresh();
    const QString state = QString::fromUtf8(runStateName(run->state).data());
    showMessage(QString("Run %1 %2: %3%4")
                    .arg(run->number)
                    .arg(state, experimentWords(run->experiment),
                         run->error.empty() ? "" : ": " + fromUtf8(run->error)));
    workspace_->saveSoon();
    tellRepeat(*run);
    if (wanted.room.isEmpty())
        return;
    RoomPage* page = room(wanted.room);
    refreshPending(wanted.room);
    if (page == nullptr)
        return;
    if (run->state == RunState::paused)
        page->setPaused(uid, run->number, run->experiment);
    if (run->state == RunState::failed)
        page->setFailure(fromUtf8(run->error), detailsOf(*run));
    if (run->state != RunState::done)
        return;
    page->setFailure({}, {});
    RoomState after = page->stateOf(fromUtf8(run->experiment));
    if (!wanted.compare && after.params == wanted.form) // nobody typed on meanwhile
        after.params = paramTexts(run->params);
    after.runs = wanted.compare ? after.runs + QStringList{uid} : QStringList{uid};
    change({wanted.room, QString("Show run %1").arg(run->number), {}, page->state(), after});
    updateEstimates();
    startBeside(run->experiment, wanted);
    QTimer::singleShot(1500, this, &MainWindow::keepThumbnail);
}

std::vector<RunSummary> MainWindow::pausedRuns()
{
    RunQuery query;
    query.state = RunState::paused;
    query.limit = kPausedLooked;
    const auto found =
        runner_->isOpen() ? runner_->store().find(query) : Result<std::vector<RunSummary>>();
    std::vector<RunSummary> paused = found ? *found : std::vector<RunSummary>();
    std::erase_if(paused, [this](const RunSummary& run) {
        const QString uid = fromUtf8(run.uid);
        return dismissed_.contains(uid) || !runner_->canResume(uid);
    });
    return paused;
}

// The room's newest.
void MainWindow::offerPaused(RoomPage& page)
{
    const auto paused = pausedRuns();
    const auto newest = std::ranges::find_if(
        paused, [&](const RunSummary& run) { return page.has(fromUtf8(run.experiment)); });
    if (newest != paused.end())
        page.setPaused(fromUtf8(newest->uid), newest->number, newest->experiment);
}

void MainWindow::dismissPaused(const QString& uid)
{
    if (!dismissed_.contains(uid))
        dismissed_ << uid;
    strip_->removePaused(uid);
    for (const auto& entry : rooms_)
        entry.second->dropPaused(uid);
    workspace_->saveSoon();
}

// One after the other, so that they stand in the order of the study.
void MainWindow::startBeside(const std::string& experiment, const Pending& done)
{
    if (done.beside.empty())
        return;
    const QString uid = startRun(experiment, done.beside.front(), done.room, true);
    if (!uid.isEmpty())
        pending_[uid].beside.assign(done.beside.begin() + 1, done.beside.end());
}

// "Run again" has an outcome: the computed values are equal to the last bit, or where they differ.
void MainWindow::tellRepeat(const RunRecord& run)
{
    if (run.parent.empty() || run.state != RunState::done)
        return;
    const auto before = runner_->load(fromUtf8(run.parent));
    if (!before)
        return;
    const auto differences = compareComputed(**before, run);
    showMessage(
        differences.empty()
            ? QString("Run %1 repeats run %2: all computed values are equal to the last bit")
                  .arg(run.number)
                  .arg((*before)->number)
            : QString("Run %1 repeats run %2 and differs: %3")
                  .arg(run.number)
                  .arg((*before)->number)
                  .arg(fromUtf8(differences.front())));
    if (runs_ != nullptr && currentPage_ == "runs")
        runs_->select({fromUtf8(run.uid)}); // its detail shows the outcome
}

void MainWindow::runAgain(const QString& uid)
{
    const auto run = runner_->load(uid);
    if (!run)
        return showMessage(fromUtf8(run.error().message));
    RoomPage* page = roomFor(fromUtf8((*run)->experiment));
    const auto started =
        makeJobAgain(findExperiment((*run)->experiment), **run).and_then([this](const Job& job) {
            return runner_->start(job);
        });
    if (!started)
        return showMessage(fromUtf8(started.error().message));
    pending_[*started] = {.room = page != nullptr ? page->info().id : QString()};
    if (page != nullptr)
        pending_[*started].form = page->stateOf(fromUtf8((*run)->experiment)).params;
    refreshPending(pending_[*started].room);
}

void MainWindow::resumeRun(const QString& uid)
{
    const auto run = runner_->load(uid);
    if (!run)
        return showMessage(fromUtf8(run.error().message));
    const RoomPage* page = roomFor(fromUtf8((*run)->experiment));
    pending_.try_emplace(uid, Pending{.room = page != nullptr ? page->info().id : QString()});
    if (const auto gone = runner_->resume(uid); !gone) {
        if (!runner_->status(uid))
            pending_.erase(uid);
        return showMessage(
            QString("Run %1: %2").arg((*run)->number).arg(fromUtf8(gone.error().message)));
    }
    refreshPending(pending_[uid].room);
    workspace_->saveSoon();
}

void MainWindow::openRuns(const QStringList& uids)
{
    if (uids.isEmpty())
        return;
    const auto first = runner_->load(uids.first());
    if (!first)
        return showMessage(fromUtf8(first.error().message));
    RoomPage* page = roomFor(fromUtf8((*first)->experiment));
    if (page == nullptr)
        return showMessage("No room of this installation shows " + fromUtf8((*first)->experiment));
    RoomState after = page->stateOf(fromUtf8((*first)->experiment));
    after.params = paramTexts((*first)->params); // what is shown is where a person goes on from
    after.runs = comparable(*page, inOrder(uids));
    showPage(page->info().id);
    change({page->info().id,
            after.runs.size() == 1 ? "Open run" : "Compare runs",
            {},
            page->state(),
            after});
}

// As they were made, whatever the order in which they were selected.
QStringList MainWindow::inOrder(QStringList uids)
{
    std::map<QString, std::int64_t> numbers;
    for (const QString& uid : uids)
        if (const auto run = runner_->load(uid))
            numbers[uid] = (*run)->number;
    std::ranges::stable_sort(uids, {}, [&](const QString& uid) { return numbers[uid]; });
    return uids;
}

// Those of the runs that this room shows, at most eight; the others are told of.
QStringList MainWindow::comparable(const RoomPage& page, const QStringList& uids)
{
    QStringList shown, others;
    for (const QString& uid : uids) {
        const auto run = runner_->load(uid);
        if (!run)
            showMessage(fromUtf8(run.error().message));
        else if (page.has(fromUtf8((*run)->experiment)) && shown.size() < kMostCompared)
            shown << uid;
        else
            others << QString::number((*run)->number);
    }
    if (!others.isEmpty())
        showMessage(QString("%1 shows runs of its own experiments, at most %2: without run %3")
                        .arg(page.info().title)
                        .arg(kMostCompared)
                        .arg(others.join(", ")));
    return shown;
}

void MainWindow::compareRuns(const QString& id, const QStringList& uids)
{
    RoomPage* page = room(id);
    if (page == nullptr || uids.isEmpty())
        return;
    const QStringList before = page->state().runs;
    if (before.isEmpty())
        return openRuns(comparable(*page, uids));
    QStringList all = before + uids;
    all.removeDuplicates();
    all = comparable(*page, all);
    showPage(id);
    if (all == before)
        return;
    RoomState after = page->state();
    after.runs = all;
    change({id, "Compare runs", {}, page->state(), after});
}

void MainWindow::showInRuns(const QStringList& uids)
{
    showPage("runs");
    runs_->select(uids);
}

void MainWindow::startStudy(const Study& study)
{
    RoomPage* page = roomFor(study.experiment);
    if (page == nullptr)
        return showMessage("No room of this installation runs " + study.experiment);
    RoomState after = page->stateOf(study.experiment);
    after.params = study.params;
    showPage(page->info().id);
    change({page->info().id, study.title, {}, page->state(), after});
    const QString uid = startRun(study.experiment.toStdString(), page->panel()->form().values(),
                                 page->info().id, false);
    if (!uid.isEmpty())
        pending_[uid].beside = study.beside;
}

void MainWindow::openPath(const QString& path)
{
    if (QFileInfo(path).suffix().toLower() == "vitrine")
        return openOther(path);
    const FileKind* kind = nullptr;
    const auto opens = [&](const RoomInfo& info) {
        const auto found = std::ranges::find_if(
            info.opens, [&](const FileKind& each) { return isOfKind(each, path); });
        kind = found == info.opens.end() ? nullptr : &*found;
        return kind != nullptr;
    };
    const auto taker = std::ranges::find_if(infos_, opens);
    if (taker == infos_.end())
        return showMessage("Nothing here opens " + path + ": drop " +
                           whatOpens(fileKindsOf(infos_)));
    RoomPage* page = room(taker->id);
    if (page == nullptr)
        return;
    const std::string parameter = kind->parameter.toStdString();
    const RoomState before = page->state();
    if (const QString experiment = page->experimentWith(parameter);
        !experiment.isEmpty() && experiment != before.experiment) {
        page->apply(page->stateOf(experiment)); // the form is this experiment's now
    }
    showPage(taker->id);
    page->panel()->form().merge({{parameter, pathFor(*kind, path).toStdString()}});
    RoomState after = page->state();
    after.params = page->panel()->form().values();
    change({taker->id, "Open " + path, {}, before, after});
    page->panel()->run();
}

void MainWindow::updateEstimates()
{
    for (const Study& study : studiesOf(infos_)) {
        RunQuery query;
        query.experiment = study.experiment.toStdString();
        query.state = RunState::done;
        query.limit = 1;
        const auto last = runner_->store().find(query);
        if (last && !last->empty())
            home_->setEstimate(study.id, last->front().seconds *
                                             static_cast<double>(1 + study.beside.size()));
    }
}

} // namespace vitrine
