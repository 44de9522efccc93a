#include "core/learning/nets/vision/linear_attention_loop.h"

#include "core/learning/nets/training/product.h"

#include <algorithm>
#include <vector>

namespace vitrine::learning::loops
{
namespace
{

// What both directions need of one head: q and k after ReLU, v k^T, the sum of k over pixels and
// 1 / (denominator + epsilon).
struct LinearHead {
    explicit LinearHead(const LinearAttentionShape& shape)
        : q(static_cast<size_t>(shape.size * shape.pixels)),
          k(q.size()),
          vk(static_cast<size_t>(shape.size * shape.size)),
          keySum(static_cast<size_t>(shape.size)),
          inverse(static_cast<size_t>(shape.pixels))
    {
    }

    void fill(const LinearAttentionShape& shape, const float* qkv);

    std::vector<float> q, k, vk, keySum, inverse;
};

void LinearHead::fill(const LinearAttentionShape& shape, const float* qkv)
{
    const int64_t d = shape.size, n = shape.pixels, count = d * n;
    for (int64_t i = 0; i < count; ++i)
        q[i] = std::max(qkv[i], 0.0f);
    for (int64_t i = 0; i < count; ++i)
        k[i] = std::max(qkv[count + i], 0.0f);
    product({d, d, n}, {qkv + 2 * count, n}, {k.data(), n, true}, {vk.data(), d}, Sum::replace);

    std::fill(inverse.begin(), inverse.end(), shape.epsilon);
    for (int64_t c = 0; c < d; ++c) {
        float sum = 0.0f;
        for (int64_t i = 0; i < n; ++i)
            sum += k[c * n + i];
        keySum[c] = sum;
        for (int64_t i = 0; i < n; ++i)
            inverse[i] += sum * q[c * n + i];
    }
    for (int64_t i = 0; i < n; ++i)
        inverse[i] = 1.0f / inverse[i];
}

// dNumerator = dy / denominator; gives the gradient of the denominator in dDenominator.
void quotientBackward(const LinearHead& head, int64_t d, int64_t n, const float* y, const float* dy,
                      float* dNumerator, float* dDenominator)
{
    std::fill(dDenominator, dDenominator + n, 0.0f);
    for (int64_t c = 0; c < d; ++c)
        for (int64_t i = 0; i < n; ++i) {
            const int64_t at = c * n + i;
            dNumerator[at] = dy[at] * head.inverse[i];
            dDenominator[i] -= dNumerator[at] * y[at];
        }
}

// Adds what comes through the denominator to the gradients of q and k, and takes them through the
// ReLU.
void denominatorBackward(const LinearHead& head, int64_t d, int64_t n, const float* dDenominator,
                         float* dq, float* dk)
{
    for (int64_t c = 0; c < d; ++c) {
        float dKeySum = 0.0f;
        for (int64_t i = 0; i < n; ++i)
            dKeySum += dDenominator[i] * head.q[c * n + i];
        for (int64_t i = 0; i < n; ++i) {
            const int64_t at = c * n + i;
            dq[at] = head.q[at] > 0.0f ? dq[at] + head.keySum[c] * dDenominator[i] : 0.0f;
            dk[at] = head.k[at] > 0.0f ? dk[at] + dKeySum : 0.0f;
        }
    }
}

} // namespace

void linearAttention(const LinearAttentionShape& shape, const float* qkv, float* y)
{
    const int64_t d = shape.size, n = shape.pixels;
    LinearHead head(shape);
    for (int64_t map = 0; map < shape.maps; ++map) {
        head.fill(shape, qkv + map * 3 * d * n);
        float* out = y + map * d * n;
        product({d, n, d}, {head.vk.data(), d}, {head.q.data(), n}, {out, n}, Sum::replace);
        for (int64_t c = 0; c < d; ++c)
            for (int64_t i = 0; i < n; ++i)
                out[c * n + i] *= head.inverse[i];
    }
}

void linearAttentionBackward(const LinearAttentionShape& shape, const float* qkv, const float* y,
                             const float* dy, float* dQkv)
{
    const int64_t d = shape.size, n = shape.pixels, count = d * n;
    LinearHead head(shape);
    std::vector<float> dNumerator(static_cast<size_t>(count)), dVk(static_cast<size_t>(d * d)),
        dDenominator(static_cast<size_t>(n));
    for (int64_t map = 0; map < shape.maps; ++map) {
        const float* v = qkv + (map * 3 + 2) * count;
        float *dq = dQkv + map * 3 * count, *dk = dq + count, *dv = dk + count;
        head.fill(shape, qkv + map * 3 * count);
        quotientBackward(head, d, n, y + map * count, dy + map * count, dNumerator.data(),
                         dDenominator.data());
        product({d, d, n}, {dNumerator.data(), n}, {head.q.data(), n, true}, {dVk.data(), d},
                Sum::replace);
        product({d, n, d}, {head.vk.data(), d, true}, {dNumerator.data(), n}, {dq, n},
                Sum::replace);
        product({d, n, d}, {dVk.data(), d, true}, {v, n}, {dk, n}, Sum::replace);
        product({d, n, d}, {dVk.data(), d}, {head.k.data(), n}, {dv, n}, Sum::replace);
        denominatorBackward(head, d, n, dDenominator.data(), dq, dk);
    }
}

} // namespace vitrine::learning::loops
