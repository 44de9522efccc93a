// Products that only add and only shift beside the multiplications that they replace, at the sizes
// of ShiftAddViT's own benchmarks: medians of interleaved runs. What is timed is the product alone:
// codes are packed and weights laid out before. On one thread its processor time, on two the clock.
//   bench_shift_add [rounds = 15]
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/tensor/kernels/convolution.h"
#include "core/tensor/kernels/mat_add.h"
#include "core/tensor/kernels/mat_shift.h"
#include "core/tensor/kernels/multiply.h"
#include "tests/bench/bench_model.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <vector>

namespace vitrine::bench
{
namespace
{

struct Timed {
    std::string name;
    std::function<void()> work;
    std::vector<double> seconds = {};
};

// Of the calling thread where it works alone, which other programs do not change much; else by the
// clock.
double spentOn(const std::function<void()>& work, int threads)
{
    if (threads > 1)
        return seconds(work);
    const auto now = [] {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    };
    const double began = now();
    work();
    return now() - began;
}

// Every piece of work once in each round; work of microseconds is repeated within.
void measure(std::vector<Timed>& all, int rounds, int threads)
{
    for (Timed& one : all)
        one.work();
    for (int round = 0; round < rounds; ++round)
        for (Timed& one : all) {
            int repeats = 0;
            double spent = 0;
            for (; spent < 2e-3; ++repeats)
                spent += spentOn(one.work, threads);
            one.seconds.push_back(spent / repeats);
        }
}

// The first is what the others are compared with: above 1 is faster than it. On a machine that has
// other work the least times say more than the medians.
void report(const std::string& shape, int threads, const std::vector<Timed>& all)
{
    const auto least = [](const Timed& one) { return *std::ranges::min_element(one.seconds); };
    const Timed& base = all.front();
    for (const Timed& one : all)
        fmt::print(
            "{:22} {} threads  {:30} median {:8.1f} us {:5.2f} x  least {:8.1f} us {:5.2f} x\n",
            shape, threads, one.name, median(one.seconds) * 1e6,
            median(base.seconds) / median(one.seconds), least(one) * 1e6, least(base) / least(one));
}

std::vector<float> normals(std::int64_t count, Random& random)
{
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(random.normal()));
    return values;
}

// b_k^T v of all heads: [code, tokens] times [tokens, in].
void measureAdd(std::int64_t heads, std::int64_t tokens, std::int64_t in, std::int64_t code,
                int rounds, int threads)
{
    Random random(3);
    const auto v = normals(heads * tokens * in, random);
    auto codes = normals(heads * code * tokens, random);
    std::vector<float> y(static_cast<std::size_t>(heads * code * in));
    std::vector<kernels::BitMatrix> masks;
    for (std::int64_t h = 0; h < heads; ++h)
        masks.push_back(
            kernels::packBits(codes.data() + h * code * tokens, code, tokens, tokens, 0));
    for (float& value : codes)
        value = value > 0 ? 1.0f : 0.0f;
    const auto forHeads = [&](const std::function<void(std::int64_t)>& body) {
        parallelFor(static_cast<std::size_t>(heads),
                    [&](std::size_t h) { body(static_cast<std::int64_t>(h)); });
    };
    std::vector<Timed> all{
        {"multiply, fp32",
         [&] {
             forHeads([&](std::int64_t h) {
                 kernels::gemm(false, code, in, tokens, codes.data() + h * code * tokens, tokens,
                               v.data() + h * tokens * in, in, false, y.data() + h * code * in, in);
             });
         }},
        {"add, fp32", [&] {
             forHeads([&](std::int64_t h) {
                 kernels::matAdd(masks[static_cast<std::size_t>(h)], v.data() + h * tokens * in, in,
                                 in, y.data() + h * code * in, in);
             });
         }}};
    measure(all, rounds, threads);
    report(fmt::format("add (1,{},{},{},{})", heads, tokens, in, code), threads, all);
}

void measureShift(std::int64_t m, std::int64_t k, std::int64_t n, int rounds, int threads)
{
    Random random(5);
    const auto x = normals(m * k, random), weights = normals(n * k, random);
    std::vector<std::int8_t> shift, sign;
    for (const float w : weights) {
        const auto term = kernels::nearestShift(0.05f * w, -15);
        shift.push_back(term.shift);
        sign.push_back(term.sign);
    }
    std::vector<std::int32_t> fixed(x.size()), sums(static_cast<std::size_t>(m * n));
    kernels::toFixedPoint(x.data(), m * k, fixed.data());
    const kernels::ShiftMatrix matrix(n, k, shift.data(), sign.data());
    std::vector<float> y(static_cast<std::size_t>(m * n)), rebuilt(weights.size());
    const auto convolution = kernels::Convolution::make(
        kernels::linearAsConvolution(m, k, n), weights.data(), nullptr, kernels::After::nothing);
    if (!convolution)
        throw std::runtime_error(convolution.error().message);
    std::vector<Timed> all{
        {"multiply, fp32", [&] { convolution->run(x.data(), y.data()); }},
        {"multiply, weights not laid out",
         [&] { kernels::gemm(true, m, n, k, x.data(), k, weights.data(), k, false, y.data(), n); }},
        {"fake: 2^p rebuilt, multiply",
         [&] {
             for (std::size_t i = 0; i < rebuilt.size(); ++i)
                 rebuilt[i] = std::ldexp(static_cast<float>(sign[i]), shift[i]);
             kernels::gemm(true, m, n, k, x.data(), k, rebuilt.data(), k, false, y.data(), n);
         }},
        {"shift, int32", [&] { kernels::matShift(matrix, fixed.data(), m, sums.data()); }},
        {"to fixed point, shift", [&] {
             kernels::toFixedPoint(x.data(), m * k, fixed.data());
             kernels::matShift(matrix, fixed.data(), m, sums.data());
         }}};
    measure(all, rounds, threads);
    report(fmt::format("shift (1,{},{},{})", m, k, n), threads, all);
}

void run(int rounds)
{
    for (const int threads : {1, 2}) {
        setThreadCount(threads);
        measureAdd(1, 3136, 32, 16, rounds, threads);
        measureAdd(2, 784, 32, 16, rounds, threads);
        measureAdd(5, 196, 32, 16, rounds, threads);
        measureShift(3136, 64, 512, rounds, threads);
        measureShift(3136, 512, 64, rounds, threads);
        measureShift(784, 128, 1024, rounds, threads);
        measureShift(784, 1024, 128, rounds, threads);
    }
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** words)
{
    try {
        vitrine::bench::run(count > 1 ? std::atoi(words[1]) : 15);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
