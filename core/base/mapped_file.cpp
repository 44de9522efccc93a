#include "core/base/mapped_file.h"

#include "core/base/lost_pages.h"

#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vitrine
{

struct MappedFile::Mapping {
    std::string path;
    int file = -1;
    struct stat opened {
    };
    const std::byte* data = nullptr;
    GuardedMapping* guard = nullptr;

    // All that are open, and what was found at those that are closed again.
    struct Register {
        std::mutex mutex;
        std::set<const Mapping*> open;
        std::optional<Error> firstChange;
    };
    static Register& all()
    {
        // Never destroyed: static objects may hold mapped files until the very end.
        static auto& instance = *new Register;
        return instance;
    }

    std::size_t size() const { return static_cast<std::size_t>(opened.st_size); }
    Result<void> unchanged() const;
    ~Mapping();
};

namespace
{

tl::unexpected<Error> cannotMap(const char* what, const std::filesystem::path& path)
{
    return inputError("cannot {} {}: {}", what, path.string(), std::strerror(errno));
}

bool sameTime(const timespec& a, const timespec& b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

} // namespace

Result<void> MappedFile::Mapping::unchanged() const
{
    struct stat now {
    };
    if (::fstat(file, &now) != 0)
        return cannotMap("read", path);
    if (now.st_size < opened.st_size)
        return inputError("cannot read {}: it became shorter while it was read ({} of {} bytes are "
                          "left)",
                          path, now.st_size, opened.st_size);
    if (guard && guard->lost)
        return inputError("cannot read {}: part of it could not be read from the disk", path);
    if (now.st_size != opened.st_size || !sameTime(now.st_mtim, opened.st_mtim))
        return inputError("cannot read {}: it was written to while it was read", path);
    return {};
}

MappedFile::Mapping::~Mapping()
{
    {
        Register& known = all();
        const std::lock_guard lock(known.mutex);
        if (known.open.erase(this) > 0)
            if (auto same = unchanged(); !same && !known.firstChange)
                known.firstChange = std::move(same).error();
    }
    if (guard)
        endGuard(guard);
    if (data)
        ::munmap(const_cast<std::byte*>(data), size());
    if (file >= 0)
        ::close(file);
}

MappedFile::MappedFile() = default;
MappedFile::MappedFile(MappedFile&&) noexcept = default;
MappedFile& MappedFile::operator=(MappedFile&&) noexcept = default;
MappedFile::~MappedFile() = default;

Result<MappedFile> MappedFile::open(const std::filesystem::path& path)
{
    auto mapping = std::make_unique<Mapping>();
    mapping->path = path.string();
    mapping->file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (mapping->file < 0)
        return cannotMap("open", path);
    if (::fstat(mapping->file, &mapping->opened) != 0)
        return cannotMap("read", path);
    if (!S_ISREG(mapping->opened.st_mode))
        return inputError("cannot read {}: it is not a regular file", path.string());
    if (mapping->size() > 0) { // an empty file cannot be mapped; it is an empty span
        void* data = ::mmap(nullptr, mapping->size(), PROT_READ, MAP_PRIVATE | MAP_NORESERVE,
                            mapping->file, 0);
        if (data == MAP_FAILED)
            return cannotMap("map", path);
        mapping->data = static_cast<const std::byte*>(data);
        mapping->guard =
            guardMapping({mapping->data, mapping->size()}, mapping->path.c_str(), mapping->file);
        if (!mapping->guard)
            return failure("cannot map {}: too many files are mapped", path.string());
    }
    {
        Mapping::Register& known = Mapping::all();
        const std::lock_guard lock(known.mutex);
        known.open.insert(mapping.get());
    }
    MappedFile mapped;
    mapped.mapping_ = std::move(mapping);
    return mapped;
}

std::span<const std::byte> MappedFile::bytes() const
{
    if (!mapping_)
        return {};
    return {mapping_->data, mapping_->size()};
}

Result<void> MappedFile::unchanged() const
{
    return mapping_ ? mapping_->unchanged() : Result<void>{};
}

Result<void> MappedFile::allUnchanged()
{
    Mapping::Register& known = Mapping::all();
    const std::lock_guard lock(known.mutex);
    if (known.firstChange)
        return tl::unexpected(*known.firstChange);
    for (const Mapping* mapping : known.open)
        VITRINE_CHECK(mapping->unchanged());
    return {};
}

} // namespace vitrine
