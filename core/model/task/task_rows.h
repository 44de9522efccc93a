#pragma once

#include "core/base/json.h"
#include "core/model/task/task.h"

#include <string>
#include <string_view>

namespace vitrine::model
{

inline constexpr std::size_t kLargestTask = 75'000; // items
inline constexpr std::size_t kMostChoices = 64;

// One row on its way to an item: a label that is not yet an index, since which labels there are is
// known only when all rows are.
struct TaskRow {
    TaskItem item;
    std::string label; // classification without choices of its own; else empty
};

// The item that an object of the file stands for; `where` names it in errors ("x.jsonl, line 3").
Result<TaskRow> taskRow(const Json& object, std::string_view where);

// Rows of the other formats as such objects. `name` is the file's.
Result<std::vector<Json>> tableRows(std::string_view bytes, std::string_view name);
Result<std::vector<Json>> labelledLines(std::string_view bytes, std::string_view name, bool trec);
Result<std::vector<Json>> copaRows(std::string_view bytes, std::string_view name);

// Whether the lines look like "1 a moving film" or "NUM:dist How far is it ?".
bool isSst2Line(std::string_view line);
bool isTrecLine(std::string_view line);

} // namespace vitrine::model
