#pragma once

#include "core/base/resources.h"
#include "core/model/llm/llm_checkpoint.h"
#include "tests/support/tiny_llm.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::bench
{

struct NamedModel {
    std::string name;
    std::shared_ptr<const model::LlmCheckpoint> checkpoint;
};

// 12 layers x 768 x 12 heads with random weights.
inline NamedModel wideModel(DType type = DType::f32)
{
    model::LlmConfig c;
    c.hidden = 768, c.layers = 12, c.heads = c.kvHeads = 12, c.headSize = 64, c.mlp = 2048;
    c.vocabulary = 32000, c.context = 2048, c.tiedEmbeddings = true;
    return {"12 x 768 x 12 heads, random, " + std::string(dtypeName(type)),
            tests::tinyCheckpoint(c, 1, type)};
}

// The shipped model, or random weights of its shape.
inline NamedModel shippedModel()
{
    if (const auto path = findModel("vitrine-lm"))
        if (auto checkpoint = model::openLlmCheckpoint(*path))
            return {"vitrine-lm", *checkpoint};
    model::LlmConfig c;
    c.hidden = 160, c.layers = 6, c.heads = c.kvHeads = 5, c.headSize = 32, c.mlp = 448;
    c.vocabulary = 4096, c.context = 512, c.tiedEmbeddings = true;
    return {"shape of vitrine-lm, random", tests::tinyCheckpoint(c, 1)};
}

template <typename Work>
double seconds(const Work& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

} // namespace vitrine::bench
