#include "plugins/common/text_notes.h"

#include <algorithm>
#include <array>

namespace vitrine
{

std::vector<std::string> textNotes(const std::vector<std::string>& notes)
{
    static constexpr std::array kBeginnings = {text_note::kCut, text_note::kBeyond,
                                               text_note::kBehind, text_note::kJoined};
    std::vector<std::string> own;
    std::ranges::copy_if(notes, std::back_inserter(own), [](const std::string& note) {
        return std::ranges::any_of(kBeginnings,
                                   [&](const char* start) { return note.starts_with(start); });
    });
    return own;
}

} // namespace vitrine
