#pragma once

#include "widgets/player/compute.h"

#include <gtest/gtest.h>

#include <QString>

#include <deque>
#include <utility>

namespace vitrine::tests
{

// Work that is done when the test says so, in the order in which it was asked for.
class HeldWork
{
public:
    player::Compute compute()
    {
        return [this](QObject*, const QString&, std::function<void()> work,
                      std::function<void()> done) {
            waiting_.emplace_back(std::move(work), std::move(done));
        };
    }
    std::size_t waiting() const { return waiting_.size(); }
    void finish()
    {
        if (waiting_.empty()) {
            ADD_FAILURE() << "nothing was asked for";
            return;
        }
        const auto [work, done] = std::move(waiting_.front());
        waiting_.pop_front();
        work();
        done();
    }

private:
    std::deque<std::pair<std::function<void()>, std::function<void()>>> waiting_;
};

} // namespace vitrine::tests
