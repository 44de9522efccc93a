#pragma once

#include "core/base/result.h"
#include "core/quant/vision/simulated_vision.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace vitrine::quant
{

// Codes that a layer gave: rows by columns of 8 bits, as model::LayerOutput has them.
struct IntegerOutput {
    std::size_t layer = 0;
    std::int64_t rows = 0, columns = 0;
    std::span<const std::int8_t> codes; // until the observer returns
};

// Input error that names what stays in floating point, or a grid that is not of 8 bits: there is no
// pass in whole numbers.
Result<void> checkIsWhole(const CodedVision& coded);

// Runs a network in codes by whole numbers alone, from the codes of the picture to those of the
// logits: sums of 32 bits, shifts, tables. The result is that of SimulatedVision, code by code, for
// every number of threads and every instruction set. Copies share all. Any thread, several at once.
class IntegerVision
{
public:
    // Errors of checkIsWhole; input error that names a layer whose sums may not fit 32 bits.
    static Result<IntegerVision> make(std::shared_ptr<const CodedVision> coded);

    const CodedVision& coded() const;
    Result<ResultCodes> run(std::span<const float> picture,
                            const std::function<void(const IntegerOutput&)>& observe = {}) const;

private:
    struct Private;
    explicit IntegerVision(std::shared_ptr<const Private> p) : p_(std::move(p)) {}
    std::shared_ptr<const Private> p_;
};

} // namespace vitrine::quant
