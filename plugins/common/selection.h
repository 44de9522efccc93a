#pragma once

#include "core/base/json_fwd.h"
#include "core/model/llm/llm.h"

#include <cstdint>
#include <optional>

// The head and the token that a person chose in a view of attention maps.
namespace vitrine
{

struct Selection {
    std::optional<model::LayerHead> head; // by the model's own numbers; none: the room's choice
    std::optional<std::int64_t> token;    // key position

    friend bool operator==(const Selection&, const Selection&) = default;
};

// As a view's state has it: "selection": {"layer": 3, "head": 1, "token": 7}. What is missing or
// malformed is not chosen.
Selection selectionIn(const Json& state);
// Writes what differs from `before`; all else stays as it stands.
void putSelection(Json& state, const Selection& selection, const Selection& before);

// Numbers as states hold them; none where it is another thing or beyond what a model can have.
std::optional<model::LayerHead> headIn(const Json& layer, const Json& head);
std::optional<std::int64_t> tokenIn(const Json& token);

} // namespace vitrine
