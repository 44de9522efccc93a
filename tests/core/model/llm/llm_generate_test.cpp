#include "core/model/llm/llm.h"

#include "tests/support/tiny_llm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::model
{
namespace
{

const Llm& tiny()
{
    static const Llm llm = Llm::open(tests::tinyCheckpoint()).value();
    return llm;
}

const std::vector<std::int32_t> kPrompt{1, 2, 3};

std::int32_t likeliestAfter(std::span<const std::int32_t> ids)
{
    const auto result = tiny().forward(ids, {.logits = false}).value();
    return static_cast<std::int32_t>(std::ranges::max_element(result.logits) -
                                     result.logits.begin());
}

TEST(Generate, GreedyTakesTheLikeliestTokenOfAFullPassEachTime)
{
    const auto ids = generate(tiny(), kPrompt, {.maxTokens = 12}, {}).value();

    ASSERT_EQ(ids.size(), 12u);
    std::vector<std::int32_t> all = kPrompt;
    for (const std::int32_t id : ids) {
        EXPECT_EQ(id, likeliestAfter(all));
        all.push_back(id);
    }
}

TEST(Generate, EndsAfterAnEndTokenAndWhereTheListenerSaysSo)
{
    const auto free = generate(tiny(), kPrompt, {.maxTokens = 8}, {}).value();
    const auto third = static_cast<std::size_t>(std::ranges::find(free, free[2]) - free.begin());

    const auto ended = generate(tiny(), kPrompt, {.maxTokens = 8}, {free[2]}).value();
    int heard = 0;
    const auto stopped = generate(tiny(), kPrompt, {.maxTokens = 8}, {}, [&](std::int32_t) {
                             return ++heard < 5;
                         }).value();

    EXPECT_EQ(ended.size(), third + 1);
    EXPECT_EQ(stopped.size(), 5u);
    EXPECT_TRUE(generate(tiny(), kPrompt, {.maxTokens = 0}, {}).value().empty());
}

TEST(Generate, SamplingRepeatsWithItsSeedAndStaysAmongTheTopK)
{
    const Sampling sampling{.maxTokens = 30, .temperature = 1.5, .topK = 3, .seed = 5};
    const auto first = generate(tiny(), kPrompt, sampling, {}).value();

    EXPECT_EQ(generate(tiny(), kPrompt, sampling, {}).value(), first);
    EXPECT_NE(
        generate(tiny(), kPrompt, {.maxTokens = 30, .temperature = 1.5, .topK = 3, .seed = 6}, {})
            .value(),
        first);
    std::vector<std::int32_t> all = kPrompt;
    for (const std::int32_t id : first) {
        const auto logits = tiny().forward(all, {.logits = false}).value().logits;
        const auto better = std::ranges::count_if(
            logits, [&](float x) { return x > logits[static_cast<std::size_t>(id)]; });
        EXPECT_LT(better, 3);
        all.push_back(id);
    }
}

TEST(Generate, SamplesInProportionToTheSoftmax)
{
    const auto logits = tiny().forward(kPrompt, {.logits = false}).value().logits;
    double sum = 0;
    for (const float x : logits)
        sum += std::exp(x / 2.0);
    std::vector<double> counts(logits.size());
    const int draws = 4000;
    for (int seed = 0; seed < draws; ++seed)
        counts[static_cast<std::size_t>(
            generate(tiny(), kPrompt,
                     {.maxTokens = 1, .temperature = 2, .seed = static_cast<std::uint64_t>(seed)},
                     {})
                .value()[0])] += 1.0 / draws;

    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double p = std::exp(logits[i] / 2.0) / sum;
        EXPECT_NEAR(counts[i], p, 5 * std::sqrt(p / draws) + 1e-3) << "token " << i;
    }
}

TEST(Generate, RefusesWhatMakesNoSense)
{
    EXPECT_FALSE(generate(tiny(), kPrompt, {.maxTokens = -1}, {}));
    EXPECT_FALSE(generate(tiny(), kPrompt, {.temperature = -1}, {}));
    EXPECT_FALSE(generate(tiny(), kPrompt, {.topK = -2}, {}));
    EXPECT_FALSE(generate(tiny(), {}, {}, {}));
}

TEST(Perplexity, OfAUniformModelIsItsVocabulary)
{
    const std::vector<std::int32_t> ids{0, 3, 1, 2};
    const std::vector<float> logits(4 * 7, 0.25f);

    EXPECT_NEAR(perplexity(logits, ids, 7), 7.0, 1e-9);
}

TEST(Perplexity, OfAPeakedOracleIsOneAndOfOneTokenIsUnknown)
{
    const std::vector<std::int32_t> ids{0, 3, 1, 2};
    std::vector<float> logits(4 * 7, 0.0f);
    for (std::size_t t = 0; t + 1 < ids.size(); ++t)
        logits[t * 7 + static_cast<std::size_t>(ids[t + 1])] = 500;

    EXPECT_NEAR(perplexity(logits, ids, 7), 1.0, 1e-9);
    EXPECT_TRUE(std::isnan(perplexity(std::span(logits).first(7), std::span(ids).first(1), 7)));
}

TEST(Perplexity, IsTheExponentOfTheMeanLoss)
{
    const std::vector<std::int32_t> ids{0, 1, 0};
    const std::vector<float> logits{0, std::log(3.0f), 0, 0, 9, 9}; // p = 3/4, then 1/2

    EXPECT_NEAR(perplexity(logits, ids, 2), std::exp((std::log(4.0 / 3) + std::log(2.0)) / 2),
                1e-6);
}

} // namespace
} // namespace vitrine::model
