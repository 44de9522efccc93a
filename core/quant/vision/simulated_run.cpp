#include "core/quant/vision/simulated_run.h"

#include "core/quant/vision/simulated_heads.h"

namespace vitrine::quant
{
namespace
{

using model::NetworkLayer;

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

} // namespace

SimulatedRun::SimulatedRun(const CodedVision& coded, std::span<const float> picture,
                           const SimulatedPass& pass)
    : coded_(coded), pass_(pass), to_{Rounding::halfUp, pass.count}, outputs_(coded.layers.size())
{
    const model::ConvShape& stem = coded.network().layers.front().shape.conv;
    picture_.resize(stem.inHeight * stem.inWidth, stem.inChannels);
    for (Eigen::Index i = 0; i < picture_.size(); ++i)
        picture_.data()[i] = static_cast<double>(
            coded.input.code(static_cast<double>(picture[static_cast<std::size_t>(i)]),
                             Rounding::halfUp) -
            coded.input.zero);
}

void SimulatedRun::take(const model::Step& step)
{
    if (std::holds_alternative<std::monostate>(coded_.layers[step.layer].work))
        return;
    const std::size_t place = placeOf(step.layer);
    outputs_[place] = compute(step.layer, coded_.layers[place].output);
    tell(place);
    for (const std::size_t done : step.released)
        if (done != place)
            outputs_[done].resize(0, 0);
}

ResultCodes SimulatedRun::result() const
{
    ResultCodes result;
    for (const std::size_t head : resultLayers(coded_.network()))
        for (const double code : outputs_[head].reshaped<Eigen::RowMajor>())
            result.push_back(static_cast<std::int32_t>(code) +
                             static_cast<std::int32_t>(coded_.layers[head].output.zero));
    return result;
}

// Where the output of a product and its activation stands: the activation's place.
std::size_t SimulatedRun::placeOf(std::size_t layer) const
{
    const auto* product = std::get_if<CodedProduct>(&coded_.layers[layer].work);
    return product && product->after != model::Function::none ? layer + 1 : layer;
}

SimulatedInput SimulatedRun::inputOf(std::size_t layer, std::size_t operand) const
{
    const NetworkLayer& described = coded_.network().layers[layer];
    if (described.inputs.empty())
        return {&picture_, &coded_.input};
    const std::size_t from = described.inputs[operand];
    const CodedLayer& given = coded_.layers[from];
    return {&outputs_[from], &given.output, given.second ? &*given.second : nullptr};
}

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

} // namespace vitrine::quant
