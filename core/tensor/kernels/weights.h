#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace vitrine::kernels
{

// A linear layer's weights [outputs, inputs], row-major, in some layout. Each layout is a class of
// its own in a file of its own: a new one needs no change of what multiplies, and every model runs
// on it. Const calls from several threads at once.
class WeightMatrix
{
public:
    virtual ~WeightMatrix() = default;
    WeightMatrix(const WeightMatrix&) = delete;
    WeightMatrix& operator=(const WeightMatrix&) = delete;

    std::int64_t outputs() const { return outputs_; }
    std::int64_t inputs() const { return inputs_; }

    virtual std::string_view kind() const = 0; // as a reader knows it: "BF16", "Q8_0"
    virtual std::int64_t rowBytes() const = 0; // what a product with one vector reads of each row
    // Rows that are best multiplied in one call of dotRows, or a multiple of them.
    virtual std::int64_t rowsTogether() const { return 4; }

    // Rows begin <= r < end as floats, one after the other: what the weights mean, exactly.
    virtual void widen(std::int64_t begin, std::int64_t end, float* out) const = 0;
    // With fewer rows of x than this, each is multiplied by itself (dotRows); else rows of weights
    // are widened and multiplied by all of them. It depends on the shape alone.
    virtual std::int64_t vectorRows() const { return 4; }
    // Row `row` and those behind it, where they lie as aligned floats; else nullptr.
    virtual const float* floats(std::int64_t /*row*/) const { return nullptr; }

    // y[r - begin] = row r times x, for begin <= r < end, in fp32 and in an order of summation that
    // depends on the processor's vectors alone. `tables` are those of makeTables.
    virtual void dotRows(std::int64_t begin, std::int64_t end, const float* x, const float* tables,
                         float* y) const = 0;
    // What all rows need of x and what is made only once, for layouts that look sums up: so many
    // floats, made in so many parts, each of which may be made by another thread.
    virtual std::int64_t tableSize() const { return 0; }
    virtual std::int64_t tableParts() const { return 1; }
    virtual void makeTables(const float* /*x*/, std::int64_t /*part*/, float* /*tables*/) const {}

protected:
    WeightMatrix(std::int64_t outputs, std::int64_t inputs) : outputs_(outputs), inputs_(inputs) {}

private:
    std::int64_t outputs_, inputs_;
};

using SharedWeights = std::shared_ptr<const WeightMatrix>;

// Another layout for one matrix of a model ("model.layers.0.mlp.up_proj.weight"), made from that of
// the checkpoint, or this itself.
using Relayout =
    std::function<Result<SharedWeights>(const std::string& name, SharedWeights stored)>;

// y[r] = row r times x, of widened weights in double precision: the judge of every fast product.
void multiplySlowly(const WeightMatrix& weights, const float* x, double* y);

} // namespace vitrine::kernels
