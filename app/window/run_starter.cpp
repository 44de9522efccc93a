#include "app/window/run_starter.h"

#include "app/window/room_page.h"
#include "app/window/room_shelf.h"
#include "core/jobs/experiment/param_texts.h"
#include "core/jobs/worker/new_job.h"
#include "widgets/runs/compare/run_comparison.h"
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

RunStarter::RunStarter(Runner& runner, RoomShelf& rooms, QObject* parent)
    : QObject(parent), runner_(runner), rooms_(rooms)
{
    const auto progress = [this](const QString& uid) {
        if (const auto found = pending_.find(uid); found != pending_.end())
            tellProgress(found->second.room);
    };
    connect(&runner_, &Runner::started, this, progress);
    connect(&runner_, &Runner::progressed, this, progress);
    connect(&runner_, &Runner::notStored, this, &RunStarter::takeNotStored);
    connect(&runner_, &Runner::finished, this, &RunStarter::take);
}

RunStarter::Pending RunStarter::pendingFor(const RoomPage* page,
                                           const std::string& experiment) const
{
    if (page == nullptr)
        return {};
    return {.room = page->info().id, .form = page->stateOf(fromUtf8(experiment)).params};
}

QString RunStarter::start(const std::string& experiment, const Runner::Values& params,
                          const QString& id, bool compare)
{
    const auto uid =
        makeJob(rooms_.findExperiment(experiment), params).and_then([this](const Job& job) {
            return runner_.start(job);
        });
    RoomPage* page = rooms_.room(id);
    if (!uid) {
        const QString error = fromUtf8(uid.error().message);
        emit message(error);
        if (page != nullptr)
            page->setFailure(error, error);
        return {};
    }
    pending_[*uid] = pendingFor(page, experiment);
    pending_[*uid].compare = compare;
    emit message("Started " + fromUtf8(experiment));
    emit began();
    tellProgress(id);
    emit pendingChanged();
    return *uid;
}

void RunStarter::startAll(const std::string& experiment, const Runner::Values& first,
                          const std::vector<Runner::Values>& beside, const QString& room)
{
    if (const QString uid = start(experiment, first, room, false); !uid.isEmpty())
        pending_[uid].beside = beside;
}

void RunStarter::addAll(const std::string& experiment, const std::vector<Runner::Values>& all,
                        const QString& room)
{
    if (all.empty())
        return;
    if (const QString uid = start(experiment, all.front(), room, true); !uid.isEmpty())
        pending_[uid].beside.assign(all.begin() + 1, all.end());
}

void RunStarter::tellProgress(const QString& id)
{
    RoomPage* page = rooms_.ifOpen(id);
    if (page == nullptr)
        return;
    for (const RunStatus& status : runner_.active()) {
        const auto found = pending_.find(status.uid);
        if (found != pending_.end() && found->second.room == id)
            return page->setPending(status);
    }
    page->setPending(std::nullopt);
}

void RunStarter::takeNotStored(const QString& uid, const QString& error)
{
    const QString room = pending_[uid].room;
    pending_.erase(uid);
    tellProgress(room);
    emit message("cannot keep the run: " + error);
}

void RunStarter::take(const RunHandle& run)
{
    const QString uid = fromUtf8(run->uid);
    const auto found = pending_.find(uid);
    const Pending wanted = found == pending_.end() ? Pending{} : found->second;
    pending_.erase(uid);
    if (run->state == RunState::paused) {
        dismissed_.removeAll(uid); // it was dismissed before it went on
        emit wasPaused(uid, run->number, run->experiment);
    }
    const QString state = QString::fromUtf8(runStateName(run->state).data());
    emit message(QString("Run %1 %2: %3%4")
                     .arg(run->number)
                     .arg(state, experimentWords(run->experiment),
                          run->error.empty() ? "" : ": " + fromUtf8(run->error)));
    emit pendingChanged();
    tellRepeat(*run);
    if (wanted.room.isEmpty())
        return;
    RoomPage* page = rooms_.room(wanted.room);
    tellProgress(wanted.room);
    if (page == nullptr)
        return;
    if (run->state == RunState::paused)
        page->setPaused(uid, run->number, run->experiment);
    if (run->state == RunState::failed)
        page->setFailure(fromUtf8(run->error), detailsOf(*run));
    if (run->state == RunState::done)
        show(*run, wanted, *page);
}

void RunStarter::show(const RunRecord& run, const Pending& wanted, RoomPage& page)
{
    page.setFailure({}, {});
    const QString uid = fromUtf8(run.uid);
    RoomState after = page.stateOf(fromUtf8(run.experiment));
    if (!wanted.compare && after.params == wanted.form) // nobody typed on meanwhile
        after.params = paramTexts(run.params);
    after.runs = wanted.compare ? after.runs + QStringList{uid} : QStringList{uid};
    emit changed({wanted.room, QString("Show run %1").arg(run.number), {}, page.state(), after});
    emit shown();
    addAll(run.experiment, wanted.beside, wanted.room);
}

std::vector<RunSummary> RunStarter::paused() const
{
    RunQuery query;
    query.state = RunState::paused;
    query.limit = kPausedLooked;
    const auto found =
        runner_.isOpen() ? runner_.store().find(query) : Result<std::vector<RunSummary>>();
    std::vector<RunSummary> paused = found ? *found : std::vector<RunSummary>();
    std::erase_if(paused, [this](const RunSummary& run) {
        const QString uid = fromUtf8(run.uid);
        return dismissed_.contains(uid) || !runner_.canResume(uid);
    });
    return paused;
}

void RunStarter::tell(RoomPage& page)
{
    const auto runs = paused();
    const auto newest = std::ranges::find_if(
        runs, [&](const RunSummary& run) { return page.has(fromUtf8(run.experiment)); });
    if (newest != runs.end())
        page.setPaused(fromUtf8(newest->uid), newest->number, newest->experiment);
    tellProgress(page.info().id);
}

void RunStarter::dismiss(QString uid)
{
    if (!dismissed_.contains(uid))
        dismissed_ << uid;
    for (const auto& entry : rooms_.open())
        entry.second->dropPaused(uid);
    emit wasDismissed(uid);
    emit pendingChanged();
}

// "Run again" has an outcome: the computed values are equal to the last bit, or where they differ.
void RunStarter::tellRepeat(const RunRecord& run)
{
    if (run.parent.empty() || run.state != RunState::done)
        return;
    const auto before = runner_.load(fromUtf8(run.parent));
    if (!before)
        return;
    const auto differences = compareComputed(**before, run);
    emit message(
        differences.empty()
            ? QString("Run %1 repeats run %2: all computed values are equal to the last bit")
                  .arg(run.number)
                  .arg((*before)->number)
            : QString("Run %1 repeats run %2 and differs: %3")
                  .arg(run.number)
                  .arg((*before)->number)
                  .arg(fromUtf8(differences.front())));
    emit repeated(fromUtf8(run.uid));
}

void RunStarter::again(const QString& uid)
{
    const auto run = runner_.load(uid);
    if (!run)
        return emit message(fromUtf8(run.error().message));
    const RoomPage* page = rooms_.roomOf(fromUtf8((*run)->experiment));
    const auto started = makeJobAgain(rooms_.findExperiment((*run)->experiment), **run)
                             .and_then([this](const Job& job) { return runner_.start(job); });
    if (!started)
        return emit message(fromUtf8(started.error().message));
    pending_[*started] = pendingFor(page, (*run)->experiment);
    tellProgress(pending_[*started].room);
}

void RunStarter::resume(const QString& uid)
{
    const auto run = runner_.load(uid);
    if (!run)
        return emit message(fromUtf8(run.error().message));
    const RoomPage* page = rooms_.roomOf(fromUtf8((*run)->experiment));
    pending_.try_emplace(uid, pendingFor(page, (*run)->experiment));
    if (const auto gone = runner_.resume(uid); !gone) {
        if (!runner_.status(uid))
            pending_.erase(uid);
        return emit message(
            QString("Run %1: %2").arg((*run)->number).arg(fromUtf8(gone.error().message)));
    }
    tellProgress(pending_[uid].room);
    emit pendingChanged();
}

QJsonObject RunStarter::pending() const
{
    QJsonObject pending;
    for (const auto& [uid, wanted] : pending_)
        pending[uid] = QJsonObject{
            {"room", wanted.room}, {"compare", wanted.compare}, {"form", textsToJson(wanted.form)}};
    return pending;
}

void RunStarter::restore(const QJsonObject& pending, const QJsonArray& dismissed)
{
    for (const auto& uid : dismissed)
        dismissed_ << uid.toString();
    for (auto it = pending.begin(); it != pending.end(); ++it) {
        const QJsonObject wanted = it.value().toObject();
        pending_[it.key()] = {.room = wanted["room"].toString(),
                              .compare = wanted["compare"].toBool(),
                              .form = textsFrom(wanted["form"].toObject())};
    }
}

// Those that go on, or are imported now, are told by the runner.
void RunStarter::catchUp()
{
    const auto waiting = pending_;
    for (const auto& entry : waiting)
        if (const auto stored = runner_.load(entry.first); stored && !runner_.status(entry.first))
            take(*stored);
}

} // namespace vitrine
