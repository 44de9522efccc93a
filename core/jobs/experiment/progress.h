#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine
{

struct Table;

// How a run speaks to whoever waits for it. Used by the run's own thread; `cancelled` may be asked
// from any thread.
class Progress
{
public:
    virtual ~Progress() = default;

    // done of total in whatever unit `what` counts ("layers"). False: stop soon and return
    // cancelled(). Cheap; call at least ten times a second.
    virtual bool advance(double done, double total, std::string_view what = {}) = 0;
    virtual bool isCancelled() const = 0;
    virtual void message(std::string_view line) = 0;
    // Rows (all so far, or the newest part) shown while running; the final result replaces them.
    virtual void partial(const Table& table) = 0;

    // Where artifacts are written before they are named in the result. Exists.
    virtual std::filesystem::path artifactFolder() const = 0;

    // Pause and resume: the newest state, replaced atomically; nothing where none was saved.
    virtual Result<void> saveState(std::string_view bytes) = 0;
    virtual std::optional<std::string> loadState() const = 0;
    // Files that are too large for a state; a run that goes on finds them again, where a state was
    // saved. Exists; gone when the run is done. (Artifacts of an attempt that did not end are not
    // there any more.)
    virtual std::filesystem::path stateFolder() const { return artifactFolder(); }
};

// For tests and for calls nobody watches: keeps nothing, artifacts go to the given folder.
class QuietProgress : public Progress
{
public:
    explicit QuietProgress(std::filesystem::path artifacts = {}) : artifacts_(std::move(artifacts))
    {
    }
    bool advance(double, double, std::string_view) override { return !cancelled_; }
    bool isCancelled() const override { return cancelled_; }
    void message(std::string_view) override {}
    void partial(const Table&) override {}
    std::filesystem::path artifactFolder() const override { return artifacts_; }
    Result<void> saveState(std::string_view bytes) override
    {
        state_ = std::string(bytes);
        return {};
    }
    std::optional<std::string> loadState() const override { return state_; }
    void cancel() { cancelled_ = true; }

private:
    std::filesystem::path artifacts_;
    std::optional<std::string> state_;
    bool cancelled_ = false;
};

} // namespace vitrine
