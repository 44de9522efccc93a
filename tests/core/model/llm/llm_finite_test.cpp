#include "core/model/llm/llm.h"

#include "tests/support/golden.h"
#include "tests/support/reference_llm.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <map>

namespace vitrine::model
{
namespace
{

using testing::HasSubstr;
using tests::flat;
using tests::largestDifference;
using tests::tinyConfig;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr double kTolerance = 1e-4; // as in the tests of finite models

// The tiny model with some of its numbers changed.
class ChangedCheckpoint : public LlmCheckpoint
{
public:
    using Change = std::function<void(std::vector<float>&)>;

    ChangedCheckpoint(LlmConfig config, const std::map<std::string, Change>& changes)
        : base_(tests::tinyCheckpoint(std::move(config)))
    {
        for (const auto& [name, change] : changes) {
            changed_[name] = toFloat(*base_->tensor(name));
            change(changed_[name]);
        }
    }

    const LlmConfig& config() const override { return base_->config(); }
    std::vector<std::string> tensorNames() const override { return base_->tensorNames(); }
    bool has(const std::string& name) const override { return base_->has(name); }
    Result<TensorView> tensor(const std::string& name) const override
    {
        auto view = base_->tensor(name);
        if (const auto found = changed_.find(name); found != changed_.end())
            view->bytes = std::as_bytes(std::span(found->second));
        return view;
    }
    std::vector<std::filesystem::path> files() const override { return {}; }
    std::vector<std::string> notes() const override { return {}; }

private:
    std::shared_ptr<const LlmCheckpoint> base_;
    std::map<std::string, std::vector<float>> changed_;
};

std::shared_ptr<const LlmCheckpoint>
changedModel(const std::map<std::string, ChangedCheckpoint::Change>& changes,
             LlmConfig config = tinyConfig())
{
    return std::make_shared<ChangedCheckpoint>(std::move(config), changes);
}

ChangedCheckpoint::Change set(std::size_t index, float value)
{
    return [=](std::vector<float>& values) { values.at(index) = value; };
}

ChangedCheckpoint::Change times(float factor)
{
    return [=](std::vector<float>& values) {
        for (float& value : values)
            value *= factor;
    };
}

ForwardRequest showing()
{
    return {.maps = {0, 1}, .summaries = true, .thumbnailSide = 4, .allowNotFinite = true};
}

Result<ForwardResult> passOf(const std::shared_ptr<const LlmCheckpoint>& checkpoint,
                             std::span<const std::int32_t> ids,
                             const ForwardRequest& request = showing())
{
    const auto llm = Llm::open(checkpoint);
    EXPECT_TRUE(llm) << llm.error().message;
    return llm->forward(ids, request);
}

bool areNan(std::span<const float> values)
{
    return std::ranges::all_of(values, [](float value) { return std::isnan(value); });
}

const std::vector<std::int32_t> kIds{1, 4, 9, 16, 25, 36, 49, 3};

// Row 13 of the queries of layer 1 belongs to head 2.
const std::string kQueries = "model.layers.1.self_attn.q_proj.weight";
constexpr std::size_t kHeadTwo = 13 * 20;

TEST(NotFinite, StaysSoFromItsHeadOnAndIsNamed)
{
    const auto clean = passOf(changedModel({}), kIds);
    const auto pass = passOf(changedModel({{kQueries, set(kHeadTwo, kInfinity)}}), kIds);

    ASSERT_TRUE(pass) << pass.error().message;
    ASSERT_TRUE(pass->notFinite);
    EXPECT_EQ(notFiniteText(*pass->notFinite),
              "Numbers stop being finite at position 0 in layer 1, head 2: " + kQueries +
                  " holds NaN or infinity.");
    EXPECT_EQ(pass->maps[0], clean->maps[0]);
    const std::size_t size = kIds.size() * kIds.size();
    for (std::size_t head = 0; head < 4; ++head) {
        const auto map = std::span(pass->maps[1]).subspan(head * size, size);
        const HeadSummary& summary = pass->summaries[1][head];
        if (head != 2) {
            EXPECT_TRUE(
                std::ranges::equal(map, std::span(clean->maps[1]).subspan(head * size, size)));
            EXPECT_EQ(summary.columnSum, clean->summaries[1][head].columnSum);
            continue;
        }
        for (std::size_t i = 0; i < kIds.size(); ++i) {
            EXPECT_TRUE(areNan(map.subspan(i * kIds.size(), i + 1))) << "row " << i;
            EXPECT_THAT(map.subspan(i * kIds.size() + i + 1, kIds.size() - i - 1),
                        testing::Each(0.0f));
        }
        EXPECT_TRUE(areNan(summary.columnSum));
        EXPECT_TRUE(std::isnan(summary.entropy) && std::isnan(summary.distance) &&
                    std::isnan(summary.firstTokenMass));
        for (std::size_t a = 0; a < 4; ++a)
            for (std::size_t b = 0; b < 4; ++b)
                EXPECT_EQ(std::isnan(summary.thumbnail[a * 4 + b]), b <= a) << a << ", " << b;
    }
    EXPECT_TRUE(areNan(pass->logits));
}

TEST(NotFinite, IsAnErrorWhereItIsNotAskedFor)
{
    const auto checkpoint = changedModel({{kQueries, set(kHeadTwo, kNan)}});
    const auto llm = Llm::open(checkpoint);
    EXPECT_THAT(llm->forward(kIds).error().message,
                AllOf(HasSubstr("layer 1, head 2"), HasSubstr(kQueries)));
    const auto cache = llm->newCache(16);
    EXPECT_THAT(llm->decode(**cache, kIds).error().message, HasSubstr("layer 1, head 2"));
    EXPECT_THAT(generate(*llm, kIds, {}, {}).error().message, HasSubstr("layer 1, head 2"));
}

// The text of every place where weights can go wrong.
TEST(NotFinite, NamesTheTensor)
{
    LlmConfig config = tinyConfig();
    config.attentionBias = config.mlpBias = true, config.tiedEmbeddings = false;
    for (const std::string& name : tests::tinyCheckpoint(config)->tensorNames()) {
        // A row of the embeddings that is read.
        const std::size_t index = name == "model.embed_tokens.weight" ? 4 * 20 : 0;
        for (const float value : {kNan, kInfinity, -kInfinity}) {
            const auto pass = passOf(changedModel({{name, set(index, value)}}, config), kIds);
            ASSERT_TRUE(pass) << name << ": " << pass.error().message;
            ASSERT_TRUE(pass->notFinite) << name << " = " << value;
            EXPECT_EQ(pass->notFinite->tensor, name) << value;
        }
    }
}

TEST(NotFinite, IsNotSeenByTokensBeforeIt)
{
    for (const std::int64_t window : {0, 3}) {
        LlmConfig config = tinyConfig();
        config.slidingWindow = window, config.tiedEmbeddings = false;
        const auto ids = tests::randomIds(130, 49);
        auto bad = ids;
        bad[100] = 49;
        const auto checkpoint =
            changedModel({{"model.embed_tokens.weight", set(49 * 20, kNan)}}, config);
        const auto clean = passOf(changedModel({}, config), ids);

        const auto pass = passOf(checkpoint, bad);

        ASSERT_TRUE(pass) << pass.error().message;
        EXPECT_EQ(pass->notFinite->layer, -1);
        EXPECT_EQ(pass->notFinite->position, 100);
        const auto width = static_cast<std::size_t>(config.vocabulary);
        const auto rows = [&](const ForwardResult& of, std::size_t from, std::size_t count) {
            const auto part = std::span(of.logits).subspan(from * width, count * width);
            return std::vector<float>(part.begin(), part.end());
        };
        EXPECT_LE(largestDifference(rows(*pass, 0, 100), rows(*clean, 0, 100)), 1e-5);
        // Two layers of a window of three: four tokens behind the bad one see it.
        const std::size_t touched = window > 0 ? 5 : 30;
        EXPECT_TRUE(areNan(rows(*pass, 100, touched)));
        for (const float logit : rows(*pass, 100 + touched, 30 - touched))
            EXPECT_TRUE(std::isfinite(logit));
    }
}

// Whether a pass agrees with the plain loops in double precision.
void expectDoublePrecision(const std::shared_ptr<const LlmCheckpoint>& checkpoint)
{
    const auto ids = tests::randomIds(70, 49);
    const auto expected = tests::ReferenceLlm(*checkpoint).forward(ids);

    const auto pass = passOf(checkpoint, ids);

    ASSERT_TRUE(pass) << pass.error().message;
    EXPECT_FALSE(pass->notFinite);
    EXPECT_LE(largestDifference(pass->logits, flat(expected.logits)), kTolerance);
    for (std::size_t layer = 0; layer < 2; ++layer) {
        std::vector<float> maps;
        for (const auto& map : expected.attention[layer])
            std::ranges::copy(flat(map), std::back_inserter(maps));
        EXPECT_LE(largestDifference(pass->maps[layer], maps), kTolerance) << "layer " << layer;
    }
}

TEST(Overflow, ScoresComeOutAsDoublePrecisionHasThem)
{
    expectDoublePrecision(changedModel({{"model.layers.0.self_attn.q_proj.weight", times(1e20f)},
                                        {"model.layers.0.self_attn.k_proj.weight", times(1e20f)}}));
}

TEST(Overflow, ANormOfLargeNumbersIsANorm)
{
    LlmConfig config = tinyConfig();
    config.tiedEmbeddings = false;
    expectDoublePrecision(changedModel({{"model.embed_tokens.weight", times(1e25f)}}, config));
}

TEST(Overflow, OfTheResidualStreamIsRefused)
{
    const auto checkpoint =
        changedModel({{"model.layers.0.self_attn.v_proj.weight", times(1e25f)},
                      {"model.layers.0.self_attn.o_proj.weight", times(1e25f)}});
    const auto pass = passOf(checkpoint, kIds);
    ASSERT_FALSE(pass);
    EXPECT_THAT(pass.error().message, AllOf(HasSubstr("single precision"),
                                            HasSubstr("weights are finite"), HasSubstr("layer 0")));
}

} // namespace
} // namespace vitrine::model
