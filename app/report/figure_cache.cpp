#include "app/report/figure_cache.h"

namespace vitrine
{

Result<std::vector<figure::Figure>> FigureCache::figures(const std::string& plugin,
                                                         const std::vector<RunRecord>& runs,
                                                         const std::string& state)
{
    std::string key = plugin + '\n' + state;
    for (const RunRecord& run : runs)
        key += '\n' + run.uid;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = drawn_.find(key); found != drawn_.end())
            return found->second;
    }
    auto made = draw_(plugin, runs, state); // failures are tried again
    if (!made)
        return made;
    const std::lock_guard lock(mutex_);
    if (drawn_.emplace(key, *made).second)
        order_.push_back(key);
    if (order_.size() > kMost) {
        drawn_.erase(order_.front());
        order_.erase(order_.begin());
    }
    return made;
}

} // namespace vitrine
