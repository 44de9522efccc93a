#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace vitrine::learning::codec
{

// SHA-256 (FIPS 180-4, section 6.2) of some bytes.
std::array<uint8_t, 32> sha256(std::string_view bytes);

std::string hexadecimal(const std::array<uint8_t, 32>& hash);

} // namespace vitrine::learning::codec
