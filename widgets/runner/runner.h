#pragma once

#include "core/base/result.h"
#include "core/store/store.h"
#include "widgets/view.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QSocketNotifier;

namespace vitrine
{

struct Job;
class Worker;

// What is known of a run while it is under way.
struct RunStatus {
    QString uid;
    QString experiment;
    RunState state = RunState::running;
    double done = 0, total = 0; // total 0: not known
    QString what;               // what is counted, or what happens now ("keeping the result")
    double elapsed = 0;         // seconds
    bool attached = false;      // started by a window or command that is gone
    // Where the count of `what` stood when it was first told, and when: what was done before a run
    // was resumed, or before anybody watched, says nothing of its speed.
    double firstDone = 0, firstElapsed = 0;

    double fraction() const { return total > 0 ? done / total : 0; }
    std::optional<double> remaining() const; // seconds, once there is something to judge by
    void count(double nowDone, double nowTotal, const QString& nowWhat, double nowElapsed);
};

// Starts workers and follows them, at most 20 updates a second; imports what they leave into the
// workspace on a thread of its own; notices what other processes add to the workspace within a
// second. Window's thread only.
class Runner : public QObject
{
    Q_OBJECT
public:
    using Values = std::map<std::string, std::string>;

    // `program` is what is started as `PROGRAM work JOB`.
    explicit Runner(std::filesystem::path program, QObject* parent = nullptr);
    ~Runner() override; // workers go on; the next window attaches to them

    // Opens the workspace; attaches to workers left by a window that was killed and imports those
    // that have finished.
    Result<void> open(const std::filesystem::path& workspace);
    bool isOpen() const { return store_.has_value(); }
    Store& store() { return *store_; }

    // The new run's uid. A job is made by makeJob (core/jobs/worker/new_job.h).
    Result<QString> start(const Job& job);
    void cancel(const QString& uid);
    void pause(const QString& uid);
    // Goes on with a paused or interrupted run: its job folder still lies in the workspace.
    Result<void> resume(const QString& uid);
    bool canResume(const QString& uid) const; // its job folder is there, and it is not under way

    std::vector<RunStatus> active() const; // oldest first
    std::optional<RunStatus> status(const QString& uid) const;

    Result<RunHandle> load(const QString& uid); // kept in memory while somebody holds it

signals:
    void started(const QString& uid);
    void ended(const QString& uid); // is under way no more; `finished` or `notStored` follows
    void progressed(const QString& uid);
    void partial(const QString& uid, const vitrine::Table& table);
    void messaged(const QString& uid, const QString& line);
    void finished(const vitrine::RunHandle& run); // whatever its state; stored already
    void notStored(const QString& uid, const QString& error);
    void storeChanged(); // by anybody

private:
    struct Following;

    void follow(std::unique_ptr<Worker> worker, bool attached);
    void poll(const QString& uid);
    void importResult(const QString& uid);
    void resumeLeftOvers();
    void publish();
    void watchStore();

    std::filesystem::path program_;
    std::optional<Store> store_;
    std::map<QString, std::unique_ptr<Following>> following_;
    std::map<QString, std::weak_ptr<const RunRecord>> loaded_;
    QTimer publishTimer_, attachedTimer_, storeTimer_;
    std::int64_t seenChange_ = 0;
    QThreadPool importer_; // one thread with its own connection to the store
};

} // namespace vitrine
