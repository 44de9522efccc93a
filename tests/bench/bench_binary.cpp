// Products of one vector with binary codes beside dense F32 weights and Q8_0, in the same process.
// So many distinct matrices of each take turns that none stays in a cache; medians of rounds.
//   bench_binary [rounds = 5] [MiB of each layout = 1024] [only names with this in them]
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/tensor/kernels/binary_weights.h"
#include "core/tensor/kernels/dense_weights.h"
#include "core/tensor/kernels/multiply.h"
#include "core/tensor/kernels/q8_0.h"
#include "tests/bench/bench_model.h"
#include "tests/support/binary_codes.h"

#include <fmt/format.h>

#include <cstdlib>
#include <functional>

namespace vitrine::bench
{
namespace
{

using kernels::BinaryFamily, kernels::BinaryProduct, kernels::ScaleForm, kernels::SharedWeights;
using tests::CodesShape;

std::vector<float> normalValues(std::int64_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values)
        value = static_cast<float>(random.normal());
    return values;
}

// Seconds of one product of `rows` rows with each of the matrices.
double secondsOfProduct(const std::vector<SharedWeights>& matrices, const std::vector<float>& x,
                        std::int64_t rows = 1)
{
    const std::int64_t inputs = matrices[0]->inputs(), outputs = matrices[0]->outputs();
    std::vector<float> y(static_cast<std::size_t>(rows * outputs));
    return seconds([&] {
               for (const SharedWeights& weights : matrices) {
                   const kernels::Product product{
                       .weights = weights.get(), .y = y.data(), .stride = outputs};
                   kernels::multiply(x.data(), rows, inputs, {&product, 1});
               }
           }) /
           static_cast<double>(matrices.size());
}

struct Layout {
    std::string name;
    std::vector<SharedWeights> matrices;
};

// Rounds of all layouts in turn, so that what else the machine does meets all of them; medians of
// times and of what each round says F32 took beside it.
void print(const Layout& dense, const std::vector<Layout>& layouts, int rounds)
{
    const auto x = normalValues(dense.matrices[0]->inputs(), 2);
    std::vector<std::string> lines(layouts.size());
    for (const int threads : {1, 2}) {
        setThreadCount(threads);
        std::vector<double> base;
        std::vector<std::vector<double>> taken(layouts.size()), ratios(layouts.size());
        for (int round = 0; round < rounds; ++round) {
            base.push_back(secondsOfProduct(dense.matrices, x));
            for (std::size_t i = 0; i < layouts.size(); ++i) {
                taken[i].push_back(secondsOfProduct(layouts[i].matrices, x));
                ratios[i].push_back(base.back() / taken[i].back());
            }
        }
        for (std::size_t i = 0; i < layouts.size(); ++i) {
            const kernels::WeightMatrix& weights = *layouts[i].matrices[0];
            const double read = static_cast<double>(weights.rowBytes() * weights.outputs());
            lines[i] += fmt::format(" | {:7.3f} ms {:5.1f} GB/s {:5.2f} x (F32 {:6.3f} ms)",
                                    1e3 * median(taken[i]), read / median(taken[i]) / 1e9,
                                    median(ratios[i]), 1e3 * median(base));
        }
    }
    for (std::size_t i = 0; i < layouts.size(); ++i)
        fmt::print("{:46}{}\n", layouts[i].name, lines[i]);
    std::fflush(stdout);
}

std::vector<SharedWeights> copiesOf(std::size_t bytes, std::int64_t each,
                                    const std::function<SharedWeights(std::uint64_t)>& make)
{
    std::vector<SharedWeights> matrices;
    for (std::size_t i = 0; i < bytes / static_cast<std::size_t>(each) + 1; ++i)
        matrices.push_back(make(i));
    return matrices;
}

// What a plain loop reads in a second.
double readRate(const std::vector<std::uint64_t>& words, int threads)
{
    constexpr std::size_t kParts = 64;
    std::vector<std::uint64_t> sums(kParts);
    setThreadCount(threads);
    std::vector<double> taken;
    for (int round = 0; round < 5; ++round)
        taken.push_back(seconds([&] {
            parallelFor(kParts, [&](std::size_t part) {
                const std::size_t size = words.size() / kParts;
                std::uint64_t sum[8] = {};
                for (std::size_t i = part * size; i + 8 <= (part + 1) * size; i += 8)
                    for (std::size_t j = 0; j < 8; ++j)
                        sum[j] ^= words[i + j];
                sums[part] = sum[0] ^ sum[1] ^ sum[2] ^ sum[3] ^ sum[4] ^ sum[5] ^ sum[6] ^ sum[7];
            });
        }));
    return static_cast<double>(words.size() * 8) / median(taken) / 1e9;
}

struct NamedShape {
    std::string name;
    CodesShape shape;
};

std::vector<NamedShape> shapesOf(std::int64_t outputs, std::int64_t inputs)
{
    std::vector<NamedShape> shapes;
    for (const int bits : {4, 3, 2})
        shapes.push_back({fmt::format("{} bit, blocks N/8 x 8, powers", bits),
                          {outputs, inputs, bits, outputs / 8, 8, ScaleForm::powers}});
    shapes.push_back({"3 bit, blocks N/8 x 8, floats", {outputs, inputs, 3, outputs / 8, 8}});
    shapes.push_back(
        {"3 bit, blocks 16 x 8, powers", {outputs, inputs, 3, 16, 8, ScaleForm::powers}});
    shapes.push_back({"3 bit, blocks 16 x 8, floats", {outputs, inputs, 3, 16, 8}});
    for (const int bits : {4, 3, 2})
        shapes.push_back(
            {fmt::format("{} bit, rows 1 x 128, floats", bits), {outputs, inputs, bits, 1, 128}});
    shapes.push_back(
        {"3 bit, rows 1 x 128, powers", {outputs, inputs, 3, 1, 128, ScaleForm::powers}});
    shapes.push_back(
        {"4 bit, rows 1 x 128, grid", {outputs, inputs, 4, 1, 128, ScaleForm::grid, true}});
    shapes.push_back(
        {"3 bit, whole columns, powers", {outputs, inputs, 3, outputs, 1, ScaleForm::powers}});
    shapes.push_back(
        {"3 bit, columns 128 x 1, powers", {outputs, inputs, 3, 128, 1, ScaleForm::powers}});
    return shapes;
}

const std::vector<BinaryProduct> kProducts = {
    {BinaryFamily::dots, 16},
    {BinaryFamily::lookups, 16},
    {BinaryFamily::dots, 8},
    {BinaryFamily::lookups, 8},
};

void measureShape(std::int64_t outputs, std::int64_t inputs, int rounds, std::size_t bytes,
                  std::string_view only)
{
    fmt::print("\n{} x {}: one thread | two threads; ms, bytes of weights read, F32 takes x as "
               "long\n",
               outputs, inputs);
    std::vector<std::vector<float>> plain;
    const Layout dense{
        "F32", copiesOf(bytes, outputs * inputs * 4, [&](std::uint64_t i) -> SharedWeights {
            plain.push_back(std::vector<float>(static_cast<std::size_t>(outputs * inputs),
                                               0.01f * static_cast<float>(i + 1)));
            return std::make_shared<const kernels::DenseWeights>(
                DType::f32, reinterpret_cast<const std::byte*>(plain.back().data()), outputs,
                inputs);
        })};
    if (only.empty())
        print(dense,
              {{"Q8_0", copiesOf(bytes, outputs * inputs / 32 * 34,
                                 [&](std::uint64_t i) {
                                     return kernels::Q8Weights::quantize(
                                                *dense.matrices[i % dense.matrices.size()])
                                         .value();
                                 })}},
              rounds);
    for (const auto& [name, shape] : shapesOf(outputs, inputs)) {
        if (name.find(only) == std::string::npos)
            continue;
        const auto binary =
            copiesOf(bytes, outputs * inputs * shape.planes / 8, [&](std::uint64_t seed) {
                return kernels::BinaryWeights::make(tests::randomCodes(shape, seed)).value();
            });
        std::vector<Layout> layouts;
        for (const BinaryProduct product : kProducts) {
            layouts.push_back(
                {fmt::format("{}, {} int{}", name,
                             product.family == BinaryFamily::dots ? "dots" : "look-ups",
                             product.inputBits),
                 {}});
            for (const SharedWeights& weights : binary)
                layouts.back().matrices.push_back(
                    static_cast<const kernels::BinaryWeights&>(*weights).withProduct(product));
        }
        print(dense, layouts, rounds);
    }
}

void measurePrefill(std::int64_t outputs, std::int64_t inputs, int rounds)
{
    const auto values = normalValues(outputs * inputs, 1);
    std::vector<Layout> layouts = {
        {"F32",
         {std::make_shared<const kernels::DenseWeights>(
             DType::f32, reinterpret_cast<const std::byte*>(values.data()), outputs, inputs)}}};
    for (const auto& [name, shape] : shapesOf(outputs, inputs))
        if (shape.planes == 3)
            layouts.push_back(
                {name, {kernels::BinaryWeights::make(tests::randomCodes(shape)).value()}});
    for (const std::int64_t rows : {32, 512}) {
        fmt::print("\n{} rows at once: one thread | two threads\n", rows);
        const auto x = normalValues(rows * inputs, 2);
        for (const Layout& layout : layouts) {
            fmt::print("{:46}", layout.name);
            for (const int threads : {1, 2}) {
                setThreadCount(threads);
                std::vector<double> taken;
                for (int round = 0; round < rounds; ++round)
                    taken.push_back(secondsOfProduct(layout.matrices, x, rows));
                fmt::print(" | {:7.1f} ms", 1e3 * median(taken));
            }
            fmt::print("\n");
        }
    }
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine::bench;
    const int rounds = std::max(count > 1 ? std::atoi(arguments[1]) : 5, 1);
    const int mebibytes = std::max(count > 2 ? std::atoi(arguments[2]) : 1024, 1);
    const std::string_view only = count > 3 ? arguments[3] : "";
    {
        const std::vector<std::uint64_t> words(std::size_t{1} << 27, 3);
        fmt::print("reading: {:.1f} GB/s on one thread, {:.1f} on two\n", readRate(words, 1),
                   readRate(words, 2));
    }
    for (const std::int64_t inputs : {4096, 11008})
        measureShape(4096, inputs, rounds, static_cast<std::size_t>(mebibytes) << 20, only);
    if (only.empty())
        measurePrefill(4096, 4096, rounds);
    return 0;
}
