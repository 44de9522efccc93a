#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vitrine::model
{

// How one way of naming tensors becomes another: "encoder.layer.{}.output.dense.*" to
// "blocks.{}.mlp.fc2.*". {} is a whole number, in the new name {+} and {-} are one more and one
// less; * at the end is whatever follows. Where one tensor is stored in several, each is a part of
// it: its rows stand behind those of the parts before.
struct TensorRule {
    std::string_view stored, ours;
    int part = 0, parts = 1;
};

struct TensorPart {
    std::string name; // ours
    int part = 0, parts = 1;

    friend bool operator==(const TensorPart&, const TensorPart&) = default;
};

// By the first rule that fits; nothing where none does, or where {-} would be below 0.
std::optional<TensorPart> renamed(std::string_view stored, std::span<const TensorRule> rules);

} // namespace vitrine::model
