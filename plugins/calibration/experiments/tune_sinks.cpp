#include "plugins/calibration/experiments/tune_sinks.h"

#include "core/attention/capture.h"

#include <algorithm>
#include <map>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr std::int64_t kBuckets = 10;
constexpr std::size_t kTokens = 30; // different tokens that the census lists

// Mean weight that rows i >= 1 give to the columns of these sinks together.
double massOn(const std::vector<attention::Sink>& sinks, const std::vector<float>& score,
              std::int64_t tokens)
{
    if (tokens < 2)
        return 0;
    double sum = 0;
    for (const attention::Sink& sink : sinks)
        sum += static_cast<double>(score[static_cast<std::size_t>(sink.position)]) * sink.rows -
               (sink.position == 0 ? 1 : 0); // row 0 gives everything to column 0
    return sum / static_cast<double>(tokens - 1);
}

const attention::CalibratedHead* find(const std::vector<attention::CalibratedHead>& heads,
                                      model::LayerHead where)
{
    const auto found = std::ranges::find(heads, where, &attention::CalibratedHead::where);
    return found == heads.end() ? nullptr : &*found;
}

bool contains(const std::vector<std::int32_t>& columns, std::int32_t column)
{
    return std::ranges::binary_search(columns, column);
}

// Columns to list of a head: flagged in the original map, detected or shrunk in the calibrated run.
std::vector<std::int32_t> listedSinks(const HeadFindings& head)
{
    std::vector<std::int32_t> columns;
    for (const attention::Sink& sink : head.before)
        columns.push_back(sink.position);
    if (head.calibrated)
        for (const auto* more : {&head.calibrated->detected, &head.calibrated->columns})
            columns.insert(columns.end(), more->begin(), more->end());
    std::ranges::sort(columns);
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    // Heaviest first, as everywhere.
    std::ranges::stable_sort(columns, std::ranges::greater{}, [&](std::int32_t column) {
        return head.score[static_cast<std::size_t>(column)];
    });
    return columns;
}

std::int64_t bucketOf(std::int32_t position, std::int64_t tokens)
{
    return position * kBuckets / tokens;
}

struct BeforeAfter {
    std::int64_t before = 0, after = 0;
};

} // namespace

std::vector<HeadFindings> findingsOf(const OriginalPass& original, const ChangedPass& changed,
                                     std::int64_t window)
{
    const std::int64_t tokens = original.forward.tokens;
    const auto rows = attention::columnRows(tokens, window);
    const auto& options = changed.plan.calibration.sinks;
    std::vector<HeadFindings> heads;
    for (std::size_t l = 0; l < original.forward.summaries.size(); ++l)
        for (std::size_t h = 0; h < original.forward.summaries[l].size(); ++h) {
            HeadFindings head;
            head.where = {static_cast<int>(l), static_cast<int>(h)};
            head.original = &original.forward.summaries[l][h];
            head.changed = &changed.calibrated.forward.summaries[l][h];
            head.calibrated = find(changed.calibrated.heads, head.where);
            head.score = attention::columnScore(*head.original);
            head.scoreAfter = attention::columnScore(*head.changed);
            head.before = attention::findSinks(head.score, rows, options);
            head.after = attention::findSinks(head.scoreAfter, rows, options);
            head.massBefore = massOn(head.before, head.score, tokens);
            head.massAfter = massOn(head.before, head.scoreAfter, tokens);
            heads.push_back(std::move(head));
        }
    return heads;
}

Table sinksTable(const std::vector<HeadFindings>& heads, const std::vector<std::string>& pieces)
{
    Table table{
        "sinks",
        {{"layer", "1", {}, "Layer, counted from 0"},
         {"head", "1", {}, "Query head, counted from 0"},
         {"position", "1", {}, "Column of the map: the key's place in the text"},
         {"token", "", {}, "The key's token"},
         {"score", "1", {}, "s[j] of the original model: mean weight from the queries that see it"},
         {"score_over_uniform", "1", {}, "The same over uniform attention's u[j]"},
         {"score_detected",
          "1",
          {},
          "s[j] of the head's own weights before its calibration, behind calibrated layers: what "
          "the threshold is compared with; none where the head is not calibrated"},
         {"score_after", "1", {}, "s[j] after calibration"},
         {"detected", "1", {}, "1: flagged by the rule in the calibrated run"},
         {"applied", "1", {}, "1: the column is shrunk"}},
        {}};
    if (heads.empty())
        return table;
    const auto window = heads.front().original->columnRows.front();
    const auto tokens = static_cast<std::int64_t>(pieces.size());
    const auto uniform = attention::uniformScore(tokens, window < tokens ? window : 0);
    for (const HeadFindings& head : heads)
        for (const std::int32_t column : listedSinks(head)) {
            const auto j = static_cast<std::size_t>(column);
            const auto* done = head.calibrated;
            const auto score = static_cast<double>(head.score[j]);
            table.rows.push_back({std::int64_t{head.where.layer}, std::int64_t{head.where.head},
                                  std::int64_t{column}, pieces[j], score, score / uniform[j],
                                  done ? Cell(static_cast<double>(done->columnScore[j])) : Cell(),
                                  static_cast<double>(head.scoreAfter[j]),
                                  std::int64_t{done && contains(done->detected, column)},
                                  std::int64_t{done && contains(done->columns, column)}});
        }
    return table;
}

Table censusTable(const std::vector<HeadFindings>& heads, const TokenText& text)
{
    Table table{"census",
                {{"kind", "", {}, "position: a tenth of the text; token: one token of the text"},
                 {"label", "", {}, "Which tenth, or which token"},
                 {"first", "1", {}, "Lower end of the tenth, j/N; none for tokens"},
                 {"end", "1", {}, "Upper end"},
                 {"before", "1", {}, "Sinks there in the original model, counted in every head"},
                 {"after", "1", {}, "The same after calibration"}},
                {}};
    const auto tokens = static_cast<std::int64_t>(text.ids.size());
    std::vector<BeforeAfter> buckets(kBuckets);
    std::map<std::int32_t, BeforeAfter> byToken;
    std::map<std::int32_t, std::string> pieces;
    const auto count = [&](const std::vector<attention::Sink>& sinks, auto field) {
        for (const attention::Sink& sink : sinks) {
            ++(buckets[static_cast<std::size_t>(bucketOf(sink.position, tokens))].*field);
            const auto j = static_cast<std::size_t>(sink.position);
            ++(byToken[text.ids[j]].*field);
            pieces[text.ids[j]] = text.pieces[j];
        }
    };
    for (const HeadFindings& head : heads) {
        count(head.before, &BeforeAfter::before);
        count(head.after, &BeforeAfter::after);
    }
    for (std::int64_t b = 0; b < kBuckets; ++b) {
        const auto& bucket = buckets[static_cast<std::size_t>(b)];
        table.rows.push_back({std::string("position"),
                              fmt::format("{}-{} %", 100 * b / kBuckets, 100 * (b + 1) / kBuckets),
                              static_cast<double>(b) / kBuckets,
                              static_cast<double>(b + 1) / kBuckets, bucket.before, bucket.after});
    }
    std::vector<std::pair<std::int32_t, BeforeAfter>> ranked(byToken.begin(), byToken.end());
    std::ranges::stable_sort(ranked, std::ranges::greater{},
                             [](const auto& one) { return one.second.before + one.second.after; });
    ranked.resize(std::min(ranked.size(), kTokens));
    for (const auto& [id, counts] : ranked)
        table.rows.push_back(
            {std::string("token"), pieces[id], Cell(), Cell(), counts.before, counts.after});
    return table;
}

} // namespace vitrine::calibration_plugin
