#include "core/learning/nets/training/prepared_table.h"

#include "core/learning/nets/training/shown_text.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

constexpr uint64_t kLongestSide = 1 << 16;

std::vector<std::string> tabCells(const std::string& line)
{
    std::vector<std::string> cells{""};
    for (const char c : line) {
        if (c == '\t')
            cells.emplace_back();
        else
            cells.back() += c;
    }
    return cells;
}

std::string listed(const std::vector<std::string>& words)
{
    std::string list;
    for (const std::string& word : words)
        list += (list.empty() ? "" : ", ") + word;
    return list;
}

bool isAmong(const std::string& word, const std::vector<std::string>& words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

} // namespace

PreparedTable::PreparedTable(const std::string& path, const std::vector<std::string>& knownColumns)
    : path_(path), in_(path)
{
    std::string head;
    if (!in_ || !std::getline(in_, head))
        throw std::runtime_error("cannot read " + path + "; packaging/train prepares the data");
    columns_ = tabCells(head);
    for (size_t i = 0; i < columns_.size(); ++i) {
        if (!isAmong(columns_[i], knownColumns))
            fail("unknown column \"" + shownText(columns_[i]) + "\"; known are " +
                 listed(knownColumns));
        if (!placeOf_.emplace(columns_[i], i).second)
            fail("column " + columns_[i] + " stands there twice");
    }
}

bool PreparedTable::next()
{
    std::string line;
    if (!std::getline(in_, line))
        return false;
    ++line_;
    row_ = tabCells(line);
    if (row_.size() != columns_.size())
        fail(std::to_string(row_.size()) + " cells for " + std::to_string(columns_.size()) +
             " columns");
    return true;
}

const std::string& PreparedTable::text(const std::string& column) const
{
    const auto found = placeOf_.find(column);
    if (found == placeOf_.end())
        fail("column " + column + " is missing");
    return row_.at(found->second);
}

const std::string& PreparedTable::oneOf(const std::string& column,
                                        const std::vector<std::string>& words) const
{
    const std::string& cell = text(column);
    if (!isAmong(cell, words))
        fail(column + " = " + shownText(cell) + " is not one of " + listed(words));
    return cell;
}

uint64_t PreparedTable::whole(const std::string& column, uint64_t most) const
{
    const std::string& cell = text(column);
    uint64_t value = 0;
    const bool digits = !cell.empty() && cell.size() < 19 &&
                        cell.find_first_not_of("0123456789") == std::string::npos;
    if (digits)
        value = std::stoull(cell);
    if (!digits || value > most)
        fail(column + " = " + shownText(cell) + " is not a size");
    return value;
}

int64_t PreparedTable::side(const std::string& column) const
{
    const uint64_t value = whole(column, kLongestSide);
    if (value == 0)
        fail(column + " is 0");
    return static_cast<int64_t>(value);
}

double PreparedTable::positive(const std::string& column) const
{
    std::istringstream in(text(column));
    in.imbue(std::locale::classic());
    double value = 0.0;
    std::string rest;
    if (!(in >> value) || in >> rest || !(value > 0.0) || !std::isfinite(value))
        fail(column + " = " + shownText(text(column)) + " is not a positive number");
    return value;
}

void PreparedTable::fail(const std::string& what) const
{
    throw std::runtime_error(path_ + ":" + std::to_string(line_) + ": " + what);
}

} // namespace vitrine::learning
