#pragma once

#include <string>

namespace vitrine::learning
{

// Text out of a file, made fit for a message of one line: control characters become '?', what is
// beyond 80 bytes is cut.
inline std::string shownText(const std::string& text)
{
    constexpr size_t kMostShown = 80;
    std::string shown = text.substr(0, kMostShown);
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    return text.size() > kMostShown ? shown + ".." : shown;
}

} // namespace vitrine::learning
