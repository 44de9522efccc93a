#include "core/learning/nets/codec/window_attention.h"

#include "core/learning/nets/codec/swin_attention.h"
#include "core/learning/nets/training/product.h"

#include <array>
#include <cmath>

namespace vitrine::learning::codec
{

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace
{

constexpr int64_t kWindowTokens = kWindow * kWindow;
constexpr int64_t kMapSize = kWindowTokens * kWindowTokens;

// Row of the bias table for each query and key.
const std::array<int64_t, kMapSize>& windowBiasRows()
{
    static const auto rows = [] {
        std::array<int64_t, kMapSize> made{};
        for (int64_t query = 0; query < kWindowTokens; ++query)
            for (int64_t key = 0; key < kWindowTokens; ++key)
                made[static_cast<size_t>(query * kWindowTokens + key)] =
                    (query / kWindow - key / kWindow + kWindow - 1) * (2 * kWindow - 1) +
                    query % kWindow - key % kWindow + kWindow - 1;
        return made;
    }();
    return rows;
}

struct WindowShape {
    int64_t windows, channels;

    explicit WindowShape(const Tensor& qkv) : windows(qkv.size(0)), channels(qkv.size(2) / 3) {}
    int64_t width() const { return channels / kHeads; }
    float scale() const { return 1.0f / std::sqrt(static_cast<float>(width())); }

    // Offsets of one head of one window.
    int64_t query(int64_t window, int64_t head) const
    {
        return window * kWindowTokens * 3 * channels + head * width();
    }
    int64_t map(int64_t window, int64_t head) const { return (window * kHeads + head) * kMapSize; }
    int64_t value(int64_t window, int64_t head) const
    {
        return window * kWindowTokens * channels + head * width();
    }
};

template <typename Visit>
void forWindowHeads(const WindowShape& shape, Visit visit)
{
    for (int64_t window = 0; window < shape.windows; ++window)
        for (int64_t head = 0; head < kHeads; ++head)
            visit(window, head);
}

// heads x 64 x 64
Tensor biasMaps(const Tensor& table)
{
    Tensor maps = torch::empty({kHeads, kMapSize}, table.options());
    const float* from = table.data_ptr<float>();
    float* to = maps.data_ptr<float>();
    for (int64_t head = 0; head < kHeads; ++head)
        for (const int64_t row : windowBiasRows())
            *to++ = from[row * kHeads + head];
    return maps;
}

Tensor tableGradient(const Tensor& maps, const Tensor& table)
{
    Tensor gradient = torch::zeros_like(table);
    const float* from = maps.data_ptr<float>();
    float* to = gradient.data_ptr<float>();
    for (int64_t head = 0; head < kHeads; ++head)
        for (const int64_t row : windowBiasRows())
            to[row * kHeads + head] += *from++;
    return gradient;
}

Tensor attentionMaps(const WindowShape& shape, const Tensor& qkv, const Tensor& table)
{
    Tensor scores = torch::empty({shape.windows, kHeads, kWindowTokens, kWindowTokens});
    const Tensor bias = biasMaps(table);
    const float scale = shape.scale();
    forWindowHeads(shape, [&](int64_t window, int64_t head) {
        const float* query = qkv.data_ptr<float>() + shape.query(window, head);
        float* map = scores.data_ptr<float>() + shape.map(window, head);
        product({kWindowTokens, kWindowTokens, shape.width()}, {query, 3 * shape.channels},
                {query + shape.channels, 3 * shape.channels, true}, {map, kWindowTokens},
                Sum::replace);
        const float* add = bias.data_ptr<float>() + head * kMapSize;
        for (int64_t i = 0; i < kMapSize; ++i)
            map[i] = map[i] * scale + add[i];
    });
    return scores.softmax(-1);
}

class WindowAttention : public torch::autograd::Function<WindowAttention>
{
public:
    static Tensor forward(AutogradContext* context, const Tensor& qkvGiven, const Tensor& table)
    {
        const Tensor qkv = qkvGiven.contiguous();
        const WindowShape shape(qkv);
        const Tensor maps = attentionMaps(shape, qkv, table.contiguous());
        Tensor out = torch::empty({shape.windows, kWindowTokens, shape.channels});
        forWindowHeads(shape, [&](int64_t window, int64_t head) {
            const float* query = qkv.data_ptr<float>() + shape.query(window, head);
            product({kWindowTokens, shape.width(), kWindowTokens},
                    {maps.data_ptr<float>() + shape.map(window, head), kWindowTokens},
                    {query + 2 * shape.channels, 3 * shape.channels},
                    {out.data_ptr<float>() + shape.value(window, head), shape.channels},
                    Sum::replace);
        });
        context->save_for_backward({qkv, table, maps});
        return out;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        const auto saved = context->get_saved_variables();
        const Tensor &qkv = saved[0], &maps = saved[2], dOut = gradients[0].contiguous();
        const WindowShape shape(qkv);
        Tensor dMaps = torch::empty_like(maps), dQkv = torch::empty_like(qkv);
        forWindowHeads(shape, [&](int64_t window, int64_t head) {
            const float* value =
                qkv.data_ptr<float>() + shape.query(window, head) + 2 * shape.channels;
            const Factor dy{dOut.data_ptr<float>() + shape.value(window, head), shape.channels};
            product({kWindowTokens, kWindowTokens, shape.width()}, dy,
                    {value, 3 * shape.channels, true},
                    {dMaps.data_ptr<float>() + shape.map(window, head), kWindowTokens},
                    Sum::replace);
            product({kWindowTokens, shape.width(), kWindowTokens},
                    {maps.data_ptr<float>() + shape.map(window, head), kWindowTokens, true}, dy,
                    {dQkv.data_ptr<float>() + shape.query(window, head) + 2 * shape.channels,
                     3 * shape.channels},
                    Sum::replace);
        });
        const Tensor dScores = at::_softmax_backward_data(dMaps, maps, -1, torch::kFloat);
        const Tensor dTable = tableGradient(dScores.sum(0).contiguous(), saved[1].contiguous());
        const Tensor scaled = dScores * shape.scale();
        forWindowHeads(shape, [&](int64_t window, int64_t head) {
            const float* query = qkv.data_ptr<float>() + shape.query(window, head);
            const float* map = scaled.data_ptr<float>() + shape.map(window, head);
            float* dQuery = dQkv.data_ptr<float>() + shape.query(window, head);
            product({kWindowTokens, shape.width(), kWindowTokens}, {map, kWindowTokens},
                    {query + shape.channels, 3 * shape.channels}, {dQuery, 3 * shape.channels},
                    Sum::replace);
            product({kWindowTokens, shape.width(), kWindowTokens}, {map, kWindowTokens, true},
                    {query, 3 * shape.channels}, {dQuery + shape.channels, 3 * shape.channels},
                    Sum::replace);
        });
        return {dQkv, dTable};
    }
};

} // namespace

Tensor windowAttention(const Tensor& qkv, const Tensor& table)
{
    return WindowAttention::apply(qkv, table);
}

} // namespace vitrine::learning::codec
