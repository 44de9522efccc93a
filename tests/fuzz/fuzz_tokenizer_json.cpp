#include "core/model/tokenizer/tokenizer.h"
#include "tests/fuzz/fuzz_target.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    auto tokenizer = vitrine::model::parseTokenizerJson(bytes, "fuzz");
    if (tokenizer)
        if (const auto ids =
                (*tokenizer)
                    ->encode("The theatre and the xxx's 12345\n caf\u00e9 e\u0301 \U0001f999"))
            (void)(*tokenizer)->decode(*ids);
    return tokenizer;
})
