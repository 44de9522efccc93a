#pragma once

#include "tests/support/synthetic_clip.h"
#include "widgets/player/pane.h"

#include <QApplication>
#include <QPointer>
#include <QThreadPool>

#include <map>
#include <memory>
#include <mutex>

namespace vitrine::tests
{

// A moving picture whose frames come when the test lets them.
class FakeStream : public player::Stream
{
public:
    FakeStream(int width, int height, std::int64_t frames, double noise = 0, int group = 12)
        : group_(group)
    {
        info_.width = width;
        info_.height = height;
        info_.frames = frames;
        info_.framesPerSecond = 25;
        for (std::int64_t i = 0; i < frames; ++i) {
            auto frame = movingFrame(width, height, {}, static_cast<int>(i));
            if (noise > 0)
                frame = withNoise(std::move(frame), noise, static_cast<std::uint64_t>(i) + 1);
            auto played = std::make_shared<codec::PlayedFrame>();
            played->index = i;
            played->frame = std::move(frame);
            played->type = i % group == 0 ? 'I' : 'P';
            all_.push_back(std::move(played));
        }
    }
    void holdBack() // nothing comes by itself any more
    {
        const std::lock_guard lock(mutex_);
        isHeld_ = true;
        there_.clear();
    }
    void deliver(std::int64_t index)
    {
        std::function<void(std::int64_t)> tell;
        {
            const std::lock_guard lock(mutex_);
            there_[index] = all_[static_cast<std::size_t>(index)];
            tell = arrived_;
        }
        if (tell)
            tell(index);
    }
    void breakFrame(std::int64_t index, const std::string& error)
    {
        auto broken = std::make_shared<codec::PlayedFrame>();
        broken->index = index;
        broken->error = error;
        all_[static_cast<std::size_t>(index)] = std::move(broken);
    }
    void damageFrame(std::int64_t index)
    {
        auto damaged = std::make_shared<codec::PlayedFrame>(*all_[static_cast<std::size_t>(index)]);
        damaged->isDamaged = true;
        all_[static_cast<std::size_t>(index)] = std::move(damaged);
    }
    const video::Frame& frame(std::int64_t index) const
    {
        return all_[static_cast<std::size_t>(index)]->frame;
    }
    std::int64_t wanted = -1;
    bool hasSideData = true; // false: opened without

    bool readsSideData() const override { return hasSideData; }

    const video::SourceInfo& info() const override { return info_; }
    bool isIntra(std::int64_t index) const override { return index % group_ == 0; }
    std::int64_t keyFrameBefore(std::int64_t index) const override
    {
        return index - index % group_;
    }
    player::FramePtr cached(std::int64_t index) const override
    {
        const std::lock_guard lock(mutex_);
        if (!isHeld_)
            return index >= 0 && index < info_.frames ? all_[static_cast<std::size_t>(index)]
                                                      : nullptr;
        const auto found = there_.find(index);
        return found == there_.end() ? nullptr : found->second;
    }
    void want(std::int64_t index, int) override { wanted = index; }
    std::vector<std::pair<std::int64_t, std::int64_t>> cachedRanges() const override
    {
        const std::lock_guard lock(mutex_);
        std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
        if (!isHeld_)
            return {{0, info_.frames - 1}};
        for (const auto& [index, frame] : there_)
            if (!ranges.empty() && ranges.back().second + 1 == index)
                ranges.back().second = index;
            else
                ranges.push_back({index, index});
        return ranges;
    }
    std::size_t cachedBytes() const override { return 0; }
    double decodeRate() const override { return 100; }
    void setArrived(std::function<void(std::int64_t)> arrived) override
    {
        const std::lock_guard lock(mutex_);
        arrived_ = std::move(arrived);
    }

private:
    mutable std::mutex mutex_;
    video::SourceInfo info_;
    int group_;
    std::vector<player::FramePtr> all_;
    std::map<std::int64_t, player::FramePtr> there_;
    bool isHeld_ = false;
    std::function<void(std::int64_t)> arrived_;
};

inline player::Pane paneOf(const QString& id, std::shared_ptr<FakeStream> stream)
{
    player::Pane pane;
    pane.id = pane.name = id;
    pane.frames = stream->info().frames;
    pane.stream = std::move(stream);
    return pane;
}

// As the window's pool: work on threads, results in the test's thread.
class Pool
{
public:
    ~Pool() { threads_.waitForDone(); }
    auto compute()
    {
        return [this](QObject* owner, const QString&, std::function<void()> work,
                      std::function<void()> done) {
            threads_.start(
                [owner = QPointer<QObject>(owner), work = std::move(work), done = std::move(done)] {
                    work();
                    QMetaObject::invokeMethod(
                        qApp,
                        [owner, done] {
                            if (owner)
                                done();
                        },
                        Qt::QueuedConnection);
                });
        };
    }

private:
    QThreadPool threads_;
};

} // namespace vitrine::tests
