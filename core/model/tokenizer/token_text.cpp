#include "core/model/tokenizer/token_text.h"

#include <array>

namespace vitrine::model
{

namespace
{

// sentencepiece's, byte-level BPE's, and a space.
constexpr std::array<std::string_view, 3> kSpaces = {"▁", "Ġ", " "};

} // namespace

bool beginsWithSpace(std::string_view piece)
{
    for (const std::string_view space : kSpaces)
        if (piece.starts_with(space))
            return true;
    return false;
}

std::string readableToken(std::string_view piece)
{
    if (piece == "\n" || piece == "<0x0A>" || piece == "Ċ")
        return "⏎";
    if (piece == "\t" || piece == "<0x09>")
        return "⇥";
    for (const std::string_view space : kSpaces)
        if (piece.starts_with(space)) {
            piece.remove_prefix(space.size());
            break;
        }
    std::string text;
    for (; !piece.empty(); piece.remove_prefix(1)) {
        if (piece.starts_with(kSpaces[0])) {
            text += ' ';
            piece.remove_prefix(kSpaces[0].size() - 1);
        } else if (piece.front() == '\n') {
            text += "⏎";
        } else {
            text += piece.front();
        }
    }
    return text.empty() ? "␣" : text;
}

} // namespace vitrine::model
