#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <memory>

namespace vitrine::kernels
{

// Maps hold their pixels row by row, the channels of a pixel side by side. Padding is zeros: what
// `top` and `left` leave uncovered at the other two sides follows from the sizes.
struct ConvolutionShape {
    std::int64_t inChannels = 1, inHeight = 1, inWidth = 1;
    std::int64_t outChannels = 1, outHeight = 1, outWidth = 1;
    std::int64_t kernelHeight = 1, kernelWidth = 1, strideHeight = 1, strideWidth = 1;
    std::int64_t top = 0, left = 0;
    std::int64_t groups = 1;

    std::int64_t macs() const
    {
        return outHeight * outWidth * outChannels * kernelHeight * kernelWidth * inChannels /
               groups;
    }
};

// `rows` rows times a weight matrix [outputs, inputs].
ConvolutionShape linearAsConvolution(std::int64_t rows, std::int64_t inputs, std::int64_t outputs);

// What is done to each output at once. GELU is the exact one, with erf.
enum class After { nothing, gelu, hardSwish };

// A convolution, dense, in groups or depthwise, and a linear layer among them, by oneDNN in fp32,
// its weights laid out once for this processor. Copies share them.
class Convolution
{
public:
    // weights: [outChannels, inChannels / groups, kernelHeight, kernelWidth]; bias: [outChannels]
    // or nullptr. Both are copied. Failure where oneDNN cannot do it.
    static Result<Convolution> make(const ConvolutionShape& shape, const float* weights,
                                    const float* bias, After after);

    // Parallel over bands of rows that depend on the shape alone: results are bit-identical for
    // every thread count. Any thread, several at once.
    void run(const float* x, float* y) const;

    const ConvolutionShape& shape() const;

private:
    struct Private;
    explicit Convolution(std::shared_ptr<const Private> p) : p_(std::move(p)) {}
    std::shared_ptr<const Private> p_;
};

// The same in double precision, sum by sum: the judge.
void convolveSlowly(const ConvolutionShape& shape, const float* weights, const float* bias,
                    After after, const float* x, double* y);

} // namespace vitrine::kernels
