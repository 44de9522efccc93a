#include "core/quant/vision/vision_operations.h"

#include <algorithm>

namespace vitrine::quant
{
namespace
{

using evidence::Mark;
using model::LayerKind;
using model::NetworkLayer;

constexpr double kRealBytes = 4, kBiasBytes = 4;

// Counts of one layer.
class Count
{
public:
    void add(Operation operation, double times) { layer_.counts[operation] += times; }
    void weights(double bytes) { layer_.weightBytes += bytes; }

    // Multiplications and additions of a product.
    void products(const model::LayerShape& shape, Operation multiply, Operation plus)
    {
        add(multiply, static_cast<double>(shape.macs()));
        add(plus, static_cast<double>(shape.macs()));
    }
    void requantize(const Rescale& by, double values)
    {
        if (!by.whole) { // there and back between whole and real numbers
            add(Operation::realMultiply, 2 * values);
            return;
        }
        if (!by.whole->isShift())
            add(Operation::wideMultiply, values);
        add(Operation::shift, values);
        add(Operation::wholeAdd, values);
    }
    // Mean, variance and the affine step, for each number; once for each row a root and a division.
    void realNorm(double rows, double values)
    {
        add(Operation::realAdd, 4 * values);
        add(Operation::realMultiply, 3 * values);
        add(Operation::realFunction, rows);
        add(Operation::realDivide, rows);
    }
    void realSoftmax(double values)
    {
        add(Operation::realAdd, 2 * values);
        add(Operation::realFunction, values);
        add(Operation::realDivide, values);
    }
    LayerOperations take() { return std::move(layer_); }

private:
    LayerOperations layer_;
};

double elements(const model::LayerShape& shape)
{
    return static_cast<double>(shape.batch * shape.m * shape.n);
}

double parametersOf(const NetworkLayer& layer)
{
    double count = 0;
    for (const model::NetworkTensor& tensor : layer.tensors) {
        double size = 1;
        for (const std::int64_t length : tensor.shape)
            size *= static_cast<double>(length);
        // Normalisations and factors are folded into the weights before them.
        const bool isFolded =
            (!layer.batchNorm.empty() && tensor.name.starts_with(layer.batchNorm)) ||
            (!layer.factor.empty() && tensor.name == layer.factor);
        count += tensor.use == model::TensorUse::unused || isFolded ? 0 : size;
    }
    return count;
}

LayerOperations realOperations(const NetworkLayer& layer)
{
    const model::LayerShape& shape = layer.shape;
    const double values = elements(shape);
    Count count;
    count.weights(kRealBytes * parametersOf(layer));
    switch (shape.kind) {
    case LayerKind::norm:
        count.realNorm(static_cast<double>(shape.batch * shape.m), values);
        break;
    case LayerKind::softmax:
        count.realSoftmax(values);
        break;
    case LayerKind::activation:
        count.add(Operation::realMultiply, 2 * values);
        count.add(layer.function == model::Function::gelu ? Operation::realFunction
                                                          : Operation::realAdd,
                  values);
        break;
    case LayerKind::add:
    case LayerKind::tokens:
        count.add(Operation::realAdd, values);
        break;
    case LayerKind::divide:
        count.add(Operation::realDivide, values);
        break;
    case LayerKind::pool:
        count.add(Operation::realAdd, values);
        break;
    default:
        if (shape.k > 0) {
            count.products(shape, Operation::realMultiply, Operation::realAdd);
            if (shape.bias)
                count.add(Operation::realAdd, values);
            if (shape.kind == LayerKind::scores)
                count.add(Operation::realMultiply, values);
        }
    }
    return count.take();
}

struct CodedCount {
    const NetworkLayer& layer;
    const CodedVision& coded;

    LayerOperations operator()(std::monostate) const { return {}; }
    LayerOperations operator()(const CodedSelect&) const { return {}; }
    LayerOperations operator()(const CodedProduct& work) const
    {
        const double values = elements(layer.shape);
        Count count;
        count.products(layer.shape, Operation::wholeMultiply, Operation::wholeAdd);
        count.add(work.rescales.front().whole ? Operation::wholeAdd : Operation::realAdd, values);
        count.requantize(work.rescales.front(), values);
        if (work.hardSwish) { // the gate, two products, the centre, and the unit's own requantizer
            count.add(Operation::wholeAdd, 2 * values);
            count.add(Operation::wideMultiply, 2 * values);
            count.requantize({0, work.hardSwish->by.front()}, values);
        } else if (work.after != model::Function::none) {
            count.add(work.before ? Operation::lookUp : Operation::realFunction, values);
        }
        count.weights(static_cast<double>(work.weights.size()) * work.bits / 8 +
                      kBiasBytes * static_cast<double>(work.bias.size()) + scaleBytes(work));
        return count.take();
    }
    LayerOperations operator()(const CodedTokens& work) const
    {
        Count count;
        addSum(count, work.sum);
        count.weights(static_cast<double>(work.first.size() + work.positions.size()));
        return count.take();
    }
    LayerOperations operator()(const CodedSum& work) const
    {
        Count count;
        addSum(count, work);
        return count.take();
    }
    LayerOperations operator()(const CodedNorm& work) const
    {
        const double values = elements(layer.shape),
                     rows = static_cast<double>(layer.shape.batch * layer.shape.m);
        Count count;
        count.weights(kRealBytes * static_cast<double>(work.weight.size() + work.bias.size()));
        if (!work.whole) {
            count.realNorm(rows, values);
            count.requantize({1, {}}, values);
            return count.take();
        }
        // Shift by the channel's factor, sum and sum of squares; then M x + B and a shift. The
        // multiplier of each number is a division by the row's root.
        count.add(Operation::shift, 2 * values);
        count.add(Operation::wholeAdd, 4 * values);
        count.add(Operation::wideMultiply, 3 * values);
        return count.take();
    }
    LayerOperations operator()(const CodedScores& work) const
    {
        Count count;
        count.products(layer.shape, Operation::wholeMultiply, Operation::wholeAdd);
        count.requantize(work.rescale, elements(layer.shape));
        return count.take();
    }
    LayerOperations operator()(const CodedSoftmax& work) const
    {
        const double values = elements(layer.shape);
        Count count;
        if (work.form != SoftmaxForm::whole) {
            count.realSoftmax(values);
            count.requantize({1, {}}, values);
            return count.take();
        }
        // Log-Int-Softmax: two steps of the polynomial, a shift, the sum, and a division.
        count.add(Operation::wholeAdd, 5 * values);
        count.add(Operation::wideMultiply, 2 * values);
        count.add(Operation::shift, 2 * values);
        return count.take();
    }
    LayerOperations operator()(const CodedValues& work) const
    {
        Count count;
        count.products(layer.shape,
                       work.weights == SoftmaxForm::uniform ? Operation::wholeMultiply
                                                            : Operation::shift,
                       Operation::wholeAdd);
        count.requantize(work.rescale, elements(layer.shape));
        return count.take();
    }

    LayerOperations operator()(const CodedTable&) const
    {
        Count count;
        count.add(Operation::lookUp, elements(layer.shape));
        return count.take();
    }
    LayerOperations operator()(const CodedPool& work) const
    {
        Count count;
        count.add(Operation::wholeAdd, elements(layer.shape));
        count.requantize(work.rescale, static_cast<double>(layer.shape.n));
        return count.take();
    }
    LayerOperations operator()(const CodedConcat&) const { return {}; }
    LayerOperations operator()(const CodedHeads& work) const
    {
        if (!work.halves)
            return realOperations(layer);
        const double values = elements(layer.shape);
        const Rescale by{0, work.halves->front().toOutputs};
        Count count;
        if (work.part == HeadPart::outputs) {
            // By the divisor's leading one, or by a divider.
            const bool divides = work.halves->front().division == HeadDivision::integer;
            count.add(divides ? Operation::wideDivide : Operation::shift, values);
        } else {
            count.products(layer.shape, Operation::wholeMultiply, Operation::wholeAdd);
        }
        count.requantize(by, values);
        return count.take();
    }

private:
    static double scaleBytes(const CodedProduct& work)
    {
        // An exponent is a byte, any other scale a number of 4.
        const bool isShift = work.rescales.front().whole && work.rescales.front().whole->isShift();
        return static_cast<double>(work.weightScales.size()) * (isShift ? 1 : kRealBytes);
    }
    void addSum(Count& count, const CodedSum& work) const
    {
        const double values = elements(layer.shape);
        if (work.firstBy.empty()) {
            count.add(Operation::realMultiply, 2 * values);
            count.add(Operation::realAdd, values);
            count.requantize({1, {}}, values);
            return;
        }
        const bool isShift =
            std::ranges::all_of(work.firstBy, [](std::int64_t by) { return (by & (by - 1)) == 0; });
        count.add(isShift ? Operation::shift : Operation::wideMultiply, 2 * values);
        count.add(Operation::wholeAdd, 2 * values);
        count.add(Operation::shift, values);
    }
};

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
    case Operation::wholeMultiply:
        return "multiply codes";
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
    case Operation::wholeMultiply:
        return wholeMultiply;
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

double LayerOperations::picojoules(const OperationEnergies& energies) const
{
    double sum = energies.countTraffic ? weightBytes * energies.dramPerByte : 0;
    for (const auto& [operation, times] : counts)
        sum += times * energies.of(operation);
    return sum;
}

std::vector<LayerOperations> operationsOf(const model::Network& network)
{
    std::vector<LayerOperations> layers;
    std::ranges::transform(network.layers, std::back_inserter(layers), realOperations);
    return layers;
}

std::vector<LayerOperations> operationsOf(const CodedVision& coded)
{
    std::vector<LayerOperations> layers;
    for (std::size_t i = 0; i < coded.layers.size(); ++i)
        layers.push_back(
            std::visit(CodedCount{coded.network().layers[i], coded}, coded.layers[i].work));
    return layers;
}

LayerOperations totalOf(const std::vector<LayerOperations>& layers)
{
    LayerOperations total;
    for (const LayerOperations& layer : layers) {
        for (const auto& [operation, times] : layer.counts)
            total.counts[operation] += times;
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
        evidence::field<E, &E::wholeMultiply>(
            energy("energy_multiply", "Multiply codes", Mark::unverified, "8 bits; Horowitz 2014")),
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
        evidence::field<E, &E::lookUp>(
            energy("energy_look_up", "Look up", Mark::ours, "A table of 256 bytes")),
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
