#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace vitrine::model
{

// Gives out places in one block of memory; what is given back is used again.
class MemoryPlan
{
public:
    std::size_t take(std::size_t size)
    {
        for (auto gap = gaps_.begin(); gap != gaps_.end(); ++gap)
            if (gap->size >= size) {
                const std::size_t offset = gap->offset;
                gap->offset += size, gap->size -= size;
                if (gap->size == 0)
                    gaps_.erase(gap);
                return offset;
            }
        const std::size_t offset = total_;
        total_ += size;
        return offset;
    }
    void giveBack(std::size_t offset, std::size_t size)
    {
        gaps_.push_back({offset, size});
        std::ranges::sort(gaps_, {}, &Gap::offset);
        for (std::size_t i = 0; i + 1 < gaps_.size();)
            if (gaps_[i].offset + gaps_[i].size == gaps_[i + 1].offset) {
                gaps_[i].size += gaps_[i + 1].size;
                gaps_.erase(gaps_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
            } else
                ++i;
    }
    std::size_t total() const { return total_; }

private:
    struct Gap {
        std::size_t offset, size;
    };
    std::vector<Gap> gaps_; // in order
    std::size_t total_ = 0;
};

} // namespace vitrine::model
