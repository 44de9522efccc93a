#include "plugins/calibration/experiments/apply_experiment.h"

#include "core/attention/map_file.h"
#include "core/jobs/bundle/bundle.h"
#include "plugins/calibration/experiments/params.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::calibration_plugin
{
namespace
{

using attention::Calibration;
using attention::CalibrationCount;
using attention::MapFile;

// What has become of the maps so far.
struct Applied {
    std::vector<float> maps = {}; // [L, H, T, T]
    CalibrationCount total = {};
    std::int64_t rowsUndefined = 0, unevenRows = 0;
    Table heads{"heads",
                {{"layer", "1", {}, "Layer of the file, counted from 0"},
                 {"head", "1", {}, "Head of the file, counted from 0"},
                 {"sinks", "1", {}, "Columns that are shrunk"},
                 {"rows_modified", "1", {}, "Rows that were changed"},
                 {"rows_skipped", "1", {}, "Rows left as they are, for no receiver has weight"},
                 {"mass_moved", "1", {}, "Sum over the rows of (1 - beta) m"}},
                {}};
    Table sinks{"sinks",
                {{"layer", "1", {}, "Layer of the file, counted from 0"},
                 {"head", "1", {}, "Head of the file, counted from 0"},
                 {"position", "1", {}, "Column of the map, padding left out"},
                 {"score", "1", {}, "s[j] before: mean weight from the queries that see it"},
                 {"score_after", "1", {}, "The same after calibration"}},
                {}};
};

struct Options {
    Calibration calibration;
    std::set<std::int64_t> heads; // empty: all
    std::int64_t padding = 0;
};

Result<Options> optionsOf(const Params& params, const MapFile& file)
{
    Options options{calibrationOf(params), {}, params.integer("padding")};
    if (options.padding >= file.tokens())
        return argumentError("padding is {}, but the maps have only {} tokens", options.padding,
                             file.tokens());
    for (const std::int64_t head : params.integers("heads")) {
        if (head < 0 || head >= file.heads())
            return argumentError("there is no head {}: the file has the heads 0 to {}", head,
                                 file.heads() - 1);
        options.heads.insert(head);
    }
    return options;
}

// s[j] over the tokens behind the padding.
std::vector<float> scoresOf(const std::vector<float>& map, std::int64_t tokens,
                            std::int64_t padding)
{
    std::vector<float> scores;
    for (std::int64_t j = padding; j < tokens; ++j) {
        double sum = 0;
        for (std::int64_t i = j; i < tokens; ++i)
            sum += static_cast<double>(map[static_cast<std::size_t>(i * tokens + j)]);
        scores.push_back(static_cast<float>(sum / static_cast<double>(tokens - j)));
    }
    return scores;
}

std::int64_t rowsWithNan(const std::vector<float>& map, std::int64_t tokens)
{
    std::int64_t rows = 0;
    for (std::int64_t i = 0; i < tokens; ++i)
        rows += std::isnan(map[static_cast<std::size_t>(i * tokens)]);
    return rows;
}

void applyToHead(const Options& options, std::int64_t layer, std::int64_t head, std::int64_t tokens,
                 std::vector<float>& map, Applied& out)
{
    const auto before = scoresOf(map, tokens, options.padding);
    const auto columns = attention::calibratedColumns(
        before, attention::columnRows(tokens - options.padding), options.calibration);
    const CalibrationCount count =
        attention::calibrateMap(map, tokens, options.calibration, 0, options.padding);
    const auto after = scoresOf(map, tokens, options.padding);
    out.total += count;
    out.rowsUndefined += rowsWithNan(map, tokens);
    out.heads.rows.push_back(
        {layer, head, count.sinks, count.rowsModified, count.rowsSkipped, count.massMoved});
    for (const std::int32_t column : columns) {
        const auto j = static_cast<std::size_t>(column);
        out.sinks.rows.push_back({layer, head, std::int64_t{column}, static_cast<double>(before[j]),
                                  static_cast<double>(after[j])});
    }
}

Result<Applied> applyToAll(const MapFile& file, const Options& options, Progress& progress)
{
    Applied out;
    const auto total = static_cast<double>(file.layers() * file.heads());
    out.maps.reserve(
        static_cast<std::size_t>(file.layers() * file.heads() * file.tokens() * file.tokens()));
    for (std::int64_t layer = 0; layer < file.layers(); ++layer)
        for (std::int64_t head = 0; head < file.heads(); ++head) {
            if (!progress.advance(static_cast<double>(layer * file.heads() + head), total, "heads"))
                return cancelled();
            VITRINE_TRY(auto map, file.map(layer, head, options.padding));
            out.unevenRows += attention::unevenRows(map, file.tokens(), options.padding);
            if (options.heads.empty() || options.heads.contains(head))
                applyToHead(options, layer, head, file.tokens(), map, out);
            out.maps.insert(out.maps.end(), map.begin(), map.end());
        }
    return out;
}

Result<Artifact> write(const MapFile& file, const std::vector<float>& maps,
                       const std::filesystem::path& folder)
{
    std::vector<std::int64_t> shape = {file.heads(), file.tokens(), file.tokens()};
    if (file.hasLayers())
        shape.insert(shape.begin(), file.layers());
    Artifact artifact;
    artifact.name = "calibrated.safetensors";
    artifact.kind = "tensors";
    artifact.path = folder / artifact.name;
    VITRINE_CHECK(writeSafetensors(
        artifact.path, {{"attention", {DType::f32, shape, std::as_bytes(std::span(maps))}}}));
    return artifact;
}

void addNotes(const Applied& applied, RunResult& out)
{
    if (applied.unevenRows > 0)
        out.notes.push_back(
            fmt::format("{} rows of the maps do not sum to 1 within 0.001.", applied.unevenRows));
    if (applied.total.rowsSkipped > 0)
        out.notes.push_back(fmt::format("{} rows are left as they are: their whole weight lies on "
                                        "sinks, so that nobody could receive it.",
                                        applied.total.rowsSkipped));
    if (applied.rowsUndefined > 0)
        out.notes.push_back(fmt::format("{} rows have become NaN, as the released code makes them: "
                                        "their whole weight lies on sinks (0/0).",
                                        applied.rowsUndefined));
}

ParamSpec applySpec(const char* name, const char* label, ParamType type, const char* help)
{
    ParamSpec result;
    result.name = name;
    result.label = label;
    result.type = type;
    result.help = help;
    result.group = "Maps";
    return result;
}

} // namespace

ExperimentInfo ApplyExperiment::info() const
{
    return {"calibration.apply", "Calibrate captured maps",
            "Calibrates attention maps that another program has captured, and counts what moved.",
            1};
}

std::vector<ParamSpec> ApplyExperiment::params(const Params&) const
{
    ParamSpec file =
        applySpec("file", "File", ParamType::file,
                  "safetensors with attention [H,T,T] or [L,H,T,T], causal, rows sum to 1");
    file.fileKind = "safetensors";
    ParamSpec heads =
        applySpec("heads", "Heads", ParamType::integers,
                  "Heads of the file to calibrate; empty: all. The others stay to the last "
                  "bit");
    heads.fallback = ParamValue(std::vector<std::int64_t>{});
    heads.minimum = 0;
    ParamSpec padding =
        applySpec("padding", "Left padding", ParamType::integer,
                  "Tokens in front that are padding: position 0 is the one after them");
    padding.fallback = ParamValue(std::int64_t{0});
    padding.minimum = 0;
    padding.maximum = 1'000'000;
    padding.advanced = true;
    ParamSpec reference =
        applySpec("reference", "Released code's behaviour", ParamType::choice,
                  "Reproduces the released code, defects included, to compare with it");
    reference.choices = {
        {"off", "as specified", "Position 0 is spared; a row without other weight stays as it is"},
        {"on", "reference bug",
         "The first flagged column is spared, whichever it is; a row without other weight is NaN"}};
    reference.fallback = ParamValue(std::string("off"));
    reference.group = "Calibration";
    reference.advanced = true;
    std::vector<ParamSpec> specs = {file, heads, padding};
    for (ParamSpec& each : calibrationParams())
        specs.push_back(std::move(each));
    specs.push_back(reference);
    return specs;
}

Result<RunResult> ApplyExperiment::run(const Params& params, Progress& progress) const
{
    const std::filesystem::path path = params.text("file");
    VITRINE_TRY(const MapFile file, MapFile::open(path));
    VITRINE_TRY(const Options options, optionsOf(params, file));
    VITRINE_TRY(Applied applied, applyToAll(file, options, progress));

    RunResult out;
    VITRINE_TRY(InputFile input, hashInput("file", path, &progress));
    out.inputs.push_back(std::move(input));
    VITRINE_TRY(Artifact artifact, write(file, applied.maps, progress.artifactFolder()));
    out.artifacts.push_back(std::move(artifact));
    const auto add = [&](const char* name, auto value, const char* help) {
        out.metrics.push_back({name, static_cast<double>(value), "1", Origin::computed, help});
    };
    add("sinks", applied.total.sinks, "Columns that are shrunk, counted in every head");
    add("rows_modified", applied.total.rowsModified, "Rows changed, counted in every head");
    add("rows_skipped", applied.total.rowsSkipped,
        "Rows left as they are, for no receiver has weight");
    add("mass_moved", applied.total.massMoved,
        "Sum over heads and rows of (1 - beta) m (ACT, section 4)");
    addNotes(applied, out);
    out.tables = {std::move(applied.heads), std::move(applied.sinks)};
    return out;
}

} // namespace vitrine::calibration_plugin
