#include "core/quant/llm_quantization.h"

#include "core/base/file.h"
#include "core/model/llm/llm.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

namespace vitrine::quant
{
namespace
{

using testing::HasSubstr;

const std::vector<std::vector<std::int32_t>> kTexts = {
    {1, 7, 3, 12, 49, 0, 5, 8, 22, 13}, {1, 30, 2, 2, 17, 41, 9}, {1, 44, 45, 46, 3, 10, 10, 28}};

LlmQuantSettings settingsOf(const char* method, Layout layout, int bits)
{
    LlmQuantSettings settings{.quantizer = *findQuantizer(method), .layers = {}};
    settings.layers.layout = layout;
    settings.layers.bits = bits;
    settings.layers.terms = settings.quantizer.hasGrid ? 0 : 3;
    return settings;
}

class LlmQuantizationTest : public testing::Test
{
protected:
    LlmQuantization open(const LlmQuantSettings& settings, const char* subject = "subject")
    {
        auto opened =
            LlmQuantization::open(checkpoint_, settings, kTexts, folder_.path / "layers", subject);
        EXPECT_TRUE(opened) << opened.error().message;
        return *std::move(opened);
    }
    std::string bytesAfter(LlmQuantization& quantization, const char* name)
    {
        EXPECT_TRUE(quantization.write(folder_.path / name));
        return *readFile(folder_.path / name / "model.safetensors", 1 << 24);
    }

    std::shared_ptr<const model::LlmCheckpoint> checkpoint_ = tests::tinyCheckpoint();
    tests::TemporaryFolder folder_;
};

TEST_F(LlmQuantizationTest, QuantizesEveryLinearLayerAndWritesAModelThatRuns)
{
    LlmQuantization quantization = open(settingsOf("shiftadd", Layout::block, 3));
    std::vector<double> shares;
    std::vector<std::string> told;
    ASSERT_TRUE(quantization.run(
        [&](double share) {
            shares.push_back(share);
            return true;
        },
        [&](const LayerRecord& layer) { told.push_back(layer.name); }));
    ASSERT_EQ(quantization.layers().size(), 14u); // two blocks of seven
    EXPECT_EQ(told.size(), 14u);
    EXPECT_TRUE(std::ranges::is_sorted(shares));
    EXPECT_DOUBLE_EQ(shares.back(), 1);
    for (const LayerRecord& layer : quantization.layers()) {
        EXPECT_EQ(layer.bits, 3);
        EXPECT_TRUE(layer.isPacked);
        EXPECT_GT(layer.weightError, 0) << layer.name;
        EXPECT_GT(layer.outputError, 0) << layer.name;
        EXPECT_LT(layer.outputError, 0.2) << layer.name;
    }

    ASSERT_TRUE(quantization.write(folder_.path / "packed"));
    const auto packed = model::openLlmCheckpoint(folder_.path / "packed");
    ASSERT_TRUE(packed) << packed.error().message;
    const auto ids = kTexts.front();
    const auto a = model::Llm::open(checkpoint_)->forward(ids),
               b = model::Llm::open(*packed)->forward(ids);
    ASSERT_TRUE(a && b);
    EXPECT_NE(a->logits, b->logits);
    for (std::size_t i = 0; i < a->logits.size(); ++i)
        EXPECT_NEAR(a->logits[i], b->logits[i], 4) << i; // of about 20
}

TEST_F(LlmQuantizationTest, LaterBlocksAreCalibratedOnWhatQuantizedOnesGive)
{
    LlmQuantization coarse = open(settingsOf("rtn", Layout::row, 2), "coarse");
    ASSERT_TRUE(coarse.run({}));
    LlmQuantSettings fineFirst = settingsOf("rtn", Layout::row, 2);
    for (const LayerRecord& layer : coarse.layers())
        if (layer.block == 0)
            fineFirst.bits[layer.name] = 8;
    LlmQuantization mixed = open(fineFirst, "mixed");
    ASSERT_TRUE(mixed.run({}));
    // The second block's weights are rounded alike, and read something else.
    const LayerRecord &a = coarse.layers().back(), &b = mixed.layers().back();
    EXPECT_EQ(a.bits, b.bits);
    EXPECT_EQ(a.weightError, b.weightError);
    EXPECT_NE(a.outputEnergy, b.outputEnergy);
    EXPECT_EQ(mixed.layers().front().bits, 8);
}

// Stopped at every place where progress is told, and taken up again: the same bytes.
TEST_F(LlmQuantizationTest, GoesOnFromTheLayersThatWereReady)
{
    const auto settings = settingsOf("shiftadd", Layout::column, 2);
    LlmQuantization whole = open(settings, "whole");
    int tells = 0;
    ASSERT_TRUE(whole.run([&](double) { return ++tells > 0; }));
    const std::string expected = bytesAfter(whole, "whole");
    for (int stop = 1; stop < tells; stop += std::max(1, tells / 7)) {
        std::filesystem::remove_all(folder_.path / "layers");
        int left = stop;
        LlmQuantization first = open(settings);
        const auto stopped = first.run([&](double) { return --left > 0; });
        ASSERT_FALSE(stopped);
        EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
        LlmQuantization second = open(settings);
        ASSERT_TRUE(second.run({}));
        EXPECT_EQ(second.layers().size(), 14u);
        EXPECT_EQ(bytesAfter(second, "again"), expected) << "stopped at " << stop;
    }
}

TEST_F(LlmQuantizationTest, LayersOfAnotherSubjectOrCutFilesAreDoneAgain)
{
    const auto settings = settingsOf("bcq", Layout::row, 2);
    LlmQuantization first = open(settings, "one");
    ASSERT_TRUE(first.run({}));
    const std::string expected = bytesAfter(first, "first");
    LlmQuantization other = open(settings, "two");
    ASSERT_TRUE(other.run({}));
    EXPECT_EQ(other.keptBefore(), 0u);

    const std::string layer = other.layers()[3].name;
    std::filesystem::resize_file(folder_.path / "layers" / (layer + ".safetensors"), 100);
    LlmQuantization again = open(settings, "two");
    ASSERT_TRUE(again.run({}));
    EXPECT_EQ(again.keptBefore(), 13u);
    EXPECT_EQ(bytesAfter(again, "again"), expected);
}

// A number that is not there would read as 0; one that is not known is of another version.
TEST_F(LlmQuantizationTest, RecordsThatLackAKeyOrHaveMoreAreDoneAgain)
{
    const auto settings = settingsOf("bcq", Layout::row, 2);
    LlmQuantization first = open(settings);
    ASSERT_TRUE(first.run({}));
    const auto file = folder_.path / "layers" / (first.layers()[3].name + ".safetensors");
    const std::string kept = *readFile(file, 1 << 24);
    // Of the same length, so that the header's stays what it is.
    for (const auto& [from, to] :
         {std::pair{"output_energy", "output_energi"}, std::pair{"importance", "importanse"},
          std::pair{"loss", "losd"}}) {
        std::string changed = kept;
        const auto at = changed.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        changed.replace(at, std::string_view(from).size(), to);
        ASSERT_TRUE(writeFileAtomically(file, changed));
        LlmQuantization again = open(settings);
        ASSERT_TRUE(again.run({}));
        EXPECT_EQ(again.keptBefore(), 13u) << from;
        EXPECT_EQ(again.layers()[3].outputEnergy, first.layers()[3].outputEnergy);
    }
    ASSERT_TRUE(writeFileAtomically(file, kept));
    LlmQuantization again = open(settings);
    ASSERT_TRUE(again.run({}));
    EXPECT_EQ(again.keptBefore(), 14u);
}

TEST_F(LlmQuantizationTest, ARotatedStudyIsDenseAndSaysSo)
{
    auto settings = settingsOf("shiftadd", Layout::column, 3);
    settings.layers.incoherence = true;
    LlmQuantization quantization = open(settings);
    ASSERT_TRUE(quantization.run({}));
    for (const LayerRecord& layer : quantization.layers())
        EXPECT_FALSE(layer.isPacked);
    ASSERT_TRUE(quantization.write(folder_.path / "dense"));
    const auto dense = model::openLlmCheckpoint(folder_.path / "dense");
    ASSERT_TRUE(dense) << dense.error().message;
    EXPECT_EQ((*dense)->codes(quantization.layers().front().name), nullptr);
}

TEST_F(LlmQuantizationTest, WhatCannotBeQuantizedIsRefusedByName)
{
    const auto refusal = [&](const LlmQuantSettings& settings,
                             const std::vector<std::vector<std::int32_t>>& texts) {
        const auto opened =
            LlmQuantization::open(checkpoint_, settings, texts, folder_.path / "layers", "s");
        return opened ? std::string("accepted") : opened.error().message;
    };
    auto settings = settingsOf("rtn", Layout::row, 3);
    EXPECT_THAT(refusal(settings, {}), HasSubstr("no text"));
    EXPECT_THAT(refusal(settings, {{1, 99}}), HasSubstr("99"));
    settings.bits = {{"model.layers.7.mlp.up_proj.weight", 2}};
    EXPECT_THAT(refusal(settings, kTexts), HasSubstr("model.layers.7.mlp.up_proj.weight"));
    EXPECT_THAT(refusal(settingsOf("rtn", Layout::row, 9), kTexts), HasSubstr("9 bits"));
}

} // namespace
} // namespace vitrine::quant
