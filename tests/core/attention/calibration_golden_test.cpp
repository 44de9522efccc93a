// The released code's calibration function on random maps, reproduced in its own mode.
#include "core/attention/calibration.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace vitrine::attention
{
namespace
{

struct GoldenCase {
    std::string name;
    std::set<std::int64_t> heads; // those that were calibrated
    bool half = false;
};

// The head list of a case stands in its JSON: a number for all cases, a list in words for eval.
std::vector<GoldenCase> casesOf(const Json& index)
{
    std::vector<GoldenCase> cases;
    for (const Json& one : index["cases"]) {
        GoldenCase golden{one["case"].get<std::string>(), {}, one["dtype"] == "torch.float16"};
        const std::string what = one["what"].get<std::string>();
        const auto list = what.find('[');
        if (golden.name.starts_with("eval")) {
            const Json listed = *parseJson(what.substr(list, what.find(']') - list + 1), "heads");
            for (const Json& head : listed)
                golden.heads.insert(head.get<std::int64_t>());
        } else {
            golden.heads.insert(index["head_num_for_cal_cases"].get<std::int64_t>());
        }
        cases.push_back(std::move(golden));
    }
    return cases;
}

double difference(float a, float b)
{
    if (std::isnan(a) || std::isnan(b))
        return std::isnan(a) == std::isnan(b) ? 0 : INFINITY;
    return std::abs(static_cast<double>(a) - b);
}

void expectReproduced(const GoldenCase& golden, const Safetensors& file, const Calibration& how)
{
    SCOPED_TRACE(golden.name);
    const auto tensor = [&](const char* what) { return *file.tensor(golden.name + "." + what); };
    const auto shape = tensor("in").shape;
    const std::int64_t heads = shape[0], tokens = shape[1];
    const auto size = static_cast<std::size_t>(tokens * tokens);
    const std::vector<float> in = toFloat(tensor("in")), out = toFloat(tensor("out"));
    // Half precision: sums and quotients are rounded at every step.
    const double tolerance = golden.half ? 2e-3 : 5e-7;
    for (std::int64_t head = 0; head < heads; ++head) {
        const auto first = static_cast<std::size_t>(head) * size;
        std::vector<float> map(in.begin() + static_cast<std::ptrdiff_t>(first),
                               in.begin() + static_cast<std::ptrdiff_t>(first + size));
        if (golden.heads.contains(head))
            calibrateMap(map, tokens, how);
        double largest = 0;
        for (std::size_t i = 0; i < size; ++i)
            largest = std::max(largest, difference(map[i], out[first + i]));
        EXPECT_LE(largest, golden.heads.contains(head) ? tolerance : 0) << "head " << head;
    }
}

TEST(CalibrationGolden, TheReleasedCodeIsReproducedInItsOwnMode)
{
    const auto folder = tests::goldenData("methods/act");
    if (!folder)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    int cases = 0;
    for (const char* name : {"act_beta0.4_thr0.1", "act_beta0.0_thr0.15"}) {
        const auto text = readFile(*folder / (std::string(name) + ".json"), 1 << 20);
        const auto file = Safetensors::open(*folder / (std::string(name) + ".safetensors"));
        ASSERT_TRUE(text && file);
        const Json index = *parseJson(*text, name);
        Calibration how;
        how.reference = true;
        how.beta = index["beta"].get<double>();
        how.sinks.tau = index["threshold"].get<double>();
        for (const GoldenCase& golden : casesOf(index)) {
            ASSERT_FALSE(golden.heads.empty());
            expectReproduced(golden, *file, how);
            ++cases;
        }
    }
    EXPECT_EQ(cases, 16);
}

// Ours and the released code's differ where the latter has its defects, and only there.
TEST(CalibrationGolden, OursIsTheSameWhereTheFirstColumnIsAboveTheThreshold)
{
    const auto path = tests::goldenData("methods/act/act_beta0.4_thr0.1.safetensors");
    if (!path)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    const auto file = Safetensors::open(*path);
    ASSERT_TRUE(file);
    for (const char* name : {"cal_two_sinks", "cal_four_sinks", "cal_first_sink_only"})
        expectReproduced({name, {1}, false}, *file, Calibration{});
}

} // namespace
} // namespace vitrine::attention
