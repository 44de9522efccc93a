#include "plugins/video/clips.h"

#include "plugins/video/experiment_input.h"

#include <algorithm>
#include <cmath>

namespace vitrine::video
{
namespace
{

double cellNumber(const Cell& cell)
{
    if (const auto* real = std::get_if<double>(&cell))
        return *real;
    const auto* whole = std::get_if<std::int64_t>(&cell);
    return whole ? static_cast<double>(*whole) : std::nan("");
}

std::string cellText(const Cell& cell)
{
    const auto* words = std::get_if<std::string>(&cell);
    return words ? *words : std::string();
}

// A row's cell by the column's name; no value where there is no such column.
struct Row {
    const Table& table;
    const std::vector<Cell>& cells;
    Cell at(std::string_view column) const
    {
        const int index = table.column(column);
        return index < 0 ? Cell() : cells[static_cast<std::size_t>(index)];
    }
};

void put(std::vector<double>& values, std::int64_t index, double value)
{
    constexpr std::int64_t kMost = 10'000'000;
    if (index < 0 || index >= kMost)
        return;
    if (index >= static_cast<std::int64_t>(values.size()))
        values.resize(static_cast<std::size_t>(index) + 1, std::nan(""));
    values[static_cast<std::size_t>(index)] = value;
}

constexpr const char* kMeasures[] = {"psnr_y", "psnr_u",      "psnr_v",  "psnr_yuv",
                                     "ssim",   "ssim_ffmpeg", "ms_ssim", "vif"};

void addFrame(Clip& clip, const Row& row, std::int64_t index)
{
    put(clip.bits, index, cellNumber(row.at("bits")));
    for (const char* measure : kMeasures)
        if (row.table.column(measure) >= 0)
            put(clip.quality[measure], index, cellNumber(row.at(measure)));
}

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
    std::vector<const InputFile*> files;
    for (const InputFile& input : run.result.inputs)
        if (input.parameter == parameter)
            files.push_back(&input);
    if (files.size() == 1) {
        clip.path = files.front()->path;
        clip.sha256 = files.front()->sha256;
    } else if (run.params.has(parameter)) { // a folder or a pattern of pictures
        clip.path = run.params.text(parameter);
        if (clip.path.is_relative() && !files.empty())
            clip.path = std::filesystem::path(files.front()->path).parent_path();
    }
    std::error_code error;
    if (clip.path.empty())
        clip.trouble = "the run names no file";
    else if (!files.empty() && !std::filesystem::exists(files.front()->path, error))
        clip.trouble = fmt::format("gone: {} (SHA-256 {}… when the run saw it)",
                                   files.front()->path, files.front()->sha256.substr(0, 12));
    if (auto raw = rawLayoutOf(run.params, clip.path))
        clip.raw = *raw;
    return clip;
}

// "x264:crf=27:gop=32" as the experiment names the stream.
std::string artifactName(const std::string& curve, const std::string& setting)
{
    std::string name = curve.substr(0, curve.find(' ')) + ":" + setting;
    std::ranges::replace(name, ':', '-');
    std::ranges::replace(name, '=', '-');
    return name + ".mkv";
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
    std::map<std::pair<std::string, std::string>, Clip> clips;
    std::int64_t count = 0;
    for (const auto& cells : frames->rows) {
        const Row row{*frames, cells};
        const auto index = static_cast<std::int64_t>(cellNumber(row.at("frame")));
        addFrame(clips[{cellText(row.at("codec")), cellText(row.at("setting"))}], row, index);
        count = std::max(count, index + 1);
    }
    ClipChoice reference{"reference", "Reference", true, {inputClip(run, "reference")}};
    reference.clips.front().frames = count;
    choices.push_back(std::move(reference));
    for (const auto& cells : rd->rows) {
        const Row row{*rd, cells};
        const std::string curve = cellText(row.at("codec")), setting = cellText(row.at("setting"));
        Clip clip = clips[{curve, setting}];
        dropUnknown(clip);
        clip.setting = setting;
        clip.kbps = cellNumber(row.at("kbps"));
        clip.psnrY = cellNumber(row.at("psnr_y"));
        clip.warning = cellText(row.at("violation"));
        clip.frames = count;
        takeArtifact(clip, run.result.artifact(artifactName(curve, setting)));
        auto choice = std::ranges::find(choices, curve, &ClipChoice::key);
        if (choice == choices.end())
            choice = choices.insert(choices.end(), {curve, curve, false, {}});
        choice->clips.push_back(std::move(clip));
    }
    for (ClipChoice& choice : choices)
        std::ranges::stable_sort(choice.clips, {}, &Clip::kbps);
    return choices;
}

double metricOf(const RunRecord& run, const char* name)
{
    const Metric* metric = run.result.metric(name);
    return metric ? metric->value : std::nan("");
}

// Frames of the table `frames` into the clip; `column` numbers its frames.
void addFrames(Clip& clip, const RunRecord& run, const char* column)
{
    if (const Table* frames = run.result.table("frames"))
        for (const auto& cells : frames->rows) {
            const Row row{*frames, cells};
            if (const double index = cellNumber(row.at(column)); std::isfinite(index))
                addFrame(clip, row, static_cast<std::int64_t>(index));
        }
    dropUnknown(clip);
}

std::vector<ClipChoice> measuredClips(const RunRecord& run)
{
    Clip test = inputClip(run, "test");
    addFrames(test, run, "test_frame");
    test.psnrY = metricOf(run, "psnr_y");
    if (const double offset = metricOf(run, "offset"); std::isfinite(offset))
        test.offset = -std::llround(offset); // frame k of the test belongs to k + offset
    const std::string name = test.path.filename().string();
    return {{"reference", "Reference", true, {inputClip(run, "reference")}},
            {"test", name.empty() ? "Test" : name, false, {std::move(test)}}};
}

std::vector<ClipChoice> codedClips(const RunRecord& run, const char* artifact, const char* name)
{
    Clip made;
    made.kbps = metricOf(run, "kbps");
    made.psnrY = metricOf(run, "psnr_y");
    addFrames(made, run, "frame");
    if (const Artifact* kept = run.result.artifact(artifact))
        made.path = kept->path;
    else if (run.params.has("output"))
        made.path = run.params.text("output");
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
        const std::string codec = run.params.has("codec") ? run.params.text("codec") : "Coded";
        return codedClips(run, "encoded.mkv", codec.substr(0, codec.find(':')).c_str());
    }
    if (run.experiment == "video.decode")
        return codedClips(run, "decoded.y4m", "Decoded");
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

double middleRate(const std::vector<ClipChoice>& choices)
{
    for (const ClipChoice& choice : choices)
        if (!choice.isReference && !choice.clips.empty())
            return choice.clips[(choice.clips.size() - 1) / 2].kbps;
    return std::nan("");
}

std::string shortSetting(const std::string& setting)
{
    std::string rate = setting.substr(0, setting.find(':'));
    std::ranges::replace(rate, '=', ' ');
    return rate;
}

} // namespace vitrine::video
