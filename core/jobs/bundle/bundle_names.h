#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace vitrine
{

// A name that is one file in a folder: not empty, at most 200 bytes, no slash, no control
// character, not "." or "..".
bool isPlainFileName(std::string_view name);

// A name that people read and programs look up: not empty, at most 1,000 bytes, no control
// character.
bool isPlainName(std::string_view name);

// Exactly so many lower-case hexadecimal digits.
bool isHex(std::string_view text, std::size_t digits);
bool isUid(std::string_view text);        // 32 of them: names a run
bool isSha256(std::string_view text);     // 64 of them: names a content
bool isInputHash(std::string_view text);  // a SHA-256, or what earlier versions wrote (isPartHash)
bool isStoredPath(std::string_view path); // of an input: not too long for a path, no NUL

// More often no run is started again: what says so is damaged.
inline constexpr int kMostAttempts = 1'000'000'000;

// Themselves and no link to one: a workspace from elsewhere must not lead out of its folder.
bool isRealFile(const std::filesystem::path& path);
bool isRealFolder(const std::filesystem::path& path);

// How the folder of a job ends that the store has taken in and is removing, and of one that is
// being made.
inline constexpr std::string_view kGoneJob = ".gone";
inline constexpr std::string_view kNewJob = ".new";

} // namespace vitrine
