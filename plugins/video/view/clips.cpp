#include "plugins/video/view/clips.h"

#include "plugins/video/experiments/input.h"
#include "plugins/video/figures/point_name.h"

#include <algorithm>
#include <cmath>

namespace vitrine::video_plugin
{
namespace
{

constexpr std::int64_t kMostFrames = 10'000'000;
// Values by frame that one run may hold in memory: a few rows that name far frames of many clips
// must not.
constexpr std::size_t kMostValues = 16U << 20U;

constexpr const char* kMeasures[] = {"psnr_y", "psnr_u",      "psnr_v",  "psnr_yuv",
                                     "ssim",   "ssim_ffmpeg", "ms_ssim", "vif"};

// Takes rows of a table of frames into clips, up to a bound on what all of them hold.
class FrameTaker
{
public:
    explicit FrameTaker(const Table& table) : table_(table) {}

    // The row's values at the frame that `column` names; none of it where it names none.
    std::optional<std::int64_t> take(Clip& clip, std::size_t row, const char* column)
    {
        const RowReader reader(table_, row);
        const auto index = reader.whole(column, 0, kMostFrames - 1);
        if (!index)
            return std::nullopt;
        put(clip, clip.bits, *index, reader.number("bits"));
        for (const char* measure : kMeasures)
            if (reader.has(measure))
                put(clip, clip.quality[measure], *index, reader.number(measure));
        return index;
    }

private:
    void put(Clip& clip, std::vector<double>& values, std::int64_t index, double value)
    {
        const auto place = static_cast<std::size_t>(index);
        if (place >= values.size()) {
            const std::size_t more = place + 1 - values.size();
            if (held_ + more > kMostValues) {
                clip.warning = "not all frames of the table are shown: they are too far apart";
                return;
            }
            held_ += more;
            values.resize(place + 1, std::nan(""));
        }
        values[place] = value;
    }

    const Table& table_;
    std::size_t held_ = 0;
};

void dropUnknown(Clip& clip)
{
    const auto isEmpty = [](const std::vector<double>& values) {
        return std::ranges::none_of(values, [](double v) { return std::isfinite(v); });
    };
    if (isEmpty(clip.bits))
        clip.bits.clear();
    std::erase_if(clip.quality, [&](const auto& entry) { return isEmpty(entry.second); });
}

// The file behind a parameter, as the run saw it.
Clip inputClip(const RunRecord& run, const char* parameter)
{
    Clip clip;
    clip.kbps = clip.psnrY = std::nan("");
    // What is encoded or decoded has a frame for each, and no holes.
    clip.isByOrder =
        run.experiment != "video.metrics" || parameterText(run.params, "pairing") == "order";
    std::vector<const InputFile*> files;
    for (const InputFile& input : run.result.inputs)
        if (input.parameter == parameter)
            files.push_back(&input);
    if (files.size() == 1) {
        clip.path = files.front()->path;
        clip.sha256 = files.front()->sha256;
    } else { // a folder or a pattern of pictures
        clip.path = parameterText(run.params, parameter);
        if (!clip.path.empty() && clip.path.is_relative() && !files.empty())
            clip.path = std::filesystem::path(files.front()->path).parent_path();
    }
    std::error_code error;
    if (clip.path.empty())
        clip.trouble = "the run names no file";
    else if (!files.empty() && !std::filesystem::exists(files.front()->path, error))
        clip.trouble = fmt::format("gone: {} (SHA-256 {}… when the run saw it)",
                                   files.front()->path, files.front()->sha256.substr(0, 12));
    if (const auto raw = rawGivenOf(run.params, parameter))
        clip.raw = *raw;
    return clip;
}

void takeArtifact(Clip& clip, const Artifact* artifact)
{
    if (artifact)
        clip.path = artifact->path;
    else
        clip.trouble = "the run keeps no stream of this point";
}

std::vector<ClipChoice> comparedClips(const RunRecord& run)
{
    const Table *rd = run.result.table("rd"), *frames = run.result.table("frames");
    if (!rd || !frames)
        return {};
    std::vector<ClipChoice> choices;
    std::map<std::string, Clip> clips; // by point
    std::int64_t count = 0;
    FrameTaker taker(*frames);
    for (std::size_t i = 0; i < frames->rows.size(); ++i) {
        const RowReader row(*frames, i);
        if (const auto index = taker.take(clips[pointNameOf(row).point], i, "frame"))
            count = std::max(count, *index + 1);
    }
    ClipChoice reference{"reference", "Reference", true, {inputClip(run, "reference")}};
    reference.clips.front().frames = count;
    choices.push_back(std::move(reference));
    for (std::size_t i = 0; i < rd->rows.size(); ++i) {
        const RowReader row(*rd, i);
        const PointName name = pointNameOf(row);
        Clip clip = clips[name.point];
        dropUnknown(clip);
        clip.setting = name.setting;
        clip.point = name.point;
        clip.kbps = row.number("kbps");
        clip.psnrY = row.number("psnr_y");
        if (const std::string broken = row.text("violation"); !broken.empty())
            clip.warning = broken;
        clip.frames = count;
        takeArtifact(clip, run.result.artifact(name.stream));
        auto choice = std::ranges::find(choices, name.curve, &ClipChoice::key);
        if (choice == choices.end())
            choice = choices.insert(choices.end(), {name.curve, name.curve, false, {}});
        choice->clips.push_back(std::move(clip));
    }
    for (ClipChoice& choice : choices)
        std::ranges::stable_sort(choice.clips, [](const Clip& a, const Clip& b) {
            return a.kbps < b.kbps || (std::isfinite(a.kbps) && std::isnan(b.kbps));
        });
    return choices;
}

// Frames of the table `frames` into the clip; `column` numbers its frames.
void addFrames(Clip& clip, const RunRecord& run, const char* column)
{
    if (const Table* frames = run.result.table("frames")) {
        FrameTaker taker(*frames);
        for (std::size_t i = 0; i < frames->rows.size(); ++i)
            taker.take(clip, i, column);
    }
    dropUnknown(clip);
}

std::vector<ClipChoice> measuredClips(const RunRecord& run)
{
    Clip test = inputClip(run, "test");
    addFrames(test, run, "test_frame");
    test.psnrY = metricOf(run.result, "psnr_y");
    // Frame k of the test belongs to k + offset.
    test.offset =
        -wholeWithin(metricOf(run.result, "offset"), -kMostFrames, kMostFrames).value_or(0);
    const std::string name = test.path.filename().string();
    return {{"reference", "Reference", true, {inputClip(run, "reference")}},
            {"test", name.empty() ? "Test" : name, false, {std::move(test)}}};
}

std::vector<ClipChoice> codedClips(const RunRecord& run, const char* name)
{
    Clip made;
    made.kbps = metricOf(run.result, "kbps");
    made.psnrY = metricOf(run.result, "psnr_y");
    addFrames(made, run, "frame");
    const auto kept = std::ranges::find(run.result.artifacts, "video", &Artifact::kind);
    if (kept != run.result.artifacts.end())
        made.path = kept->path;
    else if (const std::string output = parameterText(run.params, "output"); !output.empty())
        made.path = output;
    else
        made.trouble = "the run keeps no file";
    made.frames = static_cast<std::int64_t>(made.bits.size());
    std::vector<ClipChoice> choices{{"input", "Input", true, {inputClip(run, "input")}},
                                    {"output", name, false, {made}}};
    choices.front().clips.front().frames = made.frames;
    return choices;
}

} // namespace

std::vector<ClipChoice> clipsOf(const RunRecord& run)
{
    if (run.experiment == "video.compare")
        return comparedClips(run);
    if (run.experiment == "video.metrics")
        return measuredClips(run);
    if (run.experiment == "video.encode") {
        const std::string named = parameterText(run.params, "codec");
        const std::string codec = named.empty() ? "Coded" : named;
        return codedClips(run, codec.substr(0, codec.find(':')).c_str());
    }
    if (run.experiment == "video.decode")
        return codedClips(run, "Decoded");
    return {};
}

std::size_t chooseClip(const ClipChoice& choice, const std::string& setting, double kbps)
{
    std::size_t best = 0;
    double distance = INFINITY;
    for (std::size_t i = 0; i < choice.clips.size(); ++i) {
        const Clip& clip = choice.clips[i];
        if (!setting.empty() && clip.setting == setting)
            return i;
        const double ratio = std::abs(std::log(clip.kbps / kbps));
        if (ratio < distance) {
            distance = ratio;
            best = i;
        }
    }
    return best;
}

double middleRate(const ClipChoice& choice)
{
    return choice.clips[(choice.clips.size() - 1) / 2].kbps;
}

std::string shortSetting(const std::string& setting)
{
    std::string rate = setting.substr(0, setting.find(':'));
    std::ranges::replace(rate, '=', ' ');
    return rate;
}

} // namespace vitrine::video_plugin
