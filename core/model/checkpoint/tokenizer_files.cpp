#include "core/model/tokenizer/tokenizer.h"

#include "core/base/mapped_file.h"
#include "core/model/checkpoint/checkpoint.h"
#include "core/model/checkpoint/llama2c.h"

namespace vitrine::model
{

Result<std::unique_ptr<Tokenizer>> openTokenizer(const std::filesystem::path& folder)
{
    std::error_code ignored;
    if (const auto json = folder / "tokenizer.json"; std::filesystem::exists(json, ignored))
        return openTokenizerJson(json);
    if (const auto model = folder / "tokenizer.model"; std::filesystem::exists(model, ignored))
        return openSentencePiece(model);
    return nullptr;
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
