#include "core/learning/nets/language/loops.h"

#include "core/learning/nets/training/product.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vitrine::learning::loops
{
namespace
{

constexpr int64_t kBlock =
    128; // rows of a map computed together: its columns end at the block's last row

struct HeadPointers {
    const float *q, *k, *v;
};

HeadPointers headOf(const AttentionShape& s, const float* rotated, int64_t head)
{
    const int64_t part = s.batch * s.heads * s.tokens * s.size, at = head * s.tokens * s.size;
    return {rotated + at, rotated + part + at, rotated + 2 * part + at};
}

// In place, row `r` of a block that starts at token `first`: columns 0..first+r become weights, the
// rest zero.
void softmaxRows(float* map, int64_t first, int64_t rows, int64_t columns, int64_t stride)
{
    for (int64_t r = 0; r < rows; ++r) {
        float* row = map + r * stride;
        const int64_t visible = first + r + 1;
        float largest = row[0];
        for (int64_t j = 1; j < visible; ++j)
            largest = std::max(largest, row[j]);
        float sum = 0.0f;
        for (int64_t j = 0; j < visible; ++j) {
            row[j] = std::exp(row[j] - largest);
            sum += row[j];
        }
        const float scale = 1.0f / sum;
        for (int64_t j = 0; j < visible; ++j)
            row[j] *= scale;
        std::fill(row + visible, row + columns, 0.0f);
    }
}

// dScores = A * (dA - sum_j A dA), in place of dA.
void softmaxBackward(const float* map, float* dMap, int64_t rows, int64_t columns, int64_t stride)
{
    for (int64_t r = 0; r < rows; ++r) {
        const float* a = map + r * stride;
        float* d = dMap + r * columns;
        float dot = 0.0f;
        for (int64_t j = 0; j < columns; ++j)
            dot += a[j] * d[j];
        for (int64_t j = 0; j < columns; ++j)
            d[j] = a[j] * (d[j] - dot);
    }
}

} // namespace

void rmsNorm(const float* x, const float* weight, int64_t rows, int64_t width, float epsilon,
             float* y, float* inverse)
{
    for (int64_t r = 0; r < rows; ++r, x += width, y += width) {
        float sum = 0.0f;
        for (int64_t i = 0; i < width; ++i)
            sum += x[i] * x[i];
        const float scale = 1.0f / std::sqrt(sum / static_cast<float>(width) + epsilon);
        inverse[r] = scale;
        for (int64_t i = 0; i < width; ++i)
            y[i] = x[i] * scale * weight[i];
    }
}

void rmsNormBackward(const float* x, const float* weight, const float* inverse, const float* dy,
                     int64_t rows, int64_t width, float* dx, float* dWeight)
{
    for (int64_t r = 0; r < rows; ++r, x += width, dy += width, dx += width) {
        const float scale = inverse[r];
        float dot = 0.0f;
        for (int64_t i = 0; i < width; ++i) {
            dot += dy[i] * weight[i] * x[i];
            dWeight[i] += dy[i] * x[i] * scale;
        }
        const float pull = dot * scale * scale * scale / static_cast<float>(width);
        for (int64_t i = 0; i < width; ++i)
            dx[i] = dy[i] * weight[i] * scale - x[i] * pull;
    }
}

void swiGlu(const float* gateUp, int64_t rows, int64_t width, float* y)
{
    for (int64_t r = 0; r < rows; ++r, gateUp += 2 * width, y += width)
        for (int64_t i = 0; i < width; ++i)
            y[i] = gateUp[i] / (1.0f + std::exp(-gateUp[i])) * gateUp[width + i];
}

void swiGluBackward(const float* gateUp, const float* dy, int64_t rows, int64_t width,
                    float* dGateUp)
{
    for (int64_t r = 0; r < rows; ++r, gateUp += 2 * width, dGateUp += 2 * width, dy += width)
        for (int64_t i = 0; i < width; ++i) {
            const float gate = gateUp[i], sigmoid = 1.0f / (1.0f + std::exp(-gate));
            dGateUp[i] = dy[i] * gateUp[width + i] * sigmoid * (1.0f + gate * (1.0f - sigmoid));
            dGateUp[width + i] = dy[i] * gate * sigmoid;
        }
}

void attention(const AttentionShape& s, const float* qkv, const float* cosine, const float* sine,
               float* rotated, float* maps, float* y)
{
    const int64_t half = s.size / 2, width = s.heads * s.size;
    const int64_t part = s.batch * s.heads * s.tokens * s.size;
    const float scale = 1.0f / std::sqrt(static_cast<float>(s.size));

    for (int64_t b = 0; b < s.batch; ++b)
        for (int64_t h = 0; h < s.heads; ++h) {
            float* q = rotated + (b * s.heads + h) * s.tokens * s.size;
            float *k = q + part, *v = k + part;
            for (int64_t t = 0; t < s.tokens; ++t, q += s.size, k += s.size, v += s.size) {
                const float* row = qkv + (b * s.tokens + t) * 3 * width + h * s.size;
                const float *c = cosine + t * half, *n = sine + t * half;
                for (int64_t i = 0; i < half; ++i) {
                    const float qa = row[i], qb = row[i + half];
                    const float ka = row[width + i], kb = row[width + i + half];
                    q[i] = (qa * c[i] - qb * n[i]) * scale;
                    q[i + half] = (qb * c[i] + qa * n[i]) * scale;
                    k[i] = ka * c[i] - kb * n[i];
                    k[i + half] = kb * c[i] + ka * n[i];
                }
                std::copy_n(row + 2 * width, s.size, v);
            }
        }

    for (int64_t head = 0; head < s.batch * s.heads; ++head) {
        const auto [q, k, v] = headOf(s, rotated, head);
        float* map = maps + head * s.tokens * s.tokens;
        float* result = y + (head / s.heads) * s.tokens * width + (head % s.heads) * s.size;
        for (int64_t first = 0; first < s.tokens; first += kBlock) {
            const int64_t rows = std::min(kBlock, s.tokens - first), columns = first + rows;
            float* block = map + first * s.tokens;
            product({rows, columns, s.size}, {q + first * s.size, s.size}, {k, s.size, true},
                    {block, s.tokens}, Sum::replace);
            softmaxRows(block, first, rows, columns, s.tokens);
            product({rows, s.size, columns}, {block, s.tokens}, {v, s.size},
                    {result + first * width, width}, Sum::replace);
        }
    }
}

void attentionBackward(const AttentionShape& s, const float* rotated, const float* maps,
                       const float* cosine, const float* sine, const float* dy, float* dQkv)
{
    const int64_t half = s.size / 2, width = s.heads * s.size;
    const float scale = 1.0f / std::sqrt(static_cast<float>(s.size));
    std::vector<float> dMap(static_cast<size_t>(kBlock * s.tokens));
    std::vector<float> dq(static_cast<size_t>(s.tokens * s.size)), dk(dq.size()), dv(dq.size());

    for (int64_t head = 0; head < s.batch * s.heads; ++head) {
        const auto [q, k, v] = headOf(s, rotated, head);
        const int64_t b = head / s.heads, h = head % s.heads;
        const float* map = maps + head * s.tokens * s.tokens;
        const float* dResult = dy + b * s.tokens * width + h * s.size;
        std::fill(dk.begin(), dk.end(), 0.0f);
        std::fill(dv.begin(), dv.end(), 0.0f);
        for (int64_t first = 0; first < s.tokens; first += kBlock) {
            const int64_t rows = std::min(kBlock, s.tokens - first), columns = first + rows;
            const float* block = map + first * s.tokens;
            const float* dRows = dResult + first * width;
            product({rows, columns, s.size}, {dRows, width}, {v, s.size, true},
                    {dMap.data(), columns}, Sum::replace);
            softmaxBackward(block, dMap.data(), rows, columns, s.tokens);
            product({rows, s.size, columns}, {dMap.data(), columns}, {k, s.size},
                    {dq.data() + first * s.size, s.size}, Sum::replace);
            product({columns, s.size, rows}, {dMap.data(), columns, true},
                    {q + first * s.size, s.size}, {dk.data(), s.size}, Sum::add);
            product({columns, s.size, rows}, {block, s.tokens, true}, {dRows, width},
                    {dv.data(), s.size}, Sum::add);
        }
        for (int64_t t = 0; t < s.tokens; ++t) {
            float* row = dQkv + (b * s.tokens + t) * 3 * width + h * s.size;
            const float *c = cosine + t * half, *n = sine + t * half;
            const float *tq = dq.data() + t * s.size, *tk = dk.data() + t * s.size;
            for (int64_t i = 0; i < half; ++i) {
                row[i] = (tq[i] * c[i] + tq[i + half] * n[i]) * scale;
                row[i + half] = (tq[i + half] * c[i] - tq[i] * n[i]) * scale;
                row[width + i] = tk[i] * c[i] + tk[i + half] * n[i];
                row[width + i + half] = tk[i + half] * c[i] - tk[i] * n[i];
            }
            std::copy_n(dv.data() + t * s.size, s.size, row + 2 * width);
        }
    }
}

double crossEntropy(float* logits, const int64_t* targets, int64_t rows, int64_t classes,
                    float scale)
{
    double loss = 0.0;
    for (int64_t r = 0; r < rows; ++r, logits += classes) {
        float largest = logits[0];
        for (int64_t j = 1; j < classes; ++j)
            largest = std::max(largest, logits[j]);
        const float wanted = logits[targets[r]];
        float sum = 0.0f;
        for (int64_t j = 0; j < classes; ++j) {
            logits[j] = std::exp(logits[j] - largest);
            sum += logits[j];
        }
        loss += std::log(static_cast<double>(sum)) + static_cast<double>(largest) -
                static_cast<double>(wanted);
        const float share = scale / sum;
        for (int64_t j = 0; j < classes; ++j)
            logits[j] *= share;
        logits[targets[r]] -= scale;
    }
    return loss;
}

} // namespace vitrine::learning::loops
