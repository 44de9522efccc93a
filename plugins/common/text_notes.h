#pragma once

#include <string>
#include <vector>

namespace vitrine
{

// How the notes begin that readTokens() makes of a text. They are stored with the run.
namespace text_note
{
inline constexpr const char* kCut = "The text is longer than the model's context";
inline constexpr const char* kBeyond = "More tokens than the model's context";
inline constexpr const char* kBehind = "The model's tokenizer puts";
inline constexpr const char* kJoined = "The tokenizer has no BOS token";
} // namespace text_note

// Those of a run's notes that belong beside its tokens: that the text was cut, what stands behind
// it, how its documents are joined.
std::vector<std::string> textNotes(const std::vector<std::string>& notes);

} // namespace vitrine
