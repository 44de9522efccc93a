#include "core/sim/cost/accelerator.h"

#include "core/base/registry.h"

#include <algorithm>

namespace vitrine::sim
{

std::span<const Accelerator> accelerators()
{
    static const std::vector<Accelerator> kAccelerators = Registry<Accelerator>::all();
    return kAccelerators;
}

const Accelerator* findAccelerator(std::string_view id)
{
    const auto list = accelerators();
    const auto found = std::ranges::find(list, id, &Accelerator::id);
    return found == list.end() ? nullptr : &*found;
}

Result<SimResult> simulate(const Workload& workload, const Accelerator& accelerator,
                           const Settings& settings)
{
    VITRINE_CHECK(checkSettings(accelerator.parameters, settings));
    VITRINE_CHECK(check(workload));
    VITRINE_TRY(SimResult result, accelerator.run(workload, settings));
    if (!(result.cycles > 0))
        return argumentError("{} has nothing that {} can run", workload.name, accelerator.title);
    if (!accelerator.countsTaylor && std::ranges::any_of(workload.layers, &Layer::isTaylor))
        result.notes.push_back("Of Taylor attention the products are counted; centring the keys, "
                               "their sums and the division of each row are not.");
    return result;
}

} // namespace vitrine::sim
