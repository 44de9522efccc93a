#include "core/model/tokenizer/tokenizer.h"

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

} // namespace vitrine::model
