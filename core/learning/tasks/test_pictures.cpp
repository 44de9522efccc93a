#include "core/learning/tasks/test_pictures.h"

#include "core/learning/tasks/whole_file.h"
#include "core/picture/raster.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <vector>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

std::vector<fs::path> testPicturePaths(const std::string& folder)
{
    static const std::set<std::string> kEndings = {".png",  ".bmp", ".jpg",
                                                   ".jpeg", ".tif", ".tiff"};
    std::vector<fs::path> paths;
    if (!fs::is_directory(folder))
        throw std::runtime_error(folder + " is no folder");
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && kEndings.count(entry.path().extension().string()))
            paths.push_back(entry.path());
    if (paths.empty())
        throw std::runtime_error(folder + " holds no picture");
    std::sort(paths.begin(), paths.end());
    return paths;
}

} // namespace

std::string prepareTestPictures(const std::string& folder, const std::string& out)
{
    const auto paths = testPicturePaths(folder);
    fs::create_directories(out);
    WholeFile pixels(out + "/pictures.rgb"), table(out + "/pictures.tsv");
    std::string text = "name\twidth\theight\toffset\tuse\n";
    std::set<std::string> names;
    for (const fs::path& path : paths) {
        const std::string name = path.filename().string();
        if (!names.insert(name).second)
            throw std::runtime_error(folder + " holds two pictures named " + name);
        const Raster picture = decodePicture(path.string());
        text += name + "\t" + std::to_string(picture.width) + "\t" +
                std::to_string(picture.height) + "\t" + std::to_string(pixels.size()) + "\ttest\n";
        pixels.write(picture.rgb);
    }
    table.write(text);
    pixels.finish();
    table.finish();
    return text;
}

} // namespace vitrine::learning
