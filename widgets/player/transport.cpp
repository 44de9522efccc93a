#include "widgets/player/transport.h"

#include <algorithm>
#include <cmath>

namespace vitrine::player
{
namespace
{

constexpr int kPollMilliseconds = 4; // while decoding is waited for

} // namespace

Transport::Transport(QObject* parent) : QObject(parent)
{
    timer_.setTimerType(Qt::PreciseTimer);
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &Transport::tick);
}

void Transport::setLength(std::int64_t moments)
{
    length_ = std::max<std::int64_t>(0, moments);
    setLoop(loop_);
    if (position_ >= length_)
        seek(position_);
    if (length_ == 0)
        setPlaying(false);
}

void Transport::setRate(double momentsPerSecond)
{
    rate_ = momentsPerSecond > 0 && std::isfinite(momentsPerSecond) ? momentsPerSecond : 25;
    restartClock();
}

void Transport::setSpeed(double factor)
{
    speed_ = std::clamp(factor, 0.1, 4.0);
    restartClock();
}

void Transport::setLoop(const Loop& loop)
{
    loop_ = loop;
    if (loop_ && length_ > 0) {
        loop_->first = std::clamp<std::int64_t>(loop_->first, 0, length_ - 1);
        loop_->second = std::clamp<std::int64_t>(loop_->second, loop_->first, length_ - 1);
    }
}

void Transport::seek(std::int64_t moment)
{
    const std::int64_t to =
        std::clamp<std::int64_t>(moment, 0, std::max<std::int64_t>(0, length_ - 1));
    unpainted_.clear();
    const bool other = to != position_;
    position_ = to;
    restartClock();
    if (other)
        emit moved(position_);
}

void Transport::setPlaying(bool playing)
{
    playing = playing && length_ > 1;
    if (playing == isPlaying_)
        return;
    isPlaying_ = playing;
    if (!unpainted_.empty()) // the last one stays on the screen
        count_.skipped += static_cast<std::int64_t>(unpainted_.size()) - 1;
    unpainted_.clear();
    if (playing) {
        count_ = {};
        const bool outside = loop_ ? position_ < loop_->first || position_ > loop_->second
                                   : position_ + 1 >= length_;
        if (outside)
            seek(loop_ ? loop_->first : 0);
        restartClock();
    } else {
        timer_.stop();
        setWaiting(false);
    }
    emit playingChanged(isPlaying_);
}

std::int64_t Transport::next() const
{
    return advanced(position_, 1);
}

// Round and round in the loop; to the last moment without one.
std::int64_t Transport::advanced(std::int64_t moment, std::int64_t by) const
{
    if (!loop_ || moment < loop_->first || moment > loop_->second)
        return std::min(moment + by, std::max<std::int64_t>(0, length_ - 1));
    const std::int64_t size = loop_->second - loop_->first + 1;
    return loop_->first + (moment - loop_->first + by) % size;
}

void Transport::restartClock()
{
    if (!isPlaying_)
        return;
    clock_.start();
    steps_ = 0;
    schedule();
}

void Transport::schedule()
{
    const double due = static_cast<double>(steps_ + 1) * period(),
                 now = static_cast<double>(clock_.nsecsElapsed());
    timer_.start(std::max(0, static_cast<int>(std::ceil((due - now) / 1e6))));
}

void Transport::tick()
{
    if (!isPlaying_)
        return;
    const auto elapsed = static_cast<double>(clock_.nsecsElapsed());
    const auto due = static_cast<std::int64_t>(std::floor(elapsed / period()));
    if (due <= steps_)
        return schedule();
    const std::int64_t following = advanced(position_, 1);
    if (!loop_ && following == position_) {
        setPlaying(false);
        return;
    }
    if (isReady_ && !isReady_(following)) { // time stands still
        if (!isWaiting_)
            ++count_.waits;
        setWaiting(true);
        for (auto& entry : unpainted_) // time begins anew
            entry.second -= elapsed;
        clock_.start();
        steps_ = -1; // due at once when it comes
        timer_.start(kPollMilliseconds);
        return;
    }
    setWaiting(false);
    // As far as time and decoding have come.
    std::int64_t by = 1;
    while (by < due - steps_ && (!isReady_ || isReady_(advanced(position_, by + 1))))
        ++by;
    const std::int64_t to = advanced(position_, by);
    count_.skipped += by - 1;
    steps_ += by;
    position_ = to;
    unpainted_.emplace_back(to, static_cast<double>(steps_) * period());
    schedule();
    emit moved(position_);
}

// Those that were due before it were never seen.
void Transport::painted(std::int64_t moment)
{
    const auto found =
        std::ranges::find(unpainted_, moment, &std::pair<std::int64_t, double>::first);
    if (!isPlaying_ || found == unpainted_.end())
        return;
    const double late = static_cast<double>(clock_.nsecsElapsed()) - found->second;
    ++(late > period() ? count_.late : count_.shown);
    count_.skipped += found - unpainted_.begin();
    unpainted_.erase(unpainted_.begin(), found + 1);
}

void Transport::setWaiting(bool waiting)
{
    if (waiting == isWaiting_)
        return;
    isWaiting_ = waiting;
    emit waitingChanged(waiting);
}

} // namespace vitrine::player
