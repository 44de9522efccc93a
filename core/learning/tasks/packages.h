#pragma once

#include <cstdint>
#include <string>

namespace vitrine::learning
{

// What a model card says of a package that training data came from.
struct SourceLine {
    std::string package, version, licence;
    uint64_t pictures = 0, pixels = 0; // pictures or frames
};

// Tab separated, a line each: package, version, licence, pictures, megapixels.
std::string sourceTableHead();
std::string sourceTableLine(const SourceLine& line);

// As packaging/fetch recorded it in packages/versions.tsv; "?" where it did not.
std::string packageVersion(const std::string& packages, const std::string& package);

} // namespace vitrine::learning
