#pragma once

#include "core/base/result.h"

#include <filesystem>

namespace vitrine::model
{

// Input error where there is nothing at `path`.
Result<void> refuseMissing(const std::filesystem::path& path);

// Input error with a line that says what would help where `path` is no regular file, is a pickle
// (opening one may run code) or a GGUF file.
Result<void> refuseForeignFile(const std::filesystem::path& path);

} // namespace vitrine::model
