#include "core/codec/coded_source.h"

#include <algorithm>

namespace vitrine::codec
{
namespace
{

const std::set<std::int64_t> kNoFrames;

} // namespace

std::int64_t CodedSource::keyFrameBefore(std::int64_t index) const
{
    const auto after = std::ranges::upper_bound(keyFrames(), index);
    return after == keyFrames().begin() ? 0 : *std::prev(after);
}

const std::set<std::int64_t>& CodedSource::damagedFrames() const
{
    return kNoFrames;
}

const std::set<std::int64_t>& CodedSource::lostFrames() const
{
    return kNoFrames;
}

} // namespace vitrine::codec
