#include "app/report/export_folder.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

constexpr const char* kList = ".vitrine-files";
constexpr std::uint64_t kLongestList = 4U << 20U;

using Files = std::map<std::string, std::string>;

// A plain name inside the folder: the list may have come from anywhere.
bool isPlain(const std::string& name)
{
    return !name.empty() && name != "." && name != ".." && name != kList &&
           name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
}

// Nothing where there is no list, or one that is not ours.
std::map<std::string, Files> readList(const fs::path& file)
{
    std::map<std::string, Files> list;
    const auto text = readFile(file, kLongestList);
    const auto json = text ? parseJson(*text, kList) : Result<Json>(tl::unexpected(text.error()));
    if (!json || !json->is_object())
        return list;
    for (const auto& [format, files] : json->items()) {
        if (!files.is_object())
            continue;
        for (const auto& [name, hash] : files.items())
            if (hash.is_string() && isPlain(name))
                list[format][name] = hash.get<std::string>();
    }
    return list;
}

bool isAsWritten(const fs::path& file, const std::string& hash)
{
    std::error_code code;
    if (fs::symlink_status(file, code).type() != fs::file_type::regular)
        return false;
    const auto now = sha256OfFile(file);
    return now && *now == hash;
}

} // namespace

ExportFolder::ExportFolder(fs::path folder, std::string format)
    : folder_(std::move(folder)), format_(std::move(format)), before_(readList(folder_ / kList))
{
}

Result<void> ExportFolder::write(const std::string& name, std::string_view bytes)
{
    std::error_code code;
    if (!fs::create_directories(folder_, code) && code)
        return failure("cannot make the folder {}: {}", folder_.string(), code.message());
    VITRINE_CHECK(writeFileAtomically(folder_ / name, bytes));
    written_[name] = sha256(std::as_bytes(std::span(bytes)));
    return {};
}

void ExportFolder::removeOldFiles() const
{
    const auto own = before_.find(format_);
    if (own == before_.end())
        return;
    std::error_code code;
    for (const auto& [name, hash] : own->second)
        if (!written_.contains(name) && isAsWritten(folder_ / name, hash))
            fs::remove(folder_ / name, code);
}

Result<void> ExportFolder::finish()
{
    if (before_.empty() && written_.empty())
        return {};
    removeOldFiles();
    before_[format_] = written_;
    std::erase_if(before_, [](const auto& each) { return each.second.empty(); });
    std::error_code code;
    if (before_.empty()) {
        fs::remove(folder_ / kList, code);
        fs::remove(folder_, code); // refused where anything is left
        return {};
    }
    return writeFileAtomically(folder_ / kList, dumpJson(Json(before_), 1) + "\n");
}

} // namespace vitrine
