#include "core/model/tokenizer/piece_table.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace vitrine::model
{

void TextList::add(std::string_view text)
{
    text_ += text;
    ends_.push_back(text_.size());
}

std::string_view TextList::operator[](std::size_t i) const
{
    const std::uint64_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_).substr(begin, ends_[i] - begin);
}

std::optional<PieceTable> PieceTable::make(TextList pieces)
{
    PieceTable table;
    table.pieces_ = std::move(pieces);
    table.slots_.assign(std::bit_ceil(2 * table.size() + 2), -1);
    for (std::size_t id = 0; id < table.size(); ++id) {
        const std::string_view text = table[id];
        auto& slot = table.slots_[table.slot(text)];
        if (slot >= 0)
            return {};
        slot = static_cast<std::int32_t>(id);
        table.longest_ = std::max(table.longest_, text.size());
    }
    return table;
}

// Where `text` is, or where it would go.
std::size_t PieceTable::slot(std::string_view text) const
{
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = std::hash<std::string_view>{}(text)&mask;
    while (slots_[at] >= 0 && (*this)[static_cast<std::size_t>(slots_[at])] != text)
        at = (at + 1) & mask;
    return at;
}

std::optional<std::int32_t> PieceTable::find(std::string_view text) const
{
    if (text.size() > longest_)
        return {};
    const std::int32_t id = slots_.empty() ? -1 : slots_[slot(text)];
    return id < 0 ? std::nullopt : std::optional(id);
}

} // namespace vitrine::model
