#include "widgets/runner/live_session.h"

#include <utility>
#include <vector>

namespace vitrine
{

WorkerLiveRun::WorkerLiveRun(std::filesystem::path program, std::string experiment, Resolve resolve,
                             QObject* parent)
    : LiveRun(parent),
      program_(std::move(program)),
      experiment_(std::move(experiment)),
      resolve_(std::move(resolve))
{
}

WorkerLiveRun::~WorkerLiveRun() = default;

void WorkerLiveRun::update(const Values& params)
{
    newest_ = params;
    waiting_ = params;
    if (!underWay_ && !dead_)
        send();
}

void WorkerLiveRun::restart()
{
    stopWorker();
    dead_ = false;
    waiting_ = newest_;
    if (waiting_)
        send();
}

void WorkerLiveRun::send()
{
    if (!worker_ && !startWorker(*waiting_)) {
        waiting_.reset();
        return;
    }
    underWay_ = Request{++number_, *std::exchange(waiting_, std::nullopt)};
    worker_->update(underWay_->number, underWay_->params);
}

bool WorkerLiveRun::startWorker(const Values& params)
{
    auto started = LiveWorker::start(program_, experiment_, params);
    if (!started) {
        dead_ = true;
        emit died(QString::fromStdString(started.error().message));
        return false;
    }
    worker_ = std::move(*started);
    notifier_ = std::make_unique<QSocketNotifier>(worker_->fileDescriptor(), QSocketNotifier::Read);
    connect(notifier_.get(), &QSocketNotifier::activated, this, &WorkerLiveRun::poll);
    return true;
}

// Not deleted here: this may be called from the notifier's own signal.
void WorkerLiveRun::stopWorker()
{
    if (notifier_) {
        notifier_->setEnabled(false);
        notifier_.release()->deleteLater();
    }
    worker_.reset();
    underWay_.reset();
}

void WorkerLiveRun::poll()
{
    std::vector<LiveWorker::Answer> answers;
    const bool alive =
        worker_->poll([&](LiveWorker::Answer answer) { answers.push_back(std::move(answer)); });
    const QString lastWords = alive ? QString() : QString::fromStdString(worker_->lastWords());
    for (LiveWorker::Answer& answer : answers)
        if (worker_)
            take(std::move(answer));
    if (alive || !worker_)
        return;
    stopWorker();
    dead_ = true;
    emit died(lastWords);
}

void WorkerLiveRun::take(LiveWorker::Answer answer)
{
    const bool opening =
        answer.request == 0; // it could not be opened, or a line was not understood
    if (!opening && (!underWay_ || answer.request != underWay_->number))
        return; // nobody waits for it
    const Values params = underWay_ ? underWay_->params : Values();
    underWay_.reset();
    if (opening && !answer.result)
        stopWorker(); // the next request opens anew
    if (waiting_)
        send(); // before anything is drawn: worker and window work at the same time
    if (!answer.result) {
        if (answer.result.error().kind != ErrorKind::cancelled)
            emit refused(QString::fromStdString(answer.result.error().message));
        return;
    }
    auto run = std::make_shared<RunRecord>();
    run->experiment = experiment_;
    run->state = RunState::done;
    if (auto resolved = resolve_(params))
        run->params = std::move(*resolved);
    run->result = std::move(*answer.result);
    emit updated(run);
}

} // namespace vitrine
