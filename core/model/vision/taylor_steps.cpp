#include "core/model/vision/taylor_steps.h"

#include "core/base/parallel.h"
#include "core/model/vision/head_columns.h"
#include "core/tensor/kernels/multiply.h"

namespace vitrine::model
{
namespace
{

using TaylorInputs = std::span<const PassMatrix>;

// A step that each head takes for itself.
class HeadwiseStep : public VisionStep
{
public:
    explicit HeadwiseStep(const HeadLayout& layout) : layout_(layout) {}
    void run(TaylorInputs inputs, PassMatrix output) const override
    {
        parallelFor(static_cast<std::size_t>(layout_.heads), [&](std::size_t head) {
            runHead(static_cast<std::int64_t>(head), inputs, output);
        });
    }

protected:
    virtual void runHead(std::int64_t head, TaylorInputs inputs,
                         const PassMatrix& output) const = 0;

    HeadColumns columns(const PassMatrix& m, std::int64_t head, std::int64_t part = 0) const
    {
        return layout_.columns(m, head, part);
    }
    std::int64_t dim() const { return layout_.dim; }
    float rootOfDim() const { return layout_.rootOfDim(); }

private:
    HeadLayout layout_;
};

class CentreStep final : public HeadwiseStep
{
public:
    using HeadwiseStep::HeadwiseStep;

private:
    void runHead(std::int64_t head, TaylorInputs inputs, const PassMatrix& output) const override
    {
        const HeadColumns keys = columns(inputs[0], head, 1), centred = columns(output, head);
        const std::vector<double> sums = keys.sums();
        for (std::int64_t token = 0; token < keys.rows; ++token)
            for (std::int64_t c = 0; c < dim(); ++c)
                centred.row(token)[c] = static_cast<float>(static_cast<double>(keys.row(token)[c]) -
                                                           sums[static_cast<std::size_t>(c)] /
                                                               static_cast<double>(keys.rows));
    }
};

// G = Khat^T V; rows of the output are [head, channel].
class TaylorContextStep final : public HeadwiseStep
{
public:
    using HeadwiseStep::HeadwiseStep;

private:
    void runHead(std::int64_t head, TaylorInputs inputs, const PassMatrix& output) const override
    {
        const HeadColumns keys = columns(inputs[0], head), values = columns(inputs[1], head, 2);
        const std::int64_t tokens = keys.rows;
        std::vector<float> transposed(static_cast<std::size_t>(dim() * tokens));
        for (std::int64_t token = 0; token < tokens; ++token)
            for (std::int64_t c = 0; c < dim(); ++c)
                transposed[static_cast<std::size_t>(c * tokens + token)] = keys.row(token)[c];
        kernels::gemm(false, dim(), dim(), tokens, transposed.data(), tokens, values.values,
                      values.stride, false, output.values + head * dim() * dim(), dim());
    }
};

class TaylorSumsStep final : public HeadwiseStep
{
public:
    using HeadwiseStep::HeadwiseStep;

private:
    void runHead(std::int64_t head, TaylorInputs inputs, const PassMatrix& output) const override
    {
        const HeadColumns to = columns(output, head);
        const auto put = [&](std::int64_t row, const std::vector<double>& sums) {
            for (std::int64_t c = 0; c < dim(); ++c)
                to.row(row)[c] = static_cast<float>(sums[static_cast<std::size_t>(c)]);
        };
        put(0, columns(inputs[0], head).sums());
        put(1, columns(inputs[1], head, 2).sums());
    }
};

// t_D = n sqrt(d) + Q khatSum^T; a column for each head.
class TaylorDivisorStep final : public HeadwiseStep
{
public:
    using HeadwiseStep::HeadwiseStep;

private:
    void runHead(std::int64_t head, TaylorInputs inputs, const PassMatrix& output) const override
    {
        const HeadColumns queries = columns(inputs[0], head);
        const float* keySum = columns(inputs[1], head).row(0);
        const double usual =
            static_cast<double>(queries.rows) * std::sqrt(static_cast<double>(dim()));
        for (std::int64_t token = 0; token < queries.rows; ++token) {
            double divisor = usual;
            for (std::int64_t c = 0; c < dim(); ++c)
                divisor +=
                    static_cast<double>(queries.row(token)[c]) * static_cast<double>(keySum[c]);
            output.values[token * output.columns + head] = static_cast<float>(divisor);
        }
    }
};

// T_N = sqrt(d) vSum + Q G.
class TaylorLookupStep final : public HeadwiseStep
{
public:
    using HeadwiseStep::HeadwiseStep;

private:
    void runHead(std::int64_t head, TaylorInputs inputs, const PassMatrix& output) const override
    {
        const HeadColumns queries = columns(inputs[0], head), to = columns(output, head);
        const float* valueSum = columns(inputs[2], head).row(1);
        for (std::int64_t token = 0; token < queries.rows; ++token)
            for (std::int64_t c = 0; c < dim(); ++c)
                to.row(token)[c] = rootOfDim() * valueSum[c];
        kernels::gemm(false, queries.rows, dim(), dim(), queries.values, queries.stride,
                      inputs[1].values + head * dim() * dim(), dim(), true, to.values, to.stride);
    }
};

} // namespace

Result<std::unique_ptr<VisionStep>> makeTaylorStep(const NetworkLayer& layer)
{
    const LayerShape& s = layer.shape;
    switch (s.kind) {
    case LayerKind::centre: // all heads as one
        return std::make_unique<CentreStep>(HeadLayout{1, s.n});
    case LayerKind::sums:
        return std::make_unique<TaylorSumsStep>(HeadLayout{1, s.n});
    case LayerKind::context:
        return std::make_unique<TaylorContextStep>(HeadLayout{s.batch, s.m});
    case LayerKind::divisor:
        return std::make_unique<TaylorDivisorStep>(HeadLayout{s.batch, s.k});
    case LayerKind::lookup:
        return std::make_unique<TaylorLookupStep>(HeadLayout{s.batch, s.k});
    case LayerKind::scores:
        return makeStrongStep({s.batch, s.k}, layer.threshold);
    default:
        return failure("layer \"{}\" ({}) is no step of Taylor attention", s.name,
                       kindName(s.kind));
    }
}

} // namespace vitrine::model
