#include "plugins/quantization/figures/tokens.h"

#include "core/base/cut_text.h"
#include "core/jobs/experiment/read_run.h"
#include "core/model/tokenizer/token_text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kMostPositions = 256, kMostRanks = 16;
constexpr std::size_t kLongestToken = 48; // bytes

struct Likely {
    std::string token;
    double probability = std::numeric_limits<double>::quiet_NaN();
};
struct PositionTokens {
    std::string read;
    double kl = std::numeric_limits<double>::quiet_NaN();
    std::vector<Likely> original, quantized; // by rank
};

std::string shownToken(const std::string& piece)
{
    return piece.empty() ? std::string() : cutText(model::readableToken(piece), kLongestToken);
}

// As the run's table says; what has no place is left out.
std::vector<PositionTokens> positionsOf(const RunRecord& run)
{
    std::vector<PositionTokens> positions;
    const Table* table = run.result.table("tokens");
    if (!table)
        return positions;
    for (std::size_t r = 0; r < table->rows.size(); ++r) {
        const RowReader row(*table, r);
        const auto at = row.whole("position", 0, kMostPositions - 1),
                   rank = row.whole("rank", 1, kMostRanks);
        if (!at || !rank)
            continue;
        if (static_cast<std::size_t>(*at) >= positions.size())
            positions.resize(static_cast<std::size_t>(*at) + 1);
        PositionTokens& position = positions[static_cast<std::size_t>(*at)];
        position.read = shownToken(row.text("token"));
        position.kl = row.number("kl");
        const auto put = [&](std::vector<Likely>& list, const char* token, const char* share) {
            list.resize(std::max(list.size(), static_cast<std::size_t>(*rank)));
            list[static_cast<std::size_t>(*rank) - 1] = {shownToken(row.text(token)),
                                                         row.number(share)};
        };
        put(position.original, "original", "original_probability");
        put(position.quantized, "quantized", "quantized_probability");
    }
    return positions;
}

// The runs that read one text with one original, the selected run's, where it has such a table.
struct SameText {
    std::vector<std::size_t> runs; // places in the drawing
    std::vector<std::vector<PositionTokens>> positions;
};

bool isSameText(const std::vector<PositionTokens>& a, const std::vector<PositionTokens>& b)
{
    return std::ranges::equal(a, b, {}, &PositionTokens::read, &PositionTokens::read);
}

SameText sameText(const Drawing& drawing)
{
    std::vector<std::vector<PositionTokens>> all;
    for (const RunRecord* run : drawing.runs())
        all.push_back(positionsOf(*run));
    std::size_t first = selectedRun(drawing.state(), drawing.runs());
    if (all[first].empty())
        first = static_cast<std::size_t>(
            std::ranges::find_if(all, [](const auto& each) { return !each.empty(); }) -
            all.begin());
    SameText same;
    for (std::size_t r = 0; first < all.size() && r < all.size(); ++r)
        if (isSameText(all[r], all[first]) &&
            haveSameOriginal(*drawing.runs()[r], *drawing.runs()[first])) {
            same.runs.push_back(r);
            same.positions.push_back(all[r]);
        }
    return same;
}

Cell tokenCell(const Likely& likely, const Likely& original)
{
    if (likely.token.empty())
        return {};
    return (likely.token == original.token ? "" : "≠ ") + likely.token;
}

Cell probabilityCell(double value)
{
    return std::isfinite(value) ? Cell{100 * value} : Cell{};
}

const Likely& likelyAt(const std::vector<Likely>& list, std::size_t rank)
{
    static const Likely kNone;
    return rank < list.size() ? list[rank] : kNone;
}

} // namespace

std::vector<std::string> probeTokens(const RunRecord& run)
{
    std::vector<std::string> tokens;
    for (const PositionTokens& position : positionsOf(run))
        tokens.push_back(position.read);
    return tokens;
}

Table nextTokensTable(const Drawing& drawing)
{
    const SameText same = sameText(drawing);
    Table table;
    table.name = "next-tokens";
    if (same.runs.empty())
        return table;
    table.columns = {{"#", "1", {}, "Place in the text, counted from 0"},
                     {"Reads", "", {}, "The token that is read"},
                     {"Original expects", "", {}, "The likeliest next token by the original"},
                     {"P", "%", {}, "Its probability"}};
    for (const std::size_t run : same.runs) {
        const std::string name = shortName(*drawing.runs()[run]);
        table.columns.push_back(
            {name, "", {}, "The likeliest next token; ≠: another than the original's"});
        table.columns.push_back({"P", "%", {}, "Its probability"});
        table.columns.push_back({"KL", "nat", {}, "KL(original || version) of the next token"});
    }
    for (std::size_t t = 0; t < same.positions.front().size(); ++t) {
        const PositionTokens& first = same.positions.front()[t];
        const Likely& original = likelyAt(first.original, 0);
        std::vector<Cell> row = {static_cast<std::int64_t>(t), first.read, original.token,
                                 probabilityCell(original.probability)};
        for (const auto& positions : same.positions) {
            const Likely& best = likelyAt(positions[t].quantized, 0);
            row.push_back(tokenCell(best, original));
            row.push_back(probabilityCell(best.probability));
            row.push_back(std::isfinite(positions[t].kl) ? Cell{positions[t].kl} : Cell{});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table likeliestTable(const Drawing& drawing)
{
    const SameText same = sameText(drawing);
    Table table;
    table.name = "likeliest";
    if (same.runs.empty())
        return table;
    const auto at = std::min(static_cast<std::size_t>(drawing.state().position),
                             same.positions.front().size() - 1);
    table.columns = {{"Rank", "1", {}, "1: the likeliest"},
                     {"Original", "", {}, "Next token of that rank, by the original"},
                     {"P", "%", {}, "Its probability"}};
    std::size_t ranks = 0;
    for (std::size_t i = 0; i < same.runs.size(); ++i) {
        table.columns.push_back({shortName(*drawing.runs()[same.runs[i]]),
                                 "",
                                 {},
                                 "Next token of that rank; ≠: another than the original's"});
        table.columns.push_back({"P", "%", {}, "Its probability"});
        ranks = std::max(
            {ranks, same.positions[i][at].original.size(), same.positions[i][at].quantized.size()});
    }
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        const Likely& original = likelyAt(same.positions.front()[at].original, rank);
        std::vector<Cell> row = {static_cast<std::int64_t>(rank + 1), original.token,
                                 probabilityCell(original.probability)};
        for (const auto& positions : same.positions) {
            const Likely& likely = likelyAt(positions[at].quantized, rank);
            row.push_back(tokenCell(likely, original));
            row.push_back(probabilityCell(likely.probability));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

figure::Figure klTokensFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("kl-tokens", "Divergence at each token");
    figure.caption = "KL(original || version) of the token that follows, at each token of the "
                     "probe text: the beginning of the text that judges.";
    figure.altText = "Bars of KL divergence over the tokens of a text, for each version.";
    figure.x.label = "Token that is read";
    figure.y.label = "KL";
    figure.y.unit = "nat";
    figure.y.minimum = 0;
    const SameText same = sameText(drawing);
    const auto count = static_cast<double>(same.runs.size());
    for (std::size_t i = 0; i < same.runs.size(); ++i) {
        figure::Bars bars;
        bars.name = versionName(*drawing.runs()[same.runs[i]]);
        bars.colour = drawing.look(same.runs[i]).colour;
        bars.width = 0.8 / count;
        for (std::size_t t = 0; t < same.positions[i].size(); ++t) {
            const PositionTokens& position = same.positions[i][t];
            if (i == 0)
                figure.x.ticks.push_back({static_cast<double>(t), position.read});
            if (!std::isfinite(position.kl))
                continue;
            bars.position.push_back(static_cast<double>(t) +
                                    bars.width * (static_cast<double>(i) - (count - 1) / 2));
            bars.height.push_back(position.kl);
            bars.labels.push_back(position.read);
        }
        figure.bars.push_back(std::move(bars));
    }
    if (!same.positions.empty()) {
        const auto last = static_cast<std::int64_t>(same.positions.front().size()) - 1;
        const auto at = static_cast<double>(std::min(drawing.state().position, last));
        figure.spans.push_back(lineAt(true, at, kSelected));
    }
    return figure;
}

} // namespace vitrine::quantization_plugin
