#include "plugins/quantization/view/live_planes.h"

#include <QTimer>

namespace vitrine::quantization_plugin
{

LivePlanes::LivePlanes(ViewContext& context, QObject* card)
    : QObject(card), context_(context), busyTimer_(new QTimer(this))
{
    busyTimer_->setSingleShot(true);
    busyTimer_->setInterval(100);
    connect(busyTimer_, &QTimer::timeout, this, &LivePlanes::changed);
}

LiveRun* LivePlanes::session()
{
    if (session_)
        return session_;
    session_ = context_.openLive(this, "quantization.planes");
    const auto fail = [this](const QString& words, bool died) {
        trouble_ = words;
        died_ = died;
        emit changed();
    };
    connect(session_, &LiveRun::updated, this, [this](const RunHandle& run) {
        if (asked_.empty())
            return; // nobody waits for it any more
        result_ = run;
        trouble_.clear();
        died_ = false;
        emit changed();
    });
    connect(session_, &LiveRun::refused, this,
            [fail](const QString& message) { fail(message, false); });
    connect(session_, &LiveRun::died, this,
            [fail](const QString& lastWords) { fail(lastWords, true); });
    return session_;
}

void LivePlanes::ask(const Values& wish)
{
    if (wish == asked_)
        return;
    if (asked_.empty() || asked_.at("packed") != wish.at("packed"))
        result_.reset(); // of another run
    asked_ = wish;
    if (!died_)
        trouble_.clear();
    session()->update(wish);
    busyTimer_->start();
    emit changed();
}

void LivePlanes::leave()
{
    if (!session_ && trouble_.isEmpty())
        return;
    if (session_) {
        session_->disconnect(this);
        session_->deleteLater();
        session_ = nullptr;
    }
    asked_.clear();
    result_.reset();
    trouble_.clear();
    died_ = false;
    emit changed();
}

void LivePlanes::restart()
{
    trouble_.clear();
    died_ = false;
    session()->restart();
    emit changed();
}

void LivePlanes::dismiss()
{
    trouble_.clear();
    emit changed();
}

bool LivePlanes::isBehind() const
{
    return session_ && !asked_.empty() && session_->isBusy() && !died_ && !busyTimer_->isActive();
}

} // namespace vitrine::quantization_plugin
