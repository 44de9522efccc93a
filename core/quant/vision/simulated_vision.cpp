#include "core/quant/vision/simulated_vision.h"

#include "core/quant/vision/simulated_heads.h"
#include "core/quant/vision/simulated_steps.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::quant
{
namespace
{

using model::NetworkLayer;

// What stands for the input of a network among the places of layers.
constexpr std::size_t kPicture = static_cast<std::size_t>(-1);

class SimulatedRun
{
public:
    SimulatedRun(const CodedVision& coded, const SimulatedPass& pass)
        : coded_(coded),
          pass_(pass),
          to_{Rounding::halfUp, pass.count},
          outputs_(coded.layers.size())
    {
    }

    ResultCodes run(std::span<const float> picture)
    {
        codePicture(picture);
        ResultCodes result;
        for (const model::Step& step : model::forwardPlan(coded_.network())) {
            const CodedLayer& layer = coded_.layers[step.layer];
            if (std::holds_alternative<std::monostate>(layer.work))
                continue; // done by the product before it
            const std::size_t place = placeOf(step.layer);
            outputs_[place] = compute(step.layer, coded_.layers[place].output);
            tell(place);
            for (const std::size_t done : step.released)
                if (done != place)
                    outputs_[done].resize(0, 0);
        }
        for (const std::size_t head : resultLayers(coded_.network()))
            for (const double code : outputs_[head].reshaped<Eigen::RowMajor>())
                result.push_back(static_cast<std::int32_t>(code) +
                                 static_cast<std::int32_t>(coded_.layers[head].output.zero));
        return result;
    }

private:
    // Where the output of a product and its activation stands: the activation's place.
    std::size_t placeOf(std::size_t layer) const
    {
        const auto* product = std::get_if<CodedProduct>(&coded_.layers[layer].work);
        return product && product->after != model::Function::none ? layer + 1 : layer;
    }
    void codePicture(std::span<const float> picture)
    {
        const model::ConvShape& stem = coded_.network().layers.front().shape.conv;
        picture_.resize(stem.inHeight * stem.inWidth, stem.inChannels);
        for (Eigen::Index i = 0; i < picture_.size(); ++i)
            picture_.data()[i] = static_cast<double>(
                coded_.input.code(static_cast<double>(picture[static_cast<std::size_t>(i)]),
                                  Rounding::halfUp) -
                coded_.input.zero);
    }
    SimulatedInput inputOf(std::size_t layer, std::size_t operand) const
    {
        const NetworkLayer& described = coded_.network().layers[layer];
        const std::size_t from = described.inputs.empty() ? kPicture : described.inputs[operand];
        if (from == kPicture)
            return {&picture_, &coded_.input};
        const CodedLayer& given = coded_.layers[from];
        return {&outputs_[from], &given.output, given.second ? &*given.second : nullptr};
    }
    Matrix compute(std::size_t layer, const CodeGrid& output) const;
    void tell(std::size_t place) const;

    const CodedVision& coded_;
    const SimulatedPass& pass_;
    SimulatedRounding to_;
    Matrix picture_;
    std::vector<Matrix> outputs_;
};

Matrix SimulatedRun::compute(std::size_t at, const CodeGrid& output) const
{
    struct Work {
        const SimulatedRun& run;
        std::size_t at;
        const NetworkLayer& layer;
        const CodeGrid& output;

        SimulatedInput in(std::size_t operand) const { return run.inputOf(at, operand); }
        Matrix operator()(std::monostate) const { return {}; }
        Matrix operator()(const CodedProduct& w) const
        {
            return simulateProduct(layer, w, in(0), output, run.to_);
        }
        Matrix operator()(const CodedTokens& w) const
        {
            return simulateTokens(w, in(0), output, run.to_);
        }
        Matrix operator()(const CodedSum& w) const
        {
            return simulateSum(w, in(0), in(1), output, run.to_);
        }
        Matrix operator()(const CodedNorm& w) const
        {
            return simulateNorm(w, in(0), output, run.to_);
        }
        Matrix operator()(const CodedScores& w) const
        {
            return simulateScores(layer.shape, w, in(0), output, run.to_);
        }
        Matrix operator()(const CodedSoftmax& w) const
        {
            return simulateSoftmax(w, in(0), output, run.to_);
        }
        Matrix operator()(const CodedValues& w) const
        {
            return simulateValues(layer.shape, w, in(0), in(1), output, run.to_);
        }
        Matrix operator()(const CodedSelect&) const { return in(0).codes->row(layer.offset); }
        Matrix operator()(const CodedTable& w) const { return simulateTable(w, in(0), output); }
        Matrix operator()(const CodedPool& w) const
        {
            return simulatePool(w, in(0), output, run.to_);
        }
        Matrix operator()(const CodedConcat&) const { return simulateConcat(in(0), in(1)); }
        Matrix operator()(const CodedHeads& w) const
        {
            std::vector<SimulatedInput> inputs;
            for (std::size_t operand = 0; operand < layer.inputs.size(); ++operand)
                inputs.push_back(in(operand));
            return simulateHeads(layer, w, inputs, run.coded_.layers[at], run.to_);
        }
    };
    return std::visit(Work{*this, at, coded_.network().layers[at], output}, coded_.layers[at].work);
}

// What the codes of one layer stand for in the original network.
class OriginalValues
{
public:
    OriginalValues(const CodedVision& coded, std::size_t layer)
        : layer_(coded.layers[layer]),
          isByRow_(isByRow(layer_)),
          // The activation of a product stands behind it.
          product_(productBefore(coded, layer)),
          norm_(std::get_if<CodedNorm>(&layer_.work))
    {
    }

    Matrix of(const Matrix& codes) const
    {
        Matrix values = codes;
        const Eigen::Index half = (isByRow_ ? codes.rows() : codes.cols()) / 2;
        for (Eigen::Index r = 0; r < values.rows(); ++r)
            for (Eigen::Index c = 0; c < values.cols(); ++c)
                values(r, c) =
                    original(values(r, c), (isByRow_ ? r : c) >= half, static_cast<std::size_t>(c));
        return values;
    }

private:
    static bool isByRow(const CodedLayer& layer)
    {
        const auto* heads = std::get_if<CodedHeads>(&layer.work);
        return heads && (heads->part == HeadPart::context || heads->part == HeadPart::keySums);
    }
    static const CodedProduct* productBefore(const CodedVision& coded, std::size_t layer)
    {
        return std::holds_alternative<std::monostate>(coded.layers[layer].work)
                   ? std::get_if<CodedProduct>(&coded.layers[layer - 1].work)
                   : nullptr;
    }
    double original(double code, bool isSecond, std::size_t channel) const
    {
        const CodeGrid& grid = isSecond && layer_.second ? *layer_.second : layer_.output;
        double value = code * (isSoftmaxOfPowers(layer_) ? std::ldexp(1.0, -kSoftmaxFraction)
                                                         : grid.scaleOf(channel));
        if (norm_ && !norm_->factors.empty())
            value /= norm_->factors[channel];
        if (product_ && !product_->factors.empty())
            value *= product_->factors[channel];
        if (product_ && !product_->centres.empty())
            value += product_->centres[channel];
        return value;
    }

    const CodedLayer& layer_;
    bool isByRow_;
    const CodedProduct* product_;
    const CodedNorm* norm_;
};

void SimulatedRun::tell(std::size_t place) const
{
    if (!pass_.observe)
        return;
    const Matrix values = OriginalValues(coded_, place).of(outputs_[place]);
    pass_.observe({place,
                   values.rows(),
                   values.cols(),
                   {values.data(), static_cast<std::size_t>(values.size())}});
}

} // namespace

Result<SimulatedVision> SimulatedVision::make(std::shared_ptr<const CodedVision> coded)
{
    assert(coded->layers.size() == coded->network().layers.size());
    return SimulatedVision(std::move(coded));
}

Result<ResultCodes> SimulatedVision::run(std::span<const float> picture,
                                         const SimulatedPass& pass) const
{
    VITRINE_CHECK(checkPicture(*coded_, picture));
    return SimulatedRun(*coded_, pass).run(picture);
}

Result<void> checkPicture(const CodedVision& coded, std::span<const float> picture)
{
    const model::ConvShape& stem = coded.network().layers.front().shape.conv;
    if (static_cast<std::int64_t>(picture.size()) != stem.inHeight * stem.inWidth * stem.inChannels)
        return argumentError("a picture of {} values was given, {} x {} x {} are expected",
                             picture.size(), stem.inHeight, stem.inWidth, stem.inChannels);
    const auto bad = std::ranges::find_if(picture, [](float x) { return !std::isfinite(x); });
    if (bad != picture.end())
        return argumentError("value {} of the prepared picture is {}: no code stands for that",
                             bad - picture.begin(), std::isnan(*bad) ? "NaN" : "infinite");
    return {};
}

std::vector<std::size_t> resultLayers(const model::Network& network)
{
    std::vector<bool> isRead(network.layers.size());
    for (const NetworkLayer& layer : network.layers)
        for (const std::size_t input : layer.inputs)
            isRead[input] = true;
    std::vector<std::size_t> results;
    for (std::size_t i = 0; i < isRead.size(); ++i)
        if (!isRead[i])
            results.push_back(i);
    return results;
}

std::vector<float> logitsOf(const CodedVision& coded, const ResultCodes& codes)
{
    const std::vector<std::size_t> heads = resultLayers(coded.network());
    const std::size_t classes = codes.size() / heads.size();
    std::vector<float> logits(classes);
    for (std::size_t i = 0; i < codes.size(); ++i)
        logits[i % classes] +=
            static_cast<float>(coded.layers[heads[i / classes]].output.value(codes[i]) /
                               static_cast<double>(heads.size()));
    return logits;
}

std::vector<std::string> floatParts(const CodedVision& coded)
{
    std::set<std::string> parts;
    const auto look = [&](const Rescale& by) {
        if (!by.whole)
            parts.insert("requantization");
    };
    for (const CodedLayer& layer : coded.layers) {
        if (const auto* product = std::get_if<CodedProduct>(&layer.work)) {
            if (!product->rescales.empty())
                look(product->rescales.front());
            if (product->after != model::Function::none && !product->before)
                parts.insert(product->after == model::Function::gelu ? "GELU" : "Hardswish");
        }
        if (const auto* sum = std::get_if<CodedSum>(&layer.work); sum && sum->firstBy.empty())
            parts.insert("residual additions");
        if (const auto* norm = std::get_if<CodedNorm>(&layer.work); norm && !norm->whole)
            parts.insert("LayerNorm");
        if (const auto* softmax = std::get_if<CodedSoftmax>(&layer.work);
            softmax && softmax->form != SoftmaxForm::whole)
            parts.insert("softmax");
        if (const auto* heads = std::get_if<CodedHeads>(&layer.work); heads && !heads->halves)
            parts.insert("linear attention");
    }
    return {parts.begin(), parts.end()};
}

} // namespace vitrine::quant
