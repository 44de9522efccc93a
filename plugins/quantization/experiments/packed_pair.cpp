#include "plugins/quantization/experiments/packed_pair.h"

#include "core/base/in_file.h"

namespace vitrine::quantization_plugin
{

Result<OpenModel> openPacked(const Params& params)
{
    Params packed;
    packed.set("model", ParamValue(params.text("packed")));
    VITRINE_TRY(OpenModel opened, openModel(packed));
    for (InputFile& input : opened.inputs)
        input.parameter = "packed";
    VITRINE_CHECK(inFile(params.text("packed"), opened.llm.withPlanes(1))); // whether it is packed
    return opened;
}

Result<void> checkPair(const OpenModel& original, const OpenModel& packed)
{
    const model::LlmConfig &a = original.config(), &b = packed.config();
    const bool hasSameTokens = !original.tokenizer || !packed.tokenizer ||
                               original.tokenizer->fingerprint() == packed.tokenizer->fingerprint();
    if (a.vocabulary != b.vocabulary || a.layers != b.layers || a.hidden != b.hidden ||
        !hasSameTokens)
        return inputError("{} was not made from {}: their tokens or sizes are others; give the "
                          "original as model",
                          packed.name, original.name);
    if (!original.tokenizer)
        return inputError("{} has no tokenizer, so it cannot read a prompt", original.name);
    if (!a.languageHead)
        return inputError("{} has no language head: there are no next tokens", original.name);
    return {};
}

} // namespace vitrine::quantization_plugin
