#include "core/codec/hevc_check.h"

#include <utility>

namespace vitrine::codec
{
namespace
{

constexpr int kSps = 33, kPps = 34, kFirstOfNoPicture = 32;
constexpr std::size_t kUnitHeader = 2;

int unitType(ByteSpan unit)
{
    return (unit[0] >> 1) & 0x3f;
}
bool isOfBaseLayer(ByteSpan unit)
{
    return unit.size() > kUnitHeader && (unit[0] & 1) == 0 && unit[1] >> 3 == 0;
}
bool isParameters(ByteSpan unit)
{
    return unitType(unit) == kSps || unitType(unit) == kPps;
}

} // namespace

HevcCheck::HevcCheck(ByteSpan configuration)
{
    const auto known = hevcConfiguration(configuration);
    if (!known) {
        notRead_ = "a configuration record and units that break off";
        return;
    }
    lengthBytes_ = known->lengthBytes;
    for (const ByteSpan unit : known->units)
        if (isOfBaseLayer(unit) && isParameters(unit))
            takeParameters(unit);
}

Wholeness HevcCheck::check(ByteSpan packet)
{
    const auto units = nalUnits(packet, lengthBytes_);
    if (!units)
        return Wholeness::damaged;
    std::optional<Begun> begun;
    std::vector<ByteSpan> later; // parameters behind slices are the next picture's
    const std::string before = std::exchange(notRead_, "");
    bool isWhole = true;
    for (const ByteSpan unit : *units) {
        if (!isOfBaseLayer(unit))
            continue;
        if (isParameters(unit) && begun)
            later.push_back(unit);
        else if (isParameters(unit))
            takeParameters(unit);
        else if (unitType(unit) < kFirstOfNoPicture)
            isWhole = takeSlice(unit, begun) && isWhole;
    }
    for (const ByteSpan unit : later)
        takeParameters(unit);
    if (!notRead_.empty())
        return Wholeness::unknown;
    notRead_ = before;
    return isWhole && begun && begun->picture.next == begun->blocks ? Wholeness::whole
                                                                    : Wholeness::damaged;
}

void HevcCheck::takeParameters(ByteSpan unit)
{
    const std::vector<std::uint8_t> payload = nalPayload(unit, kUnitHeader);
    if (!(unitType(unit) == kSps ? readSps(payload, parameters_) : readPps(payload, parameters_)))
        notRead_ = "parameters that are not those of the standard";
}

// False where it is damaged.
bool HevcCheck::takeSlice(ByteSpan unit, std::optional<Begun>& begun)
{
    const std::vector<std::uint8_t> payload = nalPayload(unit, kUnitHeader);
    const auto pps = parameters_.pps.find(ppsOfSlice(payload, unitType(unit)));
    if (pps == parameters_.pps.end())
        return false;
    const auto sps = parameters_.sps.find(pps->second.sps);
    if (sps == parameters_.sps.end())
        return false;
    for (const std::string& tools : {sps->second.notRead, pps->second.notRead})
        if (!tools.empty()) {
            notRead_ = tools;
            return true;
        }
    const auto slice = readSliceHeader(payload, unitType(unit), parameters_);
    if (!slice || slice->isFirst == begun.has_value() || (begun && begun->sps != sps->first))
        return false;
    if (slice->isFirst)
        begun.emplace(
            Begun{sps->first, HevcPicture(sps->second),
                  static_cast<std::uint32_t>(sps->second.ctbColumns() * sps->second.ctbRows())});
    return readSliceData(payload, sps->second, pps->second, *slice, begun->picture);
}

} // namespace vitrine::codec
