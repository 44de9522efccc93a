#include "core/base/log.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vitrine
{
namespace
{

std::filesystem::path stateFolder()
{
    if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
        return std::filesystem::path(state) / "vitrine";
    if (const char* home = std::getenv("HOME"); home && *home)
        return std::filesystem::path(home) / ".local/state/vitrine";
    return {};
}

} // namespace

void startLog(bool toFile)
{
    const char* wanted = std::getenv("VITRINE_LOG");
    auto errors = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    errors->set_level(wanted ? spdlog::level::from_str(wanted) : spdlog::level::warn);

    std::vector<spdlog::sink_ptr> sinks = {errors};
    if (const auto folder = stateFolder(); toFile && !folder.empty()) {
        try {
            sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
                (folder / "vitrine.log").string(), 1 << 20, 3));
        } catch (const spdlog::spdlog_ex&) {
            // A log that cannot be written must not keep anyone from working.
        }
    }
    auto logger = std::make_shared<spdlog::logger>("vitrine", sinks.begin(), sinks.end());
    logger->set_level(wanted ? spdlog::level::from_str(wanted) : spdlog::level::info);
    logger->flush_on(spdlog::level::warn);
    spdlog::set_default_logger(std::move(logger));
}

} // namespace vitrine
