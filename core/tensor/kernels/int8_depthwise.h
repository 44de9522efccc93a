#pragma once

#include "core/tensor/kernels/convolution.h"
#include "core/tensor/kernels/int8_product.h"

#include <array>
#include <optional>
#include <vector>

namespace vitrine::kernels
{

// A depthwise convolution of codes in whole numbers: each channel has a kernel of its own. Padding
// is the code of zero, `inputZero`; as with Int8Layer the bias holds -inputZero times the sum of
// each kernel.
class Int8Depthwise
{
public:
    // codes: [channels, kernelHeight, kernelWidth]; bias: [channels] or nullptr. All is copied.
    // Argument error for a shape that is not depthwise, for factors, codes or a table outside their
    // ranges, and where a sum may not fit 32 bits.
    static Result<Int8Depthwise> make(const ConvolutionShape& shape, const std::int8_t* codes,
                                      const std::int32_t* bias, std::int8_t inputZero,
                                      const AfterSums& after);

    // Maps as ConvolutionShape has them; x and y do not overlap. Parallel; equal results whatever
    // the processor and the number of threads. Any thread, several at once. Codes of 8 bits need a
    // range of 8 bits.
    void run(const std::int8_t* x, std::int8_t* y) const;
    // Without a table.
    void run(const std::int8_t* x, std::int16_t* y) const;

    struct Packed {
        ConvolutionShape shape;
        std::vector<std::int32_t> weights; // [pairs of taps, channels], 16 bits each
        std::vector<std::int32_t> bias;
        std::vector<std::int8_t> padding; // a pixel
        SumRequantizer requantizer;
        std::optional<std::array<std::int8_t, 256>> table;

        std::int64_t taps() const { return shape.kernelHeight * shape.kernelWidth; }
        std::int64_t padded() const { return (shape.inChannels + 15) / 16 * 16; }
    };

private:
    explicit Int8Depthwise(std::shared_ptr<const Packed> packed) : packed_(std::move(packed)) {}

    std::shared_ptr<const Packed> packed_;
};

} // namespace vitrine::kernels
