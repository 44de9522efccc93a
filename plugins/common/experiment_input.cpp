#include "plugins/common/experiment_input.h"

#include <algorithm>
#include <cassert>

#include "core/base/file.h"
#include "core/base/in_file.h"
#include "core/base/resources.h"
#include "core/base/text.h"
#include "core/jobs/bundle/bundle.h"
#include "core/model/tokenizer/utf8.h"
#include "plugins/common/text_notes.h"

namespace vitrine
{

namespace
{

constexpr std::uint64_t kLargestText = 64ull << 20;

ParamSpec text(std::string name, std::string label, ParamType type, std::string help)
{
    ParamSpec spec;
    spec.name = std::move(name);
    spec.label = std::move(label);
    spec.type = type;
    spec.help = std::move(help);
    spec.group = "Text";
    return spec;
}

// The files next to a checkpoint that decide what a text's tokens are.
std::vector<std::filesystem::path> tokenizerFiles(const std::filesystem::path& model,
                                                  std::int64_t vocabulary)
{
    const bool folder = std::filesystem::is_directory(model);
    const auto names =
        folder ? std::vector<std::string>{"tokenizer.json",          "tokenizer.model",
                                          "tokenizer_config.json",   "added_tokens.json",
                                          "special_tokens_map.json", "tokenizer.bin"}
               : std::vector<std::string>{fmt::format("tok{}.bin", vocabulary), "tokenizer.bin"};
    std::vector<std::filesystem::path> files;
    for (const std::string& name : names)
        if (const auto file = (folder ? model : model.parent_path()) / name;
            std::filesystem::is_regular_file(file))
            files.push_back(file);
    if (!folder && files.size() > 1)
        files.resize(1);
    return files;
}

// A line that parts two documents.
bool isMark(std::string_view line)
{
    return trimmed(line) == "---" || trimmed(line) == "<s>";
}

// Parts between the lines that hold a mark alone, empty ones left out.
std::vector<std::string_view> documentsOf(std::string_view whole)
{
    std::vector<std::string_view> documents;
    std::size_t start = 0;
    const auto close = [&](std::size_t end) {
        const auto part = whole.substr(start, end - start);
        if (!trimmed(part).empty())
            documents.push_back(part);
    };
    for (std::size_t line = 0; line < whole.size();) {
        const std::size_t end = std::min(whole.find('\n', line), whole.size());
        if (isMark(whole.substr(line, end - line))) {
            // The line break before a mark belongs to the mark.
            close(std::max(start, line > start ? line - 1 : line));
            start = std::min(end + 1, whole.size());
        }
        line = end + 1;
    }
    close(whole.size());
    return documents;
}

// Enough of a long text for `tokens` tokens in all likelihood, cut behind a white space.
std::string_view beginning(std::string_view whole, std::int64_t tokens)
{
    const std::size_t enough = static_cast<std::size_t>(tokens) * 32 + 4096;
    if (whole.size() <= enough)
        return whole;
    std::size_t cut = whole.find_last_of(" \n", enough);
    if (cut == whole.npos || cut == 0)
        for (cut = enough;
             cut > enough - 3 && (static_cast<unsigned char>(whole[cut]) & 0xc0) == 0x80;)
            --cut; // not inside a character
    return whole.substr(0, cut);
}

std::string_view withoutByteOrderMark(std::string_view text)
{
    return text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text;
}

Result<std::vector<std::int32_t>> encode(std::string_view whole, bool split,
                                         const model::Tokenizer& tokenizer)
{
    const auto documents = split ? documentsOf(whole) : std::vector{whole};
    const auto front = tokenizer.front(), back = tokenizer.back();
    std::vector<std::int32_t> ids;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        ids.insert(ids.end(), front.begin(), front.end());
        if (i > 0 && front.empty() && tokenizer.bos()) // parts documents where nothing else does
            ids.push_back(*tokenizer.bos());
        VITRINE_TRY(const auto part, tokenizer.encode(documents[i]));
        ids.insert(ids.end(), part.begin(), part.end());
        ids.insert(ids.end(), back.begin(), back.end());
    }
    return ids;
}

Result<TokenText> fromText(std::string_view whole, const Params& params, const OpenModel& opened)
{
    if (!opened.tokenizer)
        return argumentError("{} has no tokenizer: give token_ids instead of text", opened.name);
    const bool split = params.text("documents") == "line";
    const std::int64_t context = opened.config().context;
    TokenText result;
    const auto start = beginning(whole, context);
    VITRINE_TRY(result.ids, encode(start, split, *opened.tokenizer));
    const bool enough = static_cast<std::int64_t>(result.ids.size()) > context;
    if (start.size() < whole.size() && !enough) {
        VITRINE_TRY(result.ids, encode(whole, split, *opened.tokenizer));
    }
    if (result.ids.empty())
        return argumentError("the text is empty: give at least one word");
    for (const std::int32_t id : opened.tokenizer->back())
        result.notes.push_back(
            fmt::format("{} {} behind the text.", text_note::kBehind, opened.tokenizer->piece(id)));
    if (split && !opened.tokenizer->bos() && documentsOf(start).size() > 1)
        result.notes.push_back(
            fmt::format("{}: the documents are joined without one.", text_note::kJoined));
    if (static_cast<std::int64_t>(result.ids.size()) > context) {
        result.ids.resize(static_cast<std::size_t>(context));
        result.notes.push_back(
            fmt::format("{}: its first {} tokens are used.", text_note::kCut, context));
    }
    return result;
}

Result<TokenText> fromIds(const Params& params, const OpenModel& opened)
{
    TokenText result;
    for (const std::int64_t id : params.integers("token_ids")) {
        if (id < 0 || id >= opened.config().vocabulary)
            return argumentError("token_ids holds {}, but the vocabulary of {} has the ids 0 to {}",
                                 id, opened.name, opened.config().vocabulary - 1);
        result.ids.push_back(static_cast<std::int32_t>(id));
    }
    if (result.ids.empty())
        return argumentError("token_ids is empty: give at least one id");
    if (static_cast<std::int64_t>(result.ids.size()) > opened.config().context)
        result.notes.push_back(
            fmt::format("{} of {}.", text_note::kBeyond, opened.config().context));
    return result;
}

Result<TokenText> fromFile(const Params& params, const OpenModel& opened)
{
    const std::filesystem::path path = params.text("prompt_file");
    VITRINE_TRY(const std::string bytes, readFile(path, kLargestText));
    const std::string_view whole = withoutByteOrderMark(bytes);
    if (opened.tokenizer) // before the documents are parted: the byte is then the file's
        VITRINE_CHECK(
            inFile(path.string(), model::checkUtf8(beginning(whole, opened.config().context))));
    auto result = inFile(path.string(), fromText(whole, params, opened));
    if (!result) { // the file is at fault, not who named it
        result.error().kind = ErrorKind::input;
        return result;
    }
    VITRINE_TRY(InputFile input, hashInput("prompt_file", path));
    result->inputs.push_back(std::move(input));
    return result;
}

} // namespace

ParamSpec numberParam(const char* name, const char* label, const char* group, const char* help,
                      double low, double high, ParamValue fallback)
{
    ParamSpec spec;
    spec.name = name;
    spec.label = label;
    spec.type = std::holds_alternative<double>(fallback) ? ParamType::real : ParamType::integer;
    spec.help = help;
    spec.group = group;
    spec.minimum = low;
    spec.maximum = high;
    spec.fallback = std::move(fallback);
    return spec;
}

ParamSpec choiceParam(const char* name, const char* label, const char* group, const char* help,
                      std::vector<ParamChoice> choices)
{
    ParamSpec spec;
    spec.name = name;
    spec.label = label;
    spec.type = ParamType::choice;
    spec.help = help;
    spec.group = group;
    spec.fallback = ParamValue(choices.front().value);
    spec.choices = std::move(choices);
    return spec;
}

ParamSpec modelParam()
{
    ParamSpec spec = text("model", "Model", ParamType::model,
                          "A shipped model's name, a Hugging Face folder (config.json, "
                          "safetensors), or a llama2.c file");
    spec.group = "Model";
    spec.fallback = ParamValue(std::string("vitrine-lm"));
    return spec;
}

std::vector<ParamSpec> promptParams()
{
    ParamSpec prompt = text("prompt", "Prompt", ParamType::text, "Text that the model reads");
    prompt.multiline = true;
    ParamSpec file = text("prompt_file", "Text file", ParamType::file,
                          "A text file (UTF-8), read from its start up to the model's context");
    file.fileKind = "text";
    ParamSpec ids = text("token_ids", "Token ids", ParamType::integers,
                         "Token ids as they are, nothing added: for models without tokenizer");
    ids.minimum = 0;
    for (ParamSpec* spec : {&prompt, &file, &ids})
        spec->oneOf = "text";
    ParamSpec documents = text("documents", "Documents", ParamType::choice,
                               "How a text of several documents is marked");
    documents.choices = {
        {"line", "a line ---",
         "A line that holds --- (or <s>) alone parts two documents; each gets its own BOS token"},
        {"off", "one text", "The whole text is one document"}};
    documents.fallback = ParamValue(std::string("line"));
    documents.advanced = true;
    return {prompt, file, ids, documents};
}

ParamSpec layersParam(const std::string& help)
{
    ParamSpec spec = text("layers", "Layers", ParamType::integers, help);
    spec.minimum = 0;
    spec.fallback = ParamValue(std::vector<std::int64_t>{});
    spec.group = "Layers and heads";
    return spec;
}

Result<OpenModel> openModel(const Params& params, Progress* progress)
{
    VITRINE_TRY(const auto path, findModel(params.text("model")));
    VITRINE_TRY(auto checkpoint, model::openLlmCheckpoint(path));
    VITRINE_TRY(auto tokenizer, model::openTokenizerOf(path));
    VITRINE_TRY(auto llm, inFile(path.string(), model::Llm::open(checkpoint)));
    auto notes = checkpoint->notes();
    std::vector<InputFile> inputs;
    auto files = checkpoint->files();
    const auto more = tokenizerFiles(path, checkpoint->config().vocabulary);
    files.insert(files.end(), more.begin(), more.end());
    for (const auto& file : files) {
        VITRINE_TRY(InputFile input, hashInput("model", file, progress));
        inputs.push_back(std::move(input));
    }
    std::string name = (path.has_filename() ? path : path.parent_path()).filename().string();
    return OpenModel{std::move(name), std::move(checkpoint), std::move(tokenizer),
                     std::move(llm),  std::move(inputs),     std::move(notes)};
}

Result<TokenText> readTokens(const Params& params, const OpenModel& opened)
{
    auto result = params.has("token_ids")     ? fromIds(params, opened)
                  : params.has("prompt_file") ? fromFile(params, opened)
                                              : fromText(params.text("prompt"), params, opened);
    if (result)
        for (const std::int32_t id : result->ids)
            result->pieces.push_back(pieceOf(opened, id));
    return result;
}

std::string pieceOf(const OpenModel& opened, std::int32_t id)
{
    const bool known = opened.tokenizer && id < opened.tokenizer->size();
    return known ? opened.tokenizer->piece(id) : fmt::format("#{}", id);
}

Result<std::vector<int>> chosenLayers(const Params& params, const model::LlmConfig& config)
{
    std::vector<int> layers;
    for (const std::int64_t layer : params.integers("layers")) {
        if (layer < 0 || layer >= config.layers)
            return argumentError("there is no layer {}: the model has the layers 0 to {}", layer,
                                 config.layers - 1);
        layers.push_back(static_cast<int>(layer));
    }
    if (layers.empty())
        for (int layer = 0; layer < config.layers; ++layer)
            layers.push_back(layer);
    std::ranges::sort(layers);
    layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
    return layers;
}

void append(std::vector<std::string>& notes, const std::vector<std::string>& more)
{
    notes.insert(notes.end(), more.begin(), more.end());
}
void append(std::vector<InputFile>& inputs, const std::vector<InputFile>& more)
{
    inputs.insert(inputs.end(), more.begin(), more.end());
}

} // namespace vitrine
