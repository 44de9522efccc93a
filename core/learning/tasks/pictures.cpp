#include "core/learning/tasks/pictures.h"

#include "core/learning/tasks/fingerprints.h"
#include "core/learning/tasks/known_keys.h"
#include "core/learning/tasks/packages.h"
#include "core/learning/tasks/whole_file.h"
#include "core/picture/raster.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

constexpr int kSmallestSide = 96;

// A file that a source names.
struct NamedPicture {
    std::string package, file, licence; // the file below the package's folder
    std::string use = "train";
    const HeldOutPicture* heldOut = nullptr;
    Raster raster = {};
    Fingerprint print = {};

    std::string title() const { return package + "/" + file; }
};

struct LeftOut {
    std::string name, package, reason;
};

std::string checkedPattern(const std::string& pattern)
{
    try {
        static_cast<void>(std::regex(pattern));
    } catch (const std::regex_error&) {
        throw std::runtime_error(pattern + " is no regular expression");
    }
    return pattern;
}

// Regular files below a package's folder, in order.
std::vector<std::string> packageFiles(const std::string& packages, const std::string& package)
{
    const fs::path folder = fs::path(packages) / package;
    if (!fs::is_directory(folder))
        throw std::runtime_error(folder.string() + " is missing; packaging/fetch FOLDER " +
                                 package + " gets it");
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            files.push_back(entry.path().lexically_relative(folder).generic_string());
    std::ranges::sort(files);
    return files;
}

// By package, files in order: those that a source names and no exclusion does.
std::map<std::string, std::vector<NamedPicture>>
namedPictures(const PictureList& list, const std::string& packages, std::vector<LeftOut>& leftOut)
{
    std::map<std::string, std::vector<NamedPicture>> named;
    for (const auto& source : list.sources) {
        const std::regex wanted(source.files);
        bool isFound = false;
        for (const auto& file : packageFiles(packages, source.package)) {
            if (!std::regex_search(file, wanted))
                continue;
            if (file.find_first_of("\t\n") != std::string::npos)
                throw std::runtime_error(source.package + " has a file with a tab in its name");
            isFound = true;
            const auto exclusion = std::ranges::find_if(list.excluded, [&](const auto& one) {
                return one.package == source.package &&
                       std::regex_search(file, std::regex(one.files));
            });
            if (exclusion != list.excluded.end())
                leftOut.push_back({file, source.package, exclusion->reason});
            else
                named[source.package].push_back(
                    {.package = source.package, .file = file, .licence = source.licence});
        }
        if (!isFound)
            throw std::runtime_error("no file of " + source.package + " fits " + source.files);
    }
    for (auto& [package, pictures] : named) {
        std::ranges::sort(pictures, {}, &NamedPicture::file);
        const auto twice = std::ranges::adjacent_find(pictures, {}, &NamedPicture::file);
        if (twice != pictures.end())
            throw std::runtime_error("two sources name " + twice->title());
    }
    return named;
}

// Reads them, a package after another, into one list; held-out pictures first.
std::vector<NamedPicture> readPictures(const PictureList& list, const std::string& packages,
                                       std::vector<LeftOut>& leftOut)
{
    std::vector<NamedPicture> heldOut, train;
    for (auto& [package, named] : namedPictures(list, packages, leftOut)) {
        size_t read = 0;
        for (auto& picture : named) {
            for (const auto& held : list.heldOut)
                if (held.package == package && held.file == picture.file) {
                    picture.heldOut = &held;
                    picture.use = held.use;
                }
            picture.raster = preparedPhotograph(packages + "/" + picture.title());
            if (!picture.heldOut &&
                std::min(picture.raster.width, picture.raster.height) < kSmallestSide) {
                leftOut.push_back({picture.file, package, "less than 96 pixels on a side"});
                continue;
            }
            picture.print = fingerprintOf(picture.raster);
            ++read;
            (picture.heldOut ? heldOut : train).push_back(std::move(picture));
        }
        std::cerr << "pictures: " << package << ", " << read << " read\n";
    }
    for (const auto& held : list.heldOut)
        if (std::ranges::none_of(heldOut, [&](const auto& one) { return one.heldOut == &held; }))
            throw std::runtime_error("the held-out picture " + held.package + "/" + held.file +
                                     " is named by no source");
    // Of two that are the same the larger one stays.
    std::ranges::stable_sort(train, std::greater{},
                             [](const auto& one) { return one.raster.pixels(); });
    heldOut.insert(heldOut.end(), std::make_move_iterator(train.begin()),
                   std::make_move_iterator(train.end()));
    return heldOut;
}

std::string sameAs(const std::string& name, double alike)
{
    char number[16];
    std::snprintf(number, sizeof number, "%.3f", alike);
    return name + " (likeness " + number + ")";
}

// Why a picture must not be kept beside those that are; empty where it may.
std::string objection(const NamedPicture& picture, const std::vector<NamedPicture>& kept,
                      const std::vector<TestPicture>& tests)
{
    for (const auto& test : tests)
        if (const double alike = likeness(picture.print, test.fingerprint); alike >= kTestPicture)
            return "test picture " + sameAs(test.set + "/" + test.name, alike);
    for (const auto& other : kept)
        if (const double alike = likeness(picture.print, other.print); alike >= kSamePicture)
            return (other.heldOut ? "held out: " : "there already: ") +
                   sameAs(other.title(), alike);
    return "";
}

std::vector<NamedPicture> withoutRepetitions(std::vector<NamedPicture> pictures,
                                             const std::vector<TestPicture>& tests,
                                             std::vector<LeftOut>& leftOut)
{
    std::vector<NamedPicture> kept;
    for (auto& picture : pictures) {
        const std::string reason = objection(picture, kept, tests);
        if (reason.empty())
            kept.push_back(std::move(picture));
        else if (picture.heldOut)
            throw std::runtime_error(picture.title() + " cannot be held out: " + reason);
        else
            leftOut.push_back({picture.file, picture.package, reason});
    }
    return kept;
}

void cropForVt10(NamedPicture& picture)
{
    if (picture.use != "vt10")
        return;
    try {
        picture.raster = cropped(picture.raster, picture.heldOut->x, picture.heldOut->y,
                                 kHeldOutSide, kHeldOutSide);
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(picture.title() + ": " + error.what());
    }
}

std::string pictureSourceTable(const std::vector<NamedPicture>& pictures,
                               const std::string& packages)
{
    std::map<std::pair<std::string, std::string>, SourceLine> lines; // by package and licence
    for (const auto& picture : pictures) {
        auto& line = lines[{picture.package, picture.licence}];
        ++line.pictures;
        line.pixels += picture.raster.pixels();
    }
    std::string table = sourceTableHead();
    for (auto& [key, line] : lines) {
        line.package = key.first;
        line.licence = key.second;
        line.version = packageVersion(packages, key.first);
        table += sourceTableLine(line);
    }
    return table;
}

std::string leftOutTable(std::vector<LeftOut> leftOut)
{
    std::ranges::sort(leftOut, {},
                      [](const LeftOut& one) { return std::pair(one.package, one.name); });
    std::string table = "name\tpackage\treason\n";
    for (const auto& one : leftOut)
        table += one.name + '\t' + one.package + '\t' + one.reason + '\n';
    return table;
}

void refusePictureKeys(const nlohmann::json& file)
{
    refuseOtherKeys(file, "the list",
                    {"about", "test_pictures", "sources", "excluded", "refused", "held_out"});
    const auto each = [&](const char* list, std::initializer_list<std::string_view> known) {
        if (const auto found = file.find(list); found != file.end())
            for (size_t i = 0; i < found->size(); ++i)
                refuseOtherKeys(found->at(i), placeInList(list, i), known);
    };
    each("sources", {"package", "kind", "licence", "files", "source"});
    each("excluded", {"package", "files", "reason"});
    each("refused", {"package", "reason"});
    each("held_out", {"package", "file", "use", "x", "y", "sha256"});
}

} // namespace

PictureList readPictureList(const std::string& path)
{
    using nlohmann::json;
    std::ifstream in(path);
    if (!in)
        throw std::runtime_error("cannot read " + path);
    try {
        const json file = json::parse(in);
        refusePictureKeys(file);
        PictureList list;
        list.testPictures =
            (fs::path(path).parent_path() / file.at("test_pictures").get<std::string>()).string();
        for (const auto& one : file.at("sources"))
            list.sources.push_back(
                {one.at("package"), checkedPattern(one.at("files")), one.at("licence")});
        for (const auto& one : file.at("excluded"))
            list.excluded.push_back(
                {one.at("package"), checkedPattern(one.at("files")), one.at("reason")});
        for (const auto& one : file.at("held_out")) {
            list.heldOut.push_back({one.at("package"), one.at("file"), one.at("use"),
                                    one.value("x", 0), one.value("y", 0)});
            const std::string& use = list.heldOut.back().use;
            if (use != "vt10" && use != "codec")
                throw std::runtime_error("a held-out picture is for vt10 or codec, not " + use);
        }
        return list;
    } catch (const std::exception& error) {
        throw std::runtime_error(path + ": " + error.what());
    }
}

std::string preparePictures(const PictureList& list, const std::string& packages,
                            const std::string& out)
{
    std::vector<LeftOut> leftOut;
    const auto tests = readTestPictures(list.testPictures);
    auto pictures = withoutRepetitions(readPictures(list, packages, leftOut), tests, leftOut);
    std::ranges::sort(pictures, {}, &NamedPicture::title);
    std::ranges::for_each(pictures, cropForVt10);

    fs::create_directories(out);
    WholeFile pixels(out + "/pictures.rgb"), lines(out + "/pictures.tsv"),
        rest(out + "/left-out.tsv"), sources(out + "/sources.tsv");
    lines.write("name\tpackage\tlicence\twidth\theight\toffset\tuse\n");
    for (const auto& picture : pictures) {
        lines.write(picture.file + '\t' + picture.package + '\t' + picture.licence + '\t' +
                    std::to_string(picture.raster.width) + '\t' +
                    std::to_string(picture.raster.height) + '\t' + std::to_string(pixels.size()) +
                    '\t' + picture.use + '\n');
        pixels.write(picture.raster.rgb);
    }
    const std::string table = pictureSourceTable(pictures, packages);
    sources.write(table);
    rest.write(leftOutTable(std::move(leftOut)));
    for (WholeFile* file : {&pixels, &lines, &rest, &sources})
        file->finish();
    return table;
}

} // namespace vitrine::learning
