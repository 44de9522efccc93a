// A block of a vision transformer, without its LayerNorms, in whole numbers beside the same in
// single precision, step by step, with random weights: medians of interleaved rounds, and of their
// ratios.
//   bench_int8 [rounds = 200] [threads = 1 and 2]
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/tensor/kernels/code_sums.h"
#include "core/tensor/kernels/convolution.h"
#include "core/tensor/kernels/int8_product.h"
#include "core/tensor/kernels/log_softmax.h"
#include "core/tensor/kernels/multiply.h"
#include "core/tensor/kernels/rows.h"
#include "core/tensor/kernels/shifted_values.h"
#include "core/tensor/kernels/softmax_row.h"
#include "tests/bench/bench_model.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <utility>

namespace vitrine::bench
{
namespace
{

using namespace kernels;

struct BlockShape {
    const char* name;
    std::int64_t tokens, width, heads, mlp, blocks;

    std::int64_t headSize() const { return width / heads; }
};

// What a step does in both kinds of numbers.
struct Step {
    const char* name;
    std::function<void()> single, whole;
};

template <class Value>
Value made(Result<Value> result)
{
    if (!result)
        throw std::runtime_error(result.error().message);
    return *std::move(result);
}

class Block
{
public:
    explicit Block(const BlockShape& shape) : s_(shape), random_(1)
    {
        for (auto* values : {&x_, &normed_, &mixed_, &added_})
            values->resize(size(s_.tokens * s_.width), 0.1f);
        for (auto* codes : {&xCodes_, &normedCodes_, &mixedCodes_, &addedCodes_})
            codes->resize(size(s_.tokens * s_.width));
        for (std::size_t i = 0; i < x_.size(); ++i) {
            x_[i] = normed_[i] = static_cast<float>(random_.normal());
            xCodes_[i] = normedCodes_[i] = static_cast<std::int8_t>(random_.below(200));
        }
        qkv_.resize(size(3 * s_.tokens * s_.width)), qkvCodes_.resize(qkv_.size());
        hidden_.resize(size(s_.tokens * s_.mlp)), hiddenCodes_.resize(hidden_.size());
        scores_.resize(size(s_.heads * s_.tokens * s_.tokens));
        scoreCodes_.resize(scores_.size()), weightCodes_.resize(scores_.size());
        for (std::size_t i = 0; i < 256; ++i)
            table_[i] = static_cast<std::int8_t>(i / 2);
    }

    std::vector<Step> steps()
    {
        std::vector<Step> all;
        addLinear(all, "qkv", normed_, normedCodes_, s_.width, qkv_, qkvCodes_, 3 * s_.width);
        addScores(all);
        addSoftmax(all);
        addValues(all);
        addLinear(all, "proj", mixed_, mixedCodes_, s_.width, normed_, normedCodes_, s_.width);
        addSum(all, x_, xCodes_);
        addLinear(all, "fc1 gelu", normed_, normedCodes_, s_.width, hidden_, hiddenCodes_, s_.mlp);
        addLinear(all, "fc2", hidden_, hiddenCodes_, s_.mlp, normed_, normedCodes_, s_.width);
        addSum(all, added_, addedCodes_);
        return all;
    }

private:
    using Floats = std::vector<float>;
    using Codes = std::vector<std::int8_t>;
    static std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }

    void addLinear(std::vector<Step>& all, const char* name, const Floats& x, const Codes& codes,
                   std::int64_t inputs, Floats& y, Codes& yCodes, std::int64_t outputs)
    {
        const bool gelu = outputs == s_.mlp;
        Floats weights(size(inputs * outputs)), bias(size(outputs), 0.1f);
        Codes weightCodes(weights.size());
        for (std::size_t i = 0; i < weights.size(); ++i) {
            weightCodes[i] = static_cast<std::int8_t>(random_.below(255));
            weights[i] = static_cast<float>(weightCodes[i]) / 2000;
        }
        const std::vector<std::int32_t> biasCodes(size(outputs), 100);
        const SumFactor factor{1, 10};
        const auto single = std::make_shared<Convolution>(
            made(Convolution::make(linearAsConvolution(s_.tokens, inputs, outputs), weights.data(),
                                   bias.data(), gelu ? After::gelu : After::nothing)));
        const auto whole = std::make_shared<Int8Product>(
            made(Int8Product::make({outputs, inputs, weightCodes.data(), biasCodes.data()},
                                   {{&factor, 1}, {}, gelu ? table_ : nullptr})));
        all.push_back({name, [single, &x, &y] { single->run(x.data(), y.data()); },
                       [this, whole, &codes, &yCodes, inputs, outputs] {
                           whole->run(codes.data(), s_.tokens, inputs, yCodes.data(), outputs);
                       }});
    }

    Int8HeadsShape heads() const { return {s_.heads, s_.headSize(), s_.tokens, s_.tokens}; }
    Int8Heads part(std::int64_t which) const
    {
        return {qkvCodes_.data() + which * s_.width, 3 * s_.width};
    }

    void addScores(std::vector<Step>& all)
    {
        const SumFactor factor{1, 9};
        const auto by = std::make_shared<SumRequantizer>(
            made(SumRequantizer::make({&factor, 1}, s_.tokens, heads().mostScore(), {})));
        all.push_back({"scores",
                       [this] {
                           const std::int64_t n = s_.tokens, dim = s_.headSize();
                           parallelFor(size(s_.heads), [&](std::size_t item) {
                               const auto head = static_cast<std::int64_t>(item);
                               float* to = scores_.data() + head * n * n;
                               const float* q = qkv_.data() + head * dim;
                               gemm(true, n, n, dim, q, 3 * s_.width, q + s_.width, 3 * s_.width,
                                    false, to, n);
                               scaleBy(to, n * n, 0.125f);
                           });
                       },
                       [this, by] {
                           int8Scores(heads(), part(0), part(1), *by, scoreCodes_.data(),
                                      s_.tokens);
                       }});
    }

    void addSoftmax(std::vector<Step>& all)
    {
        // P²-ViT's exponentials at a scale of 2^-4.
        std::vector<std::int64_t> exponentials;
        for (std::int64_t d = 0; d < 256; ++d) {
            const std::int64_t q = d / 12, r = -(d % 12);
            exponentials.push_back((r * (r + 43) + 714) << (32 - q));
        }
        const auto softmax =
            std::make_shared<LogSoftmax>(made(LogSoftmax::make(exponentials, s_.tokens)));
        all.push_back({"softmax",
                       [this] {
                           softmaxRows(scores_.data(), s_.heads * s_.tokens, s_.tokens, 1, nullptr,
                                       0);
                       },
                       [this, softmax] {
                           softmax->run(scoreCodes_.data(), s_.heads * s_.tokens, s_.tokens,
                                        weightCodes_.data());
                       }});
    }

    void addValues(std::vector<Step>& all)
    {
        const auto values =
            std::make_shared<ShiftedValues>(made(ShiftedValues::make(heads(), {1, 16}, {})));
        all.push_back({"values",
                       [this] {
                           const std::int64_t n = s_.tokens, dim = s_.headSize();
                           parallelFor(size(s_.heads), [&](std::size_t item) {
                               const auto head = static_cast<std::int64_t>(item);
                               gemm(false, n, dim, n, scores_.data() + head * n * n, n,
                                    qkv_.data() + 2 * s_.width + head * dim, 3 * s_.width, false,
                                    mixed_.data() + head * dim, s_.width);
                           });
                       },
                       [this, values] {
                           values->run(weightCodes_.data(), s_.tokens, part(2), mixedCodes_.data(),
                                       s_.width);
                       }});
    }

    void addSum(std::vector<Step>& all, const Floats& x, const Codes& codes)
    {
        std::vector<std::int32_t> factors;
        std::vector<SumFactor> after;
        for (std::int64_t c = 0; c < s_.width; ++c) {
            factors.push_back(1 << c % 4);
            after.push_back({1, static_cast<int>(c % 4) + 1});
        }
        const auto sum =
            std::make_shared<CodeSum>(made(CodeSum::make({factors, factors}, after, {})));
        all.push_back(
            {"add",
             [this, &x] { addTo(x.data(), normed_.data(), s_.tokens * s_.width, added_.data()); },
             [this, &codes, sum] {
                 sum->run(codes.data(), normedCodes_.data(), s_.tokens, addedCodes_.data());
             }});
    }

    BlockShape s_;
    Random random_;
    Floats x_, normed_, mixed_, added_, qkv_, hidden_, scores_;
    Codes xCodes_, normedCodes_, mixedCodes_, addedCodes_, qkvCodes_, hiddenCodes_, scoreCodes_;
    std::vector<std::uint8_t> weightCodes_;
    std::int8_t table_[256];
};

void measureBlock(const BlockShape& shape, int rounds, int threads)
{
    setThreadCount(threads);
    Block block(shape);
    const auto steps = block.steps();
    std::vector<std::vector<double>> single(steps.size() + 1), whole(steps.size() + 1);
    std::vector<double> ratios;
    // All steps of one kind, then of the other: caches are as a pass finds them.
    const auto pass = [&](auto step, auto& times) {
        double sum = 0;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            times[i].push_back(1e6 * seconds(steps[i].*step));
            sum += times[i].back();
        }
        times.back().push_back(sum);
        return sum;
    };
    for (int i = 0; i < rounds; ++i) {
        const double one = pass(&Step::single, single), other = pass(&Step::whole, whole);
        ratios.push_back(one / other);
    }
    const double sum = median(whole.back());
    fmt::print("{}, {} thread{}, one of {} blocks: single {:.0f} us, whole {:.0f} us | single / "
               "whole {:.2f}\n",
               shape.name, threads, threads == 1 ? "" : "s", shape.blocks, median(single.back()),
               sum, median(ratios));
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const double one = median(single[i]), other = median(whole[i]);
        fmt::print("    {:9} single {:7.1f} us, whole {:6.1f} us ({:4.1f} %) | {:.2f}\n",
                   steps[i].name, one, other, 100 * other / sum, one / other);
    }
}

} // namespace
} // namespace vitrine::bench

int main(int count, char** arguments)
{
    using namespace vitrine;
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 200;
    const bench::BlockShape shapes[] = {{"DeiT-Tiny at 224", 197, 192, 3, 768, 12},
                                        {"a DeiT of 50 tokens", 50, 128, 8, 512, 6}};
    for (const int threads : {1, 2})
        if (count < 3 || threads == std::atoi(arguments[2]))
            for (const auto& shape : shapes)
                bench::measureBlock(shape, rounds, threads);
}
