#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/store/schema.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

constexpr std::chrono::seconds kPatience{2};
constexpr std::string_view kMagic{"SQLite format 3", 16}; // with the NUL at its end

// The tables of the first schema, by which workspaces are known that were made before they said
// whose they are.
constexpr std::array kFirstTables = {"runs",   "parameters", "metrics", "tables",    "artifacts",
                                     "inputs", "tags",       "words",   "word_texts"};

bool beginsAsDatabase(const fs::path& path)
{
    std::string beginning(kMagic.size(), '\0');
    std::ifstream file(path, std::ios::binary);
    return file.read(beginning.data(), static_cast<std::streamsize>(beginning.size())) &&
           beginning == kMagic;
}

Result<std::int64_t> headerValue(const Database& database, const char* pragma)
{
    auto query = database.prepare(pragma);
    if (query.step())
        return query.integer(0);
    VITRINE_CHECK(query.ok());
    return std::int64_t{0};
}

// Of tables only: a view of that name is another program's idea.
Result<std::set<std::string>> tableNames(const Database& database)
{
    std::set<std::string> names;
    auto query = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' LIMIT 1000");
    while (query.step())
        names.insert(query.text(0));
    VITRINE_CHECK(query.ok());
    return names;
}

// Nobody's where nothing is in it, although it is a database.
Result<FileOwner> ownerOfDatabase(const Database& database, const fs::path& path)
{
    VITRINE_TRY(const auto id, headerValue(database, "PRAGMA application_id"));
    VITRINE_TRY(const auto version, headerValue(database, "PRAGMA user_version"));
    const auto ours = [&]() -> Result<FileOwner> {
        VITRINE_CHECK(refuseNewer(path, version));
        return FileOwner::ours;
    };
    if (id == kApplicationId)
        return ours();
    VITRINE_TRY(const auto tables, tableNames(database));
    if (id == 0 && version == 0 && tables.empty())
        return FileOwner::nobody;
    const bool hasOurs =
        std::ranges::all_of(kFirstTables, [&](const char* name) { return tables.contains(name); });
    if (id == 0 && version > 0 && hasOurs)
        return ours();
    return inputError("{} is a database of another program, no workspace: it is left as it is",
                      path.string());
}

// Removes what a look at a copy has made.
struct PeekFolder {
    fs::path path;
    ~PeekFolder()
    {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
};

// With what lies beside it: all of it may still be in the -wal, as an early version that was killed
// has left it, and the -journal takes back what was half written then. A look would alter them, so
// a copy is looked at.
Result<FileOwner> ownerWithChanges(const fs::path& path, const std::string& suffix)
{
    std::error_code error;
    const PeekFolder folder{fs::temp_directory_path(error) / ("vitrine-" + newUid())};
    const fs::path copy = folder.path / "copy";
    fs::create_directory(folder.path, error);
    fs::permissions(folder.path, fs::perms::owner_all, error);
    fs::copy_file(path, copy, error);
    if (!error)
        fs::copy_file(path.string() + suffix, copy.string() + suffix, error);
    if (error)
        return inputError("cannot read {} with its {}: {}", path.string(), suffix, error.message());
    VITRINE_TRY(const Database database, Database::open(copy));
    return ownerOfDatabase(database, path);
}

Result<FileOwner> ownerAsItLies(const fs::path& path)
{
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status))
        return FileOwner::nobody;
    if (!fs::is_regular_file(status))
        return inputError("cannot open the workspace {}: it is not a regular file", path.string());
    if (fs::file_size(path, error) == 0 && !error)
        return FileOwner::nobody;
    if (!beginsAsDatabase(path))
        return inputError("{} is no workspace: it is no SQLite database, or cannot be read",
                          path.string());
    const auto database = Database::peek(path);
    if (!database)
        return tl::unexpected(database.error());
    if (!headerValue(*database, "PRAGMA application_id"))
        return inputError("{} is no workspace: it begins as an SQLite database and is none",
                          path.string());
    auto owner = ownerOfDatabase(*database, path);
    const auto changes = fs::file_size(path.string() + "-wal", error);
    if (owner && *owner == FileOwner::nobody && !error && changes > 0)
        return ownerWithChanges(path, "-wal");
    return owner;
}

Result<FileOwner> ownerAtThisMoment(const fs::path& path)
{
    auto owner = ownerAsItLies(path);
    std::error_code error;
    const bool isHalfWritten =
        !owner && fs::file_size(path.string() + "-journal", error) > 0 && !error;
    if (isHalfWritten)
        if (auto before = ownerWithChanges(path, "-journal"))
            return before;
    return owner;
}

// What changes while another process writes the file. It announces itself by a journal beside it.
struct Stamp {
    bool journal = false;
    std::uintmax_t bytes = 0;
    fs::file_time_type written;

    bool operator==(const Stamp&) const = default;
};

Stamp stampOf(const fs::path& path)
{
    std::error_code error;
    Stamp stamp;
    stamp.journal = fs::exists(path.string() + "-journal", error);
    stamp.bytes = fs::file_size(path, error);
    stamp.written = fs::last_write_time(path, error);
    return stamp;
}

} // namespace

// The look takes no lock (that would alter the file), so it can fall into the moment in which
// another process makes the workspace. A refusal counts once nobody was writing; a journal that a
// killed process has left ends the patience.
Result<FileOwner> ownerOf(const fs::path& path)
{
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        const Stamp before = stampOf(path);
        auto owner = ownerAtThisMoment(path);
        const bool still = !before.journal && before == stampOf(path);
        if (owner || still || std::chrono::steady_clock::now() >= end)
            return owner;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

} // namespace vitrine
