#pragma once

// Private to this room: frames by index, bounded in bytes.
#include "core/codec/playback.h"

#include <list>
#include <unordered_map>

namespace vitrine::codec
{

// Frames first .. last that are wanted, `index` most of all.
struct Wish {
    std::int64_t index = 0, first = 0, last = 0;
    bool holds(std::int64_t i) const { return first <= i && i <= last; }
};

// The least recently used make room first, and among those that a wish holds, the farthest from its
// index. One thread at a time.
class FrameCache
{
public:
    explicit FrameCache(std::size_t limit) : limit_(limit) {}

    using Entry = std::shared_ptr<const PlayedFrame>;
    Entry find(std::int64_t index); // a use
    bool has(std::int64_t index) const { return places_.contains(index); }

    // Makes room and keeps the frame; false where only frames nearer to the wish would have to go.
    // The wish's own index is kept whatever its size.
    bool put(Entry frame, const Wish& wish);

    std::size_t bytes() const { return bytes_; }
    // Frames of the largest size seen that fit; at least 1.
    std::int64_t capacity() const;
    std::vector<std::pair<std::int64_t, std::int64_t>> ranges() const;

private:
    using Order = std::list<Entry>; // most recently used first
    Order::iterator victim(std::int64_t newcomer, const Wish& wish);
    void remove(Order::iterator entry);

    std::size_t limit_, bytes_ = 0, largest_ = 1;
    Order order_;
    std::unordered_map<std::int64_t, Order::iterator> places_;
};

} // namespace vitrine::codec
