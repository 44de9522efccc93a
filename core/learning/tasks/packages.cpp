#include "core/learning/tasks/packages.h"

#include <cstdio>
#include <fstream>
#include <sstream>

namespace vitrine::learning
{

std::string sourceTableHead()
{
    return "package\tversion\tlicence\tpictures\tmegapixels\n";
}

std::string sourceTableLine(const SourceLine& line)
{
    char megapixels[32];
    std::snprintf(megapixels, sizeof megapixels, "%.2f", static_cast<double>(line.pixels) / 1e6);
    return line.package + '\t' + line.version + '\t' + line.licence + '\t' +
           std::to_string(line.pictures) + '\t' + megapixels + '\n';
}

std::string packageVersion(const std::string& packages, const std::string& package)
{
    std::ifstream file(packages + "/versions.tsv");
    for (std::string line; std::getline(file, line);) {
        std::istringstream fields(line);
        std::string name, version;
        if (std::getline(fields, name, '\t') && std::getline(fields, version, '\t') &&
            name == package)
            return version;
    }
    return "?";
}

} // namespace vitrine::learning
