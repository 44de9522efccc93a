#include "core/attention/item_judge.h"

#include "core/attention/capture.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <set>
#include <vector>

namespace vitrine::attention
{
namespace
{

// What a query leaves behind when the model reads it as it is.
struct KeptQuery {
    std::vector<float> logits; // of the rows asked
    std::vector<std::vector<float>>
        residual; // input of every layer, [T, hidden]; both empty beyond the budget
    std::set<model::LayerHead> withSinks; // heads that the calibration would change

    std::uint64_t bytes() const
    {
        std::uint64_t sum = logits.size();
        for (const auto& layer : residual)
            sum += layer.size();
        return sum * sizeof(float);
    }
    void dropTensors() { logits.clear(), residual.clear(); }
};

struct KeptItem {
    std::vector<KeptQuery> queries;
    JudgedItem asItIs; // by the model as it is

    std::uint64_t bytes() const
    {
        std::uint64_t sum = 0;
        for (const auto& query : queries)
            sum += query.bytes();
        return sum;
    }
};

} // namespace

struct ItemJudge::Private {
    const model::Llm& llm;
    const model::Tokenizer& tokenizer;
    const model::PreparedTask& task;
    Options options;
    std::map<std::size_t, KeptItem> kept = {};
    std::uint64_t keptBytes = 0;
    Effort effort = {};

    Result<JudgedItem> score(std::size_t item, const model::LogitsOf& logits) const
    {
        JudgedItem judged;
        if (task.kind == model::TaskKind::perplexity) {
            VITRINE_TRY(judged.loss, model::windowLoss(task.items[item], logits));
        } else {
            VITRINE_TRY(judged.score,
                        model::scoreItem(task.items[item], task.scoring, tokenizer, logits));
        }
        return judged;
    }

    // The item, read by the model as it is.
    Result<const KeptItem*> plain(std::size_t item)
    {
        if (const auto found = kept.find(item); found != kept.end())
            return &found->second;
        KeptItem one;
        for (const auto& query : task.items[item].queries) {
            VITRINE_TRY(KeptQuery read, plainQuery(query));
            one.queries.push_back(std::move(read));
        }
        std::size_t next = 0; // queries are asked in their order
        VITRINE_TRY(one.asItIs, score(item, [&](auto, auto) -> Result<std::vector<float>> {
                        return one.queries[next++].logits;
                    }));
        if (keptBytes + one.bytes() > options.cacheBudget)
            for (KeptQuery& query : one.queries)
                query.dropTensors();
        keptBytes += one.bytes();
        return &kept.emplace(item, std::move(one)).first->second;
    }

    Result<KeptQuery> plainQuery(const model::TaskQuery& query)
    {
        model::ForwardRequest request;
        request.lastRows = query.rows;
        request.hidden = request.summaries = true;
        request.thumbnailSide = 0;
        VITRINE_TRY(auto pass, llm.forward(query.ids, request));
        KeptQuery one;
        one.logits = std::move(pass.logits);
        for (std::size_t layer = 0; layer < pass.summaries.size(); ++layer)
            for (std::size_t head = 0; head < pass.summaries[layer].size(); ++head) {
                const auto& summary = pass.summaries[layer][head];
                if (!calibratedColumns(columnScore(summary), summary.columnRows,
                                       options.calibration)
                         .empty())
                    one.withSinks.insert({static_cast<int>(layer), static_cast<int>(head)});
            }
        pass.hidden.pop_back(); // the final norm's output
        one.residual = std::move(pass.hidden);
        return one;
    }

    // The first layer in which the set changes anything: up to there every layer reads what it
    // reads in the model as it is, and so finds the same sinks.
    static std::optional<int> firstChange(const HeadSet& heads, const KeptQuery& query)
    {
        for (const auto& head : heads) // by layer
            if (query.withSinks.contains(head))
                return head.layer;
        return std::nullopt;
    }

    Result<std::vector<float>> onePrefill(const CalibratedLlm& calibrated,
                                          const model::TaskQuery& query, const KeptQuery& known,
                                          CalibrationCount& count)
    {
        const auto layers = llm.config().layers;
        const auto first = firstChange(calibrated.plan().heads, known);
        effort.layersSaved += first ? (known.residual.empty() ? 0 : *first) : layers;
        if (!first && !known.logits.empty())
            return known.logits;
        model::ForwardRequest request;
        request.lastRows = query.rows;
        if (first.value_or(0) > 0 && !known.residual.empty()) {
            request.fromLayer = *first;
            request.residual = known.residual[static_cast<std::size_t>(*first)];
        }
        effort.layersRun += layers - request.fromLayer;
        VITRINE_TRY(auto pass, calibrated.forward(query.ids, request));
        count += pass.count;
        return std::move(pass.forward.logits);
    }

    Result<std::vector<float>> decoded(const CalibratedLlm& calibrated,
                                       const model::TaskQuery& query, CalibrationCount& count)
    {
        effort.layersRun += llm.config().layers;
        const std::span<const std::int32_t> ids = query.ids;
        const auto newTokens = static_cast<std::size_t>(query.rows - 1);
        const auto length = static_cast<std::int64_t>(ids.size());
        VITRINE_TRY(const auto sequence, calibrated.start(ids.first(ids.size() - newTokens), length,
                                                          *options.decode, 1));
        std::vector<float> logits = sequence->promptLogits();
        if (newTokens > 0) {
            VITRINE_TRY(const auto more, sequence->append(ids.last(newTokens), query.rows - 1));
            logits.insert(logits.end(), more.begin(), more.end());
        }
        for (const auto& head : sequence->heads())
            count += head.count;
        return logits;
    }

    // Running text has no context to decode behind: a window is one prefill.
    bool isDecoded() const { return options.decode && task.kind != model::TaskKind::perplexity; }
};

ItemJudge::ItemJudge(const model::Llm& llm, const model::Tokenizer& tokenizer,
                     const model::PreparedTask& task, Options options)
    : d_(std::make_unique<Private>(Private{llm, tokenizer, task, std::move(options)}))
{
}

ItemJudge::~ItemJudge() = default;

Result<JudgedItem> ItemJudge::judge(const HeadSet& heads, std::size_t item)
{
    assert(item < d_->task.items.size());
    const auto& prepared = d_->task.items[item];
    VITRINE_TRY(const KeptItem* known, d_->plain(item));
    const auto isChanged = [&](const KeptQuery& query) {
        return Private::firstChange(heads, query).has_value();
    };
    if (heads.empty() || (!d_->isDecoded() && std::ranges::none_of(known->queries, isChanged))) {
        if (!heads.empty())
            d_->effort.layersSaved +=
                d_->llm.config().layers * static_cast<std::int64_t>(known->queries.size());
        return known->asItIs;
    }
    VITRINE_TRY(
        const auto calibrated,
        CalibratedLlm::open(d_->llm, {.heads = heads, .calibration = d_->options.calibration}));
    CalibrationCount count;
    std::size_t next = 0;
    VITRINE_TRY(JudgedItem judged, d_->score(item, [&](auto, auto) {
        const std::size_t query = next++;
        return d_->isDecoded() ? d_->decoded(calibrated, prepared.queries[query], count)
                               : d_->onePrefill(calibrated, prepared.queries[query],
                                                known->queries[query], count);
    }));
    judged.count = count;
    return judged;
}

void ItemJudge::forget(std::size_t item)
{
    const auto found = d_->kept.find(item);
    if (found == d_->kept.end())
        return;
    d_->keptBytes -= found->second.bytes();
    d_->kept.erase(found);
}

const ItemJudge::Effort& ItemJudge::effort() const
{
    return d_->effort;
}

} // namespace vitrine::attention
