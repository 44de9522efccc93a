#pragma once

#include "core/jobs/worker/worker.h"

#include <optional>
#include <string>
#include <string_view>

namespace vitrine
{

// The lines of a worker's standard output, one JSON object each, without the line break.
std::string eventLine(const WorkerEvent& event);
std::optional<WorkerEvent> parseEventLine(std::string_view line);

// Takes the whole lines out of `buffer` and leaves the unfinished rest.
void takeLines(std::string& buffer, const std::function<void(std::string_view)>& onLine);

} // namespace vitrine
