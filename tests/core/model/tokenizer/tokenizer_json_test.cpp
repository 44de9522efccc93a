#include "core/base/json.h"
#include "core/base/random.h"
#include "core/model/tokenizer/byte_level.h"
#include "core/model/tokenizer/tokenizer.h"
#include "core/model/tokenizer/tokenizer_steps.h"
#include "core/model/tokenizer/utf8.h"

#include <gmock/gmock.h>

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kJsonMegabyteSeconds = 10;
#else
constexpr double kJsonMegabyteSeconds = 1;
#endif
using Ids = std::vector<std::int32_t>;

Json read(std::string_view text)
{
    auto json = parseJson(text, "test");
    EXPECT_TRUE(json) << (json ? "" : json.error().message);
    return json.value_or(Json());
}

// Letters a, b, c, "ab", "abc", a space and an added token.
Json small()
{
    return read(R"({"added_tokens": [{"id": 6, "content": "<x>", "special": true}],
                    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4, " ": 5},
                              "merges": ["a b", "ab c"]}})");
}
Json replaced(Json json, const char* pointer, const Json& value)
{
    json[Json::json_pointer(pointer)] = value;
    return json;
}
Result<std::unique_ptr<Tokenizer>> parse(const Json& json)
{
    return parseTokenizerJson(json.dump(), "tokenizer.json");
}
std::string whyTokenizerRefused(const Json& json)
{
    const auto made = parse(json);
    return made ? "accepted" : made.error().message;
}
Ids encode(const Json& json, std::string_view text)
{
    const auto made = parse(json);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    return made ? (*made)->encode(text).value_or(Ids{-1}) : Ids{-2};
}

TEST(TokenizerJson, MergesByRank)
{
    EXPECT_EQ(encode(small(), "abcab"), (Ids{4, 3}));
    EXPECT_EQ(
        encode(replaced(small(), "/model/merges", read(R"([["a","b"],["ab","c"]])")), "abcab"),
        (Ids{4, 3}));
    EXPECT_EQ(encode(replaced(small(), "/model/merges", Json::array()), "ab"), (Ids{0, 1}));
    // Left out where there is no unknown token, as in the hub's library.
    EXPECT_EQ(encode(small(), "a?b"), (Ids{3}));
    EXPECT_EQ(encode(small(), ""), Ids{});
}

TEST(TokenizerJson, HandlesUnknownCharacters)
{
    Json json = replaced(small(), "/model/vocab/?", 7);
    json["model"]["unk_token"] = "?";
    EXPECT_EQ(encode(json, "a!!b"), (Ids{0, 7, 7, 1}));
    EXPECT_EQ(encode(replaced(json, "/model/fuse_unk", true), "a!!b"), (Ids{0, 7, 1}));
    EXPECT_THAT(whyTokenizerRefused(replaced(json, "/model/unk_token", "!")),
                HasSubstr("unknown token"));
    EXPECT_THAT(whyTokenizerRefused(replaced(json, "/model/byte_fallback", true)),
                HasSubstr("0 of the 256"));
}

TEST(TokenizerJson, IgnoresMergesWhereAskedTo)
{
    const Json json = replaced(small(), "/model/merges", {"a b"});
    EXPECT_EQ(encode(json, "abc"), (Ids{3, 2}));
    EXPECT_EQ(encode(replaced(json, "/model/ignore_merges", true), "abc"), (Ids{4}));
}

TEST(TokenizerJson, FindsAddedTokensLongestFirst)
{
    Json json = small();
    json["added_tokens"].push_back({{"id", 7}, {"content", "<x><x>"}, {"special", false}});
    EXPECT_EQ(encode(json, "a<x>b<x><x>"), (Ids{0, 6, 1, 7}));

    json["added_tokens"][0]["lstrip"] = true;
    json["added_tokens"][0]["rstrip"] = true;
    EXPECT_EQ(encode(json, "a  <x>\n\u3000b"), (Ids{0, 6, 1}));
    EXPECT_THAT((*parse(json))->decode(Ids{0, 6, 7, 1}), "a <x><x> b"); // special ones are left out
}

TEST(TokenizerJson, FindsNormalizedTokensInNormalText)
{
    Json json =
        replaced(small(), "/normalizer",
                 read(R"({"type": "Replace", "pattern": {"String": "c"}, "content": "b"})"));
    json["added_tokens"][0] = {{"id", 6}, {"content", "xc"}, {"normalized", true}};
    EXPECT_EQ(encode(json, "axc"), (Ids{0, 6}));
    EXPECT_EQ(encode(json, "axb"), (Ids{0, 6}));
    json["added_tokens"][0]["normalized"] = false;
    EXPECT_EQ(encode(json, "axb"), (Ids{3}));
}

TEST(TokenizerJson, TakesBosFromTheTemplateAndTheConfig)
{
    Json json =
        replaced(small(), "/post_processor", read(R"({"type": "TemplateProcessing", "single": [
        {"SpecialToken": {"id": "<x>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "c", "type_id": 0}}]})"));
    const auto made = parse(json);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ((*made)->bos(), 6);
    EXPECT_THAT((*made)->front(), ElementsAre(6));
    EXPECT_THAT((*made)->back(), ElementsAre(2));
    EXPECT_THAT((*made)->eos(), ElementsAre(2));
    EXPECT_THAT(
        whyTokenizerRefused(replaced(json, "/post_processor/single/0/SpecialToken/id", "nothing")),
        HasSubstr("\"nothing\""));

    const auto folder =
        std::filesystem::temp_directory_path() / fmt::format("vitrine-json-{}", ::getpid());
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "tokenizer.json") << json.dump();
    std::ofstream(folder / "tokenizer_config.json")
        << R"({"bos_token": {"content": "a"}, "eos_token": "b", "add_bos_token": false})";
    const auto opened = openTokenizer(folder);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ((*opened)->bos(), 0);
    EXPECT_THAT((*opened)->front(), IsEmpty());
    EXPECT_THAT((*opened)->eos(), ElementsAre(1));
    EXPECT_NE((*opened)->fingerprint(), (*parse(small()))->fingerprint() + "x");
    std::filesystem::remove_all(folder);
    EXPECT_EQ(*openTokenizer(folder), nullptr);
}

TEST(TokenizerJson, RefusesBrokenVocabularies)
{
    const auto text = [](std::string vocabulary, std::string merges) {
        const auto made = parseTokenizerJson(
            fmt::format(R"({{"model":{{"vocab":{},"merges":{}}}}})", vocabulary, merges), "t.json");
        return made ? "accepted" : made.error().message;
    };
    EXPECT_EQ(text(R"({"a":0})", "[]"), "accepted");
    EXPECT_THAT(text(R"({"a":0,"a":1})", "[]"), HasSubstr("same token"));
    EXPECT_THAT(text(R"({"a":0,"b":0})", "[]"), HasSubstr("two tokens have the id 0"));
    EXPECT_THAT(text(R"({"a":1})", "[]"), HasSubstr("no id 0"));
    EXPECT_THAT(text(R"({"a":-1})", "[]"), HasSubstr("no id 0"));
    EXPECT_THAT(text(R"({"a":18446744073709551615})", "[]"), HasSubstr("no id 0"));
    EXPECT_THAT(text(R"({"a":0.5})", "[]"), HasSubstr("no whole number"));
    EXPECT_THAT(text(R"({"a":"0"})", "[]"), HasSubstr("no whole number"));
    EXPECT_THAT(text(R"({"a":{}})", "[]"), HasSubstr("no whole number"));
    EXPECT_THAT(text(R"({})", "[]"), HasSubstr("outside 1 to"));
    EXPECT_THAT(text(R"(["a"])", "[]"), HasSubstr("outside 1 to"));
    EXPECT_THAT(text(fmt::format(R"({{"{}":0}})", std::string(1025, 'a')), "[]"),
                HasSubstr("1025 bytes"));
    EXPECT_THAT(text(R"({"a":0,"aa":1})", R"(["a b"])"), HasSubstr("not in the vocabulary"));
    EXPECT_THAT(text(R"({"a":0})", R"(["a a"])"), HasSubstr("not in the vocabulary"));
    EXPECT_THAT(text(R"({"a":0})", R"(["a"])"), HasSubstr("two tokens"));
    EXPECT_THAT(text(R"({"a":0})", R"(["a a a"])"), HasSubstr("two tokens"));
    EXPECT_THAT(text(R"({"a":0})", R"([["a"]])"), HasSubstr("not a pair"));
    EXPECT_THAT(text(R"({"a":0})", R"([["a","a","a"]])"), HasSubstr("not a pair"));
    EXPECT_THAT(text(R"({"a":0})", R"([[["a"],"a"]])"), HasSubstr("neither"));
    EXPECT_THAT(text(R"({"a":0})", R"([3])"), HasSubstr("neither"));
    EXPECT_THAT(text(R"({"a":0},"vocab":{"b":0})", "[]"), HasSubstr("occurs twice"));
    EXPECT_THAT(text(R"({"a":0})", R"([],"merges":[])"), HasSubstr("occurs twice"));
    EXPECT_THAT(text(R"({"a":0})", "[]" + std::string(1, '\0')), HasSubstr("zero byte"));
    EXPECT_THAT(text(R"({"a":0})", std::string(200, '[')), HasSubstr("cannot read"));
    EXPECT_THAT(parseTokenizerJson("[]", "t.json").error().message, HasSubstr("not a JSON object"));
    EXPECT_THAT(parseTokenizerJson("{}", "t.json").error().message, HasSubstr("no \"model\""));
    EXPECT_THAT(parseTokenizerJson(R"({"x":)" + std::string(100, '['), "t.json").error().message,
                HasSubstr("64 levels"));
}

TEST(TokenizerJson, RefusesStepsItDoesNotKnow)
{
    const auto refused = [](const char* pointer, const char* value) {
        return whyTokenizerRefused(replaced(small(), pointer, read(value)));
    };
    EXPECT_THAT(refused("/model/type", R"("WordPiece")"), HasSubstr("WordPiece"));
    EXPECT_THAT(refused("/model/dropout", "0.1"), HasSubstr("dropout"));
    EXPECT_THAT(refused("/model/end_of_word_suffix", R"("</w>")"), HasSubstr("end_of_word_suffix"));
    EXPECT_THAT(refused("/normalizer", R"({"type":"NFKC"})"), HasSubstr("NFKC"));
    EXPECT_THAT(
        refused("/normalizer", R"({"type":"Sequence","normalizers":[{"type":"Lowercase"}]})"),
        HasSubstr("Lowercase"));
    EXPECT_THAT(refused("/pre_tokenizer", R"({"type":"BertPreTokenizer"})"),
                HasSubstr("BertPreTokenizer"));
    EXPECT_THAT(refused("/pre_tokenizer",
                        R"({"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"})"),
                HasSubstr("not understood"));
    EXPECT_THAT(
        refused("/pre_tokenizer", R"({"type":"Split","pattern":{"Regex":"a"},"behavior":"Other"})"),
        HasSubstr("Other"));
    EXPECT_THAT(refused("/decoder", R"({"type":"WordPiece"})"), HasSubstr("WordPiece"));
    EXPECT_THAT(refused("/post_processor", R"({"type":"BertProcessing"})"),
                HasSubstr("BertProcessing"));
    EXPECT_THAT(refused("/added_tokens/0/single_word", "true"), HasSubstr("whole words"));
    EXPECT_THAT(refused("/added_tokens/0/id", "2"), HasSubstr("which is that of \"c\""));
    EXPECT_THAT(refused("/added_tokens/0/id", "99"), HasSubstr("no id 6"));
}

std::vector<std::string> words(const char* step, std::string_view text)
{
    const auto steps = parsePreTokenizer(read(step));
    EXPECT_TRUE(steps) << (steps ? "" : steps.error().message);
    const auto split = preTokenize(*steps, {std::string(text), true});
    EXPECT_TRUE(split);
    std::vector<std::string> out;
    for (const auto& word : *split)
        out.push_back(word.text);
    return out;
}

TEST(PreTokenizer, SplitsAsTheBehaviourSays)
{
    const auto split = [](const char* behaviour, bool invert = false) {
        return words(
            fmt::format(
                R"({{"type":"Split","pattern":{{"String":"-"}},"behavior":"{}","invert":{}}})",
                behaviour, invert)
                .c_str(),
            "the-final--countdown");
    };
    // huggingface/tokenizers, normalizer.rs, its own examples
    EXPECT_THAT(split("Removed"), ElementsAre("the", "final", "countdown"));
    EXPECT_THAT(split("Isolated"), ElementsAre("the", "-", "final", "-", "-", "countdown"));
    EXPECT_THAT(split("MergedWithPrevious"), ElementsAre("the-", "final-", "-", "countdown"));
    EXPECT_THAT(split("MergedWithNext"), ElementsAre("the", "-final", "-", "-countdown"));
    EXPECT_THAT(split("Contiguous"), ElementsAre("the", "-", "final", "--", "countdown"));
    EXPECT_THAT(split("Removed", true), ElementsAre("-", "-", "-"));
}

TEST(PreTokenizer, ReplacesSpacesAndSplitsAtThem)
{
    const auto step = [](const char* scheme, bool splits) {
        return fmt::format(
            R"({{"type":"Metaspace","replacement":"▁","prepend_scheme":"{}","split":{}}})", scheme,
            splits);
    };
    EXPECT_THAT(words(step("always", true).c_str(), "Hey  my"), ElementsAre("▁Hey", "▁", "▁my"));
    EXPECT_THAT(words(step("never", true).c_str(), "Hey my"), ElementsAre("Hey", "▁my"));
    EXPECT_THAT(words(step("first", false).c_str(), " Hey my"), ElementsAre("▁Hey▁my"));
}

TEST(PreTokenizer, WritesBytesAsCharacters)
{
    EXPECT_THAT(words(R"({"type":"ByteLevel","add_prefix_space":true})", "é x's\n"),
                ElementsAre("ĠÃ©", "Ġx", "'s", "Ċ"));
    EXPECT_THAT(words(R"({"type":"Digits","individual_digits":true})", "a12b"),
                ElementsAre("a", "1", "2", "b"));
    EXPECT_THAT(words(R"({"type":"Digits","individual_digits":false})", "a12b"),
                ElementsAre("a", "12", "b"));
}

TEST(PreTokenizer, SaysWhenAPatternCostsTooMuch)
{
    const auto steps = parsePreTokenizer(
        read(R"x({"type":"Split","pattern":{"Regex":"(a+)+(?:b|c)"},"behavior":"Isolated"})x"));
    ASSERT_TRUE(steps);
    const auto split = preTokenize(*steps, {std::string(5000, 'a'), true});
    ASSERT_FALSE(split);
    EXPECT_THAT(split.error().message, HasSubstr("costs too much"));
}

TEST(ByteLevel, RoundTripsEveryByte)
{
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    EXPECT_EQ(charactersToBytes(bytesToCharacters(all)), all);
    EXPECT_EQ(charactersToBytes("\u2581"), std::nullopt);
    EXPECT_EQ(bytesToCharacters(" \n\x7f"), "ĠĊġ");
}

std::string decoded(const char* step, std::vector<std::string> tokens)
{
    const auto steps = parseDecoder(read(step));
    EXPECT_TRUE(steps) << (steps ? "" : steps.error().message);
    return decodeTokens(*steps, std::move(tokens));
}

TEST(Decoder, JoinsTokens)
{
    EXPECT_EQ(decoded("null", {"a", "b"}), "a b");
    EXPECT_EQ(decoded(R"({"type":"ByteFallback"})", {"a", "<0xC3>", "<0xA9>", "b"}), "aéb");
    EXPECT_EQ(decoded(R"({"type":"ByteFallback"})", {"a", "<0xE2>", "<0x82>", "b"}),
              "a\ufffd\ufffdb");
    EXPECT_EQ(decoded(R"({"type":"Metaspace","replacement":"▁","add_prefix_space":true})",
                      {"▁Hey", "▁my"}),
              "Hey my");
    EXPECT_EQ(
        decoded(R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"never"})", {"▁Hey"}),
        " Hey");
    EXPECT_EQ(decoded(R"({"type":"ByteLevel"})", {"ĠÃ", "©", "Ã"}), " é\ufffd");
    EXPECT_EQ(decoded(R"({"type":"Strip","content":" ","start":1,"stop":1})", {"  a "}), " a");
}

TEST(Utf8, RepairsLikeBrowsers)
{
    EXPECT_EQ(repairUtf8("a\xff\xe2\x82z"), "a\ufffd\ufffdz");
    EXPECT_EQ(repairUtf8("\xf0\x9f\x98"), "\ufffd");
    EXPECT_EQ(repairUtf8("\xed\xa0\x80"), "\ufffd\ufffd\ufffd"); // a surrogate
    EXPECT_EQ(repairUtf8("\xc0\x80"), "\ufffd\ufffd");           // overlong
    EXPECT_EQ(repairUtf8("é🦙"), "é🦙");
}

TEST(Nfc, ComposesCanonically)
{
    EXPECT_EQ(composeCanonically("plain é"), "plain é");
    EXPECT_EQ(composeCanonically("e\u0301"), "é");
    EXPECT_EQ(composeCanonically("a\u0323\u0302"), "\u1ead"); // two marks, both orders
    EXPECT_EQ(composeCanonically("a\u0302\u0323"), "\u1ead");
    EXPECT_EQ(composeCanonically("\u1112\u1161\u11ab"), "\ud55c"); // Hangul
    EXPECT_EQ(composeCanonically("\u212b"), "\u00c5");             // Angstrom, a singleton
    EXPECT_EQ(composeCanonically("\u0958"), "\u0915\u093c");       // excluded from composition
    EXPECT_EQ(composeCanonically("\u0344"), "\u0308\u0301");
    EXPECT_EQ(composeCanonically("a\u0301\u0300"), "\u00e1\u0300"); // blocked by its own class
    EXPECT_EQ(composeCanonically("\U0001f999 \u65e5"), "\U0001f999 \u65e5");
}

TEST(TokenizerJson, ReadsAMegabyteWithoutSpacesInTime)
{
    std::string vocabulary, merges, piece = "a";
    for (int i = 0; i < 9; ++i, piece += piece) {
        vocabulary += fmt::format("{}\"{}\":{}", i > 0 ? "," : "", piece, i);
        merges += i < 8 ? fmt::format("{}\"{} {}\"", i > 0 ? "," : "", piece, piece) : "";
    }
    const auto tokenizer = parseTokenizerJson(
        fmt::format(
            R"({{"pre_tokenizer":{{"type":"ByteLevel","add_prefix_space":false}},"model":{{"vocab":{{{}}},"merges":[{}]}}}})",
            vocabulary, merges),
        "t.json");
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    const std::string line(1 << 20, 'a');

    const auto start = std::clock();
    const auto ids = (*tokenizer)->encode(line);
    const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;

    ASSERT_TRUE(ids) << ids.error().message;
    EXPECT_EQ(ids->size(), (1u << 20) / 256);
    EXPECT_LT(took, kJsonMegabyteSeconds); // of the processor; a quadratic scan needs hours
    RecordProperty("seconds", std::to_string(took));
}

} // namespace
} // namespace vitrine::model
