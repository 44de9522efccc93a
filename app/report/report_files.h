#pragma once

#include "core/report/document.h"

#include <filesystem>
#include <string>
#include <vector>

namespace vitrine
{

// "sink-profile", a number behind it where the name is taken: fit for a file's name on every
// system. Names come from plugins and from people: no path comes of them.
std::vector<std::string> distinctFileNames(const std::vector<std::string>& names,
                                           const std::string& unnamed);
std::vector<std::string> figureNames(const report::Document& document);

// "FILE_figures" beside the file, of characters that LaTeX and Markdown take as they are.
std::filesystem::path folderBeside(const std::filesystem::path& file, const std::string& ending);

} // namespace vitrine
