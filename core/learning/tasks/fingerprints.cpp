#include "core/learning/tasks/fingerprints.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

constexpr int kPrintSide = Fingerprint::kSide;
constexpr const char* kTestPictureHead = "name\tset\tfingerprint";

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Each row without its mean.
std::array<double, kPrintSide * kPrintSide> withoutRowMeans(const Fingerprint& print)
{
    std::array<double, kPrintSide * kPrintSide> left{};
    for (int row = 0; row < kPrintSide; ++row) {
        const auto* values = print.grey.data() + row * kPrintSide;
        double mean = 0;
        for (int i = 0; i < kPrintSide; ++i)
            mean += values[i] / static_cast<double>(kPrintSide);
        for (int i = 0; i < kPrintSide; ++i)
            left[static_cast<size_t>(row * kPrintSide + i)] = values[i] - mean;
    }
    return left;
}

} // namespace

Fingerprint fingerprintOf(const Raster& picture)
{
    // A picture of less than 16 pixels has no fingerprint of its own: it is flat.
    Fingerprint print;
    print.grey.fill(128);
    if (picture.width < kPrintSide || picture.height < kPrintSide)
        return print;
    const Raster small = shrunk(picture, kPrintSide, kPrintSide);
    std::array<double, kPrintSide * kPrintSide> grey{};
    double mean = 0, square = 0;
    for (size_t i = 0; i < grey.size(); ++i) {
        const uint8_t* rgb = small.rgb.data() + 3 * i;
        grey[i] = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
        mean += grey[i] / static_cast<double>(grey.size());
    }
    for (const double value : grey)
        square += (value - mean) * (value - mean) / static_cast<double>(grey.size());
    if (square < 1)
        return print;
    for (size_t i = 0; i < grey.size(); ++i)
        print.grey[i] = static_cast<uint8_t>(
            std::clamp(std::lround(128 + 40 * (grey[i] - mean) / std::sqrt(square)), 0L, 255L));
    return print;
}

double likeness(const Fingerprint& a, const Fingerprint& b)
{
    const auto x = withoutRowMeans(a), y = withoutRowMeans(b);
    double xy = 0, xx = 0, yy = 0;
    for (size_t i = 0; i < x.size(); ++i) {
        xy += x[i] * y[i];
        xx += x[i] * x[i];
        yy += y[i] * y[i];
    }
    return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

std::string hexOf(const Fingerprint& fingerprint)
{
    constexpr const char* kDigits = "0123456789abcdef";
    std::string hex;
    for (const uint8_t value : fingerprint.grey) {
        hex += kDigits[value >> 4];
        hex += kDigits[value & 15];
    }
    return hex;
}

Fingerprint fingerprintFromHex(std::string_view hex)
{
    Fingerprint print;
    if (hex.size() != 2 * print.grey.size())
        throw std::runtime_error("a fingerprint has " + std::to_string(2 * print.grey.size()) +
                                 " hexadecimal digits");
    for (size_t i = 0; i < print.grey.size(); ++i) {
        const int high = hexValue(hex[2 * i]), low = hexValue(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            throw std::runtime_error("a fingerprint has hexadecimal digits only");
        print.grey[i] = static_cast<uint8_t>(high * 16 + low);
    }
    return print;
}

std::string testPictureTable(const std::vector<TestPicture>& pictures)
{
    std::string table = std::string(kTestPictureHead) + '\n';
    for (const auto& picture : pictures)
        table += picture.name + '\t' + picture.set + '\t' + hexOf(picture.fingerprint) + '\n';
    return table;
}

std::vector<TestPicture> readTestPictures(const std::string& path)
{
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line) || line != kTestPictureHead)
        throw std::runtime_error(path + " is no table of test pictures");
    std::vector<TestPicture> pictures;
    for (int number = 2; std::getline(file, line); ++number) {
        std::istringstream fields(line);
        std::string name, set, hex, rest;
        std::getline(fields, name, '\t');
        std::getline(fields, set, '\t');
        std::getline(fields, hex, '\t');
        try {
            if (std::getline(fields, rest))
                throw std::runtime_error("more than three cells");
            pictures.push_back({name, set, fingerprintFromHex(hex)});
        } catch (const std::runtime_error& error) {
            throw std::runtime_error(path + ":" + std::to_string(number) + ": " + name + ": " +
                                     error.what());
        }
    }
    return pictures;
}

std::vector<TestPicture> testPicturesIn(const std::vector<std::string>& folders)
{
    namespace fs = std::filesystem;
    std::vector<TestPicture> pictures;
    for (const std::string& folder : folders) {
        if (!fs::is_directory(folder))
            throw std::runtime_error(folder + " is not a folder");
        std::set<fs::path> files;
        for (const auto& entry : fs::recursive_directory_iterator(folder))
            if (entry.is_regular_file())
                files.insert(entry.path());
        const std::string set = (fs::path(folder) / "").parent_path().filename().string();
        for (const fs::path& file : files) {
            const std::string name = file.stem().string();
            if (name.ends_with("_LR"))
                continue;
            const Fingerprint print = fingerprintOf(decodePicture(file.string()));
            // The sets of the factors hold the same pictures, cut to other multiples.
            if (std::ranges::none_of(pictures, [&](const TestPicture& other) {
                    return likeness(other.fingerprint, print) > 0.995;
                }))
                pictures.push_back({name, set, print});
        }
    }
    return pictures;
}

} // namespace vitrine::learning
