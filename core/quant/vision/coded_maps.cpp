#include "core/quant/vision/coded_maps.h"

#include "core/quant/vision/coded_heads.h"
#include "core/quant/vision/trio_codes.h"
#include "core/quant/vision/trio_places.h"

#include <limits>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;

// One for each channel, or none.
void describeChannels(CodedRecord& record, const char* flag, const char* key,
                      std::vector<double>& values, std::int64_t channels)
{
    bool isThere = !values.empty();
    record.flag(flag, isThere);
    if (isThere)
        record.numbers(key, values, channels);
}

// The attention whose part layer `place` is.
std::size_t contextOf(const model::Network& network, std::size_t place)
{
    while (network.layers[place].shape.kind != LayerKind::context)
        --place;
    return place;
}

} // namespace

bool isOfEfficientVit(const model::Network& network)
{
    return checkIsEfficientVit(network).has_value();
}

void describeSecond(CodedRecord& record, const model::NetworkLayer& layer, CodedLayer& coded,
                    GridLimits limits)
{
    bool isThere = coded.second.has_value();
    record.flag("halves", isThere);
    if (!isThere)
        return;
    if (record.isReading())
        coded.second.emplace();
    describe(record, "second", *coded.second, layer.shape.n, limits);
}

void describeHardSwish(CodedRecord& record, const model::Network& network, std::size_t product,
                       std::span<const CodedLayer> layers, CodedProduct& work)
{
    bool isWhole = work.hardSwish.has_value();
    record.flag("whole_hard_swish", isWhole);
    if (!isWhole)
        return;
    const auto activation = model::activationBehind(network, product);
    if (!activation || work.after != model::Function::hardSwish)
        return record.fail("whole_hard_swish", "is there, but no Hardswish behind the layer");
    const std::int64_t channels =
        network.layers[product].shape.batch * network.layers[product].shape.n;
    int fraction = work.hardSwish ? work.hardSwish->fraction : 0;
    record.whole("hard_swish_fraction", fraction, 0, 13);
    describeChannels(record, "migrated", "migration", work.factors, channels);
    record.expectWithin<double>("migration", work.factors, std::numeric_limits<double>::min(),
                                std::numeric_limits<double>::max());
    describeChannels(record, "centred", "centres", work.centres, channels);
    if (!record.isReading() || !record.problem().empty())
        return;
    const auto orAll = [&](const std::vector<double>& values, double otherwise) {
        return values.empty() ? std::vector<double>(static_cast<std::size_t>(channels), otherwise)
                              : values;
    };
    auto unit = hardSwishUnit(fraction, layers[*activation].output, orAll(work.factors, 1),
                              orAll(work.centres, 0));
    if (!unit)
        return record.fail("whole_hard_swish", unit.error().message);
    work.hardSwish = std::move(*unit);
    work.before = work.hardSwish->input();
}

void describeCodes(CodedRecord& record, const CodeGrid& from, const CodeGrid& to, CodedTable& work)
{
    record.numbers("table", work.codes, from.high() - from.low() + 1);
    record.expectWithin("table", work.codes, static_cast<std::int32_t>(to.low()),
                        static_cast<std::int32_t>(to.high()));
}

void describeConcat(CodedRecord& record, const model::NetworkLayer& layer,
                    std::span<const CodedLayer> layers, const CodedLayer& own)
{
    const bool areThose = own.second && own.output == layers[layer.inputs[0]].output &&
                          *own.second == layers[layer.inputs[1]].output;
    if (!areThose)
        record.fail("output", "is not on the grids of what it puts side by side");
}

void describeHeads(CodedRecord& record, const model::Network& network, std::size_t place,
                   std::span<const CodedLayer> layers, CodedHeads& work)
{
    const std::size_t context = contextOf(network, place);
    work.part = *headPartOf(network.layers[place]);
    if (context != place) {
        if (record.isReading())
            work.halves = std::get<CodedHeads>(layers[context].work).halves;
        return;
    }
    bool isWhole = work.halves != nullptr;
    record.flag("whole_attention", isWhole);
    if (!isWhole)
        return;
    HeadDivision division = work.halves ? work.halves->front().division : HeadDivision::integer;
    record.choice("division", division, {"log2_geometric", "log2_arithmetic", "integer"});
    if (!record.isReading() || !record.problem().empty())
        return;
    auto halves = wholeHalves(network, layers, context, division);
    if (!halves)
        return record.fail("whole_attention", halves.error().message);
    work.halves = std::move(*halves);
}

} // namespace vitrine::quant
