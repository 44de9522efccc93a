#include "core/base/resources.h"
#include "core/model/llm/llm.h"
#include "core/model/llm/next_tokens.h"
#include "core/quant/quantizer.h"
#include "tests/support/rounded_checkpoint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

// Decoding multiplies codes by inputs that are rounded to whole numbers; a prefill multiplies the
// decoded weights.
namespace vitrine::quant
{
namespace
{

std::shared_ptr<const model::LlmCheckpoint> shippedModel()
{
    return *model::openLlmCheckpoint(*findResource("models/vitrine-lm"));
}

// Blocks of 8 inputs and an eighth of the outputs, scales of three powers of two.
kernels::BinaryCodes blockCodes(const TensorView& matrix)
{
    const std::vector<float> numbers = toFloat(matrix);
    Matrix weights(matrix.shape[0], matrix.shape[1]);
    for (Eigen::Index i = 0; i < weights.size(); ++i)
        weights.data()[i] = static_cast<double>(numbers[static_cast<std::size_t>(i)]);
    const QuantSettings settings{
        .layout = Layout::block, .bits = 3, .group = 160, .terms = 3, .rounds = 2};
    return *quantize(*findQuantizer("bcq"), settings, {weights})->codes;
}

std::vector<std::int32_t> someText(const model::LlmCheckpoint& checkpoint)
{
    const auto tokenizer = *model::openTokenizerOf(checkpoint.files().front().parent_path());
    std::vector<std::int32_t> ids = tokenizer->front();
    const auto text = *tokenizer->encode(
        "Call me Ishmael. Some years ago, never mind how long precisely, having little or no money "
        "in my purse, and nothing particular to interest me on shore, I thought I would sail about "
        "a little and see the watery part of the world. The Congress should act on this bill now.");
    ids.insert(ids.end(), text.begin(), text.end());
    return ids;
}

double decodedPerplexity(const model::Llm& llm, const std::vector<std::int32_t>& ids)
{
    const auto cache = *llm.newCache(static_cast<std::int64_t>(ids.size()));
    std::vector<float> logits;
    for (const std::int32_t id : ids) {
        const auto next = *llm.decode(*cache, std::vector{id});
        logits.insert(logits.end(), next.begin(), next.end());
    }
    return model::perplexity(logits, ids, llm.config().vocabulary);
}

TEST(PackedDecoding, MovesPerplexityByLessThanATenthOfAPercent)
{
    const auto dense = shippedModel();
    const auto ids = someText(*dense);
    for (const auto& pack : {std::function(blockCodes), std::function([](const TensorView& matrix) {
                                 return tests::roundedCodes(matrix, 4);
                             })}) {
        const auto llm =
            model::Llm::open(std::make_shared<const tests::PackedCheckpoint>(dense, pack));
        ASSERT_TRUE(llm) << llm.error().message;
        const auto logits = llm->forward(ids)->logits;
        const double whole = model::perplexity(logits, ids, llm->config().vocabulary);
        const double decoded = decodedPerplexity(*llm, ids);
        EXPECT_NEAR(decoded / whole, 1, 1e-3);
        EXPECT_NE(decoded, whole); // or the products of codes were not used
        RecordProperty("perplexity_ratio", std::to_string(decoded / whole));
    }
}

} // namespace
} // namespace vitrine::quant
