#include "core/quant/vision/vision_operations.h"

#include <fmt/format.h>

// What operations are called, and what each of them costs.
namespace vitrine::quant
{
namespace
{

using evidence::Mark;

evidence::Parameter energy(const char* name, const char* label, Mark mark, const char* help)
{
    return {.name = name,
            .label = label,
            .unit = "pJ",
            .minimum = 0,
            .maximum = 1e6,
            .mark = mark,
            .help = help,
            .group = "Energy",
            .advanced = true};
}

} // namespace

std::string_view operationName(Operation operation)
{
    switch (operation) {
    case Operation::realMultiply:
        return "multiply, 32-bit floating point";
    case Operation::realAdd:
        return "add, 32-bit floating point";
    case Operation::realDivide:
        return "divide, 32-bit floating point";
    case Operation::realFunction:
        return "exp, erf or root, floating point";
    case Operation::wideMultiply:
        return "multiply, 32-bit whole numbers";
    case Operation::wideDivide:
        return "divide, 32-bit whole numbers";
    case Operation::wholeAdd:
        return "add, 32-bit whole numbers";
    case Operation::shift:
        return "shift";
    case Operation::lookUp:
        return "look up in a table";
    }
    return "";
}

double OperationEnergies::of(Operation operation) const
{
    switch (operation) {
    case Operation::realMultiply:
        return realMultiply;
    case Operation::realAdd:
        return realAdd;
    case Operation::realDivide:
        return realDivide;
    case Operation::realFunction:
        return realFunction;
    case Operation::wideMultiply:
        return wideMultiply;
    case Operation::wideDivide:
        return wideDivide;
    case Operation::wholeAdd:
        return wholeAdd;
    case Operation::shift:
        return shift;
    case Operation::lookUp:
        return lookUp;
    }
    return 0;
}

std::string productName(CodeWidths widths)
{
    return fmt::format("multiply codes, {} x {} bits", widths.first, widths.second);
}

double OperationEnergies::of(CodeWidths product) const
{
    return codeMultiply * product.first * product.second / 64;
}

double LayerOperations::picojoules(const OperationEnergies& energies) const
{
    double sum = energies.countTraffic ? weightBytes * energies.dramPerByte : 0;
    for (const auto& [operation, times] : counts)
        sum += times * energies.of(operation);
    for (const auto& [widths, times] : codeProducts)
        sum += times * energies.of(widths);
    return sum;
}

LayerOperations totalOf(const std::vector<LayerOperations>& layers)
{
    LayerOperations total;
    for (const LayerOperations& layer : layers) {
        for (const auto& [operation, times] : layer.counts)
            total.counts[operation] += times;
        for (const auto& [widths, times] : layer.codeProducts)
            total.codeProducts[widths] += times;
        total.weightBytes += layer.weightBytes;
    }
    return total;
}

std::vector<evidence::Field<OperationEnergies>> operationEnergyFields()
{
    using E = OperationEnergies;
    return {
        evidence::field<E, &E::realMultiply>(energy("energy_real_multiply", "Multiply, fp32",
                                                    Mark::unverified, "Horowitz 2014, 45 nm")),
        evidence::field<E, &E::realAdd>(
            energy("energy_real_add", "Add, fp32", Mark::unverified, "Horowitz 2014, 45 nm")),
        evidence::field<E, &E::realDivide>(
            energy("energy_real_divide", "Divide, fp32", Mark::ours, "About four multiplications")),
        evidence::field<E, &E::realFunction>(
            energy("energy_real_function", "exp, erf, root", Mark::ours, "About five")),
        evidence::field<E, &E::codeMultiply>(
            energy("energy_multiply", "Multiply codes", Mark::unverified,
                   "Both of 8 bits; Horowitz 2014. Other widths in proportion to both [ours]")),
        evidence::field<E, &E::wideMultiply>(energy("energy_wide_multiply", "Multiply, 32 bits",
                                                    Mark::unverified,
                                                    "Whole numbers; Horowitz 2014")),
        evidence::field<E, &E::wideDivide>(energy("energy_wide_divide", "Divide, 32 bits",
                                                  Mark::ours,
                                                  "Whole numbers; as about four multiplications")),
        evidence::field<E, &E::wholeAdd>(
            energy("energy_add", "Add, 32 bits", Mark::unverified, "Whole numbers; Horowitz 2014")),
        evidence::field<E, &E::shift>(
            energy("energy_shift", "Shift", Mark::ours, "As an addition of 8 bits")),
        evidence::field<E, &E::lookUp>(energy("energy_look_up", "Look up", Mark::ours,
                                              "A table of 256 bytes, whatever the bits of codes")),
        evidence::field<E, &E::dramPerByte>(energy("energy_dram", "Read a byte of weights",
                                                   Mark::unverified,
                                                   "From DRAM, once for each picture; 1300 pJ for "
                                                   "64 bits")),
        evidence::field<E, &E::countTraffic>({.name = "count_traffic",
                                              .label = "Count reading weights",
                                              .mark = Mark::ours,
                                              .help = "Without it only arithmetic counts",
                                              .group = "Energy",
                                              .advanced = true}),
    };
}

} // namespace vitrine::quant
