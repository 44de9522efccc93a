#include "core/sim/workload/bit_map.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>
#include <optional>

namespace vitrine::sim
{

namespace
{

constexpr std::size_t kMostBitRows = 100'000;

// The first three fields; others are not looked at.
std::array<std::string_view, 3> firstThreeFields(std::string_view row)
{
    std::array<std::string_view, 3> fields;
    for (std::string_view& field : fields) {
        const std::size_t comma = std::min(row.find(','), row.size());
        field = trimmed(row.substr(0, comma), " \t\r\"");
        row.remove_prefix(std::min(comma + 1, row.size()));
    }
    return fields;
}

std::optional<int> widthOf(std::string_view text)
{
    const auto bits = parseInteger(text);
    return bits && *bits >= 1 && *bits <= 32 ? std::optional(static_cast<int>(*bits))
                                             : std::nullopt;
}

// What the first row must be, as a row without names would be a layer that is passed over.
Result<void> checkHeader(std::string_view row, std::string_view name)
{
    const auto [layer, weights, activations] = firstThreeFields(row);
    if (weights.empty() || parseReal(weights))
        return inputError("cannot read {}: row 1 is \"{}\", the header \"layer, weight bits\" is "
                          "expected",
                          name, printable(row, 60));
    if (weights.find("ctivation") != weights.npos || activations.find("eight") != activations.npos)
        return inputError("cannot read {}: row 1: the columns are \"{}\" and \"{}\"; those of "
                          "weights come before those of activations",
                          name, printable(weights, 40), printable(activations, 40));
    return {};
}

bool isMeant(const Layer& layer, std::string_view name)
{
    if (name.ends_with(".weight"))
        name.remove_suffix(7);
    return layer.shape.name == name || layer.shape.module == name;
}

} // namespace

Result<void> applyBitMap(Workload& workload, std::string_view csv, std::string_view name)
{
    std::size_t row = 0;
    bool isEmpty = true;
    while (!csv.empty()) {
        const std::size_t end = std::min(csv.find('\n'), csv.size());
        const std::string_view line = trimmed(csv.substr(0, end), " \t\r\"");
        csv.remove_prefix(std::min(end + 1, csv.size()));
        if (++row > kMostBitRows)
            return inputError("cannot read {}: more than {} rows", name, kMostBitRows);
        if (row == 1)
            VITRINE_CHECK(checkHeader(line, name));
        if (row == 1 || line.empty())
            continue;
        isEmpty = false;
        const auto [layer, weights, activations] = firstThreeFields(line);
        const auto weightBits = widthOf(weights);
        if (!weightBits)
            return inputError("cannot read {}: row {}, column 2 (bits): \"{}\" is not a width of 1 "
                              "to 32",
                              name, row, printable(weights, 40));
        const auto activationBits = widthOf(activations);
        if (!activations.empty() && !activationBits)
            return inputError("cannot read {}: row {}, column 3 (activation bits): \"{}\" is not a "
                              "width of 1 to 32",
                              name, row, printable(activations, 40));
        bool found = false;
        for (Layer& one : workload.layers) {
            if (!isMeant(one, layer))
                continue;
            found = true;
            if (one.shape.weights)
                one.bitsWeight = *weightBits;
            if (activationBits)
                one.bitsIn = one.bitsOut = *activationBits;
            if (activationBits && !one.shape.weights)
                one.bitsWeight = *activationBits;
        }
        if (!found)
            return inputError("cannot read {}: row {}, column 1 (layer): {} has no layer \"{}\"; "
                              "table layers of a run lists them",
                              name, row, workload.name, printable(layer, 60));
    }
    if (isEmpty)
        return inputError("cannot read {}: no layer behind the header \"layer, weight bits\"",
                          name);
    return {};
}

} // namespace vitrine::sim
