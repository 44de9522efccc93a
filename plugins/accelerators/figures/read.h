#pragma once

#include "core/figure/run_places.h"
#include "core/jobs/experiment/read_run.h"

#include <string>
#include <vector>

// What the figures of this room read from stored runs.
namespace vitrine::accelerators_plugin
{

inline constexpr int kSeriesColours = 6;

// A column of a run's table, one entry per row (core/jobs/experiment/read_run.h): columns of one
// table have the same length whatever the run stored.
std::vector<double> numbers(const RunRecord& run, const char* table, const std::string& name);
std::vector<std::string> texts(const RunRecord& run, const char* table, const std::string& name);
double cyclesPerSecond(const RunRecord& run);
bool equalClocks(const std::vector<const RunRecord*>& runs);

std::string labelled(const RunRecord& run); // "#3 P²-ViT · deit-tiny"
// "#8 Systolic array · x.csv failed: row 2, ..." of a run that holds nothing to show.
std::string troubleOf(const RunRecord& run);
// Names without what all runs share: "#3 P²-ViT", "#3 deit-tiny".
std::vector<std::string> shortNames(const std::vector<const RunRecord*>& runs);
std::string prefixOf(const RunRecord& run); // "#3 ", "what if "
// "stages.2.blocks.1" is long for a tick: "2.1".
std::string shortModule(std::string module);

// What kinds of layers share a colour.
struct KindGroup {
    const char* name;
    int colour;
};
inline constexpr std::size_t kKindGroups = 7;
const KindGroup& kindGroup(std::size_t index);
std::size_t groupOf(const std::string& kind); // of a layer's kind as table `layers` names it

// What the papers say of every accelerator among the runs, once each (the runs' tables
// "reference"); with the accelerator's title before it where there are several.
Table claimsAbout(const std::vector<const RunRecord*>& runs);

// Name, title, recipe.
figure::Figure emptyFigure(const char* name, const char* title,
                           const std::vector<const RunRecord*>& runs,
                           const figure::RunPlaces& places = {});
std::vector<figure::RunLook> looksOf(const std::vector<const RunRecord*>& runs,
                                     const figure::RunPlaces& places);

} // namespace vitrine::accelerators_plugin
