#include "core/model/llm/llm_checkpoint.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/model/network/llm_network.h"
#include "core/tensor/safetensors.h"

namespace vitrine::model
{

Result<void> exportHuggingFace(const LlmCheckpoint& checkpoint, const std::filesystem::path& folder)
{
    std::vector<NamedTensor> tensors;
    for (const auto& required : requiredTensors(checkpoint.config())) {
        VITRINE_TRY(TensorView view, checkpoint.tensor(required.name));
        tensors.push_back({required.name, std::move(view)});
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return failure("cannot make the folder {}: {}", folder.string(), error.message());
    VITRINE_CHECK(
        writeSafetensors(folder / "model.safetensors", std::move(tensors), {{"format", "pt"}}));
    return writeFileAtomically(folder / "config.json",
                               dumpJson(configJson(checkpoint.config()), 2) + "\n");
}

} // namespace vitrine::model
