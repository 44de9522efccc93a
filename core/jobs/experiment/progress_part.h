#pragma once

#include "core/jobs/experiment/progress.h"

namespace vitrine
{

// The progress of one of several equal parts, as its share of the whole: part 2 of 4 goes from a
// half to three quarters.
class ProgressPart : public Progress
{
public:
    ProgressPart(Progress& whole, std::size_t index, std::size_t count)
        : whole_(whole), index_(index), count_(count)
    {
    }
    bool advance(double done, double total, std::string_view what) override
    {
        const double share = total > 0 ? done / total : 0;
        return whole_.advance(static_cast<double>(index_) + share, static_cast<double>(count_),
                              what);
    }
    bool isCancelled() const override { return whole_.isCancelled(); }
    void message(std::string_view line) override { whole_.message(line); }
    void partial(const Table& table) override { whole_.partial(table); }
    std::filesystem::path artifactFolder() const override { return whole_.artifactFolder(); }
    std::filesystem::path stateFolder() const override { return whole_.stateFolder(); }
    Result<void> saveState(std::string_view bytes) override { return whole_.saveState(bytes); }
    std::optional<std::string> loadState() const override { return whole_.loadState(); }

private:
    Progress& whole_;
    std::size_t index_, count_; // from 0
};

} // namespace vitrine
