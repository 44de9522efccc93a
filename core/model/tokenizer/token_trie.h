#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vitrine::model
{

// Finds the longest of some texts at a place.
class TokenTrie
{
public:
    struct Match {
        std::int32_t value = -1; // -1: none of them is here
        std::size_t length = 0;
    };

    void add(std::string_view text,
             std::int32_t value); // the last value of a text counts; an empty text is ignored
    bool empty() const { return values_.size() == 1; }
    Match longest(std::string_view text, std::size_t at) const;

private:
    std::unordered_map<std::uint64_t, std::uint32_t> next_; // node * 256 + byte
    std::vector<std::int32_t> values_{-1};                  // of each node
};

} // namespace vitrine::model
