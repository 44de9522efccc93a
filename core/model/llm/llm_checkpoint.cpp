#include "core/model/llm/llm_checkpoint.h"

#include "core/base/mapped_file.h"
#include "core/model/checkpoint/foreign_file.h"
#include "core/model/llm/llama2c.h"
#include "core/model/llm/llm_checkpoint_hf.h"

namespace vitrine::model
{

Result<std::shared_ptr<const LlmCheckpoint>> openLlmCheckpoint(const std::filesystem::path& path)
{
    VITRINE_CHECK(refuseMissing(path));
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return openHuggingFace(path);
    VITRINE_CHECK(refuseForeignFile(path));
    if (path.extension() == ".safetensors" || path.extension() == ".json")
        return inputError("cannot open {} alone: open its folder, which holds config.json too",
                          path.string());
    return openLlama2cCheckpoint(path);
}

Result<std::shared_ptr<const Tokenizer>> openTokenizerOf(const std::filesystem::path& checkpoint)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(checkpoint, ignored))
        return openTokenizer(checkpoint);
    VITRINE_TRY(const MappedFile file, MappedFile::open(checkpoint));
    VITRINE_TRY(const LlmConfig config,
                parseLlama2cHeader(file.bytes(), file.bytes().size(), checkpoint.string()));
    for (const auto& name :
         {fmt::format("tok{}.bin", config.vocabulary), std::string("tokenizer.bin")})
        if (const auto path = checkpoint.parent_path() / name;
            std::filesystem::exists(path, ignored))
            return openLlama2c(path, config.vocabulary);
    return nullptr;
}

} // namespace vitrine::model
