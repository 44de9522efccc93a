#pragma once

#include <fmt/core.h>
#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace vitrine
{

// What went wrong decides the exit code of the command line (see exitCode) and the place where the
// window shows it.
enum class ErrorKind {
    argument,  // the request itself: unknown name, value out of range          -> 2
    input,     // a file or a value in it: missing, malformed, unsupported      -> 3
    failed,    // the work was well asked for and did not succeed               -> 1
    cancelled, // somebody asked it to stop                                     -> 130
};

// One line for the person in front: what, where, what would help. No trailing full stop or line
// break.
struct Error {
    ErrorKind kind = ErrorKind::failed;
    std::string message;

    friend bool operator==(const Error&, const Error&) = default;
};

template <typename T = void>
using Result = tl::expected<T, Error>;

int exitCode(ErrorKind kind);

// return inputError("cannot read {}: tensor \"{}\" has {} dimensions, {} expected", ...);
template <typename... Args>
tl::unexpected<Error> argumentError(fmt::format_string<Args...> format, Args&&... args)
{
    return tl::unexpected(
        Error{ErrorKind::argument, fmt::format(format, std::forward<Args>(args)...)});
}

template <typename... Args>
tl::unexpected<Error> inputError(fmt::format_string<Args...> format, Args&&... args)
{
    return tl::unexpected(
        Error{ErrorKind::input, fmt::format(format, std::forward<Args>(args)...)});
}

template <typename... Args>
tl::unexpected<Error> failure(fmt::format_string<Args...> format, Args&&... args)
{
    return tl::unexpected(
        Error{ErrorKind::failed, fmt::format(format, std::forward<Args>(args)...)});
}

inline tl::unexpected<Error> cancelled()
{
    return tl::unexpected(Error{ErrorKind::cancelled, "cancelled"});
}

} // namespace vitrine

// VITRINE_TRY(auto config, readConfig(path)); leaves the function with the error, or declares the
// value.
#define VITRINE_JOIN_(a, b) a##b
#define VITRINE_JOIN(a, b) VITRINE_JOIN_(a, b)
#define VITRINE_TRY_(result, declaration, ...)                                                     \
    auto result = (__VA_ARGS__);                                                                   \
    if (!result)                                                                                   \
        return tl::unexpected(std::move(result).error());                                          \
    declaration = *std::move(result)
#define VITRINE_TRY(declaration, ...)                                                              \
    VITRINE_TRY_(VITRINE_JOIN(result_, __LINE__), declaration, __VA_ARGS__)
// For Result<void>.
#define VITRINE_CHECK(...)                                                                         \
    if (auto vitrineChecked = (__VA_ARGS__); !vitrineChecked)                                      \
    return tl::unexpected(std::move(vitrineChecked).error())
