#include "core/learning/nets/language/scores.h"

#include "core/learning/nets/language/checkpoint.h"
#include "core/learning/nets/language/evaluate.h"

#include <algorithm>
#include <ostream>

namespace vitrine::learning
{

void exportCheckpoint(const Recipe& recipe, const std::string& folder)
{
    LanguageModel model(recipe, recipe.seed, deviceOf(recipe));
    loadCheckpoint(model, recipe.out + "/checkpoint.safetensors");
    exportModel(model, folder);
}

void printScores(const Recipe& recipe, const std::string& file, std::ostream& lines)
{
    LanguageModel model(recipe, recipe.seed, deviceOf(recipe));
    loadCheckpoint(model, file);
    const TokenStore heldOut = readTokenStore(recipe.data, "heldout");
    lines << "{\"parameters\":" << model.parameterCount() << "}" << std::endl;
    HeldOutLoss all{"all", 0, 0.0};
    for (const auto& loss : heldOutLoss(model, heldOut, recipe.context, 0)) {
        lines << toJson(loss) << std::endl;
        all.natPerToken += loss.natPerToken * static_cast<double>(loss.tokens);
        all.tokens += loss.tokens;
    }
    all.natPerToken /= static_cast<double>(std::max<int64_t>(1, all.tokens));
    lines << toJson(all) << std::endl;
    for (const int64_t tokens : {64, 256})
        lines << toJson(firstTokenSinks(model, heldOut, 20, tokens)) << std::endl;
    for (const int64_t tokens : {128, 256})
        lines << toJson(laterSink(model, heldOut, 20, tokens)) << std::endl;
}

} // namespace vitrine::learning
