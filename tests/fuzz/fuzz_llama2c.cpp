#include "core/model/llm/llama2c.h"
#include "core/model/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

// The checkpoint's header and, on the same bytes, the tokenizer that lies beside it.
VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    (void)vitrine::model::parseLlama2cTokenizer(bytes, 300, "fuzz");
    return vitrine::model::parseLlama2cHeader(std::as_bytes(std::span(bytes)), bytes.size(),
                                              "fuzz");
})
