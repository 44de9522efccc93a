#include "core/base/hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <random>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace vitrine
{
namespace
{

constexpr std::size_t kHashPiece = std::size_t{4} << 20;

// A descriptor for reading a regular file; opening a pipe must not wait for a writer.
struct HashedFile {
    explicit HashedFile(const std::filesystem::path& path)
        : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))
    {
    }
    ~HashedFile()
    {
        if (fd >= 0)
            ::close(fd);
    }
    HashedFile(const HashedFile&) = delete;
    HashedFile& operator=(const HashedFile&) = delete;

    // As many bytes as there are, up to the buffer's size; -1 with errno.
    ssize_t read(std::span<std::byte> buffer) const
    {
        ssize_t got = 0;
        do
            got = ::read(fd, buffer.data(), buffer.size());
        while (got < 0 && errno == EINTR);
        return got;
    }

    int fd;
};

} // namespace

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
    const auto cannot = [&](const char* reason) {
        return inputError("cannot read {}: {}", path.string(), reason);
    };
    const HashedFile file(path);
    struct stat status {
    };
    if (file.fd < 0 || ::fstat(file.fd, &status) != 0)
        return cannot(std::strerror(errno));
    if (!S_ISREG(status.st_mode))
        return cannot("it is not a regular file");
    ::posix_fadvise(file.fd, 0, 0, POSIX_FADV_SEQUENTIAL);

    const auto total = static_cast<std::uint64_t>(status.st_size);
    std::vector<std::byte> piece(
        std::min<std::uint64_t>(kHashPiece, std::max<std::uint64_t>(total, 1)));
    Sha256 hash;
    for (std::uint64_t done = 0;;) {
        const ssize_t got = file.read(piece);
        if (got < 0)
            return cannot(std::strerror(errno));
        if (got == 0)
            return hash.hex();
        hash.add(std::span(piece).first(static_cast<std::size_t>(got)));
        done += static_cast<std::uint64_t>(got);
        if (progress && !progress(done, total))
            return cancelled();
    }
}

std::string newUid()
{
    std::random_device device;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

} // namespace vitrine
