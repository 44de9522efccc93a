#include "core/sim/cost/area.h"

#include <cmath>

namespace vitrine::sim
{

AreaPart multipliers(double count)
{
    return {"multipliers", count, kMultiplierArea, Mark::unverified, "8 bit, 45 nm"};
}

AreaPart adders(std::string part, double count)
{
    return {std::move(part), count, kAdderArea, Mark::unverified, "32 bit, 45 nm"};
}

AreaPart shifters(double count)
{
    return {"shifters", count, kShifterArea, Mark::unverified, "8 bit, 45 nm"};
}

AreaPart memory(std::string part, double kilobytes)
{
    return {std::move(part), kilobytes, std::nullopt, Mark::ours,
            "KB of SRAM; its area is in none of our sources"};
}

std::vector<AreaPart> fpgaParts(double multiplierCount, double kilobytes)
{
    constexpr double kBlockBytes = 36 * 1024 / 8;
    return {{"DSP", std::ceil(multiplierCount / 2), std::nullopt, Mark::ours,
             "Two 8-bit products per DSP"},
            {"BRAM36", std::ceil(kilobytes * 1024 / kBlockBytes), std::nullopt, Mark::ours,
             "Blocks of 36 Kbit for the buffers"}};
}

} // namespace vitrine::sim
