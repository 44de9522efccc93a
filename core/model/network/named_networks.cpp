#include "core/model/network/named_networks.h"

#include "core/base/format.h"
#include "core/base/registry.h"

#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

const NamedNetworks& allNamed()
{
    static const NamedNetworks kAll = [] {
        NamedNetworks all;
        for (const NamedNetworks& family : Registry<NamedNetworks>::all())
            all.insert(all.end(), family.begin(), family.end());
        return all;
    }();
    return kAll;
}

} // namespace

std::optional<Network> namedNetwork(std::string_view name)
{
    const std::size_t at = name.find('@');
    std::int64_t side = 224;
    if (at != std::string_view::npos) {
        const auto given = parseInteger(name.substr(at + 1));
        if (!given || *given < 32 || *given > 4096)
            return std::nullopt;
        side = *given;
    }
    for (const NamedNetwork& entry : allNamed()) {
        if (name.substr(0, at) != entry.name || side % entry.step != 0)
            continue;
        Network net = entry.build(side);
        net.name = std::string(name);
        net.title = fmt::format("{}, {} x {}", entry.title, side, side);
        return net;
    }
    return std::nullopt;
}

std::vector<std::string> networkNames()
{
    std::vector<std::string> names;
    for (const NamedNetwork& entry : allNamed())
        names.emplace_back(entry.name);
    return names;
}

} // namespace vitrine::model
