#pragma once

#include "core/attention/calibration.h"
#include "tests/support/synthetic_capture.h"

#include <cmath>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

// Runs of the calibration room whose numbers are known: maps of a synthetic capture, calibrated by
// the plain loops of core/attention/calibration.h; and evaluations with chosen outcomes.
namespace vitrine::tests
{

struct SyntheticTuning {
    SyntheticCapture capture = {};
    attention::Calibration calibration = {
        .sinks = {.rule = attention::SinkRule::absolute, .tau = 0.1, .protect = 1, .minRows = 1}};
    std::string heads = "2.1";       // a list, "all" (layers from 1 on) or "none"
    std::set<std::int64_t> off = {}; // columns of head 2.1 that are left as they are
    std::string keep = "2.1";
    bool keepsAll = true; // false: no maps in the captures, only summaries
};

inline Table tableOf(std::string name, const std::vector<std::string>& columns)
{
    Table table;
    table.name = std::move(name);
    for (const std::string& column : columns)
        table.columns.push_back({column, "", Origin::computed, ""});
    return table;
}

inline bool isChosen(const SyntheticTuning& spec, model::LayerHead head)
{
    const std::string name = std::to_string(head.layer) + '.' + std::to_string(head.head);
    return spec.heads == "all"
               ? head.layer >= 1
               : (',' + spec.heads + ',').find(',' + name + ',') != std::string::npos;
}

// Writes before.safetensors and after.safetensors into the folder and returns the run.
inline Result<RunRecord> syntheticTune(const std::filesystem::path& folder,
                                       const SyntheticTuning& spec)
{
    using namespace attention;
    SyntheticCapture source = spec.capture;
    VITRINE_TRY(const RunRecord captured, syntheticRun(folder / "source", source));
    VITRINE_TRY(const auto whole, Capture::open(captured.result.artifacts[0].path));
    const std::int64_t tokens = whole.tokens();
    CaptureInfo info;
    info.model = "synthetic";
    info.tokenTexts = whole.tokenTexts();
    info.layerIds = whole.layerIds();
    info.scale = 1;
    info.headSize = source.headSize;
    const std::vector<std::int32_t> ids(whole.tokenIds().begin(), whole.tokenIds().end());

    RunResult result;
    Table heads = tableOf("heads", {"layer", "head", "eligible", "calibrated", "beta", "sinks",
                                    "first_token_mass", "first_token_mass_after", "sink_mass",
                                    "sink_mass_after", "entropy", "entropy_after", "rows_modified",
                                    "mass_moved"});
    Table sinks = tableOf("sinks", {"layer", "head", "position", "token", "score",
                                    "score_over_uniform", "score_after", "applied"});
    CalibrationCount total;
    std::int64_t calibratedHeads = 0;
    std::vector<std::vector<model::HeadSummary>> before, after;
    std::vector<std::vector<std::vector<float>>> maps, changed;
    const auto uniform = uniformScore(tokens);
    for (int layer = 0; layer < source.layers; ++layer) {
        before.emplace_back();
        after.emplace_back();
        maps.emplace_back();
        changed.emplace_back();
        for (int head = 0; head < source.heads; ++head) {
            VITRINE_TRY(auto map, whole.tile(layer, head, {0, 0, tokens, tokens, 1}));
            for (float& weight : map)
                if (std::isnan(weight))
                    weight = 0;
            std::vector<float> edited = map;
            const bool chosen = isChosen(spec, {layer, head});
            auto columns = calibratedColumns(whole.columnScore(layer, head), whole.columnRows(),
                                             spec.calibration);
            CalibrationCount count;
            std::vector<std::int32_t> applied;
            for (const std::int32_t column : columns)
                if (chosen && !spec.off.contains(column))
                    applied.push_back(column);
            for (std::int64_t row = 0; row < tokens && !applied.empty(); ++row) {
                const auto change =
                    calibrateRow(std::span(edited).subspan(static_cast<std::size_t>(row * tokens),
                                                           static_cast<std::size_t>(row + 1)),
                                 applied, spec.calibration.beta, spec.calibration.receivers);
                count.rowsModified += change.modified ? 1 : 0;
                count.massMoved += change.modified ? (1 - spec.calibration.beta) * change.mass : 0;
            }
            count.sinks = static_cast<std::int64_t>(applied.size());
            total += count;
            calibratedHeads += chosen ? 1 : 0;
            before.back().push_back(summaryOfMap(map, tokens));
            after.back().push_back(summaryOfMap(edited, tokens));
            const auto scoreAfter = columnScore(after.back().back());
            double mass = 0;
            if (chosen)
                for (const std::int32_t column : columns) {
                    const auto at = static_cast<std::size_t>(column);
                    const double score = static_cast<double>(whole.columnScore(layer, head)[at]);
                    mass += score;
                    sinks.rows.push_back({std::int64_t{layer}, std::int64_t{head},
                                          std::int64_t{column}, whole.tokenTexts()[at], score,
                                          score / uniform[at], static_cast<double>(scoreAfter[at]),
                                          std::int64_t{spec.off.contains(column) ? 0 : 1}});
                }
            heads.rows.push_back(
                {std::int64_t{layer}, std::int64_t{head}, std::int64_t{layer >= 1 ? 1 : 0},
                 std::int64_t{chosen ? 1 : 0}, chosen ? spec.calibration.beta : 1.0, count.sinks,
                 whole.firstTokenMass(layer, head), after.back().back().firstTokenMass, mass,
                 mass * spec.calibration.beta, whole.entropy(layer, head),
                 after.back().back().entropy, count.rowsModified, count.massMoved});
            maps.back().push_back(std::move(map));
            changed.back().push_back(std::move(edited));
        }
    }
    if (!spec.keepsAll) {
        for (int layer = 0; layer < source.layers; ++layer)
            for (int head = 0; head < source.heads; ++head)
                source.lost.push_back({layer, head});
        VITRINE_CHECK(syntheticRun(folder / "lost", source));
    }
    for (const std::string side : {"before", "after"}) {
        const auto file = folder / (side + ".safetensors");
        if (spec.keepsAll) {
            VITRINE_CHECK(writeMapCapture(file, info, ids, side == "before" ? before : after,
                                          side == "before" ? maps : changed));
        } else {
            std::filesystem::copy_file(folder / "lost" / "capture.safetensors", file);
        }
        result.artifacts.push_back(
            {file.filename().string(), "capture", file, "", 0, Origin::computed});
    }
    Table next = tableOf("next", {"token", "id", "before", "after", "difference"});
    const double shift = (1 - spec.calibration.beta) * 0.1;
    next.rows = {{std::string("\u2581war"), std::int64_t{7}, 0.30, 0.30 - shift, -shift},
                 {std::string("\u2581peace"), std::int64_t{9}, 0.25, 0.25 + shift, shift},
                 {std::string(","), std::int64_t{3}, 0.05, 0.05, 0.0}};
    Table census = tableOf("census", {"position", "before", "after"});
    census.rows = {{std::string("0"), std::int64_t{9}, std::int64_t{9}}};
    result.tables = {heads, sinks, next, census};
    const auto metric = [&](const char* name, double value) {
        result.metrics.push_back({name, value, "1", Origin::computed, ""});
    };
    metric("tokens", static_cast<double>(tokens));
    metric("heads_calibrated", static_cast<double>(calibratedHeads));
    metric("sinks", static_cast<double>(total.sinks));
    metric("rows_modified", static_cast<double>(total.rowsModified));
    metric("rows_skipped", 0);
    metric("mass_moved", total.massMoved);
    metric("kl_last", total.massMoved * 1e-3);
    metric("kl_mean", total.massMoved * 1e-4);
    metric("flips", total.massMoved > 0 ? 2 : 0);
    metric("perplexity", 45.5);
    metric("baseline_perplexity", 45);

    RunRecord run;
    run.uid = newUid();
    run.experiment = "calibration.tune";
    run.plugin = "calibration";
    run.state = RunState::done;
    const SinkOptions& options = spec.calibration.sinks;
    run.params.set("model", std::string("synthetic"));
    run.params.set("prompt", std::string("peace the nation"));
    run.params.set("rule", std::string(sinkRuleName(options.rule)));
    run.params.set("tau", options.tau);
    run.params.set("alpha", options.alpha);
    run.params.set("protect", std::int64_t{options.protect});
    run.params.set("min_rows", std::int64_t{options.minRows});
    run.params.set("beta", spec.calibration.beta);
    run.params.set("receivers", std::string("all"));
    run.params.set("heads", spec.heads);
    run.params.set("keep", spec.keep);
    run.params.set("seed", std::int64_t{42});
    run.result = std::move(result);
    return run;
}

// An evaluation of `items` items of which so many were gained and lost.
struct SyntheticEvaluation {
    std::int64_t items = 200, right = 100, gained = 12, lost = 8;
    double beta = 0.4;
    double controlLow = 0.49, controlHigh = 0.53;
};

inline RunRecord syntheticEvaluation(const SyntheticEvaluation& spec = {})
{
    RunRecord run;
    run.uid = newUid();
    run.number = 7;
    run.experiment = "calibration.evaluate";
    run.plugin = "calibration";
    run.state = RunState::done;
    run.params.set("model", std::string("synthetic"));
    run.params.set("task", std::string("/tasks/cloze.jsonl"));
    run.params.set("beta", spec.beta);
    run.params.set("heads", std::string("3.1,4.0"));
    const auto share = [&](std::int64_t right) {
        return static_cast<double>(right) / static_cast<double>(spec.items);
    };
    const double after = share(spec.right + spec.gained - spec.lost);
    const auto metric = [&](const char* name, double value) {
        run.result.metrics.push_back({name, value, "1", Origin::computed, ""});
    };
    metric("accuracy", after);
    metric("accuracy_low", after - 0.07);
    metric("accuracy_high", after + 0.07);
    metric("baseline_accuracy", share(spec.right));
    metric("p_value", 0.5);
    metric("accuracy_control", (spec.controlLow + spec.controlHigh) / 2);
    metric("accuracy_control_low", spec.controlLow);
    metric("accuracy_control_high", spec.controlHigh);
    metric("rows_modified", 1234);
    metric("mass_moved", 56);
    Table items = tableOf("items", {"item", "gold", "baseline", "calibrated", "flip"});
    for (std::int64_t i = 0; i < spec.items; ++i) {
        const bool before = i < spec.right;
        const bool now = before ? i >= spec.lost : i < spec.right + spec.gained;
        items.rows.push_back({i, std::int64_t{1}, std::int64_t{before ? 1 : 0},
                              std::int64_t{now ? 1 : 0}, std::int64_t{before != now ? 1 : 0}});
    }
    run.result.tables = {items};
    return run;
}

inline RunRecord syntheticSearch()
{
    RunRecord run = syntheticEvaluation();
    run.experiment = "calibration.search";
    run.result = {};
    const auto metric = [&](const char* name, double value) {
        run.result.metrics.push_back({name, value, "1", Origin::computed, ""});
    };
    metric("accuracy_before", 0.5);
    metric("accuracy_after", 0.52);
    metric("gain_low", -0.02);
    metric("gain_high", 0.06);
    metric("gain_control_low", -0.03);
    metric("gain_control_high", 0.03);
    metric("heads_kept", 2);
    Table heads =
        tableOf("heads", {"layer", "head", "gain", "gain_low", "gain_high", "stopped", "kept"});
    for (int layer = 2; layer < 5; ++layer)
        for (int head = 0; head < 5; ++head) {
            const double gain = 0.01 * (head - 2) * (layer - 1);
            heads.rows.push_back({std::int64_t{layer}, std::int64_t{head}, gain, gain - 0.05,
                                  gain + 0.05, std::int64_t{0}, std::int64_t{gain > 0.03 ? 1 : 0}});
        }
    run.result.tables = {heads};
    return run;
}

} // namespace vitrine::tests
