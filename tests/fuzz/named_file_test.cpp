// A person who gives many files must learn from the one line of an error which of them it is about:
// seeded mutations of every kind of file that is read, through the function that opens it. 45 of
// each kind, or all 900 with VITRINE_TEST_FULL=1.
#include "core/attention/capture.h"
#include "core/attention/head_list.h"
#include "core/attention/map_file.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/resources.h"
#include "core/codec/source.h"
#include "core/jobs/bundle/bundle.h"
#include "core/jobs/experiment/sweep.h"
#include "core/jobs/worker/job_folder.h"
#include "core/model/llm/llm.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/model/task/task.h"
#include "core/model/tokenizer/tokenizer.h"
#include "core/report/manuscript.h"
#include "core/sim/workload/bit_map.h"
#include "core/sim/workload/topology.h"
#include "core/tensor/safetensors.h"
#include "plugins/common/experiment_input.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/samples.h"
#include "tests/support/rounds.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;
using Outcome = std::optional<Error>;

template <typename T>
Outcome outcomeOf(const Result<T>& result)
{
    return result ? std::nullopt : std::optional(result.error());
}

struct FileKind {
    std::string name; // of the file, which is the one that is mutated
    std::string sample;
    std::function<Outcome(const fs::path&)> open;
    std::vector<std::pair<std::string, std::string>> beside = {}; // files that stay as they are
};

void writeNamed(const fs::path& path, const std::string& bytes)
{
    fs::create_directories(path.parent_path());
    fs::remove(path);
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

Outcome openModelFolder(const fs::path& file)
{
    const auto opened = model::openLlmCheckpoint(file.parent_path());
    return opened ? outcomeOf(model::Llm::open(*opened)) : outcomeOf(opened);
}

model::LlmConfig smallModel()
{
    return model::parseLlmConfig(fuzz::configSample(), "config.json").value();
}

std::string shippedTokenizer()
{
    const auto path = findResource("models/vitrine-lm/tokenizer.model");
    return path ? readFile(*path, 64 << 20).value_or("") : "";
}

std::string runSample()
{
    RunRecord run;
    run.uid = std::string(32, 'a');
    run.experiment = "test.echo";
    run.state = RunState::done;
    run.params.set("threads", std::int64_t{2});
    run.params.set("beta", 0.5);
    run.result.metrics = {{"loss", 1.5, "nat", Origin::computed, "help"}};
    run.result.tables = {{"rows", {{"n", "1", Origin::measured, ""}}, {{std::int64_t{1}}, {2.5}}}};
    run.result.inputs = {{"text", "/a/b.txt", std::string(64, 'b'), 12}};
    run.result.notes = {"a note"};
    return dumpJson(bundleJson(run));
}

std::string jobSample()
{
    return R"({"format": 1, "uid": ")" + std::string(32, 'c') +
           R"(", "experiment": "test.echo", "experiment_version": 2, "plugin": "test",
 "given": {"text": "hello", "factor": "2"}, "parameters": {"text": "hello", "factor": 2.0, "list": [1, 2], "on": true},
 "parent": "", "memory_limit": 1000000, "time_limit": 2.5})";
}

std::string reportSample()
{
    report::FigureItem figure{.runs = {"5f0c1a2b"}, .figure = "map", .state = R"({"zoom":[1,2]})"};
    figure.edits.caption = "What is seen";
    return report::manuscriptText(
        {.title = "Paper", .sections = {{"One", {report::TextItem{"A **word**"}, figure}}}});
}

Outcome openTopology(const fs::path& file)
{
    const auto text = readFile(file, 1 << 24);
    return text ? outcomeOf(sim::parseTopology(*text, file.filename().string())) : outcomeOf(text);
}

Outcome openBitMap(const fs::path& file)
{
    auto workload = sim::parseTopology(fuzz::topologySample(), "t.csv").value();
    const auto text = readFile(file, 1 << 24);
    return text ? outcomeOf(sim::applyBitMap(workload, *text, file.filename().string()))
                : outcomeOf(text);
}

Outcome openStudy(const fs::path& file)
{
    const auto text = readFile(file, 1 << 24);
    return text ? outcomeOf(parseSweep(*text, file.string())) : outcomeOf(text);
}

Outcome openReport(const fs::path& file)
{
    const auto text = readFile(file, 1 << 24);
    return text ? outcomeOf(report::parseManuscript(*text, file.string())) : outcomeOf(text);
}

Outcome openFrames(const fs::path& file)
{
    const auto source = codec::openSource(file);
    return source ? outcomeOf((*source)->read(0)) : outcomeOf(source);
}

// As the experiments read it: tokens of a model that has a tokenizer.
Outcome openPrompt(const fs::path& file)
{
    static const auto kModel = [] {
        Params params;
        params.set("model", std::string("vitrine-lm"));
        return openModel(params);
    }();
    if (!kModel)
        return std::nullopt;
    Params params;
    params.set("prompt_file", file.string());
    params.set("documents", std::string("line"));
    return outcomeOf(readTokens(params, *kModel));
}

std::vector<FileKind> fileKinds()
{
    const auto task = [](const fs::path& file) { return outcomeOf(model::openTask(file)); };
    const std::string config = fuzz::configSample(), tensors = fuzz::safetensorsSample();
    return {
        {"items.jsonl", fuzz::taskLinesSample(), task},
        {"items.tsv", fuzz::taskTableSample(), task},
        {"items.xml", fuzz::taskXmlSample(), task},
        {"sst2.txt", "1 a moving film\n0 a dull one\n1 caf\u00e9\n", task},
        {"trec.txt", "NUM:dist How far is it ?\nHUM:ind Who is \u00e9 ?\n", task},
        {"text.txt", "The sea was calm, and the caf\u00e9 was closed.\nNobody came.\n", task},
        {"prompt.md", "The sea was calm.\n---\nThe caf\u00e9 was closed.\r\nNobody came.\n",
         openPrompt},
        {"tokenizer.json", fuzz::tokenizerSample(),
         [](const fs::path& file) { return outcomeOf(model::openTokenizer(file.parent_path())); }},
        {"tokenizer_config.json",
         R"({"tokenizer_class": "LlamaTokenizer", "bos_token": "<|end|>", "add_bos_token": true,
"added_tokens_decoder": {"102": {"content": "<|m|>", "rstrip": true, "special": true}}})",
         [](const fs::path& file) { return outcomeOf(model::openTokenizer(file.parent_path())); },
         {{"tokenizer.json", fuzz::tokenizerSample()}}},
        {"added_tokens.json",
         R"({"<|m|>": 102, "<|o|>": 103})",
         [](const fs::path& file) { return outcomeOf(model::openTokenizer(file.parent_path())); },
         {{"tokenizer.json", fuzz::tokenizerSample()}}},
        {"special_tokens_map.json",
         R"({"bos_token": {"content": "<|end|>"}, "additional_special_tokens": ["<|m|>", "the"]})",
         [](const fs::path& file) { return outcomeOf(model::openTokenizer(file.parent_path())); },
         {{"tokenizer.json", fuzz::tokenizerSample()}}},
        {"tokenizer.model", shippedTokenizer(),
         [](const fs::path& file) { return outcomeOf(model::openTokenizer(file.parent_path())); }},
        {"tokenizer.bin", fuzz::llama2cTokenizerSample(),
         [](const fs::path& file) { return outcomeOf(model::openLlama2c(file, 300)); }},
        {"stories.bin", fuzz::llama2cSample(),
         [](const fs::path& file) { return outcomeOf(model::openLlmCheckpoint(file)); }},
        {"config.json", config, openModelFolder, {{"model.safetensors", tensors}}},
        {"model.safetensors", tensors, openModelFolder, {{"config.json", config}}},
        {"model.safetensors.index.json",
         fuzz::shardIndexSample(),
         openModelFolder,
         {{"config.json", config}}},
        {"maps.safetensors", tensors,
         [](const fs::path& file) { return outcomeOf(Safetensors::open(file)); }},
        {"heads.json",
         R"({"model": "m", "first_layer": 0, "heads": [[0, 1], [3]], "beta": 0.4, "tau": 0.1, "rule": "absolute"})",
         [](const fs::path& file) {
             return outcomeOf(attention::readHeadFile(file, smallModel()));
         }},
        {"study.json",
         R"({"format": 1, "name": "s", "experiment": "a.b", "set": {"x": 1, "y": "z"},
 "vary": {"beta": {"from": 0, "to": 1, "steps": 6}, "alpha": [3, 5, 7]}})",
         openStudy},
        {"layers.csv", fuzz::topologySample(), openTopology},
        {"bits.csv", "layer, weight bits, activation bits\nConv1, 8, 8\nDP2, 4, 8\n", openBitMap},
        {"paper.vitrine-report", reportSample(), openReport},
        {"run.json", runSample(),
         [](const fs::path& file) { return outcomeOf(readBundle(file.parent_path())); }},
        {"job.json", jobSample(),
         [](const fs::path& file) { return outcomeOf(readJob(file.parent_path())); }},
        {"clip.y4m", "YUV4MPEG2 W16 H12 F25:1 Ip A1:1 C420jpeg\nFRAME\n" + std::string(288, '\5'),
         openFrames},
        {"clip.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nother.ts\n#EXT-X-ENDLIST\n",
         openFrames},
        {"weights.gguf", "GGUF" + std::string("\3\0\0\0\0\0\0\0", 8) + "general.name",
         [](const fs::path& file) { return outcomeOf(model::openLlmCheckpoint(file)); }},
    };
}

void PrintTo(const FileKind& kind, std::ostream* out)
{
    *out << kind.name;
}

class NamedFile : public testing::TestWithParam<FileKind>
{
};

// By its name, or by the folder that was given in its place.
bool namesFile(const std::string& message, const fs::path& file)
{
    return message.find(file.filename().string()) != std::string::npos ||
           message.find(file.parent_path().string()) != std::string::npos;
}

TEST_P(NamedFile, EveryErrorNamesTheFileInOneLine)
{
    const tests::TemporaryFolder folder;
    // Deep enough that a name which is cut somewhere shows.
    const fs::path home = folder.path / std::string(120, 'd');
    for (const auto& [name, bytes] : GetParam().beside)
        writeNamed(home / name, bytes);
    const fs::path file = home / GetParam().name;
    if (GetParam().sample.empty())
        GTEST_SKIP() << "the shipped model is not here";

    Random random(2025);
    int refused = 0;
    const int count = tests::rounds(900);
    for (int i = 0; i < count; ++i) {
        writeNamed(file, fuzz::mutated(GetParam().sample, random));
        const Outcome outcome = GetParam().open(file);
        if (!outcome)
            continue;
        ++refused;
        ASSERT_TRUE(namesFile(outcome->message, file))
            << "mutation " << i << ": " << outcome->message;
        for (const char c : outcome->message)
            ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
                << "mutation " << i << ": " << outcome->message;
    }
    EXPECT_GT(refused, 0) << "the test would say nothing";
    RecordProperty("refused", refused);
    std::printf("%s: %d of %d refused, each with its name\n", GetParam().name.c_str(), refused,
                count);
}

std::string testNameOf(const testing::TestParamInfo<FileKind>& kind)
{
    std::string name;
    for (const char c : kind.param.name)
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return name;
}

INSTANTIATE_TEST_SUITE_P(Kinds, NamedFile, testing::ValuesIn(fileKinds()), testNameOf);

} // namespace
} // namespace vitrine
