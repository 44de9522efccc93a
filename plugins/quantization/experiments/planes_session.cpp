#include "plugins/quantization/experiments/planes_session.h"

#include "core/base/format.h"
#include "core/model/llm/next_tokens.h"
#include "core/model/tokenizer/token_text.h"
#include "core/quant/model_comparison.h"
#include "plugins/quantization/experiments/decode_speed.h"
#include "plugins/quantization/experiments/packed_pair.h"
#include "plugins/quantization/experiments/planes_experiment.h"
#include "plugins/quantization/experiments/text_windows.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kNextShown = 5;
constexpr std::size_t kMostAnswers = 64; // kept, of each kind
constexpr const char* kOriginal = "original";

// What one version says behind the prompt.
struct Reply {
    std::vector<float> logits;     // of the next token
    std::vector<std::int32_t> ids; // the likeliest, one after the other
};

template <typename Value>
Value& keptAnswer(std::map<std::string, Value>& answers, const std::string& key)
{
    if (answers.size() >= kMostAnswers && !answers.contains(key))
        answers.clear();
    return answers[key];
}

// What codes take of which only the first planes are kept.
std::int64_t storedBits(const kernels::BinaryCodes& codes, int planes)
{
    kernels::BinaryCodes part;
    part.outputs = codes.outputs, part.inputs = codes.inputs, part.planes = planes;
    part.groupRows = codes.groupRows, part.groupColumns = codes.groupColumns;
    part.form = codes.form, part.termsPerScale = codes.termsPerScale;
    part.zeros = codes.zeros;
    return part.storedBits();
}

std::vector<std::int64_t> endsOf(const OpenModel& opened)
{
    std::vector<std::int64_t> ends = opened.config().eos;
    for (const std::int32_t id : opened.tokenizer->eos())
        ends.push_back(id);
    return ends;
}

std::vector<std::int32_t> likeliest(std::span<const float> logits)
{
    std::vector<std::int32_t> ids(logits.size());
    std::iota(ids.begin(), ids.end(), 0);
    const std::size_t count = std::min(kNextShown, ids.size());
    std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count), ids.end(),
                      [&](std::int32_t a, std::int32_t b) {
                          const float x = logits[static_cast<std::size_t>(a)],
                                      y = logits[static_cast<std::size_t>(b)];
                          return x != y ? x > y : a < b;
                      });
    ids.resize(count);
    return ids;
}

class PlanesSession : public LiveSession
{
public:
    Result<RunResult> update(const Params& params, Progress& progress) override
    {
        VITRINE_CHECK(openModels(params));
        VITRINE_CHECK(readTexts(params, progress));
        VITRINE_CHECK(readPrompt(params));
        VITRINE_TRY(const auto single, parseLayerPlanes(params.text("layer_planes")));
        const auto layers = packed_->llm.layerPlanes();
        const int most = std::ranges::max(layers, {}, &model::LayerPlanes::stored).stored;
        const auto asked = static_cast<int>(params.integer("planes"));
        const int planes = asked == 0 ? most : asked;
        VITRINE_TRY(const model::Llm llm, packed_->llm.withPlanes(planes, single));
        const std::string key = fmt::format("{} {}", planes, layerPlanesText(single));

        VITRINE_TRY(const Reply original, replyOf(original_->llm, kOriginal, params, progress));
        VITRINE_TRY(const Reply version, replyOf(llm, key, params, progress));
        RunResult out;
        addInputs(out);
        addReplies(original, version, out);
        addBits(llm, planes, out);
        VITRINE_CHECK(addScores(llm, key, progress, out));
        VITRINE_CHECK(addSpeed(llm, key, params.integer("speed_tokens"), progress, out));
        return out;
    }

    // Where they are others than last time.
    Result<void> openModels(const Params& params)
    {
        const std::string names = params.text("model") + '\n' + params.text("packed");
        if (names == names_)
            return {};
        names_.clear();
        VITRINE_TRY(OpenModel original, openModel(params));
        VITRINE_TRY(OpenModel packed, openPacked(params));
        VITRINE_CHECK(checkPair(original, packed));
        original_.emplace(std::move(original));
        packed_.emplace(std::move(packed));
        names_ = names;
        textKey_.clear();
        replies_.clear();
        speeds_.clear();
        return {};
    }

private:
    Result<void> readTexts(const Params& params, Progress& progress)
    {
        const std::int64_t windows = params.integer("evaluate_windows");
        const std::int64_t length = std::min(params.integer("window"), original_->config().context);
        const std::string given = params.has("evaluate") ? params.text("evaluate") : "";
        const std::string key =
            fmt::format("{} {} {} {}", windows, length, params.integer("seed"), given);
        if (key == textKey_)
            return {};
        textKey_.clear();
        scores_.clear();
        texts_ = {};
        if (windows > 0) {
            VITRINE_TRY(texts_, readTextWindows(params, "evaluate", TextUse::evaluation, length,
                                                windows, *original_, progress));
        }
        textKey_ = key;
        return {};
    }

    Result<void> readPrompt(const Params& params)
    {
        const std::string prompt = params.has("prompt") ? params.text("prompt") : "";
        prompt_ = original_->tokenizer->front();
        VITRINE_TRY(const auto ids, original_->tokenizer->encode(prompt));
        prompt_.insert(prompt_.end(), ids.begin(), ids.end());
        if (prompt_.empty())
            return argumentError("the prompt is empty: give at least one word");
        const std::int64_t context = original_->config().context;
        const auto count = static_cast<std::int64_t>(prompt_.size());
        if (count + params.integer("max_tokens") > context)
            return argumentError("the prompt has {} tokens and is to be continued by {}: more than "
                                 "the {} that {} reads at once",
                                 count, params.integer("max_tokens"), context, original_->name);
        promptKey_ = fmt::format("{} {}", params.integer("max_tokens"), prompt);
        return {};
    }

    Result<Reply> replyOf(const model::Llm& llm, const std::string& who, const Params& params,
                          Progress& progress)
    {
        Reply& reply = keptAnswer(replies_, who + '\n' + promptKey_);
        if (!reply.logits.empty())
            return reply;
        const auto tokens = static_cast<int>(params.integer("max_tokens"));
        VITRINE_TRY(const auto cache,
                    llm.newCache(static_cast<std::int64_t>(prompt_.size()) + tokens));
        VITRINE_TRY(std::vector<float> logits, llm.decode(*cache, prompt_));
        const auto next = [&](std::span<const std::int32_t> ids) -> Result<std::vector<float>> {
            if (progress.isCancelled())
                return cancelled();
            if (cache->length() == static_cast<std::int64_t>(prompt_.size()) &&
                ids.size() == prompt_.size() && ids.data() == prompt_.data())
                return logits;
            return llm.decode(*cache, ids);
        };
        VITRINE_TRY(reply.ids,
                    model::generate(next, prompt_, {.maxTokens = tokens}, endsOf(*original_)));
        reply.logits = std::move(logits);
        return reply;
    }

    void addInputs(RunResult& out) const
    {
        append(out.inputs, original_->inputs);
        append(out.inputs, packed_->inputs);
        append(out.inputs, texts_.inputs);
        append(out.notes, original_->notes);
        append(out.notes, texts_.notes);
    }

    void addReplies(const Reply& original, const Reply& version, RunResult& out) const
    {
        const auto ends = std::ranges::mismatch(original.ids, version.ids);
        const auto same = static_cast<std::size_t>(ends.in1 - original.ids.begin());
        const auto text = [&](std::span<const std::int32_t> ids) {
            return original_->tokenizer->decode(ids);
        };
        Table replies{"continuations",
                      {{"version", "", {}, "The original, or the packed model on these planes"},
                       {"text", "", {}, "The likeliest tokens, one after the other"},
                       {"tokens", "token", {}, "How many"},
                       {"same", "token", {}, "How many of the first ones are the original's"}},
                      {}};
        for (const auto& [name, reply] : {std::pair{kOriginal, &original}, {"planes", &version}})
            replies.rows.push_back({std::string(name), text(reply->ids),
                                    static_cast<std::int64_t>(reply->ids.size()),
                                    static_cast<std::int64_t>(same)});
        replies.rows.push_back({std::string("shared"), text(std::span(version.ids).first(same)),
                                static_cast<std::int64_t>(same), static_cast<std::int64_t>(same)});
        out.tables.push_back(std::move(replies));

        Table next{"next",
                   {{"rank", "1", {}, "1: the likeliest"},
                    {"token_original", "", {}, "Of the original"},
                    {"p_original", "1", {}, "Its probability there"},
                    {"token_planes", "", {}, "Of the packed model on these planes"},
                    {"p_planes", "1", {}, "Its probability there"}},
                   {}};
        const std::int64_t vocabulary = original_->config().vocabulary;
        const auto a = model::nextTokens(original.logits, vocabulary),
                   b = model::nextTokens(version.logits, vocabulary);
        const auto topA = likeliest(original.logits), topB = likeliest(version.logits);
        const auto word = [&](std::int32_t id) {
            return model::readableToken(pieceOf(*original_, id));
        };
        for (std::size_t i = 0; i < topA.size(); ++i)
            next.rows.push_back({static_cast<std::int64_t>(i + 1), word(topA[i]),
                                 std::exp(a.logProbability(0, topA[i])), word(topB[i]),
                                 std::exp(b.logProbability(0, topB[i]))});
        out.tables.push_back(std::move(next));
        out.metrics.push_back({"kl_next",
                               model::divergences(model::probabilities(a), a, b).front(),
                               "nat",
                               {},
                               "KL(original || planes) of the token behind the prompt"});
    }

    void addBits(const model::Llm& llm, int planes, RunResult& out) const
    {
        Table table{"layers",
                    {{"layer", "", {}, "Tensor of a linear layer"},
                     {"stored", "1", {}, "Planes that it has"},
                     {"used", "1", {}, "The first ones of these"},
                     {"bits_per_weight", "1", {}, "Of these, scales and padding among them"}},
                    {}};
        double bits = 0, weights = 0, original = 0;
        for (const model::LayerPlanes& layer : llm.layerPlanes()) {
            const kernels::BinaryCodes& codes = *packed_->checkpoint->codes(layer.layer);
            const auto own = static_cast<double>(storedBits(codes, layer.used));
            const auto count = static_cast<double>(codes.outputs * codes.inputs);
            bits += own, weights += count;
            if (const auto view = original_->checkpoint->tensor(layer.layer))
                original += 8 * static_cast<double>(view->bytes.size());
            table.rows.push_back({layer.layer, static_cast<std::int64_t>(layer.stored),
                                  static_cast<std::int64_t>(layer.used), own / count});
        }
        out.metrics.push_back({"planes",
                               static_cast<double>(planes),
                               "1",
                               {},
                               "That layers use, where they have "
                               "so many"});
        out.metrics.push_back({"bits_per_weight",
                               bits / weights,
                               "1",
                               {},
                               "Of the linear layers on these planes, scales and padding among "
                               "them"});
        out.metrics.push_back({"bits_original",
                               original > 0 ? original / weights : std::nan(""),
                               "1",
                               {},
                               "Of the same layers as the original stores them"});
        out.tables.push_back(std::move(table));
    }

    Result<void> addScores(const model::Llm& llm, const std::string& key, Progress& progress,
                           RunResult& out)
    {
        if (texts_.windows.empty())
            return {};
        auto& scores = keptAnswer(scores_, key);
        for (std::size_t i = scores.size(); i < texts_.windows.size(); ++i) {
            if (!progress.advance(static_cast<double>(i),
                                  static_cast<double>(texts_.windows.size()), "windows"))
                return cancelled();
            VITRINE_TRY(const auto score,
                        quant::compareOnWindow(original_->llm, llm, texts_.windows[i]));
            scores.push_back(score);
        }
        double predicted = 0, before = 0, after = 0, kl = 0, same = 0;
        for (const quant::WindowScore& score : scores) {
            predicted += static_cast<double>(score.predicted);
            before += score.natOriginal, after += score.natOther, kl += score.kl;
            same += static_cast<double>(score.sameBest);
        }
        for (Metric metric : {
                 Metric{"perplexity_original",
                        std::exp(before / predicted),
                        "1",
                        {},
                        "Of the original on these windows"},
                 Metric{"perplexity_planes",
                        std::exp(after / predicted),
                        "1",
                        {},
                        "Of the packed model on these planes, on the same windows"},
                 Metric{"kl_mean",
                        kl / predicted,
                        "nat",
                        {},
                        "KL(original || planes) of the next token, mean over the windows"},
                 Metric{"same_best",
                        same / predicted,
                        "1",
                        {},
                        "Share of tokens for which both hold the same likeliest"},
                 Metric{"predicted", predicted, "token", {}, "Tokens that judge"},
             })
            out.metrics.push_back(std::move(metric));
        return {};
    }

    Result<void> addSpeed(const model::Llm& llm, const std::string& key, std::int64_t tokens,
                          Progress& progress, RunResult& out)
    {
        if (tokens == 0)
            return {};
        for (const bool isOriginal : {true, false}) {
            const char* metric =
                isOriginal ? "tokens_per_second_original" : "tokens_per_second_planes";
            const std::string who = isOriginal ? std::string(kOriginal) : key;
            double& rate = keptAnswer(speeds_, fmt::format("{} {}", tokens, who));
            if (rate == 0) {
                VITRINE_TRY(rate, decodeSpeed(isOriginal ? original_->llm : llm, prompt_.front(),
                                              tokens, progress));
            }
            out.metrics.push_back({metric, rate, "token/s", Origin::measured,
                                   "Decoding one token after the other, median of three"});
        }
        return {};
    }

    std::string names_, textKey_, promptKey_; // of what is open
    std::optional<OpenModel> original_, packed_;
    TextWindows texts_;
    std::vector<std::int32_t> prompt_;
    // By version, and by prompt where it matters.
    std::map<std::string, Reply> replies_;
    std::map<std::string, std::vector<quant::WindowScore>> scores_;
    std::map<std::string, double> speeds_;
};

} // namespace

Result<RunResult> runPlanes(const Params& params, Progress& progress)
{
    return PlanesSession().update(params, progress);
}

Result<std::unique_ptr<LiveSession>> openPlanes(const Params& params)
{
    auto session = std::make_unique<PlanesSession>();
    VITRINE_CHECK(session->openModels(params));
    return session;
}

} // namespace vitrine::quantization_plugin
