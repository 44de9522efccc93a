#include "core/video/raw_reading.h"

#include "core/base/format.h"
#include "core/base/regular_file.h"
#include "core/video/rate.h"
#include "core/video/raw_content.h"
#include "core/video/raw_name.h"

#include <algorithm>
#include <fmt/format.h>

namespace vitrine::video
{
namespace
{

// A later reading wins where its content looks clearly more like pictures.
constexpr double kClearlyBetter = 0.8;
// What nobody named speaks against an assumption only where it is much better. Chroma alone tells
// arrangements apart, from the same samples: there less is enough.
constexpr double kMuchBetter = 0.5, kBetterChroma = 0.7;

enum class Standing { named, kin };

struct Reading {
    RawLayout layout;
    Standing standing = Standing::named;
    bool isFormatAssumed = false;
    bool fits = false; // whole frames
    RawLikeness likeness{};
};

std::string sizeText(const RawLayout& layout)
{
    return fmt::format("{}x{}", layout.width, layout.height);
}

bool isSameSize(const RawLayout& a, const RawLayout& b)
{
    return a.width == b.width && a.height == b.height;
}

// Readings of one size that differ in the arrangement of chroma alone have equal luma.
bool haveSameLuma(const Reading& one, const Reading& other)
{
    return isSameSize(one.layout, other.layout) && one.layout.format == other.layout.format &&
           one.layout.order == other.layout.order && one.layout.highBits == other.layout.highBits;
}

bool isClearlyBetter(const Reading& one, const Reading& other, double factor)
{
    if (haveSameLuma(one, other))
        return one.likeness.chroma < factor * other.likeness.chroma;
    if (isSameSize(one.layout, other.layout) &&
        one.layout.format.bytesPerSample() == other.layout.format.bytesPerSample())
        return one.likeness.time < factor * other.likeness.time;
    return one.likeness.luma < factor * other.likeness.luma;
}

class Chooser
{
public:
    Chooser(const std::filesystem::path& path, const RegularFile& file)
        : path_(path), file_(file), size_(file.size())
    {
    }

    // The parameters have been taken into the candidates.
    Result<Reading> choose(std::vector<Reading> candidates)
    {
        for (Reading& reading : candidates)
            weigh(reading);
        const auto holding = [&](Standing standing) {
            std::vector<Reading> list;
            for (const Reading& reading : candidates)
                if (reading.standing == standing && reading.fits && reading.likeness.isInRange)
                    list.push_back(reading);
            return list;
        };
        std::vector<Reading> list = holding(Standing::named);
        if (list.empty())
            list = holding(Standing::kin);
        if (list.empty()) // a cut file, or another format: openRaw says what is left over
            return candidates.front();
        Reading best = list.front();
        for (const Reading& reading : list)
            if (isClearlyBetter(reading, best, kClearlyBetter))
                best = reading;
        for (const Reading& reading : list)
            if (isDoubtful(best, reading))
                return inputError(
                    "cannot read {}: its name says {} and {}, and both fit its {} bytes; say which "
                    "by size=",
                    path_.string(), sizeText(best.layout), sizeText(reading.layout), size_);
        return best;
    }

    // An assumed format against those that nobody named.
    Result<void> checkAssumed(const Reading& chosen)
    {
        for (const char* name :
             {"yuv420p10le", "yuv422p10le", "yuv444p10le", "gray10le", "yuv420p12le", "p010le",
              "gray16le", "yuv420p16le", "nv12", "nv21", "gray", "yuv422p", "yuv444p"}) {
            Reading other = chosen;
            other.layout.colour = {};
            if (!setRawFormat(other.layout, name))
                continue;
            weigh(other);
            if (!other.fits || !other.likeness.isInRange)
                continue;
            const double factor = haveSameLuma(other, chosen) ? kBetterChroma : kMuchBetter;
            const bool isLikelier = isClearlyBetter(other, chosen, factor) ||
                                    (!chosen.fits && !isClearlyBetter(chosen, other, 1));
            if (!isLikelier)
                continue;
            const std::string assumed = rawFormatName(chosen.layout);
            if (!chosen.fits)
                return inputError("cannot read {}: its name says no format, and its {} bytes are "
                                  "whole frames as {}, not as {}; say which by format=",
                                  path_.string(), size_, name, assumed);
            return inputError("cannot read {}: its name says no format, and its content looks like "
                              "{}{}, not like {}; say which by format=",
                              path_.string(),
                              other.layout.format.bits > 8 ? "samples of more than 8 bits, as in "
                                                           : "",
                              name, assumed);
        }
        return {};
    }

private:
    void weigh(Reading& reading)
    {
        const auto each = rawFrameBytes(reading.layout);
        reading.fits = each && size_ >= *each && size_ % *each == 0;
        if (each && size_ >= *each)
            reading.likeness = likenessOf(file_, reading.layout);
    }

    // Another size of sides that are no accident, and as good.
    bool isDoubtful(const Reading& best, const Reading& other) const
    {
        constexpr int kSmallSide = 16;
        return !isSameSize(best.layout, other.layout) && other.standing == Standing::named &&
               other.layout.width >= kSmallSide && other.layout.height >= kSmallSide &&
               !isClearlyBetter(best, other, kClearlyBetter);
    }

    const std::filesystem::path& path_;
    const RegularFile& file_;
    std::uint64_t size_;
};

Result<std::vector<Reading>> candidatesOf(const std::filesystem::path& path, const RawName& name,
                                          const RawGiven& given)
{
    std::vector<RawSize> sizes = name.sizes, kin = name.kinSizes;
    if (given.width > 0) {
        sizes = {{given.width, given.height}};
        kin.clear();
    }
    if (sizes.empty())
        return inputError("cannot read {}: its name says no size, e.g. \"_1920x1080_\"; give the "
                          "size and format",
                          path.string());
    std::vector<RawWords> words = name.words;
    if (!given.format.empty()) {
        words.resize(1);
        RawLayout said;
        VITRINE_CHECK(setRawFormat(said, given.format));
        said.framesPerSecond = words.front().layout.framesPerSecond;
        words = {{said, false}};
    } else if (!name.unreadable.empty()) {
        return inputError(
            "cannot read {}: its name says {}, a layout that is known but not read; "
            "convert it to planar YUV, or give format= where the word means something "
            "else",
            path.string(), name.unreadable);
    }
    std::vector<Reading> candidates;
    const auto add = [&](const std::vector<RawSize>& list, Standing standing) {
        for (const RawSize& size : list)
            for (const RawWords& word : words) {
                Reading reading{word.layout, standing, word.isAssumed};
                reading.layout.width = size.width;
                reading.layout.height = size.height;
                if (given.framesPerSecond > 0)
                    reading.layout.framesPerSecond = given.framesPerSecond;
                candidates.push_back(reading);
            }
    };
    add(sizes, Standing::named);
    add(kin, Standing::kin);
    return candidates;
}

// "size and rate from the name, format given"
std::string originOf(const RawName& name, const RawGiven& given, const Reading& chosen,
                     std::size_t candidates)
{
    std::vector<std::string> given_, named, assumed;
    (given.width > 0 ? given_ : named).emplace_back("size");
    (!given.format.empty()    ? given_
     : chosen.isFormatAssumed ? assumed
                              : named)
        .emplace_back("format");
    if (chosen.layout.framesPerSecond > 0)
        (given.framesPerSecond > 0 ? given_ : named)
            .push_back(fmt::format("{} frames per second",
                                   rateText(rateOf(chosen.layout.framesPerSecond))));
    std::string text;
    const auto say = [&](const std::vector<std::string>& what, const char* where) {
        if (!what.empty())
            text += fmt::format("{}{} {}", text.empty() ? "" : "; ", fmt::join(what, ", "), where);
    };
    say(given_, "given");
    say(named, "from the name");
    say(assumed, "assumed");
    if (candidates > 1 &&
        (name.sizes.size() > 1 || name.words.size() > 1 || chosen.standing == Standing::kin))
        text += "; the name may mean more than one, the file's length and content decided";
    return text;
}

} // namespace

Result<void> setRawSize(RawGiven& given, std::string_view text, std::string_view parameter)
{
    const auto x = text.find_first_of("xX");
    const auto width = parseInteger(text.substr(0, x));
    const auto height =
        x == std::string_view::npos ? std::nullopt : parseInteger(text.substr(x + 1));
    if (!width || !height || *width < 1 || *height < 1 || *width > Frame::kLargestSide ||
        *height > Frame::kLargestSide)
        return argumentError("{}: \"{}\" is no size like 1920x1080", parameter, text.substr(0, 30));
    given.width = static_cast<int>(*width);
    given.height = static_cast<int>(*height);
    return {};
}

Result<RawReading> readingOf(const std::filesystem::path& path, const RawGiven& given)
{
    VITRINE_TRY(const RegularFile file, RegularFile::open(path));
    const RawName name = readRawName(path.filename().string());
    VITRINE_TRY(auto candidates, candidatesOf(path, name, given));
    const std::size_t count = candidates.size();
    Chooser chooser(path, file);
    VITRINE_TRY(const Reading chosen, chooser.choose(std::move(candidates)));
    if (chosen.isFormatAssumed)
        VITRINE_CHECK(chooser.checkAssumed(chosen));
    return RawReading{chosen.layout, originOf(name, given, chosen, count)};
}

} // namespace vitrine::video
