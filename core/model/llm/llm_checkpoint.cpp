#include "core/model/llm/llm_checkpoint.h"

#include "core/base/file.h"
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

namespace
{

namespace fs = std::filesystem;

constexpr const char* kLlama2cTokenizer = "tokenizer.bin";
constexpr std::uint64_t kMostConfigBytes = 1 << 20;

// The tokenizer of a llama2.c file; an empty path where there is none beside it.
struct BesideFile {
    fs::path path;
    std::int64_t vocabulary = 0;
};
Result<BesideFile> tokenizerBeside(const fs::path& checkpoint)
{
    VITRINE_TRY(const MappedFile file, MappedFile::open(checkpoint));
    VITRINE_TRY(const LlmConfig config,
                parseLlama2cHeader(file.bytes(), file.bytes().size(), checkpoint.string()));
    std::error_code ignored;
    for (const auto& name :
         {fmt::format("tok{}.bin", config.vocabulary), std::string(kLlama2cTokenizer)})
        if (const auto path = checkpoint.parent_path() / name; fs::exists(path, ignored))
            return BesideFile{path, config.vocabulary};
    return BesideFile{};
}

Result<std::shared_ptr<const Tokenizer>> tokenizerInside(const fs::path& folder)
{
    VITRINE_TRY(std::shared_ptr<const Tokenizer> tokenizer, openTokenizer(folder));
    std::error_code ignored;
    if (tokenizer || !fs::exists(folder / kLlama2cTokenizer, ignored))
        return tokenizer;
    VITRINE_TRY(const std::string text, readFile(folder / "config.json", kMostConfigBytes));
    VITRINE_TRY(const LlmConfig config, parseLlmConfig(text, (folder / "config.json").string()));
    return openLlama2c(folder / kLlama2cTokenizer, config.vocabulary);
}

Result<void> copyFile(const fs::path& from, const fs::path& to)
{
    std::error_code error;
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
    if (error)
        return failure("cannot copy {} to {}: {}", from.string(), to.string(), error.message());
    return {};
}

} // namespace

Result<std::shared_ptr<const Tokenizer>> openTokenizerOf(const fs::path& checkpoint)
{
    std::error_code ignored;
    if (fs::is_directory(checkpoint, ignored))
        return tokenizerInside(checkpoint);
    VITRINE_TRY(const BesideFile beside, tokenizerBeside(checkpoint));
    if (beside.path.empty())
        return nullptr;
    return openLlama2c(beside.path, beside.vocabulary);
}

Result<void> copyTokenizerOf(const fs::path& checkpoint, const fs::path& folder)
{
    std::error_code ignored;
    if (!fs::is_directory(checkpoint, ignored)) {
        VITRINE_TRY(const BesideFile beside, tokenizerBeside(checkpoint));
        return beside.path.empty() ? Result<void>()
                                   : copyFile(beside.path, folder / kLlama2cTokenizer);
    }
    for (const char* name :
         {"tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json",
          "added_tokens.json", "generation_config.json", kLlama2cTokenizer})
        if (fs::exists(checkpoint / name, ignored))
            VITRINE_CHECK(copyFile(checkpoint / name, folder / name));
    return {};
}

} // namespace vitrine::model
