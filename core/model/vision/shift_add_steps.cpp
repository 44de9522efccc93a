#include "core/model/vision/shift_add_steps.h"

#include "core/base/parallel.h"
#include "core/model/vision/folded_weights.h"
#include "core/model/vision/token_hash.h"
#include "core/tensor/kernels/dense_weights.h"
#include "core/tensor/kernels/mat_add.h"
#include "core/tensor/kernels/mat_shift.h"
#include "core/tensor/kernels/multiply.h"
#include "core/tensor/kernels/rows.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vitrine::model
{
namespace
{

using ShiftAddInputs = std::span<const PassMatrix>;

// To unit length, a row of zeros staying one; `out` may be `x`.
void toUnitLength(const float* x, std::int64_t count, float* out)
{
    double squares = 0;
    for (std::int64_t i = 0; i < count; ++i)
        squares += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    const double length = std::max(std::sqrt(squares), 1e-12);
    for (std::int64_t i = 0; i < count; ++i)
        out[i] = static_cast<float>(static_cast<double>(x[i]) / length);
}

// Columns first .. first + width become 1 where they exceed their mean, else 0.
void compareWithMean(const PassMatrix& m, std::int64_t first, std::int64_t width)
{
    double sum = 0;
    for (std::int64_t row = 0; row < m.rows; ++row)
        for (std::int64_t c = first; c < first + width; ++c)
            sum += static_cast<double>(m.values[row * m.columns + c]);
    const auto mean = static_cast<float>(sum / static_cast<double>(m.rows * width));
    for (std::int64_t row = 0; row < m.rows; ++row)
        for (std::int64_t c = first; c < first + width; ++c) {
            float& value = m.values[row * m.columns + c];
            value = value > mean ? 1.0f : 0.0f;
        }
}

class CodesStep final : public VisionStep
{
public:
    explicit CodesStep(std::int64_t heads) : heads_(heads) {}
    void run(ShiftAddInputs inputs, PassMatrix output) const override
    {
        const std::int64_t width = output.columns / 2, dim = width / heads_;
        for (std::int64_t row = 0; row < output.rows; ++row)
            for (std::int64_t c = 0; c < output.columns; c += dim) // queries, then keys
                toUnitLength(inputs[0].values + row * inputs[0].columns + c, dim,
                             output.values + row * output.columns + c);
        compareWithMean(output, 0, width);
        compareWithMean(output, width, width);
    }

private:
    std::int64_t heads_;
};

// The hash functions of every head: one code for queries and keys.
class HashedCodesStep final : public VisionStep
{
public:
    explicit HashedCodesStep(std::vector<TokenHash> hashes) : hashes_(std::move(hashes)) {}
    void run(ShiftAddInputs inputs, PassMatrix output) const override
    {
        parallelFor(hashes_.size(), [&](std::size_t head) {
            const TokenHash& hash = hashes_[head];
            const auto at = static_cast<std::int64_t>(head);
            const std::vector<double> tokens =
                columnsOf(inputs[0], at * hash.channels, hash.channels);
            const auto codes = hashedCodes(hash, {tokens, hash.channels});
            for (std::int64_t row = 0; row < output.rows; ++row)
                std::copy_n(codes.data() + row * hash.bits, hash.bits,
                            output.values + row * output.columns + at * hash.bits);
        });
    }

private:
    static std::vector<double> columnsOf(const PassMatrix& m, std::int64_t first,
                                         std::int64_t width)
    {
        std::vector<double> columns;
        columns.reserve(static_cast<std::size_t>(m.rows * width));
        for (std::int64_t row = 0; row < m.rows; ++row) {
            const float* from = m.values + row * m.columns + first;
            columns.insert(columns.end(), from, from + width);
        }
        return columns;
    }

    std::vector<TokenHash> hashes_;
};

Result<std::vector<TokenHash>> hashesOf(const NetworkLayer& layer, const Checkpoint& checkpoint)
{
    VITRINE_TRY(const auto anchors, finiteTensor(layer.shape.name + ".anchors", checkpoint));
    VITRINE_TRY(const auto means, finiteTensor(layer.shape.name + ".means", checkpoint));
    VITRINE_TRY(const auto weights, finiteTensor(layer.shape.name + ".weight", checkpoint));
    const auto part = [heads = layer.side](const std::vector<float>& all, std::int64_t head) {
        const auto size = std::ssize(all) / heads;
        return std::vector<float>(all.begin() + head * size, all.begin() + (head + 1) * size);
    };
    const auto& shape = layer.tensors.front().shape; // heads, anchors, channels
    std::vector<TokenHash> hashes;
    for (std::int64_t head = 0; head < layer.side; ++head)
        hashes.push_back({.channels = shape[2],
                          .anchors = shape[1],
                          .bits = hashingOf(layer)->bits,
                          .anchorRows = part(anchors, head),
                          .means = part(means, head),
                          .weights = part(weights, head)});
    return hashes;
}

// Rows of the output: [head, bit of the code]. Codes of keys stand last.
class MaskedContextStep final : public VisionStep
{
public:
    explicit MaskedContextStep(const LayerShape& shape) : shape_(shape) {}
    void run(ShiftAddInputs inputs, PassMatrix output) const override
    {
        const PassMatrix &codes = inputs[0], &qkv = inputs[1];
        const std::int64_t bits = shape_.m, dim = shape_.n;
        const float *keys = codes.values + codes.columns - shape_.batch * bits,
                    *values = qkv.values + qkv.columns - shape_.batch * dim;
        parallelFor(static_cast<std::size_t>(shape_.batch), [&](std::size_t item) {
            const auto head = static_cast<std::int64_t>(item);
            const auto mask =
                kernels::packBitsAcross(keys + head * bits, codes.rows, bits, codes.columns, 0.5f);
            kernels::matAdd(mask, values + head * dim, dim, qkv.columns,
                            output.values + head * bits * dim, dim);
        });
    }

private:
    LayerShape shape_;
};

class MaskedLookupStep final : public VisionStep
{
public:
    explicit MaskedLookupStep(const LayerShape& shape) : shape_(shape) {}
    void run(ShiftAddInputs inputs, PassMatrix output) const override
    {
        const PassMatrix &codes = inputs[0], &context = inputs[1];
        const std::int64_t bits = shape_.k, dim = shape_.n;
        parallelFor(static_cast<std::size_t>(shape_.batch), [&](std::size_t item) {
            const auto head = static_cast<std::int64_t>(item);
            const auto mask = kernels::packBits(codes.values + head * bits, codes.rows, bits,
                                                codes.columns, 0.5f);
            kernels::matAdd(mask, context.values + head * bits * dim, dim, dim,
                            output.values + head * dim, output.columns);
        });
    }

private:
    LayerShape shape_;
};

// A filter for each head over the tokens around; tokens that are not there count as 0.
class NeighboursStep final : public VisionStep
{
public:
    explicit NeighboursStep(std::vector<float> filters, std::int64_t heads)
        : filters_(std::move(filters)),
          heads_(heads),
          length_(static_cast<std::int64_t>(filters_.size()) / heads)
    {
    }
    void run(ShiftAddInputs inputs, PassMatrix output) const override
    {
        const PassMatrix& qkv = inputs[0];
        const std::int64_t width = output.columns, dim = width / heads_, reach = length_ / 2;
        std::fill_n(output.values, output.count(), 0.0f);
        for (std::int64_t token = 0; token < output.rows; ++token)
            for (std::int64_t place = 0; place < length_; ++place) {
                const std::int64_t other = token + place - reach;
                if (other < 0 || other >= output.rows)
                    continue;
                const float* v = qkv.values + (other + 1) * qkv.columns - width;
                float* to = output.values + token * width;
                for (std::int64_t c = 0; c < width; ++c)
                    to[c] += filters_[static_cast<std::size_t>(c / dim * length_ + place)] * v[c];
            }
    }

private:
    std::vector<float> filters_; // [head, place]
    std::int64_t heads_, length_;
};

class UnitStep final : public VisionStep
{
public:
    explicit UnitStep(std::int64_t heads) : heads_(heads) {}
    void run(ShiftAddInputs inputs, PassMatrix output) const override
    {
        const PassMatrix &qkv = inputs[0], &lookup = inputs[1];
        const std::int64_t width = output.columns, dim = width / heads_;
        constexpr auto kInversePi = static_cast<float>(std::numbers::inv_pi);
        for (std::int64_t row = 0; row < output.rows; ++row) {
            const float* v = qkv.values + (row + 1) * qkv.columns - width;
            float* to = output.values + row * width;
            for (std::int64_t c = 0; c < width; ++c)
                to[c] = 0.5f * v[c] + kInversePi * lookup.values[row * width + c];
            for (std::int64_t c = 0; c < width; c += dim)
                toUnitLength(to + c, dim, to + c);
        }
        kernels::addTo(output.values, inputs[2].values, output.count(), output.values);
    }

private:
    std::int64_t heads_;
};

// A linear layer of some rows: of all, or of those that the router sends here.
class ExpertStep final : public VisionStep
{
public:
    ExpertStep(const NetworkLayer& layer, FoldedWeights weights, Function after)
        : shifts_(layer.shape.arithmetic == Arithmetic::shift),
          after_(after),
          weights_(std::move(weights)),
          matrix_(DType::f32, std::as_bytes(std::span(weights_.weights)).data(), layer.shape.n,
                  layer.shape.k)
    {
        if (shifts_)
            for (float& weight : weights_.weights)
                weight = kernels::nearestShift(weight, static_cast<int>(layer.offset)).value();
    }
    void run(ShiftAddInputs inputs, PassMatrix output) const override
    {
        const std::vector<std::int64_t> rows = rowsOf(inputs);
        const PassMatrix& x = inputs[0];
        std::vector<float> in = gathered(x, rows),
                           out(rows.size() * static_cast<std::size_t>(output.columns));
        if (shifts_)
            std::ranges::transform(in, in.begin(), kernels::onFixedPoint);
        const kernels::Product product{.weights = &matrix_,
                                       .bias =
                                           weights_.bias.empty() ? nullptr : weights_.bias.data(),
                                       .y = out.data(),
                                       .stride = output.columns};
        if (!rows.empty())
            kernels::multiply(in.data(), static_cast<std::int64_t>(rows.size()), x.columns,
                              {&product, 1});
        if (after_ == Function::gelu)
            kernels::gelu(out.data(), static_cast<std::int64_t>(out.size()));
        std::fill_n(output.values, output.count(), 0.0f);
        for (std::size_t i = 0; i < rows.size(); ++i)
            std::copy_n(out.data() + static_cast<std::int64_t>(i) * output.columns, output.columns,
                        output.values + rows[i] * output.columns);
    }

private:
    std::vector<std::int64_t> rowsOf(ShiftAddInputs inputs) const
    {
        std::vector<std::int64_t> rows;
        for (std::int64_t row = 0; row < inputs[0].rows; ++row) {
            if (inputs.size() == 2) {
                const float* logits = inputs[1].values + 2 * row;
                if ((logits[1] > logits[0]) != shifts_)
                    continue;
            }
            rows.push_back(row);
        }
        return rows;
    }
    static std::vector<float> gathered(const PassMatrix& x, const std::vector<std::int64_t>& rows)
    {
        std::vector<float> in;
        in.reserve(rows.size() * static_cast<std::size_t>(x.columns));
        for (const std::int64_t row : rows)
            in.insert(in.end(), x.values + row * x.columns, x.values + (row + 1) * x.columns);
        return in;
    }

    bool shifts_;
    Function after_;
    FoldedWeights weights_;
    kernels::DenseWeights matrix_; // weights_, where they lie
};

} // namespace

PassMatrix shiftAddOutput(const NetworkLayer& layer, std::span<const PassMatrix> inputs)
{
    const LayerShape& s = layer.shape;
    switch (s.kind) {
    case LayerKind::context:
        return {nullptr, s.batch * s.m, s.n};
    case LayerKind::lookup:
        return {nullptr, s.m, s.batch * s.n};
    case LayerKind::depthwise:
        return {nullptr, s.conv.outHeight, s.batch * s.conv.outWidth};
    default:
        return {nullptr, inputs[0].rows, s.n};
    }
}

Result<std::unique_ptr<VisionStep>> makeShiftAddStep(const NetworkLayer& layer, Function after,
                                                     const Checkpoint& checkpoint)
{
    const LayerShape& shape = layer.shape;
    switch (shape.kind) {
    case LayerKind::activation: {
        if (!isHashed(layer))
            return std::make_unique<CodesStep>(layer.side);
        VITRINE_TRY(std::vector<TokenHash> hashes, hashesOf(layer, checkpoint));
        return std::make_unique<HashedCodesStep>(std::move(hashes));
    }
    case LayerKind::context:
        return std::make_unique<MaskedContextStep>(shape);
    case LayerKind::lookup:
        return std::make_unique<MaskedLookupStep>(shape);
    case LayerKind::add:
        return std::make_unique<UnitStep>(layer.side);
    case LayerKind::depthwise: {
        VITRINE_TRY(std::vector<float> filters, finiteTensor(shape.name + ".weight", checkpoint));
        return std::make_unique<NeighboursStep>(std::move(filters), shape.batch);
    }
    case LayerKind::linear: {
        VITRINE_TRY(FoldedWeights weights, foldedWeights(layer, checkpoint));
        return std::make_unique<ExpertStep>(layer, std::move(weights), after);
    }
    default:
        return failure("layer \"{}\" ({}) is none of ShiftAddViT's", shape.name,
                       kindName(shape.kind));
    }
}

} // namespace vitrine::model
