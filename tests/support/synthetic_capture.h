#pragma once

#include "core/attention/capture.h"
#include "core/attention/sinks.h"
#include "core/attention/summary.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/jobs/experiment/run_record.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

// A capture whose maps are known: random queries and keys with planted sinks, written by the
// program's own writer.
namespace vitrine::tests
{

struct SyntheticCapture {
    std::int64_t tokens = 48;
    int layers = 3, heads = 4;
    std::int64_t headSize = 16;
    std::uint64_t seed = 7;
    std::int64_t laterSink = 20; // a key that head (layers - 1, 1) attends to strongly; < 0: none
    std::vector<model::LayerHead> lost = {}; // heads whose queries and keys are not kept
    std::string tokenPrefix = "t";
    std::int64_t brokenQuery = -1; // NaN in this query of every head of the last layer; < 0: none
};

inline std::vector<std::string> syntheticTokens(const SyntheticCapture& spec)
{
    static const std::vector<std::string> words = {
        "\u2581peace", "\u2581the", "ful", "\u2581nation", ",", "\u2581of", "\u2581war", "<0x0A>"};
    std::vector<std::string> tokens = {"<s>"};
    while (static_cast<std::int64_t>(tokens.size()) < spec.tokens)
        tokens.push_back(words[tokens.size() % words.size()] +
                         (spec.tokenPrefix == "t" ? "" : spec.tokenPrefix));
    tokens.resize(static_cast<std::size_t>(spec.tokens));
    return tokens;
}

inline model::ForwardResult syntheticForward(const SyntheticCapture& spec, double scale)
{
    model::ForwardResult result;
    result.tokens = spec.tokens;
    Random random(spec.seed);
    for (int layer = 0; layer < spec.layers; ++layer) {
        result.summaries.emplace_back();
        for (int head = 0; head < spec.heads; ++head) {
            model::KeptHead kept;
            kept.where = {layer, head};
            const auto size = static_cast<std::size_t>(spec.tokens * spec.headSize);
            kept.q.resize(size);
            kept.k.resize(size);
            for (float& value : kept.q)
                value = static_cast<float>(random.normal());
            for (float& value : kept.k)
                value = static_cast<float>(0.6 * random.normal());
            // Queries lean to one side; the first key, and the later sink, lie there.
            const auto lean = [&](std::vector<float>& vectors, std::int64_t row, double amount) {
                vectors[static_cast<std::size_t>(row * spec.headSize)] = static_cast<float>(amount);
            };
            for (std::int64_t row = 0; row < spec.tokens; ++row) {
                lean(kept.q, row, 4);
                lean(kept.k, row, 0);
            }
            if (layer > 0)
                lean(kept.k, 0, 2.0 + head);
            if (layer == spec.layers - 1 && head == 1 && spec.laterSink > 0 &&
                spec.laterSink < spec.tokens)
                lean(kept.k, spec.laterSink, 6);
            if (layer == spec.layers - 1 && spec.brokenQuery >= 0)
                lean(kept.q, spec.brokenQuery, std::nan(""));
            const attention::HeadScores scores{spec.tokens, spec.headSize, scale, 0};
            result.summaries.back().push_back(attention::summaryOfHead(scores, kept.q, kept.k));
            if (std::find(spec.lost.begin(), spec.lost.end(), kept.where) == spec.lost.end())
                result.kept.push_back(std::move(kept));
        }
    }
    return result;
}

// Writes FOLDER/capture.safetensors and returns the record of a run that made it.
inline Result<RunRecord> syntheticRun(const std::filesystem::path& folder,
                                      const SyntheticCapture& spec,
                                      const attention::SinkOptions& options = {})
{
    const double scale = 1 / std::sqrt(static_cast<double>(spec.headSize));
    const model::ForwardResult forward = syntheticForward(spec, scale);
    attention::CaptureInfo info;
    info.model = "synthetic";
    info.tokenTexts = syntheticTokens(spec);
    for (int layer = 0; layer < spec.layers; ++layer)
        info.layerIds.push_back(layer);
    info.scale = scale;
    info.headSize = spec.headSize;
    std::vector<std::int32_t> ids;
    for (const std::string& text : info.tokenTexts)
        ids.push_back(static_cast<std::int32_t>(std::hash<std::string>{}(text) % 1000));
    std::filesystem::create_directories(folder);
    const std::filesystem::path file = folder / "capture.safetensors";
    VITRINE_TRY(const auto notes, attention::writeCapture(file, info, ids, forward));
    VITRINE_TRY(const auto capture, attention::Capture::open(file));

    RunRecord run;
    run.uid = newUid();
    run.experiment = "attention.capture";
    run.plugin = "attention";
    run.state = RunState::done;
    run.params.set("model", std::string("synthetic"));
    run.params.set("prompt", std::string("peace the nation"));
    run.params.set("rule", std::string("uniform"));
    run.params.set("alpha", options.alpha);
    run.params.set("tau", options.tau);
    run.params.set("protect", std::int64_t{options.protect});
    run.params.set("min_rows", std::int64_t{options.minRows});
    run.result.notes = notes;
    Table heads;
    heads.name = "heads";
    for (const char* name :
         {"layer", "head", "first_token_mass", "sink_mass", "sinks", "entropy", "distance"}) {
        heads.columns.emplace_back();
        heads.columns.back().name = name;
    }
    for (int layer = 0; layer < spec.layers; ++layer)
        for (int head = 0; head < spec.heads; ++head) {
            const auto sinks = attention::findSinks(capture.columnScore(layer, head),
                                                    capture.columnRows(), options);
            heads.rows.push_back({std::int64_t{layer}, std::int64_t{head},
                                  static_cast<double>(capture.firstTokenMass(layer, head)),
                                  attention::sinkMass(sinks, spec.tokens).mass,
                                  static_cast<std::int64_t>(sinks.size()),
                                  static_cast<double>(capture.entropy(layer, head)),
                                  static_cast<double>(capture.distance(layer, head))});
        }
    run.result.tables = {heads};
    Artifact artifact;
    artifact.name = "capture.safetensors";
    artifact.kind = "capture";
    artifact.path = file;
    run.result.artifacts = {artifact};
    return run;
}

} // namespace vitrine::tests
