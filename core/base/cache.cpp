#include "core/base/cache.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/hash.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <vector>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

constexpr std::uint64_t kLongestText = 256ull << 20;

fs::path fromEnvironment(const char* name)
{
    const char* value = std::getenv(name);
    return value && *value ? fs::path(value) : fs::path();
}

// Whatever else lies in the folder is not the cache's to count or to delete.
bool isCacheKey(const std::string& name)
{
    return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// The files of one key, the halves of an entry that is being written among them.
struct CachedFiles {
    std::vector<fs::path> files;
    fs::file_time_type used = fs::file_time_type::min(); // of the newest: find() touches the text
    std::uint64_t bytes = 0;
};

std::map<std::string, CachedFiles> cachedFiles(const fs::path& folder)
{
    std::map<std::string, CachedFiles> entries;
    std::error_code error;
    for (fs::directory_iterator file(folder, error), end; !error && file != end;
         file.increment(error)) {
        std::error_code gone; // another process may have been quicker
        const auto bytes = file->file_size(gone);
        const auto time = gone ? fs::file_time_type::min() : file->last_write_time(gone);
        const std::string key = file->path().stem().string();
        if (gone || !isCacheKey(key))
            continue;
        CachedFiles& entry = entries[key];
        entry.files.push_back(file->path());
        entry.used = std::max(entry.used, time);
        entry.bytes += bytes;
    }
    return entries;
}

} // namespace

fs::path Cache::standardFolder(std::string_view name)
{
    if (const fs::path own = fromEnvironment("VITRINE_CACHE"); !own.empty())
        return own / name;
    if (const fs::path cache = fromEnvironment("XDG_CACHE_HOME"); !cache.empty())
        return cache / "vitrine" / name;
    const fs::path home = fromEnvironment("HOME");
    return (home.empty() ? fs::temp_directory_path() : home / ".cache") / "vitrine" / name;
}

std::optional<Cache::Entry> Cache::find(const std::string& key, const std::string& ending) const
{
    const fs::path text = folder_ / (key + ".json"), file = folder_ / (key + ending);
    auto read = readFile(text, kLongestText);
    std::error_code error;
    if (!read || !fs::is_regular_file(file, error))
        return std::nullopt;
    fs::last_write_time(text, fs::file_time_type::clock::now(), error); // as used now
    return Entry{*std::move(read), file};
}

Result<void> Cache::keep(const std::string& key, const std::string& text,
                         const fs::path& file) const
{
    std::error_code error;
    fs::create_directories(folder_, error);
    const fs::path kept = folder_ / (key + file.extension().string()),
                   temporary = folder_ / (key + "." + newUid());
    if (!error)
        fs::copy_file(file, temporary, error);
    if (!error)
        fs::rename(temporary, kept, error);
    if (error) {
        std::error_code ignored;
        fs::remove(temporary, ignored);
        return failure("cannot write to the cache {}: {}", folder_.string(), error.message());
    }
    // Last: it makes the entry whole.
    VITRINE_CHECK(writeFileAtomically(folder_ / (key + ".json"), text));
    makeRoom();
    return {};
}

void Cache::makeRoom() const
{
    const auto byKey = cachedFiles(folder_);
    std::vector<const CachedFiles*> entries;
    std::uint64_t total = 0;
    for (const auto& [key, entry] : byKey) {
        entries.push_back(&entry);
        total += entry.bytes;
    }
    std::ranges::stable_sort(entries, {}, &CachedFiles::used);
    for (const CachedFiles* entry : entries) {
        if (total <= mostBytes_)
            return;
        std::error_code ignored;
        for (const fs::path& file : entry->files)
            fs::remove(file, ignored);
        total -= entry->bytes;
    }
}

} // namespace vitrine
