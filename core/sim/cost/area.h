#pragma once

#include "core/sim/cost/parameters.h"

#include <optional>
#include <string>
#include <vector>

namespace vitrine::sim
{

// Parts of a chip, and their area where a unit area is known: square micrometres at 45 nm. None of
// the papers' area tables could be read; memories have no unit area in our sources.
struct AreaPart {
    std::string part; // "multipliers"
    double count = 0;
    std::optional<double> unitArea{}; // um^2
    Mark mark = Mark::unverified;     // of the unit area, or of the count where there is none
    std::string note{};
};

// 45 nm, um^2 (recollected): 8-bit multiplier, 32-bit adder, 8-bit shifter.
inline constexpr double kMultiplierArea = 282, kAdderArea = 137, kShifterArea = 34;

AreaPart multipliers(double count);
AreaPart adders(std::string part, double count);
AreaPart shifters(double count);
AreaPart memory(std::string part, double kilobytes);
// On an FPGA: two 8-bit products per DSP, blocks of 36 Kbit.
std::vector<AreaPart> fpgaParts(double multiplierCount, double kilobytes);

} // namespace vitrine::sim
