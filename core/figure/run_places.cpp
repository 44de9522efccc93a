#include "core/figure/run_places.h"

#include "core/base/json.h"

#include <set>

namespace vitrine::figure
{
namespace
{

constexpr int kMostPlaces = 1 << 16; // beyond it a remembered place is a damaged one

} // namespace

std::vector<int> runPlaces(const std::vector<std::string>& uids, const RunPlaces& kept)
{
    constexpr int kUnknown = -1;
    std::vector<int> places(uids.size(), kUnknown);
    std::set<int> taken;
    for (std::size_t i = 0; i < uids.size(); ++i) {
        const auto known = kept.find(uids[i]);
        if (known != kept.end() && known->second >= 0 && known->second < kMostPlaces &&
            taken.insert(known->second).second)
            places[i] = known->second;
    }
    for (int& place : places) {
        if (place != kUnknown)
            continue;
        place = 0;
        while (!taken.insert(place).second)
            ++place;
    }
    return places;
}

RunPlaces runPlacesIn(const Json& state)
{
    RunPlaces places;
    if (!state.is_object() || !state.contains("run_places") || !state["run_places"].is_object())
        return places;
    for (const auto& [uid, place] : state["run_places"].items())
        if (place.is_number_integer())
            places[uid] = place.get<int>();
    return places;
}

std::string runPlacesText(const RunPlaces& places)
{
    if (places.empty())
        return "{}";
    Json stored = Json::object();
    for (const auto& [uid, place] : places)
        stored[uid] = place;
    return dumpJson({{"run_places", stored}});
}

RunLook lookAt(int place)
{
    return {place % kRunColours, place / kRunColours % 2 == 0 ? Line::solid : Line::dash};
}

} // namespace vitrine::figure
