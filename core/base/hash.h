#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;

namespace vitrine
{

// SHA-256 (FIPS 180-4), incremental. By OpenSSL, which uses the processor's instructions for it.
class Sha256
{
public:
    Sha256();
    void add(std::span<const std::byte> bytes);
    std::string hex(); // 64 lower-case digits; call once, at the end

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string sha256(std::span<const std::byte> bytes);

// Told how much of a file is hashed, after every few MiB; false stops with cancelled().
using HashProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

// Of a whole regular file, read in pieces: it may be larger than the memory, and may shrink
// meanwhile.
Result<std::string> sha256OfFile(const std::filesystem::path& path,
                                 const HashProgress& progress = {});

// 128 random bits as 32 hexadecimal digits: names a run for ever, in every store.
std::string newUid();

} // namespace vitrine
