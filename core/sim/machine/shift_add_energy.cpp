#include "core/sim/machine/shift_add_energy.h"

#include <array>
#include <map>

namespace vitrine::sim
{
namespace
{

constexpr int kWordBits = 32, kNarrowBits = 10;
constexpr double kReadAndWrite = 2;

double operationPicojoule(Primitive primitive, const ShiftAddAssumptions& a)
{
    const double sum = a.compatRelease ? 0 : a.addPicojoule;
    switch (primitive) {
    case Primitive::shift:
        return a.shiftPicojoule + sum;
    case Primitive::mask:
        return a.addPicojoule;
    default:
        return a.multiplyPicojoule + sum;
    }
}

RsEnergies energiesOf(Primitive primitive, const ShiftAddAssumptions& a)
{
    const bool isNarrow = primitive == Primitive::shift && a.narrowShifts;
    RsEnergies energies =
        rsEnergies(operationPicojoule(primitive, a), isNarrow ? kNarrowBits : kWordBits);
    if (primitive == Primitive::mask && a.addsStayOnChip)
        energies.dram = energies.buffer = energies.noc = 0;
    return energies;
}

// The cost of a tiling by the levels that `keep` leaves.
double partOf(const RsLayer& layer, const RsTiling& tiling, const RsEnergies& kept)
{
    return rsCost(layer, tiling, kept).picojoule;
}

constexpr RsEnergies kNothing{0, 0, 0, 0, 0, 0, 0};

LevelEnergy levelsOf(const RsLayer& layer, const RsTiling& tiling, const RsEnergies& u)
{
    RsEnergies operations = kNothing, dram = kNothing, buffer = kNothing, network = kNothing,
               registers = kNothing;
    operations.operation = u.operation;
    dram.dram = u.dram;
    buffer.buffer = u.buffer;
    network.noc = u.noc;
    registers.nocSum = u.nocSum;
    registers.registers = u.registers;
    registers.weightRegisters = u.weightRegisters;
    return {partOf(layer, tiling, operations), partOf(layer, tiling, dram),
            partOf(layer, tiling, buffer), partOf(layer, tiling, network),
            partOf(layer, tiling, registers)};
}

LevelEnergy scaled(LevelEnergy energy, double share)
{
    for (double* one :
         {&energy.operations, &energy.dram, &energy.buffer, &energy.network, &energy.registers})
        *one *= share;
    return energy;
}

OperatorEnergy elementwiseEnergy(double elements, const ShiftAddAssumptions& a)
{
    if (a.compatRelease || !a.countElementwise)
        return {};
    const RsEnergies words = rsEnergies(a.addPicojoule, kWordBits);
    return {{.operations = elements * a.addPicojoule,
             .buffer = kReadAndWrite * elements * words.buffer},
            elements / RsMachine{}.clockHz / static_cast<double>(RsMachine{}.elements)};
}

// Of all tokens, whatever the share.
Result<OperatorEnergy> wholeEnergy(const EnergyOperator& one, const ShiftAddAssumptions& a)
{
    if (one.primitive == Primitive::adder)
        return argumentError("{} is an adder layer, which ShiftAddViT's energy model does not know",
                             one.name);
    const RsEnergies energies = energiesOf(one.primitive, a);
    const auto mapping = bestTiling(one.layer, {}, energies);
    if (!mapping)
        return argumentError("{}: {}", one.name, mapping.error().message);
    const bool isNarrow = one.primitive == Primitive::shift && a.narrowShifts;
    return OperatorEnergy{levelsOf(one.layer, mapping->tiling, energies),
                          mapping->seconds * (isNarrow ? double{kNarrowBits} / kWordBits : 1)};
}

OperatorEnergy shareOf(const EnergyOperator& one, const OperatorEnergy& whole,
                       const ShiftAddAssumptions& a)
{
    OperatorEnergy part{scaled(whole.energy, one.share), whole.seconds * one.share};
    if (!a.compatRelease)
        part.energy.operations += one.biases * a.addPicojoule;
    return part;
}

// The search for a tiling takes milliseconds, and blocks of a network are alike.
class KnownEnergies
{
public:
    explicit KnownEnergies(const ShiftAddAssumptions& assumptions) : assumptions_(assumptions) {}

    Result<OperatorEnergy> of(const EnergyOperator& one)
    {
        if (one.elementwise > 0)
            return elementwiseEnergy(one.elementwise, assumptions_);
        const RsLayer& l = one.layer;
        const Key key{static_cast<std::int64_t>(one.primitive),
                      l.n,
                      l.m,
                      l.c,
                      l.h,
                      l.w,
                      l.r,
                      l.s,
                      l.stride,
                      l.padding};
        auto found = known_.find(key);
        if (found == known_.end()) {
            VITRINE_TRY(const OperatorEnergy whole, wholeEnergy(one, assumptions_));
            found = known_.emplace(key, whole).first;
        }
        return shareOf(one, found->second, assumptions_);
    }

private:
    using Key = std::array<std::int64_t, 10>;
    const ShiftAddAssumptions& assumptions_;
    std::map<Key, OperatorEnergy> known_;
};

bool isExpert(const Layer& layer, std::string_view end)
{
    return layer.shape.kind == LayerKind::linear && layer.shape.name.ends_with(end);
}

// The depthwise convolutions that the released code has: square maps, padded to keep their size.
bool isPlainDepthwise(const model::LayerShape& s)
{
    return s.kind == LayerKind::depthwise && s.conv.kernelHeight == s.conv.kernelWidth &&
           s.conv.strideHeight == 1 && s.conv.inHeight == s.conv.outHeight &&
           s.conv.inWidth == s.conv.outWidth;
}

EnergyOperator operatorOf(const Layer& layer)
{
    const model::LayerShape& s = layer.shape;
    if (s.k == 0)
        return {.name = s.name,
                .layer = {},
                .elementwise = static_cast<double>(s.batch) * static_cast<double>(s.m) *
                               static_cast<double>(s.n)};
    EnergyOperator one = rowsOperator(s.name, s.batch * s.m, s.k, s.n, layer.primitive);
    if (isPlainDepthwise(s))
        one.layer = {.n = s.conv.inChannels,
                     .h = s.conv.inHeight,
                     .w = s.conv.inWidth,
                     .r = s.conv.kernelHeight,
                     .s = s.conv.kernelWidth,
                     .padding = s.conv.kernelHeight / 2};
    one.biases = s.bias ? static_cast<double>(s.outputElements()) : 0;
    return one;
}

} // namespace

std::vector<Field<ShiftAddAssumptions>> shiftAddFields()
{
    using A = ShiftAddAssumptions;
    const auto energy = [](const char* name, const char* label) {
        return Parameter{.name = name,
                         .label = label,
                         .unit = "pJ",
                         .minimum = 0,
                         .maximum = 10'000,
                         .mark = Mark::code,
                         .help = "45 nm, 32 bits, per operation",
                         .group = "Energy",
                         .advanced = true};
    };
    const auto assumed = [](const char* name, const char* label, Mark mark, const char* help) {
        return Parameter{
            .name = name, .label = label, .mark = mark, .help = help, .group = "Assumptions"};
    };
    return {
        field<A, &A::narrowShifts>(
            assumed("narrow_shifts", "Shifts read words of 10 bits", Mark::code,
                    "At every level of memory, and 10 / 32 of the time; else 32 bits")),
        field<A, &A::addsStayOnChip>(
            assumed("adds_stay_on_chip", "Operands of additions stay on chip", Mark::code,
                    "Products with codes cost nothing at DRAM, buffer and network")),
        field<A, &A::compatRelease>(
            assumed("compat_release", "Count as the released code does", Mark::code,
                    "Without the addition behind each multiplication or shift, without biases and "
                    "layers that have no product")),
        field<A, &A::countElementwise>(
            assumed("count_elementwise", "Count layers without a product", Mark::ours,
                    "An addition for each element, read from the buffer and written to it; only "
                    "where it is not counted as released")),
        field<A, &A::multiplyPicojoule>(energy("e_multiply32", "Multiplication")),
        field<A, &A::addPicojoule>(energy("e_add32", "Addition")),
        field<A, &A::shiftPicojoule>(energy("e_shift32", "Shift")),
    };
}

LevelEnergy& LevelEnergy::operator+=(const LevelEnergy& other)
{
    operations += other.operations;
    dram += other.dram;
    buffer += other.buffer;
    network += other.network;
    registers += other.registers;
    return *this;
}

Result<OperatorEnergy> operatorEnergy(const EnergyOperator& one, const ShiftAddAssumptions& a)
{
    return KnownEnergies(a).of(one);
}

Result<EnergyReport> energyReport(const std::vector<EnergyOperator>& operators,
                                  const ShiftAddAssumptions& assumptions)
{
    EnergyReport report;
    KnownEnergies known(assumptions);
    for (const EnergyOperator& one : operators) {
        VITRINE_TRY(const OperatorEnergy energy, known.of(one));
        report.operators.push_back(energy);
        report.seconds += energy.seconds;
        LevelEnergy& of = one.elementwise > 0                 ? report.elementwise
                          : one.primitive == Primitive::shift ? report.shift
                          : one.primitive == Primitive::mask  ? report.add
                                                              : report.multiply;
        of += energy.energy;
    }
    return report;
}

EnergyOperator rowsOperator(std::string name, std::int64_t rows, std::int64_t in, std::int64_t out,
                            Primitive primitive, double share)
{
    return {.name = std::move(name),
            .layer = {.n = rows, .m = out, .c = in},
            .primitive = primitive,
            .share = share};
}

std::vector<EnergyOperator> energyOperators(const Workload& workload)
{
    std::vector<EnergyOperator> all;
    for (std::size_t i = 0; i < workload.layers.size(); ++i) {
        const Layer& layer = workload.layers[i];
        all.push_back(operatorOf(layer));
        if (i == 0 || !isExpert(layer, ".shift") || !isExpert(workload.layers[i - 1], ".mult"))
            continue;
        EnergyOperator &mult = all[all.size() - 2], &shift = all.back();
        const std::int64_t rows = mult.layer.n + shift.layer.n;
        for (EnergyOperator* expert : {&mult, &shift}) {
            expert->share = static_cast<double>(expert->layer.n) / static_cast<double>(rows);
            expert->layer.n = rows;
        }
    }
    return all;
}

} // namespace vitrine::sim
