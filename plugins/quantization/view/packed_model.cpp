#include "plugins/quantization/view/packed_model.h"

#include "core/jobs/experiment/read_run.h"

namespace vitrine::quantization_plugin
{
namespace
{

namespace fs = std::filesystem;

constexpr const char* kNeeded[] = {"config.json", "model.safetensors"};
// Beside them, where there are such.
constexpr const char* kTokenizerFiles[] = {
    "tokenizer.json",    "tokenizer.model",         "tokenizer_config.json",
    "added_tokens.json", "special_tokens_map.json", "generation_config.json",
    "tokenizer.bin"};

bool isFile(const fs::path& path)
{
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

} // namespace

Result<PackedModel> PackedModel::of(const RunRecord& run)
{
    if (parameterText(run.params, "incoherence") == "true")
        return inputError(
            "Rotated back, the weights of this version are dense numbers again: there "
            "are no planes to drop.");
    PackedModel model;
    model.folder_ = parameterText(run.params, "out");
    if (!model.folder_.empty()) {
        for (const char* name : kNeeded)
            if (!isFile(fs::path(model.folder_) / name))
                return inputError("The quantized model was written to {}, but {} is not there any "
                                  "more. Put it back, or quantize once more.",
                                  model.folder_, name);
        return model;
    }
    model.links_ = std::make_unique<QTemporaryDir>();
    model.folder_ = model.links_->path().toStdString();
    const auto link = [&](const char* name) {
        const Artifact* artifact = run.result.artifact(name);
        if (!artifact || !isFile(artifact->path))
            return false;
        std::error_code error;
        fs::create_symlink(fs::absolute(artifact->path, error), fs::path(model.folder_) / name,
                           error);
        return !error;
    };
    for (const char* name : kNeeded)
        if (!link(name))
            return inputError("The file {} of the quantized model is not kept with the run any "
                              "more: quantize once more.",
                              name);
    for (const char* name : kTokenizerFiles)
        link(name);
    return model;
}

} // namespace vitrine::quantization_plugin
