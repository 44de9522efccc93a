#include "core/model/task/task_rows.h"

#include "core/base/json.h"
#include "core/model/tokenizer/utf8.h"

#include <algorithm>

namespace vitrine::model
{
namespace
{

// Calls use(line, number) for every line that is not blank, its carriage return removed, until one
// fails.
template <typename Use>
Result<void> eachLine(std::string_view bytes, Use use)
{
    std::size_t number = 0;
    for (std::size_t start = 0; start < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', start), bytes.size());
        std::string_view line = bytes.substr(start, end - start);
        start = end + 1;
        ++number;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.find_first_not_of(" \t") == line.npos)
            continue;
        VITRINE_CHECK(use(line, number));
    }
    return {};
}

std::vector<std::string_view> cells(std::string_view line)
{
    std::vector<std::string_view> all;
    for (;;) {
        const std::size_t tab = line.find('\t');
        all.push_back(line.substr(0, tab));
        if (tab == line.npos || all.size() > 2 * kMostChoices)
            return all;
        line.remove_prefix(tab + 1);
    }
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

} // namespace

bool isSst2Line(std::string_view line)
{
    return line.size() > 2 && isDigit(line[0]) && line[1] == ' ';
}

bool isTrecLine(std::string_view line)
{
    const std::size_t colon = line.find(':'), space = line.find(' ');
    return colon != line.npos && space != line.npos && colon >= 2 && colon < space &&
           space + 1 < line.size() &&
           std::ranges::all_of(line.substr(0, colon), [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<std::vector<Json>> tableRows(std::string_view bytes, std::string_view name)
{
    VITRINE_CHECK(checkUtf8(bytes));
    std::vector<std::string> header;
    std::vector<Json> rows;
    VITRINE_CHECK(eachLine(bytes, [&](std::string_view line, std::size_t number) -> Result<void> {
        const auto all = cells(line);
        if (header.empty()) {
            header.assign(all.begin(), all.end());
            for (std::size_t i = 0; i < header.size(); ++i)
                if (std::ranges::count(header, header[i]) > 1)
                    return inputError("cannot read {}: a name stands twice in its header line",
                                      name);
            return {};
        }
        if (all.size() != header.size())
            return inputError("cannot read {}: line {} has {} values, its header {}", name, number,
                              all.size(), header.size());
        if (rows.size() >= kLargestTask)
            return inputError("cannot read {}: more than {} items", name, kLargestTask);
        Json row = Json::object();
        for (std::size_t i = 0; i < all.size(); ++i)
            row[header[i]] = std::string(all[i]);
        rows.push_back(std::move(row));
        return {};
    }));
    return rows;
}

Result<std::vector<Json>> labelledLines(std::string_view bytes, std::string_view name, bool trec)
{
    VITRINE_CHECK(checkUtf8(bytes));
    std::vector<Json> rows;
    VITRINE_CHECK(eachLine(bytes, [&](std::string_view line, std::size_t number) -> Result<void> {
        if (trec ? !isTrecLine(line) : !isSst2Line(line))
            return inputError("cannot read {}: line {} does not begin with a label ({})", name,
                              number, trec ? "NUM:dist and a space" : "one digit and a space");
        if (rows.size() >= kLargestTask)
            return inputError("cannot read {}: more than {} items", name, kLargestTask);
        const std::size_t space = line.find(' ');
        const std::string_view label = line.substr(0, trec ? line.find(':') : 1);
        rows.push_back({{trec ? "text" : "sentence", std::string(line.substr(space + 1))},
                        {"label", std::string(label)}});
        return {};
    }));
    return rows;
}

} // namespace vitrine::model
