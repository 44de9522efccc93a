#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// Limits of a vocabulary that may come from anywhere.
inline constexpr std::size_t kVocabularyLimit = 1'000'000, kMergeLimit = 2'000'000,
                             kTokenBytesLimit = 1024;

// Texts by number, in one block of memory.
class TextList
{
public:
    void add(std::string_view text);
    std::size_t size() const { return ends_.size(); }
    std::string_view operator[](std::size_t i) const;

private:
    std::string text_;
    std::vector<std::uint64_t> ends_;
};

// A text list with a way back from text to number.
class PieceTable
{
public:
    // Nothing where two pieces have the same text.
    static std::optional<PieceTable> make(TextList pieces);

    std::size_t size() const { return pieces_.size(); }
    std::string_view operator[](std::size_t id) const { return pieces_[id]; }
    std::optional<std::int32_t> find(std::string_view text) const;
    std::size_t longest() const { return longest_; } // bytes

private:
    std::size_t slot(std::string_view text) const;

    TextList pieces_;
    std::vector<std::int32_t> slots_; // open addressing, at most half full; -1: free
    std::size_t longest_ = 0;
};

} // namespace vitrine::model
