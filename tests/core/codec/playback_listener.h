#pragma once

#include "core/codec/playback.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace vitrine::tests
{

// Remembers in which order frames arrived, waits for them, and can hold the decoding thread.
class Listener
{
public:
    std::function<void(std::int64_t)> callback()
    {
        return [this](std::int64_t index) {
            std::unique_lock lock(mutex_);
            order_.push_back(index);
            arrived_.notify_all();
            arrived_.wait(lock, [&] { return !isHeld_ || isReleased_; });
        };
    }
    // From now on the decoding thread stops in every arrival until release().
    void hold()
    {
        const std::lock_guard lock(mutex_);
        isHeld_ = true;
    }
    void release()
    {
        const std::lock_guard lock(mutex_);
        isReleased_ = true;
        arrived_.notify_all();
    }
    bool waitForArrivals(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        return arrived_.wait_for(lock, std::chrono::seconds(20),
                                 [&] { return order_.size() >= count; });
    }
    std::vector<std::int64_t> order()
    {
        const std::lock_guard lock(mutex_);
        return order_;
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<std::int64_t> order_;
    bool isHeld_ = false, isReleased_ = false;
};

// The frame, waited for; none after 20 s.
inline std::shared_ptr<const codec::PlayedFrame> await(const codec::Playback& playback,
                                                       std::int64_t index)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
        if (auto frame = playback.cached(index))
            return frame;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return nullptr;
}

} // namespace vitrine::tests
