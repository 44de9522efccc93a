#include "plugins/quantization/experiments/written_model.h"

#include "core/base/format.h"
#include "core/quant/gguf_export.h"

#include <algorithm>

namespace vitrine::quantization_plugin
{
namespace
{

namespace fs = std::filesystem;

} // namespace

Result<void> writeGguf(const model::LlmCheckpoint& packed, const OpenModel& original,
                       const fs::path& file, RunResult& out)
{
    std::error_code ignored; // what cannot be made cannot be written to, which says why
    fs::create_directories(file.parent_path(), ignored);
    VITRINE_TRY(const quant::GgufExport written,
                quant::exportGguf(packed, original.tokenizer.get(), original.name, file));
    out.notes.push_back(fmt::format("The quantized model lies in {} ({}), which llama.cpp runs.",
                                    file.string(), bytesText(written.bytes)));
    append(out.notes, written.notes);
    return {};
}

Result<void> takeFiles(const fs::path& folder, const fs::path& artifacts, RunResult& out)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        files.push_back(entry.path());
    std::ranges::sort(files);
    for (const fs::path& file : files) {
        Artifact artifact;
        artifact.name = file.filename().string();
        artifact.kind = file.extension() == ".safetensors" ? "tensors" : "text";
        artifact.path = artifacts / file.filename();
        std::error_code error;
        fs::rename(file, artifact.path, error);
        if (error)
            return failure("cannot move {}: {}", file.string(), error.message());
        out.artifacts.push_back(std::move(artifact));
    }
    std::error_code ignored;
    fs::remove(folder, ignored);
    return {};
}

} // namespace vitrine::quantization_plugin
