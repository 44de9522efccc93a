#pragma once

#include "core/base/json_fwd.h"
#include "core/jobs/experiment/run_record.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace vitrine
{

// Requests of a live session, as parsed from a line.
struct LiveRequest {
    enum class Kind { open, update, close } kind = Kind::close;
    std::int64_t number = 0; // of an update
    std::string experiment;  // of an open
    std::string folder;      // of an open: where artifacts and big answers lie
    std::map<std::string, std::string> given;
};

std::string openLine(const std::string& experiment, const std::string& folder,
                     const std::map<std::string, std::string>& given);
std::string updateLine(std::int64_t number, const std::map<std::string, std::string>& given);
Result<LiveRequest> parseLiveRequest(std::string_view line);

// Answers. One above a MiB goes through a file of the session's folder:
// {"result":7,"file":"answer-7.json"}.
std::string resultLine(std::int64_t number, const RunResult& result,
                       const std::filesystem::path& folder);
std::string errorLine(std::int64_t number, const Error& error);

struct LiveAnswer {
    enum class Kind { opened, result, error, dropped } kind = Kind::error;
    std::int64_t number = 0;
    RunResult result;
    Error error;
};
Result<LiveAnswer> parseLiveAnswer(std::string_view line, const std::filesystem::path& folder);

} // namespace vitrine
