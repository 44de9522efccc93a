#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace vitrine {

// SHA-256 (FIPS 180-4), incremental.
class Sha256 {
public:
    Sha256();
    void add(std::span<const std::byte> bytes);
    std::string hex(); // 64 lower-case digits; call once, at the end

private:
    void block(const std::byte* bytes);
    std::array<std::uint32_t, 8> state_;
    std::array<std::byte, 64> buffer_;
    std::size_t buffered_ = 0;
    std::uint64_t total_ = 0;
};

std::string sha256(std::span<const std::byte> bytes);
Result<std::string> sha256OfFile(const std::filesystem::path& path);

// 128 random bits as 32 hexadecimal digits: names a run for ever, in every store.
std::string newUid();

} // namespace vitrine
