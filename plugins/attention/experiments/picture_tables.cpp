#include "plugins/attention/experiments/picture_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine::attention_plugin
{
namespace
{

using attention::HeadLook;

constexpr double kUnsaid = std::numeric_limits<double>::quiet_NaN();
constexpr double kSinkOverUniform = 5, kSinkMass = 0.1, kStrongSinkMass = 0.3;
constexpr int kFirstLayerOfMass = 2;

Cell number(double value)
{
    return std::isnan(value) ? Cell() : Cell(value);
}

template <typename Items, typename Measure>
double meanOver(const Items& items, Measure measure)
{
    double sum = 0;
    std::size_t count = 0;
    for (const auto& item : items) {
        sum += measure(item);
        ++count;
    }
    return count > 0 ? sum / static_cast<double>(count) : kUnsaid;
}

class Describer
{
public:
    Describer(const PictureSet& set, const PictureRules& rules, RunResult& result)
        : set_(set), rules_(rules), result_(result), heads_(set.pictures.front().looks.size())
    {
    }

    void run()
    {
        addPictures();
        addHeads();
        addStandIns();
        addSinks();
        addNorms();
        addAnswers();
        addMetrics();
    }

private:
    const HeadLook& look(const LookedAt& picture, std::size_t head) const
    {
        return picture.looks[head];
    }
    const attention::PictureLayer& layerOf(std::size_t head) const
    {
        return set_.layers[static_cast<std::size_t>(set_.pictures.front().looks[head].layer)];
    }
    template <typename Measure>
    double mean(std::size_t head, Measure measure) const
    {
        return meanOver(set_.pictures,
                        [&](const LookedAt& picture) { return measure(picture.looks[head]); });
    }

    bool isSink(const HeadLook& head, std::size_t key) const
    {
        return static_cast<double>(head.received[key]) * static_cast<double>(head.received.size()) >
               rules_.alpha;
    }
    double sinks(const HeadLook& head) const
    {
        double count = 0;
        for (std::size_t key = 0; key < head.received.size(); ++key) {
            if (std::isnan(head.received[key]))
                return kUnsaid;
            count += isSink(head, key) ? 1 : 0;
        }
        return count;
    }
    double sinkMass(const HeadLook& head) const
    {
        double mass = 0;
        for (std::size_t key = 0; key < head.received.size(); ++key)
            mass += std::isnan(head.received[key]) ? kUnsaid
                    : isSink(head, key)            ? static_cast<double>(head.received[key])
                                                   : 0;
        return mass;
    }
    // 0, or 1 for a first-token sink, 2 for a strong one, as in texts.
    double classSink(std::size_t head) const
    {
        const double mass = mean(head, [](const HeadLook& look) { return look.classMass; });
        if (std::isnan(mass))
            return kUnsaid;
        const double uniform = 1.0 / static_cast<double>(layerOf(head).keys.tokens());
        if (mass < kSinkOverUniform * uniform || mass < kSinkMass)
            return 0;
        return mass >= kStrongSinkMass ? 2 : 1;
    }
    std::int64_t highPatches(const LookedAt& picture, std::size_t layer) const
    {
        return normLook(picture.norms[layer], set_.layers[layer].queries.prefix, rules_.normFactor)
            .high;
    }

    void addPictures();
    void addHeads();
    void addStandIns();
    void addSinks();
    void addNorms();
    void addAnswers();
    void addMetrics();
    std::string keyName(const attention::PictureLayer& layer, std::int64_t key) const;
    void metric(const char* name, double value, const char* unit, std::string help)
    {
        result_.metrics.push_back({name, value, unit, Origin::computed, std::move(help)});
    }

    const PictureSet& set_;
    const PictureRules& rules_;
    RunResult& result_;
    std::size_t heads_;
};

void Describer::addPictures()
{
    Table table{
        "pictures",
        {{"file", "", {}, "What is kept of it"},
         {"picture", "", {}, "Its name"},
         {"answer", "", {}, "The class with the largest logit; none: the model has no head"},
         {"probability", "1", {}, "Of the answer"},
         {"high_norm_patches",
          "1",
          {},
          "Patches of the last layer whose norm is above norm_factor medians"},
         {"sinks", "1", {}, "Keys that the rule flags, counted in every head"}},
        {}};
    for (const LookedAt& picture : set_.pictures) {
        const double all =
            static_cast<double>(picture.looks.size()) *
            meanOver(picture.looks, [&](const HeadLook& head) { return sinks(head); });
        table.rows.push_back(
            {picture.file, picture.name, picture.top.empty() ? Cell() : Cell(picture.top[0]),
             picture.top.empty() ? Cell() : Cell(static_cast<double>(picture.topProbability[0])),
             highPatches(picture, set_.layers.size() - 1),
             std::isnan(all) ? Cell() : Cell(std::int64_t{std::llround(all)})});
    }
    result_.tables.push_back(std::move(table));
}

void Describer::addHeads()
{
    Table table{
        "heads",
        {{"layer", "1", {}, "Attention layer, counted from 0"},
         {"head", "1", {}, "Head, counted from 0"},
         {"name", "", {}, "The layer's name in the checkpoint"},
         {"class_mass", "1", {}, "Mean weight that other tokens give to the class token"},
         {"class_sink",
          "1",
          {},
          "1: at least 5 times the uniform mass and 0.1; 2: at least 0.3 as well"},
         {"register_mass", "1", {}, "Mean weight that all tokens give to registers together"},
         {"sinks", "1", {}, "Keys whose mean weight is above alpha / keys"},
         {"sink_mass", "1", {}, "Mean weight that all tokens give to these keys together"},
         {"entropy", "nat", {}, "Mean over queries of -sum_j A ln A"},
         {"entropy_over_uniform", "1", {}, "The same over that of uniform attention"},
         {"distance",
          "px",
          {},
          "Mean over patches of the distance to the patches they look at, by weight (Dosovitskiy "
          "et al. 2021, figure 7)"},
         {"distance_over_uniform", "1", {}, "The same over that of uniform attention"},
         {"scores_inside", "1", {}, "Share of q k / sqrt(d) in [-1, 1)"},
         {"scores_inside_centred",
          "1",
          {},
          "The same with the mean of the keys taken off (ViTALiTy, figure 3)"}},
        {}};
    for (std::size_t head = 0; head < heads_; ++head) {
        const HeadLook& first = set_.pictures.front().looks[head];
        const attention::PictureLayer& layer = layerOf(head);
        const auto of = [&](double HeadLook::*value) {
            return mean(head, [&](const HeadLook& one) { return one.*value; });
        };
        const double entropy = of(&HeadLook::entropy), distance = of(&HeadLook::distance);
        table.rows.push_back(
            {first.layer, first.head, layer.name, number(of(&HeadLook::classMass)),
             number(classSink(head)), number(of(&HeadLook::registerMass)),
             number(mean(head, [&](const HeadLook& one) { return sinks(one); })),
             number(mean(head, [&](const HeadLook& one) { return sinkMass(one); })),
             number(entropy), number(entropy / attention::uniformEntropy(layer)), number(distance),
             number(distance / attention::uniformDistance(layer, set_.side)),
             number(of(&HeadLook::inside)), number(of(&HeadLook::insideCentred))});
    }
    result_.tables.push_back(std::move(table));
}

void Describer::addStandIns()
{
    Table table{
        "standins",
        {{"layer", "1", {}, "Attention layer, counted from 0"},
         {"head", "1", {}, "Head, counted from 0"},
         {"attention", "", {}, "What stands in for the head's own"},
         {"map_error", "1", {}, "||A' - A|| / ||A||, Frobenius, on the same queries and keys"},
         {"output_error", "1", {}, "||A' V - A V|| / ||A V||, on the same values too"},
         {"negative_share", "1", {}, "Share of weights of A' below 0"}},
        {}};
    for (std::size_t head = 0; head < heads_; ++head) {
        const HeadLook& first = set_.pictures.front().looks[head];
        for (std::size_t i = 0; i < first.standIns.size(); ++i) {
            const auto of = [&](double attention::StandIn::*value) {
                return number(
                    mean(head, [&](const HeadLook& one) { return one.standIns[i].*value; }));
            };
            table.rows.push_back(
                {first.layer, first.head,
                 std::string(attention::attendingName(first.standIns[i].attending)),
                 of(&attention::StandIn::mapError), of(&attention::StandIn::outputError),
                 of(&attention::StandIn::negativeShare)});
        }
    }
    result_.tables.push_back(std::move(table));
}

std::string Describer::keyName(const attention::PictureLayer& layer, std::int64_t key) const
{
    if (key < layer.keys.prefix)
        return set_.prefixNames[static_cast<std::size_t>(key)];
    const std::int64_t patch = key - layer.keys.prefix;
    return fmt::format("patch {}, {}", patch / layer.keys.columns, patch % layer.keys.columns);
}

void Describer::addSinks()
{
    Table table{
        "sinks",
        {{"picture", "", {}, "Its name"},
         {"layer", "1", {}, "Attention layer, counted from 0"},
         {"head", "1", {}, "Head, counted from 0"},
         {"key", "1", {}, "Token of the layer, counted from 0"},
         {"token", "", {}, "What it is: a token before the patches, or a patch by row and column"},
         {"score", "1", {}, "Mean weight that all tokens give to it"},
         {"score_over_uniform", "1", {}, "The same over 1 / keys"}},
        {}};
    for (const LookedAt& picture : set_.pictures)
        for (std::size_t head = 0; head < heads_; ++head) {
            const HeadLook& one = picture.looks[head];
            for (std::size_t key = 0; key < one.received.size(); ++key)
                if (isSink(one, key))
                    table.rows.push_back({picture.name, one.layer, one.head,
                                          static_cast<std::int64_t>(key),
                                          keyName(layerOf(head), static_cast<std::int64_t>(key)),
                                          static_cast<double>(one.received[key]),
                                          static_cast<double>(one.received[key]) *
                                              static_cast<double>(one.received.size())});
        }
    result_.tables.push_back(std::move(table));
}

void Describer::addNorms()
{
    Table table{"norms",
                {{"picture", "", {}, "Its name"},
                 {"layer", "1", {}, "Attention layer, counted from 0"},
                 {"median", "1", {}, "Of the lengths of the patches, as the block gives them"},
                 {"largest", "1", {}, "Of them"},
                 {"high", "1", {}, "Patches above norm_factor medians"}},
                {}};
    for (const LookedAt& picture : set_.pictures)
        for (std::size_t layer = 0; layer < set_.layers.size(); ++layer) {
            const NormLook look = normLook(picture.norms[layer], set_.layers[layer].queries.prefix,
                                           rules_.normFactor);
            table.rows.push_back({picture.name, static_cast<std::int64_t>(layer),
                                  number(look.median), number(look.largest), look.high});
        }
    result_.tables.push_back(std::move(table));
}

void Describer::addAnswers()
{
    if (set_.pictures.front().top.empty())
        return;
    Table table{"answers",
                {{"picture", "", {}, "Its name"},
                 {"place", "1", {}, "1: the largest logit"},
                 {"answer", "", {}, "The class"},
                 {"probability", "1", {}, "Softmax of the logits"},
                 {"logit", "1", {}, "The logit"}},
                {}};
    for (const LookedAt& picture : set_.pictures)
        for (std::size_t place = 0; place < picture.top.size(); ++place)
            table.rows.push_back({picture.name, static_cast<std::int64_t>(place + 1),
                                  picture.top[place],
                                  static_cast<double>(picture.topProbability[place]),
                                  static_cast<double>(picture.topLogit[place])});
    result_.tables.push_back(std::move(table));
}

void Describer::addMetrics()
{
    std::vector<std::size_t> all(heads_), late;
    for (std::size_t head = 0; head < heads_; ++head) {
        all[head] = head;
        if (set_.pictures.front().looks[head].layer >= kFirstLayerOfMass)
            late.push_back(head);
    }
    const auto meanOfHeads = [&](const std::vector<std::size_t>& heads, auto measure) {
        return meanOver(heads, [&](std::size_t head) { return mean(head, measure); });
    };
    const auto share = [&](double least) {
        return meanOver(all, [&](std::size_t head) {
            const double grade = classSink(head);
            return std::isnan(grade) ? grade : grade >= least ? 1.0 : 0.0;
        });
    };
    std::int64_t most = 0;
    for (const attention::PictureLayer& layer : set_.layers)
        most = std::max(most, layer.heads);
    metric("pictures", static_cast<double>(set_.pictures.size()), "1", "Looked at");
    metric("tokens", static_cast<double>(set_.layers.front().queries.tokens()), "1",
           "Tokens of the first attention layer");
    metric("layers", static_cast<double>(set_.layers.size()), "1", "Attention layers");
    metric("heads", static_cast<double>(most), "1", "Heads of the layer that has most");
    if (!set_.prefixNames.empty()) {
        metric("first_token_mass",
               meanOfHeads(late, [](const HeadLook& head) { return head.classMass; }), "1",
               "Mean over heads of layers >= 2 of the mean weight that other tokens give to the "
               "class token");
        metric("sink_heads_share", share(1), "1",
               "Share of heads whose class token receives at least 5 times the uniform mass and "
               "0.1");
        metric("strong_sink_heads_share", share(2), "1", "The same with at least 0.3");
    }
    metric("later_sinks",
           static_cast<double>(heads_) *
               meanOfHeads(all,
                           [&](const HeadLook& head) {
                               return sinks(head) -
                                      (!set_.prefixNames.empty() && isSink(head, 0) ? 1 : 0);
                           }),
           "1",
           "Keys but the class token that receive more than alpha / keys, counted in every head; "
           "mean over pictures");
    metric("entropy_mean", meanOfHeads(all, [](const HeadLook& head) { return head.entropy; }),
           "nat", "Mean over heads and queries of -sum_j A ln A");
    metric("distance_mean", meanOfHeads(all, [](const HeadLook& head) { return head.distance; }),
           "px", "Mean over heads of the distance at which patches look");
    metric("high_norm_patches",
           meanOver(set_.pictures,
                    [&](const LookedAt& picture) {
                        return static_cast<double>(highPatches(picture, set_.layers.size() - 1));
                    }),
           "1",
           "Patches of the last layer whose norm is above norm_factor medians; mean over pictures");
}

} // namespace

NormLook normLook(std::span<const float> norms, std::int64_t prefix, double factor)
{
    std::vector<float> patches(norms.begin() + prefix, norms.end());
    std::ranges::sort(patches);
    if (patches.empty() ||
        std::ranges::any_of(patches, [](float norm) { return std::isnan(norm); }))
        return {kUnsaid, kUnsaid, 0};
    NormLook look;
    const std::size_t half = patches.size() / 2;
    look.median =
        patches.size() % 2 == 1
            ? static_cast<double>(patches[half])
            : (static_cast<double>(patches[half - 1]) + static_cast<double>(patches[half])) / 2;
    look.largest = static_cast<double>(patches.back());
    look.high = std::ranges::count_if(
        patches, [&](float norm) { return static_cast<double>(norm) > factor * look.median; });
    return look;
}

void describe(const PictureSet& set, const PictureRules& rules, RunResult& result)
{
    Describer(set, rules, result).run();
}

} // namespace vitrine::attention_plugin
