#pragma once

#include <cstdint>
#include <span>

namespace vitrine::bench
{

// What the trainer's own network says of its test pictures, picture by picture.
class TrainerAnswers
{
public:
    virtual ~TrainerAnswers() = default;
    virtual std::int64_t count() const = 0;
    // Of one picture; both until the next call. `seen` is what the network sees: channels x side x
    // side, normalised.
    struct Answer {
        std::int64_t label = 0;
        std::span<const float> seen, logits;
    };
    virtual Answer answer(std::int64_t index) = 0;
};

// Lives in a module of its own (torch_llama.h says why). The shipped model of this name, its
// folder, and the trainer's data. The caller owns the result; null where something is missing, as
// the error output then says.
using MakeTrainerAnswers = TrainerAnswers* (*)(const char* name, const char* model,
                                               const char* data);
inline constexpr const char* kMakeTrainerAnswers = "vitrineMakeTrainerAnswers";

} // namespace vitrine::bench
