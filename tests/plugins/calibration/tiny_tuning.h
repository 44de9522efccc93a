#pragma once

#include "core/model/llm/llm_checkpoint.h"
#include "plugins/calibration/experiments/tune_experiment.h"
#include "tests/support/tiny_llm.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

namespace vitrine::calibration_plugin::tiny_tuning
{

using Given = std::map<std::string, std::string>;

inline std::filesystem::path folder(const std::string& name)
{
    const auto path = std::filesystem::temp_directory_path() / "vitrine-calibration" /
                      testing::UnitTest::GetInstance()->current_test_info()->test_suite_name() /
                      testing::UnitTest::GetInstance()->current_test_info()->name() / name;
    std::filesystem::create_directories(path);
    return path;
}

// Six layers of four heads with random weights, as a Hugging Face folder. Layers 2 to 4 are
// eligible.
inline std::filesystem::path tinyModel(std::uint64_t seed = 5)
{
    model::LlmConfig config;
    config.hidden = 32;
    config.layers = 6;
    config.heads = 4;
    config.kvHeads = 2;
    config.headSize = 8;
    config.mlp = 48;
    config.vocabulary = 60;
    config.context = 128;
    config.dtype = "float32";
    const auto path = folder("model-" + std::to_string(seed));
    const auto exported =
        model::exportHuggingFace(vitrine::tests::TinyCheckpoint(config, seed), path);
    EXPECT_TRUE(exported) << exported.error().message;
    return path;
}

inline std::string ids(int count, int step = 7)
{
    std::string text = "1";
    for (int i = 1; i < count; ++i)
        text += "," + std::to_string(i * step % 60);
    return text;
}

// tau and min_rows at which heads with random weights have a few sinks each.
inline Given tuning(const std::filesystem::path& model, Given more = {})
{
    more.insert({{"model", model.string()}, {"tau", "0.05"}, {"min_rows", "4"}});
    if (!more.contains("token_ids"))
        more["token_ids"] = ids(50);
    return more;
}

inline Params resolved(const Given& given)
{
    const auto params = resolveParams(TuneExperiment(), given);
    EXPECT_TRUE(params) << params.error().message;
    return *params;
}

inline RunResult tuned(const Given& given, const std::string& where = "run")
{
    QuietProgress progress(folder(where));
    auto result = TuneExperiment().run(resolved(given), progress);
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(RunResult{});
}

inline std::string complaint(const Given& given)
{
    const auto params = resolveParams(TuneExperiment(), given);
    if (!params)
        return params.error().message;
    QuietProgress progress(folder("bad"));
    const auto result = TuneExperiment().run(*params, progress);
    return result ? "" : result.error().message;
}

inline double metric(const RunResult& result, const std::string& name)
{
    const Metric* found = result.metric(name);
    EXPECT_NE(found, nullptr) << name;
    return found ? found->value : NAN;
}

inline double number(const Cell& cell)
{
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return static_cast<double>(*whole);
    const auto* real = std::get_if<double>(&cell);
    return real ? *real : NAN;
}

inline double number(const Table& table, std::size_t row, const std::string& column)
{
    return number(table.rows.at(row).at(static_cast<std::size_t>(table.column(column))));
}

} // namespace vitrine::calibration_plugin::tiny_tuning
