// Products of one vector with 4096 x 4096 weights in every layout beside dense F32 ones, in the
// same process: interleaved rounds, median. So many matrices of each take turns that none stays in
// a cache.
//   bench_weights [rounds = 9] [MiB of each layout = 384]
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/tensor/kernels/dense_weights.h"
#include "core/tensor/kernels/multiply.h"
#include "core/tensor/kernels/q8_0.h"
#include "tests/bench/bench_model.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>

namespace vitrine::bench
{
namespace
{

using kernels::SharedWeights;

constexpr std::int64_t kSide = 4096;

// Owns what it reads.
struct Plain {
    std::vector<std::byte> bytes;
    SharedWeights weights;

    explicit Plain(DType type) : bytes(kSide * kSide * dtypeSize(type))
    {
        Random random(1);
        for (std::int64_t i = 0; i < kSide * kSide; ++i) {
            const auto value = static_cast<float>(random.uniform() - 0.5);
            const std::uint16_t narrow = type == DType::f16 ? toHalf(value) : toBfloat(value);
            std::byte* at = bytes.data() + static_cast<std::size_t>(i) * dtypeSize(type);
            type == DType::f32 ? std::memcpy(at, &value, 4) : std::memcpy(at, &narrow, 2);
        }
        weights = std::make_shared<const kernels::DenseWeights>(type, bytes.data(), kSide, kSide);
    }
};

// Matrices of one layout.
struct Layout {
    std::vector<SharedWeights> matrices;
    std::vector<std::unique_ptr<Plain>> plain;

    double seconds(const std::vector<float>& x, std::vector<float>& y) const
    {
        return bench::seconds([&] {
                   for (const SharedWeights& weights : matrices) {
                       const kernels::Product product{
                           .weights = weights.get(), .y = y.data(), .stride = kSide};
                       kernels::multiply(x.data(), 1, kSide, {&product, 1});
                   }
               }) /
               static_cast<double>(matrices.size());
    }
};

Layout denseLayout(DType type, std::size_t bytes)
{
    Layout layout;
    const std::size_t count = bytes / (kSide * kSide * dtypeSize(type)) + 1;
    for (std::size_t i = 0; i < count; ++i) {
        layout.plain.push_back(std::make_unique<Plain>(type));
        layout.matrices.push_back(layout.plain.back()->weights);
    }
    return layout;
}

Layout q8Layout(std::size_t bytes)
{
    Layout layout;
    const Plain plain(DType::f32);
    const std::size_t count = bytes / (kSide * kSide / 32 * 34) + 1;
    for (std::size_t i = 0; i < count; ++i)
        layout.matrices.push_back(kernels::Q8Weights::quantize(*plain.weights).value());
    return layout;
}

void measure(int rounds, std::size_t bytes)
{
    std::vector<Layout> layouts;
    layouts.push_back(denseLayout(DType::f32, bytes));
    layouts.push_back(denseLayout(DType::f16, bytes));
    layouts.push_back(denseLayout(DType::bf16, bytes));
    layouts.push_back(q8Layout(bytes));
    std::vector<float> x(kSide), y(kSide);
    Random random(2);
    for (float& value : x)
        value = static_cast<float>(random.normal());

    for (const int threads : {1, 2}) {
        setThreadCount(threads);
        std::vector<std::vector<double>> taken(layouts.size()), ratios(layouts.size());
        for (int round = 0; round < rounds; ++round)
            for (std::size_t i = 0; i < layouts.size(); ++i) {
                taken[i].push_back(layouts[i].seconds(x, y));
                ratios[i].push_back(taken[0].back() / taken[i].back());
            }
        for (std::size_t i = 0; i < layouts.size(); ++i) {
            const kernels::WeightMatrix& weights = *layouts[i].matrices.front();
            const double read = static_cast<double>(weights.rowBytes()) * kSide;
            fmt::print(
                "{} threads, {:5}: {:6.3f} ms, {:5.1f} GB/s, F32 takes {:.2f} times as long\n",
                threads, weights.kind(), 1e3 * median(taken[i]), read / median(taken[i]) / 1e9,
                median(ratios[i]));
        }
    }
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 9;
    const int mebibytes = count > 2 ? std::atoi(arguments[2]) : 384;
    vitrine::bench::measure(std::max(rounds, 1), static_cast<std::size_t>(std::max(mebibytes, 1))
                                                     << 20);
    return 0;
}
