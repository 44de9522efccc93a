#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

namespace vitrine::player
{

// The clock of a player: which moment is due. A moment that is not decoded is waited for, and time
// stands still; one that is decoded and not shown in time is dropped from the display, and counted.
// Window's thread.
class Transport : public QObject
{
    Q_OBJECT
public:
    using Loop = std::optional<std::pair<std::int64_t, std::int64_t>>;

    explicit Transport(QObject* parent = nullptr);

    void setLength(std::int64_t moments); // 0: nothing to show
    void setRate(double momentsPerSecond);
    void setSpeed(double factor);
    void setLoop(const Loop& loop); // moments outside the length are cut
    // Whether a moment can be shown now; asked before it becomes due.
    void setReady(std::function<bool(std::int64_t)> isReady) { isReady_ = std::move(isReady); }

    std::int64_t length() const { return length_; }
    std::int64_t position() const { return position_; }
    double rate() const { return rate_; }
    double speed() const { return speed_; }
    const Loop& loop() const { return loop_; }
    bool isPlaying() const { return isPlaying_; }
    bool isWaiting() const { return isWaiting_; }
    std::int64_t next() const; // the moment after this one, as playing goes

    void seek(std::int64_t moment); // clamped; playing goes on from there
    void setPlaying(bool playing);

    // What became of the moments since playing began.
    struct Count {
        std::int64_t shown = 0;   // painted within one period after they were due
        std::int64_t late = 0;    // painted later
        std::int64_t skipped = 0; // never painted
        std::int64_t waits = 0;   // times that decoding was waited for
        std::int64_t dropped() const { return late + skipped; }
    };
    const Count& count() const { return count_; }
    void painted(std::int64_t moment); // told by who paints, once it has

signals:
    void moved(std::int64_t moment);
    void playingChanged(bool playing);
    void waitingChanged(bool waiting);

private:
    void tick();
    void restartClock();
    void schedule();
    std::int64_t advanced(std::int64_t moment, std::int64_t by) const;
    double period() const { return 1e9 / (rate_ * speed_); } // nanoseconds
    void setWaiting(bool waiting);

    QTimer timer_;
    QElapsedTimer clock_;
    std::function<bool(std::int64_t)> isReady_;
    std::int64_t length_ = 0, position_ = 0;
    double rate_ = 25, speed_ = 1;
    Loop loop_;
    bool isPlaying_ = false, isWaiting_ = false;
    std::int64_t steps_ = 0; // made since the clock began
    // Due by the clock and not painted yet, with their times on it.
    std::deque<std::pair<std::int64_t, double>> unpainted_;
    Count count_;
};

} // namespace vitrine::player
