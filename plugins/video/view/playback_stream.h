#pragma once

#include "core/codec/playback.h"
#include "widgets/player/stream.h"

#include <mutex>

namespace vitrine::video_plugin
{

// A file decoded for the player.
class PlaybackStream : public player::Stream
{
public:
    // Waits for indexing: off the window's thread.
    static Result<std::shared_ptr<PlaybackStream>> open(const std::filesystem::path& path,
                                                        const codec::PlaybackOptions& options);

    const video::SourceInfo& info() const override { return playback_->info(); }
    bool isIntra(std::int64_t index) const override;
    std::int64_t keyFrameBefore(std::int64_t index) const override;
    player::FramePtr cached(std::int64_t index) const override { return playback_->cached(index); }
    void want(std::int64_t index, int ahead) override { playback_->want(index, ahead); }
    std::vector<std::pair<std::int64_t, std::int64_t>> cachedRanges() const override
    {
        return playback_->cachedRanges();
    }
    std::size_t cachedBytes() const override { return playback_->cachedBytes(); }
    double decodeRate() const override { return playback_->decodeRate(); }
    void setArrived(std::function<void(std::int64_t)> arrived) override;
    bool readsSideData() const override { return readsSideData_; }

    const std::vector<codec::StreamFrame>& frames() const { return playback_->frames(); }

private:
    // Outlives nothing: the decoding thread is gone before it.
    struct Listener {
        std::mutex mutex;
        std::function<void(std::int64_t)> arrived;
    };

    bool readsSideData_ = false;
    std::shared_ptr<Listener> listener_;
    std::unique_ptr<codec::Playback> playback_;
};

} // namespace vitrine::video_plugin
