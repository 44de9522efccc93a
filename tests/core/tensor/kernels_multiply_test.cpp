#include "core/tensor/kernels/multiply.h"

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/tensor/kernels/dense_weights.h"

#include <gtest/gtest.h>

#include <fstream>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

namespace vitrine::kernels
{
namespace
{

std::vector<float> randomValues(std::int64_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(random.normal()));
    return values;
}

// Values as a file would hold them, from an address that is not aligned.
struct Stored {
    DType type;
    std::vector<std::byte> bytes;

    Stored(const std::vector<float>& values, DType storage)
        : type(storage), bytes(1 + values.size() * dtypeSize(storage))
    {
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::uint16_t narrow =
                type == DType::f16 ? toHalf(values[i]) : toBfloat(values[i]);
            if (type == DType::f32)
                std::memcpy(&bytes[1 + 4 * i], &values[i], 4);
            else
                std::memcpy(&bytes[1 + 2 * i], &narrow, 2);
        }
    }
    DenseWeights weights(std::int64_t outputs, std::int64_t inputs) const
    {
        return {type, bytes.data() + 1, outputs, inputs};
    }
    std::vector<float> floats() const
    {
        return toFloat(TensorView{type,
                                  {static_cast<std::int64_t>((bytes.size() - 1) / dtypeSize(type))},
                                  std::span(bytes).subspan(1)});
    }
};

void expectProduct(std::int64_t rows, std::int64_t outputs, std::int64_t inputs, DType type,
                   bool add, bool biased)
{
    SCOPED_TRACE(fmt::format("{} x {} x {} {}{}{}", rows, outputs, inputs, dtypeName(type),
                             add ? " add" : "", biased ? " bias" : ""));
    const std::int64_t stride = inputs + 3, outStride = outputs + 2;
    const auto x = randomValues(rows * stride, 1), bias = randomValues(outputs, 2);
    const Stored stored(randomValues(outputs * inputs, 3), type);
    const auto w = stored.floats();
    auto y = randomValues(rows * outStride, 4);
    const auto before = y;

    const DenseWeights weights = stored.weights(outputs, inputs);
    const Product product{.weights = &weights,
                          .bias = biased ? bias.data() : nullptr,
                          .y = y.data(),
                          .stride = outStride,
                          .add = add};
    multiply(x.data(), rows, stride, {&product, 1});

    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < outStride; ++c) {
            const auto at = static_cast<std::size_t>(r * outStride + c);
            if (c >= outputs) {
                ASSERT_EQ(y[at], before[at]) << "written between the rows";
                continue;
            }
            double expected =
                (add ? before[at] : 0.0) + (biased ? bias[static_cast<std::size_t>(c)] : 0.0);
            for (std::int64_t i = 0; i < inputs; ++i)
                expected += static_cast<double>(x[static_cast<std::size_t>(r * stride + i)]) *
                            w[static_cast<std::size_t>(c * inputs + i)];
            ASSERT_NEAR(y[at], expected, 1e-6 * static_cast<double>(inputs) + 1e-5)
                << r << ", " << c;
        }
}

TEST(Multiply, AgreesWithDoublePrecisionForSmallOddShapes)
{
    for (const DType type : {DType::f32, DType::f16, DType::bf16})
        for (const std::int64_t rows : {1, 2, 3, 4, 5, 33, 64, 65, 257})
            for (const std::int64_t outputs : {1, 3, 4, 63, 130})
                for (const std::int64_t inputs : {1, 2, 7, 16, 31, 33, 100})
                    expectProduct(rows, outputs, inputs, type, (rows + outputs) % 2 == 0,
                                  inputs % 2 == 0);
}

TEST(Multiply, WidensWholeTilesOfLargerWeights)
{
    for (const DType type : {DType::f32, DType::f16, DType::bf16}) {
        expectProduct(300, 270, 129, type, true, true);
        expectProduct(1, 1030, 515, type, false, true);
    }
}

// Weights of +1 and -1 that look up what each pair of x adds up to: the kind of layout that makes
// tables of x.
class SignWeights final : public WeightMatrix
{
public:
    SignWeights(std::vector<int> signs, std::int64_t outputs)
        : WeightMatrix(outputs, static_cast<std::int64_t>(signs.size()) / outputs),
          signs_(std::move(signs))
    {
    }
    std::string_view kind() const override { return "signs"; }
    std::int64_t rowBytes() const override { return inputs(); }
    void widen(std::int64_t begin, std::int64_t end, float* out) const override
    {
        for (std::int64_t i = begin * inputs(); i < end * inputs(); ++i)
            *out++ = static_cast<float>(signs_[static_cast<std::size_t>(i)]);
    }
    std::int64_t tableSize() const override { return inputs(); }
    void makeTables(const float* x, std::int64_t, float* tables) const override
    {
        for (std::int64_t i = 0; i < inputs(); i += 2) {
            tables[i] = x[i] + x[i + 1];
            tables[i + 1] = x[i] - x[i + 1];
        }
    }
    void dotRows(std::int64_t begin, std::int64_t end, const float*, const float* tables,
                 float* y) const override
    {
        for (std::int64_t r = begin; r < end; ++r) {
            float sum = 0;
            for (std::int64_t i = 0; i < inputs(); i += 2) {
                const int first = sign(r, i), second = sign(r, i + 1);
                sum += static_cast<float>(first) * tables[first == second ? i : i + 1];
            }
            y[r - begin] = sum;
        }
    }

private:
    int sign(std::int64_t row, std::int64_t column) const
    {
        return signs_[static_cast<std::size_t>(row * inputs() + column)];
    }
    std::vector<int> signs_;
};

TEST(Multiply, GivesEveryProductAndRowItsOwnTables)
{
    Random random(5);
    const std::int64_t inputs = 24, rows = 3;
    const auto signs = [&](std::int64_t outputs) {
        std::vector<int> values;
        for (std::int64_t i = 0; i < outputs * inputs; ++i)
            values.push_back(random.uniform() < 0.5 ? -1 : 1);
        return SignWeights(values, outputs);
    };
    const SignWeights narrow = signs(5), wide = signs(290);
    const Stored stored(randomValues(7 * inputs, 6), DType::bf16);
    const DenseWeights plain = stored.weights(7, inputs);
    const auto x = randomValues(rows * inputs, 7);
    const WeightMatrix* const all[] = {&narrow, &plain, &wide};
    std::vector<std::vector<float>> y;
    std::vector<Product> products;
    for (const WeightMatrix* weights : all)
        y.emplace_back(static_cast<std::size_t>(rows * weights->outputs()));
    for (std::size_t i = 0; i < 3; ++i)
        products.push_back({.weights = all[i], .y = y[i].data(), .stride = all[i]->outputs()});

    multiply(x.data(), rows, inputs, products);

    for (std::size_t i = 0; i < 3; ++i)
        for (std::int64_t r = 0; r < rows; ++r) {
            std::vector<double> expected(static_cast<std::size_t>(all[i]->outputs()));
            multiplySlowly(*all[i], x.data() + r * inputs, expected.data());
            for (std::size_t c = 0; c < expected.size(); ++c)
                ASSERT_NEAR(y[i][static_cast<std::size_t>(r) * expected.size() + c], expected[c],
                            1e-5)
                    << i << ", " << r << ", " << c;
        }
}

TEST(Widen, IsExactForEveryHalfAndBfloat)
{
    for (const DType type : {DType::f16, DType::bf16}) {
        std::vector<std::uint16_t> bits(65536);
        for (std::size_t i = 0; i < bits.size(); ++i)
            bits[i] = static_cast<std::uint16_t>(i);
        std::vector<float> out(bits.size());

        widen(type, reinterpret_cast<const std::byte*>(bits.data()), 65536, out.data());

        for (std::size_t i = 0; i < bits.size(); ++i) {
            const float expected = type == DType::f16 ? fromHalf(bits[i]) : fromBfloat(bits[i]);
            ASSERT_TRUE(out[i] == expected || (std::isnan(out[i]) && std::isnan(expected)))
                << "pattern " << i;
        }
    }
}

int threadsOfThisProcess()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("Threads:"))
            return std::stoi(line.substr(8));
    return 0;
}

TEST(Gemm, StartsNoThreadsOfItsOwn)
{
    setThreadCount(1);
    const std::int64_t size = 512;
    const auto a = randomValues(size * size, 1), b = randomValues(size * size, 2);
    std::vector<float> c(a.size());
    const int before = threadsOfThisProcess();

    gemm(true, size, size, size, a.data(), size, b.data(), size, false, c.data(), size);

    EXPECT_EQ(threadsOfThisProcess(), before);
    setThreadCount(0);
}

} // namespace
} // namespace vitrine::kernels
