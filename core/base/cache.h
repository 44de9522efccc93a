#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine
{

// What was made once and is kept for the next time, named by the SHA-256 of what it was made from:
// a text and a file beside it. Where all entries together pass the limit, those not used for
// longest go. Deleting the folder at any time is safe; several processes may use it at once.
class Cache
{
public:
    // The folder `name` in $VITRINE_CACHE, else in $XDG_CACHE_HOME/vitrine, else in
    // ~/.cache/vitrine.
    static std::filesystem::path standardFolder(std::string_view name);

    Cache(std::filesystem::path folder, std::uint64_t mostBytes)
        : folder_(std::move(folder)), mostBytes_(mostBytes)
    {
    }

    struct Entry {
        std::string text;
        std::filesystem::path file;
    };
    // Counts as a use. `ending` is that of the file that was kept (".mkv"); none where a part of
    // the entry is missing.
    std::optional<Entry> find(const std::string& key, const std::string& ending) const;
    // Copies the file in, under its own ending. A cache that cannot be written is no error of what
    // was made: the reason comes back.
    Result<void> keep(const std::string& key, const std::string& text,
                      const std::filesystem::path& file) const;

    const std::filesystem::path& folder() const { return folder_; }

private:
    void makeRoom() const;

    std::filesystem::path folder_;
    std::uint64_t mostBytes_;
};

} // namespace vitrine
