#include "core/base/hash.h"

#include "core/base/file.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <random>

namespace vitrine
{
Sha256::Sha256() : context_(::EVP_MD_CTX_new())
{
    [[maybe_unused]] const int begun = ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr);
    assert(begun == 1); // SHA-256 is in every OpenSSL
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const
{
    ::EVP_MD_CTX_free(context);
}

void Sha256::add(std::span<const std::byte> bytes)
{
    ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Sha256::hex()
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    ::EVP_DigestFinal_ex(context_.get(), sum.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i)
        text += fmt::format("{:02x}", sum[i]);
    return text;
}

std::string sha256(std::span<const std::byte> bytes)
{
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

Result<std::string> sha256OfFile(const std::filesystem::path& path, const HashProgress& progress)
{
    std::error_code unknown;
    const std::uint64_t total = std::filesystem::file_size(path, unknown);
    std::uint64_t done = 0;
    Sha256 hash;
    VITRINE_CHECK(readInPieces(path, [&](std::span<const std::byte> piece) -> Result<void> {
        hash.add(piece);
        done += piece.size();
        if (progress && !progress(done, total))
            return cancelled();
        return {};
    }));
    return hash.hex();
}

std::string newUid()
{
    std::random_device device;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

} // namespace vitrine
