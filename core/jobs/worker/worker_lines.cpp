#include "core/jobs/worker/worker_lines.h"

#include "core/base/json.h"
#include "core/jobs/bundle/table_json.h"

namespace vitrine
{
namespace
{

std::optional<WorkerEvent> progressEvent(const Json& list)
{
    if (!list.is_array() || list.size() != 3 || !list[0].is_number() || !list[1].is_number() ||
        !list[2].is_string())
        return std::nullopt;
    WorkerEvent event;
    event.kind = WorkerEvent::Kind::progress;
    event.done = list[0].get<double>();
    event.total = list[1].get<double>();
    event.text = list[2].get<std::string>();
    return event;
}

std::optional<WorkerEvent> textEvent(WorkerEvent::Kind kind, const Json& text)
{
    if (!text.is_string())
        return std::nullopt;
    WorkerEvent event;
    event.kind = kind;
    event.text = text.get<std::string>();
    return event;
}

std::optional<WorkerEvent> tableEvent(const Json& json)
{
    auto table = parseTable(json);
    if (!table)
        return std::nullopt;
    WorkerEvent event;
    event.kind = WorkerEvent::Kind::partial;
    event.table = *std::move(table);
    return event;
}

} // namespace

std::string eventLine(const WorkerEvent& event)
{
    switch (event.kind) {
    case WorkerEvent::Kind::progress:
        return dumpJson({{"progress", Json::array({event.done, event.total, event.text})}});
    case WorkerEvent::Kind::message:
        return dumpJson({{"message", event.text}});
    case WorkerEvent::Kind::partial:
        return dumpJson({{"partial", fullJson(event.table)}});
    case WorkerEvent::Kind::state:
        return dumpJson({{"state", event.text}});
    }
    return {};
}

std::optional<WorkerEvent> parseEventLine(std::string_view line)
{
    const auto json = parseJson(line, "a worker's line");
    if (!json || !json->is_object() || json->size() != 1)
        return std::nullopt;
    const std::string& name = json->begin().key();
    const Json& value = json->begin().value();
    if (name == "progress")
        return progressEvent(value);
    if (name == "message")
        return textEvent(WorkerEvent::Kind::message, value);
    if (name == "state")
        return textEvent(WorkerEvent::Kind::state, value);
    if (name == "partial")
        return tableEvent(value);
    return std::nullopt;
}

void takeLines(std::string& buffer, const std::function<void(std::string_view)>& onLine)
{
    std::size_t begin = 0;
    for (auto end = buffer.find('\n'); end != std::string::npos; end = buffer.find('\n', begin)) {
        onLine(std::string_view(buffer).substr(begin, end - begin));
        begin = end + 1;
    }
    buffer.erase(0, begin);
}

} // namespace vitrine
