#pragma once

#include "core/jobs/experiment/read_run.h"
#include "core/jobs/experiment/run_record.h"
#include "core/picture/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vitrine::quantization_plugin
{

struct CodedRunLook {
    std::int64_t number = 1;
    std::string method = "p2vit", data = "fashion-mnist";
    double accuracy = 0.85, size = 1.25e6, pValue = 0.5;
    std::int64_t bits = 8;
    std::vector<std::string> inFloat = {};
};

// A stored run of quantization.vision on 400 pictures: three layers, of which the middle one is a
// sum that loses 5 dB and the last one, the head, 2 more; the original multiplies a million times.
inline RunRecord storedCodedRun(const CodedRunLook& look)
{
    RunRecord run;
    run.number = look.number;
    run.uid = fmt::format("coded-{}", look.number);
    run.experiment = "quantization.vision";
    run.state = RunState::done;
    const auto param = [&](const char* name, const std::string& text) {
        run.params.set(name, ParamValue(text));
    };
    param("model", "vitrine-deit");
    param("method", look.method);
    param("steps", "all");
    param("data", look.data);
    param("split", "test");
    run.params.set("weight_bits", ParamValue(look.bits));
    run.params.set("activation_bits", ParamValue(std::int64_t{8}));
    const auto metric = [&](const char* name, double value) {
        run.result.metrics.push_back({name, value, "1", {}, ""});
    };
    metric("accuracy_original", 0.86);
    metric("accuracy_original_low", 0.82);
    metric("accuracy_original_high", 0.89);
    metric("accuracy_quantized", look.accuracy);
    metric("accuracy_quantized_low", look.accuracy - 0.03);
    metric("accuracy_quantized_high", look.accuracy + 0.03);
    metric("difference", look.accuracy - 0.86);
    metric("difference_low", look.accuracy - 0.88);
    metric("difference_high", look.accuracy - 0.84);
    metric("p_value", look.pValue);
    metric("size_bytes", look.size);
    metric("size_ratio", 5e6 / look.size);
    metric("energy_ratio", 4.5);
    metric("seconds_float", 0.006);
    metric("seconds_simulated", 0.1);
    metric("pictures", 400);
    if (look.inFloat.empty()) {
        metric("seconds_integer", 0.004);
        metric("integer_match", 1);
    }
    const auto number = [](const char* name, const char* unit) {
        return Column{name, unit, {}, ""};
    };
    const auto word = [](const char* name) { return Column{name, "", {}, ""}; };
    using Text = std::string;
    run.result.tables = {
        {"layers",
         {word("layer"), word("kind"), number("weight_bits", "bit"), number("output_bits", "bit"),
          number("size_bytes", "byte"), number("output_error", "1"), number("sqnr_db", "dB")},
         {{Text("patch_embed.proj"), Text("conv"), look.bits, std::int64_t{8}, 1e3, 1e-3, 30.0},
          {Text("blocks.0.mlp.fc1"), Text("linear"), look.bits, Cell{}, 1e6, Cell{}, Cell{}},
          {Text("blocks.0.add1"), Text("add"), Cell{}, std::int64_t{8}, 0.0, 3.2e-3, 25.0},
          {Text("head"), Text("linear"), look.bits, std::int64_t{8}, 1e5, 5e-3, 23.0}}},
        {"operations",
         {word("operation"), number("original", "1"), number("quantized", "1"),
          number("energy_original", "pJ"), number("energy_quantized", "pJ")},
         {{Text("multiply, 32-bit floating point"), 1e6, 0.0, 3.7e6, 0.0},
          {Text("multiply codes, 8 x 8 bits"), 0.0, 1e6, 0.0, 0.2e6},
          {Text("read a byte of weights"), 5e6, look.size, 812.5e6, 162.5 * look.size}}}};
    Table inFloat{"in_float", {word("part")}, {}};
    for (const std::string& part : look.inFloat)
        inFloat.rows.push_back({part});
    run.result.tables.push_back(std::move(inFloat));
    return run;
}

// Of five pictures three are answered rightly by the original alone, of which two are kept in
// `folder`, and one by the codes alone.
inline void addFlips(RunRecord& run, const std::filesystem::path& folder)
{
    using Text = std::string;
    using Whole = std::int64_t;
    const auto word = [](const char* name) { return Column{name, "", {}, ""}; };
    const auto number = [](const char* name) { return Column{name, "1", {}, ""}; };
    Table items{"items",
                {word("picture"), number("right_original"), number("right_quantized")},
                {{Text("a"), Whole{1}, Whole{0}},
                 {Text("b"), Whole{1}, Whole{0}},
                 {Text("c"), Whole{1}, Whole{0}},
                 {Text("d"), Whole{0}, Whole{1}},
                 {Text("e"), Whole{1}, Whole{1}}}};
    Table flips{"flips",
                {word("file"), word("picture"), word("direction"), word("label"),
                 word("answer_original"), word("answer_quantized"), number("margin_original"),
                 number("margin_quantized")},
                {{Text("lost-01.png"), Text("a"), Text("lost"), Text("Shirt"), Text("Shirt"),
                  Text("Coat"), 2.0, 0.1},
                 {Text("lost-02.png"), Text("b"), Text("lost"), Text("Bag"), Text("Bag"),
                  Text("Coat"), 1.0, 0.1},
                 {Text("gained-01.png"), Text("d"), Text("gained"), Text("Coat"), Text("Bag"),
                  Text("Coat"), 0.2, 0.1}}};
    for (const auto& row : flips.rows) {
        Artifact file;
        file.name = std::get<Text>(row[0]), file.kind = "image";
        file.path = folder / file.name;
        static_cast<void>(writePicture({4, 4, 1, std::vector<std::uint8_t>(16, 200)}, file.path));
        run.result.artifacts.push_back(std::move(file));
    }
    run.result.tables.push_back(std::move(items));
    run.result.tables.push_back(std::move(flips));
}

// Of two layers where the class token looks at four patches: evenly, and in codes at the first
// alone in the second layer.
inline void addAttention(RunRecord& run, const std::filesystem::path& folder)
{
    using Text = std::string;
    using Whole = std::int64_t;
    const auto word = [](const char* name) { return Column{name, "", {}, ""}; };
    const auto number = [](const char* name) { return Column{name, "1", {}, ""}; };
    Table table{"attention",
                {word("layer"), number("row"), number("column"), number("before"), number("after")},
                {}};
    for (const char* layer : {"blocks.0.attn.softmax", "blocks.1.attn.softmax"})
        for (Whole patch = 0; patch < 4; ++patch)
            table.rows.push_back({Text(layer), patch / 2, patch % 2, 0.25,
                                  Text(layer).starts_with("blocks.0") ? 0.25
                                  : patch == 0                        ? 1.0
                                                                      : 0.0});
    run.result.tables.push_back(std::move(table));
    run.result.tables.push_back(
        {"attention_picture",
         {word("file"), word("picture"), word("label"), word("answer_original"),
          word("answer_quantized")},
         {{Text("attention.png"), Text("t10k 7"), Text("Bag"), Text("Bag"), Text("Coat")}}});
    Artifact file;
    file.name = "attention.png", file.kind = "image", file.path = folder / file.name;
    static_cast<void>(writePicture({4, 4, 1, std::vector<std::uint8_t>(16, 90)}, file.path));
    run.result.artifacts.push_back(std::move(file));
}

// Of two blocks with two mixtures each, and two pictures of four patches: the first patch shifts in
// block 0, all but it in block 1.
inline void addExperts(RunRecord& run, const std::filesystem::path& folder)
{
    using Text = std::string;
    using Whole = std::int64_t;
    const auto word = [](const char* name) { return Column{name, "", {}, ""}; };
    const auto number = [](const char* name) { return Column{name, "1", {}, ""}; };
    Table maps{"experts_picture",
               {word("picture"), word("layer"), number("row"), number("column"), number("expert")},
               {}},
        kept{"experts_pictures",
             {word("file"), word("picture"), word("label"), word("answer_original"),
              word("answer_quantized")},
             {}};
    for (const Text name : {"1", "2"}) {
        kept.rows.push_back(
            {"experts-" + name + ".png", "t10k " + name, Text("Bag"), Text("Bag"), Text("Coat")});
        for (const Text block : {"blocks.0", "blocks.1"})
            for (const Text layer : {".mlp.fc1", ".mlp.fc2"})
                for (Whole patch = 0; patch < 4; ++patch)
                    maps.rows.push_back({"t10k " + name, block + layer, patch / 2, patch % 2,
                                         Whole{(patch == 0) == (block == "blocks.0")}});
        Artifact file;
        file.name = "experts-" + name + ".png", file.kind = "image";
        file.path = folder / file.name;
        static_cast<void>(writePicture({4, 4, 1, std::vector<std::uint8_t>(16, 90)}, file.path));
        run.result.artifacts.push_back(std::move(file));
    }
    run.result.tables.push_back(std::move(kept));
    run.result.tables.push_back(std::move(maps));
}

// Six factors of two layers, and the channels of two layers: of the first the widest stands twice
// above the middle one, of the second ten times, of which smoothing leaves five.
inline void addInside(RunRecord& run)
{
    using Text = std::string;
    using Whole = std::int64_t;
    const auto word = [](const char* name) { return Column{name, "", {}, ""}; };
    const auto number = [](const char* name) { return Column{name, "1", {}, ""}; };
    run.result.tables.push_back({"rescales",
                                 {word("layer"), word("form"), number("places"), number("outputs")},
                                 {{Text("patch_embed.proj"), Text("shift"), Whole{7}, Whole{4}},
                                  {Text("head"), Text("shift"), Whole{8}, Whole{1}},
                                  {Text("head"), Text("shift"), Whole{9}, Whole{1}}}});
    Table channels{"channels",
                   {word("layer"), word("trick"), number("channel"), number("before"),
                    number("after"), number("grid")},
                   {}};
    const auto add = [&](const char* layer, const char* trick, Whole channel, double before,
                         double after) {
        channels.rows.push_back({Text(layer), Text(trick), channel, before, after, 8.0});
    };
    for (Whole channel = 0; channel < 3; ++channel) {
        add("blocks.0.add1", "factors", channel, channel == 0 ? 2 : 1, 1);
        add("blocks.0.norm1", "smoothing", channel, channel == 1 ? 10 : 1, channel == 1 ? 5 : 1);
    }
    std::ranges::stable_sort(channels.rows, {}, [](const auto& row) { return textOf(row[0]); });
    run.result.tables.push_back(std::move(channels));
}

} // namespace vitrine::quantization_plugin
