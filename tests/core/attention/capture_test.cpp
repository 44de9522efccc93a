#include "core/attention/capture.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "core/attention/sinks.h"
#include "core/base/random.h"
#include "core/tensor/safetensors.h"

namespace vitrine::attention
{
namespace
{

using testing::HasSubstr;

struct CaptureFixture {
    int tokens = 0, headSize = 0, layers = 1, heads = 1;
    CaptureInfo info;
    std::vector<std::int32_t> ids;
    model::ForwardResult result;
};

// Random queries and keys; key `sink` pulls every query towards it. Summaries are those of a
// uniform map: these tests are about what is written and computed again.
CaptureFixture fixture(int tokens, int headSize, std::int64_t window = 0, int sink = -1)
{
    CaptureFixture f;
    f.tokens = tokens;
    f.headSize = headSize;
    f.layers = 3;
    f.heads = 2;
    f.info = {"tiny", {}, {0, 2}, 1 / std::sqrt(double(headSize)), window, headSize};
    Random random(7);
    const auto size = static_cast<std::size_t>(tokens) * static_cast<std::size_t>(headSize);
    for (int t = 0; t < tokens; ++t) {
        f.ids.push_back(t % 50);
        f.info.tokenTexts.push_back("t" + std::to_string(t));
    }
    f.result.tokens = tokens;
    const auto uniform = uniformScore(tokens, window);
    const auto rows = columnRows(tokens, window);
    for (int l = 0; l < f.layers; ++l) {
        f.result.summaries.emplace_back();
        for (int h = 0; h < f.heads; ++h) {
            model::HeadSummary summary;
            summary.columnRows = rows;
            for (std::size_t j = 0; j < uniform.size(); ++j)
                summary.columnSum.push_back(
                    static_cast<float>(uniform[j] * rows[j] * (1 + l + 10 * h)));
            summary.firstTokenMass = l + 0.5 * h;
            const auto side = static_cast<std::size_t>(std::min(tokens, 64));
            summary.thumbnail.assign(side * side, static_cast<float>(l));
            f.result.summaries.back().push_back(summary);
            model::KeptHead kept{{l, h}, {}, {}, {}};
            for (std::size_t i = 0; i < size; ++i) {
                kept.q.push_back(static_cast<float>(random.normal() * 2));
                kept.k.push_back(static_cast<float>(random.normal() * 2));
            }
            for (int t = 0; sink >= 0 && t < tokens; ++t)
                kept.q[static_cast<std::size_t>(t * headSize)] = 30;
            if (sink >= 0)
                kept.k[static_cast<std::size_t>(sink * headSize)] = 30;
            f.result.kept.push_back(std::move(kept));
        }
    }
    return f;
}

std::filesystem::path temporary(const std::string& name)
{
    const auto folder = std::filesystem::temp_directory_path() /
                        (std::string("vitrine-capture-") +
                         testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder);
    return folder / name;
}

Capture written(const CaptureFixture& f, std::uint64_t budget = kCaptureBudget)
{
    const auto path = temporary("capture.safetensors");
    const auto notes = writeCapture(path, f.info, f.ids, f.result, budget);
    EXPECT_TRUE(notes) << notes.error().message;
    auto capture = Capture::open(path);
    EXPECT_TRUE(capture) << capture.error().message;
    return *capture;
}

// The slow, obvious map in double; NaN where masked.
std::vector<double> reference(const CaptureFixture& f, const std::vector<float>& q,
                              const std::vector<float>& k)
{
    const int n = f.tokens;
    std::vector<double> map(static_cast<std::size_t>(n * n),
                            std::numeric_limits<double>::quiet_NaN());
    for (int i = 0; i < n; ++i) {
        const int first = f.info.window > 0 ? std::max<int>(0, i + 1 - int(f.info.window)) : 0;
        double highest = -1e300, sum = 0;
        for (int j = first; j <= i; ++j) {
            double score = 0;
            for (int d = 0; d < f.headSize; ++d)
                score +=
                    double(q[size_t(i * f.headSize + d)]) * double(k[size_t(j * f.headSize + d)]);
            map[size_t(i * n + j)] = score * f.info.scale;
            highest = std::max(highest, score * f.info.scale);
        }
        for (int j = first; j <= i; ++j)
            sum += std::exp(map[size_t(i * n + j)] - highest);
        for (int j = first; j <= i; ++j)
            map[size_t(i * n + j)] = std::exp(map[size_t(i * n + j)] - highest) / sum;
    }
    return map;
}

double largestDeviation(const Capture& capture, const Capture::Tile& tile,
                        const std::vector<double>& map, int tokens)
{
    const auto cells = capture.tile(1, 1, tile);
    EXPECT_TRUE(cells) << cells.error().message;
    EXPECT_EQ(cells->size(), size_t(tile.rows * tile.columns));
    double largest = 0;
    for (std::int64_t r = 0; r < tile.rows; ++r) {
        for (std::int64_t c = 0; c < tile.columns; ++c) {
            const double expected = map[size_t((tile.row + r) * tokens + tile.column + c)];
            const double found = double((*cells)[size_t(r * tile.columns + c)]);
            if (std::isnan(expected) != std::isnan(found))
                return std::numeric_limits<double>::infinity();
            if (!std::isnan(expected))
                largest = std::max(largest, std::abs(expected - found));
        }
    }
    return largest;
}

TEST(CaptureFile, KeepsWhatWasWritten)
{
    const CaptureFixture f = fixture(70, 8);

    const Capture capture = written(f);

    EXPECT_EQ(capture.tokens(), 70);
    EXPECT_EQ(capture.layers(), 2);
    EXPECT_EQ(capture.heads(), 2);
    EXPECT_EQ(capture.model(), "tiny");
    EXPECT_EQ(capture.layerIds(), (std::vector{0, 2}));
    EXPECT_EQ(capture.tokenTexts(), f.info.tokenTexts);
    EXPECT_EQ(capture.tokenIds()[69], 19);
    EXPECT_EQ(capture.thumbnailSide(), 64);
    EXPECT_EQ(capture.thumbnail(1, 0).front(), 2.0f); // layer 2
    EXPECT_EQ(capture.firstTokenMass(1, 1), 2.5);
    EXPECT_FLOAT_EQ(capture.columnScore(1, 0)[0], static_cast<float>(uniformScore(70)[0] * 3));
    EXPECT_TRUE(capture.keeps(1, 1));
}

TEST(Tile, EqualsAFloat64MapEverywhere)
{
    for (const std::int64_t window : {0, 16}) {
        const CaptureFixture f = fixture(300, 24, window);
        const Capture capture = written(f);
        const auto& kept = f.result.kept[5]; // layer 2, head 1
        const auto map = reference(f, kept.q, kept.k);

        for (const Capture::Tile& tile : {Capture::Tile{0, 0, 300, 300},
                                          {0, 0, 1, 1},
                                          {17, 3, 41, 90},
                                          {255, 250, 45, 50},
                                          {290, 0, 10, 300},
                                          {10, 200, 20, 30},
                                          {5, 5, 0, 7}})
            EXPECT_LE(largestDeviation(capture, tile, map, 300), 1e-6)
                << tile.row << "," << tile.column;
    }
}

TEST(Tile, LargeScoresLoseNothing)
{
    const CaptureFixture f = fixture(120, 16, 0, 40); // scores up to 225
    const Capture capture = written(f);
    const auto& kept = f.result.kept[5];

    EXPECT_LE(largestDeviation(capture, {0, 0, 120, 120}, reference(f, kept.q, kept.k), 120), 1e-6);
}

TEST(Tile, PoolingNeverLosesASinkOneColumnWide)
{
    const CaptureFixture f = fixture(700, 8, 0, 333);
    const Capture capture = written(f);
    const auto map = reference(f, f.result.kept[5].q, f.result.kept[5].k);

    for (const std::int64_t stride : {2, 7, 100, 256, 300, 701}) {
        const auto cells = *capture.tile(1, 1, {0, 0, 700, 700, stride});
        const std::int64_t side = (700 + stride - 1) / stride;
        ASSERT_EQ(cells.size(), size_t(side * side));
        std::vector<double> pooled(cells.size(), std::numeric_limits<double>::quiet_NaN());
        for (std::int64_t i = 0; i < 700; ++i) {
            for (std::int64_t j = 0; j <= i; ++j) {
                double& cell = pooled[size_t(i / stride * side + j / stride)];
                cell = std::isnan(cell) ? map[size_t(i * 700 + j)]
                                        : std::max(cell, map[size_t(i * 700 + j)]);
            }
        }
        for (std::size_t i = 0; i < cells.size(); ++i) {
            ASSERT_EQ(std::isnan(cells[i]), std::isnan(pooled[i])) << stride << " cell " << i;
            if (!std::isnan(cells[i])) {
                ASSERT_NEAR(double(cells[i]), pooled[i], 1e-6) << stride << " cell " << i;
            }
        }
        EXPECT_GT(cells[size_t((side - 1) * side + 333 / stride)], 0.9f);
    }
}

TEST(Tile, OutsideOrNotKeptIsAnError)
{
    CaptureFixture f = fixture(20, 4);
    std::erase_if(f.result.kept, [](const auto& kept) { return kept.where.layer == 2; });
    const Capture capture = written(f);

    EXPECT_FALSE(capture.keeps(1, 0));
    EXPECT_THAT(capture.tile(1, 0, {0, 0, 20, 20}).error().message, HasSubstr("keep=all"));
    for (const Capture::Tile& tile : {Capture::Tile{0, 0, 21, 1},
                                      {-1, 0, 1, 1},
                                      {0, 20, 1, 1},
                                      {0, 0, 1, 1, 0},
                                      {1, 1, std::numeric_limits<std::int64_t>::max(), 1}})
        EXPECT_FALSE(capture.tile(0, 0, tile));
}

TEST(CaptureFile, FallsBackToHalfPrecisionBeyondTheBudgetAndSaysSo)
{
    const CaptureFixture f = fixture(40, 16);
    const auto path = temporary("half.safetensors");

    const auto notes = writeCapture(path, f.info, f.ids, f.result, 1000);

    ASSERT_TRUE(notes);
    ASSERT_EQ(notes->size(), 1u);
    EXPECT_THAT(notes->front(), HasSubstr("half precision"));
    const auto file = Safetensors::open(path);
    EXPECT_EQ(file->entries().at("q.2.1").type, DType::f16);
    auto rounded = f.result.kept[5];
    for (auto* values : {&rounded.q, &rounded.k})
        for (float& value : *values)
            value = fromHalf(toHalf(value));
    const auto map = reference(f, rounded.q, rounded.k);
    EXPECT_LE(largestDeviation(*Capture::open(path), {0, 0, 40, 40}, map, 40), 1e-6);
}

TEST(CaptureFile, KeepsInSinglePrecisionWhatHalfPrecisionCannotHold)
{
    CaptureFixture f = fixture(40, 16);
    f.result.kept[5].k[3] = 1e5f;
    const auto path = temporary("half.safetensors");

    const auto notes = writeCapture(path, f.info, f.ids, f.result, 1000);

    ASSERT_TRUE(notes);
    ASSERT_EQ(notes->size(), 2u);
    EXPECT_THAT(notes->back(), HasSubstr("Of 1 heads"));
    const auto file = Safetensors::open(path);
    EXPECT_EQ(file->entries().at("q.2.1").type, DType::f32);
    EXPECT_EQ(file->entries().at("q.2.0").type, DType::f16);
    const auto map = reference(f, f.result.kept[5].q, f.result.kept[5].k);
    EXPECT_LE(largestDeviation(*Capture::open(path), {0, 0, 40, 40}, map, 40), 1e-6);
}

// Key 20 is no number: every query from 20 on, and every cell that holds one of them.
TEST(Tile, AWeightThatIsNoNumberStaysOneWhenPooled)
{
    CaptureFixture f = fixture(40, 16);
    for (const float value :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        f.result.kept[0].k[20 * 16] = value;
        for (float& q : f.result.kept[0].q)
            q = std::abs(q);
        const Capture capture = written(f);
        for (const std::int64_t stride : {1, 4}) {
            const auto tile = capture.tile(0, 0, {0, 0, 40, 40, stride});
            ASSERT_TRUE(tile);
            const auto side = 40 / stride;
            for (std::int64_t r = 0; r < side; ++r)
                for (std::int64_t c = 0; c < side; ++c)
                    EXPECT_EQ(std::isnan((*tile)[static_cast<std::size_t>(r * side + c)]),
                              c > r || r >= 20 / stride)
                        << r << ", " << c << " of stride " << stride;
        }
    }
}

TEST(MapCapture, ServesImportedMapsAsTheyAre)
{
    CaptureFixture f = fixture(9, 4);
    f.info.layerIds = {0};
    std::vector<float> map(81, 0.0f);
    for (int i = 0; i < 9; ++i)
        for (int j = 0; j <= i; ++j)
            map[size_t(i * 9 + j)] = 1.0f / float(i + 1);
    const auto path = temporary("maps.safetensors");
    ASSERT_TRUE(writeMapCapture(path, f.info, f.ids, {{f.result.summaries[0][0]}}, {{map}}));

    const auto tile = Capture::open(path)->tile(0, 0, {2, 1, 3, 4});

    ASSERT_TRUE(tile);
    EXPECT_EQ((*tile)[0], 1.0f / 3);
    EXPECT_TRUE(std::isnan((*tile)[2])); // query 2, key 3
    EXPECT_EQ((*tile)[10], 0.2f);        // query 4, key 3
}

// Everything that a reader must not believe.
TEST(CaptureFile, MalformedFilesAreRefusedInOneLine)
{
    const auto path = temporary("good.safetensors");
    const CaptureFixture f = fixture(10, 4);
    ASSERT_TRUE(writeCapture(path, f.info, f.ids, f.result));
    const auto good = Safetensors::open(path);
    const auto rewritten = [&](auto change) {
        std::vector<NamedTensor> tensors;
        for (const auto& [name, entry] : good->entries())
            tensors.push_back({name, *good->tensor(name)});
        auto metadata = good->metadata();
        change(tensors, metadata);
        const auto bad = temporary("bad.safetensors");
        EXPECT_TRUE(writeSafetensors(bad, tensors, metadata));
        return Capture::open(bad);
    };
    const auto metadata = [&](const std::string& key, const std::string& value) {
        return rewritten([&](auto&, auto& entries) { entries[key] = value; });
    };
    const auto tensor = [&](const std::string& name, DType type, std::vector<std::int64_t> shape) {
        static const std::vector<std::byte> zeros(1 << 16);
        return rewritten([&](auto& tensors, auto&) {
            for (auto& one : tensors)
                if (one.name == name)
                    one.tensor = {
                        type, shape,
                        std::span(zeros).first(size_t(*elementCount(shape)) * dtypeSize(type))};
        });
    };

    ASSERT_TRUE(rewritten([](auto&, auto&) {}));
    for (const auto& result :
         {metadata("format", "vitrine-capture-9"),
          metadata("layers", "3"),
          metadata("layers", "99999999999999999999"),
          metadata("heads", "-1"),
          metadata("heads", "4"),
          metadata("head_size", "5"),
          metadata("scale", "nan"),
          metadata("scale", "1e999"),
          metadata("window", "3"),
          metadata("layer_ids", "[2,0]"),
          metadata("layer_ids", "[0,1.5]"),
          metadata("layer_ids", "{}"),
          metadata("tokens", "[]"),
          metadata("tokens", "[1]"),
          metadata("tokens", "[\"a\""),
          tensor("token_ids", DType::i64, {11}),
          tensor("column_score", DType::f32, {2, 2, 11}),
          tensor("column_score", DType::f16, {2, 2, 10}),
          tensor("column_rows", DType::i32, {10}),
          tensor("thumbnail", DType::f32, {2, 2, 10, 9}),
          tensor("thumbnail", DType::f32, {2, 2, 100}),
          tensor("thumbnail", DType::f32, {2, 2, 20, 20}),
          tensor("q.0.0", DType::f32, {10, 5}),
          tensor("q.0.0", DType::i32, {10, 4}),
          tensor("k.2.1", DType::f32, {9, 4}),
          tensor("lse.0.0", DType::f64, {9}),
          rewritten([](auto&tensors, auto&) {
              std::erase_if(tensors, [](const auto& one) { return one.name == "lse.0.1"; });
          }),
          rewritten([](auto&, auto&entries) { entries.erase("tokens"); })}) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, ErrorKind::input);
        EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
    }
    EXPECT_FALSE(Capture::open(temporary("missing.safetensors")));
}

TEST(CaptureFile, ATruncatedCopyIsRefused)
{
    const auto path = temporary("good.safetensors");
    const CaptureFixture f = fixture(10, 4);
    ASSERT_TRUE(writeCapture(path, f.info, f.ids, f.result));
    const auto size = std::filesystem::file_size(path);

    for (const auto length : {size - 1, size / 2, std::uintmax_t(8), std::uintmax_t(0)}) {
        std::filesystem::resize_file(path, length);
        EXPECT_FALSE(Capture::open(path));
    }
}

// The window reads captures in its own process: it must live on, and must not draw zeros.
TEST(CaptureFile, ThatBecomesShorterWhileItIsOpenIsAnErrorThatNamesIt)
{
    const auto f = fixture(300, 64);
    const Capture capture = written(f);
    const auto path = temporary("capture.safetensors");
    const Capture::Tile whole = {0, 0, 300, 300, 1};
    ASSERT_TRUE(capture.tile(1, 1, whole));

    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 4);
    const auto tile = capture.tile(1, 1, whole);
    const auto reopened = Capture::open(path);

    ASSERT_FALSE(tile);
    EXPECT_THAT(tile.error().message, HasSubstr("capture.safetensors: it became shorter"));
    ASSERT_FALSE(reopened);
    EXPECT_THAT(reopened.error().message, HasSubstr("capture.safetensors"));
}

} // namespace
} // namespace vitrine::attention
