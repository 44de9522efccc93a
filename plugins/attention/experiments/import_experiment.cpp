#include "plugins/attention/experiments/import_experiment.h"

#include <cmath>
#include <fmt/format.h>

#include "core/attention/capture.h"
#include "core/attention/map_file.h"
#include "core/attention/summary.h"
#include "core/base/json.h"
#include "core/jobs/bundle/bundle.h"
#include "core/tensor/safetensors.h"
#include "plugins/attention/experiments/tables.h"
#include "plugins/common/experiment_input.h"
#include "plugins/common/experiment_sinks.h"

namespace vitrine::attention_plugin
{

namespace
{

using Shape = std::vector<std::int64_t>;

// A foreign file, and what has become of it so far.
struct Import {
    Safetensors file;
    std::string name;
    std::int64_t layers = 0, heads = 0, tokens = 0;
    attention::CaptureInfo info = {};
    std::vector<std::int32_t> ids = {};
    model::ForwardResult result = {}; // summaries, kept heads
    std::vector<std::vector<std::vector<float>>> maps = {};
    std::int64_t unevenRows = 0;
};

bool isFloat(DType type)
{
    return type == DType::f32 || type == DType::f16 || type == DType::bf16 || type == DType::f64;
}

// [L, H, rows, columns]; a leading axis of one layer is added where it is missing.
Result<TensorView> blocks(const Import& import, const std::string& tensor)
{
    VITRINE_TRY(TensorView view, import.file.tensor(tensor));
    if (!isFloat(view.type))
        return inputError("cannot read {}: tensor \"{}\" is {}, floating point expected",
                          import.name, tensor, dtypeName(view.type));
    if (view.shape.size() == 3)
        view.shape.insert(view.shape.begin(), 1);
    if (view.shape.size() != 4)
        return inputError(
            "cannot read {}: tensor \"{}\" has {} dimensions, expected [L,H,T,..] or [H,T,..]",
            import.name, tensor, view.shape.size());
    return view;
}

std::vector<float> blockOf(const TensorView& view, std::int64_t index)
{
    const std::int64_t rows = view.shape[2], columns = view.shape[3];
    const auto bytes = static_cast<std::size_t>(rows * columns) * dtypeSize(view.type);
    return toFloat({view.type,
                    {rows, columns},
                    view.bytes.subspan(static_cast<std::size_t>(index) * bytes, bytes)});
}

Result<void> setSize(Import& import, const Shape& shape)
{
    import.layers = shape[0];
    import.heads = shape[1];
    import.tokens = shape[2];
    if (import.layers < 1 || import.layers > 512 || import.heads < 1 || import.heads > 4096 ||
        import.tokens < 1 || import.tokens > 1'000'000)
        return inputError("cannot read {}: {} layers of {} heads over {} tokens: 1 to 512, 1 to "
                          "4096 and 1 to 1,000,000 "
                          "expected",
                          import.name, import.layers, import.heads, import.tokens);
    import.result.tokens = import.tokens;
    return {};
}

Result<void> importMaps(Import& import, const attention::MapFile& file, Progress& progress)
{
    VITRINE_CHECK(setSize(import, {file.layers(), file.heads(), file.tokens()}));
    for (std::int64_t l = 0; l < import.layers; ++l) {
        import.maps.emplace_back();
        import.result.summaries.emplace_back();
        for (std::int64_t h = 0; h < import.heads; ++h) {
            if (!progress.advance(static_cast<double>(l * import.heads + h),
                                  static_cast<double>(import.layers * import.heads), "heads"))
                return cancelled();
            VITRINE_TRY(auto map, file.map(l, h));
            import.unevenRows += attention::unevenRows(map, import.tokens);
            import.result.summaries.back().push_back(attention::summaryOfMap(map, import.tokens));
            import.maps.back().push_back(std::move(map));
        }
    }
    return {};
}

Result<void> importHeads(Import& import, double scale, Progress& progress)
{
    VITRINE_TRY(const TensorView q, blocks(import, "q"));
    VITRINE_TRY(const TensorView k, blocks(import, "k"));
    VITRINE_CHECK(setSize(import, q.shape));
    const std::int64_t keyHeads = k.shape[1], size = q.shape[3];
    if (k.shape[0] != import.layers || k.shape[2] != import.tokens || k.shape[3] != size ||
        keyHeads < 1 || import.heads % keyHeads != 0 || size < 1 || size > 65536)
        return inputError("cannot read {}: q [{}] and k [{}] do not belong together: [L,H,T,D] and "
                          "[L,G,T,D] with H a "
                          "multiple of G expected",
                          import.name, fmt::join(q.shape, ","), fmt::join(k.shape, ","));
    import.info.headSize = size;
    import.info.scale = scale > 0 ? scale : 1 / std::sqrt(static_cast<double>(size));
    const attention::HeadScores head = {import.tokens, size, import.info.scale, 0};
    for (std::int64_t l = 0; l < import.layers; ++l) {
        import.result.summaries.emplace_back();
        for (std::int64_t h = 0; h < import.heads; ++h) {
            if (!progress.advance(static_cast<double>(l * import.heads + h),
                                  static_cast<double>(import.layers * import.heads), "heads"))
                return cancelled();
            model::KeptHead kept;
            kept.where = {static_cast<int>(l), static_cast<int>(h)};
            kept.q = blockOf(q, l * import.heads + h);
            kept.k = blockOf(k, l * keyHeads + h / (import.heads / keyHeads));
            for (const auto* values : {&kept.q, &kept.k})
                for (const float value : *values)
                    if (!std::isfinite(value))
                        return inputError(
                            "cannot read {}: layer {}, head {} holds a value that is not finite",
                            import.name, l, h);
            import.result.summaries.back().push_back(
                attention::summaryOfHead(head, kept.q, kept.k));
            import.result.kept.push_back(std::move(kept));
        }
    }
    return {};
}

// input_ids or token_ids [T] and metadata "tokens" (a JSON list), where the file has them.
Result<void> readTexts(Import& import)
{
    import.ids.assign(static_cast<std::size_t>(import.tokens), 0);
    for (const char* tensor : {"input_ids", "token_ids"}) {
        if (!import.file.has(tensor))
            continue;
        VITRINE_TRY(const TensorView view, import.file.tensor(tensor));
        if ((view.type != DType::i64 && view.type != DType::i32) ||
            view.elements() != import.tokens)
            return inputError("cannot read {}: \"{}\" must hold {} whole numbers", import.name,
                              tensor, import.tokens);
        const std::vector<float> values = toFloat(view);
        for (std::size_t i = 0; i < values.size(); ++i)
            import.ids[i] = static_cast<std::int32_t>(std::clamp(values[i], -1.0f, 16777216.0f));
    }
    for (std::int64_t i = 0; i < import.tokens; ++i)
        import.info.tokenTexts.push_back(fmt::format("#{}", i));
    const auto found = import.file.metadata().find("tokens");
    if (found == import.file.metadata().end())
        return {};
    VITRINE_TRY(const Json json, parseJson(found->second, import.name + " (tokens)"));
    if (!json.is_array() || static_cast<std::int64_t>(json.size()) != import.tokens)
        return inputError("cannot read {}: metadata \"tokens\" must be a list of {} texts",
                          import.name, import.tokens);
    for (std::size_t i = 0; i < json.size(); ++i)
        if (json[i].is_string())
            import.info.tokenTexts[i] = json[i].get<std::string>();
    return {};
}

Result<void> write(Import& import, const std::filesystem::path& path,
                   std::vector<std::string>& notes)
{
    for (std::int64_t l = 0; l < import.layers; ++l)
        import.info.layerIds.push_back(static_cast<int>(l));
    import.info.model = import.name;
    if (!import.maps.empty())
        return writeMapCapture(path, import.info, import.ids, import.result.summaries, import.maps);
    VITRINE_TRY(const auto more, writeCapture(path, import.info, import.ids, import.result));
    append(notes, more);
    return {};
}

} // namespace

ExperimentInfo ImportExperiment::info() const
{
    return {"attention.import", "Import attention maps",
            "Looks at attention maps that another program has captured.", 1};
}

std::vector<ParamSpec> ImportExperiment::params(const Params&) const
{
    ParamSpec file;
    file.name = "file";
    file.label = "File";
    file.type = ParamType::file;
    file.fileKind = "safetensors";
    file.group = "Maps";
    file.help = "safetensors with attention [L,H,T,T] (causal), or q [L,H,T,D] and k [L,G,T,D] "
                "after rotary embedding; input_ids "
                "[T] and metadata tokens are used where they are";
    ParamSpec scale = numberParam("scale", "Scale of q · k", "Maps",
                                  "Factor of the scores of q and k; 0: 1/sqrt(D)", 0, 1e6, 0.0);
    scale.advanced = true;
    std::vector<ParamSpec> specs = {file, scale};
    for (ParamSpec& spec : sinkParams())
        specs.push_back(std::move(spec));
    return specs;
}

Result<RunResult> ImportExperiment::run(const Params& params, Progress& progress) const
{
    const std::filesystem::path path = params.text("file");
    if (path.extension() == ".npz")
        return inputError("cannot read {}: npz files are not read yet: save attention (or q and k) "
                          "as safetensors",
                          path.filename().string());
    VITRINE_TRY(Safetensors file, Safetensors::open(path));
    Import import{std::move(file), path.filename().string()};
    if (import.file.has("attention")) {
        VITRINE_TRY(const attention::MapFile maps, attention::MapFile::open(path));
        VITRINE_CHECK(importMaps(import, maps, progress));
    } else if (import.file.has("q") && import.file.has("k")) {
        VITRINE_CHECK(importHeads(import, params.real("scale"), progress));
    } else {
        return inputError(
            "cannot read {}: it has neither a tensor \"attention\" nor \"q\" and \"k\"",
            import.name);
    }
    VITRINE_CHECK(readTexts(import));

    RunResult out;
    VITRINE_TRY(InputFile input, hashInput("file", path, &progress));
    out.inputs.push_back(std::move(input));
    if (import.unevenRows > 0)
        out.notes.push_back(
            fmt::format("{} rows of the maps do not sum to 1 within 0.001.", import.unevenRows));
    Artifact artifact;
    artifact.name = "capture.safetensors";
    artifact.kind = "capture";
    artifact.path = progress.artifactFolder() / artifact.name;
    VITRINE_CHECK(write(import, artifact.path, out.notes));
    out.artifacts.push_back(std::move(artifact));
    const Captured heads = captured(import.result, import.info.layerIds, 0, import.info.tokenTexts);
    describe(heads, sinkOptions(params), out);
    out.metrics.push_back(
        {"capture_overhead", std::nan(""), "1", Origin::measured, "Not measured: nothing was run"});
    return out;
}

} // namespace vitrine::attention_plugin
