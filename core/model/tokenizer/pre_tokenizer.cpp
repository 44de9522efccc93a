#include "core/model/tokenizer/tokenizer_steps.h"

#include "core/base/json.h"
#include "core/model/tokenizer/byte_level.h"
#include "core/model/tokenizer/utf8.h"
#include "core/tensor/printable.h"

#include <algorithm>
#include <array>

namespace vitrine::model
{
namespace
{

// openai/gpt-2, encoder.py; huggingface/tokenizers, byte_level.rs
constexpr std::string_view kGpt2Words =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

Result<SplitBehaviour> behaviourOf(const Json& json)
{
    constexpr std::array<std::pair<std::string_view, SplitBehaviour>, 5> names{
        {{"Isolated", SplitBehaviour::isolated},
         {"Removed", SplitBehaviour::removed},
         {"MergedWithPrevious", SplitBehaviour::mergedWithPrevious},
         {"MergedWithNext", SplitBehaviour::mergedWithNext},
         {"Contiguous", SplitBehaviour::contiguous}}};
    VITRINE_TRY(const std::string name, textOf(json, "behavior"));
    for (const auto& [known, behaviour] : names)
        if (name == known)
            return behaviour;
    return inputError("the split behaviour \"{}\" is not supported", printable(name));
}

Result<PreTokenizerStep> parseSplit(const Json& json)
{
    VITRINE_TRY(Regex pattern, patternOf(json));
    VITRINE_TRY(const SplitBehaviour behaviour, behaviourOf(json));
    return SplitStep{std::move(pattern), behaviour, flagOf(json, "invert", false)};
}

Result<PreTokenizerStep> parseByteLevel(const Json& json)
{
    ByteLevelStep step{flagOf(json, "add_prefix_space", true), {}};
    if (flagOf(json, "use_regex", true)) {
        VITRINE_TRY(step.words, Regex::compile(kGpt2Words));
    }
    return step;
}

Result<PreTokenizerStep> parseMetaspace(const Json& json)
{
    MetaspaceStep step;
    VITRINE_TRY(step.replacement, textOf(json, "replacement"));
    VITRINE_TRY(step.prepend, prependSchemeOf(json));
    if (flagOf(json, "split", true)) {
        VITRINE_TRY(step.words, Regex::literal(step.replacement));
    }
    return step;
}

Result<PreTokenizerStep> parsePreTokenizerStep(const Json& json)
{
    VITRINE_TRY(const std::string type, textOf(json, "type"));
    if (type == "Split")
        return parseSplit(json);
    if (type == "ByteLevel")
        return parseByteLevel(json);
    if (type == "Metaspace")
        return parseMetaspace(json);
    if (type == "Digits") {
        VITRINE_TRY(Regex digits, Regex::compile(R"(\p{N})"));
        return SplitStep{std::move(digits),
                         flagOf(json, "individual_digits", false) ? SplitBehaviour::isolated
                                                                  : SplitBehaviour::contiguous,
                         false};
    }
    return inputError(
        "the pre-tokenizer \"{}\" is not supported; Split, ByteLevel, Metaspace and Digits are",
        printable(type));
}

struct Range {
    std::size_t begin = 0, end = 0;
    bool match = false;
};

// The whole text as matches and what lies between them; a match may be empty.
Result<std::vector<Range>> ranges(const Regex& pattern, std::string_view text)
{
    VITRINE_TRY(const std::vector<Regex::Match> matches, pattern.matches(text));
    std::vector<Range> found;
    std::size_t done = 0;
    for (const Regex::Match& match : matches) {
        if (match.begin > done)
            found.push_back({done, match.begin, false});
        found.push_back({match.begin, match.end, true});
        done = match.end;
    }
    if (done < text.size())
        found.push_back({done, text.size(), false});
    return found;
}

// Joins ranges as the behaviour says; `match` is false in what is to be left out.
std::vector<Range> joinedPieces(std::vector<Range> found, SplitBehaviour behaviour)
{
    const bool removed = behaviour == SplitBehaviour::removed;
    if (removed || behaviour == SplitBehaviour::isolated) {
        for (Range& range : found)
            range.match = !removed || !range.match;
        return found;
    }
    const bool backwards = behaviour == SplitBehaviour::mergedWithNext;
    if (backwards)
        std::ranges::reverse(found);
    std::vector<Range> out;
    bool previous = false;
    for (const Range& range : found) {
        const bool join = behaviour == SplitBehaviour::contiguous ? range.match == previous
                                                                  : range.match && !previous;
        previous = range.match;
        if (join && !out.empty())
            out.back() = {std::min(out.back().begin, range.begin),
                          std::max(out.back().end, range.end), true};
        else
            out.push_back({range.begin, range.end, true});
    }
    if (backwards)
        std::ranges::reverse(out);
    return out;
}

Result<std::vector<Word>> split(const SplitStep& step, const Word& word)
{
    VITRINE_TRY(std::vector<Range> found, ranges(step.pattern, word.text));
    if (step.invert)
        for (Range& range : found)
            range.match = !range.match;
    std::vector<Word> words;
    for (const Range& range : joinedPieces(std::move(found), step.behaviour))
        if (range.match && range.begin < range.end)
            words.push_back({word.text.substr(range.begin, range.end - range.begin),
                             word.first && range.begin == 0});
    return words;
}

Result<std::vector<Word>> applyStep(const ByteLevelStep& step, Word word)
{
    if (step.addPrefixSpace && !word.text.starts_with(' '))
        word.text.insert(0, " ");
    std::vector<Word> words;
    if (step.words) {
        VITRINE_TRY(words, split({*step.words, SplitBehaviour::isolated, false}, word));
    } else {
        words.push_back(std::move(word));
    }
    for (Word& one : words)
        one.text = bytesToCharacters(one.text);
    return words;
}

Result<std::vector<Word>> applyStep(const MetaspaceStep& step, Word word)
{
    word.text = replaceAll(word.text, " ", step.replacement);
    const bool wanted = step.prepend == PrependScheme::always ||
                        (step.prepend == PrependScheme::first && word.first);
    if (wanted && !word.text.starts_with(step.replacement))
        word.text.insert(0, step.replacement);
    if (!step.words)
        return std::vector{std::move(word)};
    return split({*step.words, SplitBehaviour::mergedWithNext, false}, word);
}

Result<std::vector<Word>> applyStep(const SplitStep& step, Word word)
{
    return split(step, word);
}

} // namespace

Result<std::vector<PreTokenizerStep>> parsePreTokenizer(const Json& json)
{
    VITRINE_TRY(const auto steps, stepsOf(json, "pretokenizers"));
    std::vector<PreTokenizerStep> parsed;
    for (const Json* step : steps) {
        VITRINE_TRY(PreTokenizerStep one, parsePreTokenizerStep(*step));
        parsed.push_back(std::move(one));
    }
    return parsed;
}

Result<std::vector<Word>> preTokenize(const std::vector<PreTokenizerStep>& steps, Word text)
{
    std::vector<Word> words{std::move(text)};
    for (const PreTokenizerStep& step : steps) {
        std::vector<Word> next;
        for (Word& word : words) {
            if (word.text.empty())
                continue;
            VITRINE_TRY(
                std::vector<Word> parts,
                std::visit([&](const auto& s) { return applyStep(s, std::move(word)); }, step));
            next.insert(next.end(), std::make_move_iterator(parts.begin()),
                        std::make_move_iterator(parts.end()));
        }
        words = std::move(next);
    }
    return words;
}

} // namespace vitrine::model
