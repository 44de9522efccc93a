#include "core/quant/operation_cost.h"

namespace vitrine::quant
{
namespace
{

using evidence::Field;
using evidence::field;
using evidence::Mark;

constexpr double kChunk = 8;       // inputs of a look-up
constexpr double kTableSums = 255; // additions that fill a table of 256 sums from the first of them

double roundedUp(std::int64_t whole, std::int64_t part)
{
    return static_cast<double>((whole + part - 1) / part);
}

// What one scale does to a number.
void applyScales(const CostedLayer& layer, double times, OperationCount& count)
{
    if (layer.form == WeightForm::shifted) {
        count.shifts += times * layer.terms;
        count.adds += times * (layer.terms - 1);
    } else {
        count.multiplies += times;
    }
}

OperationCount lookUpOperations(const CostedLayer& layer, ScalePlace place)
{
    const auto n = static_cast<double>(layer.outputs), k = static_cast<double>(layer.inputs);
    const double chunks = roundedUp(layer.inputs, 8),
                 rowGroups = roundedUp(layer.outputs, layer.groupRows);
    // A scale for each input cannot wait until eight of them are summed up.
    const bool isBeforeSum = place == ScalePlace::inputs || layer.groupColumns < 8;
    OperationCount count{.lookUps = layer.planes * n * chunks, .weightBits = layer.storedBits};
    const double tables = isBeforeSum ? layer.planes * rowGroups * chunks : chunks;
    count.adds += tables * (kChunk - 1 + kTableSums);
    count.adds += count.lookUps; // into the sums
    if (isBeforeSum)
        applyScales(layer, layer.planes * rowGroups * k, count);
    else
        applyScales(
            layer,
            layer.planes * n *
                (layer.groupColumns > 8 ? roundedUp(layer.inputs, layer.groupColumns) : chunks),
            count);
    return count;
}

} // namespace

CostedLayer costedLayer(const kernels::BinaryCodes& codes)
{
    using kernels::ScaleForm;
    return {.outputs = codes.outputs,
            .inputs = codes.inputs,
            .form = codes.form == ScaleForm::grid     ? WeightForm::grid
                    : codes.form == ScaleForm::powers ? WeightForm::shifted
                                                      : WeightForm::codes,
            .planes = codes.planes,
            .terms = codes.termsPerScale,
            .groupRows = codes.groupRows,
            .groupColumns = codes.groupColumns,
            .storedBits = static_cast<double>(codes.storedBits())};
}

CostedLayer denseLayer(std::int64_t outputs, std::int64_t inputs, int bits)
{
    return {.outputs = outputs,
            .inputs = inputs,
            .storedBits = static_cast<double>(outputs) * static_cast<double>(inputs) * bits};
}

std::vector<Field<CostAssumptions>> costFields()
{
    const auto energy = [](const char* name, const char* label, const char* help) {
        return evidence::Parameter{.name = name,
                                   .label = label,
                                   .unit = "pJ",
                                   .minimum = 0,
                                   .maximum = 10'000,
                                   .mark = Mark::code,
                                   .help = help,
                                   .group = "Energy",
                                   .advanced = true};
    };
    using A = CostAssumptions;
    return {
        field<A, &A::countTraffic>({.name = "count_traffic",
                                    .label = "Count reading the weights",
                                    .mark = Mark::ours,
                                    .help = "Every weight bit comes from DRAM once for each token",
                                    .group = "Energy"}),
        field<A, &A::scalePlace>({.name = "scale_place",
                                  .label = "Scales act on",
                                  .mark = Mark::code,
                                  .help = "results: on what is looked up, as published; inputs: on "
                                          "the inputs, and a table for each plane and row group",
                                  .group = "Energy",
                                  .choices = {"results", "inputs"}}),
        field<A, &A::multiplyPicojoule>(
            energy("e_multiply16", "FP16 multiplication", "45 nm, per operation")),
        field<A, &A::addPicojoule>(energy("e_add16", "FP16 addition", "45 nm, per operation")),
        field<A, &A::shiftPicojoule>(
            energy("e_shift16", "Shift of an FP16 number", "45 nm; an addition to its exponent")),
        field<A, &A::lookUpPicojoule>(
            energy("e_lookup", "Look-up", "45 nm; one query of a table with 256 entries")),
        field<A, &A::dramPicojoulePerWord>(
            energy("e_dram16", "DRAM, 16 bits", "45 nm; as Eyeriss counts it, scaled by the bits")),
    };
}

OperationCount& OperationCount::operator+=(const OperationCount& other)
{
    multiplies += other.multiplies;
    adds += other.adds;
    shifts += other.shifts;
    lookUps += other.lookUps;
    weightBits += other.weightBits;
    return *this;
}

OperationCount operationsOf(const CostedLayer& layer, const CostAssumptions& assumptions)
{
    const double weights = static_cast<double>(layer.outputs) * static_cast<double>(layer.inputs);
    switch (layer.form) {
    case WeightForm::dense:
        return {.multiplies = weights, .adds = weights, .weightBits = layer.storedBits};
    case WeightForm::grid:
        return {.multiplies = weights + static_cast<double>(layer.outputs) *
                                            roundedUp(layer.inputs, layer.groupColumns),
                .adds = weights,
                .weightBits = layer.storedBits};
    case WeightForm::codes:
    case WeightForm::shifted:
        return lookUpOperations(layer, assumptions.scalePlace);
    }
    return {};
}

EnergySplit energyOf(const OperationCount& count, const CostAssumptions& a)
{
    return {.multiplies = count.multiplies * a.multiplyPicojoule,
            .adds = count.adds * a.addPicojoule,
            .shifts = count.shifts * a.shiftPicojoule,
            .lookUps = count.lookUps * a.lookUpPicojoule,
            .traffic = a.countTraffic ? count.weightBits / 16 * a.dramPicojoulePerWord : 0};
}

} // namespace vitrine::quant
