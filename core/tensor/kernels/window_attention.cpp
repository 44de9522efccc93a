#include "core/tensor/kernels/window_attention.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <vector>

#ifndef VITRINE_WINDOW_WORK
#define VITRINE_WINDOW_WORK
namespace vitrine::kernels
{

// What one window reads and writes. room: 3 * tokens * channels + 16 * (tokens + channels).
struct WindowWork {
    const std::int64_t* pixels;
    std::int64_t tokens;
    PixelRows<const float> q, v;
    PixelRows<float> y;
    float* room;
};

} // namespace vitrine::kernels
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/window_attention.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "core/tensor/kernels/exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// A lane is a query, so that nothing is summed across lanes.
using QueryLanes = hn::CappedTag<float, 16>;

// scores[key] [lane] = q of the lane's query times q of the key.
template <int kChannels>
HWY_INLINE void scoreKeys(const float* queries, std::int64_t tokens, const float* keys,
                          float* scores)
{
    constexpr std::int64_t kTogether = 4;
    const QueryLanes d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    for (std::int64_t key = 0; key < tokens; key += kTogether) {
        const float* k = keys + key * kChannels;
        auto a = hn::Zero(d), b = hn::Zero(d), c = hn::Zero(d), e = hn::Zero(d);
        for (int i = 0; i < kChannels; ++i) {
            const auto query = hn::LoadU(d, queries + i * tokens);
            a = hn::MulAdd(query, hn::Set(d, k[i]), a);
            b = hn::MulAdd(query, hn::Set(d, k[kChannels + i]), b);
            c = hn::MulAdd(query, hn::Set(d, k[2 * kChannels + i]), c);
            e = hn::MulAdd(query, hn::Set(d, k[3 * kChannels + i]), e);
        }
        float* out = scores + key * lanes;
        hn::StoreU(a, d, out);
        hn::StoreU(b, d, out + lanes);
        hn::StoreU(c, d, out + 2 * lanes);
        hn::StoreU(e, d, out + 3 * lanes);
    }
}

// y [channel] [lane] = sum over the keys of softmax(scores) v.
template <int kChannels>
HWY_INLINE void mixKeys(const float* scores, std::int64_t tokens, const float* values, float* y)
{
    const QueryLanes d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    auto largest = hn::LoadU(d, scores);
    for (std::int64_t key = 1; key < tokens; ++key)
        largest = hn::Max(largest, hn::LoadU(d, scores + key * lanes));
    const auto least = hn::Set(d, kLeastExponent);
    auto sum = hn::Zero(d);
    hn::Vec<QueryLanes> mixed[static_cast<std::size_t>(kChannels)];
    for (auto& each : mixed)
        each = hn::Zero(d);
    for (std::int64_t key = 0; key < tokens; ++key) {
        const auto away = hn::Sub(hn::LoadU(d, scores + key * lanes), largest);
        const auto weight = expNegative(d, hn::Max(away, least));
        sum = hn::Add(sum, weight);
        const float* v = values + key * kChannels;
        for (int i = 0; i < kChannels; ++i)
            mixed[i] = hn::MulAdd(weight, hn::Set(d, v[i]), mixed[i]);
    }
    const auto factor = hn::Div(hn::Set(d, 1.0f), sum);
    for (int i = 0; i < kChannels; ++i)
        hn::StoreU(hn::Mul(mixed[i], factor), d, y + i * lanes);
}

// [token] [channel]; the number of channels is a constant, so that copying is a few instructions.
template <int kChannels>
HWY_INLINE void gatherTokens(const WindowWork& work, PixelRows<const float> from, float* to)
{
    for (std::int64_t token = 0; token < work.tokens; ++token, to += kChannels)
        std::memcpy(to, from.data + work.pixels[token] * from.stride, kChannels * sizeof(float));
}

template <int kChannels>
void attendWindow(const WindowWork& work)
{
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(QueryLanes()));
    const std::int64_t tokens = work.tokens, size = tokens * kChannels;
    float *keys = work.room, *queries = keys + size, *values = queries + size,
          *scores = values + size, *mixed = scores + tokens * lanes;
    gatherTokens<kChannels>(work, work.q, keys);
    gatherTokens<kChannels>(work, work.v, values);
    for (std::int64_t token = 0; token < tokens; ++token)
        for (int i = 0; i < kChannels; ++i)
            queries[i * tokens + token] = keys[token * kChannels + i];
    for (std::int64_t first = 0; first < tokens; first += lanes) {
        scoreKeys<kChannels>(queries + first, tokens, keys, scores);
        mixKeys<kChannels>(scores, tokens, values, mixed);
        for (std::int64_t lane = 0; lane < lanes; ++lane) {
            float* y = work.y.data + work.pixels[first + lane] * work.y.stride;
            for (int i = 0; i < kChannels; ++i)
                y[i] = mixed[i * lanes + lane];
        }
    }
}

void attendWindowOf(std::int64_t channels, const WindowWork& work)
{
    switch (channels) {
    case 5:
        return attendWindow<5>(work);
    case 10:
        return attendWindow<10>(work);
    case 15:
        return attendWindow<15>(work);
    default:
        return attendWindow<20>(work);
    }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace vitrine::kernels
{
namespace
{

HWY_EXPORT(attendWindowOf);

// The pixels of one window, as numbers of the map.
void windowPixels(const WindowCut& cut, std::int64_t window, std::int64_t* pixels)
{
    const std::int64_t across = cut.width / cut.side;
    const std::int64_t top = window / across * cut.side + cut.roll,
                       left = window % across * cut.side + cut.roll;
    for (std::int64_t y = 0; y < cut.side; ++y) {
        const std::int64_t row = (top + y) % cut.height * cut.width;
        for (std::int64_t x = 0; x < cut.side; ++x) {
            const std::int64_t column = left + x;
            *pixels++ = row + (column < cut.width ? column : column - cut.width);
        }
    }
}

constexpr std::int64_t kTokensOfAShare = 4096; // of one thread's share

} // namespace

void attendInWindows(const WindowCut& cut, std::int64_t channels, PixelRows<const float> q,
                     PixelRows<const float> v, PixelRows<float> y)
{
    assert(channels == 5 || channels == 10 || channels == 15 || channels == 20);
    assert(cut.tokens() % 16 == 0 && cut.height % cut.side == 0 && cut.width % cut.side == 0);
    const std::int64_t share = std::max<std::int64_t>(1, kTokensOfAShare / cut.tokens());
    const std::int64_t shares = (cut.count() + share - 1) / share;
    parallelFor(static_cast<std::size_t>(shares), [&](std::size_t i) {
        const std::int64_t tokens = cut.tokens(), first = static_cast<std::int64_t>(i) * share,
                           end = std::min(cut.count(), first + share);
        std::vector<std::int64_t> pixels(static_cast<std::size_t>(tokens));
        std::vector<float> room(
            static_cast<std::size_t>(3 * tokens * channels + 16 * (tokens + channels)));
        for (std::int64_t window = first; window < end; ++window) {
            windowPixels(cut, window, pixels.data());
            HWY_DYNAMIC_DISPATCH(attendWindowOf)
            (channels, {pixels.data(), tokens, q, v, y, room.data()});
        }
    });
}

void attendInWindowsSlowly(const WindowCut& cut, std::int64_t channels, PixelRows<const float> q,
                           PixelRows<const float> v, PixelRows<float> y)
{
    const auto tokens = static_cast<std::size_t>(cut.tokens());
    std::vector<std::int64_t> pixels(tokens);
    std::vector<double> weights(tokens);
    for (std::int64_t window = 0; window < cut.count(); ++window) {
        windowPixels(cut, window, pixels.data());
        for (const std::int64_t query : pixels) {
            double largest = -INFINITY, sum = 0;
            for (std::size_t key = 0; key < tokens; ++key) {
                weights[key] = 0;
                for (std::int64_t i = 0; i < channels; ++i)
                    weights[key] += static_cast<double>(q.data[query * q.stride + i]) *
                                    static_cast<double>(q.data[pixels[key] * q.stride + i]);
                largest = std::max(largest, weights[key]);
            }
            for (double& weight : weights)
                sum += weight = std::exp(weight - largest);
            for (std::int64_t i = 0; i < channels; ++i) {
                double mixed = 0;
                for (std::size_t key = 0; key < tokens; ++key)
                    mixed += weights[key] * static_cast<double>(v.data[pixels[key] * v.stride + i]);
                y.data[query * y.stride + i] = static_cast<float>(mixed / sum);
            }
        }
    }
}

} // namespace vitrine::kernels

#endif
