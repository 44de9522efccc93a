#include "core/base/file.h"
#include "core/jobs/experiment/recipe.h"
#include "core/learning/nets/training/prepared_data.h"
#include "core/model/checkpoint/shard_index.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/model/task/task.h"
#include "core/model/task/text_lines.h"
#include "core/model/tokenizer/tokenizer.h"
#include "core/report/manuscript.h"
#include "core/sim/workload/bit_map.h"
#include "core/sim/workload/topology.h"
#include "core/sim/workload/workloads.h"
#include "core/tensor/safetensors.h"
#include "core/video/bd_curves.h"
#include "core/video/raw_file.h"
#include "core/video/raw_name.h"
#include "core/video/y4m.h"
#include "tests/fuzz/nets_files.h"
#include "tests/fuzz/robust.h"
#include "tests/fuzz/samples.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>

namespace vitrine
{
namespace
{

using fuzz::errorOf;
using fuzz::expectRobust;

// In memory where there is such a place: 30,000 files are written.
std::filesystem::path quickFolder()
{
    std::error_code ignored;
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::is_directory(memory, ignored) ? memory
                                                          : std::filesystem::temp_directory_path();
}

class Mutation : public testing::Test
{
protected:
    void SetUp() override { std::filesystem::create_directories(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    // A new file each time: cutting an old one to nothing makes file systems write it out first.
    std::filesystem::path write(const char* name, const std::string& bytes) const
    {
        std::filesystem::remove(folder_ / name);
        std::ofstream(folder_ / name, std::ios::binary)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return folder_ / name;
    }
    static std::optional<Error>
    touchAll(const Result<std::shared_ptr<const model::LlmCheckpoint>>& opened)
    {
        if (!opened)
            return opened.error();
        for (const auto& name : (*opened)->tensorNames())
            if (const auto view = (*opened)->tensor(name))
                (void)toFloat(*view);
        return {};
    }
    static std::optional<Error> use(const Result<std::unique_ptr<model::Tokenizer>>& tokenizer)
    {
        if (!tokenizer)
            return tokenizer.error();
        const auto ids =
            (*tokenizer)
                ->encode("The theatre and the xxx's 12345\n  <|end|> caf\u00e9<|n|> \U0001f999");
        if (!ids)
            return ids.error();
        (void)(*tokenizer)->decode(*ids);
        for (const auto id : *ids)
            (void)(*tokenizer)->piece(id);
        return {};
    }

    std::filesystem::path folder_ = quickFolder() / fmt::format("vitrine-mutation-{}", ::getpid());
};

TEST_F(Mutation, ReportFile)
{
    report::FigureItem figure{.runs = {"5f0c1a2b"}, .figure = "map", .state = R"({"zoom":[1,2]})"};
    figure.edits.caption = "What is seen";
    figure.edits.colours["s"] = 3;
    const report::Manuscript sample{
        .title = "Paper",
        .sections = {{"One", {report::TextItem{"A **word**"}, figure}},
                     {"Two",
                      {report::TableItem{.source = report::TableItem::Source::table,
                                         .runs = {"12"},
                                         .table = "heads",
                                         .columns = {"layer"},
                                         .digits = 3}}}}};
    expectRobust(
        report::manuscriptText(sample), [](const std::string& bytes) -> std::optional<Error> {
            const auto read = report::parseManuscript(bytes, "r");
            if (!read)
                return read.error();
            // What is taken is written again, and by every writer that needs no store.
            const auto again = report::parseManuscript(report::manuscriptText(*read), "r");
            if (!again)
                return again.error();
            const auto absent = [](const auto&...) { return inputError("not there"); };
            const report::Document document = report::compose(
                *again, {.run = [&](const std::string&) -> Result<RunRecord> { return absent(); },
                         .figures = {}});
            (void)report::toLatex(document, {});
            return {};
        });
}

TEST_F(Mutation, SafetensorsInAModelFolder)
{
    write("config.json", fuzz::configSample());
    expectRobust(fuzz::safetensorsSample(), [&](const std::string& bytes) {
        write("model.safetensors", bytes);
        return touchAll(model::openLlmCheckpoint(folder_));
    });
}

// Most bytes of such a file are codes, which may be anything: what is taken must decode to numbers.
TEST_F(Mutation, PackedModelFolder)
{
    std::string config = fuzz::configSample();
    config.insert(1, R"("quantization_config": {"quant_method": "vitrine-codes"}, )");
    write("config.json", config);
    expectRobust(fuzz::packedSample(), [&](const std::string& bytes) -> std::optional<Error> {
        write("model.safetensors", bytes);
        const auto opened = model::openLlmCheckpoint(folder_);
        if (!opened)
            return opened.error();
        for (const auto& name : (*opened)->tensorNames())
            if (const kernels::BinaryCodes* codes = (*opened)->codes(name)) {
                std::vector<float> row(static_cast<std::size_t>(codes->inputs));
                for (std::int64_t n = 0; n < codes->outputs; ++n) {
                    kernels::decodeRows(*codes, codes->planes, n, n + 1, row.data());
                    EXPECT_TRUE(std::ranges::all_of(row, [](float w) { return std::isfinite(w); }));
                }
            }
        return {};
    });
}

TEST_F(Mutation, SafetensorsAlone)
{
    expectRobust(fuzz::safetensorsSample(), [&](const std::string& bytes) -> std::optional<Error> {
        const auto opened = Safetensors::open(write("x.safetensors", bytes));
        if (!opened)
            return opened.error();
        for (const auto& [name, entry] : opened->entries())
            (void)toFloat(*opened->tensor(name));
        return {};
    });
}

TEST_F(Mutation, Llama2cFile)
{
    expectRobust(fuzz::llama2cSample(), [&](const std::string& bytes) {
        return touchAll(model::openLlmCheckpoint(write("m.bin", bytes)));
    });
}

TEST_F(Mutation, Llama2cTokenizer)
{
    expectRobust(fuzz::llama2cTokenizerSample(), [&](const std::string& bytes) {
        return use(model::parseLlama2cTokenizer(bytes, 300, "tok300.bin"));
    });
}

TEST_F(Mutation, ConfigJson)
{
    expectRobust(fuzz::configSample(), [](const std::string& bytes) {
        return errorOf(model::parseLlmConfig(bytes, "config.json"));
    });
}

TEST_F(Mutation, TokenizerJson)
{
    expectRobust(fuzz::tokenizerSample(), [](const std::string& bytes) {
        return use(model::parseTokenizerJson(bytes, "tokenizer.json"));
    });
}

TEST_F(Mutation, ShardIndex)
{
    expectRobust(fuzz::shardIndexSample(), [](const std::string& bytes) {
        return errorOf(model::parseShardIndex(bytes, "index.json"));
    });
}

TEST_F(Mutation, TaskFiles)
{
    for (const auto& sample :
         {fuzz::taskLinesSample(), fuzz::taskTableSample(), fuzz::taskXmlSample()})
        expectRobust(sample, [](const std::string& bytes) {
            return errorOf(model::parseTask(bytes, "task"));
        });
}

TEST_F(Mutation, TopologyTable)
{
    expectRobust(fuzz::topologySample(), [](const std::string& bytes) {
        return errorOf(sim::parseTopology(bytes, "t.csv"));
    });
}

TEST_F(Mutation, BitMapTable)
{
    const auto unchanged = sim::namedWorkload("deit-tiny").value();
    expectRobust(fuzz::bitMapSample(), [&](const std::string& bytes) {
        auto workload = unchanged;
        return errorOf(sim::applyBitMap(workload, bytes, "bits.csv"));
    });
}

TEST_F(Mutation, RateDistortionCurves)
{
    expectRobust(fuzz::bdCurvesSample(), [](const std::string& bytes) -> std::optional<Error> {
        const auto curves = video::parseBdCurves(bytes, "curves.json");
        if (!curves)
            return curves.error();
        const auto result = video::bjontegaard(curves->anchor, curves->test);
        for (const auto* delta : {&result.rate, &result.quality})
            EXPECT_NE(delta->value.has_value(), !delta->reason.empty());
        return {};
    });
}

TEST_F(Mutation, TextLines)
{
    expectRobust(fuzz::textLinesSample(), [](const std::string& bytes) {
        return errorOf(model::parseTextLines(bytes, "texts.jsonl"));
    });
}

TEST_F(Mutation, Recipe)
{
    expectRobust(fuzz::recipeSample(), [](const std::string& bytes) {
        const auto read = parseRecipe(bytes, "a.recipe");
        return read ? errorOf(fuzz::readNetsRecipe(bytes)) : errorOf(read);
    });
}

TEST_F(Mutation, CardOfAModel)
{
    expectRobust(fuzz::cardSample(),
                 [](const std::string& bytes) { return errorOf(fuzz::readNetsCard(bytes)); });
}

TEST_F(Mutation, TableOfPictures)
{
    const std::string sample =
        "name\tpackage\tlicence\twidth\theight\toffset\tuse\n"
        "a.png\tbirds\tCC0\t4\t2\t0\ttrain\nb.png\tbirds\tCC0\t4\t2\t24\tvt10\n";
    expectRobust(sample, [&](const std::string& bytes) -> std::optional<Error> {
        write("pictures.tsv", bytes);
        try {
            for (const auto& picture : learning::preparedPictures(folder_.string(), "train", 48))
                EXPECT_LE(picture.offset +
                              static_cast<std::uint64_t>(3 * picture.width * picture.height),
                          48u);
            return {};
        } catch (const std::runtime_error& error) {
            return Error{ErrorKind::input, error.what()};
        }
    });
}

// Opens, reads every frame.
std::optional<Error> readAll(const Result<std::unique_ptr<video::FrameSource>>& source)
{
    if (!source)
        return source.error();
    for (std::int64_t i = 0; i < (*source)->info().frames; ++i)
        if (const auto frame = (*source)->read(i); !frame)
            return frame.error();
    return {};
}

TEST_F(Mutation, Y4mFile)
{
    std::string sample = "YUV4MPEG2 W16 H12 F25:1 Ip A1:1 C420p10 XCOLORRANGE=FULL\n";
    for (int i = 0; i < 3; ++i)
        sample += "FRAME\n" + std::string(2 * 288, static_cast<char>(i));
    expectRobust(sample, [&](const std::string& bytes) {
        return readAll(video::openY4m(write("a.y4m", bytes)));
    });
}

// The name says how a raw file is read: absurd sizes among them.
TEST_F(Mutation, RawFileName)
{
    const auto path = write("frames", std::string(4 * 2 * 288, '\1'));
    expectRobust("clip_16x12_25fps_420_10bit.yuv",
                 [&](const std::string& name) -> std::optional<Error> {
                     const auto layout = video::guessRawLayout(name);
                     return layout ? readAll(video::openRaw(path, *layout))
                                   : Error{ErrorKind::input, "the name says no size"};
                 });
}

} // namespace
} // namespace vitrine
