#include "core/learning/nets/networks.h"

#include "core/learning/nets/codec/inter_trainee.h"
#include "core/learning/nets/codec/intra_trainee.h"
#include "core/learning/nets/superres/super_resolution.h"
#include "core/learning/nets/vision/shift_add_trainees.h"
#include "core/learning/nets/vision/trainees.h"

#include <functional>
#include <map>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

using MakeTrainee = std::function<std::unique_ptr<Trainee>(const Settings&, const Places&)>;

// A new network adds its line here.
const std::map<std::string, MakeTrainee>& makersByNetwork()
{
    static const std::map<std::string, MakeTrainee> makers = {
        {"ctvc-inter", codec::makeInterTrainee},
        {"ctvc-intra", codec::makeIntraTrainee},
        {"s2r", makeSuperResolution},
        {"s2r-fast", makeSuperResolution},
        {"s2r-live", makeSuperResolution},
        {"vitrine-deit", makeGarmentDeit},
        {"vitrine-deit-scenes", makeSceneDeit},
        {"vitrine-deit-scenes-shiftadd", makeSceneShiftAdd},
        {"vitrine-deit-shiftadd", makeGarmentShiftAdd},
        {"vitrine-deit-vitality", makeTaylorDeit},
        {"vitrine-efficientvit", makeGarmentEfficientVit},
    };
    return makers;
}

} // namespace

std::vector<std::string> trainableNetworks()
{
    std::vector<std::string> names;
    for (const auto& [name, make] : makersByNetwork())
        names.push_back(name);
    return names;
}

std::unique_ptr<Trainee> makeTrainee(const Settings& settings, const Places& places)
{
    const std::string network = settings.text("network");
    const auto found = makersByNetwork().find(network);
    if (found == makersByNetwork().end()) {
        std::string known;
        for (const std::string& name : trainableNetworks())
            known += (known.empty() ? "" : ", ") + name;
        throw std::runtime_error(settings.path() + ": network = " + network + " is not one of " +
                                 known);
    }
    torch::manual_seed(static_cast<uint64_t>(settings.integer("seed", 1, 0, INT64_MAX)));
    return found->second(settings, places);
}

} // namespace vitrine::learning
