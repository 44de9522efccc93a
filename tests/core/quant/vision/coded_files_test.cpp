#include "core/quant/vision/coded_files.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/quant/vision/integer_vision.h"
#include "core/quant/vision/simulated_vision.h"
#include "core/tensor/safetensors.h"
#include "tests/core/quant/vision/random_efficient_vit.h"
#include "tests/core/quant/vision/small_vit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace vitrine::quant
{
namespace
{

namespace fs = std::filesystem;

std::shared_ptr<const CodedVision> codedBy(const tests::SmallVit& vit, const char* method,
                                           VisionQuantSettings settings = {})
{
    return std::make_shared<const CodedVision>(
        findVisionMethod(method).value().quantize(vit.task(method, std::move(settings))).value());
}

std::vector<float> logitsBySimulation(std::shared_ptr<const CodedVision> coded,
                                      const std::vector<float>& picture)
{
    return logitsOf(*coded, SimulatedVision::make(coded).value().run(picture).value());
}

class CodedFiles : public testing::Test
{
protected:
    fs::path folder() const { return folder_.path / "codes"; }
    std::shared_ptr<const CodedVision> reopened() const
    {
        auto opened = openCodedVision(folder());
        EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
        return std::make_shared<const CodedVision>(std::move(opened).value());
    }
    void expectTheSameBack(std::shared_ptr<const CodedVision> before, const char* method)
    {
        ASSERT_TRUE(writeCodedVision(*before, method, folder()));
        const auto after = reopened();
        EXPECT_EQ(floatParts(*after), floatParts(*before));
        const auto was = IntegerVision::make(before), is = IntegerVision::make(after);
        ASSERT_EQ(is.has_value(), was.has_value()) << (is ? "" : is.error().message);
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            const auto picture = tests::randomPicture(16, 1, seed);
            EXPECT_EQ(logitsBySimulation(after, picture), logitsBySimulation(before, picture));
            if (is) {
                EXPECT_EQ(is->run(picture).value(), was->run(picture).value());
            }
        }
    }
    // What is said of the folder once config.json is another.
    std::string refusal(const std::function<void(Json&)>& change)
    {
        const fs::path file = folder() / "config.json";
        const std::string before = readFile(file, 1 << 20).value();
        Json json = parseJson(before, "config.json").value();
        change(json);
        EXPECT_TRUE(writeFileAtomically(file, dumpJson(json)));
        const auto opened = openCodedVision(folder());
        EXPECT_TRUE(writeFileAtomically(file, before));
        return opened ? "" : opened.error().message;
    }

    tests::TemporaryFolder folder_;
};

TEST_F(CodedFiles, GiveTheSameLogitsWhenTheyAreRead)
{
    const tests::SmallVit vit;
    for (const char* method : {"p2vit", "fq-vit", "minmax"}) {
        const auto before =
            codedBy(vit, method, {.layerBits = {{"blocks.0.mlp.fc1", 4}, {"head", 6}}});
        ASSERT_TRUE(writeCodedVision(*before, method, folder()));
        const auto after = reopened();
        for (const auto& picture : vit.pictures)
            EXPECT_EQ(logitsBySimulation(after, picture), logitsBySimulation(before, picture))
                << method;
        EXPECT_EQ(floatParts(*after), floatParts(*before));
    }
}

TEST_F(CodedFiles, RunInWholeNumbers)
{
    const tests::SmallVit vit;
    const auto before = codedBy(vit, "p2vit");
    ASSERT_TRUE(writeCodedVision(*before, "p2vit", folder()));
    const auto was = IntegerVision::make(before), is = IntegerVision::make(reopened());
    ASSERT_TRUE(is) << is.error().message;
    for (const auto& picture : vit.pictures)
        EXPECT_EQ(is->run(picture).value(), was->run(picture).value());
}

TEST_F(CodedFiles, OfAnEfficientVitGiveTheSameLogitsByBothPasses)
{
    const tests::RandomEfficientVit vit;
    for (const char* method : {"trio-vit", "uniform"})
        expectTheSameBack(vit.coded(method), method);
    expectTheSameBack(vit.coded("trio-vit", {.activationBits = 4}), "trio-vit");
    expectTheSameBack(vit.coded("trio-vit", {.weightBits = 4}, {}, {"geometric"}), "trio-vit");
    expectTheSameBack(vit.coded("trio-vit", {}, {"log2"}), "trio-vit");
    expectTheSameBack(vit.coded("trio-vit", {}, {"attention", "log2"}), "trio-vit");
    expectTheSameBack(vit.coded("trio-vit", {}, {"migration", "shift"}), "trio-vit");
}

TEST_F(CodedFiles, OfAnEfficientVitAreRefusedByNameWhereTheyAreNotWhole)
{
    const tests::RandomEfficientVit vit;
    ASSERT_TRUE(writeCodedVision(*vit.coded("trio-vit"), "trio-vit", folder()));
    const auto layerWith = [](Json& json, const char* key) -> Json& {
        for (Json& one : json["layers"])
            if (one.contains(key) && one[key] != Json(false))
                return one;
        throw std::runtime_error(key);
    };
    using testing::HasSubstr;
    EXPECT_THAT(refusal([&](Json& json) { layerWith(json, "division")["division"] = "by hand"; }),
                HasSubstr("division is \"by hand\", which is not known"));
    EXPECT_THAT(refusal([&](Json& json) { layerWith(json, "halves")["halves"] = false; }),
                HasSubstr("is not on the grids of what it puts side by side"));
    EXPECT_THAT(refusal([&](Json& json) { layerWith(json, "halves")["second_zero"] = 128; }),
                HasSubstr("second_zero is 128"));
    EXPECT_THAT(refusal([&](Json& json) {
                    layerWith(json, "hard_swish_fraction")["hard_swish_fraction"] = 14;
                }),
                HasSubstr("hard_swish_fraction is 14"));
    EXPECT_THAT(refusal([&](Json& json) { layerWith(json, "centred")["after"] = "none"; }),
                HasSubstr("no Hardswish behind the layer"));
    EXPECT_THAT(refusal([&](Json& json) { json["family"] = "ViT"; }), HasSubstr("of a ViT"));
    EXPECT_EQ(refusal([](Json&) {}), "");
}

TEST_F(CodedFiles, AreNoNetworkToComputeWith)
{
    const tests::SmallVit vit;
    EXPECT_FALSE(holdsCodedVision(vit.checkpoint->files()[0].parent_path()));
    ASSERT_TRUE(writeCodedVision(*codedBy(vit, "p2vit"), "p2vit", folder()));
    EXPECT_TRUE(holdsCodedVision(folder()));
    const auto opened = model::openVisionCheckpoint(folder());
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, testing::HasSubstr("is that of a network in codes"));
}

TEST_F(CodedFiles, AreNotWrittenOverAnotherModel)
{
    const tests::SmallVit vit;
    const auto network = codedBy(vit, "p2vit");
    ASSERT_TRUE(writeCodedVision(*network, "p2vit", folder()));
    EXPECT_TRUE(writeCodedVision(*network, "p2vit", folder()));
    const fs::path original = vit.checkpoint->files()[0].parent_path();
    const auto refused = writeCodedVision(*network, "p2vit", original);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("holds another model"));
    EXPECT_TRUE(model::openVisionCheckpoint(original));
}

TEST_F(CodedFiles, KnowThePreparationOfPicturesButNoNumbers)
{
    const tests::SmallVit vit;
    ASSERT_TRUE(writeCodedVision(*codedBy(vit, "p2vit"), "p2vit", folder()));
    const auto opened = reopened();
    EXPECT_EQ(opened->checkpoint->preprocessing().mean, vit.checkpoint->preprocessing().mean);
    EXPECT_EQ(opened->network().layers.size(), vit.checkpoint->network().layers.size());
    const auto numbers = opened->checkpoint->tensor("head.weight");
    ASSERT_FALSE(numbers);
    EXPECT_THAT(numbers.error().message, testing::HasSubstr("holds codes, not the numbers"));
}

TEST_F(CodedFiles, AreRefusedByNameWhereTheyAreNotWhole)
{
    const tests::SmallVit vit;
    ASSERT_TRUE(writeCodedVision(*codedBy(vit, "p2vit"), "p2vit", folder()));
    const auto layer = [](Json& json, const char* name) -> Json& {
        for (Json& one : json["layers"])
            if (one["layer"] == name)
                return one;
        throw std::runtime_error(name);
    };
    using testing::HasSubstr;
    EXPECT_THAT(refusal([](Json& json) { json["format"] = "other"; }),
                HasSubstr("\"vitrine-vision-codes\""));
    EXPECT_THAT(refusal([](Json& json) { json["version"] = 2; }), HasSubstr("version 2"));
    EXPECT_THAT(refusal([](Json& json) { json["family"] = "Swin"; }),
                HasSubstr("not those of a Swin"));
    EXPECT_THAT(refusal([](Json& json) { json["tensors"].erase("head.weight"); }),
                HasSubstr("layers"));
    EXPECT_THAT(refusal([](Json& json) { json["layers"].erase(2); }), HasSubstr("no list"));
    EXPECT_THAT(refusal([&](Json& json) { layer(json, "head")["weight_bits"] = 9; }),
                HasSubstr("layer \"head\": weight_bits is 9"));
    EXPECT_THAT(refusal([&](Json& json) { layer(json, "head")["weight_bits"] = 2; }),
                HasSubstr("layer \"head\": weight holds a number outside -2 to 1"));
    EXPECT_THAT(refusal([&](Json& json) { layer(json, "head")["output_scale"] = -1; }),
                HasSubstr("output_scale"));
    EXPECT_THAT(refusal([&](Json& json) { layer(json, "head").erase("after"); }),
                HasSubstr("layer \"head\": after is missing"));
    EXPECT_THAT(refusal([&](Json& json) { layer(json, "head")["after"] = "relu"; }),
                HasSubstr("\"relu\", which is not known"));
    EXPECT_THAT(
        refusal([&](Json& json) { layer(json, "blocks.0.attn.values")["softmax"] = "uniform"; }),
        HasSubstr("softmax is not that of the layer it reads"));
    EXPECT_EQ(refusal([](Json&) {}), "");
}

TEST_F(CodedFiles, AreRefusedWhereATensorIsMissingOrTooMuch)
{
    const tests::SmallVit vit;
    ASSERT_TRUE(writeCodedVision(*codedBy(vit, "p2vit"), "p2vit", folder()));
    const fs::path file = folder() / "model.safetensors", kept = folder_.path / "kept";
    fs::rename(file, kept);
    const auto opened = Safetensors::open(kept).value();
    const auto rewritten = [&](const std::function<void(std::vector<NamedTensor>&)>& change) {
        std::vector<NamedTensor> all;
        for (const auto& [name, entry] : opened.entries())
            all.push_back({name, opened.tensor(name).value()});
        change(all);
        EXPECT_TRUE(writeSafetensors(file, std::move(all)));
        const auto read = openCodedVision(folder());
        return read ? std::string() : read.error().message;
    };
    const std::int8_t one = 1;
    const auto replaced = [&](const char* name, std::span<const std::byte> bytes) {
        return rewritten([&](auto& all) {
            for (auto& t : all)
                if (t.name == name)
                    t.tensor.bytes = bytes;
        });
    };
    const std::vector<double> halves(5, 0.5);
    const std::vector<std::int64_t> threes(5, 3);
    EXPECT_THAT(replaced("head.bias", std::as_bytes(std::span(halves))),
                testing::HasSubstr("layer \"head\": bias holds a number that is no whole one"));
    EXPECT_THAT(replaced("head.rescale.multiplier", std::as_bytes(std::span(threes))),
                testing::HasSubstr("which is no requantizer"));
    EXPECT_EQ(rewritten([](auto&) {}), "");
    EXPECT_THAT(rewritten([](auto& all) {
                    std::erase_if(all, [](const auto& t) { return t.name == "head.bias"; });
                }),
                testing::HasSubstr("layer \"head\": bias is missing"));
    EXPECT_THAT(rewritten([&](auto& all) {
                    all.push_back({"extra", {DType::i8, {1}, std::as_bytes(std::span(&one, 1))}});
                }),
                testing::HasSubstr("\"extra\" belongs to no layer"));
    EXPECT_THAT(rewritten([&](auto& all) {
                    for (auto& t : all)
                        if (t.name == "head.weight")
                            t.tensor = {DType::i8, {1}, std::as_bytes(std::span(&one, 1))};
                }),
                testing::HasSubstr("layer \"head\": weight has 1 numbers of I8"));
}

} // namespace
} // namespace vitrine::quant
