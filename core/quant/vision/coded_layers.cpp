#include "core/quant/vision/coded_layers.h"

#include "core/quant/vision/log_int_softmax.h"

#include <limits>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;
using model::NetworkLayer;

// Two codes of 8 bits times that are sums of 32 bits.
constexpr int kMostSumShift = 22;

// A pure shift, or a multiplier of 31 bits (requantizer.h): sums of 32 bits stay within 63.
bool isRequantizer(std::int64_t multiplier, std::int64_t shift)
{
    if (multiplier == 1)
        return shift >= -31 && shift <= 62;
    return multiplier >= std::int64_t{1} << 30 && multiplier < std::int64_t{1} << 31 &&
           shift >= 1 && shift <= 62;
}

bool isWholeSum(double x)
{
    return x == std::floor(x) && std::abs(x) < 2147483648.0;
}

// Requantizers of `count` sums: real factors, or multipliers and shifts beside them.
void describe(CodedRecord& record, const std::string& key, std::vector<Rescale>& all,
              std::int64_t count)
{
    bool isWhole = !all.empty() && all.front().whole.has_value();
    std::vector<double> factors;
    std::vector<std::int64_t> multipliers, shifts;
    for (const Rescale& by : all) {
        factors.push_back(by.factor);
        if (by.whole) {
            multipliers.push_back(by.whole->multiplier);
            shifts.push_back(by.whole->shift);
        }
    }
    record.flag((key + "_whole").c_str(), isWhole);
    record.numbers(key + ".factor", factors, count);
    if (isWhole) {
        record.numbers(key + ".multiplier", multipliers, count);
        record.numbers(key + ".shift", shifts, count);
        for (std::size_t i = 0; record.problem().empty() && i < shifts.size(); ++i)
            if (!isRequantizer(multipliers[i], shifts[i]))
                record.fail(key.c_str(), fmt::format("holds {} / 2^{}, which is no requantizer",
                                                     multipliers[i], shifts[i]));
    }
    if (!record.isReading() || !record.problem().empty())
        return;
    all.resize(factors.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = {factors[i], {}};
        if (isWhole)
            all[i].whole = Requantizer{multipliers[i], static_cast<int>(shifts[i])};
    }
}

void describe(CodedRecord& record, const std::string& key, Rescale& by)
{
    std::vector<Rescale> one = {by};
    describe(record, key, one, 1);
    if (!one.empty())
        by = one.front();
}

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
        record.expectWithin<std::int64_t>("sum", *by, 0, std::int64_t{1} << kMostSumShift);
}

void describe(CodedRecord& record, const NetworkLayer& layer, CodedProduct& product)
{
    const model::LayerShape& shape = layer.shape;
    const std::int64_t outputs = shape.n, inputs = shape.k;
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
    bool hasTable = product.before.has_value();
    record.flag("activation_table", hasTable);
    if (!hasTable)
        return;
    if (record.isReading())
        product.before.emplace();
    describe(record, "before", *product.before, 0);
    record.numbers("table", product.table, product.before->high() - product.before->low() + 1);
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

// What methods do with a layer of this kind; nothing: they do not know it.
const char* expectedWork(LayerKind kind)
{
    switch (kind) {
    case LayerKind::conv:
    case LayerKind::linear:
        return "product";
    case LayerKind::tokens:
        return "tokens";
    case LayerKind::add:
        return "sum";
    case LayerKind::norm:
        return "norm";
    case LayerKind::scores:
        return "scores";
    case LayerKind::softmax:
        return "softmax";
    case LayerKind::values:
        return "values";
    case LayerKind::select:
        return "select";
    case LayerKind::activation:
        return "with its product";
    default:
        return nullptr;
    }
}

bool holds(const CodedLayer& layer, std::string_view work)
{
    return (std::holds_alternative<CodedProduct>(layer.work) && work == "product") ||
           (std::holds_alternative<CodedTokens>(layer.work) && work == "tokens") ||
           (std::holds_alternative<CodedSum>(layer.work) && work == "sum") ||
           (std::holds_alternative<CodedNorm>(layer.work) && work == "norm") ||
           (std::holds_alternative<CodedScores>(layer.work) && work == "scores") ||
           (std::holds_alternative<CodedSoftmax>(layer.work) && work == "softmax") ||
           (std::holds_alternative<CodedValues>(layer.work) && work == "values") ||
           (std::holds_alternative<CodedSelect>(layer.work) && work == "select") ||
           (std::holds_alternative<std::monostate>(layer.work) && work == "with its product");
}

} // namespace

void describe(CodedRecord& record, const std::string& key, CodeGrid& grid, std::int64_t channels)
{
    const auto of = [&](const char* what) { return key + "_" + what; };
    record.whole(of("bits").c_str(), grid.bits, 2, 8);
    record.flag(of("signed").c_str(), grid.isSigned);
    record.positive(of("scale").c_str(), grid.scale);
    record.whole(of("zero").c_str(), grid.zero, 0, 0);
    bool isShifted = !grid.shifts.empty();
    record.flag(of("shifted").c_str(), isShifted);
    if (isShifted) {
        record.numbers(key + ".shifts", grid.shifts, channels);
        record.expectWithin<std::uint8_t>(key.c_str(), grid.shifts, 0, 3);
    }
}

void describeLayer(CodedRecord& record, const model::Network& network, std::size_t place,
                   CodedVision& coded)
{
    const NetworkLayer& layer = network.layers[place];
    CodedLayer& own = coded.layers[place];
    const char* work = expectedWork(layer.shape.kind);
    if (!work || (!record.isReading() && !holds(own, work)))
        return record.fail(
            "kind", fmt::format("{} is not kept in files of codes", kindName(layer.shape.kind)));
    describe(record, "output", own.output, layer.shape.n);
    const std::string_view name = work;
    if (name == "product")
        describe(record, layer, workOf<CodedProduct>(record, own));
    else if (name == "tokens")
        describe(record, layer, workOf<CodedTokens>(record, own));
    else if (name == "sum")
        describe(record, workOf<CodedSum>(record, own), layer.shape.n);
    else if (name == "norm")
        describe(record, coded.layers[layer.inputs[0]].output, own.output, layer,
                 workOf<CodedNorm>(record, own));
    else if (name == "scores")
        describe(record, "rescale", workOf<CodedScores>(record, own).rescale);
    else if (name == "softmax") {
        auto& softmax = workOf<CodedSoftmax>(record, own);
        describe(record, softmax.form, softmax.bits);
        if (record.isReading() && softmax.form == SoftmaxForm::whole)
            if (const auto checked =
                    LogIntSoftmax::check(coded.layers[layer.inputs[0]].output.scale, softmax.bits);
                !checked)
                record.fail("softmax", checked.error().message);
    } else if (name == "values") {
        auto& values = workOf<CodedValues>(record, own);
        describe(record, values.weights, values.bits);
        const auto& softmax = std::get<CodedSoftmax>(coded.layers[layer.inputs[0]].work);
        if (softmax.form != values.weights || softmax.bits != values.bits)
            record.fail("softmax", "is not that of the layer it reads");
        describe(record, "rescale", values.rescale);
    } else if (name == "select" && record.isReading()) {
        own.work = CodedSelect{};
    }
}

} // namespace vitrine::quant
