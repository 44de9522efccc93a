#include "core/tensor/kernels/binary_weights.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/tensor/kernels/binary_choice.h"
#include "core/tensor/kernels/multiply.h"
#include "tests/support/binary_codes.h"

#include <gtest/gtest.h>

#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace vitrine::kernels
{
namespace
{

using tests::CodesShape, tests::randomCodes;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<float> normalInputs(std::int64_t count, std::uint64_t seed, double factor = 1)
{
    Random random(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    std::ranges::generate(values, [&] { return static_cast<float>(factor * random.normal()); });
    return values;
}

std::vector<std::uint32_t> bitsOf(const std::vector<float>& values)
{
    std::vector<std::uint32_t> bits;
    for (const float value : values)
        bits.push_back(std::bit_cast<std::uint32_t>(value));
    return bits;
}

SharedBinaryWeights packed(const BinaryCodes& codes, BinaryProduct product = {})
{
    auto weights = BinaryWeights::make(codes, product);
    EXPECT_TRUE(weights) << weights.error().message;
    return *weights;
}

std::vector<float> multiplied(const WeightMatrix& weights, const std::vector<float>& x,
                              std::int64_t rows = 1)
{
    std::vector<float> y(static_cast<std::size_t>(rows * weights.outputs()));
    const Product product{.weights = &weights, .y = y.data(), .stride = weights.outputs()};
    multiply(x.data(), rows, weights.inputs(), {&product, 1});
    return y;
}

// Largest difference from the exact product, of its largest element.
double errorOf(const WeightMatrix& weights, const std::vector<float>& x)
{
    std::vector<double> exact(static_cast<std::size_t>(weights.outputs()));
    multiplySlowly(weights, x.data(), exact.data());
    const auto y = multiplied(weights, x);
    double worst = 0, largest = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        worst = std::max(worst, std::abs(static_cast<double>(y[i]) - exact[i]));
        largest = std::max(largest, std::abs(exact[i]));
    }
    return worst / largest;
}

// The instruction sets of this processor one after the other, the best first.
template <class Work>
void onEveryTarget(const Work& work)
{
    for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
        hwy::SetSupportedTargetsForTest(left);
        hwy::GetChosenTarget().DeInit();
        work(std::string(hwy::TargetName(left & -left)));
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().DeInit();
}

// Inputs times the scales of a plane and a row, as they are rounded to whole numbers.
std::vector<float> plainScaled(const BinaryCodes& c, int plane, std::int64_t row,
                               const std::vector<float>& x)
{
    std::vector<float> values;
    for (std::int64_t k = 0; k < c.inputs; ++k) {
        const auto scale = static_cast<std::size_t>(
            plane * c.groups() + row / c.groupRows * c.columnGroups() + k / c.groupColumns);
        const float input = x[static_cast<std::size_t>(k)];
        float value = input * c.scales[scale];
        if (c.form == ScaleForm::powers) {
            value = 0;
            for (int t = 0; t < c.termsPerScale; ++t)
                value += input * c.terms[scale * 3 + static_cast<std::size_t>(t)].value();
        }
        values.push_back(value);
    }
    return values;
}

struct PlainPiece {
    std::int64_t begin = 0, end = 0;
    float step = 0;
    std::vector<int> whole = {};

    // What the sum of all +-q is worth, of codes `isPlus(k)`.
    template <class IsPlus>
    float product(BinaryProduct how, const IsPlus& isPlus) const
    {
        if (how == BinaryProduct{BinaryFamily::lookups, 8})
            return lookedUp(isPlus);
        std::int64_t sum = 0;
        for (std::int64_t k = begin; k < end; ++k)
            sum += isPlus(k) ? at(k) : -at(k);
        return static_cast<float>(sum) * step;
    }

private:
    int at(std::int64_t k) const
    {
        return k < end ? whole[static_cast<std::size_t>(k - begin)] : 0;
    }
    // Sums of inputs k, k + 4, k + 8 and k + 12 are rounded to a 127th of the largest.
    template <class IsPlus>
    float lookedUp(const IsPlus& isPlus) const
    {
        int largest = 1;
        std::vector<int> sums;
        for (std::int64_t half = begin; half < end; half += 16)
            for (std::int64_t j = half; j < half + 4; ++j) {
                int most = 0, sum = 0;
                for (std::int64_t k = j; k < j + 16; k += 4) {
                    most += std::abs(at(k));
                    sum += k < end && isPlus(k) ? at(k) : -at(k);
                }
                largest = std::max(largest, most);
                sums.push_back(sum);
            }
        const auto size = static_cast<float>(largest);
        std::int64_t all = 0;
        for (const int sum : sums)
            all += static_cast<int>(std::nearbyint(static_cast<float>(sum) * (127.0f / size)));
        return static_cast<float>(all) * (step * (size / 127.0f));
    }
};

std::vector<PlainPiece> plainPieces(const std::vector<float>& values, std::int64_t group,
                                    BinaryProduct how)
{
    const int inputBits = how.inputBits;
    const bool isByte = how == BinaryProduct{BinaryFamily::dots, 8};
    const int wholeBits = how == BinaryProduct{BinaryFamily::lookups, 8} ? 12 : 14;
    const auto inputs = static_cast<std::int64_t>(values.size());
    std::vector<PlainPiece> pieces;
    for (std::int64_t first = 0; first < inputs; first += group)
        for (std::int64_t k = first; k < std::min(first + group, inputs);
             k += inputBits == 8 ? 128 : 1024)
            pieces.push_back(
                {k, std::min({k + (inputBits == 8 ? 128 : 1024), first + group, inputs})});
    for (PlainPiece& piece : pieces) {
        float most = 0x1p-100f;
        for (std::int64_t k = piece.begin; k < piece.end; ++k)
            most = std::max(most, std::abs(values[static_cast<std::size_t>(k)]));
        int exponent = 0;
        std::frexp(most, &exponent); // most < 2^exponent
        piece.step = isByte ? most / 127.0f : std::ldexp(1.0f, exponent - wholeBits);
        const float inverse = isByte ? 127.0f / most : 1 / piece.step;
        for (std::int64_t k = piece.begin; k < piece.end; ++k)
            piece.whole.push_back(
                static_cast<int>(std::nearbyint(values[static_cast<std::size_t>(k)] * inverse)));
    }
    return pieces;
}

float plainRow(const BinaryCodes& c, int planes, BinaryProduct how, std::int64_t row,
               const std::vector<float>& x)
{
    const bool isOfRow = c.groupRows < 16 && c.groupRows < c.outputs;
    const std::int64_t group = isOfRow ? c.groupColumns : c.inputs;
    const auto at = [&](std::int64_t k) {
        return static_cast<std::size_t>(row / c.groupRows * c.columnGroups() + k / c.groupColumns);
    };
    float y = 0;
    if (!c.offsets.empty() && isOfRow) {
        for (const PlainPiece& piece : plainPieces(x, group, how)) {
            std::int64_t sum = 0;
            for (const int whole : piece.whole)
                sum += whole;
            y += static_cast<float>(sum) * piece.step * c.offsets[at(piece.begin)];
        }
    } else if (!c.offsets.empty()) {
        double sum = 0;
        for (std::int64_t k = 0; k < c.inputs;) {
            double part = 0;
            const double offset = static_cast<double>(c.offsets[at(k)]);
            for (const std::int64_t end = std::min(k + c.groupColumns, c.inputs); k < end; ++k)
                part += static_cast<double>(x[static_cast<std::size_t>(k)]);
            sum += part * offset;
        }
        y = static_cast<float>(sum);
    }
    for (int plane = 0; plane < planes; ++plane) {
        float part = 0;
        for (const PlainPiece& piece :
             plainPieces(isOfRow ? x : plainScaled(c, plane, row, x), group, how)) {
            const float value =
                piece.product(how, [&](std::int64_t k) { return c.code(plane, row, k); });
            const auto scale = static_cast<std::size_t>(plane * c.groups()) + at(piece.begin);
            part += isOfRow ? value * c.scales[scale] : value;
        }
        y += part;
    }
    return y;
}

std::vector<float> plainProduct(const BinaryCodes& codes, int planes, BinaryProduct how,
                                const std::vector<float>& x)
{
    std::vector<float> y;
    for (std::int64_t row = 0; row < codes.outputs; ++row)
        y.push_back(plainRow(codes, planes, how, row, x));
    return y;
}

std::string nameOf(const CodesShape& s)
{
    return std::to_string(s.outputs) + " x " + std::to_string(s.inputs) + " in groups of " +
           std::to_string(s.groupRows) + " x " + std::to_string(s.groupColumns) + ", form " +
           std::to_string(static_cast<int>(s.form));
}

// Row groups, column groups and blocks, whole and ragged, of every form.
std::vector<CodesShape> raggedShapes()
{
    constexpr auto floats = ScaleForm::floats, powers = ScaleForm::powers, grid = ScaleForm::grid;
    return {
        {1, 8, 2, 1, 8, floats},           {3, 172, 3, 1, 64, floats},
        {100, 172, 3, 1, 172, powers},     {17, 320, 4, 1, 128, grid, true},
        {33, 256, 4, 1, 128, grid, false}, {40, 2100, 2, 1, 4096, floats},
        {50, 300, 2, 3, 32, powers},       {64, 172, 3, 8, 8, powers},
        {100, 172, 3, 13, 8, powers},      {100, 172, 2, 100, 1, floats},
        {100, 172, 3, 32, 1, powers},      {160, 448, 3, 20, 8, powers},
        {72, 1100, 2, 16, 8, floats},      {48, 172, 4, 24, 5, grid, true},
        {300, 64, 1, 300, 64, floats},     {70, 40, 8, 35, 8, powers},
    };
}

TEST(BinaryWeights, WidenedRowsAreTheDecodedOnesToTheBit)
{
    onEveryTarget([](const std::string& target) {
        for (const CodesShape& shape : raggedShapes()) {
            const BinaryCodes codes = randomCodes(shape);
            for (int planes = 1; planes <= codes.planes; ++planes) {
                std::vector<float> expected(static_cast<std::size_t>(shape.outputs * shape.inputs));
                auto rows = expected;
                decodeRows(codes, planes, 0, shape.outputs, expected.data());
                const auto weights = packed(codes)->withPlanes(planes);
                const std::int64_t middle = shape.outputs / 2;
                weights->widen(0, middle, rows.data());
                weights->widen(middle, shape.outputs, rows.data() + middle * shape.inputs);
                ASSERT_EQ(bitsOf(rows), bitsOf(expected)) << nameOf(shape) << ", " << target;
            }
        }
    });
}

TEST(BinaryWeights, DecodedProductIsTheExactOne)
{
    for (const CodesShape& shape : raggedShapes()) {
        const auto weights = packed(randomCodes(shape), {.family = BinaryFamily::decoded});
        EXPECT_LT(errorOf(*weights, normalInputs(shape.inputs, 2)), 1e-5) << nameOf(shape);
    }
}

const std::vector<BinaryProduct> kFastProducts = {{BinaryFamily::dots, 8},
                                                  {BinaryFamily::dots, 16},
                                                  {BinaryFamily::lookups, 8},
                                                  {BinaryFamily::lookups, 16}};

std::string nameOf(BinaryProduct how)
{
    return (how.family == BinaryFamily::dots ? "dots of " : "look-ups of ") +
           std::to_string(how.inputBits) + " bits";
}

TEST(BinaryWeights, ProductsAreThePlainWholeNumberSumsToTheBit)
{
    for (const CodesShape& shape : raggedShapes())
        for (const BinaryProduct how : kFastProducts) {
            const BinaryCodes codes = randomCodes(shape);
            const auto x = normalInputs(shape.inputs, 3);
            if (!packed(codes)->hasFastProducts())
                continue;
            const int planes = std::max(1, shape.planes - 1);
            const auto whole = plainProduct(codes, shape.planes, how, x);
            const auto part = plainProduct(codes, planes, how, x);
            onEveryTarget([&](const std::string& target) {
                const auto weights = packed(codes, how);
                EXPECT_EQ(bitsOf(multiplied(*weights, x)), bitsOf(whole))
                    << nameOf(shape) << ", " << nameOf(how) << ", " << target;
                EXPECT_EQ(bitsOf(multiplied(*weights->withPlanes(planes), x)), bitsOf(part))
                    << nameOf(shape) << ", " << nameOf(how) << ", " << target;
            });
        }
}

TEST(BinaryWeights, BothFamiliesGiveTheSameProductOf16BitsToTheBit)
{
    // The last inputs round to 2^14 and no sum of four of them has 16 bits.
    const float below = std::nextafter(1.0f, 0.0f);
    for (const CodesShape& shape : raggedShapes()) {
        const auto weights = packed(randomCodes(shape), {BinaryFamily::dots, 16});
        std::vector<std::vector<float>> inputs = {
            normalInputs(shape.inputs, 9),
            std::vector<float>(static_cast<std::size_t>(shape.inputs), below),
            std::vector<float>(static_cast<std::size_t>(shape.inputs), -below)};
        for (std::size_t k = 0; k < inputs[2].size(); k += 3)
            inputs[2][k] = below;
        for (const auto& x : inputs) {
            const auto dots = bitsOf(multiplied(*weights, x));
            onEveryTarget([&](const std::string& target) {
                const auto lookups = weights->withProduct({BinaryFamily::lookups, 16});
                EXPECT_EQ(bitsOf(multiplied(*lookups, x)), dots) << nameOf(shape) << target;
            });
        }
    }
}

TEST(FasterFamily, IsOneOfTheTwoAndStaysIt)
{
    const BinaryFamily faster = fasterFamily();
    EXPECT_NE(faster, BinaryFamily::decoded);
    EXPECT_EQ(fasterFamily(), faster);
}

TEST(BinaryWeights, RoundedInputsCostLittle)
{
    for (CodesShape shape : raggedShapes()) {
        shape.outputs = std::max<std::int64_t>(shape.outputs, 512);
        shape.inputs = std::max<std::int64_t>(shape.inputs, 1024);
        const BinaryCodes codes = randomCodes(shape);
        const auto x = normalInputs(shape.inputs, 4);
        for (const BinaryProduct how : kFastProducts)
            EXPECT_LT(errorOf(*packed(codes, how), x), how.inputBits == 8 ? 1e-2 : 1e-3)
                << nameOf(shape) << ", " << nameOf(how);
    }
}

TEST(BinaryWeights, FirstPlanesShareTheBytes)
{
    const auto weights = packed(randomCodes({.outputs = 64, .inputs = 256, .planes = 4}));
    const auto two = weights->withPlanes(2);
    EXPECT_EQ(two->planes(), 2);
    EXPECT_EQ(two->storedPlanes(), 4);
    EXPECT_EQ(two->rowBytes(), 2 * (256 / 8 + 2 * 2));
    EXPECT_EQ(weights->rowBytes(), 4 * (256 / 8 + 2 * 2));
    EXPECT_EQ(two->withPlanes(4)->rowBytes(), weights->rowBytes());
    EXPECT_EQ(two->withProduct({.inputBits = 8})->planes(), 2);
}

TEST(BinaryWeights, TakeTheMemoryOfTheirBits)
{
    for (const CodesShape& shape : {CodesShape{512, 1024, 3, 1, 128},
                                    {512, 1024, 3, 1, 128, ScaleForm::powers},
                                    {512, 1024, 4, 1, 128, ScaleForm::grid, true},
                                    {512, 1024, 3, 64, 8, ScaleForm::powers},
                                    {512, 1024, 2, 512, 1, ScaleForm::floats},
                                    {512, 1024, 3, 16, 8, ScaleForm::powers}}) {
        const BinaryCodes codes = randomCodes(shape);
        const double stored = static_cast<double>(codes.storedBits()) / 8;
        EXPECT_NEAR(static_cast<double>(packed(codes)->bytes()) / stored, 1, 0.01) << nameOf(shape);
        EXPECT_NEAR(static_cast<double>(packed(codes)->rowBytes() * shape.outputs) / stored, 1,
                    0.01)
            << nameOf(shape);
    }
}

TEST(BinaryWeights, EveryThreadCountAndNumberOfRowsGivesTheSameProduct)
{
    for (const CodesShape& shape : {CodesShape{1000, 320, 3, 1, 64},
                                    {1000, 320, 3, 125, 8, ScaleForm::powers},
                                    {1000, 320, 3, 32, 8, ScaleForm::powers},
                                    {1000, 320, 2, 500, 1}}) {
        const auto weights = packed(randomCodes(shape));
        const auto x = normalInputs(6 * shape.inputs, 5);
        const auto product = [&](std::int64_t rows, int threads) {
            setThreadCount(threads);
            const auto y = multiplied(*weights, x, rows);
            setThreadCount(0);
            return y;
        };
        const auto three = product(3, 1), many = product(6, 1);
        EXPECT_EQ(three, product(3, 2));
        EXPECT_EQ(three, product(3, 5));
        EXPECT_TRUE(std::ranges::equal(product(1, 2), std::span(three).first(1000)));
        for (std::size_t i = 0; i < three.size(); ++i)
            EXPECT_NEAR(three[i], many[i], 1e-3);
    }
}

TEST(BinaryWeights, WhatHasNoWholeNumbersIsDecoded)
{
    for (const CodesShape& shape :
         {CodesShape{20, 64, 2, 1, 64}, {64, 64, 2, 16, 8, ScaleForm::powers}}) {
        const auto weights = packed(randomCodes(shape));
        const auto decoded = weights->withProduct({.family = BinaryFamily::decoded});
        for (const float odd : {kInfinity, -kInfinity, std::nanf(""), 1e38f, 0x1p110f})
            for (const std::size_t place : {std::size_t{0}, std::size_t{63}}) {
                auto x = normalInputs(64, 6);
                x[place] = odd;
                EXPECT_EQ(bitsOf(multiplied(*weights, x)), bitsOf(multiplied(*decoded, x))) << odd;
                EXPECT_TRUE(std::isfinite(odd) || !std::isfinite(multiplied(*weights, x)[3]));
            }
        const auto tiny = normalInputs(64, 7, 0x1p-100);
        EXPECT_EQ(bitsOf(multiplied(*weights, tiny)), bitsOf(multiplied(*decoded, tiny)));
        EXPECT_LT(errorOf(*weights, normalInputs(64, 7, 0x1p-60)), 1e-3);
        EXPECT_LT(errorOf(*weights, normalInputs(64, 7, 0x1p60)), 1e-3);
        for (const float zero : multiplied(*weights, std::vector<float>(64, 0.0f)))
            EXPECT_EQ(zero, 0.0f);
    }
}

TEST(BinaryWeights, ZeroHugeAndTinyScalesComeOutRight)
{
    for (const CodesShape& shape :
         {CodesShape{40, 128, 2, 1, 64, ScaleForm::powers}, {64, 128, 2, 32, 8, ScaleForm::powers}})
        for (const int exponent : {-63, -40, 40, 63}) {
            BinaryCodes codes = randomCodes(shape);
            for (std::size_t i = 0; i < codes.terms.size(); ++i)
                codes.terms[i] = i % 4 == 0 ? PowerTerm(i % 8 == 0, exponent) : PowerTerm();
            scalesFromTerms(codes);
            EXPECT_LT(errorOf(*packed(codes), normalInputs(128, 8)), 1e-3) << exponent;
            codes.terms.assign(codes.terms.size(), PowerTerm());
            scalesFromTerms(codes);
            for (const float zero : multiplied(*packed(codes), normalInputs(128, 8)))
                EXPECT_EQ(zero, 0.0f);
        }
}

TEST(ShiftInputs, IsLdexpToTheBit)
{
    std::vector<float> x = {0.0f,       -0.0f,    1.0f,      -1.5f,   3.4e38f, -3.4e38f,
                            1e-38f,     1.2e-38f, 1e-40f,    -1e-45f, 1e-45f,  kInfinity,
                            -kInfinity, 0x1p127f, 0x1p-126f, 0.1f};
    const auto more = normalInputs(77, 9);
    x.insert(x.end(), more.begin(), more.end());
    onEveryTarget([&](const std::string& target) {
        for (int exponent = PowerTerm::kLeastExponent; exponent <= PowerTerm::kMostExponent;
             ++exponent)
            for (const bool isNegative : {false, true}) {
                std::vector<float> shifted(x.size()), expected;
                shiftInputs(x.data(), static_cast<std::int64_t>(x.size()),
                            PowerTerm(isNegative, exponent), shifted.data());
                for (const float value : x)
                    expected.push_back(std::ldexp(isNegative ? -value : value, exponent));
                ASSERT_EQ(bitsOf(shifted), bitsOf(expected)) << exponent << ", " << target;
            }
        std::vector<float> zeros(x.size());
        shiftInputs(x.data(), 8, PowerTerm(), zeros.data());
        EXPECT_EQ(zeros, std::vector<float>(x.size(), 0.0f));
    });
}

TEST(MeasureFamilies, SaysWhatEachTakesAndWhichTakesLess)
{
    const auto seconds = measureFamilies(*packed(randomCodes({.outputs = 64, .inputs = 256})), 2);
    EXPECT_GT(seconds.dots, 0);
    EXPECT_GT(seconds.lookups, 0);
    EXPECT_EQ((FamilySeconds{2, 1}).faster(), BinaryFamily::lookups);
    EXPECT_EQ((FamilySeconds{1, 2}).faster(), BinaryFamily::dots);
    const CodesShape slow{.outputs = 64, .inputs = 64, .groupRows = 8, .groupColumns = 8};
    EXPECT_EQ(measureFamilies(*packed(randomCodes(slow))).dots, 0) << "decoded";
}

TEST(BinaryWeights, CodesThatDoNotFitAreRefused)
{
    BinaryCodes codes = randomCodes({.outputs = 8, .inputs = 64});
    codes.scales.pop_back();
    EXPECT_FALSE(BinaryWeights::make(codes));
    EXPECT_FALSE(BinaryWeights::make(randomCodes({.outputs = 8, .inputs = 64}), {.inputBits = 4}));
}

} // namespace
} // namespace vitrine::kernels
