#include "core/model/llm/llm.h"

#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cstring>
#include <iostream>
#include <numeric>

namespace vitrine::model
{
namespace
{

constexpr int kSequences = 3;

struct GoldenModel {
    Llm llm;
    Safetensors expected;
};

std::vector<float> floats(const Safetensors& file, const std::string& name)
{
    return toFloat(file.tensor(name).value());
}

std::vector<std::int32_t> ids(const Safetensors& file, const std::string& name)
{
    const TensorView view = file.tensor(name).value();
    std::vector<std::int32_t> result;
    for (std::int64_t i = 0; i < view.elements(); ++i) {
        std::int64_t id = 0;
        std::memcpy(&id, view.bytes.data() + 8 * i, 8);
        result.push_back(static_cast<std::int32_t>(id));
    }
    return result;
}

// Golden numbers of the reference implementation, fp32; ten times its own noise is the fair bound.
class LlmGolden : public testing::TestWithParam<const char*>
{
protected:
    void SetUp() override
    {
        const auto folder = tests::goldenData(std::filesystem::path("llm") / GetParam());
        if (!folder)
            GTEST_SKIP() << "set VITRINE_TEST_DATA to the folder with golden/llm/" << GetParam();
        auto checkpoint = openLlmCheckpoint(*folder);
        ASSERT_TRUE(checkpoint) << checkpoint.error().message;
        auto llm = Llm::open(*checkpoint);
        ASSERT_TRUE(llm) << llm.error().message;
        auto expected = Safetensors::open(*folder / "golden.safetensors");
        ASSERT_TRUE(expected) << expected.error().message;
        model_ = std::make_unique<GoldenModel>(std::move(*llm), std::move(*expected));
    }

    const Llm& llm() const { return model_->llm; }
    const Safetensors& expected() const { return model_->expected; }

private:
    std::unique_ptr<GoldenModel> model_;
};

std::string sequence(int i)
{
    return "seq" + std::to_string(i) + ".";
}

TEST_P(LlmGolden, LogitsAttentionAndHiddenStatesAgree)
{
    ForwardRequest request{.hidden = true};
    request.maps.resize(static_cast<std::size_t>(llm().config().layers));
    std::iota(request.maps.begin(), request.maps.end(), 0);
    double logits = 0, attention = 0, hidden = 0;
    for (int i = 0; i < kSequences; ++i) {
        const std::string s = sequence(i);

        const auto result = llm().forward(ids(expected(), s + "input_ids"), request);

        ASSERT_TRUE(result) << result.error().message;
        logits = std::max(
            logits, tests::largestDifference(result->logits, floats(expected(), s + "logits")));
        ASSERT_EQ(result->hidden.size(), request.maps.size() + 1);
        for (std::size_t l = 0; l < result->hidden.size(); ++l)
            hidden =
                std::max(hidden, tests::largestDifference(
                                     result->hidden[l],
                                     floats(expected(), s + "hidden_states." + std::to_string(l))));
        for (std::size_t l = 0; l < result->maps.size(); ++l)
            attention =
                std::max(attention, tests::largestDifference(
                                        result->maps[l],
                                        floats(expected(), s + "attentions." + std::to_string(l))));
    }
    std::cout << GetParam() << ": logits " << logits << ", attention " << attention << ", hidden "
              << hidden << '\n';
    EXPECT_LE(logits, 2e-4);
    EXPECT_LE(attention, 1e-5);
    EXPECT_LE(hidden, 2e-4);
}

TEST_P(LlmGolden, GreedyContinuationHasTheSameIds)
{
    const auto prompt = ids(expected(), "seq0.input_ids"),
               whole = ids(expected(), "seq0.greedy_ids");

    const auto continued =
        generate(llm(), prompt, {.maxTokens = static_cast<int>(whole.size() - prompt.size())}, {});

    ASSERT_TRUE(continued) << continued.error().message;
    const std::vector<std::int32_t> tail(whole.begin() + static_cast<std::ptrdiff_t>(prompt.size()),
                                         whole.end());
    EXPECT_EQ(*continued, tail);
}

TEST_P(LlmGolden, CachedDecodingEqualsPrefill)
{
    const auto all = ids(expected(), "seq2.input_ids");
    const auto vocabulary = static_cast<std::size_t>(llm().config().vocabulary);
    const auto prefill = llm().forward(all);
    ASSERT_TRUE(prefill) << prefill.error().message;

    const auto cache = llm().newCache(static_cast<std::int64_t>(all.size()));
    ASSERT_TRUE(cache) << cache.error().message;
    const std::size_t prompt = 20;
    for (std::size_t t = prompt; t <= all.size(); ++t) {
        const std::size_t from = t == prompt ? 0 : t - 1;
        const auto logits = llm().decode(**cache, std::span(all).subspan(from, t - from));
        ASSERT_TRUE(logits) << logits.error().message;
        const std::span expectedRow =
            std::span(prefill->logits).subspan((t - 1) * vocabulary, vocabulary);
        EXPECT_LE(tests::largestDifference(*logits, expectedRow), 1e-4)
            << "after " << t << " tokens";
    }
}

INSTANTIATE_TEST_SUITE_P(Models, LlmGolden,
                         testing::Values("llama2-tiny-f32", "llama3-tiny-bf16",
                                         "llama3.1-ropescaled-f32", "mistral-sw16-f32",
                                         "mistral-nemo-headdim-f32"),
                         [](const auto& instance) {
                             std::string name = instance.param;
                             std::ranges::replace_if(
                                 name, [](char c) { return !std::isalnum(c); }, '_');
                             return name;
                         });

} // namespace
} // namespace vitrine::model
