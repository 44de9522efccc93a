#pragma once

#include "core/jobs/experiment/run_record.h"
#include "plugins/quantization/experiments/probe.h"

#include <filesystem>
#include <string>
#include <vector>

// What runs of quantization.llm keep of a probe text of three tokens and a model of two layers with
// two heads.
namespace vitrine::tests
{

inline Table tokensTable()
{
    Table table{"tokens",
                {{"position", "1", {}, ""},
                 {"token", "", {}, ""},
                 {"kl", "nat", {}, ""},
                 {"rank", "1", {}, ""},
                 {"original", "", {}, ""},
                 {"original_probability", "1", {}, ""},
                 {"quantized", "", {}, ""},
                 {"quantized_probability", "1", {}, ""}},
                {}};
    const char* reads[] = {"<s>", "▁Call", "▁me"};
    for (std::int64_t at = 0; at < 3; ++at) {
        const bool differs = at == 1;
        table.rows.push_back({at, std::string(reads[at]), 0.1 * static_cast<double>(at + 1),
                              std::int64_t{1}, std::string("▁whale"), 0.5,
                              std::string(differs ? "▁ship" : "▁whale"), 0.4});
        table.rows.push_back({at, std::string(reads[at]), 0.1 * static_cast<double>(at + 1),
                              std::int64_t{2}, std::string("▁ship"), 0.25,
                              std::string(differs ? "▁whale" : "▁ship"), 0.2});
    }
    return table;
}

inline Table sinksTable()
{
    Table table{"sinks",
                {{"layer", "1", {}, ""},
                 {"head", "1", {}, ""},
                 {"moved", "1", {}, ""},
                 {"first_original", "1", {}, ""},
                 {"first_quantized", "1", {}, ""},
                 {"others_original", "1", {}, ""},
                 {"others_quantized", "1", {}, ""}},
                {}};
    for (std::int64_t layer = 0; layer < 2; ++layer)
        for (std::int64_t head = 0; head < 2; ++head)
            table.rows.push_back(
                {layer, head, layer == 1 ? 0.3 : 0.1, 0.25 + 0.5 * head, 0.25, 0.0, 0.125});
    return table;
}

// `planes` 0: dense weights. One layer of two outputs and three inputs, of which the last two are
// looked up.
inline quantization_plugin::Probe smallProbe(int planes, bool isScaledAfter = true)
{
    using namespace quantization_plugin;
    Probe probe;
    probe.tokens = {"<s>", "▁Call", "▁me"};
    const std::vector<float> before = {1, 0, 0, 0.75f, 0.25f, 0, 0.5f, 0.375f, 0.125f},
                             after = {1, 0, 0, 0.5f, 0.5f, 0, 0.5f, 0.25f, 0.25f};
    for (int layer = 0; layer < 2; ++layer)
        probe.maps.push_back({.head = 1,
                              .meanOriginal = before,
                              .meanQuantized = after,
                              .headOriginal = after,
                              .headQuantized = before});
    ProbeLayer layer;
    layer.name = "model.layers.1.mlp.up_proj.weight";
    layer.rows = 2, layer.columns = 3, layer.firstInput = 8;
    layer.original = {0.5f, 1, -1, 0.25f, 0.1f, 0.9f};
    layer.chunk = 9;
    layer.inputs = {2, 3};
    layer.outputs = {0, 1};
    layer.planes = planes;
    layer.isScaledAfter = isScaledAfter;
    layer.decoded = {0.5f, 0, 0, 0.25f, 0, 0};
    const float scales[] = {0.75f, 0.25f};
    for (std::size_t output = 0; output < 2; ++output)
        for (int plane = 0; plane < planes; ++plane) {
            const std::uint8_t byte = output == 0 ? 1 : 2; // + −, − +
            layer.bytes.push_back(byte);
            for (std::size_t j = 0; j < 2; ++j) {
                const float scale =
                    scales[plane % 2] * (isScaledAfter ? 1.0f : 1.0f + static_cast<float>(j));
                layer.scales.push_back(scale);
                layer.decoded[output * 3 + 1 + j] += (byte >> j) & 1 ? scale : -scale;
            }
        }
    probe.layers.push_back(std::move(layer));
    return probe;
}

// Puts the tables and the file into a run.
inline void addProbe(RunRecord& run, const quantization_plugin::Probe& probe,
                     const std::filesystem::path& file)
{
    run.result.tables.push_back(tokensTable());
    run.result.tables.push_back(sinksTable());
    if (!quantization_plugin::writeProbe(file, probe))
        return;
    Artifact artifact;
    artifact.name = quantization_plugin::kProbeName;
    artifact.kind = "tensors";
    artifact.path = file;
    run.result.artifacts.push_back(std::move(artifact));
}

} // namespace vitrine::tests
