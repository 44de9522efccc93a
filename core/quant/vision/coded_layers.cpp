#include "core/quant/vision/coded_layers.h"

#include "core/quant/vision/coded_maps.h"
#include "core/quant/vision/log_int_softmax.h"
#include "core/quant/vision/trio_places.h"

#include <limits>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;
using model::NetworkLayer;

// Two codes of 8 bits times 2^that are sums of 32 bits.
constexpr int kMostSumFactor = 22, kMostSumShift = 62;

void describe(CodedRecord& record, CodedSum& sum, std::int64_t channels)
{
    bool isWhole = !sum.firstBy.empty();
    record.flag("sum_whole", isWhole);
    record.whole("sum_shift", sum.shift, 0, kMostSumShift);
    if (!isWhole)
        return;
    record.numbers("sum.first", sum.firstBy, channels);
    record.numbers("sum.second", sum.secondBy, channels);
    for (const auto* by : {&sum.firstBy, &sum.secondBy})
        record.expectWithin<std::int64_t>("sum", *by, 0, std::int64_t{1} << kMostSumFactor);
}

// The activation from code to code.
void describeTable(CodedRecord& record, CodedProduct& product)
{
    bool hasTable = product.before && !product.hardSwish;
    record.flag("activation_table", hasTable);
    if (!hasTable)
        return;
    if (record.isReading())
        product.before.emplace();
    describe(record, "before", *product.before, 0);
    record.numbers("table", product.table, product.before->high() - product.before->low() + 1);
}

void describe(CodedRecord& record, const NetworkLayer& layer, CodedProduct& product)
{
    const model::LayerShape& shape = layer.shape;
    const std::int64_t outputs = shape.batch * shape.n, inputs = shape.k;
    record.whole("weight_bits", product.bits, 2, 8);
    record.numbers("weight", product.weights, outputs * inputs, {outputs, inputs});
    const auto high = static_cast<std::int8_t>((1 << (product.bits - 1)) - 1);
    record.expectWithin<std::int8_t>("weight", product.weights, static_cast<std::int8_t>(-high - 1),
                                     high);
    bool isPerOutput = product.weightScales.size() > 1;
    record.flag("scale_for_each_output", isPerOutput);
    record.numbers("weight_scale", product.weightScales, isPerOutput ? outputs : 1);
    record.expectWithin<double>("weight_scale", product.weightScales,
                                std::numeric_limits<double>::min(),
                                std::numeric_limits<double>::max());
    record.numbers("bias", product.bias, outputs);
    describe(record, "rescale", product.rescales, outputs);
    const bool isWhole = !product.rescales.empty() && product.rescales.front().whole;
    if (isWhole && !std::ranges::all_of(product.bias, isWholeSum))
        record.fail("bias", "holds a number that is no whole one of 32 bits");
    record.choice("after", product.after, {"none", "gelu", "hard_swish"});
}

void describe(CodedRecord& record, const NetworkLayer& layer, CodedTokens& tokens)
{
    const auto elements = [&](bool isPosition) {
        std::int64_t count = 0;
        for (const model::NetworkTensor& tensor : layer.tensors)
            if (tensor.use != model::TensorUse::unused &&
                (tensor.name == "pos_embed") == isPosition)
                count += elementCount(tensor.shape).value_or(0);
        return count;
    };
    record.numbers("first", tokens.first, elements(false));
    record.numbers("positions", tokens.positions, elements(true));
    describe(record, "position_grid", tokens.positionGrid, 0);
    describe(record, tokens.sum, layer.shape.n);
}

void describe(CodedRecord& record, const CodeGrid& from, const CodeGrid& to,
              const NetworkLayer& layer, CodedNorm& norm)
{
    const std::int64_t channels = layer.shape.n;
    bool isSmoothed = !norm.factors.empty(), isWhole = norm.whole.has_value();
    record.numbers("norm_weight", norm.weight, channels);
    record.numbers("norm_bias", norm.bias, channels);
    record.flag("smoothed", isSmoothed);
    if (isSmoothed) {
        record.numbers("smoothing", norm.factors, channels);
        record.expectWithin<double>("smoothing", norm.factors, std::numeric_limits<double>::min(),
                                    std::numeric_limits<double>::max());
    }
    record.positive("epsilon", norm.epsilon);
    record.flag("whole", isWhole);
    IntegerLayerNormOptions options;
    if (norm.whole)
        options.multiplierBits = norm.whole->tables().multiplierBits;
    if (isWhole)
        record.whole("multiplier_bits", options.multiplierBits, 1, 16);
    if (!record.isReading() || !record.problem().empty() || !isWhole)
        return;
    if (const auto checked = IntegerLayerNorm::check(from, to, norm.weight, norm.bias, options);
        !checked)
        return record.fail("whole", checked.error().message);
    norm.whole.emplace(from, to, norm.weight, norm.bias, options);
}

// Bits of weights that are powers of two are those of the exponent.
void describe(CodedRecord& record, SoftmaxForm& form, int& bits)
{
    record.choice("softmax", form, {"uniform", "log2", "whole"});
    record.whole("softmax_bits", bits, 2, form == SoftmaxForm::uniform ? 8 : 4);
}

// The work of a layer, an empty one where it is to be read.
template <typename Work>
Work& workOf(CodedRecord& record, CodedLayer& layer)
{
    if (record.isReading())
        layer.work = Work{};
    return std::get<Work>(layer.work);
}

void describeProduct(CodedRecord& record, const model::Network& network, std::size_t place,
                     CodedVision& coded)
{
    auto& product = workOf<CodedProduct>(record, coded.layers[place]);
    describe(record, network.layers[place], product);
    if (isOfEfficientVit(network))
        describeHardSwish(record, network, place, coded.layers, product);
    else
        describeTable(record, product);
}

void describeSoftmax(CodedRecord& record, CodedSoftmax& softmax, const CodeGrid& scores)
{
    describe(record, softmax.form, softmax.bits);
    if (!record.isReading() || softmax.form != SoftmaxForm::whole)
        return;
    if (const auto checked = LogIntSoftmax::check(scores.scale, softmax.bits); !checked)
        record.fail("softmax", checked.error().message);
}

void describeValues(CodedRecord& record, CodedValues& values, const CodedLayer& weights)
{
    describe(record, values.weights, values.bits);
    const auto& softmax = std::get<CodedSoftmax>(weights.work);
    if (softmax.form != values.weights || softmax.bits != values.bits)
        record.fail("softmax", "is not that of the layer it reads");
    describe(record, "rescale", values.rescale);
}

// What methods do with a layer, by its kind; nothing: they do not know it.
std::optional<std::size_t> expectedWork(const model::Network& network, const NetworkLayer& layer)
{
    const auto of = []<typename Work>(Work) { return decltype(CodedLayer::work)(Work{}).index(); };
    if (isOfEfficientVit(network) && headPartOf(layer))
        return of(CodedHeads{});
    switch (layer.shape.kind) {
    case LayerKind::conv:
    case LayerKind::linear:
        return of(CodedProduct{});
    case LayerKind::tokens:
        return of(CodedTokens{});
    case LayerKind::add:
        return of(CodedSum{});
    case LayerKind::norm:
        return of(CodedNorm{});
    case LayerKind::scores:
        return of(CodedScores{});
    case LayerKind::softmax:
        return of(CodedSoftmax{});
    case LayerKind::values:
        return of(CodedValues{});
    case LayerKind::select:
        return of(CodedSelect{});
    case LayerKind::activation:
        return network.layers[layer.inputs[0]].shape.kind == LayerKind::norm ? of(CodedTable{})
                                                                             : of(std::monostate{});
    default:
        break;
    }
    if (!isOfEfficientVit(network))
        return {};
    switch (layer.shape.kind) {
    case LayerKind::depthwise:
    case LayerKind::grouped:
        return of(CodedProduct{});
    case LayerKind::concat:
        return of(CodedConcat{});
    case LayerKind::pool:
        return of(CodedPool{});
    default:
        return {};
    }
}

} // namespace

GridLimits gridLimits(const model::Network& network)
{
    return {.hasZero = isOfEfficientVit(network)};
}

void describeGrids(CodedRecord& record, const model::Network& network, std::size_t place,
                   CodedVision& coded)
{
    const NetworkLayer& layer = network.layers[place];
    GridLimits limits = gridLimits(network);
    const bool isPart = isOfEfficientVit(network) && headPartOf(layer);
    if (isPart)
        limits.bits = kMostHeadBits;
    describe(record, "output", coded.layers[place].output, layer.shape.n, limits);
    if (isPart || layer.shape.kind == LayerKind::concat)
        describeSecond(record, layer, coded.layers[place], limits);
}

void describeLayer(CodedRecord& record, const model::Network& network, std::size_t place,
                   CodedVision& coded)
{
    const NetworkLayer& layer = network.layers[place];
    CodedLayer& own = coded.layers[place];
    const auto work = expectedWork(network, layer);
    if (!work || (!record.isReading() && own.work.index() != *work))
        return record.fail(
            "kind", fmt::format("{} is not kept in files of codes", kindName(layer.shape.kind)));
    const auto inputGrid = [&](std::size_t operand) -> const CodeGrid& {
        return coded.layers[layer.inputs[operand]].output;
    };
    switch (layer.shape.kind) {
    case LayerKind::conv:
    case LayerKind::depthwise:
    case LayerKind::grouped:
    case LayerKind::linear:
        return describeProduct(record, network, place, coded);
    case LayerKind::tokens:
        return describe(record, layer, workOf<CodedTokens>(record, own));
    case LayerKind::add:
        return describe(record, workOf<CodedSum>(record, own), layer.shape.n);
    case LayerKind::norm:
        return describe(record, inputGrid(0), own.output, layer, workOf<CodedNorm>(record, own));
    case LayerKind::scores:
        return describe(record, "rescale", workOf<CodedScores>(record, own).rescale);
    case LayerKind::softmax:
        return describeSoftmax(record, workOf<CodedSoftmax>(record, own), inputGrid(0));
    case LayerKind::values:
        return describeValues(record, workOf<CodedValues>(record, own),
                              coded.layers[layer.inputs[0]]);
    case LayerKind::select:
        workOf<CodedSelect>(record, own);
        return;
    case LayerKind::activation:
        if (*work != 0)
            describeCodes(record, inputGrid(0), own.output, workOf<CodedTable>(record, own));
        return;
    case LayerKind::concat:
        workOf<CodedConcat>(record, own);
        return describeConcat(record, layer, coded.layers, own);
    case LayerKind::pool:
        return describe(record, "rescale", workOf<CodedPool>(record, own).rescale);
    default:
        return describeHeads(record, network, place, coded.layers, workOf<CodedHeads>(record, own));
    }
}

} // namespace vitrine::quant
