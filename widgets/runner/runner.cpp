#include "widgets/runner/runner.h"

#include <QSocketNotifier>

#include "core/jobs/worker/worker.h"
#include "core/store/finished_jobs.h"
#include "widgets/theme/text.h"

#include <algorithm>
#include <system_error>

namespace vitrine
{
namespace
{

constexpr int kPublishMs = 50;   // 20 updates a second
constexpr int kAttachedMs = 200; // workers without a pipe are asked
constexpr int kStoreMs = 500;

// Stores a worker's record with a connection of the calling thread; what is stored comes back with
// its number and paths.
Result<RunHandle> keep(const std::filesystem::path& workspace, const RunRecord& record)
{
    VITRINE_TRY(Store store, Store::open(workspace));
    VITRINE_TRY(const std::int64_t number, store.import(record));
    VITRINE_TRY(RunRecord stored, store.load(number));
    return std::make_shared<const RunRecord>(std::move(stored));
}

} // namespace

struct Runner::Following {
    std::shared_ptr<Worker> worker;
    std::unique_ptr<QSocketNotifier> notifier;
    RunStatus status;
    QElapsedTimer clock;
    bool changed = true;
    bool isStopping = false; // what is told is that it stops
    bool ended = false;
    std::optional<Table> partial;
};

std::optional<double> RunStatus::remaining() const
{
    const double seconds = elapsed - firstElapsed, steps = done - firstDone;
    if (total <= 0 || steps < 0.02 * total || seconds < 1)
        return std::nullopt;
    return seconds * std::max(0.0, total - done) / steps;
}

void RunStatus::count(double nowDone, double nowTotal, const QString& nowWhat, double nowElapsed)
{
    if (nowTotal != total || nowWhat != what || nowDone < done) {
        firstDone = nowDone;
        firstElapsed = nowElapsed;
    }
    done = nowDone;
    total = nowTotal;
    what = nowWhat;
}

Runner::Runner(std::filesystem::path program, QObject* parent)
    : QObject(parent), program_(std::move(program))
{
    importer_.setMaxThreadCount(1);
    connect(&publishTimer_, &QTimer::timeout, this, &Runner::publish);
    connect(&storeTimer_, &QTimer::timeout, this, &Runner::watchStore);
    connect(&attachedTimer_, &QTimer::timeout, this, [this] {
        std::vector<QString> uids;
        for (const auto& [uid, run] : following_) {
            if (!run->ended) // with a pipe too: a worker that does not stop is killed in poll
                uids.push_back(uid);
        }
        for (const QString& uid : uids)
            poll(uid);
    });
}

Runner::~Runner()
{
    importer_.waitForDone();
}

Result<void> Runner::open(const std::filesystem::path& workspace)
{
    VITRINE_TRY(Store opened, Store::open(workspace));
    store_.emplace(std::move(opened));
    loaded_.clear();
    seenChange_ = store_->changeCounter();
    storeTimer_.start(kStoreMs);
    if (const auto writable = store_->checkWritable(); !writable)
        QMetaObject::invokeMethod( // once those who listen are there
            this, [this, line = fromUtf8(writable.error().message)] { emit messaged({}, line); },
            Qt::QueuedConnection);
    else
        resumeLeftOvers();
    return {};
}

Result<QString> Runner::start(const Job& job)
{
    if (!store_)
        return failure("no workspace is open");
    VITRINE_CHECK(store_->checkWritable());
    VITRINE_TRY(const std::filesystem::path folder, writeJob(store_->jobsFolder(), job));
    VITRINE_TRY(std::unique_ptr<Worker> worker, Worker::start(program_, folder));
    const QString uid = fromUtf8(worker->job().uid);
    follow(std::move(worker), false);
    return uid;
}

void Runner::cancel(const QString& uid)
{
    if (const auto found = following_.find(uid);
        found != following_.end() && !found->second->ended) {
        found->second->worker->cancel();
        found->second->status.what = "stopping";
        found->second->isStopping = true;
        found->second->changed = true;
    }
}

void Runner::pause(const QString& uid)
{
    if (const auto found = following_.find(uid);
        found != following_.end() && !found->second->ended) {
        found->second->worker->pause();
        found->second->status.what = "pausing";
        found->second->isStopping = true;
        found->second->changed = true;
    }
}

Result<void> Runner::resume(const QString& uid)
{
    if (!store_)
        return failure("no workspace is open");
    if (following_.contains(uid))
        return failure("the run goes on already");
    VITRINE_CHECK(store_->checkWritable());
    VITRINE_TRY(const std::filesystem::path folder, store_->jobFolder(uid.toStdString()));
    VITRINE_TRY(std::unique_ptr<Worker> worker, Worker::start(program_, folder));
    follow(std::move(worker), false);
    return {};
}

bool Runner::canResume(const QString& uid) const
{
    if (!store_ || following_.contains(uid))
        return false;
    const auto folder = store_->jobFolder(uid.toStdString());
    std::error_code error;
    return folder && std::filesystem::exists(*folder / "job.json", error);
}

std::vector<RunStatus> Runner::active() const
{
    std::vector<RunStatus> all;
    for (const auto& [uid, run] : following_) {
        all.push_back(run->status);
        all.back().elapsed = static_cast<double>(run->clock.elapsed()) / 1000;
    }
    std::ranges::sort(all, std::ranges::greater{}, &RunStatus::elapsed);
    return all;
}

std::optional<RunStatus> Runner::status(const QString& uid) const
{
    for (const RunStatus& status : active()) {
        if (status.uid == uid)
            return status;
    }
    return std::nullopt;
}

Result<RunHandle> Runner::load(const QString& uid)
{
    if (!store_)
        return failure("no workspace is open");
    if (auto held = loaded_[uid].lock())
        return held;
    VITRINE_TRY(RunRecord record, store_->loadUid(uid.toStdString()));
    auto handle = std::make_shared<const RunRecord>(std::move(record));
    loaded_[uid] = handle;
    return handle;
}

void Runner::follow(std::unique_ptr<Worker> worker, bool attached)
{
    auto run = std::make_unique<Following>();
    const QString uid = fromUtf8(worker->job().uid);
    run->status.uid = uid;
    run->status.experiment = fromUtf8(worker->job().experiment);
    run->status.attached = attached;
    run->worker = std::move(worker);
    run->clock.start();
    if (const int descriptor = run->worker->fileDescriptor(); descriptor >= 0) {
        run->notifier = std::make_unique<QSocketNotifier>(descriptor, QSocketNotifier::Read);
        connect(run->notifier.get(), &QSocketNotifier::activated, this, [this, uid] { poll(uid); });
    }
    following_[uid] = std::move(run);
    publishTimer_.start(kPublishMs);
    attachedTimer_.start(kAttachedMs);
    emit started(uid);
}

void Runner::poll(const QString& uid)
{
    const auto found = following_.find(uid);
    if (found == following_.end() || found->second->ended)
        return;
    Following& run = *found->second;
    std::vector<QString> lines;
    const bool alive = run.worker->poll([&](const WorkerEvent& event) {
        run.changed = true;
        switch (event.kind) {
        case WorkerEvent::Kind::progress:
            run.status.count(event.done, event.total,
                             run.isStopping ? run.status.what : fromUtf8(event.text),
                             static_cast<double>(run.clock.elapsed()) / 1000);
            break;
        case WorkerEvent::Kind::message:
            lines.push_back(fromUtf8(event.text));
            break;
        case WorkerEvent::Kind::partial:
            run.partial = event.table;
            break;
        case WorkerEvent::Kind::state:
            break;
        }
    });
    if (!alive) {
        run.ended = true;
        run.notifier.reset();
        run.status.what = "keeping the result";
    }
    for (const QString& line : lines)
        emit messaged(uid, line);
    if (!alive)
        importResult(uid);
}

void Runner::importResult(const QString& uid)
{
    const std::filesystem::path workspace = store_->path();
    importer_.start([this, uid, workspace, worker = following_.at(uid)->worker] {
        auto result = keep(workspace, worker->collect());
        QMetaObject::invokeMethod(this, [this, uid, result = std::move(result)] {
            following_.erase(uid);
            if (following_.empty()) {
                publishTimer_.stop();
                attachedTimer_.stop();
            }
            emit progressed(uid);
            emit ended(uid);
            if (!result) {
                emit notStored(uid, fromUtf8(result.error().message));
                return;
            }
            loaded_[uid] = *result;
            emit finished(*result);
        });
    });
}

void Runner::resumeLeftOvers()
{
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(store_->jobsFolder(), error)) {
        if (following_.contains(fromUtf8(entry.path().filename().string())))
            continue;
        if (auto worker = Worker::attach(entry.path()))
            follow(*std::move(worker), true);
    }
    importer_.start([this, workspace = store_->path()] {
        auto own = Store::open(workspace);
        if (!own)
            return;
        const auto complain = [this](const std::string& line) {
            QMetaObject::invokeMethod(this, [this, line] { emit messaged({}, fromUtf8(line)); });
        };
        for (const std::int64_t number : importFinished(*own, complain)) {
            if (auto record = own->load(number)) {
                auto run = std::make_shared<const RunRecord>(*std::move(record));
                QMetaObject::invokeMethod(this, [this, run] { emit finished(run); });
            }
        }
    });
}

void Runner::publish()
{
    std::vector<std::pair<QString, std::optional<Table>>> news;
    for (const auto& [uid, run] : following_) {
        if (std::exchange(run->changed, false))
            news.emplace_back(uid, std::exchange(run->partial, std::nullopt));
    }
    for (const auto& [uid, table] : news) {
        emit progressed(uid);
        if (table)
            emit partial(uid, *table);
    }
}

void Runner::watchStore()
{
    const std::int64_t now = store_->changeCounter();
    if (std::exchange(seenChange_, now) != now)
        emit storeChanged();
}

} // namespace vitrine
