#pragma once

#include "core/model/vision/vision_steps.h"

#include <cmath>

namespace vitrine::model
{

// Columns of a matrix that belong to one head.
struct HeadColumns {
    float* values = nullptr;
    std::int64_t rows = 0, stride = 0, dim = 0;

    HeadColumns(const PassMatrix& m, std::int64_t first, std::int64_t columns)
        : values(m.values + first), rows(m.rows), stride(m.columns), dim(columns)
    {
    }
    float* row(std::int64_t r) const { return values + r * stride; }
    std::vector<double> sums() const
    {
        std::vector<double> all(static_cast<std::size_t>(dim));
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t c = 0; c < dim; ++c)
                all[static_cast<std::size_t>(c)] += static_cast<double>(row(r)[c]);
        return all;
    }
};

// How heads lie side by side.
struct HeadLayout {
    std::int64_t heads = 0, dim = 0;

    // Of a matrix with queries, keys and values of all heads side by side: 0, 1 or 2; of one with
    // one of them alone: 0.
    HeadColumns columns(const PassMatrix& m, std::int64_t head, std::int64_t part = 0) const
    {
        return {m, (part * heads + head) * dim, dim};
    }
    float rootOfDim() const { return std::sqrt(static_cast<float>(dim)); }
};

// What the Taylor map leaves of softmax where the predicted weight exceeds the threshold, else 0;
// rows of the output are [head, token].
std::unique_ptr<VisionStep> makeStrongStep(const HeadLayout& layout, double threshold);

} // namespace vitrine::model
