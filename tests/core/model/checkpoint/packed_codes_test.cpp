#include "core/model/checkpoint/packed_codes.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/model/llm/llm.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/model/network/llm_network.h"
#include "tests/support/binary_codes.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <deque>

namespace vitrine::model
{
namespace
{

using kernels::BinaryCodes;
using kernels::ScaleForm;
using testing::HasSubstr;
using tests::CodesShape;
using tests::randomCodes;

std::vector<float> decodedMatrix(const BinaryCodes& codes)
{
    std::vector<float> rows(static_cast<std::size_t>(codes.outputs * codes.inputs));
    kernels::decodeRows(codes, codes.planes, 0, codes.outputs, rows.data());
    return rows;
}

class PackedCodes : public testing::Test
{
protected:
    std::filesystem::path file() const { return folder_.path / "model.safetensors"; }
    void write(const PackedWriter& writer)
    {
        const auto written = writeSafetensors(file(), writer.tensors(), writer.metadata());
        ASSERT_TRUE(written) << written.error().message;
    }
    // What is said of a file whose tensors or metadata were changed.
    std::string refusal(const std::function<void(std::vector<NamedTensor>&,
                                                 std::map<std::string, std::string>&)>& change)
    {
        PackedWriter writer;
        const BinaryCodes codes = randomCodes({.outputs = 3,
                                               .inputs = 10,
                                               .planes = 2,
                                               .groupRows = 1,
                                               .groupColumns = 4,
                                               .form = ScaleForm::powers},
                                              1);
        EXPECT_TRUE(writer.add("w", codes));
        auto tensors = writer.tensors();
        auto metadata = writer.metadata();
        change(tensors, metadata);
        EXPECT_TRUE(writeSafetensors(file(), tensors, metadata));
        const auto opened = Safetensors::open(file());
        const auto packed = readPackedCodes(*opened);
        return packed ? "accepted" : packed.error().message;
    }

    tests::TemporaryFolder folder_;
};

TEST_F(PackedCodes, EveryLayoutAndFormComesBackToTheBit)
{
    const std::vector<CodesShape> shapes = {
        {.outputs = 16, .inputs = 24, .planes = 3, .groupRows = 1, .groupColumns = 8},
        {.outputs = 9,
         .inputs = 172,
         .planes = 2,
         .groupRows = 9,
         .groupColumns = 1,
         .form = ScaleForm::powers},
        {.outputs = 13,
         .inputs = 20,
         .planes = 4,
         .groupRows = 2,
         .groupColumns = 8,
         .form = ScaleForm::powers},
        {.outputs = 5,
         .inputs = 64,
         .planes = 4,
         .groupRows = 1,
         .groupColumns = 32,
         .form = ScaleForm::grid},
        {.outputs = 5,
         .inputs = 33,
         .planes = 8,
         .groupRows = 1,
         .groupColumns = 32,
         .form = ScaleForm::grid,
         .hasZeros = true}};
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        const BinaryCodes codes = randomCodes(shapes[i], i);
        PackedWriter writer;
        ASSERT_TRUE(writer.add("layer.weight", codes)) << i;
        write(writer);
        const auto opened = Safetensors::open(file());
        ASSERT_TRUE(opened) << opened.error().message;
        const auto packed = readPackedCodes(*opened);
        ASSERT_TRUE(packed) << packed.error().message;
        const BinaryCodes& read = packed->at("layer.weight");
        EXPECT_EQ(decodedMatrix(read), decodedMatrix(codes)) << i;
        EXPECT_EQ(read.storedBits(), codes.storedBits()) << i;
        EXPECT_TRUE(std::ranges::equal(read.codes, codes.codes)) << i;
    }
}

TEST_F(PackedCodes, WhatTheDescriptionDoesNotFitIsRefusedByName)
{
    const auto described = [this](const std::string& from, const std::string& to) {
        return refusal([&](auto&, auto& metadata) {
            std::string& text = metadata["vitrine.codes:w"];
            const auto at = text.find(from);
            ASSERT_NE(at, std::string::npos) << text;
            text.replace(at, from.size(), to);
        });
    };
    EXPECT_EQ(refusal([](auto&, auto&) {}), "accepted");
    EXPECT_THAT(described("\"version\":1", "\"version\":2"), HasSubstr("version 2"));
    EXPECT_THAT(described("\"planes\":2", "\"planes\":3"), HasSubstr("w.codes"));
    EXPECT_THAT(described("\"planes\":2", "\"planes\":9"), HasSubstr("planes"));
    EXPECT_THAT(described("\"planes\":2,", ""), HasSubstr("lacks \"planes\""));
    EXPECT_THAT(described("\"outputs\":3", "\"outputs\":2147483647"), HasSubstr("w.codes"));
    EXPECT_THAT(described("\"group_columns\":4", "\"group_columns\":5"), HasSubstr("w.terms"));
    EXPECT_THAT(described("\"terms\":3", "\"terms\":4"), HasSubstr("w.terms"));
    EXPECT_THAT(described("\"powers\"", "\"power\""), HasSubstr("\"power\""));
    EXPECT_THAT(described("\"powers\"", "\"floats\""), HasSubstr("has \"terms\", which go with"));
    EXPECT_THAT(described(",\"terms\":3", ""), HasSubstr("lacks \"terms\""));
    EXPECT_THAT(described("{", "{\"group_column\":4,"),
                HasSubstr("unknown key \"group_column\"; did you mean \"group_columns\"?"));
    EXPECT_THAT(described("{", "{\"colour\":4,"),
                HasSubstr("unknown key \"colour\"; known are version, planes, outputs, inputs, "
                          "group_rows, group_columns, form, terms"));
    // A later version may have other keys: the version is what is said.
    EXPECT_THAT(described("\"version\":1", "\"version\":2,\"colour\":4"), HasSubstr("version 2"));
    EXPECT_THAT(described("{", "["), HasSubstr("packed matrix \"w\""));
}

TEST_F(PackedCodes, TensorsThatDoNotFitAreRefusedByName)
{
    EXPECT_THAT(refusal([](auto& tensors, auto&) { tensors.pop_back(); }), HasSubstr("w.terms"));
    EXPECT_THAT(refusal([](auto& tensors, auto&) {
                    tensors.push_back({"w", tensors.front().tensor});
                }),
                HasSubstr("holds \"w\" twice"));
    static const std::string zeros(4096, '\x80');
    EXPECT_THAT(refusal([](auto& tensors, auto&) {
                    TensorView& terms = tensors.back().tensor;
                    terms.bytes = std::as_bytes(std::span(zeros)).first(terms.bytes.size());
                }),
                HasSubstr("term 0"));
    EXPECT_THAT(refusal([](auto& tensors, auto&) {
                    TensorView& codes = tensors.front().tensor;
                    codes.bytes = std::as_bytes(std::span(zeros)).first(codes.bytes.size());
                }),
                HasSubstr("behind its 10 inputs"));
}

// The tiny model with its linear layers as codes, in a folder, and the same as numbers.
class PackedLlm : public PackedCodes
{
protected:
    void SetUp() override
    {
        const auto config = tests::tinyConfig();
        PackedWriter packed;
        std::vector<NamedTensor> plain;
        for (const auto& [name, shape, use] : requiredTensors(config)) {
            const TensorView stored = *original_->tensor(name);
            if (name.find("_proj.weight") == std::string::npos) {
                packed.add({name, stored});
                plain.push_back({name, stored});
                continue;
            }
            const BinaryCodes codes = randomCodes({.outputs = shape[0],
                                                   .inputs = shape[1],
                                                   .planes = 3,
                                                   .groupRows = 4,
                                                   .groupColumns = 8,
                                                   .form = ScaleForm::powers},
                                                  shape[0]);
            ASSERT_TRUE(packed.add(name, codes));
            kept_.push_back(codes);
            values_.push_back(decodedMatrix(codes));
            plain.push_back({name, {DType::f32, shape, std::as_bytes(std::span(values_.back()))}});
        }
        makeFolder("plain", plain, {}, configJson(config));
        Json json = configJson(config);
        json["quantization_config"] = {{"quant_method", kCodesMethod}};
        makeFolder("packed", packed.tensors(), packed.metadata(), json);
    }

    void makeFolder(const char* name, const std::vector<NamedTensor>& tensors,
                    const std::map<std::string, std::string>& metadata, const Json& config)
    {
        const auto folder = folder_.path / name;
        std::filesystem::create_directories(folder);
        ASSERT_TRUE(writeSafetensors(folder / "model.safetensors", tensors, metadata));
        ASSERT_TRUE(writeFileAtomically(folder / "config.json", config.dump()));
    }
    std::shared_ptr<const LlmCheckpoint> open(const char* name)
    {
        auto opened = openLlmCheckpoint(folder_.path / name);
        EXPECT_TRUE(opened) << opened.error().message;
        return *opened;
    }

    std::shared_ptr<const LlmCheckpoint> original_ = tests::tinyCheckpoint();
    std::deque<BinaryCodes> kept_;
    std::deque<std::vector<float>> values_;
};

TEST_F(PackedLlm, OpensAndRunsLikeTheSameNumbers)
{
    const auto packed = open("packed"), plain = open("plain");
    EXPECT_EQ(packed->tensorNames(), plain->tensorNames());
    EXPECT_TRUE(packed->notes().empty());
    const std::vector<std::int32_t> ids = {1, 7, 3, 12, 49, 0, 5};
    const auto a = Llm::open(packed)->forward(ids), b = Llm::open(plain)->forward(ids);
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->logits, b->logits);
}

TEST_F(PackedLlm, CodesAreNoNumbers)
{
    const auto packed = open("packed");
    const std::string name = "model.layers.0.mlp.up_proj.weight";
    const auto tensor = packed->tensor(name);
    ASSERT_FALSE(tensor);
    EXPECT_THAT(tensor.error().message, HasSubstr("binary codes"));
    ASSERT_TRUE(packed->codes(name));
    EXPECT_EQ(packed->codes(name)->planes, 3);
    EXPECT_EQ(packed->codes("model.norm.weight"), nullptr);
}

TEST_F(PackedLlm, AMatrixOfAnotherShapeIsRefusedByName)
{
    Json json = configJson(tests::tinyConfig());
    json["quantization_config"] = {{"quant_method", kCodesMethod}};
    json["intermediate_size"] = 36;
    ASSERT_TRUE(writeFileAtomically(folder_.path / "packed" / "config.json", json.dump()));
    const auto opened = openLlmCheckpoint(folder_.path / "packed");
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("gate_proj.weight"));
    EXPECT_THAT(opened.error().message, HasSubstr("35 x 20"));
}

} // namespace
} // namespace vitrine::model
