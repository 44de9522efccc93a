#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <string>
#include <vector>

// Beginnings and parts that figures of vision.evaluate share.
namespace vitrine::quantization_plugin
{

figure::Figure startedOf(const char* name, std::string title, const RunRecord& run,
                         const State& state);
std::vector<figure::Axis::Tick> ticksOf(const std::vector<std::string>& names);

struct ClassGroup {
    std::string name;
    std::vector<double> values; // of each class; NaN: no bar
    int colour = 0;
};
// Horizontal bars, a group for each class, the first class on top.
void addClassBars(figure::Figure& figure, const std::vector<std::string>& classes,
                  const std::vector<ClassGroup>& groups);

} // namespace vitrine::quantization_plugin
