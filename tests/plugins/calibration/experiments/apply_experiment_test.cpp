#include "plugins/calibration/experiments/apply_experiment.h"

#include "core/attention/calibration.h"
#include "core/base/random.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace vitrine::calibration_plugin
{
namespace
{

using testing::Contains;
using testing::HasSubstr;
using Given = std::map<std::string, std::string>;

constexpr std::int64_t kHeads = 3, kTokens = 20;

// Random causal maps; column 6 of each is heavy.
std::vector<float> randomMaps()
{
    Random random(2);
    std::vector<float> maps(kHeads * kTokens * kTokens);
    for (std::int64_t h = 0; h < kHeads; ++h)
        for (std::int64_t i = 0; i < kTokens; ++i) {
            float* row = maps.data() + (h * kTokens + i) * kTokens;
            double sum = 0;
            for (std::int64_t j = 0; j <= i; ++j) {
                row[j] = static_cast<float>(std::exp(random.normal() + (j == 6 ? 3 : 0)));
                sum += row[j];
            }
            for (std::int64_t j = 0; j <= i; ++j)
                row[j] = static_cast<float>(row[j] / sum);
        }
    return maps;
}

struct Fixture {
    vitrine::tests::TemporaryFolder folder;
    std::filesystem::path file = folder.path / "maps.safetensors";

    void write(const std::vector<float>& maps, std::vector<std::int64_t> shape)
    {
        const auto written = writeSafetensors(
            file, {{"attention", {DType::f32, std::move(shape), std::as_bytes(std::span(maps))}}});
        ASSERT_TRUE(written);
    }
    Result<RunResult> run(Given given) const
    {
        if (!given.contains("file"))
            given["file"] = file.string();
        VITRINE_TRY(const Params params, resolveParams(ApplyExperiment(), given));
        QuietProgress progress(folder.path);
        return ApplyExperiment().run(params, progress);
    }
};

std::vector<float> calibratedOf(const RunResult& result)
{
    const auto file = Safetensors::open(result.artifacts.at(0).path);
    return toFloat(*file->tensor("attention"));
}

double metric(const RunResult& result, const char* name)
{
    return result.metric(name)->value;
}

TEST(ApplyExperiment, IsCalibrateMapOfTheChosenHeads)
{
    Fixture f;
    const auto maps = randomMaps();
    f.write(maps, {kHeads, kTokens, kTokens});

    const auto result = f.run({{"tau", "0.15"}, {"beta", "0.25"}, {"heads", "0,2"}});

    ASSERT_TRUE(result) << result.error().message;
    attention::Calibration how;
    how.sinks.tau = 0.15;
    how.beta = 0.25;
    attention::CalibrationCount sum;
    std::vector<float> expected = maps;
    for (const std::size_t h : {0u, 2u})
        sum += attention::calibrateMap(
            std::span(expected).subspan(h * kTokens * kTokens, kTokens * kTokens), kTokens, how);
    EXPECT_EQ(calibratedOf(*result), expected);
    EXPECT_EQ(metric(*result, "sinks"), sum.sinks);
    EXPECT_EQ(metric(*result, "rows_modified"), sum.rowsModified);
    EXPECT_EQ(metric(*result, "mass_moved"), sum.massMoved);
    EXPECT_GE(sum.sinks, 2);
    EXPECT_EQ(static_cast<std::int64_t>(result->table("sinks")->rows.size()), sum.sinks);
    EXPECT_EQ(result->table("heads")->rows.size(), 2u);
}

TEST(ApplyExperiment, KeepsTheShapeWithAnAxisOfLayers)
{
    Fixture f;
    f.write(randomMaps(), {1, kHeads, kTokens, kTokens});

    const auto result = f.run({});

    ASSERT_TRUE(result);
    const auto file = Safetensors::open(result->artifacts.at(0).path);
    EXPECT_EQ(file->tensor("attention")->shape,
              (std::vector<std::int64_t>{1, kHeads, kTokens, kTokens}));
}

TEST(ApplyExperiment, RefusesWhatIsNoCausalMap)
{
    Fixture f;
    auto maps = randomMaps();
    maps[5] = 0.3f; // row 0, key 5
    f.write(maps, {kHeads, kTokens, kTokens});
    EXPECT_THAT(f.run({}).error().message, HasSubstr("causal maps expected"));
    maps[5] = 0;
    maps[kTokens] = -0.2f;
    f.write(maps, {kHeads, kTokens, kTokens});
    EXPECT_THAT(f.run({}).error().message, HasSubstr("0 to 1 expected"));
    f.write(std::vector<float>(40), {2, 4, 5});
    EXPECT_THAT(f.run({}).error().message, HasSubstr("square"));
    f.write(randomMaps(), {kHeads, kTokens, kTokens});
    EXPECT_THAT(f.run({{"heads", "3"}}).error().message, HasSubstr("heads 0 to 2"));
    EXPECT_THAT(f.run({{"padding", "20"}}).error().message, HasSubstr("only 20 tokens"));
    EXPECT_EQ(f.run({{"file", "/no/such/file"}}).error().kind, ErrorKind::input);
}

TEST(ApplyExperiment, SaysHowManyRowsItSkipsOrSpoils)
{
    Fixture f;
    auto maps = randomMaps();
    for (std::int64_t j = 0; j <= 12; ++j)
        maps[static_cast<std::size_t>(12 * kTokens + j)] = j == 6 ? 1.0f : 0.0f;
    for (std::int64_t i = 0; i < kTokens; ++i)
        maps[static_cast<std::size_t>(i * kTokens)] += 0; // column 0 as it is
    f.write(maps, {kHeads, kTokens, kTokens});

    const auto ours = f.run({{"heads", "0"}});
    const auto released = f.run({{"heads", "0"}, {"reference", "on"}});

    EXPECT_EQ(metric(*ours, "rows_skipped"), 1);
    EXPECT_THAT(ours->notes, Contains(HasSubstr("1 rows are left as they are")));
    ASSERT_TRUE(released);
    EXPECT_THAT(released->notes, Contains(HasSubstr("NaN")));
}

// What the released code made of the same maps.
TEST(ApplyExperiment, ReproducesTheReleasedCode)
{
    const auto path = vitrine::tests::goldenData("methods/act/act_beta0.4_thr0.1.safetensors");
    if (!path)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    const auto golden = Safetensors::open(*path);
    ASSERT_TRUE(golden);
    Fixture f;
    for (const std::string name : {"cal_two_sinks", "cal_no_col0", "cal_four_sinks"}) {
        const auto in = toFloat(*golden->tensor(name + ".in"));
        f.write(in, golden->tensor(name + ".in")->shape);

        const auto result = f.run({{"heads", "1"}, {"reference", "on"}});

        ASSERT_TRUE(result) << result.error().message;
        EXPECT_LE(vitrine::tests::largestDifference(calibratedOf(*result),
                                                    toFloat(*golden->tensor(name + ".out"))),
                  5e-7);
    }
}

} // namespace
} // namespace vitrine::calibration_plugin
