#include "core/quant/vision/vision_operations.h"

#include "core/model/network/shift_add_network.h"
#include "core/model/vision/taylor_steps.h"

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

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
    // Of codes.
    void products(const model::LayerShape& shape, CodeWidths widths)
    {
        layer_.codeProducts[widths] += static_cast<double>(shape.macs());
        add(Operation::wholeAdd, static_cast<double>(shape.macs()));
    }
    // The same in single precision, by what the taps are computed with. A mask of zeros and ones
    // selects half of what it meets, on average; shifted numbers are of fixed point.
    void realProducts(const model::LayerShape& shape)
    {
        switch (shape.arithmetic) {
        case model::Arithmetic::multiply:
            products(shape, Operation::realMultiply, Operation::realAdd);
            return;
        case model::Arithmetic::shift:
            products(shape, Operation::shift, Operation::wholeAdd);
            return;
        case model::Arithmetic::mask:
            add(Operation::realAdd, 0.5 * static_cast<double>(shape.macs()));
            return;
        }
    }
    // Rows to unit length: squares, their sum, a root and a division for each row, a product for
    // each number.
    void unitRows(double rows, double values)
    {
        add(Operation::realMultiply, 2 * values);
        add(Operation::realAdd, values);
        add(Operation::realFunction, rows);
        add(Operation::realDivide, rows);
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

// A sign and an exponent, lowest .. 0, for each weight that shifts.
double shiftBits(const NetworkLayer& layer)
{
    return 1 + std::ceil(std::log2(1 - static_cast<double>(layer.offset)));
}

double realWeightBytes(const NetworkLayer& layer)
{
    const double all = kRealBytes * parametersOf(layer);
    if (layer.shape.arithmetic != model::Arithmetic::shift)
        return all;
    return all -
           static_cast<double>(layer.shape.weightElements()) * (kRealBytes - shiftBits(layer) / 8);
}

// Hash functions over the tokens of each head: unit length; of each anchor a product of all
// channels, which with both lengths gives the distance, the sum for sigma, a quotient by it, an
// exponential and the difference to its mean; of each bit a sum over the anchors and a comparison.
void countHashing(const NetworkLayer& codes, const model::ShiftAddSizes::Hashing& hashing,
                  Count& count)
{
    const auto heads = static_cast<double>(codes.side),
               tokens = heads * static_cast<double>(codes.shape.m),
               channels = static_cast<double>(codes.tensors.front().shape[2]),
               distances = tokens * static_cast<double>(hashing.anchors),
               sums = distances * static_cast<double>(hashing.bits);
    count.unitRows(tokens, tokens * channels);
    count.add(Operation::realMultiply, distances * (channels + 2) + sums);
    count.add(Operation::realAdd, distances * (channels + 4) + sums + elements(codes.shape));
    count.add(Operation::realFunction, distances);
    count.add(Operation::realDivide, heads);
}

// Layers that ViTALiTy and ShiftAddViT compute otherwise than their kind says.
bool countOwnSteps(const NetworkLayer& layer, Count& count)
{
    const model::LayerShape& shape = layer.shape;
    const double values = elements(shape);
    const bool isShiftAdd = layer.method == model::kShiftAdd;
    if (const auto hashing = model::hashingOf(layer)) {
        countHashing(layer, *hashing, count);
        return true;
    }
    if (isShiftAdd && shape.kind == LayerKind::activation) { // codes: unit length, then the mean
        count.unitRows(2 * static_cast<double>(shape.m * layer.side), values);
        count.add(Operation::realAdd, 2 * values);
        return true;
    }
    if (isShiftAdd && shape.kind == LayerKind::add) { // v / 2 + x / pi to unit length, plus dconv
        count.unitRows(static_cast<double>(shape.m * layer.side), values);
        count.add(Operation::realMultiply, 2 * values);
        count.add(Operation::realAdd, 2 * values);
        return true;
    }
    if (layer.isTaylor && shape.kind == LayerKind::scores) {
        // The prediction's product of 4-bit codes and both softmaxes, beside the exact scores.
        count.realProducts(shape);
        count.products(shape, CodeWidths{model::kPredictionBits, model::kPredictionBits});
        count.realSoftmax(values);
        count.realSoftmax(values);
        count.add(Operation::realAdd, 3 * values);
        count.add(Operation::realMultiply, 2 * values);
        return true;
    }
    if (shape.kind == LayerKind::centre) {
        count.add(Operation::realAdd, 2 * values); // their sum, the difference
        return true;
    }
    return false;
}

LayerOperations realOperations(const model::Network& network, const NetworkLayer& layer)
{
    const model::LayerShape& shape = layer.shape;
    const double values = elements(shape);
    Count count;
    count.weights(realWeightBytes(layer));
    if (countOwnSteps(layer, count))
        return count.take();
    switch (shape.kind) {
    case LayerKind::sums: // of keys and of values
        count.add(Operation::realAdd, 2 * elements(network.layers[layer.inputs[0]].shape));
        break;
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
            count.realProducts(shape);
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
        count.products(layer.shape, CodeWidths{inputBits(0), work.bits});
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
        count.products(layer.shape, CodeWidths{inputBits(0), inputBits(1)});
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
        if (work.weights == SoftmaxForm::uniform)
            count.products(layer.shape, CodeWidths{inputBits(0), inputBits(1)});
        else
            count.products(layer.shape, Operation::shift, Operation::wholeAdd);
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
            return realOperations(coded.network(), layer);
        const double values = elements(layer.shape);
        const Rescale by{0, work.halves->front().toOutputs};
        Count count;
        if (work.part == HeadPart::outputs) {
            // By the divisor's leading one, or by a divider.
            const bool divides = work.halves->front().division == HeadDivision::integer;
            count.add(divides ? Operation::wideDivide : Operation::shift, values);
        } else {
            // Key sums multiply by ones of as many bits, as the shape has it.
            count.products(layer.shape,
                           CodeWidths{inputBits(0), inputBits(layer.inputs.size() - 1)});
        }
        count.requantize(by, values);
        return count.take();
    }

private:
    int inputBits(std::size_t operand) const
    {
        return layer.inputs.empty() ? coded.input.bits
                                    : coded.layers[layer.inputs[operand]].output.bits;
    }
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

} // namespace

std::vector<LayerOperations> operationsOf(const model::Network& network)
{
    std::vector<LayerOperations> layers;
    for (const NetworkLayer& layer : network.layers)
        layers.push_back(realOperations(network, layer));
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

} // namespace vitrine::quant
