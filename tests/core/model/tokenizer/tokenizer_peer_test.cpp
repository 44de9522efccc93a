// tokenizer.json as the published library reads it: huggingface/tokenizers itself, as npm's package
// `tokenizers`. VITRINE_TEST_PEERS names the node_modules folder that holds it; packaging/test
// --full sees to that.
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/model/tokenizer/byte_level.h"
#include "core/model/tokenizer/regex.h"
#include "core/model/tokenizer/tokenizer.h"
#include "core/model/tokenizer/utf8.h"
#include "tests/support/rounds.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <set>

namespace vitrine::model
{
namespace
{

constexpr const char* kPeerScript = R"js(
const { Tokenizer } = require('tokenizers')
const fs = require('fs')
const tokenizer = Tokenizer.fromFile('tokenizer.json')
const texts = JSON.parse(fs.readFileSync('texts.json', 'utf8'))
const run = async () => {
  const all = []
  for (const text of texts) {
    const ids = (await tokenizer.encode(text)).getIds()
    all.push({ ids, text: await tokenizer.decode(ids, true) })
  }
  fs.writeFileSync('answers.json', JSON.stringify(all))
}
run()
)js";

// The pre-tokenizers of the families that are supported, and dialects of patterns.
constexpr const char* kWordsOfLlama3 =
    R"x({"type":"Split","behavior":"Isolated","invert":false,"pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}})x";
constexpr const char* kBytesOnly =
    R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false})";

std::string peerSplit(const std::string& pattern, const char* behaviour, bool invert = false)
{
    return fmt::format(R"("pre_tokenizer":{{"type":"Sequence","pretokenizers":[
        {{"type":"Split","pattern":{{"Regex":{}}},"behavior":"{}","invert":{}}},{}]}})",
                       Json(pattern).dump(), behaviour, invert, kBytesOnly);
}

struct PeerKind {
    std::string name, sections;
    bool metaspace = false, anyCharacter = true;
};

std::vector<PeerKind> peerKinds()
{
    const auto sequence = [](const std::string& steps) {
        return fmt::format(R"("pre_tokenizer":{{"type":"Sequence","pretokenizers":[{}]}})", steps);
    };
    const auto bytes = [](bool prefix) {
        return fmt::format(
            R"({{"type":"ByteLevel","add_prefix_space":{},"trim_offsets":true,"use_regex":true}})",
            prefix);
    };
    const std::string template_ = R"("post_processor":{"type":"TemplateProcessing","single":[
        {"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
        {"SpecialToken":{"id":"</s>","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},
        {"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]},
        "</s>":{"id":"</s>","ids":[1],"tokens":["</s>"]}}})";
    std::vector<PeerKind> kinds{
        {"GPT-2", R"("pre_tokenizer":)" + bytes(false)},
        {"GPT-2 with a space in front", R"("pre_tokenizer":)" + bytes(true)},
        {"Llama 3", sequence(std::string(kWordsOfLlama3) + "," + kBytesOnly) + "," + template_},
        {"Qwen 2", R"("normalizer":{"type":"NFC"},)" +
                       sequence(std::string(kWordsOfLlama3) + "," + kBytesOnly)},
        {"Kimi",
         peerSplit(
             R"([\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
             "Isolated")},
        {"GPT-4o, Mistral Nemo",
         peerSplit(
             R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
             "Isolated")},
        {"DeepSeek",
         sequence(
             R"x({"type":"Split","pattern":{"Regex":"[\r\n]"},"behavior":"Isolated","invert":false},
                 {"type":"Split","pattern":{"Regex":"\\s?\\p{L}+"},"behavior":"Isolated","invert":false},
                 {"type":"Split","pattern":{"Regex":"\\s?\\p{P}+"},"behavior":"Isolated","invert":false},
                 {"type":"Split","pattern":{"Regex":"[一-龥ࠀ-一가-퟿]+"},"behavior":"Isolated","invert":false},
                 {"type":"Digits","individual_digits":true},)x" +
             std::string(kBytesOnly))},
        {"StarCoder", sequence(R"({"type":"Digits","individual_digits":true},)" + bytes(false))},
        {"Digits together",
         sequence(R"({"type":"Digits","individual_digits":false},)" + bytes(false))},
        {"Bloom", peerSplit(" ?[^(\\s|[.,!?…。，、।۔،])]+", "Isolated")},
        {"POSIX classes",
         peerSplit("[[:alpha:]]+|[[:digit:]]+|[[:^space:]&&[:ascii:]]|[[:space:]]+", "Isolated"),
         false, false},
        {"Lines and borders", peerSplit(R"(^ +|\b\w|[a-c[0-9]]+$|\h+)", "Isolated"), false, false},
        {"A text", sequence(R"({"type":"Split","pattern":{"String":"a."},"behavior":"Isolated",
                               "invert":false},)" +
                            std::string(kBytesOnly))},
        {"Replaced",
         R"("normalizer":{"type":"Replace","pattern":{"Regex":"b+|(?<=a) "},"content":"-"},
                        "pre_tokenizer":)" +
             bytes(false)},
        {"Llama 2",
         R"("normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},
            {"type":"Replace","pattern":{"String":" "},"content":"▁"}]},)" +
             template_,
         true},
    };
    for (const char* behaviour :
         {"Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"})
        for (const bool invert : {false, true})
            kinds.push_back({fmt::format("{}, invert {}", behaviour, invert),
                             peerSplit("a*|[[0-9]b]+|$|(?=[A-Z])", behaviour, invert)});
    for (const char* scheme : {"always", "first", "never"})
        for (const bool splits : {false, true})
            kinds.push_back({fmt::format("Metaspace {}, split {}", scheme, splits),
                             fmt::format(R"("pre_tokenizer":{{"type":"Metaspace","replacement":"▁",
                                 "prepend_scheme":"{}","split":{}}})",
                                         scheme, splits),
                             true});
    return kinds;
}

// A vocabulary whose merges show nearly every border of a word: all pairs of the characters that
// the texts are made of, and many pairs of pairs.
Json peerModel(bool metaspace)
{
    std::vector<std::string> letters, vocabulary{"<s>", "</s>", "<unk>"};
    for (const char c : std::string_view("abcABC019'.-s\n"))
        letters.push_back(metaspace ? std::string(1, c) : bytesToCharacters({&c, 1}));
    for (const std::string more : {metaspace ? "▁" : " ", "é", "日"}) {
        if (metaspace)
            letters.push_back(more);
        for (std::size_t i = 0; i < more.size() && !metaspace; ++i)
            letters.push_back(bytesToCharacters(more.substr(i, 1)));
    }
    for (int byte = 0; byte < 256; ++byte) {
        const auto c = static_cast<char>(byte);
        vocabulary.push_back(metaspace ? fmt::format("<0x{:02X}>", byte)
                                       : bytesToCharacters({&c, 1}));
    }
    if (metaspace)
        vocabulary.insert(vocabulary.end(), letters.begin(), letters.end());

    Json merges = Json::array();
    std::set<std::string> known(vocabulary.begin(), vocabulary.end());
    Random random(5);
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& left : letters)
        for (const auto& right : letters)
            pairs.emplace_back(left, right);
    for (std::size_t i = pairs.size(); i > 1; --i)
        std::swap(pairs[i - 1], pairs[random.below(i)]);
    const std::size_t singles = pairs.size();
    for (int i = 0; i < 600; ++i) {
        const auto& left = pairs[random.below(singles)];
        const auto& right = pairs[random.below(singles)];
        pairs.emplace_back(left.first + left.second, right.first + right.second);
    }
    for (const auto& [left, right] : pairs)
        if (known.insert(left + right).second) {
            vocabulary.push_back(left + right);
            merges.push_back(Json::array({left, right}));
        }
    Json model = {{"type", "BPE"},
                  {"dropout", nullptr},
                  {"unk_token", metaspace ? Json("<unk>") : Json(nullptr)},
                  {"continuing_subword_prefix", nullptr},
                  {"end_of_word_suffix", nullptr},
                  {"fuse_unk", metaspace},
                  {"byte_fallback", metaspace},
                  {"ignore_merges", false}};
    Json ids = Json::object();
    for (std::size_t id = 0; id < vocabulary.size(); ++id)
        ids[vocabulary[id]] = id;
    model["vocab"] = std::move(ids);
    model["merges"] = std::move(merges);
    return model;
}

Json peerFile(const PeerKind& kind)
{
    Json json = *parseJson("{" + kind.sections + "}", "sections");
    Json file = {{"version", "1.0"}, {"truncation", nullptr}, {"padding", nullptr}};
    file["added_tokens"] = Json::array();
    const auto add = [&](int id, const char* content, bool left, bool right, bool normal) {
        file["added_tokens"].push_back({{"id", id},
                                        {"content", content},
                                        {"single_word", false},
                                        {"lstrip", left},
                                        {"rstrip", right},
                                        {"normalized", normal},
                                        {"special", !normal}});
    };
    const Json model = peerModel(kind.metaspace);
    const int next = static_cast<int>(model["vocab"].size());
    add(0, "<s>", false, false, false);
    add(1, "</s>", false, false, false);
    add(2, "<unk>", false, false, false);
    add(next, "<|left|>", true, false, false);
    add(next + 1, "<|right|>", false, true, false);
    add(next + 2, "b a", false, false, true);
    for (const char* key : {"normalizer", "pre_tokenizer", "post_processor"})
        file[key] = json.contains(key) ? json[key] : Json(nullptr);
    file["decoder"] = kind.metaspace ? *parseJson(R"({"type":"Sequence","decoders":[
                  {"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},
                  {"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]})",
                                                  "decoder")
                                     : *parseJson(kBytesOnly, "decoder");
    file["model"] = model;
    return file;
}

// A character that Unicode 14 knows: the published library knows later ones too.
void appendAnyCharacter(std::string& text, Random& random)
{
    static const Regex kUnassigned = *Regex::compile(R"([\p{Cn}\p{Cs}])");
    for (;;) {
        const auto character = static_cast<char32_t>(
            random.below(3) == 0 ? 1 + random.below(0x24f)
                                 : 1 + random.below(random.below(4) == 0 ? 0x1ffff : 0xffff));
        if (character >= 0xd800 && character < 0xe000)
            continue;
        std::string one;
        appendCharacter(one, character);
        if (!kUnassigned.matches(one)->empty())
            continue;
        text += one;
        return;
    }
}

std::string peerText(Random& random, bool anyCharacter)
{
    constexpr std::array<const char*, 42> parts = {
        "a",   "b",       "c",    "A",        "B",         "C",      "0",      "1",      "9",
        "'",   ".",       "-",    "s",        " ",         "  ",     "\n",     "\r\n",   "\t",
        "é",   "e\u0301", "日",   "本",       "世",        "ab",     "'s",     "'S",     "'ſ",
        "b a", "<s>",     "</s>", "<|left|>", "<|right|>", "\u00a0", "\u3000", "\u200b", "\u180e",
        "म्",   "ﬁ",       "２",   "Ⅷ",        "½",         "😀"};
    std::string text;
    for (auto count = random.below(30); count > 0; --count)
        if (anyCharacter && random.below(6) == 0)
            appendAnyCharacter(text, random);
        else
            text += parts[random.below(parts.size())];
    return text;
}

class PublishedTokenizer : public testing::TestWithParam<std::size_t>
{
};

TEST_P(PublishedTokenizer, GivesTheSameIds)
{
    const char* peers = std::getenv("VITRINE_TEST_PEERS");
    if (!peers)
        GTEST_SKIP() << "VITRINE_TEST_PEERS is not set";
    const PeerKind kind = peerKinds()[GetParam()];
    SCOPED_TRACE(kind.name);
    const tests::TemporaryFolder folder;
    const auto write = [&](const char* name, const std::string& text) {
        std::ofstream(folder.path / name, std::ios::binary) << text;
    };
    const std::string file = peerFile(kind).dump();
    Random random(static_cast<std::uint64_t>(11 + GetParam()));
    std::vector<std::string> texts;
    for (int i = 0; i < tests::rounds(10'000); ++i)
        texts.push_back(peerText(random, kind.anyCharacter));
    write("tokenizer.json", file);
    write("texts.json", Json(texts).dump());
    write("peer.js", kPeerScript);
    const std::string command =
        fmt::format("cd '{}' && NODE_PATH='{}' node peer.js", folder.path.string(), peers);
    ASSERT_EQ(std::system(command.c_str()), 0) << "the published library does not run";

    const auto tokenizer = parseTokenizerJson(file, "tokenizer.json");
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    std::ifstream answers(folder.path / "answers.json", std::ios::binary);
    const Json theirs = *parseJson(std::string{std::istreambuf_iterator<char>(answers), {}},
                                   "answers", {.values = 40'000'000});
    ASSERT_EQ(theirs.size(), texts.size());
    const bool normalizes = kind.sections.find("normalizer") != kind.sections.npos;
    int differences = 0;
    for (std::size_t i = 0; i < texts.size() && differences < 5; ++i) {
        auto ids = (*tokenizer)->front();
        for (const auto& more : {(*tokenizer)->encode(texts[i]).value(), (*tokenizer)->back()})
            ids.insert(ids.end(), more.begin(), more.end());
        EXPECT_EQ(ids, theirs[i]["ids"].get<std::vector<std::int32_t>>())
            << ++differences << ": " << Json(texts[i]).dump();
        if (normalizes) // they write some added tokens in their normal form then
            continue;
        EXPECT_EQ((*tokenizer)->decode(ids), theirs[i]["text"].get<std::string>())
            << Json(texts[i]).dump();
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, PublishedTokenizer,
                         testing::Range(std::size_t{0}, peerKinds().size()));

} // namespace
} // namespace vitrine::model
