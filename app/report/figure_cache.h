#pragma once

#include "app/command_line/report_command.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace vitrine
{

// What plugins have drawn of stored runs, which never change: the preview of a report asks again
// with every key. Any thread. The oldest go first.
class FigureCache
{
public:
    explicit FigureCache(FiguresOf draw) : draw_(std::move(draw)) {}

    Result<std::vector<figure::Figure>> figures(const std::string& plugin,
                                                const std::vector<RunRecord>& runs,
                                                const std::string& state);

private:
    static constexpr std::size_t kMost = 24;

    FiguresOf draw_;
    std::mutex mutex_;
    std::map<std::string, std::vector<figure::Figure>> drawn_;
    std::vector<std::string> order_;
};

} // namespace vitrine
