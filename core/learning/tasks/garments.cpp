#include "core/learning/tasks/garments.h"

#include "core/learning/tasks/packages.h"
#include "core/learning/tasks/whole_file.h"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

constexpr const char* kGarmentPackage = "dataset-fashion-mnist";
constexpr uint32_t kGarmentSide = 28;
constexpr uint8_t kGarmentClasses = 10;
constexpr uint64_t kMostIdxBytes = 1 << 30;

std::vector<uint8_t> unzipped(const std::string& path)
{
    const gzFile file = gzopen(path.c_str(), "rb");
    if (!file)
        throw std::runtime_error(path + " cannot be read; packaging/fetch FOLDER " +
                                 kGarmentPackage + " gets it");
    std::vector<uint8_t> bytes;
    std::vector<uint8_t> block(1 << 20);
    int got = 0;
    while (bytes.size() <= kMostIdxBytes &&
           (got = gzread(file, block.data(), static_cast<unsigned>(block.size()))) > 0)
        bytes.insert(bytes.end(), block.begin(), block.begin() + got);
    // A file that breaks off gives its bytes and says so only when it is closed.
    const bool isWhole = gzclose_r(file) == Z_OK && got == 0;
    if (!isWhole)
        throw std::runtime_error(path + " is no whole gzip file of at most a GiB");
    return bytes;
}

struct IdxFile {
    std::vector<uint8_t> bytes;
    IdxHead head;
};

IdxFile readIdx(const std::string& path, size_t sizes)
{
    IdxFile file{.bytes = unzipped(path), .head = {}};
    try {
        file.head = idxHead(file.bytes, sizes);
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(path + " " + error.what());
    }
    if (file.head.headBytes + file.head.dataBytes != file.bytes.size())
        throw std::runtime_error(path + " holds " + std::to_string(file.bytes.size()) +
                                 " bytes, its head says " +
                                 std::to_string(file.head.headBytes + file.head.dataBytes));
    return file;
}

void writeWhole(const std::string& path, std::span<const uint8_t> bytes)
{
    WholeFile file(path);
    file.write(bytes);
    file.finish();
}

// Gives the number of pictures.
uint32_t prepareGarmentPart(const std::string& part, const std::string& from, const std::string& to)
{
    const std::string images = part + "-images-idx3-ubyte", labels = part + "-labels-idx1-ubyte";
    const std::string imagePath = from + "/" + images + ".gz",
                      labelPath = from + "/" + labels + ".gz";
    const IdxFile pictures = readIdx(imagePath, 3), names = readIdx(labelPath, 1);
    const auto& sizes = pictures.head.sizes;
    if (sizes[1] != kGarmentSide || sizes[2] != kGarmentSide)
        throw std::runtime_error(imagePath + " has pictures of " + std::to_string(sizes[2]) + "x" +
                                 std::to_string(sizes[1]) + ", 28x28 expected");
    if (names.head.sizes[0] != sizes[0])
        throw std::runtime_error(labelPath + " has " + std::to_string(names.head.sizes[0]) +
                                 " labels for " + std::to_string(sizes[0]) + " pictures");
    if (std::any_of(names.bytes.begin() + static_cast<std::ptrdiff_t>(names.head.headBytes),
                    names.bytes.end(), [](uint8_t label) { return label >= kGarmentClasses; }))
        throw std::runtime_error(labelPath + " has a label above 9");
    writeWhole(to + "/" + images, pictures.bytes);
    writeWhole(to + "/" + labels, names.bytes);
    std::cerr << "garments: " << part << ", " << sizes[0] << " pictures\n";
    return sizes[0];
}

} // namespace

IdxHead idxHead(std::span<const uint8_t> bytes, size_t sizes)
{
    IdxHead head{.sizes = {}, .headBytes = 4 + 4 * sizes, .dataBytes = 1};
    if (bytes.size() < head.headBytes || bytes[0] != 0 || bytes[1] != 0 || bytes[2] != 8 ||
        bytes[3] != sizes)
        throw std::runtime_error("is no IDX file of bytes with " + std::to_string(sizes) +
                                 " sizes");
    for (size_t i = 4; i < head.headBytes; i += 4) {
        const uint32_t size = uint32_t{bytes[i]} << 24 | uint32_t{bytes[i + 1]} << 16 |
                              uint32_t{bytes[i + 2]} << 8 | bytes[i + 3];
        head.sizes.push_back(size);
        if (size == 0 || head.dataBytes > kMostIdxBytes / size)
            throw std::runtime_error("says a size that is nought or beyond a GiB");
        head.dataBytes *= size;
    }
    return head;
}

std::string prepareGarments(const std::string& packages, const std::string& out)
{
    const std::string from = packages + "/" + kGarmentPackage + "/usr/share/datasets/fashion-mnist";
    fs::create_directories(out);
    const uint32_t train = prepareGarmentPart("train", from, out),
                   test = prepareGarmentPart("t10k", from, out);
    const uint64_t pixels = (uint64_t{train} + test) * kGarmentSide * kGarmentSide;
    const std::string table =
        sourceTableHead() + sourceTableLine({.package = kGarmentPackage,
                                             .version = packageVersion(packages, kGarmentPackage),
                                             .licence = "MIT",
                                             .pictures = uint64_t{train} + test,
                                             .pixels = pixels});
    WholeFile file(out + "/sources.tsv");
    file.write(table);
    file.finish();
    return table;
}

} // namespace vitrine::learning
