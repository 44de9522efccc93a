#include "core/learning/nets/language/evaluate.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

// Harmonic number H(n).
double harmonic(int64_t n)
{
    double sum = 0.0;
    for (int64_t i = 1; i <= n; ++i)
        sum += 1.0 / static_cast<double>(i);
    return sum;
}

Tensor idsAt(const TokenStore& store, int64_t first, int64_t tokens)
{
    Tensor ids = torch::empty({tokens}, torch::kLong);
    std::copy_n(store.ids.data() + first, tokens, ids.data_ptr<int64_t>());
    return ids;
}

// <s> and then `tokens - 1` tokens from inside a document, for `texts` places spread over the
// store.
Tensor spreadTexts(const TokenStore& store, int64_t texts, int64_t tokens, int64_t offset)
{
    std::vector<int64_t> places;
    for (const Document& document : store.documents)
        for (int64_t at = 1; at + tokens <= document.tokens; at += tokens)
            places.push_back(document.first + at);
    Tensor ids = torch::full({texts, tokens}, kBeginOfText, torch::kLong);
    if (places.empty())
        return ids;
    for (int64_t i = 0; i < texts; ++i) {
        const auto place =
            places[static_cast<size_t>((i * static_cast<int64_t>(places.size()) / texts + offset) %
                                       static_cast<int64_t>(places.size()))];
        ids[i].narrow(0, 1, tokens - 1).copy_(idsAt(store, place, tokens - 1));
    }
    return ids;
}

// Mean over texts and over the rows after `column` of each head's weight on `column`: layers x
// heads.
Tensor massOn(LanguageModel& model, const Tensor& ids, int64_t column)
{
    const torch::NoGradGuard noGradient;
    std::vector<Tensor> layers;
    const auto device = model.parameters().front().device();
    for (const Tensor& map : model.attentionMaps(ids.to(device)))
        layers.push_back(map.slice(2, column + 1)
                             .select(3, column)
                             .to(torch::kDouble)
                             .mean(torch::IntArrayRef({0, 2})));
    return torch::stack(layers).to(torch::kCPU);
}

} // namespace

std::vector<HeldOutLoss> heldOutLoss(LanguageModel& model, const TokenStore& store, int64_t window,
                                     int64_t limit)
{
    const torch::NoGradGuard noGradient;
    const auto device = model.parameters().front().device();
    std::vector<HeldOutLoss> losses;
    for (const auto& source : store.sources)
        losses.push_back({source.name, 0, 0.0});
    for (const Document& document : store.documents) {
        HeldOutLoss& sum = losses[document.source];
        // A window reads `window` tokens and predicts those after them; the next one starts half a
        // window on.
        for (int64_t predicted = 1;
             predicted < document.tokens && (limit <= 0 || sum.tokens < limit);) {
            const int64_t start = predicted == 1 ? 0 : predicted - window / 2;
            const int64_t read = std::min(window, document.tokens - 1 - start);
            Tensor ids = idsAt(store, document.first + start, read);
            ids[0] = kBeginOfText; // first in every window
            const Tensor targets = idsAt(store, document.first + start + 1, read);
            const Tensor nat =
                model.tokenLosses(ids.unsqueeze(0).to(device), targets.unsqueeze(0).to(device))[0];
            const int64_t fresh = start + read + 1 - predicted;
            sum.natPerToken += nat.slice(0, read - fresh).to(torch::kDouble).sum().item<double>();
            sum.tokens += fresh;
            predicted += fresh;
        }
    }
    for (HeldOutLoss& loss : losses)
        loss.natPerToken /= static_cast<double>(std::max<int64_t>(1, loss.tokens));
    return losses;
}

SinkSummary firstTokenSinks(LanguageModel& model, const TokenStore& store, int64_t texts,
                            int64_t tokens)
{
    const Tensor mass = massOn(model, spreadTexts(store, texts, tokens, 0), 0);
    const double uniform = (harmonic(tokens) - 1.0) / static_cast<double>(tokens - 1);
    const double threshold = std::max(0.1, 5.0 * uniform);
    SinkSummary summary{tokens, texts, 0, 0, 0, mass.max().item<double>(), {}};
    summary.share = (mass >= threshold).to(torch::kDouble).mean().item<double>();
    summary.strongShare =
        (mass >= std::max(0.3, threshold)).to(torch::kDouble).mean().item<double>();
    summary.meanMass = mass.slice(0, std::min<int64_t>(2, mass.size(0) - 1)).mean().item<double>();
    const Tensor flat = mass.flatten().contiguous();
    summary.mass.assign(flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel());
    return summary;
}

LaterSinkSummary laterSink(LanguageModel& model, const TokenStore& store, int64_t texts,
                           int64_t tokens)
{
    const int64_t second = tokens / 2;
    Tensor ids = spreadTexts(store, texts, tokens, 0);
    ids.slice(1, second).copy_(spreadTexts(store, texts, tokens - second, 7));
    const Tensor later = massOn(model, ids, second).flatten(),
                 first = massOn(model, ids, 0).flatten();
    // Under uniform attention row i (1-based) gives 1 / i; the rows are second + 2 .. tokens.
    const double uniform =
        (harmonic(tokens) - harmonic(second + 1)) / static_cast<double>(tokens - second - 1);
    const int64_t best = later.argmax().item<int64_t>();
    return {tokens, first[best].item<double>(), later[best].item<double>(),
            (later >= std::max(0.1, 5.0 * uniform)).to(torch::kDouble).mean().item<double>()};
}

std::string toJson(const HeldOutLoss& loss)
{
    std::ostringstream out;
    out << "{\"held_out\":\"" << loss.source << "\",\"tokens\":" << loss.tokens
        << ",\"nat_per_token\":" << loss.natPerToken
        << ",\"perplexity\":" << std::exp(loss.natPerToken) << "}";
    return out.str();
}

std::string toJson(const SinkSummary& sinks)
{
    std::ostringstream out;
    out << "{\"first_token_sinks\":" << sinks.tokens << ",\"texts\":" << sinks.texts
        << ",\"sink_heads_share\":" << sinks.share
        << ",\"strong_sink_heads_share\":" << sinks.strongShare
        << ",\"first_token_mass\":" << sinks.meanMass << ",\"best\":" << sinks.bestMass
        << ",\"mass\":[";
    out.precision(3);
    for (size_t i = 0; i < sinks.mass.size(); ++i)
        out << (i ? "," : "") << sinks.mass[i];
    out << "]}";
    return out.str();
}

std::string toJson(const LaterSinkSummary& sinks)
{
    std::ostringstream out;
    out << "{\"later_sink\":" << sinks.tokens << ",\"best_mass_on_second_bos\":" << sinks.bestLater
        << ",\"same_head_mass_on_first\":" << sinks.bestFirst
        << ",\"heads_share\":" << sinks.shareLater << "}";
    return out.str();
}

} // namespace vitrine::learning
