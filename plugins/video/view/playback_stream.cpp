#include "plugins/video/view/playback_stream.h"

namespace vitrine::video_plugin
{

Result<std::shared_ptr<PlaybackStream>> PlaybackStream::open(const std::filesystem::path& path,
                                                             const codec::PlaybackOptions& options)
{
    auto stream = std::make_shared<PlaybackStream>();
    stream->listener_ = std::make_shared<Listener>();
    stream->readsSideData_ = options.sideData;
    codec::PlaybackOptions listened = options;
    listened.arrived = [listener = stream->listener_](std::int64_t index) {
        const std::lock_guard lock(listener->mutex);
        if (listener->arrived)
            listener->arrived(index);
    };
    VITRINE_TRY(stream->playback_, codec::Playback::open(path, listened));
    return stream;
}

bool PlaybackStream::isIntra(std::int64_t index) const
{
    const auto& list = frames();
    return index >= 0 && index < static_cast<std::int64_t>(list.size()) &&
           list[static_cast<std::size_t>(index)].isKey;
}

std::int64_t PlaybackStream::keyFrameBefore(std::int64_t index) const
{
    return playback_->keyFrameBefore(index);
}

void PlaybackStream::setArrived(std::function<void(std::int64_t)> arrived)
{
    const std::lock_guard lock(listener_->mutex);
    listener_->arrived = std::move(arrived);
}

} // namespace vitrine::video_plugin
