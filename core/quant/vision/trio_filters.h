#pragma once

#include "core/base/result.h"
#include "core/quant/matrix.h"
#include "core/quant/vision/code_grid.h"
#include "core/quant/vision/vision_method.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// The weights of one layer of an EfficientViT on their way into codes: a grid for each filter.
struct TrioFilters {
    std::vector<float> weights, bias; // of each filter, batch normalisation folded
    std::vector<CodeGrid> grids = {}; // of each filter
    std::vector<std::int8_t> codes = {};
    std::vector<double> decoded = {}; // of each weight

    // [filters, weights of one]
    Matrix rows() const;
    Matrix decodedRows() const;
    // Codes on the grids, one for each weight.
    void take(std::span<const std::int32_t> codesOfWeights);
};

bool hasFilters(const model::NetworkLayer& layer);

// Of each layer of the network; empty where it has none.
Result<std::vector<TrioFilters>> readFilters(const model::VisionCheckpoint& checkpoint);

// To the nearest codes of symmetric grids over all values, or `searched` ones (scale_search.h).
Result<void> codeFilters(TrioFilters& filters, int bits, bool searched);

} // namespace vitrine::quant
