#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace vitrine::learning
{

// Text as the corpus has it: valid UTF-8 (a byte that is not is read as Latin-1), typographic
// quotes made straight, spaces of all kinds made one space, control characters and soft hyphens
// gone, no space at the ends.
std::string normalised(std::string_view text);

// Whether a normalised paragraph reads as English prose: long enough, mostly letters, hardly
// anything beyond ASCII, with the words that English cannot do without. Code, tables, lists of
// names and other languages fail.
bool isProse(std::string_view paragraph);

// Remembers what it has seen by hashes of eight words in a row.
class DuplicateFilter
{
public:
    // True where at least four fifths of the paragraph's eight-word sequences were seen before (for
    // shorter ones: the paragraph itself). Remembers the paragraph unless it is true.
    bool isDuplicate(std::string_view paragraph);

    void remember(std::string_view paragraph);

private:
    std::unordered_set<uint64_t> seen_;
};

} // namespace vitrine::learning
