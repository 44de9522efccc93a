#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/progress.h"
#include "core/jobs/experiment/run_result.h"
#include "core/model/llm/llm.h"

// What the experiments of several rooms have in common: a language model, and the tokens it reads.
namespace vitrine
{

// Pieces of a parameter list. A number is whole where its fallback is.
ParamSpec numberParam(const char* name, const char* label, const char* group, const char* help,
                      double low, double high, ParamValue fallback);
// The first choice is the default.
ParamSpec choiceParam(const char* name, const char* label, const char* group, const char* help,
                      std::vector<ParamChoice> choices);
ParamSpec modelParam();
// prompt, prompt_file, token_ids (exactly one of them) and documents.
std::vector<ParamSpec> promptParams();
ParamSpec layersParam(const std::string& help);

struct OpenModel {
    std::string name; // as the run shows it: the folder's or file's name
    std::shared_ptr<const model::LlmCheckpoint> checkpoint;
    std::shared_ptr<const model::Tokenizer> tokenizer; // nullptr: only token_ids can be read
    model::Llm llm;
    std::vector<InputFile> inputs;
    std::vector<std::string> notes;

    const model::LlmConfig& config() const { return checkpoint->config(); }
};
// `progress`, where given, is told how far a large file is hashed.
Result<OpenModel> openModel(const Params& params, Progress* progress = nullptr);

struct TokenText {
    std::vector<std::int32_t> ids;
    std::vector<std::string> pieces; // as people should see them; "#17" where there is no tokenizer
    std::vector<InputFile> inputs;
    std::vector<std::string> notes;
};
// The tokens that prompt, prompt_file or token_ids stand for. Text gets the tokenizer's BOS first
// (where it adds one), and once more wherever a line `<s>` stands alone (documents = line); it is
// cut at the model's context, token_ids are taken as they are.
Result<TokenText> readTokens(const Params& params, const OpenModel& opened);

std::string pieceOf(const OpenModel& opened, std::int32_t id);

// Layers chosen (ascending, each once), all of them where the list is empty.
Result<std::vector<int>> chosenLayers(const Params& params, const model::LlmConfig& config);

void append(std::vector<std::string>& notes, const std::vector<std::string>& more);
void append(std::vector<InputFile>& inputs, const std::vector<InputFile>& more);

} // namespace vitrine
