#pragma once

#include "core/jobs/experiment/run_result.h"
#include "core/superres/picture/quality.h"
#include "plugins/superres/experiments/blind.h"

#include <optional>
#include <string>
#include <vector>

namespace vitrine::superres_plugin
{

// What one picture came to.
struct Upscaled {
    std::string name;
    Picture low, high, bicubic;
    std::optional<Picture> original;
    std::optional<superres::Quality> quality, ofBicubic;
    double seamError = 0, seconds = 0, residual = 0;
    std::int64_t tiles = 1;
    std::optional<Adapted> adapted;               // of a blind run
    std::optional<superres::Quality> ofUnadapted; // by the network as it was
    std::string kernel;                           // where it was estimated, in words
};

// Adds pictures one by one, each kept as artifacts in a folder while there are few, and says at the
// end what all came to.
class UpscaleResults
{
public:
    UpscaleResults(std::int64_t scale, std::filesystem::path folder)
        : scale_(scale), folder_(std::move(folder))
    {
    }

    Result<void> add(Upscaled done);
    const Table& items() const { return items_; }

    // Metrics, tables, artifacts and notes, into `out`.
    void finish(const superres::Upscaler& upscaler, RunResult& out);

private:
    Result<std::string> keep(const Picture& picture, const char* what);
    void addMeasures();
    void addBlind();
    void addCost(const superres::Upscaler& upscaler);
    void addNotes();
    void metric(const char* name, double value, const char* unit, std::string help,
                Origin origin = Origin::computed)
    {
        result_.metrics.push_back({name, value, unit, origin, std::move(help)});
    }
    template <typename Value>
    double mean(Value&& value) const;

    std::int64_t scale_;
    std::filesystem::path folder_;
    std::vector<Upscaled> all_;        // without their pictures
    std::vector<std::int64_t> pixels_; // of the enlarged pictures
    Table items_ = emptyItems();
    RunResult result_;

    static Table emptyItems();
};

} // namespace vitrine::superres_plugin
