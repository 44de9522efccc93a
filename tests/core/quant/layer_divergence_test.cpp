#include "core/quant/layer_divergence.h"

#include "core/base/file.h"
#include "core/model/llm/llm.h"
#include "core/model/llm/llm_blockwise.h"
#include "core/quant/llm_quantization.h"
#include "core/quant/model_comparison.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>

#include <optional>

namespace vitrine::quant
{
namespace
{

const std::vector<std::vector<std::int32_t>> kReadTexts = {
    {1, 7, 3, 12, 49, 0, 5, 8, 22, 13}, {1, 30, 2, 2, 17, 41, 9}, {1, 44, 45, 46, 3, 10, 10, 28}};

class LayerDivergenceTest : public testing::Test
{
protected:
    void SetUp() override
    {
        LlmQuantSettings settings{.quantizer = *findQuantizer("rtn"), .layers = {}};
        settings.layers.bits = 2;
        auto opened = LlmQuantization::open(checkpoint_, settings, kReadTexts,
                                            folder_.path / "layers", "subject");
        ASSERT_TRUE(opened) << opened.error().message;
        quantized_.emplace(*std::move(opened));
        ASSERT_TRUE(quantized_->run({}));
        for (std::size_t i = 0; i < quantized_->layers().size(); ++i)
            variants_.push_back({quantized_->layers()[i].name, quantized_->layers()[i].block,
                                 [this, i] { return quantized_->decoded(i); }});
    }
    Result<std::vector<double>> divergences(const char* subject = "subject",
                                            const std::function<bool(double)>& progress = {})
    {
        return layerDivergences(checkpoint_, variants_, kReadTexts, file_, subject, progress);
    }
    // By whole passes of both models.
    double slowly(const LayerVariant& variant) const
    {
        const auto original = model::Llm::open(checkpoint_);
        const auto changed = model::Llm::open(
            checkpoint_,
            [&](const std::string& name,
                kernels::SharedWeights stored) -> Result<kernels::SharedWeights> {
                return name == variant.layer ? variant.weights() : std::move(stored);
            });
        double kl = 0, predicted = 0;
        for (const auto& text : kReadTexts) {
            const auto score = compareOnWindow(*original, *changed, text);
            kl += score->kl;
            predicted += static_cast<double>(score->predicted);
        }
        return kl / predicted;
    }

    std::shared_ptr<const model::LlmCheckpoint> checkpoint_ = tests::tinyCheckpoint();
    tests::TemporaryFolder folder_;
    std::filesystem::path file_ = folder_.path / "divergences.json";
    std::optional<LlmQuantization> quantized_;
    std::vector<LayerVariant> variants_;
};

TEST_F(LayerDivergenceTest, IsThatOfTheModelWithOneLayerChanged)
{
    const auto measured = divergences();
    ASSERT_TRUE(measured) << measured.error().message;
    ASSERT_EQ(measured->size(), 14u);
    for (std::size_t i = 0; i < variants_.size(); ++i) {
        EXPECT_GT((*measured)[i], 0) << variants_[i].layer;
        EXPECT_NEAR((*measured)[i], slowly(variants_[i]), 1e-12) << variants_[i].layer;
    }
}

TEST_F(LayerDivergenceTest, ALayerThatStaysAsItIsChangesNothing)
{
    const auto blocks = model::BlockwiseLlm::open(checkpoint_);
    const auto layer = blocks->linearLayers(1)[5];
    variants_ = {{layer.name, 1, [&] { return layer.weights; }}};
    const auto measured = divergences();
    ASSERT_TRUE(measured) << measured.error().message;
    EXPECT_EQ(measured->front(), 0);
}

// Stopped at every place where progress is told: the same bits.
TEST_F(LayerDivergenceTest, GoesOnFromTheTextsThatWereReady)
{
    int tells = 0;
    const auto whole = divergences("subject", [&](double) { return ++tells > 0; });
    ASSERT_TRUE(whole);
    EXPECT_EQ(tells, 3 * 14);
    for (int stop = 1; stop <= tells; stop += 5) {
        std::filesystem::remove(file_);
        int left = stop;
        const auto stopped = divergences("subject", [&](double) { return --left > 0; });
        ASSERT_FALSE(stopped);
        EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
        int again = 0;
        EXPECT_EQ(divergences("subject", [&](double) { return ++again > 0; }), *whole) << stop;
        EXPECT_EQ(again, tells - (stop - 1) / 14 * 14);
    }
}

TEST_F(LayerDivergenceTest, SumsOfSomethingElseAreMadeAgain)
{
    const auto whole = divergences();
    ASSERT_TRUE(whole);
    const std::string kept = *readFile(file_, 1 << 20);
    const auto toldAfter = [&](const std::string& bytes, const char* subject) {
        EXPECT_TRUE(writeFileAtomically(file_, bytes));
        int tells = 0;
        EXPECT_EQ(divergences(subject, [&](double) { return ++tells > 0; }), *whole);
        return tells;
    };
    EXPECT_EQ(toldAfter(kept, "subject"), 0);
    EXPECT_EQ(toldAfter(kept, "another"), 42);
    EXPECT_EQ(toldAfter(kept.substr(0, kept.size() / 2), "subject"), 42);
    EXPECT_EQ(toldAfter(R"({"more": 1, )" + kept.substr(1), "subject"), 42);
    EXPECT_EQ(toldAfter(R"({"subject": "subject", "windows": 3, "nat": [1]})", "subject"), 42);
}

TEST_F(LayerDivergenceTest, TextsThatPredictNothingAreRefused)
{
    const std::vector<std::vector<std::int32_t>> texts = {{1}, {}};
    const auto refused = layerDivergences(checkpoint_, variants_, texts, file_, "s", {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::argument);
}

} // namespace
} // namespace vitrine::quant
