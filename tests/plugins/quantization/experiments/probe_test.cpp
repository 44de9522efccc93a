#include "plugins/quantization/experiments/probe.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/tensor/safetensors.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::HasSubstr;

Probe smallProbe()
{
    Probe probe;
    probe.tokens = {"<s>", "▁peace"};
    probe.maps = {{.head = 1,
                   .meanOriginal = {1, 0, 0.5f, 0.5f},
                   .meanQuantized = {1, 0, 0.25f, 0.75f},
                   .headOriginal = {1, 0, 0.9f, 0.1f},
                   .headQuantized = {1, 0, 0.4f, 0.6f}}};
    probe.layers = {{.name = "model.layers.0.mlp.up_proj.weight",
                     .rows = 1,
                     .firstInput = 64,
                     .columns = 3,
                     .original = {1, 2, 3},
                     .decoded = {1.5f, 1.5f, 3},
                     .chunk = 65,
                     .inputs = {-1, 2},
                     .outputs = {0},
                     .planes = 1,
                     .terms = 1,
                     .bytes = {2},
                     .scales = {0.5f, 0.5f},
                     .powers = {63, 63},
                     .offsets = {1, 2}},
                    {.name = "dense",
                     .rows = 1,
                     .columns = 1,
                     .original = {1},
                     .decoded = {2},
                     .inputs = {3},
                     .outputs = {0}}};
    return probe;
}

class ProbeTest : public testing::Test
{
protected:
    std::string refusal(Json head) const
    {
        const std::vector<float> maps(16);
        const auto bytes = std::as_bytes(std::span(maps));
        const TensorView view{DType::f32, {1, 4, 2, 2}, bytes};
        EXPECT_TRUE(
            writeSafetensors(path(), {{"maps", view}}, {{"vitrine.probe", dumpJson(head)}}));
        const auto read = readProbe(path());
        return read ? "accepted" : read.error().message;
    }
    std::filesystem::path path() const { return folder_.path / "probe.safetensors"; }

    tests::TemporaryFolder folder_;
};

TEST_F(ProbeTest, IsReadAsItWasWritten)
{
    const Probe probe = smallProbe();
    ASSERT_TRUE(writeProbe(path(), probe));
    const auto read = readProbe(path());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->tokens, probe.tokens);
    ASSERT_EQ(read->maps.size(), 1u);
    EXPECT_EQ(read->maps[0].head, 1);
    EXPECT_EQ(read->maps[0].meanQuantized, probe.maps[0].meanQuantized);
    EXPECT_EQ(read->maps[0].headQuantized, probe.maps[0].headQuantized);
    ASSERT_EQ(read->layers.size(), 2u);
    const ProbeLayer &is = read->layers[0], &was = probe.layers[0];
    EXPECT_EQ(is.name, was.name);
    EXPECT_EQ(is.chunk, was.chunk);
    EXPECT_EQ(is.decoded, was.decoded);
    EXPECT_EQ(is.bytes, was.bytes);
    EXPECT_EQ(is.scales, was.scales);
    EXPECT_EQ(is.powers, was.powers);
    EXPECT_EQ(is.offsets, was.offsets);
    EXPECT_EQ(read->layers[1].planes, 0);
    EXPECT_TRUE(read->layers[1].offsets.empty());
}

TEST_F(ProbeTest, WhatDoesNotFitIsRefused)
{
    const Json tokens = {"a", "b"}, heads = {0};
    EXPECT_EQ(refusal({{"tokens", tokens}, {"heads", heads}, {"layers", Json::array()}}),
              "accepted");
    EXPECT_THAT(refusal({{"tokens", {"a"}}, {"heads", heads}}), HasSubstr("shape"));
    EXPECT_THAT(refusal({{"tokens", tokens}, {"heads", {0, 1}}}), HasSubstr("shape"));
    EXPECT_THAT(refusal({{"tokens", {1, 2}}, {"heads", heads}}), HasSubstr("no texts"));
    EXPECT_THAT(refusal({{"tokens", tokens}, {"heads", {-1}}}), HasSubstr("head"));
    EXPECT_THAT(refusal({{"tokens", tokens}, {"heads", {1e300}}}), HasSubstr("head"));
    EXPECT_NE(refusal(Json::array()), "accepted");
    const Json layer = {{"name", "a"}, {"rows", 4},    {"first_input", 8}, {"columns", 8},
                        {"chunk", 8},  {"inputs", 8},  {"outputs", {0}},   {"planes", 3},
                        {"terms", 0},  {"offsets", 0}, {"scaled_after", 1}};
    const auto with = [&](const char* key, const Json& value) {
        Json changed = layer;
        changed[key] = value;
        return refusal({{"tokens", tokens}, {"heads", heads}, {"layers", {changed}}});
    };
    EXPECT_THAT(with("chunk", 9), HasSubstr("outside"));
    EXPECT_THAT(with("chunk", 0), HasSubstr("chunk"));
    EXPECT_THAT(with("inputs", 9), HasSubstr("inputs"));
    EXPECT_THAT(with("rows", std::int64_t{1} << 40), HasSubstr("rows"));
    EXPECT_THAT(with("outputs", Json{4}), HasSubstr("output"));
    EXPECT_THAT(with("outputs", Json::array()), HasSubstr("outputs"));
    EXPECT_THAT(with("rows", 4), HasSubstr("layer.0.original")); // not there
}

TEST_F(ProbeTest, DamagedFilesAreRefused)
{
    ASSERT_TRUE(writeProbe(path(), smallProbe()));
    const std::string whole = readFile(path(), 1 << 20).value();
    for (std::size_t length = 0; length < whole.size(); length += 7) {
        ASSERT_TRUE(writeFileAtomically(path(), whole.substr(0, length)));
        EXPECT_FALSE(readProbe(path())) << length;
    }
    Probe odd = smallProbe();
    odd.layers[0].powers = {0x80, 63}; // a minus without a power
    ASSERT_TRUE(writeProbe(path(), odd));
    EXPECT_FALSE(readProbe(path()));
}

} // namespace
} // namespace vitrine::quantization_plugin
