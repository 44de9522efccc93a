// Calibrated heads in a capture: tiles of A' against a float64 map, and what a reader must not
// believe.
#include "core/attention/capture_edit.h"

#include "core/attention/capture.h"
#include "core/attention/sinks.h"
#include "core/base/random.h"
#include "core/tensor/safetensors.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace vitrine::attention
{
namespace
{

using testing::HasSubstr;

struct EditFixture {
    std::int64_t tokens = 0, headSize = 8;
    CaptureInfo info = {};
    std::vector<std::int32_t> ids = {};
    model::ForwardResult result = {};
};

// One layer (2) of two heads with random queries and keys; head 1 is changed by `edit`.
EditFixture editFixture(std::int64_t tokens, const model::WeightEdit& edit, std::int64_t window = 0)
{
    EditFixture f{.tokens = tokens};
    f.info = {"tiny", std::vector<std::string>(static_cast<std::size_t>(tokens), "t"),
              {2},    1 / std::sqrt(8.0),
              window, f.headSize};
    f.ids.assign(static_cast<std::size_t>(tokens), 7);
    f.result.tokens = tokens;
    f.result.summaries.resize(3);
    Random random(3);
    for (int h = 0; h < 2; ++h) {
        model::HeadSummary summary;
        summary.columnRows = columnRows(tokens, window);
        summary.columnSum.assign(static_cast<std::size_t>(tokens), 1.0f);
        f.result.summaries[2].push_back(summary);
        model::KeptHead kept{{2, h}, {}, {}, {}};
        for (std::int64_t i = 0; i < tokens * f.headSize; ++i) {
            kept.q.push_back(static_cast<float>(2 * random.normal()));
            kept.k.push_back(static_cast<float>(2 * random.normal()));
        }
        f.result.kept.push_back(std::move(kept));
    }
    f.result.edited.push_back({{2, 1}, edit, {}, {}});
    return f;
}

// The calibrated map in double, entry by entry; NaN where masked.
std::vector<double> slowMap(const EditFixture& f, const std::vector<float>& q,
                            const std::vector<float>& k, const model::WeightEdit& edit)
{
    const std::int64_t n = f.tokens;
    std::vector<double> map(static_cast<std::size_t>(n * n),
                            std::numeric_limits<double>::quiet_NaN());
    const auto isSink = [&](std::int64_t j) {
        return std::ranges::find(edit.columns, j) != edit.columns.end();
    };
    for (std::int64_t i = 0; i < n; ++i) {
        double* row = map.data() + i * n;
        const std::int64_t first =
            f.info.window > 0 ? std::max<std::int64_t>(0, i + 1 - f.info.window) : 0;
        double sum = 0, m = 0, rest = 0;
        for (std::int64_t j = first; j <= i; ++j) {
            double dot = 0;
            for (std::int64_t d = 0; d < f.headSize; ++d)
                dot += static_cast<double>(q[static_cast<std::size_t>(i * f.headSize + d)]) *
                       static_cast<double>(k[static_cast<std::size_t>(j * f.headSize + d)]);
            row[j] = std::exp(dot * f.info.scale);
            sum += row[j];
        }
        for (std::int64_t j = first; j <= i; ++j) {
            row[j] /= sum;
            m += isSink(j) ? row[j] : 0;
            rest += !isSink(j) && j >= edit.receiversFrom ? row[j] : 0;
        }
        if (i == 0 || m == 0 || rest <= edit.leastRest)
            continue;
        for (std::int64_t j = first; j <= i; ++j)
            if (isSink(j))
                row[j] *= edit.beta;
            else if (j >= edit.receiversFrom)
                row[j] *= 1 + (1 - edit.beta) * m / rest;
    }
    return map;
}

double largestEditDeviation(const std::vector<float>& found, const std::vector<double>& expected)
{
    double largest = found.size() == expected.size() ? 0 : INFINITY;
    for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
        if (std::isnan(found[i]) != std::isnan(expected[i]))
            return INFINITY;
        if (!std::isnan(expected[i]))
            largest = std::max(largest, std::abs(found[i] - expected[i]));
    }
    return largest;
}

Capture writtenEdit(const EditFixture& f, const std::filesystem::path& path,
                    std::uint64_t budget = kCaptureBudget)
{
    const auto notes = writeCapture(path, f.info, f.ids, f.result, budget);
    EXPECT_TRUE(notes) << notes.error().message;
    auto capture = Capture::open(path);
    EXPECT_TRUE(capture) << capture.error().message;
    return *capture;
}

TEST(EditedCapture, TilesEqualAFloat64CalibratedMap)
{
    const tests::TemporaryFolder folder;
    for (const std::int64_t window : {0, 40})
        for (const std::int64_t from : {0, 1}) {
            const model::WeightEdit edit{
                .columns = {1, 30, 31, 260}, .beta = 0.3, .receiversFrom = from};
            const EditFixture f = editFixture(300, edit, window);
            const Capture capture = writtenEdit(f, folder.path / "after.safetensors");
            const auto& kept = f.result.kept[1];
            const auto map = slowMap(f, kept.q, kept.k, edit);

            EXPECT_LE(largestEditDeviation(*capture.tile(0, 1, {0, 0, 300, 300}), map), 1e-6);
            const auto part = *capture.tile(0, 1, {250, 20, 40, 270});
            for (std::int64_t r = 0; r < 40; ++r)
                for (std::int64_t c = 0; c < 270; ++c) {
                    const double expected = map[static_cast<std::size_t>((250 + r) * 300 + 20 + c)];
                    const float found = part[static_cast<std::size_t>(r * 270 + c)];
                    ASSERT_TRUE(std::isnan(expected) ? std::isnan(found)
                                                     : std::abs(found - expected) <= 1e-6);
                }
        }
}

TEST(EditedCapture, LeavesOtherHeadsAndSaysWhatWasDone)
{
    const tests::TemporaryFolder folder;
    const model::WeightEdit edit{.columns = {3, 9}, .beta = 0.25};
    const EditFixture f = editFixture(50, edit);
    const Capture capture = writtenEdit(f, folder.path / "after.safetensors");

    const auto& kept = f.result.kept[0];
    EXPECT_LE(
        largestEditDeviation(*capture.tile(0, 0, {0, 0, 50, 50}), slowMap(f, kept.q, kept.k, {})),
        1e-6);
    EXPECT_EQ(capture.edit(0, 0), nullptr);
    const KeptEdit* kept1 = capture.edit(0, 1);
    ASSERT_NE(kept1, nullptr);
    EXPECT_EQ(kept1->columns, edit.columns);
    EXPECT_EQ(kept1->beta, 0.25);
    EXPECT_EQ(kept1->factors[2], 1); // sees no sink
    EXPECT_GT(kept1->factors[49], 1);
}

TEST(EditedCapture, OfHalfPrecisionIsThatOfTheRoundedQueriesAndKeys)
{
    const tests::TemporaryFolder folder;
    const model::WeightEdit edit{.columns = {3, 9}, .beta = 0.25};
    const EditFixture f = editFixture(60, edit);
    const Capture capture = writtenEdit(f, folder.path / "half.safetensors", 100);
    auto rounded = f.result.kept[1];
    for (auto* values : {&rounded.q, &rounded.k})
        for (float& value : *values)
            value = fromHalf(toHalf(value));

    EXPECT_LE(largestEditDeviation(*capture.tile(0, 1, {0, 0, 60, 60}),
                                   slowMap(f, rounded.q, rounded.k, edit)),
              1e-6);
}

TEST(EditedCapture, WithoutAChangeHasNoEdit)
{
    const tests::TemporaryFolder folder;
    for (const model::WeightEdit& edit :
         {model::WeightEdit{}, model::WeightEdit{.columns = {3}, .beta = 1}}) {
        const Capture capture =
            writtenEdit(editFixture(20, edit), folder.path / "after.safetensors");
        EXPECT_EQ(capture.edit(0, 1), nullptr);
    }
}

TEST(EditedCapture, MalformedEditsAreRefusedInOneLine)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "good.safetensors";
    const EditFixture f = editFixture(10, {.columns = {3, 6}, .beta = 0.25});
    ASSERT_TRUE(writeCapture(path, f.info, f.ids, f.result));
    const auto good = Safetensors::open(path);
    using Tensors = std::vector<NamedTensor>;
    using Metadata = std::map<std::string, std::string>;
    const auto rewritten = [&](const std::function<void(Tensors&, Metadata&)>& change) {
        Tensors tensors;
        for (const auto& [name, entry] : good->entries())
            tensors.push_back({name, *good->tensor(name)});
        auto metadata = good->metadata();
        change(tensors, metadata);
        EXPECT_TRUE(writeSafetensors(folder.path / "bad.safetensors", tensors, metadata));
        return Capture::open(folder.path / "bad.safetensors");
    };
    const auto edits = [&](const std::string& value) {
        return rewritten([&](Tensors&, Metadata& metadata) { metadata["edits"] = value; });
    };
    const auto columns = [&](std::vector<std::int32_t> values) {
        return rewritten([&](Tensors& tensors, Metadata&) {
            for (auto& one : tensors)
                if (one.name == "edit.columns.2.1")
                    one.tensor = {DType::i32,
                                  {static_cast<std::int64_t>(values.size())},
                                  std::as_bytes(std::span(values))};
        });
    };
    const auto factors = [&](std::vector<double> values) {
        return rewritten([&](Tensors& tensors, Metadata&) {
            for (auto& one : tensors)
                if (one.name == "edit.factors.2.1")
                    one.tensor = {DType::f64,
                                  {static_cast<std::int64_t>(values.size())},
                                  std::as_bytes(std::span(values))};
        });
    };
    const auto without = [&](const std::string& name) {
        return rewritten([&](Tensors& tensors, Metadata&) {
            std::erase_if(tensors, [&](const NamedTensor& one) { return one.name == name; });
        });
    };
    std::vector<double> bad(10, 1.0);
    bad[4] = std::numeric_limits<double>::quiet_NaN();

    ASSERT_TRUE(rewritten([](Tensors&, Metadata&) {}));
    for (const auto& result : {edits("[]"),
                               edits("{}"),
                               edits("7"),
                               edits("[7]"),
                               edits("[{"),
                               edits(R"([{"layer":2,"head":1,"receivers_from":0}])"),
                               edits(R"([{"layer":2,"head":1,"beta":1.5,"receivers_from":0}])"),
                               edits(R"([{"layer":2,"head":1,"beta":"x","receivers_from":0}])"),
                               edits(R"([{"layer":2,"head":1,"beta":0.5,"receivers_from":-1}])"),
                               edits(R"([{"layer":2,"head":1,"beta":0.5,"receivers_from":11}])"),
                               edits(R"([{"layer":2,"head":1,"beta":0.5,"receivers_from":0},)"
                                     R"({"layer":2,"head":1,"beta":0.5,"receivers_from":0}])"),
                               edits(R"([{"layer":2,"head":0,"beta":0.5,"receivers_from":0}])"),
                               columns({}),
                               columns({6, 3}),
                               columns({3, 3}),
                               columns({-1, 3}),
                               columns({3, 10}),
                               columns(std::vector<std::int32_t>(11, 0)),
                               factors(std::vector<double>(9, 1.0)),
                               factors(bad),
                               factors(std::vector<double>(10, -1.0)),
                               factors(std::vector<double>(10, INFINITY)),
                               without("edit.columns.2.1"),
                               without("edit.factors.2.1")}) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, ErrorKind::input);
        EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
    }
    EXPECT_THAT(columns({3, 10}).error().message, HasSubstr("edit.columns.2.1"));
}

} // namespace
} // namespace vitrine::attention
