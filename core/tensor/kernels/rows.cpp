#include "core/tensor/kernels/rows.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/softmax_row.h"

#include <algorithm>
#include <cmath>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/rows.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

struct RowMoments {
    double mean, variance;
};

RowMoments momentsOf(const float* x, std::int64_t count)
{
    const hn::ScalableTag<double> d;
    const hn::Rebind<float, decltype(d)> df;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto n = static_cast<double>(count);
    const auto sumOf = [&](auto&& value) {
        auto sums = hn::Zero(d);
        std::int64_t i = 0;
        for (; i + lanes <= count; i += lanes)
            sums = hn::Add(sums, value(hn::PromoteTo(d, hn::LoadU(df, x + i))));
        double sum = hn::GetLane(hn::SumOfLanes(d, sums));
        for (; i < count; ++i)
            sum += hn::GetLane(value(hn::Set(d, static_cast<double>(x[i]))));
        return sum;
    };
    const double mean = sumOf([](auto v) { return v; }) / n;
    const auto means = hn::Set(d, mean);
    const auto squares = sumOf([&](auto v) {
        const auto away = hn::Sub(v, means);
        return hn::Mul(away, away);
    });
    return {mean, squares / n};
}

void layerNormRowOf(const float* x, std::int64_t columns, const float* weight, const float* bias,
                    float epsilon, float* out)
{
    const RowMoments moments = momentsOf(x, columns);
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto mean = static_cast<float>(moments.mean);
    const auto factor =
        static_cast<float>(1 / std::sqrt(moments.variance + static_cast<double>(epsilon)));
    const auto means = hn::Set(d, mean), factors = hn::Set(d, factor);
    std::int64_t i = 0;
    for (; i + lanes <= columns; i += lanes) {
        const auto normed = hn::Mul(hn::Sub(hn::LoadU(d, x + i), means), factors);
        hn::StoreU(hn::MulAdd(normed, hn::LoadU(d, weight + i), hn::LoadU(d, bias + i)), d,
                   out + i);
    }
    for (; i < columns; ++i)
        out[i] = (x[i] - mean) * factor * weight[i] + bias[i];
}

void addOf(const float* a, const float* b, std::int64_t count, float* out)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(hn::Add(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, out + i);
    for (; i < count; ++i)
        out[i] = a[i] + b[i];
}

void hardSwishOf(float* x, std::int64_t count)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto three = hn::Set(d, 3.0f), six = hn::Set(d, 6.0f), sixth = hn::Set(d, 1.0f / 6.0f);
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto v = hn::LoadU(d, x + i);
        const auto gate = hn::Min(hn::Max(hn::Add(v, three), hn::Zero(d)), six);
        hn::StoreU(hn::Mul(hn::Mul(v, gate), sixth), d, x + i);
    }
    for (; i < count; ++i)
        x[i] = x[i] * std::clamp(x[i] + 3.0f, 0.0f, 6.0f) * (1.0f / 6.0f);
}

void reluOf(float* x, std::int64_t count)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(hn::Max(hn::LoadU(d, x + i), hn::Zero(d)), d, x + i);
    for (; i < count; ++i)
        x[i] = std::max(x[i], 0.0f);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace vitrine::kernels
{
namespace
{

HWY_EXPORT(layerNormRowOf);
HWY_EXPORT(addOf);
HWY_EXPORT(hardSwishOf);
HWY_EXPORT(reluOf);

constexpr std::int64_t kValuesTogether = 16'384; // of one thread's share

// body(first, count) for shares of `total` items of `size` values each.
template <typename Body>
void inShares(std::int64_t total, std::int64_t size, Body&& body)
{
    const std::int64_t share =
        std::max<std::int64_t>(1, kValuesTogether / std::max<std::int64_t>(1, size));
    const std::int64_t shares = (total + share - 1) / share;
    parallelFor(static_cast<std::size_t>(shares), [&](std::size_t i) {
        const std::int64_t first = static_cast<std::int64_t>(i) * share;
        body(first, std::min(share, total - first));
    });
}

} // namespace

void layerNorm(const float* x, std::int64_t rows, std::int64_t columns, const float* weight,
               const float* bias, float epsilon, float* out)
{
    inShares(rows, columns, [&](std::int64_t first, std::int64_t count) {
        for (std::int64_t row = first; row < first + count; ++row)
            HWY_DYNAMIC_DISPATCH(layerNormRowOf)
        (x + row * columns, columns, weight, bias, epsilon, out + row * columns);
    });
}

void addTo(const float* a, const float* b, std::int64_t count, float* out)
{
    inShares(count, 1, [&](std::int64_t first, std::int64_t size) {
        HWY_DYNAMIC_DISPATCH(addOf)(a + first, b + first, size, out + first);
    });
}

void softmaxRows(float* x, std::int64_t rows, std::int64_t columns, float scale, const float* bias,
                 std::int64_t stride)
{
    inShares(rows, columns, [&](std::int64_t first, std::int64_t count) {
        thread_local std::vector<float> row; // softmaxRow writes behind its end
        row.resize(static_cast<std::size_t>(columns + kRowPadding));
        for (std::int64_t r = first; r < first + count; ++r) {
            float* values = x + r * columns;
            const float* biases = bias ? bias + r * stride : nullptr;
            for (std::int64_t i = 0; i < columns; ++i)
                row[static_cast<std::size_t>(i)] =
                    biases ? values[i] * scale + biases[i] : values[i];
            const SoftmaxRow sums = softmaxRow(row.data(), columns, biases ? 1.0f : scale, false);
            const float inverse = 1.0f / sums.sum;
            for (std::int64_t i = 0; i < columns; ++i)
                values[i] = row[static_cast<std::size_t>(i)] * inverse;
        }
    });
}

void gelu(float* x, std::int64_t count)
{
    inShares(count, 8, [&](std::int64_t first, std::int64_t size) {
        for (std::int64_t i = first; i < first + size; ++i)
            x[i] = 0.5f * x[i] * (1.0f + std::erf(x[i] * 0.70710678f));
    });
}

void hardSwish(float* x, std::int64_t count)
{
    inShares(count, 1, [&](std::int64_t first, std::int64_t size) {
        HWY_DYNAMIC_DISPATCH(hardSwishOf)(x + first, size);
    });
}

void relu(float* x, std::int64_t count)
{
    inShares(count, 1, [&](std::int64_t first, std::int64_t size) {
        HWY_DYNAMIC_DISPATCH(reluOf)(x + first, size);
    });
}

} // namespace vitrine::kernels

#endif
