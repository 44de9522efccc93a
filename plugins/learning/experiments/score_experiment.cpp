#include "plugins/learning/experiments/score_experiment.h"

#include <algorithm>
#include <cmath>

#include "core/base/file.h"
#include "core/base/in_file.h"
#include "core/base/resources.h"
#include "core/jobs/bundle/bundle.h"
#include "core/model/task/text_lines.h"
#include "plugins/common/experiment_input.h"
#include "plugins/learning/experiments/sinks.h"
#include "plugins/learning/experiments/tokens.h"

namespace vitrine::learning_plugin
{

namespace
{

constexpr const char* kShippedTexts = "texts/held-out-20.jsonl";

struct Scored : OpenModel {
    std::int32_t bos = 1;
};

Result<Scored> openScored(const Params& params, Progress& progress, RunResult& out)
{
    VITRINE_TRY(OpenModel opened, openModel(params, &progress));
    append(out.inputs, opened.inputs);
    append(out.notes, opened.notes);
    if (!opened.tokenizer || !opened.tokenizer->bos())
        return argumentError("{} cannot be scored: it needs a tokenizer with a BOS token",
                             params.text("model"));
    const std::int32_t bos = *opened.tokenizer->bos();
    return Scored{std::move(opened), bos};
}

// One JSON object {"name", "text"} per line; each text becomes BOS and its tokens.
Result<Texts> readTexts(const std::filesystem::path& path, const Scored& scored, RunResult& out)
{
    VITRINE_TRY(const std::string all, readFile(path, 64ull << 20));
    VITRINE_TRY(InputFile input, hashInput("texts", path));
    out.inputs.push_back(std::move(input));
    VITRINE_TRY(const auto lines, model::parseTextLines(all, path.filename().string()));
    Texts texts;
    for (const std::string& text : lines) {
        VITRINE_TRY(const auto ids, inFile(path.string(), scored.tokenizer->encode(text)));
        texts.push_back({scored.bos});
        texts.back().insert(texts.back().end(), ids.begin(), ids.end());
    }
    return texts;
}

// Loss on one document: every token after its first is predicted once, with at least half a window
// before it (all of the document, where that is shorter).
Result<void> addLoss(const Scored& scored, const std::vector<std::int32_t>& document,
                     std::int64_t window, TextLoss& loss)
{
    const auto vocabulary = static_cast<std::size_t>(scored.llm.config().vocabulary);
    const auto size = static_cast<std::int64_t>(document.size());
    for (std::int64_t predicted = 1; predicted < size;) {
        const std::int64_t start = predicted == 1 ? 0 : predicted - window / 2;
        const std::int64_t read = std::min(window, size - 1 - start);
        std::vector<std::int32_t> ids(document.begin() + start, document.begin() + start + read);
        ids[0] = scored.bos; // first in every window
        VITRINE_TRY(const auto result, scored.llm.forward(ids));
        for (std::int64_t row = predicted - start - 1; row < read; ++row) {
            const auto logits =
                std::span(result.logits)
                    .subspan(static_cast<std::size_t>(row) * vocabulary, vocabulary);
            const double top = *std::ranges::max_element(logits);
            double sum = 0;
            for (const float logit : logits)
                sum += std::exp(static_cast<double>(logit) - top);
            const auto target =
                static_cast<std::size_t>(document[static_cast<std::size_t>(start + row + 1)]);
            loss.nat += std::log(sum) + top - static_cast<double>(logits[target]);
            ++loss.tokens;
        }
        predicted = start + read + 1;
    }
    return {};
}

// BOS and tokens - 1 tokens from inside a document, for `texts` places spread over all of them: the
// windows of vitrine-train's own evaluation.
Texts spreadTexts(const std::vector<TokenSourceText>& sources, std::size_t texts,
                  std::int64_t tokens, std::size_t offset, std::int32_t bos)
{
    Texts places;
    for (const TokenSourceText& source : sources)
        for (const auto& document : source.documents)
            for (std::int64_t at = 1; at + tokens <= static_cast<std::int64_t>(document.size());
                 at += tokens) {
                places.push_back({bos});
                places.back().insert(places.back().end(), document.begin() + at,
                                     document.begin() + at + tokens - 1);
            }
    Texts chosen;
    for (std::size_t i = 0; i < texts && !places.empty(); ++i)
        chosen.push_back(places[(i * places.size() / texts + offset) % places.size()]);
    return chosen;
}

class Scoring
{
public:
    Scoring(const Scored& scored, const Params& params, Progress& progress, RunResult& out)
        : scored_(scored), params_(params), progress_(progress), out_(out)
    {
    }

    Result<void> sinks(const std::string& name,
                       const std::function<Texts(std::int64_t, std::size_t)>& textsOf,
                       bool asMetrics)
    {
        const auto goOn = [this] { return progress_.advance(++done_, total_, "texts"); };
        for (const std::int64_t length : params_.integers("lengths")) {
            const Texts texts = textsOf(length, 0);
            Texts seconds = textsOf(length - length / 2, 7);
            if (texts.empty() || seconds.size() < texts.size()) {
                out_.notes.push_back(
                    fmt::format("{}: not enough text of {} tokens for sinks.", name, length));
                continue;
            }
            VITRINE_TRY(const FirstTokenSinks first,
                        firstTokenSinks(scored_.llm, texts, length, goOn));
            VITRINE_TRY(const LaterSinks later,
                        laterSinks(scored_.llm, texts, seconds, length, goOn));
            table_.rows.push_back({name, static_cast<std::int64_t>(texts.size()), length,
                                   first.share, first.meanOfShares, first.strongShare, first.mass,
                                   first.best, later.best, later.first, later.share});
            if (asMetrics)
                addMetrics(length, first, later);
        }
        return {};
    }

    Result<void> heldOut(const std::vector<TokenSourceText>& sources, std::vector<TextLoss>& losses)
    {
        for (const TokenSourceText& source : sources) {
            losses.push_back({source.name});
            for (const auto& document : source.documents) {
                if (!progress_.advance(++done_, total_, "texts"))
                    return cancelled();
                VITRINE_CHECK(
                    addLoss(scored_, {document.begin(), document.end()}, window(), losses.back()));
            }
        }
        return {};
    }

    Result<TextLoss> textLoss(const Texts& texts)
    {
        TextLoss loss{"texts"};
        for (const auto& text : texts) {
            if (!progress_.advance(++done_, total_, "texts"))
                return cancelled();
            VITRINE_CHECK(addLoss(scored_, text, window(), loss));
        }
        return loss;
    }

    void expect(double texts) { total_ = texts; }
    void finish() { out_.tables.push_back(table_); }

private:
    std::int64_t window() const { return std::max<std::int64_t>(2, scored_.llm.config().context); }

    void addMetrics(std::int64_t length, const FirstTokenSinks& first, const LaterSinks& later)
    {
        const auto add = [&](const char* name, double value, const char* help) {
            out_.metrics.push_back(
                {fmt::format("{}_{}", name, length), value, "1", Origin::computed, help});
        };
        add("sink_heads_share", first.share,
            "Share of heads whose first-token mass, mean over the texts, is at least 0.1 and 5 "
            "times the uniform "
            "value");
        add("strong_sink_heads_share", first.strongShare, "The same with at least 0.3");
        add("first_token_mass", first.mass, "Mean over texts and heads of layers >= 2");
        add("later_sink_mass", later.best,
            "Mean weight that a second BOS in the middle receives from the rows after it, highest "
            "head");
        add("later_sink_heads_share", later.share,
            "Share of heads where it is at least 0.1 and 5 times the uniform value");
    }

    const Scored& scored_;
    const Params& params_;
    Progress& progress_;
    RunResult& out_;
    double done_ = 0, total_ = 0;
    Table table_{
        "sinks",
        {{"texts",
          "",
          {},
          "shipped: the file of parameter texts; spread: windows over the held-out tokens in data"},
         {"count", "1", {}, "How many"},
         {"tokens", "token", {}, "T, BOS among them"},
         {"sink_heads_share", "1", {}, "Of heads, by their mean mass over the texts"},
         {"mean_of_shares", "1", {}, "Counted in each text alone, then averaged"},
         {"strong_sink_heads_share", "1", {}, "By mean mass, at least 0.3"},
         {"first_token_mass", "1", {}, "Mean over heads of layers >= 2"},
         {"best", "1", {}, "Highest head"},
         {"later_sink_mass", "1", {}, "On a second BOS in the middle, rows after it, highest head"},
         {"same_head_first", "1", {}, "That head's mass on the first BOS"},
         {"later_sink_heads_share",
          "1",
          {},
          "Of heads, at least 0.1 and 5 times the uniform value"}},
        {}};
};

Texts longEnough(const Texts& texts, std::int64_t tokens, std::size_t offset)
{
    Texts chosen;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (const auto& text = texts[(i + offset) % texts.size()];
            static_cast<std::int64_t>(text.size()) >= tokens)
            chosen.push_back(text);
    return chosen;
}

ParamSpec fileParam(const char* name, const char* label, const char* kind, const char* help)
{
    ParamSpec spec;
    spec.name = name;
    spec.label = label;
    spec.type = ParamType::file;
    spec.fileKind = kind;
    spec.help = help;
    spec.group = "Text";
    spec.optional = true;
    return spec;
}

Table heldOutTable(const std::vector<TextLoss>& model, const std::vector<TextLoss>& baseline)
{
    Table table{"held_out",
                {{"source", "", {}, "Held-out text"},
                 {"tokens", "token", {}, "Predicted tokens"},
                 {"nat", "nat", {}, "Mean -ln P per token"},
                 {"perplexity", "1", {}, "Its exponential"},
                 {"baseline_nat", "nat", {}, "Kneser-Ney 5-gram on the same training tokens"},
                 {"baseline_perplexity", "1", {}, "Its exponential"}},
                {}};
    for (std::size_t i = 0; i < model.size(); ++i) {
        table.rows.push_back({model[i].source, model[i].tokens, model[i].natPerToken(),
                              model[i].perplexity(), 0.0, 0.0});
        auto& row = table.rows.back();
        row[4] = i < baseline.size() ? Cell(baseline[i].natPerToken()) : Cell();
        row[5] = i < baseline.size() ? Cell(baseline[i].perplexity()) : Cell();
    }
    return table;
}

} // namespace

ExperimentInfo ScoreExperiment::info() const
{
    return {"learning.score", "Score a language model",
            "The figures of a model's card: held-out perplexity beside a 5-gram, and its attention "
            "sinks.",
            1};
}

std::vector<ParamSpec> ScoreExperiment::params(const Params&) const
{
    ParamSpec lengths;
    lengths.name = "lengths";
    lengths.label = "Lengths";
    lengths.type = ParamType::integers;
    lengths.unit = "token";
    lengths.minimum = 4;
    lengths.maximum = 4096;
    lengths.help = "Lengths T at which sinks are counted";
    lengths.group = "Text";
    lengths.fallback = ParamValue(std::vector<std::int64_t>{64, 128, 256});
    return {modelParam(),
            fileParam("texts", "Texts", "text",
                      "JSONL of {\"text\": ...}; empty: the twenty shipped held-out texts"),
            fileParam("data", "Prepared text", "",
                      "Folder made by packaging/retrain (heldout.tokens, train.tokens): full "
                      "held-out perplexity and 5-gram"),
            lengths};
}

Result<RunResult> ScoreExperiment::run(const Params& params, Progress& progress) const
{
    RunResult out;
    VITRINE_TRY(const Scored scored, openScored(params, progress, out));
    std::filesystem::path path;
    if (params.has("texts")) {
        path = params.text("texts");
    } else {
        VITRINE_TRY(path, findResource(kShippedTexts));
    }
    VITRINE_TRY(const Texts texts, readTexts(path, scored, out));
    const std::int64_t vocabulary = scored.llm.config().vocabulary;
    std::vector<TokenSourceText> heldOut, train;
    if (params.has("data")) {
        const std::filesystem::path data = params.text("data");
        for (const char* name : {"heldout", "train"}) {
            VITRINE_TRY(InputFile input, hashInput("data", data / (std::string(name) + ".tokens")));
            out.inputs.push_back(std::move(input));
        }
        VITRINE_TRY(heldOut, readTokenText(data, "heldout", vocabulary));
        VITRINE_TRY(train, readTokenText(data, "train", vocabulary));
    }

    Scoring scoring(scored, params, progress, out);
    std::size_t documents = texts.size();
    for (const TokenSourceText& source : heldOut)
        documents += source.documents.size();
    const auto lengths = static_cast<double>(params.integers("lengths").size());
    scoring.expect(static_cast<double>(documents) +
                   lengths * static_cast<double>(2 * texts.size()) +
                   (heldOut.empty() ? 0 : lengths * 40));

    VITRINE_TRY(const TextLoss onTexts, scoring.textLoss(texts));
    out.metrics.push_back({"perplexity_texts", onTexts.perplexity(), "1", Origin::computed,
                           "On the texts of parameter texts"});
    VITRINE_CHECK(scoring.sinks(
        "shipped",
        [&](std::int64_t tokens, std::size_t offset) { return longEnough(texts, tokens, offset); },
        true));
    std::vector<TextLoss> losses, baseline;
    if (!heldOut.empty()) {
        VITRINE_CHECK(scoring.sinks(
            "spread",
            [&](std::int64_t tokens, std::size_t offset) {
                return spreadTexts(heldOut, 20, tokens, offset, scored.bos);
            },
            false));
        VITRINE_CHECK(scoring.heldOut(heldOut, losses));
        progress.message("counting the n-grams of the baseline");
        if (auto scores = baselineLosses(train, heldOut, vocabulary)) {
            baseline = *std::move(scores);
            baseline.push_back(total(baseline));
        } else {
            out.notes.push_back(scores.error().message);
        }
        losses.push_back(total(losses));
        out.tables.push_back(heldOutTable(losses, baseline));
    } else {
        out.notes.push_back("No full held-out perplexity and no 5-gram: run packaging/retrain and "
                            "give its folder as data.");
    }
    const double none = std::nan("");
    out.metrics.push_back({"perplexity", losses.empty() ? none : losses.back().perplexity(), "1",
                           Origin::computed,
                           "On all held-out tokens, each with at least half a context before it"});
    out.metrics.push_back(
        {"baseline", baseline.empty() ? none : baseline.back().perplexity(), "1", Origin::computed,
         "Perplexity of an interpolated modified Kneser-Ney 5-gram on the same tokens"});
    scoring.finish();
    return out;
}

} // namespace vitrine::learning_plugin
