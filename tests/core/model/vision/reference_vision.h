#pragma once

#include "tests/core/model/vision/random_vision.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <vector>

// Swin and PVTv2 in double precision, written from the papers with plain loops: they know nothing
// of the program's descriptions or kernels, and judge them.
namespace vitrine::tests::reference
{

// Tokens by channels; a map has its pixels row by row.
struct Matrix {
    std::int64_t rows = 0, columns = 0;
    std::vector<double> values;

    Matrix(std::int64_t r, std::int64_t c)
        : rows(r), columns(c), values(static_cast<std::size_t>(r * c))
    {
    }
    double& at(std::int64_t r, std::int64_t c)
    {
        return values[static_cast<std::size_t>(r * columns + c)];
    }
    double at(std::int64_t r, std::int64_t c) const
    {
        return values[static_cast<std::size_t>(r * columns + c)];
    }
};

class Layers
{
public:
    explicit Layers(const RandomVision& weights) : weights_(weights) {}

    Matrix linear(const Matrix& x, const std::string& name) const
    {
        const auto& tensor = weights_.tensors.at(name + ".weight");
        const std::int64_t outputs = tensor.shape[0];
        Matrix y(x.rows, outputs);
        for (std::int64_t r = 0; r < x.rows; ++r)
            for (std::int64_t o = 0; o < outputs; ++o) {
                double sum =
                    hasBias(name) ? weights_[name + ".bias"][static_cast<std::size_t>(o)] : 0;
                for (std::int64_t i = 0; i < x.columns; ++i)
                    sum += x.at(r, i) * tensor.values[static_cast<std::size_t>(o * x.columns + i)];
                y.at(r, o) = sum;
            }
        return y;
    }

    Matrix norm(const Matrix& x, const std::string& name, double epsilon) const
    {
        Matrix y(x.rows, x.columns);
        for (std::int64_t r = 0; r < x.rows; ++r) {
            double mean = 0, variance = 0;
            for (std::int64_t c = 0; c < x.columns; ++c)
                mean += x.at(r, c) / static_cast<double>(x.columns);
            for (std::int64_t c = 0; c < x.columns; ++c)
                variance += std::pow(x.at(r, c) - mean, 2) / static_cast<double>(x.columns);
            for (std::int64_t c = 0; c < x.columns; ++c)
                y.at(r, c) = (x.at(r, c) - mean) / std::sqrt(variance + epsilon) *
                                 weights_[name + ".weight"][static_cast<std::size_t>(c)] +
                             weights_[name + ".bias"][static_cast<std::size_t>(c)];
        }
        return y;
    }

    // A square map; dense, or one filter for each channel.
    Matrix convolution(const Matrix& x, const std::string& name, std::int64_t stride,
                       std::int64_t padding) const
    {
        const auto& tensor = weights_.tensors.at(name + ".weight");
        const std::int64_t outputs = tensor.shape[0], each = tensor.shape[1], k = tensor.shape[2];
        const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(x.rows)) + 0.5),
                   outSide = (side + 2 * padding - k) / stride + 1;
        Matrix y(outSide * outSide, outputs);
        for (std::int64_t row = 0; row < outSide; ++row)
            for (std::int64_t column = 0; column < outSide; ++column)
                for (std::int64_t o = 0; o < outputs; ++o) {
                    double sum =
                        hasBias(name) ? weights_[name + ".bias"][static_cast<std::size_t>(o)] : 0;
                    for (std::int64_t i = 0; i < each; ++i)
                        for (std::int64_t a = 0; a < k; ++a)
                            for (std::int64_t b = 0; b < k; ++b) {
                                const std::int64_t fromRow = row * stride - padding + a,
                                                   fromColumn = column * stride - padding + b;
                                if (fromRow < 0 || fromColumn < 0 || fromRow >= side ||
                                    fromColumn >= side)
                                    continue;
                                const std::int64_t channel = each == 1 ? o : i;
                                sum += x.at(fromRow * side + fromColumn, channel) *
                                       tensor.values[static_cast<std::size_t>(
                                           ((o * each + i) * k + a) * k + b)];
                            }
                    y.at(row * outSide + column, o) = sum;
                }
        return y;
    }

    bool hasBias(const std::string& name) const
    {
        return weights_.tensors.contains(name + ".bias");
    }
    const RandomVision& weights() const { return weights_; }

private:
    const RandomVision& weights_;
};

inline Matrix plus(Matrix a, const Matrix& b)
{
    for (std::size_t i = 0; i < a.values.size(); ++i)
        a.values[i] += b.values[i];
    return a;
}

inline Matrix gelu(Matrix x)
{
    for (double& value : x.values)
        value = 0.5 * value * (1 + std::erf(value / std::sqrt(2.0)));
    return x;
}

inline Matrix mean(const Matrix& x)
{
    Matrix y(1, x.columns);
    for (std::int64_t r = 0; r < x.rows; ++r)
        for (std::int64_t c = 0; c < x.columns; ++c)
            y.at(0, c) += x.at(r, c) / static_cast<double>(x.rows);
    return y;
}

// softmax(q k^T / sqrt(d) + bias) v of one head; `bias(a, b)` of token and key.
template <typename Bias>
void attendHead(const Matrix& q, std::int64_t qColumn, const Matrix& k, std::int64_t kColumn,
                const Matrix& v, std::int64_t vColumn, std::int64_t dim, const Bias& bias,
                Matrix& out, std::int64_t outColumn)
{
    for (std::int64_t a = 0; a < q.rows; ++a) {
        std::vector<double> weights(static_cast<std::size_t>(k.rows));
        double sum = 0;
        for (std::int64_t b = 0; b < k.rows; ++b) {
            double score = 0;
            for (std::int64_t c = 0; c < dim; ++c)
                score += q.at(a, qColumn + c) * k.at(b, kColumn + c);
            weights[static_cast<std::size_t>(b)] =
                std::exp(score / std::sqrt(static_cast<double>(dim)) + bias(a, b));
            sum += weights[static_cast<std::size_t>(b)];
        }
        for (std::int64_t b = 0; b < k.rows; ++b)
            for (std::int64_t c = 0; c < dim; ++c)
                out.at(a, outColumn + c) +=
                    weights[static_cast<std::size_t>(b)] / sum * v.at(b, vColumn + c);
    }
}

inline Matrix ofPicture(const std::vector<float>& picture, std::int64_t channels)
{
    Matrix x(static_cast<std::int64_t>(picture.size()) / channels, channels);
    std::ranges::copy(picture, x.values.begin());
    return x;
}

// Swin: every pair of tokens of a window may look at each other, if in the rolled map both come
// from the same side of the seams. Written without windows as a data structure: which tokens share
// a window is asked of their places.
inline Matrix swinAttention(const Layers& layers, const Matrix& x, const std::string& name,
                            std::int64_t heads, std::int64_t window, std::int64_t shift)
{
    const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(x.rows)) + 0.5);
    const std::int64_t width = x.columns, dim = width / heads;
    const Matrix qkv = layers.linear(x, name + ".qkv");
    const auto& table = layers.weights()[name + ".relative_position_bias_table"];
    Matrix out(x.rows, width);
    // Place in the map that was rolled up and to the left by `shift`.
    const auto rolled = [&](std::int64_t place) { return (place - shift + side) % side; };
    const auto isVisible = [&](std::int64_t a, std::int64_t b) {
        const std::int64_t pa = rolled(a), pb = rolled(b);
        return pa / window == pb / window && (shift == 0 || (a < shift) == (b < shift));
    };
    for (std::int64_t head = 0; head < heads; ++head)
        for (std::int64_t a = 0; a < x.rows; ++a) {
            const std::int64_t ya = a / side, xa = a % side;
            std::vector<double> weights(static_cast<std::size_t>(x.rows));
            double sum = 0;
            for (std::int64_t b = 0; b < x.rows; ++b) {
                const std::int64_t yb = b / side, xb = b % side;
                if (!isVisible(ya, yb) || !isVisible(xa, xb))
                    continue;
                double score = 0;
                for (std::int64_t c = 0; c < dim; ++c)
                    score += qkv.at(a, head * dim + c) * qkv.at(b, width + head * dim + c);
                const std::int64_t down = rolled(ya) % window - rolled(yb) % window + window - 1,
                                   right = rolled(xa) % window - rolled(xb) % window + window - 1;
                score = score / std::sqrt(static_cast<double>(dim)) +
                        table[static_cast<std::size_t>((down * (2 * window - 1) + right) * heads +
                                                       head)];
                weights[static_cast<std::size_t>(b)] = std::exp(score);
                sum += weights[static_cast<std::size_t>(b)];
            }
            for (std::int64_t b = 0; b < x.rows; ++b)
                for (std::int64_t c = 0; c < dim; ++c)
                    out.at(a, head * dim + c) += weights[static_cast<std::size_t>(b)] / sum *
                                                 qkv.at(b, 2 * width + head * dim + c);
        }
    return layers.linear(out, name + ".proj");
}

inline Matrix mlp(const Layers& layers, const Matrix& x, const std::string& name)
{
    return layers.linear(gelu(layers.linear(x, name + ".fc1")), name + ".fc2");
}

inline Matrix merged(const Matrix& x)
{
    const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(x.rows)) + 0.5),
               half = side / 2;
    Matrix y(half * half, 4 * x.columns);
    const std::int64_t order[4][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}};
    for (std::int64_t row = 0; row < half; ++row)
        for (std::int64_t column = 0; column < half; ++column)
            for (std::int64_t part = 0; part < 4; ++part)
                for (std::int64_t c = 0; c < x.columns; ++c)
                    y.at(row * half + column, part * x.columns + c) =
                        x.at((2 * row + order[part][0]) * side + 2 * column + order[part][1], c);
    return y;
}

inline std::vector<double> swin(const RandomVision& weights, const std::vector<float>& picture,
                                const std::vector<std::int64_t>& depths,
                                const std::vector<std::int64_t>& heads, std::int64_t patch,
                                std::int64_t window)
{
    const Layers layers(weights);
    Matrix x = layers.norm(layers.convolution(ofPicture(picture, 3), "patch_embed.proj", patch, 0),
                           "patch_embed.norm", 1e-5);
    for (std::size_t stage = 0; stage < depths.size(); ++stage) {
        const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(x.rows)) + 0.5);
        for (std::int64_t block = 0; block < depths[stage]; ++block) {
            const std::string name = fmt::format("layers.{}.blocks.{}", stage, block);
            const std::int64_t shift = block % 2 == 1 && side > window ? window / 2 : 0;
            x = plus(x, swinAttention(layers, layers.norm(x, name + ".norm1", 1e-5), name + ".attn",
                                      heads[stage], window, shift));
            x = plus(x, mlp(layers, layers.norm(x, name + ".norm2", 1e-5), name + ".mlp"));
        }
        if (stage + 1 == depths.size())
            break;
        const std::string name = fmt::format("layers.{}.downsample", stage);
        x = layers.linear(layers.norm(merged(x), name + ".norm", 1e-5), name + ".reduction");
    }
    return layers.linear(mean(layers.norm(x, "norm", 1e-5)), "head").values;
}

inline std::vector<double> pvt(const RandomVision& weights, const std::vector<float>& picture,
                               const std::vector<std::int64_t>& depths,
                               const std::vector<std::int64_t>& heads,
                               const std::vector<std::int64_t>& reductions)
{
    const Layers layers(weights);
    Matrix x = ofPicture(picture, 3);
    for (std::size_t stage = 0; stage < depths.size(); ++stage) {
        const std::string embed = fmt::format("patch_embed{}", stage + 1);
        x = layers.norm(
            layers.convolution(x, embed + ".proj", stage == 0 ? 4 : 2, stage == 0 ? 3 : 1),
            embed + ".norm", 1e-5);
        for (std::int64_t block = 0; block < depths[stage]; ++block) {
            const std::string name = fmt::format("block{}.{}", stage + 1, block);
            const Matrix normed = layers.norm(x, name + ".norm1", 1e-6);
            const Matrix q = layers.linear(normed, name + ".attn.q");
            const Matrix source = reductions[stage] == 1
                                      ? normed
                                      : layers.norm(layers.convolution(normed, name + ".attn.sr",
                                                                       reductions[stage], 0),
                                                    name + ".attn.norm", 1e-5);
            const Matrix kv = layers.linear(source, name + ".attn.kv");
            const std::int64_t dim = x.columns / heads[stage];
            Matrix out(x.rows, x.columns);
            for (std::int64_t head = 0; head < heads[stage]; ++head)
                attendHead(
                    q, head * dim, kv, head * dim, kv, x.columns + head * dim, dim,
                    [](std::int64_t, std::int64_t) { return 0.0; }, out, head * dim);
            x = plus(x, layers.linear(out, name + ".attn.proj"));
            const Matrix hidden = layers.convolution(
                layers.linear(layers.norm(x, name + ".norm2", 1e-6), name + ".mlp.fc1"),
                name + ".mlp.dwconv.dwconv", 1, 1);
            x = plus(x, layers.linear(gelu(hidden), name + ".mlp.fc2"));
        }
        x = layers.norm(x, fmt::format("norm{}", stage + 1), 1e-6);
    }
    return layers.linear(mean(x), "head").values;
}

} // namespace vitrine::tests::reference
