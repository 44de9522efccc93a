#include "core/codec/playback.h"

#include "core/codec/frame_cache.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

namespace vitrine::codec
{
namespace
{

// Frames before the wished one that are kept when they are passed: for steps back.
constexpr std::int64_t kKeptOnTheWay = 8;
constexpr int kDecodingNice = 5;

} // namespace

class Playback::Impl
{
public:
    explicit Impl(const PlaybackOptions& options) : options_(options), cache_(options.cacheBytes) {}
    ~Impl()
    {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wished_.notify_all();
        if (thread_.joinable())
            thread_.join();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    Result<void> open(const std::filesystem::path& path,
                      const std::function<bool(double)>& progress)
    {
        OpenOptions options;
        options.raw = options_.raw;
        options.threads = options_.threads;
        options.sideData = options_.sideData;
        options.codecs = options_.codecs;
        opening_ = &progress;
        options.progress = [this](double share) {
            if (stopping_)
                return false;
            return !opening_ || !*opening_ || (*opening_)(share);
        };
        auto source = openSource(path, options);
        opening_ = nullptr;
        if (!source)
            return tl::unexpected(std::move(source).error());
        source_ = *std::move(source);
        coded_ = dynamic_cast<CodedSource*>(source_.get());
        info_ = source_->info();
        if (coded_) {
            frames_ = coded_->frames();
            for (StreamFrame& frame : frames_)
                frame.type = '?';
            keys_ = coded_->keyFrames();
        }
        thread_ = std::thread([this] { run(); });
        return {};
    }

    std::int64_t keyFrameBefore(std::int64_t index) const
    {
        if (!coded_)
            return index;
        const auto after = std::ranges::upper_bound(keys_, index);
        return after == keys_.begin() ? 0 : *std::prev(after);
    }

    void want(std::int64_t index, int ahead)
    {
        if (info_.frames == 0)
            return;
        const std::int64_t last = info_.frames - 1;
        index = std::clamp<std::int64_t>(index, 0, last);
        const std::int64_t other = std::clamp<std::int64_t>(index + ahead, 0, last);
        const std::lock_guard lock(mutex_);
        wish_ = {index, std::min(index, other), std::max(index, other)};
        isWished_ = true;
        ++wishes_;
        wished_.notify_all();
    }

    std::shared_ptr<const PlayedFrame> cached(std::int64_t index)
    {
        const std::lock_guard lock(mutex_);
        return cache_.find(index);
    }
    std::vector<std::pair<std::int64_t, std::int64_t>> ranges()
    {
        const std::lock_guard lock(mutex_);
        return cache_.ranges();
    }
    std::size_t bytes()
    {
        const std::lock_guard lock(mutex_);
        return cache_.bytes();
    }
    double rate() const { return rate_; }

    video::SourceInfo info_;
    std::vector<StreamFrame> frames_;

private:
    // What the decoding thread does next; with the lock.
    struct Task {
        std::int64_t index;
        std::uint64_t wish; // the wish it serves
    };

    // The wish, cut to what the cache holds.
    Wish reach() const
    {
        const std::int64_t most = cache_.capacity() - 1;
        Wish wish = wish_;
        wish.first = std::max(wish.first, wish.index - most);
        wish.last = std::min(wish.last, wish.index + most);
        return wish;
    }

    std::optional<Task> nextTask() const
    {
        if (!isWished_)
            return std::nullopt;
        const Wish wish = reach();
        const bool forward = wish.last > wish.index || wish.first == wish.index;
        for (std::int64_t i = wish.index; wish.holds(i); i += forward ? 1 : -1)
            if (!cache_.has(i))
                return Task{i, wishes_};
        return std::nullopt;
    }

    void run()
    {
        // Decoding ahead makes room for whoever shows what is decoded already. (On Linux this is of
        // the thread; where it is refused, nothing but that is lost.)
        (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kDecodingNice);
        while (true) {
            std::unique_lock lock(mutex_);
            std::optional<Task> task;
            wished_.wait(lock, [&] { return stopping_ || (task = nextTask()); });
            if (stopping_)
                return;
            lock.unlock();
            coded_ ? decode(*task) : read(task->index);
        }
    }

    bool isCurrent(const Task& task) const
    {
        const std::lock_guard lock(mutex_);
        return !stopping_ && task.wish == wishes_;
    }

    void read(std::int64_t index)
    {
        auto frame = source_->read(index);
        PlayedFrame played;
        played.index = index;
        if (frame)
            played.frame = *std::move(frame);
        else
            played.error = frame.error().message;
        store(std::move(played));
    }

    // Decodes up to the task's frame, as long as its wish is the newest.
    void decode(const Task& task)
    {
        using From = CodedSource::From;
        const From first = showsKeyFirst(task) ? From::keyFrame : From::here;
        // A frame that is not given from the key frame before it may be from the one before that.
        for (const From from : {first, From::earlierKey}) {
            const auto start = coded_->approach(task.index, from);
            if (!start)
                return storeError(task.index, start.error().message);
            const auto isDone = decodeTo(task, *start);
            if (!isDone)
                return storeError(task.index, isDone.error().message);
            if (*isDone || !isCurrent(task))
                return;
        }
        storeError(task.index, fmt::format("frame {} cannot be decoded", task.index));
    }

    // A long way begins with a picture to look at, the key frame, even where decoding could go on
    // from where it stands: the frame itself still comes within the time from its key frame.
    bool showsKeyFirst(const Task& task) const
    {
        const std::int64_t key = keyFrameBefore(task.index), here = coded_->position();
        const std::lock_guard lock(mutex_);
        return !cache_.has(key) && here >= key && here < task.index &&
               task.index - here > kKeptOnTheWay;
    }

    // False where the frame was passed without being given.
    Result<bool> decodeTo(const Task& task, std::int64_t start)
    {
        while (true) {
            VITRINE_TRY(const auto shown, coded_->step());
            countDecoded();
            if (!shown || *shown > task.index)
                return false;
            if ((*shown == start && hasNothingToShow(task)) || isKept(*shown, task))
                storeCurrent(*shown);
            if (*shown == task.index || !isCurrent(task))
                return true;
        }
    }

    bool hasNothingToShow(const Task& task) const
    {
        const std::lock_guard lock(mutex_);
        return !cache_.has(keyFrameBefore(task.index));
    }

    bool isKept(std::int64_t shown, const Task& task) const
    {
        const std::lock_guard lock(mutex_);
        return !cache_.has(shown) && (reach().holds(shown) || task.index - shown <= kKeptOnTheWay);
    }

    void storeCurrent(std::int64_t index)
    {
        auto frame = coded_->current();
        if (!frame)
            return storeError(index, frame.error().message);
        PlayedFrame played;
        played.index = index;
        played.frame = *std::move(frame);
        played.type = coded_->frames()[static_cast<std::size_t>(index)].type;
        played.isDamaged = coded_->damagedFrames().contains(index);
        if (options_.sideData)
            played.side = std::make_shared<const SideData>(coded_->currentSide());
        store(std::move(played));
    }

    void storeError(std::int64_t index, std::string message)
    {
        PlayedFrame played;
        played.index = index;
        played.error = std::move(message);
        store(std::move(played));
    }

    void store(PlayedFrame played)
    {
        const std::int64_t index = played.index;
        auto entry = std::make_shared<const PlayedFrame>(std::move(played));
        bool isKept = false;
        {
            const std::lock_guard lock(mutex_);
            isKept = cache_.put(std::move(entry), wish_);
        }
        if (isKept && options_.arrived)
            options_.arrived(index);
    }

    void countDecoded()
    {
        const double seconds = coded_->decodeSeconds();
        if (seconds > 0)
            rate_ = static_cast<double>(coded_->decodedFrames()) / seconds;
    }

    const PlaybackOptions options_;
    std::unique_ptr<video::FrameSource> source_; // the decoding thread's, after open()
    CodedSource* coded_ = nullptr;               // source_, where it is one
    std::vector<std::int64_t> keys_;
    const std::function<bool(double)>* opening_ = nullptr; // told while open() runs

    mutable std::mutex mutex_;
    std::condition_variable wished_;
    FrameCache cache_;
    Wish wish_{};
    bool isWished_ = false;
    std::uint64_t wishes_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<double> rate_ = 0;
    std::thread thread_; // last: runs on all of the above
};

Result<std::unique_ptr<Playback>> Playback::open(const std::filesystem::path& path,
                                                 const PlaybackOptions& options,
                                                 const std::function<bool(double)>& progress)
{
    auto impl = std::make_unique<Impl>(options);
    VITRINE_CHECK(impl->open(path, progress));
    return std::unique_ptr<Playback>(new Playback(std::move(impl)));
}

Playback::Playback(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Playback::~Playback() = default;

const video::SourceInfo& Playback::info() const
{
    return impl_->info_;
}
const std::vector<StreamFrame>& Playback::frames() const
{
    return impl_->frames_;
}
std::int64_t Playback::keyFrameBefore(std::int64_t index) const
{
    return impl_->keyFrameBefore(index);
}
void Playback::want(std::int64_t index, int ahead)
{
    impl_->want(index, ahead);
}
std::shared_ptr<const PlayedFrame> Playback::cached(std::int64_t index) const
{
    return impl_->cached(index);
}
std::vector<std::pair<std::int64_t, std::int64_t>> Playback::cachedRanges() const
{
    return impl_->ranges();
}
std::size_t Playback::cachedBytes() const
{
    return impl_->bytes();
}
double Playback::decodeRate() const
{
    return impl_->rate();
}

} // namespace vitrine::codec
