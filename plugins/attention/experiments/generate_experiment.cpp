#include "plugins/attention/experiments/generate_experiment.h"

#include <chrono>
#include <cmath>

#include <fmt/ranges.h>

#include "core/base/file.h"
#include "core/jobs/experiment/read_run.h"
#include "core/model/network/config_keys.h"
#include "plugins/common/experiment_input.h"

namespace vitrine::attention_plugin
{

namespace
{

using Clock = std::chrono::steady_clock;

std::string decoded(const OpenModel& opened, std::span<const std::int32_t> ids)
{
    if (opened.tokenizer)
        return opened.tokenizer->decode(ids);
    std::string all;
    for (const std::int32_t id : ids)
        all += fmt::format("{}{}", all.empty() ? "" : ",", id);
    return all;
}

Table textTable(const OpenModel& opened, const TokenText& prompt, std::span<const std::int32_t> ids)
{
    std::vector<std::int32_t> whole = prompt.ids;
    whole.insert(whole.end(), ids.begin(), ids.end());
    return {"text",
            {{"part", "", {}, "What the model was given, what it added, and both as one text"},
             {"text", "", {}, "Decoded tokens; ids where there is no tokenizer"}},
            {{std::string("prompt"), decoded(opened, prompt.ids)},
             {std::string("continuation"), decoded(opened, ids)},
             {std::string("whole"), decoded(opened, whole)}}};
}

Table idsTable(const OpenModel& opened, const TokenText& prompt, std::span<const std::int32_t> ids)
{
    Table table{"ids",
                {{"position", "1", {}, "Place in the sequence, the first token being 0"},
                 {"id", "1", {}, "Token id"},
                 {"token", "", {}, "The token as the tokenizer spells it"}},
                {}};
    for (std::size_t i = 0; i < ids.size(); ++i)
        table.rows.push_back({static_cast<std::int64_t>(prompt.ids.size() + i),
                              static_cast<std::int64_t>(ids[i]), pieceOf(opened, ids[i])});
    return table;
}

std::vector<std::int64_t> endTokens(const OpenModel& opened)
{
    std::vector<std::int64_t> eos = opened.config().eos;
    if (opened.tokenizer)
        for (const std::int32_t id : opened.tokenizer->eos())
            eos.push_back(id);
    return eos;
}

// What the model's files ask of sampling, which the parameters of the run decide instead.
std::vector<std::string> samplingNotes(const OpenModel& opened)
{
    for (const auto& path : opened.checkpoint->files()) {
        if (path.filename() != "generation_config.json")
            continue;
        const auto text = readFile(path, 1 << 20);
        const auto keys = text ? model::parseGenerationKeys(*text, path.string())
                               : Result<std::vector<std::string>>();
        if (keys && !keys->empty())
            return {fmt::format("generation_config.json sets {}; the text is continued as the "
                                "parameters of this run say instead.",
                                fmt::join(*keys, ", "))};
    }
    return {};
}

} // namespace

ExperimentInfo GenerateExperiment::info() const
{
    return {"model.generate", "Continue a text",
            "A language model continues a text token by token.", 1};
}

std::vector<ParamSpec> GenerateExperiment::params(const Params&) const
{
    std::vector<ParamSpec> specs = {modelParam()};
    for (ParamSpec& spec : promptParams())
        specs.push_back(std::move(spec));
    specs.push_back(numberParam("max_tokens", "Tokens", "Sampling", "At most so many new tokens", 0,
                                100000, std::int64_t{64}));
    specs.push_back(numberParam(
        "temperature", "Temperature", "Sampling",
        "0: always the likeliest token; 1: as the model says; above: bolder", 0, 10, 0.0));
    specs.push_back(numberParam("top_k", "Top k", "Sampling",
                                "Draw among the k likeliest tokens; 0: among all", 0, 1000000,
                                std::int64_t{0}));
    return specs;
}

Result<RunResult> GenerateExperiment::run(const Params& params, Progress& progress) const
{
    VITRINE_TRY(const OpenModel opened, openModel(params, &progress));
    VITRINE_TRY(const TokenText prompt, readTokens(params, opened));
    model::Sampling sampling;
    sampling.maxTokens = static_cast<int>(params.integer("max_tokens"));
    sampling.temperature = params.real("temperature");
    sampling.topK = static_cast<int>(params.integer("top_k"));
    sampling.seed = static_cast<std::uint64_t>(params.integer("seed"));

    std::vector<std::int32_t> soFar;
    const auto start = Clock::now();
    auto shown = start, first = start;
    const auto onToken = [&](std::int32_t id) {
        if (soFar.empty())
            first = Clock::now();
        soFar.push_back(id);
        if (Clock::now() - shown > std::chrono::milliseconds(200)) {
            shown = Clock::now();
            progress.partial(textTable(opened, prompt, soFar));
        }
        return progress.advance(static_cast<double>(soFar.size()), sampling.maxTokens, "tokens");
    };
    if (!progress.advance(0, sampling.maxTokens, "tokens"))
        return cancelled();
    VITRINE_TRY(const auto ids,
                model::generate(opened.llm, prompt.ids, sampling, endTokens(opened), onToken));
    const double seconds = std::chrono::duration<double>(Clock::now() - first).count();
    if (progress.isCancelled())
        return cancelled();

    RunResult out;
    append(out.inputs, opened.inputs);
    append(out.inputs, prompt.inputs);
    append(out.notes, opened.notes);
    append(out.notes, prompt.notes);
    append(out.notes, samplingNotes(opened));
    const auto total = static_cast<std::int64_t>(prompt.ids.size() + ids.size());
    if (total > opened.config().context)
        out.notes.push_back(
            fmt::format("The sequence of {} tokens is longer than the model's context of {}.",
                        total, opened.config().context));
    const double rate =
        ids.size() > 1 ? static_cast<double>(ids.size() - 1) / seconds : std::nan("");
    out.metrics = {{"tokens", static_cast<double>(ids.size()), "1", Origin::computed,
                    "New tokens, an EOS among them"},
                   {"prompt_tokens", static_cast<double>(prompt.ids.size()), "1", Origin::computed,
                    "Tokens given"},
                   {"tokens_per_second", rate, "token/s", Origin::measured,
                    "New tokens after the first, per second (the first one waits for the prompt)"}};
    out.tables = {textTable(opened, prompt, ids), idsTable(opened, prompt, ids)};
    Artifact text;
    text.name = "generated.txt";
    text.kind = "text";
    text.path = progress.artifactFolder() / text.name;
    VITRINE_CHECK(writeFileAtomically(text.path, textOf(out.tables[0].rows[2][1])));
    out.artifacts.push_back(std::move(text));
    return out;
}

} // namespace vitrine::attention_plugin
