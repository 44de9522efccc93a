#include "plugins/quantization/experiments/llm_experiment.h"

#include "core/base/file.h"
#include "core/jobs/experiment/read_run.h"
#include "core/model/llm/llm_checkpoint.h"
#include "plugins/quantization/experiments/params.h"
#include "plugins/quantization/experiments/probe.h"
#include "plugins/quantization/figures/layer.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::HasSubstr;
using Given = std::map<std::string, std::string>;

// The shipped model on a little text.
Given smallRun(Given more)
{
    Given given = {{"windows", "4"},
                   {"window", "64"},
                   {"evaluate_windows", "6"},
                   {"rounds", "4"},
                   {"speed_tokens", "0"}};
    if (more.contains("method") && (more["method"] == "rtn" || more["method"] == "optq"))
        given.erase("rounds");
    for (auto& [name, value] : more)
        given[name] = value;
    return given;
}

class LlmExperimentTest : public testing::Test
{
protected:
    Result<RunResult> run(const Given& given)
    {
        const LlmExperiment experiment;
        VITRINE_TRY(const Params params, resolveParams(experiment, given));
        return experiment.run(params, progress_);
    }
    RunResult done(const Given& given)
    {
        auto result = run(smallRun(given));
        EXPECT_TRUE(result) << result.error().message;
        return result ? *std::move(result) : RunResult{};
    }

    tests::TemporaryFolder folder_;
    QuietProgress progress_{folder_.path};
};

TEST_F(LlmExperimentTest, SetsAQuantizedModelBesideTheOriginal)
{
    const RunResult out =
        done({{"method", "shiftadd"}, {"bits", "3"}, {"windows", "12"}, {"window", "128"}});
    const auto metric = [&](const char* name) { return metricOf(out, name); };
    EXPECT_GT(metric("bits_per_weight"), 3);
    EXPECT_LT(metric("bits_per_weight"), 3.6);
    EXPECT_GT(metric("perplexity_quantized"), metric("perplexity_original"));
    EXPECT_LT(metric("perplexity_ratio"), 1.3);
    EXPECT_LE(metric("perplexity_ratio_low"), metric("perplexity_ratio"));
    EXPECT_GE(metric("perplexity_ratio_high"), metric("perplexity_ratio"));
    EXPECT_GT(metric("kl_mean"), 0);
    EXPECT_LT(metric("size_bytes"), metric("size_bytes_original"));
    EXPECT_LT(metric("energy_ratio"), 0.3);
    const Table* layers = out.table("layers");
    ASSERT_TRUE(layers);
    EXPECT_EQ(layers->rows.size(), 42u); // six blocks of seven
    for (const char* name : {"windows", "rounds", "exponents", "operations"})
        EXPECT_TRUE(out.table(name)) << name;
    EXPECT_TRUE(out.notes.empty()) << out.notes.front();
    // Shifts, not multiplications.
    const Table& operations = *out.table("operations");
    EXPECT_EQ(RowReader(operations, 0).number("quantized"), 0);
    EXPECT_GT(RowReader(operations, 2).number("quantized"), 0);
}

// Whatever shares scales: what is looked up and added is what the decoded weights give.
TEST_F(LlmExperimentTest, TheProductThatIsKeptAgreesWithTheDecodedWeights)
{
    for (const Given& method : {Given{{"method", "shiftadd"}, {"layout", "block"}},
                                Given{{"method", "shiftadd"}, {"layout", "column"}},
                                Given{{"method", "bcq"}, {"group", "12"}},
                                Given{{"method", "bcq"}, {"layout", "column"}, {"group", "32"}},
                                Given{{"method", "rtn"}, {"symmetric", "no"}, {"group", "4"}},
                                Given{{"method", "optq"}, {"bits", "2"}}}) {
        const RunResult out = done(method);
        const Artifact* artifact = out.artifact(kProbeName);
        ASSERT_TRUE(artifact);
        const auto probe = readProbe(artifact->path);
        ASSERT_TRUE(probe) << probe.error().message;
        ASSERT_EQ(probe->layers.size(), 42u);
        for (const ProbeLayer& layer : probe->layers) {
            ASSERT_GT(layer.planes, 0) << layer.name;
            ASSERT_EQ(layer.inputs.size(), 8u);
            EXPECT_NE(layer.original, layer.decoded);
            for (std::size_t output = 0; output < layer.outputs.size(); ++output) {
                const ChunkProduct product = chunkProduct(layer, output);
                double size = 0; // of what is summed up
                for (const auto& plane : product.planes)
                    size += std::abs(plane.addend);
                EXPECT_NEAR(product.sum, product.decoded, 1e-5 * (size + std::abs(product.offset)))
                    << layer.name << " " << output;
            }
        }
    }
}

TEST_F(LlmExperimentTest, KeepsWhatBothVersionsMakeOfTheProbeText)
{
    const RunResult out = done({{"method", "rtn"}, {"bits", "2"}, {"group", "32"}});
    const Table* tokens = out.table("tokens");
    ASSERT_TRUE(tokens);
    EXPECT_EQ(tokens->rows.size(), 48 * 5u);
    const auto windows = columnNumbers(out, "windows", "kl"); // the same text, longer
    double kl = 0;
    int differ = 0;
    for (std::size_t r = 0; r < tokens->rows.size(); ++r) {
        const RowReader row(*tokens, r);
        EXPECT_GT(row.number("original_probability"), 0);
        EXPECT_LE(row.number("original_probability"), 1);
        if (row.number("rank") == 1) {
            kl += row.number("kl") / 48;
            differ += row.text("original") != row.text("quantized");
        } else {
            EXPECT_LE(row.number("quantized_probability"),
                      RowReader(*tokens, r - 1).number("quantized_probability"));
        }
    }
    EXPECT_GT(differ, 0);
    EXPECT_GT(kl, windows[0] / 5);
    EXPECT_LT(kl, windows[0] * 5);

    const Table* sinks = out.table("sinks");
    ASSERT_TRUE(sinks);
    EXPECT_EQ(sinks->rows.size(), 6 * 5u);
    const auto probe = readProbe(out.artifact(kProbeName)->path);
    ASSERT_TRUE(probe);
    ASSERT_EQ(probe->maps.size(), 6u);
    const auto firstTokenMass = [&](const std::vector<float>& map) {
        double sum = 0;
        for (std::size_t row = 1; row < 48; ++row)
            sum += static_cast<double>(map[row * 48]) / 47;
        return sum;
    };
    for (std::size_t layer = 0; layer < 6; ++layer) {
        const ProbeMaps& maps = probe->maps[layer];
        double mean = 0, most = 0;
        for (std::size_t head = 0; head < 5; ++head) {
            const RowReader row(*sinks, layer * 5 + head);
            mean += row.number("first_quantized") / 5;
            most = std::max(most, row.number("moved"));
            EXPECT_GE(row.number("others_original"), 0);
            EXPECT_LE(row.number("first_original") + row.number("others_original"), 1.0001);
        }
        EXPECT_NEAR(firstTokenMass(maps.meanQuantized), mean, 1e-5);
        const RowReader moved(*sinks, layer * 5 + static_cast<std::size_t>(maps.head));
        EXPECT_EQ(moved.number("moved"), most);
        EXPECT_NEAR(firstTokenMass(maps.headOriginal), moved.number("first_original"), 1e-5);
    }
}

TEST_F(LlmExperimentTest, RotatedWeightsHaveNoCodesToLookUp)
{
    const RunResult out =
        done({{"method", "shiftadd"}, {"layout", "column"}, {"incoherence", "yes"}});
    const auto probe = readProbe(out.artifact(kProbeName)->path);
    ASSERT_TRUE(probe);
    for (const ProbeLayer& layer : probe->layers) {
        EXPECT_EQ(layer.planes, 0);
        EXPECT_NE(layer.original, layer.decoded);
    }
}

TEST_F(LlmExperimentTest, SpeedIsAShareOfTheBandwidth)
{
    const RunResult out = done({{"method", "rtn"}, {"bits", "4"}, {"speed_tokens", "4"}});
    const auto metric = [&](const char* name) { return metricOf(out, name); };
    EXPECT_EQ(metric("read_bytes_original"), metric("size_bytes_original")); // tied: all is read
    EXPECT_EQ(metric("read_bytes_quantized"), metric("size_bytes"));
    EXPECT_NEAR(metric("read_rate_quantized") * 1e9,
                metric("read_bytes_quantized") * metric("tokens_per_second_quantized"), 1);
    EXPECT_NEAR(metric("read_share_quantized"),
                metric("read_rate_quantized") / metric("read_bandwidth"), 1e-9);
    EXPECT_EQ(out.metric("read_bandwidth")->origin, Origin::measured);
}

TEST_F(LlmExperimentTest, OperationsAreCountedForBothPlacesOfScales)
{
    const Given method = {{"method", "shiftadd"}, {"layout", "block"}};
    Given onInputs = method;
    onInputs["scale_place"] = "inputs";
    const RunResult results = done(method), inputs = done(onInputs);
    for (const char* column : {"quantized_results", "quantized_inputs"})
        EXPECT_EQ(columnNumbers(results, "operations", column),
                  columnNumbers(inputs, "operations", column));
    EXPECT_EQ(columnNumbers(results, "operations", "quantized"),
              columnNumbers(results, "operations", "quantized_results"));
    EXPECT_EQ(columnNumbers(inputs, "operations", "quantized"),
              columnNumbers(results, "operations", "quantized_inputs"));
    EXPECT_NE(columnNumbers(inputs, "operations", "quantized"),
              columnNumbers(results, "operations", "quantized"));
}

TEST_F(LlmExperimentTest, FewTokensToCalibrateOnAreSaid)
{
    const RunResult out = done({{"method", "optq"}, {"bits", "3"}});
    ASSERT_EQ(out.notes.size(), 1u);
    EXPECT_THAT(out.notes.front(), HasSubstr("256 tokens"));
    EXPECT_THAT(out.notes.front(), HasSubstr("448 inputs"));
}

TEST_F(LlmExperimentTest, WritesAModelThatOpensWithItsTokenizer)
{
    const auto to = folder_.path / "quantized";
    const RunResult out = done({{"method", "rtn"}, {"bits", "4"}, {"out", to.string()}});
    const auto opened = model::openLlmCheckpoint(to);
    ASSERT_TRUE(opened) << opened.error().message;
    const auto* codes = (*opened)->codes("model.layers.0.mlp.up_proj.weight");
    ASSERT_TRUE(codes);
    EXPECT_EQ(codes->planes, 4);
    const auto tokenizer = model::openTokenizerOf(to);
    ASSERT_TRUE(tokenizer && *tokenizer);
    EXPECT_FALSE((*tokenizer)->encode("whale")->empty());
    const auto bytes = std::filesystem::file_size(to / "model.safetensors");
    EXPECT_NEAR(static_cast<double>(bytes), metricOf(out, "size_bytes"), 64 << 10); // the header
}

TEST_F(LlmExperimentTest, ABudgetMixesBits)
{
    const RunResult out = done({{"method", "rtn"}, {"bits", "budget:2.5"}});
    EXPECT_LE(metricOf(out, "bits_mean"), 2.5);
    EXPECT_GT(metricOf(out, "bits_mean"), 2.4);
    const Table* candidates = out.table("candidates");
    ASSERT_TRUE(candidates);
    EXPECT_EQ(candidates->rows.size(), 3 * 42u);
    double chosen = 0;
    for (std::size_t row = 0; row < candidates->rows.size(); ++row)
        chosen += RowReader(*candidates, row).number("chosen");
    EXPECT_EQ(chosen, 42);
    EXPECT_TRUE(std::isfinite(metricOf(out, "importance_tau")));
}

TEST_F(LlmExperimentTest, ABudgetIsWeighedAsItIsTold)
{
    std::set<std::vector<double>> different;
    for (const char* costs : {"divergence", "measured", "importance"}) {
        const RunResult out = done({{"method", "rtn"}, {"bits", "budget:2.5"}, {"costs", costs}});
        std::vector<double> values;
        for (std::size_t row = 0; row < out.table("candidates")->rows.size(); ++row)
            values.push_back(RowReader(*out.table("candidates"), row).number("cost"));
        EXPECT_GT(*std::ranges::min_element(values), 0) << costs;
        different.insert(values);
    }
    EXPECT_EQ(different.size(), 3u);
}

TEST_F(LlmExperimentTest, BitsAreANumberOrABudget)
{
    EXPECT_EQ(parseBits("3")->uniform, 3);
    EXPECT_EQ(parseBits("budget:2.5")->budget, 2.5);
    for (const char* text : {"", "0", "9", "2.5", "nan", "inf", "-inf", "1e300", "3 ",
                             "budget:", "budget:nan", "budget:1.9", "budget:4.1", "budget:inf"})
        EXPECT_FALSE(parseBits(text)) << text;
}

TEST_F(LlmExperimentTest, WritesAGgufFileBesideTheFilesOfTheRun)
{
    const auto to = folder_.path / "sub" / "model.gguf";
    const RunResult out =
        done({{"method", "rtn"}, {"bits", "4"}, {"group", "32"}, {"out", to.string()}});
    const auto bytes = readFile(to, 1 << 24);
    ASSERT_TRUE(bytes) << bytes.error().message;
    EXPECT_EQ(bytes->substr(0, 4), "GGUF");
    EXPECT_THAT(out.notes, testing::Contains(HasSubstr("llama.cpp runs")));
    EXPECT_TRUE(std::ranges::any_of(
        out.artifacts, [](const Artifact& each) { return each.name == "model.safetensors"; }));
}

TEST_F(LlmExperimentTest, WhatGgufCannotSayIsRefusedBeforeTheWork)
{
    const auto refusal = [&](Given given) {
        given["out"] = (folder_.path / "model.gguf").string();
        const auto result = run(smallRun(given));
        return result ? std::string("accepted") : result.error().message;
    };
    EXPECT_THAT(refusal({}), HasSubstr("shiftadd makes binary codes"));
    EXPECT_THAT(refusal({{"method", "rtn"}, {"bits", "3"}}), HasSubstr("3 bits"));
    EXPECT_THAT(refusal({{"method", "rtn"}, {"bits", "budget:3"}}), HasSubstr("layer to layer"));
    EXPECT_THAT(refusal({{"method", "rtn"}, {"bits", "4"}, {"group", "16"}}),
                HasSubstr("groups of 16"));
    EXPECT_THAT(refusal({{"method", "rtn"}, {"bits", "4"}, {"symmetric", "false"}}),
                HasSubstr("zero points"));
    std::filesystem::create_directories(folder_.path / "model.gguf");
    EXPECT_THAT(refusal({{"method", "rtn"}, {"bits", "4"}}), HasSubstr("is a folder"));
    EXPECT_FALSE(std::filesystem::exists(folder_.path / "layers"));
}

TEST_F(LlmExperimentTest, WhatAMethodDoesNotDoIsRefusedByName)
{
    const auto refusal = [&](const Given& given) {
        const auto result = run(given);
        return result ? std::string("accepted") : result.error().message;
    };
    EXPECT_THAT(refusal({{"method", "rtn"}, {"layout", "block"}}), HasSubstr("layout"));
    EXPECT_THAT(refusal({{"method", "rtn"}, {"terms", "3"}}), HasSubstr("terms"));
    EXPECT_THAT(refusal({{"bits", "budget:5"}}), HasSubstr("budget"));
    EXPECT_THAT(refusal({{"bits", "2.5"}}), HasSubstr("budget:2.5"));
    EXPECT_THAT(refusal({{"bits", "5"}}), HasSubstr("5 bits"));
    EXPECT_THAT(refusal({{"calibration", "/no/such/text.txt"}}), HasSubstr("text.txt"));
}

TEST_F(LlmExperimentTest, AQuantizedModelIsNotQuantizedAgain)
{
    const auto to = (folder_.path / "once").string();
    done({{"method", "rtn"}, {"bits", "4"}, {"out", to}});
    const auto again = run(smallRun({{"model", to}, {"method", "rtn"}, {"bits", "3"}}));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::input);
    EXPECT_THAT(again.error().message, HasSubstr("quantized already"));
}

TEST_F(LlmExperimentTest, AModelMayWriteTheTextsItself)
{
    const RunResult out = done({{"method", "rtn"},
                                {"calibration", "generated"},
                                {"evaluate", "generated"},
                                {"windows", "2"},
                                {"evaluate_windows", "3"}});
    EXPECT_EQ(out.table("windows")->rows.size(), 3u);
    int told = 0;
    for (const std::string& note : out.notes)
        told += note.find("the model itself wrote") != std::string::npos;
    EXPECT_EQ(told, 2);
}

TEST_F(LlmExperimentTest, StoppedItGoesOnFromItsLayers)
{
    class StopsOnce : public QuietProgress
    {
    public:
        using QuietProgress::QuietProgress;
        bool advance(double done, double total, std::string_view what) override
        {
            return !(stops && what == "model" && done / total > 0.5) &&
                   QuietProgress::advance(done, total, what);
        }
        void message(std::string_view line) override { messages.emplace_back(line); }
        bool stops = true;
        std::vector<std::string> messages;
    };
    StopsOnce progress{folder_.path};
    const LlmExperiment experiment;
    const auto params =
        resolveParams(experiment, smallRun({{"method", "optq"}, {"bits", "2"}, {"group", "32"}}));
    ASSERT_TRUE(params) << params.error().message;
    const auto stopped = experiment.run(*params, progress);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
    progress.stops = false;
    const auto resumed = experiment.run(*params, progress);
    ASSERT_TRUE(resumed) << resumed.error().message;
    ASSERT_FALSE(progress.messages.empty());
    EXPECT_THAT(progress.messages.front(), HasSubstr("ready from before"));

    const RunResult whole = done({{"method", "optq"}, {"bits", "2"}, {"group", "32"}});
    EXPECT_EQ(metricOf(*resumed, "perplexity_quantized"), metricOf(whole, "perplexity_quantized"));
}

} // namespace
} // namespace vitrine::quantization_plugin
