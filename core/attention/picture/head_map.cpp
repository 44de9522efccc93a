#include "core/attention/picture/head_map.h"

#include "core/tensor/kernels/multiply.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

namespace vitrine::attention
{
namespace
{

constexpr std::array<std::string_view, 3> kAttendingNames = {"softmax", "relu-linear", "taylor"};

// Less its mean over the rows.
void centre(std::vector<float>& keys, std::int64_t dim)
{
    const std::int64_t rows = static_cast<std::int64_t>(keys.size()) / dim;
    for (std::int64_t c = 0; c < dim; ++c) {
        double sum = 0;
        for (std::int64_t row = 0; row < rows; ++row)
            sum += static_cast<double>(keys[static_cast<std::size_t>(row * dim + c)]);
        const double mean = sum / static_cast<double>(rows);
        for (std::int64_t row = 0; row < rows; ++row) {
            float& key = keys[static_cast<std::size_t>(row * dim + c)];
            key = static_cast<float>(static_cast<double>(key) - mean);
        }
    }
}

void clampBelow(std::vector<float>& values)
{
    for (float& value : values)
        value = value > 0 ? value : 0.0f * value; // keeps what is not a number
}

// Divides by the sum plus epsilon.
void share(std::span<float> row, double epsilon)
{
    double sum = epsilon;
    for (const float weight : row)
        sum += static_cast<double>(weight);
    for (float& weight : row)
        weight = static_cast<float>(static_cast<double>(weight) / sum);
}

void softmax(std::span<float> row)
{
    double most = -std::numeric_limits<double>::infinity(), sum = 0;
    for (const float score : row)
        most = std::max(most, static_cast<double>(score));
    for (float& score : row)
        sum += static_cast<double>(
            score = static_cast<float>(std::exp(static_cast<double>(score) - most)));
    for (float& score : row)
        score = static_cast<float>(static_cast<double>(score) / sum);
}

// A token of a map that is rolled and cut into windows.
struct InWindow {
    std::int64_t window = 0, row = 0, column = 0, region = 0;
};

InWindow inWindow(const PictureLayer& layer, std::int64_t token)
{
    const std::int64_t side = layer.queries.columns, w = layer.window;
    const auto rolled = [&](std::int64_t place) { return (place - layer.offset + side) % side; };
    const std::int64_t y = rolled(token / side), x = rolled(token % side);
    // In the last windows parts lie together that are apart in the map.
    const auto part = [&](std::int64_t place) {
        return layer.offset > 0 && place >= side - layer.offset ? 1 : 0;
    };
    return {y / w * (side / w) + x / w, y % w, x % w, 2 * part(y) + part(x)};
}

} // namespace

std::string_view attendingName(Attending attending)
{
    return kAttendingNames[static_cast<std::size_t>(attending)];
}

std::optional<Attending> parseAttending(std::string_view name)
{
    const auto found = std::ranges::find(kAttendingNames, name);
    if (found == kAttendingNames.end())
        return {};
    return static_cast<Attending>(found - kAttendingNames.begin());
}

Attending ownAttending(const PictureLayer& layer)
{
    return layer.kind == AttentionKind::linear   ? Attending::reluLinear
           : layer.kind == AttentionKind::taylor ? Attending::taylor
                                                 : Attending::softmax;
}

bool canAttend(const PictureLayer& layer, Attending attending)
{
    return layer.kind != AttentionKind::windows || attending == Attending::softmax;
}

HeadMap::HeadMap(const PictureLayer& layer, HeadTensors tensors, Attending attending)
    : layer_(layer), tensors_(std::move(tensors)), attending_(attending)
{
    assert(canAttend(layer, attending));
    assert(static_cast<std::int64_t>(tensors_.queries.size()) == queries() * layer.dim);
    assert(static_cast<std::int64_t>(tensors_.keys.size()) == keys() * layer.dim);
    if (attending == Attending::taylor)
        centre(tensors_.keys, layer.dim);
    if (attending == Attending::reluLinear) {
        clampBelow(tensors_.queries);
        clampBelow(tensors_.keys);
    }
}

void HeadMap::scores(std::int64_t first, std::span<float> out) const
{
    const std::int64_t count = static_cast<std::int64_t>(out.size()) / keys();
    kernels::gemm(true, count, keys(), layer_.dim, tensors_.queries.data() + first * layer_.dim,
                  layer_.dim, tensors_.keys.data(), layer_.dim, false, out.data(), keys());
    if (attending_ == Attending::reluLinear)
        return;
    const float scale = 1.0f / std::sqrt(static_cast<float>(layer_.dim));
    for (float& score : out)
        score *= scale;
}

void HeadMap::rows(std::int64_t first, std::span<float> out) const
{
    scores(first, out);
    const auto width = static_cast<std::size_t>(keys());
    for (std::size_t at = 0; at < out.size(); at += width)
        weigh(first + static_cast<std::int64_t>(at / width), out.subspan(at, width));
}

void HeadMap::weigh(std::int64_t query, std::span<float> row) const
{
    if (layer_.kind == AttentionKind::windows)
        return weighWindow(query, row);
    if (attending_ == Attending::softmax)
        return softmax(row);
    if (attending_ == Attending::taylor)
        for (float& score : row)
            score += 1;
    share(row, attending_ == Attending::reluLinear ? static_cast<double>(layer_.epsilon) : 0);
}

void HeadMap::weighWindow(std::int64_t query, std::span<float> row) const
{
    constexpr float kApart = -100; // as the original has it
    const InWindow from = inWindow(layer_, query);
    const std::int64_t w = layer_.window, reach = 2 * w - 1;
    std::vector<float> seen;
    std::vector<std::size_t> places;
    for (std::size_t key = 0; key < row.size(); ++key) {
        const InWindow to = inWindow(layer_, static_cast<std::int64_t>(key));
        if (to.window == from.window) {
            const std::int64_t down = from.row - to.row + w - 1,
                               right = from.column - to.column + w - 1;
            seen.push_back(row[key] +
                           tensors_.bias[static_cast<std::size_t>(down * reach + right)] +
                           (to.region == from.region ? 0 : kApart));
            places.push_back(key);
        }
        row[key] = 0;
    }
    softmax(seen);
    for (std::size_t i = 0; i < seen.size(); ++i)
        row[places[i]] = seen[i];
}

std::vector<float> HeadMap::row(std::int64_t query) const
{
    std::vector<float> weights(static_cast<std::size_t>(keys()));
    rows(query, weights);
    return weights;
}

std::vector<float> HeadMap::received() const
{
    const auto width = static_cast<std::size_t>(keys());
    std::vector<double> sums(width);
    std::vector<float> block;
    for (std::int64_t first = 0; first < queries(); first += kRowsTogether) {
        block.resize(static_cast<std::size_t>(std::min(kRowsTogether, queries() - first)) * width);
        rows(first, block);
        for (std::size_t i = 0; i < block.size(); ++i)
            sums[i % width] += static_cast<double>(block[i]);
    }
    std::vector<float> means(width);
    for (std::size_t key = 0; key < width; ++key)
        means[key] = static_cast<float>(sums[key] / static_cast<double>(queries()));
    return means;
}

} // namespace vitrine::attention
