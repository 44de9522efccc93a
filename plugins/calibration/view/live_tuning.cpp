#include "plugins/calibration/view/live_tuning.h"

#include "plugins/calibration/view/words.h"

#include <QTimer>

namespace vitrine::calibration_plugin
{

LiveTuning::LiveTuning(ViewContext& context, QObject* view)
    : QObject(view), context_(context), busyTimer_(new QTimer(this))
{
    busyTimer_->setSingleShot(true);
    busyTimer_->setInterval(100);
    connect(busyTimer_, &QTimer::timeout, this, &LiveTuning::busyChanged);
}

LiveRun* LiveTuning::session()
{
    if (session_)
        return session_;
    session_ = context_.openLive(this, "calibration.tune");
    connect(session_, &LiveRun::updated, this, &LiveTuning::take);
    connect(session_, &LiveRun::refused, this,
            [this](const QString& message) { setTrouble(message, died_); });
    connect(session_, &LiveRun::died, this,
            [this](const QString& lastWords) { setTrouble(lastWords, true); });
    return session_;
}

void LiveTuning::ask(const Values& wish, const TunedRun& like)
{
    if (wish == asked_)
        return;
    asked_ = wish;
    like_ = like;
    session()->update(wish);
    if (!busyTimer_->isActive())
        busyTimer_->start();
}

bool LiveTuning::leave()
{
    const bool shown = result_.has_value();
    forget();
    if (!died_ && !trouble_.isEmpty())
        setTrouble({}, false); // what was refused is not wished any more
    emit busyChanged();
    return shown;
}

void LiveTuning::forget()
{
    asked_.clear();
    result_.reset();
}

void LiveTuning::restart()
{
    session_->restart();
    setTrouble({}, false);
}

bool LiveTuning::isBehind() const
{
    return session_ && !asked_.empty() && session_->isBusy() && !died_;
}

void LiveTuning::take(const RunHandle& run)
{
    if (asked_.empty())
        return; // nobody waits for it any more
    const auto opened = std::make_shared<Result<TunedRun>>(failure("not opened"));
    context_.compute(
        this, QStringLiteral("live"),
        [opened, run, like = *like_] { *opened = openTuned(run, &like); },
        [this, opened] {
            if (asked_.empty())
                return;
            if (*opened) {
                if (!trouble_.isEmpty() || died_)
                    setTrouble({}, false);
                result_ = std::move(**opened);
                emit arrived();
                emit busyChanged();
            } else if (!session_->isBusy()) {
                setTrouble(text(opened->error().message), died_);
            } // else the session has gone on and removed the files; its next answer is under way
        });
}

void LiveTuning::setTrouble(const QString& words, bool died)
{
    trouble_ = words;
    died_ = died;
    emit busyChanged();
    emit troubleChanged();
}

} // namespace vitrine::calibration_plugin
