#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// Body of a libFuzzer target: `open(bytes)` returns a Result; a refusal must be one line.
template <typename Open>
int fuzzOnce(const std::uint8_t* data, std::size_t size, Open&& open)
{
    const auto result = open(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!result &&
        (result.error().message.empty() || result.error().message.find('\n') != std::string::npos))
        std::abort();
    return 0;
}

#define VITRINE_FUZZ_TARGET(...)                                                                   \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)              \
    {                                                                                              \
        return fuzzOnce(data, size, __VA_ARGS__);                                                  \
    }
