#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"

#include <filesystem>
#include <map>
#include <string>

namespace vitrine
{

// The folder beside a document with the files that belong to it. Remembers in the file
// .vitrine-files, by format and with their hashes, what exports have written: what an earlier
// export wrote, this one does not and nobody has changed since is removed. Files of others stay.
class ExportFolder
{
public:
    ExportFolder(std::filesystem::path folder, std::string format);

    Result<void> write(const std::string& name, std::string_view bytes);
    // After the last file; a folder that is left empty goes too.
    Result<void> finish();

private:
    using Files = std::map<std::string, std::string>; // name, SHA-256

    void removeOldFiles() const;

    std::filesystem::path folder_;
    std::string format_;
    std::map<std::string, Files> before_; // by format
    Files written_;
};

} // namespace vitrine
