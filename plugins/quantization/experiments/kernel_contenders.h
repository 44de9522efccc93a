#pragma once

#include "core/base/result.h"
#include "core/jobs/experiment/params.h"
#include "core/tensor/kernels/binary_choice.h"
#include "core/tensor/kernels/dense_weights.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

// The matrices of quantization.kernels: several equal ones of each kind, so that products in turn
// read from memory and not from a cache.
namespace vitrine::quantization_plugin
{

// Memory that dense matrices lie in.
struct DenseMatrices {
    std::vector<std::vector<std::byte>> bytes;
    std::vector<kernels::SharedWeights> weights;
};

struct Contender {
    std::string name;
    std::vector<kernels::SharedWeights> matrices; // distinct, so that none stays in a cache
    double bytes = 0;                             // that a product reads
    double error = 0;                             // of the largest element
    std::map<int, double> best = {};              // seconds of the best round, by threads
};

// Codes and scales at random, of the size and form of a trained layer's: parameters rows, columns,
// bits, layout, group, primitive, seed.
kernels::BinaryCodes drawnCodes(const Params& params);

// The same weights in full, `bytes` of matrices altogether, at least one.
Contender denseContender(DType type, const kernels::BinaryCodes& codes, double bytes,
                         DenseMatrices& kept);

// Error where no family of kernels has fast products for such groups.
Result<std::vector<kernels::SharedBinaryWeights>> binaryMatrices(const kernels::BinaryCodes& codes,
                                                                 double bytes);

} // namespace vitrine::quantization_plugin
