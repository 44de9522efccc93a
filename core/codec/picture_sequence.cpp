#include "core/codec/picture_sequence.h"

#include "core/base/format.h"
#include "core/codec/media_source.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <map>
#include <numeric>

namespace vitrine::codec
{
namespace
{

namespace fs = std::filesystem;

struct Pattern {
    std::string before, after;
    int digits = 0; // 0: as many as the number has
};

std::optional<Pattern> patternOf(const std::string& name)
{
    const auto percent = name.find('%');
    if (percent == std::string::npos)
        return std::nullopt;
    auto d = percent + 1;
    while (d < name.size() && std::isdigit(static_cast<unsigned char>(name[d])) != 0)
        ++d;
    if (d >= name.size() || name[d] != 'd' || d - percent > 3)
        return std::nullopt;
    Pattern pattern{name.substr(0, percent), name.substr(d + 1), 0};
    if (d > percent + 1)
        pattern.digits = static_cast<int>(*parseInteger(name.substr(percent + 1, d - percent - 1)));
    return pattern;
}

bool isPicture(const fs::path& path)
{
    std::string ending = path.extension().string();
    std::ranges::transform(ending, ending.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const char* known :
         {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".webp"})
        if (ending == known)
            return true;
    return false;
}

// "frame2" before "frame10": runs of digits compare by value.
bool naturalLess(const std::string& a, const std::string& b)
{
    const auto isDigit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (!isDigit(a[i]) || !isDigit(b[j])) {
            if (a[i] != b[j])
                return a[i] < b[j];
            ++i, ++j;
            continue;
        }
        const auto number = [&](const std::string& text, std::size_t& at) {
            while (at < text.size() && text[at] == '0')
                ++at;
            const std::size_t start = at;
            while (at < text.size() && isDigit(text[at]))
                ++at;
            return text.substr(start, at - start);
        };
        const std::string x = number(a, i), y = number(b, j);
        if (x != y)
            return x.size() != y.size() ? x.size() < y.size() : x < y;
    }
    return a.size() - i < b.size() - j;
}

std::vector<fs::path> ofPattern(const fs::path& path, const Pattern& pattern)
{
    const auto numberOf = [&](const std::string& name) -> std::optional<std::int64_t> {
        if (name.size() <= pattern.before.size() + pattern.after.size() ||
            !name.starts_with(pattern.before) || !name.ends_with(pattern.after))
            return std::nullopt;
        const std::string_view digits = std::string_view(name).substr(
            pattern.before.size(), name.size() - pattern.before.size() - pattern.after.size());
        const bool isPlain =
            digits.size() <= 18 &&
            std::ranges::all_of(digits, [](unsigned char c) { return std::isdigit(c) != 0; });
        const auto number = isPlain ? parseInteger(digits) : std::nullopt;
        const bool isSpelled = number && fmt::format("{:0{}}", *number, pattern.digits) == digits;
        return isSpelled ? number : std::nullopt;
    };
    std::map<std::int64_t, fs::path> files;
    std::error_code trouble;
    const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
    for (const auto& entry : fs::directory_iterator(folder, trouble))
        if (const auto number = numberOf(entry.path().filename().string()))
            files.emplace(*number, path.parent_path() / entry.path().filename());
    std::vector<fs::path> list;
    for (const auto& [number, file] : files)
        list.push_back(file);
    return list;
}

// A name around its last number: "f_" 5 ".png".
struct NumberedName {
    std::string around;
    std::int64_t number = 0;
};
std::optional<NumberedName> lastNumber(const fs::path& file)
{
    const std::string stem = file.stem().string();
    const auto isDigit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
    auto end = stem.size();
    while (end > 0 && !isDigit(stem[end - 1]))
        --end;
    auto start = end;
    while (start > 0 && isDigit(stem[start - 1]))
        --start;
    const auto number =
        end - start <= 18 ? parseInteger(stem.substr(start, end - start)) : std::nullopt;
    if (start == end || !number)
        return std::nullopt;
    return NumberedName{stem.substr(0, start) + "#" + stem.substr(end) + file.extension().string(),
                        *number};
}

class PictureSource : public video::FrameSource
{
public:
    PictureSource(std::vector<fs::path> files, const video::Frame& first, double framesPerSecond,
                  std::string notCompared)
        : files_(std::move(files))
    {
        info_.framesPerSecond = framesPerSecond;
        info_.width = first.width();
        info_.height = first.height();
        info_.format = first.format();
        info_.colour = first.colour;
        info_.frames = static_cast<std::int64_t>(files_.size());
        info_.container = "pictures";
        info_.codec = files_.front().extension().string().substr(1);
        info_.places = placesOf(files_);
        const std::string name = files_.front().parent_path().filename().string();
        if (!info_.places.empty())
            info_.notes.push_back(fmt::format(
                "{}: the numbers of its pictures have gaps: counted from the first, there is none "
                "at {}.",
                name, holesText(info_)));
        if (!info_.places.empty())
            info_.remarks.push_back("gaps in the numbers at " + holesText(info_));
        info_.notCompared = std::move(notCompared);
        if (!info_.notCompared.empty())
            info_.remarks.push_back(info_.notCompared + " not compared");
        if (!first.original.empty())
            info_.notes.push_back(fmt::format(
                "{}: RGB or alpha, compared as 8-bit {} by {}{}.", name, formatName(info_.format),
                colourName(first.colour),
                info_.notCompared.empty() ? "" : "; not compared: " + info_.notCompared));
    }
    const video::SourceInfo& info() const override { return info_; }
    Result<video::Frame> read(std::int64_t index) override
    {
        assert(index >= 0 && index < info_.frames);
        const fs::path& file = files_[static_cast<std::size_t>(index)];
        VITRINE_TRY(video::Frame frame, readPicture(file));
        if (frame.width() != info_.width || frame.height() != info_.height ||
            frame.format() != info_.format)
            return inputError("cannot read {}: it is {}x{} {}, the first picture is {}x{} {}",
                              file.string(), frame.width(), frame.height(),
                              formatName(frame.format()), info_.width, info_.height,
                              formatName(info_.format));
        return frame;
    }

private:
    std::vector<fs::path> files_;
    video::SourceInfo info_;
};

} // namespace

bool isPictureSequence(const fs::path& path)
{
    std::error_code trouble;
    return fs::is_directory(path, trouble) ||
           (patternOf(path.filename().string()) && !fs::exists(path, trouble));
}

Result<std::vector<fs::path>> picturesOf(const fs::path& path)
{
    std::vector<fs::path> files;
    if (const auto pattern = patternOf(path.filename().string())) {
        files = ofPattern(path, *pattern);
    } else {
        std::error_code trouble;
        for (const auto& entry : fs::directory_iterator(path, trouble))
            if (isPicture(entry.path()))
                files.push_back(entry.path());
        std::ranges::sort(files, [](const fs::path& a, const fs::path& b) {
            return naturalLess(a.filename().string(), b.filename().string());
        });
    }
    if (files.empty())
        return inputError("cannot read {}: it names no pictures (png, jpg, bmp, tif, ppm, webp)",
                          path.string());
    return files;
}

std::vector<std::int64_t> placesOf(const std::vector<fs::path>& files)
{
    std::vector<std::int64_t> numbers;
    std::string around;
    for (const fs::path& file : files) {
        const auto name = lastNumber(file);
        if (!name ||
            (!numbers.empty() && (name->around != around || name->number <= numbers.back())))
            return {};
        around = name->around;
        numbers.push_back(name->number);
    }
    std::int64_t step = 0;
    for (std::size_t i = 1; i < numbers.size(); ++i)
        step = std::gcd(step, numbers[i] - numbers[i - 1]);
    if (step == 0)
        return {};
    std::vector<std::int64_t> places;
    for (const std::int64_t number : numbers)
        places.push_back((number - numbers.front()) / step);
    const bool hasGap = places.back() + 1 > static_cast<std::int64_t>(places.size());
    return hasGap ? places : std::vector<std::int64_t>();
}

Result<video::Frame> readPicture(const fs::path& path)
{
    OpenOptions options;
    options.threads = 1;
    VITRINE_TRY(const auto media, MediaSource::open(path, options));
    return media->read(0);
}

Result<std::unique_ptr<video::FrameSource>> openPictures(const fs::path& path,
                                                         double framesPerSecond)
{
    VITRINE_TRY(auto files, picturesOf(path));
    OpenOptions options;
    options.threads = 1;
    VITRINE_TRY(const auto media, MediaSource::open(files.front(), options));
    VITRINE_TRY(const video::Frame first, media->read(0));
    return std::make_unique<PictureSource>(std::move(files), first, framesPerSecond,
                                           media->info().notCompared);
}

} // namespace vitrine::codec
