#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine
{

// Shortest text that reads back as the same double ("0.1", "1e-07"); "null" for NaN and infinity,
// as JSON has it. C locale.
std::string shortest(double value);

// For people: 3-4 significant digits ("0.4127", "−12,345", "1.2e−07"), "–" for NaN.
std::string significant(double value, int digits = 4);

std::string bytesText(std::uint64_t bytes); // "13.4 MiB"
std::string durationText(double seconds);   // "1.9 s", "3 min 20 s"

// UTC, ISO 8601 with milliseconds: "2024-05-01T12:00:00.000Z".
std::string utcNow();
std::string utc(std::chrono::system_clock::time_point time);

// Whole text must be the number (no spaces, C locale).
std::optional<std::int64_t> parseInteger(std::string_view text);
std::optional<double> parseReal(std::string_view text);

} // namespace vitrine
