#include "core/codec/frame_cache.h"

#include <algorithm>
#include <cstdlib>

namespace vitrine::codec
{

FrameCache::Entry FrameCache::find(std::int64_t index)
{
    const auto found = places_.find(index);
    if (found == places_.end())
        return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return *found->second;
}

void FrameCache::remove(Order::iterator entry)
{
    bytes_ -= (*entry)->bytes();
    places_.erase((*entry)->index);
    order_.erase(entry);
}

// Whoever makes room for the newcomer; end() where all are nearer to the wish than it.
FrameCache::Order::iterator FrameCache::victim(std::int64_t newcomer, const Wish& wish)
{
    const auto distance = [&](std::int64_t index) { return std::abs(index - wish.index); };
    for (auto entry = order_.rbegin(); entry != order_.rend(); ++entry)
        if (!wish.holds((*entry)->index))
            return std::prev(entry.base());
    const auto farthest = std::ranges::max_element(
        order_, {}, [&](const Entry& entry) { return distance(entry->index); });
    if (farthest == order_.end() || distance((*farthest)->index) <= distance(newcomer))
        return order_.end();
    return farthest;
}

bool FrameCache::put(Entry frame, const Wish& wish)
{
    const std::int64_t index = frame->index;
    const std::size_t size = frame->bytes();
    if (const auto old = places_.find(index); old != places_.end())
        remove(old->second);
    largest_ = std::max(largest_, size);
    while (bytes_ + size > limit_ && !order_.empty()) {
        const auto out = victim(index, wish);
        if (out == order_.end())
            return false;
        remove(out);
    }
    if (bytes_ + size > limit_ && index != wish.index)
        return false;
    bytes_ += size;
    order_.push_front(std::move(frame));
    places_[index] = order_.begin();
    return true;
}

std::int64_t FrameCache::capacity() const
{
    return std::max<std::int64_t>(static_cast<std::int64_t>(limit_ / largest_), 1);
}

std::vector<std::pair<std::int64_t, std::int64_t>> FrameCache::ranges() const
{
    std::vector<std::int64_t> indices;
    indices.reserve(places_.size());
    for (const auto& [index, entry] : places_)
        indices.push_back(index);
    std::ranges::sort(indices);
    std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
    for (const std::int64_t index : indices) {
        if (!ranges.empty() && ranges.back().second + 1 == index)
            ranges.back().second = index;
        else
            ranges.emplace_back(index, index);
    }
    return ranges;
}

} // namespace vitrine::codec
