#include "core/attention/picture/picture_capture.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/multiply.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>

namespace vitrine::attention
{
namespace
{

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Copies what the places need while a pass makes it.
class Listener
{
public:
    Listener(const model::VisionModel& model, PictureTensors& result)
        : places_(attentionPlaces(model.network())), result_(result)
    {
        for (const AttentionPlace& place : places_)
            result.layers.push_back(place.layer);
        result.tensors.resize(places_.size());
        result.prefixNames = prefixNames(model.network());
    }

    void hear(const model::LayerOutput& output)
    {
        for (std::size_t i = 0; i < places_.size(); ++i) {
            const AttentionPlace& place = places_[i];
            LayerTensors& to = result_.tensors[i];
            to.heads.resize(static_cast<std::size_t>(place.layer.heads));
            to.values.resize(to.heads.size());
            for (std::size_t head = 0; head < to.heads.size(); ++head) {
                const std::int64_t step = static_cast<std::int64_t>(head) * place.headStep;
                if (output.layer == place.queriesAt)
                    to.heads[head].queries = columns(place, output, place.queryColumn + step);
                if (output.layer == place.keysAt)
                    to.heads[head].keys = columns(place, output, place.keyColumn + step);
                if (output.layer == place.valuesAt)
                    to.values[head] = columns(place, output, place.valueColumn + step);
            }
            if (output.layer == place.blockEnd)
                to.norms = normsOf(output);
        }
    }

    Result<void> readBias(const model::Checkpoint& checkpoint);

private:
    // Of windows the rows are put back where they are in the map.
    static std::vector<float> columns(const AttentionPlace& place, const model::LayerOutput& from,
                                      std::int64_t first)
    {
        const std::int64_t dim = place.layer.dim, w = place.layer.window,
                           side = place.layer.queries.columns;
        std::vector<float> values(static_cast<std::size_t>(from.rows * dim));
        for (std::int64_t row = 0; row < from.rows; ++row) {
            std::int64_t to = row;
            if (place.layer.kind == AttentionKind::windows) {
                const std::int64_t window = row / (w * w), within = row % (w * w);
                const std::int64_t y = window / (side / w) * w + within / w,
                                   x = window % (side / w) * w + within % w;
                to = (y + place.layer.offset) % side * side + (x + place.layer.offset) % side;
            }
            std::copy_n(from.values.begin() + row * from.columns + first, dim,
                        values.begin() + to * dim);
        }
        return values;
    }

    static std::vector<float> normsOf(const model::LayerOutput& output)
    {
        std::vector<float> norms(static_cast<std::size_t>(output.rows));
        for (std::int64_t row = 0; row < output.rows; ++row) {
            double sum = 0;
            for (std::int64_t c = 0; c < output.columns; ++c) {
                const auto value = static_cast<double>(
                    output.values[static_cast<std::size_t>(row * output.columns + c)]);
                sum += value * value;
            }
            norms[static_cast<std::size_t>(row)] = static_cast<float>(std::sqrt(sum));
        }
        return norms;
    }

    std::vector<AttentionPlace> places_;
    PictureTensors& result_;
};

Result<void> Listener::readBias(const model::Checkpoint& checkpoint)
{
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (places_[i].biasTable.empty())
            continue;
        VITRINE_TRY(const TensorView view, checkpoint.tensor(places_[i].biasTable));
        const std::vector<float> table = toFloat(view);
        std::vector<HeadTensors>& heads = result_.tensors[i].heads;
        for (std::size_t place = 0; place < table.size(); ++place)
            heads[place % heads.size()].bias.push_back(table[place]);
    }
    return {};
}

// Squared distances along one side, in shares of it, of the middle of a place to those of the other
// grid's places.
std::vector<double> squaredAlong(std::int64_t place, std::int64_t places, std::int64_t others)
{
    const auto middle = [](std::int64_t i, std::int64_t count) {
        return (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    };
    std::vector<double> squared(static_cast<std::size_t>(others));
    for (std::int64_t other = 0; other < others; ++other) {
        const double apart = middle(other, others) - middle(place, places);
        squared[static_cast<std::size_t>(other)] = apart * apart;
    }
    return squared;
}

// Pixels from a patch of the queries to all of the keys.
std::vector<double> distancesFrom(const PictureLayer& layer, std::int64_t patch, std::int64_t side)
{
    const TokenGrid &from = layer.queries, &to = layer.keys;
    const auto down = squaredAlong(patch / from.columns, from.rows, to.rows),
               across = squaredAlong(patch % from.columns, from.columns, to.columns);
    std::vector<double> distances;
    distances.reserve(static_cast<std::size_t>(to.patches()));
    for (const double y : down)
        for (const double x : across)
            distances.push_back(static_cast<double>(side) * std::sqrt(x + y));
    return distances;
}

double squares(std::span<const float> values)
{
    double sum = 0;
    for (const float value : values)
        sum += static_cast<double>(value) * static_cast<double>(value);
    return sum;
}

double squaredDistance(std::span<const float> a, std::span<const float> b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        sum += difference * difference;
    }
    return sum;
}

double relative(double squaredError, double squaredSize)
{
    return squaredSize > 0 ? std::sqrt(squaredError / squaredSize) : kNone;
}

// Looks at one head, some rows at a time.
class HeadLooker
{
public:
    HeadLooker(const PictureTensors& picture, std::size_t layer, std::size_t head,
               std::int64_t side)
        : layer_(picture.layers[layer]),
          values_(picture.tensors[layer].values[head]),
          side_(side),
          hasClass_(!picture.prefixNames.empty()),
          registers_(static_cast<std::int64_t>(
              std::ranges::count_if(picture.prefixNames, [](const std::string& name) {
                  return name.starts_with("register");
              })))
    {
        look_.layer = static_cast<std::int64_t>(layer);
        look_.head = static_cast<std::int64_t>(head);
        const HeadTensors& tensors = picture.tensors[layer].heads[head];
        own_.emplace_back(layer_, tensors, ownAttending(layer_));
        for (const Attending other : {Attending::softmax, Attending::reluLinear, Attending::taylor})
            if (other != ownAttending(layer_) && canAttend(layer_, other)) {
                others_.emplace_back(layer_, tensors, other);
                look_.standIns.push_back({other, 0, 0, 0});
            }
        if (layer_.kind != AttentionKind::windows)
            for (const Attending scored : {Attending::softmax, Attending::taylor})
                scored_.emplace_back(layer_, tensors, scored);
    }

    HeadLook look()
    {
        const std::int64_t queries = own_[0].queries();
        sums_.resize(static_cast<std::size_t>(own_[0].keys()));
        for (std::int64_t first = 0; first < queries; first += kRowsTogether)
            lookAt(first, std::min(kRowsTogether, queries - first));
        finish(static_cast<double>(queries));
        return std::move(look_);
    }

private:
    void lookAt(std::int64_t first, std::int64_t count)
    {
        const auto width = static_cast<std::size_t>(own_[0].keys());
        weights_.resize(static_cast<std::size_t>(count) * width);
        own_[0].rows(first, weights_);
        for (std::int64_t i = 0; i < count; ++i)
            addRow(first + i,
                   std::span(weights_).subspan(static_cast<std::size_t>(i) * width, width));
        const std::vector<float> output = times(weights_);
        mapSize_ += squares(weights_);
        outputSize_ += squares(output);
        for (std::size_t i = 0; i < others_.size(); ++i) {
            other_.resize(weights_.size());
            others_[i].rows(first, other_);
            StandIn& standIn = look_.standIns[i];
            standIn.mapError += squaredDistance(other_, weights_);
            standIn.outputError += squaredDistance(times(other_), output);
            standIn.negativeShare += static_cast<double>(
                std::ranges::count_if(other_, [](float weight) { return weight < 0; }));
        }
        for (std::size_t i = 0; i < scored_.size(); ++i) {
            other_.resize(weights_.size());
            scored_[i].scores(first, other_);
            (i == 0 ? look_.inside : look_.insideCentred) +=
                static_cast<double>(std::ranges::count_if(
                    other_, [](float score) { return score >= -1 && score < 1; }));
        }
    }

    void addRow(std::int64_t query, std::span<const float> row)
    {
        double entropy = 0;
        for (std::size_t key = 0; key < row.size(); ++key) {
            const auto weight = static_cast<double>(row[key]);
            sums_[key] += weight;
            if (weight != 0)
                entropy -= weight * std::log(weight);
        }
        look_.entropy += entropy;
        if (hasClass_ && query > 0)
            look_.classMass += static_cast<double>(row[0]);
        for (std::int64_t i = 0; i < registers_; ++i)
            look_.registerMass +=
                static_cast<double>(row[static_cast<std::size_t>(layer_.keys.prefix - 1 - i)]);
        const std::int64_t patch = query - layer_.queries.prefix;
        if (patch < 0)
            return;
        const auto distances = distancesFrom(layer_, patch, side_);
        double far = 0, all = 0;
        for (std::size_t key = 0; key < distances.size(); ++key) {
            const auto weight =
                static_cast<double>(row[static_cast<std::size_t>(layer_.keys.prefix) + key]);
            far += weight < 0 ? kNone : weight * distances[key];
            all += weight;
        }
        if (all > 0) {
            look_.distance += far / all;
            ++placed_;
        } else if (std::isnan(all)) {
            look_.distance = kNone;
        }
    }

    std::vector<float> times(std::span<const float> weights) const
    {
        const std::int64_t keys = own_[0].keys(),
                           count = static_cast<std::int64_t>(weights.size()) / keys;
        std::vector<float> output(static_cast<std::size_t>(count * layer_.dim));
        kernels::gemm(false, count, layer_.dim, keys, weights.data(), keys, values_.data(),
                      layer_.dim, false, output.data(), layer_.dim);
        return output;
    }

    void finish(double queries)
    {
        const double weights = queries * static_cast<double>(own_[0].keys());
        for (const double sum : sums_)
            look_.received.push_back(static_cast<float>(sum / queries));
        look_.classMass = hasClass_ && queries > 1 ? look_.classMass / (queries - 1) : kNone;
        look_.registerMass = registers_ > 0 ? look_.registerMass / queries : kNone;
        look_.entropy /= queries;
        look_.distance = placed_ > 0 ? look_.distance / static_cast<double>(placed_) : kNone;
        look_.inside = scored_.empty() ? kNone : look_.inside / weights;
        look_.insideCentred = scored_.empty() ? kNone : look_.insideCentred / weights;
        for (StandIn& standIn : look_.standIns) {
            standIn.mapError = relative(standIn.mapError, mapSize_);
            standIn.outputError = relative(standIn.outputError, outputSize_);
            standIn.negativeShare /= weights;
        }
    }

    const PictureLayer& layer_;
    const std::vector<float>& values_;
    std::int64_t side_;
    bool hasClass_;
    std::int64_t registers_, placed_ = 0;
    std::vector<HeadMap> own_, others_, scored_; // own_: one
    std::vector<double> sums_;
    double mapSize_ = 0, outputSize_ = 0;
    std::vector<float> weights_, other_;
    HeadLook look_;
};

} // namespace

Result<PictureTensors> capturePicture(const model::VisionModel& model,
                                      std::span<const float> picture)
{
    // Maps of the other layers alone would look like those of the whole network.
    for (const model::NetworkLayer& layer : model.network().layers)
        if (layer.shape.kind == model::LayerKind::context && !layer.method.empty())
            return inputError("{} has binary attention (\"{}\", ShiftAddViT), whose maps are not "
                              "supported here",
                              model.network().name, layer.shape.name);
    PictureTensors result;
    Listener listener(model, result);
    if (result.layers.empty())
        return inputError("{} has no attention", model.network().name);
    if (hasSparsePart(model.network()))
        return inputError(
            "{} has a sparse part beside its Taylor attention, which is not shown; the "
            "same model without it can be",
            model.network().name);
    VITRINE_TRY(result.output,
                model.run(picture, {.observe = [&](const model::LayerOutput& output) {
                              listener.hear(output);
                          }}));
    VITRINE_CHECK(listener.readBias(model.checkpoint()));
    return result;
}

Result<std::vector<HeadLook>> lookAtHeads(const PictureTensors& picture, std::int64_t side,
                                          const std::function<bool(std::size_t)>& onHead)
{
    std::vector<std::pair<std::size_t, std::size_t>> all;
    for (std::size_t layer = 0; layer < picture.layers.size(); ++layer)
        for (std::size_t head = 0; head < picture.tensors[layer].heads.size(); ++head)
            all.emplace_back(layer, head);
    std::vector<HeadLook> looks(all.size());
    constexpr std::size_t kTogether = 16; // heads between two looks at whether to stop
    for (std::size_t done = 0; done < all.size(); done += kTogether) {
        if (onHead && !onHead(done))
            return cancelled();
        parallelFor(std::min(kTogether, all.size() - done), [&](std::size_t i) {
            const auto [layer, head] = all[done + i];
            looks[done + i] = HeadLooker(picture, layer, head, side).look();
        });
    }
    return looks;
}

double uniformDistance(const PictureLayer& layer, std::int64_t side)
{
    double sum = 0;
    for (std::int64_t patch = 0; patch < layer.queries.patches(); ++patch)
        for (const double distance : distancesFrom(layer, patch, side))
            sum += distance;
    return sum / static_cast<double>(layer.queries.patches() * layer.keys.patches());
}

double uniformEntropy(const PictureLayer& layer)
{
    return std::log(static_cast<double>(
        layer.kind == AttentionKind::windows ? layer.window * layer.window : layer.keys.tokens()));
}

} // namespace vitrine::attention
