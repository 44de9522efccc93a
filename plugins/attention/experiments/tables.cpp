#include "plugins/attention/experiments/tables.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <fmt/ranges.h>

#include "core/attention/capture.h"

namespace vitrine::attention_plugin
{

namespace
{

constexpr int kFirstSinkLayer = 2; // layers 0 and 1 are diffuse (ACT, section 5)
constexpr int kLaterRows = 8;

// Sinks and sink mass of every head; none where its map is not finite.
struct HeadSinks {
    std::vector<attention::Sink> sinks;
    attention::SinkMass mass;
    bool isFinite = true;
};

bool isFiniteHead(const CapturedHead& head)
{
    return std::isfinite(head.entropy) && std::isfinite(head.distance) &&
           std::isfinite(head.firstTokenMass) && attention::areFinite(head.columnScore);
}

std::vector<HeadSinks> allSinks(const Captured& captured, const attention::SinkOptions& options)
{
    std::vector<HeadSinks> result;
    for (const CapturedHead& head : captured.heads) {
        if (!isFiniteHead(head)) {
            result.push_back({{}, {}, false});
            continue;
        }
        auto sinks = attention::findSinks(head.columnScore, captured.columnRows, options);
        const attention::SinkMass mass = sinkMass(sinks, captured.tokens);
        result.push_back({std::move(sinks), mass});
    }
    return result;
}

Table headsTable(const Captured& captured, const std::vector<HeadSinks>& sinks)
{
    Table table{
        "heads",
        {{"layer", "1", {}, "Layer, counted from 0"},
         {"head", "1", {}, "Query head, counted from 0"},
         {"first_token_mass", "1", {}, "Mean weight that queries i >= 1 give to token 0"},
         {"first_token_mass_over_uniform",
          "1",
          {},
          "The same over uniform attention's (H(T) - 1)/(T - 1)"},
         {"first_token_sink",
          "1",
          {},
          "1: at least 5 times the uniform mass and 0.1; 2: at least 0.3 as well"},
         {"sink_mass", "1", {}, "Mean weight that queries i >= 1 give to the sinks of table sinks"},
         {"sink_mass_over_uniform",
          "1",
          {},
          "The same over what uniform attention gives to these columns"},
         {"sinks", "1", {}, "Columns that the chosen rule flags"},
         {"entropy", "nat", {}, "Mean over rows of -sum_j A ln A"},
         {"entropy_over_uniform", "1", {}, "The same over uniform attention's"},
         {"distance", "token", {}, "Mean over rows of sum_j A (i - j)"},
         {"distance_over_uniform", "1", {}, "The same over uniform attention's"}},
        {}};
    const double mass = attention::uniformFirstTokenMass(captured.tokens, captured.window);
    const double entropy = attention::uniformEntropy(captured.tokens, captured.window);
    const double distance = attention::uniformDistance(captured.tokens, captured.window);
    for (std::size_t i = 0; i < captured.heads.size(); ++i) {
        const CapturedHead& head = captured.heads[i];
        const auto grade =
            attention::hasStrongFirstTokenSink(head.firstTokenMass, captured.tokens,
                                               captured.window)
                ? 2
            : attention::hasFirstTokenSink(head.firstTokenMass, captured.tokens, captured.window)
                ? 1
                : 0;
        const double massRatio =
            sinks[i].sinks.empty() ? 0.0 : sinks[i].mass.mass / sinks[i].mass.uniform;
        table.rows.push_back({std::int64_t{head.layer}, std::int64_t{head.head},
                              head.firstTokenMass, head.firstTokenMass / mass, std::int64_t{grade},
                              sinks[i].mass.mass, massRatio,
                              static_cast<std::int64_t>(sinks[i].sinks.size()), head.entropy,
                              head.entropy / entropy, head.distance, head.distance / distance});
        const auto blank = [&](std::string_view column) {
            table.rows.back()[static_cast<std::size_t>(table.column(column))] = Cell();
        };
        if (sinks[i].sinks.empty())
            blank("sink_mass_over_uniform");
        if (!sinks[i].isFinite)
            for (const char* column : {"first_token_sink", "sink_mass", "sinks"})
                blank(column);
    }
    return table;
}

Table sinksTable(const Captured& captured, const std::vector<HeadSinks>& sinks)
{
    Table table{
        "sinks",
        {{"layer", "1", {}, "Layer, counted from 0"},
         {"head", "1", {}, "Query head, counted from 0"},
         {"position", "1", {}, "Column of the map: the key's place in the text"},
         {"token", "", {}, "The key's token"},
         {"score", "1", {}, "s[j]: mean weight from the queries that see it (ACT, section 3)"},
         {"score_over_uniform", "1", {}, "The same over uniform attention's u[j]"},
         {"rows", "1", {}, "Queries that see it"}},
        {}};
    for (std::size_t i = 0; i < captured.heads.size(); ++i)
        for (const attention::Sink& sink : sinks[i].sinks)
            table.rows.push_back({std::int64_t{captured.heads[i].layer},
                                  std::int64_t{captured.heads[i].head}, std::int64_t{sink.position},
                                  captured.pieces[static_cast<std::size_t>(sink.position)],
                                  sink.score, sink.scoreOverUniform, std::int64_t{sink.rows}});
    return table;
}

// Mean of measure(head) over the heads that `counts` lets through; NaN where there are none.
template <typename Measure, typename Counts>
double meanOf(const std::vector<CapturedHead>& heads, Measure measure, Counts counts)
{
    double sum = 0;
    int count = 0;
    for (const CapturedHead& head : heads) {
        if (!counts(head))
            continue;
        sum += measure(head);
        ++count;
    }
    return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

constexpr auto every = [](const CapturedHead&) { return true; };

struct LaterSinks {
    double columns = 0, positions = 0, headsShare = 0;
};

LaterSinks laterSinks(const std::vector<HeadSinks>& sinks)
{
    LaterSinks result;
    std::set<std::int32_t> positions;
    std::size_t headsWithSome = 0;
    for (const HeadSinks& head : sinks) {
        const auto isLater = [](const attention::Sink& sink) {
            return sink.position >= 1 && sink.rows >= kLaterRows;
        };
        const auto count = std::ranges::count_if(head.sinks, isLater);
        result.columns += static_cast<double>(count);
        headsWithSome += count > 0;
        for (const attention::Sink& sink : head.sinks)
            if (isLater(sink))
                positions.insert(sink.position);
    }
    result.positions = static_cast<double>(positions.size());
    if (!sinks.empty())
        result.headsShare = static_cast<double>(headsWithSome) / static_cast<double>(sinks.size());
    return result;
}

// "layer 1: heads 0, 2; layer 2: heads 0, 1, 2, 3": the heads whose maps are not finite, or
// nothing.
std::string notFiniteHeads(const Captured& captured, const std::vector<HeadSinks>& sinks)
{
    constexpr std::size_t kLayersInNote = 8;
    std::map<int, std::vector<int>> heads;
    for (std::size_t i = 0; i < sinks.size(); ++i)
        if (!sinks[i].isFinite)
            heads[captured.heads[i].layer].push_back(captured.heads[i].head);
    std::vector<std::string> layers;
    for (const auto& [layer, ofLayer] : heads)
        if (layers.size() < kLayersInNote)
            layers.push_back(fmt::format("layer {}: {} {}", layer,
                                         ofLayer.size() == 1 ? "head" : "heads",
                                         fmt::join(ofLayer, ", ")));
    const std::size_t more = heads.size() - layers.size();
    return fmt::format("{}{}", fmt::join(layers, "; "),
                       more > 0 ? fmt::format("; and {} more layers", more) : "");
}

void addMetrics(const Captured& captured, const std::vector<HeadSinks>& sinks, RunResult& result)
{
    const auto mass = [](const CapturedHead& head) { return head.firstTokenMass; };
    const double firstMass = captured.tokens < 2
                                 ? std::numeric_limits<double>::quiet_NaN()
                                 : meanOf(captured.heads, mass, [](const CapturedHead& head) {
                                       return head.layer >= kFirstSinkLayer;
                                   });
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    const std::string notFinite = notFiniteHeads(captured, sinks);
    const auto share = [&](auto isSink) {
        return notFinite.empty()
                   ? meanOf(
                         captured.heads,
                         [&](const CapturedHead& head) {
                             return isSink(head.firstTokenMass, captured.tokens, captured.window)
                                        ? 1.0
                                        : 0.0;
                         },
                         every)
                   : kUnknown;
    };
    const LaterSinks later =
        notFinite.empty() ? laterSinks(sinks) : LaterSinks{kUnknown, kUnknown, kUnknown};
    const auto add = [&](const char* name, double value, const char* unit, const char* help) {
        result.metrics.push_back({name, value, unit, Origin::computed, help});
    };
    add("tokens", static_cast<double>(captured.tokens), "1", "Tokens read, BOS among them");
    add("layers", static_cast<double>(captured.layers), "1", "Layers captured");
    add("heads", static_cast<double>(captured.headsPerLayer), "1", "Query heads per layer");
    add("first_token_mass", firstMass, "1",
        "Mean over heads of layers >= 2 of the mean weight that queries i >= 1 give to token 0");
    add("sink_heads_share", share(attention::hasFirstTokenSink), "1",
        "Share of heads whose first_token_mass is at least 5 times the uniform (H(T) - 1)/(T - 1) "
        "and at least 0.1");
    add("strong_sink_heads_share", share(attention::hasStrongFirstTokenSink), "1",
        "The same with at least 0.3: the usual measure in the literature, there at T = 64");
    add("later_sinks", later.columns, "1",
        "Columns j >= 1 with at least 8 supporting rows that the rule flags, counted in every "
        "head");
    add("later_sink_positions", later.positions, "1", "Different tokens among later_sinks");
    add("later_sink_heads_share", later.headsShare, "1",
        "Share of heads with at least one later sink");
    add("entropy_mean",
        meanOf(
            captured.heads, [](const CapturedHead& head) { return head.entropy; }, every),
        "nat", "Mean over heads and rows of -sum_j A ln A");
    if (!notFinite.empty())
        result.notes.push_back(fmt::format("The maps of these heads are not finite, so that "
                                           "figures over all heads are left out: {}.",
                                           notFinite));
    if (std::isnan(firstMass) && notFinite.empty())
        result.notes.push_back(captured.tokens < 2
                                   ? "One token has no first-token mass: no query comes after it."
                                   : "No first_token_mass: no layer from 2 on was captured.");
}

} // namespace

Captured captured(const model::ForwardResult& result, const std::vector<int>& layers,
                  std::int64_t window, std::vector<std::string> pieces)
{
    Captured out;
    out.tokens = result.tokens;
    out.window = window;
    out.layers = static_cast<std::int64_t>(layers.size());
    out.pieces = std::move(pieces);
    out.columnRows = attention::columnRows(result.tokens, window);
    for (const int layer : layers) {
        const auto& heads = result.summaries.at(static_cast<std::size_t>(layer));
        out.headsPerLayer = static_cast<std::int64_t>(heads.size());
        for (std::size_t head = 0; head < heads.size(); ++head)
            out.heads.push_back({layer, static_cast<int>(head), attention::columnScore(heads[head]),
                                 heads[head].firstTokenMass, heads[head].entropy,
                                 heads[head].distance});
    }
    return out;
}

void describe(const Captured& captured, const attention::SinkOptions& options, RunResult& result)
{
    const auto sinks = allSinks(captured, options);
    addMetrics(captured, sinks, result);
    result.tables.push_back(headsTable(captured, sinks));
    result.tables.push_back(sinksTable(captured, sinks));
}

} // namespace vitrine::attention_plugin
