#include "core/learning/nets/vision/attention_loop.h"

#include "core/learning/nets/training/product.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vitrine::learning::loops
{
namespace
{

// In place: weights of each row from its scores, which are first multiplied by scale.
void imageSoftmax(float* map, int64_t tokens, float scale)
{
    for (int64_t i = 0; i < tokens; ++i) {
        float* row = map + i * tokens;
        float largest = row[0];
        for (int64_t j = 1; j < tokens; ++j)
            largest = std::max(largest, row[j]);
        float sum = 0.0f;
        for (int64_t j = 0; j < tokens; ++j) {
            row[j] = std::exp((row[j] - largest) * scale);
            sum += row[j];
        }
        const float inverse = 1.0f / sum;
        for (int64_t j = 0; j < tokens; ++j)
            row[j] *= inverse;
    }
}

// dScores = scale * A * (dA - sum_j A dA), in place of dA.
void imageSoftmaxBackward(const float* map, float* dMap, int64_t tokens, float scale)
{
    for (int64_t i = 0; i < tokens; ++i) {
        const float* a = map + i * tokens;
        float* d = dMap + i * tokens;
        float dot = 0.0f;
        for (int64_t j = 0; j < tokens; ++j)
            dot += a[j] * d[j];
        for (int64_t j = 0; j < tokens; ++j)
            d[j] = scale * a[j] * (d[j] - dot);
    }
}

float imageScale(const ImageAttentionShape& shape)
{
    return 1.0f / std::sqrt(static_cast<float>(shape.size));
}

} // namespace

void imageAttention(const ImageAttentionShape& shape, const float* qkv, float* maps, float* y)
{
    const int64_t n = shape.tokens, d = shape.size, width = shape.heads * d;
    for (int64_t image = 0; image < shape.batch; ++image)
        for (int64_t head = 0; head < shape.heads; ++head) {
            const float* q = qkv + image * n * 3 * width + head * d;
            float* map = maps + (image * shape.heads + head) * n * n;
            product({n, n, d}, {q, 3 * width}, {q + width, 3 * width, true}, {map, n},
                    Sum::replace);
            imageSoftmax(map, n, imageScale(shape));
            product({n, d, n}, {map, n}, {q + 2 * width, 3 * width},
                    {y + image * n * width + head * d, width}, Sum::replace);
        }
}

void imageAttentionBackward(const ImageAttentionShape& shape, const float* qkv, const float* maps,
                            const float* dy, float* dQkv)
{
    const int64_t n = shape.tokens, d = shape.size, width = shape.heads * d, stride = 3 * width;
    std::vector<float> scratch(static_cast<size_t>(n * n));
    float* dMap = scratch.data();
    for (int64_t image = 0; image < shape.batch; ++image)
        for (int64_t head = 0; head < shape.heads; ++head) {
            const int64_t at = image * n * stride + head * d;
            const float *q = qkv + at, *k = q + width, *v = k + width;
            float *dq = dQkv + at, *dk = dq + width, *dv = dk + width;
            const float* map = maps + (image * shape.heads + head) * n * n;
            const float* dOut = dy + image * n * width + head * d;

            product({n, d, n}, {map, n, true}, {dOut, width}, {dv, stride}, Sum::replace);
            product({n, n, d}, {dOut, width}, {v, stride, true}, {dMap, n}, Sum::replace);
            imageSoftmaxBackward(map, dMap, n, imageScale(shape));
            product({n, d, n}, {dMap, n}, {k, stride}, {dq, stride}, Sum::replace);
            product({n, d, n}, {dMap, n, true}, {q, stride}, {dk, stride}, Sum::replace);
        }
}

} // namespace vitrine::learning::loops
