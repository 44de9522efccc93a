#include "core/learning/tasks/clips.h"

#include "core/learning/tasks/known_keys.h"
#include "core/learning/tasks/packages.h"
#include "core/learning/tasks/whole_file.h"
#include "core/picture/raster.h"

#include <nlohmann/json.hpp>

#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

// Frames of a video from its first one on, at half their size.
class HalvedFrames
{
public:
    explicit HalvedFrames(const std::string& path) : path_(path)
    {
        if (!std::filesystem::is_regular_file(path))
            throw std::runtime_error(path + " is missing; packaging/fetch FOLDER @clips gets it");
        if (!video_.open(path, cv::CAP_FFMPEG))
            throw std::runtime_error(path + " is no video that can be read");
    }

    double framesPerSecond() const { return video_.get(cv::CAP_PROP_FPS); }

    Raster next()
    {
        if (!video_.read(frame_) || frame_.empty() || frame_.type() != CV_8UC3 ||
            (number_ > 0 && frame_.size() != size_))
            throw std::runtime_error(path_ + " has no frame " + std::to_string(number_));
        size_ = frame_.size();
        ++number_;
        Raster whole{.width = size_.width, .height = size_.height, .rgb = {}};
        whole.rgb.resize(whole.pixels() * 3);
        cv::Mat target(whole.height, whole.width, CV_8UC3, whole.rgb.data());
        cv::cvtColor(frame_, target, cv::COLOR_BGR2RGB);
        return shrunk(whole, whole.width / 2, whole.height / 2);
    }

private:
    std::string path_;
    cv::VideoCapture video_;
    cv::Mat frame_;
    cv::Size size_;
    int number_ = 0;
};

void checkParts(const ClipSource& source)
{
    int next = 0;
    for (const auto& part : source.parts) {
        if (part.first < next || part.last < part.first)
            throw std::runtime_error("the frames of " + part.name +
                                     " are not behind those of the part before");
        if (part.use != "train" && part.use != "held-out")
            throw std::runtime_error("a clip is for train or held-out, not " + part.use);
        next = part.last + 1;
    }
}

std::string rateText(double framesPerSecond)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", framesPerSecond);
    return text;
}

// Frames of one source to `pixels`, a line for each part to `lines`.
SourceLine writeClip(const ClipSource& source, const std::string& packages, WholeFile& pixels,
                     WholeFile& lines)
{
    HalvedFrames video(packages + "/" + source.package + "/" + source.file);
    SourceLine sum{.package = source.package,
                   .version = packageVersion(packages, source.package),
                   .licence = source.licence};
    int at = 0;
    for (const auto& part : source.parts) {
        for (; at < part.first; ++at)
            video.next();
        const uint64_t offset = pixels.size();
        Raster frame;
        for (; at <= part.last; ++at) {
            frame = video.next();
            pixels.write(frame.rgb);
            ++sum.pictures;
            sum.pixels += frame.pixels();
        }
        lines.write(part.name + '\t' + source.package + '\t' + source.licence + '\t' +
                    std::to_string(frame.width) + '\t' + std::to_string(frame.height) + '\t' +
                    std::to_string(part.last - part.first + 1) + '\t' +
                    rateText(video.framesPerSecond()) + '\t' + std::to_string(offset) + '\t' +
                    part.use + '\n');
    }
    std::cerr << "clips: " << source.package << ", " << source.file << ", " << sum.pictures
              << " frames\n";
    return sum;
}

std::string clipSourceTable(const std::vector<SourceLine>& sums)
{
    std::map<std::pair<std::string, std::string>, SourceLine> lines; // by package and licence
    for (const auto& sum : sums) {
        auto& line = lines[{sum.package, sum.licence}];
        const uint64_t frames = line.pictures + sum.pictures, pixels = line.pixels + sum.pixels;
        line = sum;
        line.pictures = frames;
        line.pixels = pixels;
    }
    std::string table = sourceTableHead();
    for (const auto& [key, line] : lines)
        table += sourceTableLine(line);
    return table;
}

void refuseClipKeys(const nlohmann::json& file)
{
    refuseOtherKeys(file, "the list", {"about", "sources", "refused"});
    const auto& sources = file.at("sources");
    for (size_t i = 0; i < sources.size(); ++i) {
        const std::string place = placeInList("sources", i);
        refuseOtherKeys(sources[i], place,
                        {"package", "kind", "licence", "file", "source", "parts"});
        for (const auto& part : sources[i].at("parts"))
            refuseOtherKeys(part, "a part of " + place, {"name", "use", "first", "last"});
    }
    if (const auto refused = file.find("refused"); refused != file.end())
        for (size_t i = 0; i < refused->size(); ++i)
            refuseOtherKeys(refused->at(i), placeInList("refused", i),
                            {"package", "file", "reason"});
}

} // namespace

std::vector<ClipSource> readClipList(const std::string& path)
{
    using nlohmann::json;
    std::ifstream in(path);
    if (!in)
        throw std::runtime_error("cannot read " + path);
    try {
        const json file = json::parse(in);
        refuseClipKeys(file);
        std::vector<ClipSource> list;
        for (const auto& one : file.at("sources")) {
            ClipSource source{one.at("package"), one.at("file"), one.at("licence"), {}};
            for (const auto& part : one.at("parts"))
                source.parts.push_back(
                    {part.at("name"), part.at("use"), part.at("first"), part.at("last")});
            checkParts(source);
            list.push_back(std::move(source));
        }
        std::ranges::sort(list, {},
                          [](const auto& one) { return std::pair(one.package, one.file); });
        return list;
    } catch (const std::exception& error) {
        throw std::runtime_error(path + ": " + error.what());
    }
}

std::string prepareClips(const std::vector<ClipSource>& list, const std::string& packages,
                         const std::string& out)
{
    std::filesystem::create_directories(out);
    WholeFile pixels(out + "/clips.rgb"), lines(out + "/clips.tsv"), sources(out + "/sources.tsv");
    lines.write("name\tpackage\tlicence\twidth\theight\tframes\tfps\toffset\tuse\n");
    std::vector<SourceLine> sums;
    for (const auto& source : list)
        sums.push_back(writeClip(source, packages, pixels, lines));
    const std::string table = clipSourceTable(sums);
    sources.write(table);
    for (WholeFile* file : {&pixels, &lines, &sources})
        file->finish();
    return table;
}

} // namespace vitrine::learning
