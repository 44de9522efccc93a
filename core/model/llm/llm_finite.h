#pragma once

#include "core/model/llm/llm.h"
#include "core/model/llm/llm_weights.h"

#include <optional>
#include <span>
#include <string>

namespace vitrine::model
{

// Watches where the numbers of a pass stop being finite. Where no weight is to blame they have
// grown beyond single precision, which is an input error; else the first place is kept, or is the
// error where the pass does not allow it.
class FiniteWatch
{
public:
    FiniteWatch(const LlmConfig& config, const LlmWeights& weights, bool isAllowed)
        : config_(config), weights_(weights), isAllowed_(isAllowed)
    {
    }

    // Rows of the embedding; `first` is the position of the first row.
    Result<void> embedded(std::span<const std::int32_t> ids, const std::vector<float>& x,
                          std::int64_t first);
    // Outputs of the heads of a layer, [rows, heads * headSize], `rows` of them.
    Result<void> heads(int layer, const std::vector<float>& mixed, std::int64_t rows,
                       std::int64_t first);
    // The residual stream behind a layer, [rows, hidden].
    Result<void> layer(int layer, const std::vector<float>& x, std::int64_t rows,
                       std::int64_t first);
    // What comes behind the last layer, in rows of `width`: the final norm's output, logits.
    Result<void> behindLayers(std::span<const float> rows, std::int64_t width, std::int64_t first);

    const std::optional<NotFinite>& found() const { return found_; }
    // Begins with numbers that are not finite already: there is nothing more to find.
    void giveUp() { isOver_ = true; }

private:
    Result<void> note(NotFinite place);

    const LlmConfig& config_;
    const LlmWeights& weights_;
    bool isAllowed_ = false, isOver_ = false;
    std::optional<NotFinite> found_;
};

} // namespace vitrine::model
