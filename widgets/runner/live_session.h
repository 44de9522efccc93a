#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/worker/worker.h"
#include "widgets/view.h"

#include <QSocketNotifier>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace vitrine
{

// A live session over a warm worker process, `PROGRAM work --live`. One request is under way at a
// time: the worker gives up what is overtaken, so that requests sent as fast as a mouse moves would
// leave it without any answer until the mouse rests.
class WorkerLiveRun : public LiveRun
{
    Q_OBJECT
public:
    using Values = std::map<std::string, std::string>;
    // What texts mean as parameters, for the record of a result.
    using Resolve = std::function<Result<Params>(const Values&)>;

    WorkerLiveRun(std::filesystem::path program, std::string experiment, Resolve resolve,
                  QObject* parent);
    ~WorkerLiveRun() override; // ends the worker

    void update(const Values& params) override;
    bool isBusy() const override { return underWay_ || waiting_; }
    void restart() override;

private:
    struct Request {
        std::int64_t number = 0;
        Values params;
    };
    void send();
    bool startWorker(const Values& params); // false: it was said why not
    void poll();
    void take(LiveWorker::Answer answer);
    void stopWorker();

    std::filesystem::path program_;
    std::string experiment_;
    Resolve resolve_;
    std::unique_ptr<LiveWorker> worker_;
    std::unique_ptr<QSocketNotifier> notifier_;
    std::optional<Request> underWay_;
    std::optional<Values> waiting_; // the newest request that has not been sent
    std::optional<Values> newest_;  // what a restart asks for
    std::int64_t number_ = 0;
    bool dead_ = false;
};

} // namespace vitrine
