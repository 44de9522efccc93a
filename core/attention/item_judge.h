#pragma once

#include "core/attention/calibrated_llm.h"
#include "core/model/task/task_scoring.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace vitrine::attention
{

struct JudgedItem {
    model::ItemScore score = {}; // not for running text
    double loss = 0;             // running text: mean nat per target of the window
    CalibrationCount count = {}; // over the item's queries
};

// Judges the items of a task by a model some of whose heads are calibrated, and remembers of each
// item what every set of heads has in common: the residual stream of the model as it is, layer by
// layer, up to a budget. A set is then computed from the first layer on in which it finds a sink; a
// set that finds none is the model as it is. Either way the results are those of a whole pass. One
// thread.
class ItemJudge
{
public:
    struct Options {
        Calibration calibration = {};
        // How the tokens of a choice are read behind their context; nothing: as one prefill with
        // it, as a model with a patched attention would. Labels and letters have no such tokens.
        std::optional<DecodeMode> decode = {};
        std::uint64_t cacheBudget = 1ull << 30; // bytes
    };

    // All three must outlive the judge.
    ItemJudge(const model::Llm& llm, const model::Tokenizer& tokenizer,
              const model::PreparedTask& task, Options options);
    ~ItemJudge();

    // `item` is an index into task.items; no heads: the model as it is.
    Result<JudgedItem> judge(const HeadSet& heads, std::size_t item);
    // Frees what is remembered of an item that will not be asked again.
    void forget(std::size_t item);

    struct Effort {
        std::int64_t layersRun = 0, layersSaved = 0; // by queries with calibrated heads
    };
    const Effort& effort() const;

private:
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace vitrine::attention
