#include "core/base/json.h"
#include "core/base/resources.h"
#include "core/model/tokenizer/tokenizer.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <fstream>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using TokenIds = std::vector<std::int32_t>;

// Letters with "<s>" and "</s>" in the vocabulary, and a template that puts "<s>" in front.
constexpr const char* kLetters = R"({
    "added_tokens": [{"id": 0, "content": "<s>", "special": true}],
    "post_processor": {"type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}},
    "model": {"type": "BPE", "vocab": {"<s>": 0, "</s>": 1, "a": 2, "b": 3, " ": 4, "<": 5, "x": 6, ">": 7},
              "merges": []}})";

class TokenizerSettingsFolder : public testing::Test
{
protected:
    void write(const char* name, std::string_view text)
    {
        std::ofstream(folder_.path / name, std::ios::binary) << text;
    }
    std::unique_ptr<Tokenizer> open()
    {
        auto opened = openTokenizer(folder_.path);
        EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
        return opened ? std::move(*opened) : nullptr;
    }
    std::string whyNotOpened()
    {
        const auto opened = openTokenizer(folder_.path);
        return opened ? "opened" : opened.error().message;
    }
    void writeSentencePiece()
    {
        const auto model = findResource("models/vitrine-lm/tokenizer.model");
        if (model)
            std::filesystem::copy_file(*model, folder_.path / "tokenizer.model",
                                       std::filesystem::copy_options::overwrite_existing);
    }
    bool hasSentencePiece() const
    {
        return std::filesystem::exists(folder_.path / "tokenizer.model");
    }

    tests::TemporaryFolder folder_;
};

TEST_F(TokenizerSettingsFolder, TheTemplateDecidesOverBosUnlessTheClassMakesItsOwn)
{
    const auto frame = [&](const char* config) {
        write("tokenizer_config.json", config);
        const auto tokenizer = open();
        return std::pair(tokenizer->front(), tokenizer->back());
    };
    write("tokenizer.json", kLetters);
    EXPECT_EQ(frame("{}"), std::pair(TokenIds{0}, TokenIds{}));
    EXPECT_EQ(frame(R"({"tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": false,
                        "add_eos_token": true})"),
              std::pair(TokenIds{0}, TokenIds{}));
    EXPECT_EQ(frame(R"({"tokenizer_class": "GPT2Tokenizer", "add_bos_token": false})"),
              std::pair(TokenIds{0}, TokenIds{}));
    EXPECT_EQ(frame(R"({"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": false})"),
              std::pair(TokenIds{}, TokenIds{}));
    EXPECT_EQ(frame(R"({"tokenizer_class": "LlamaTokenizer", "add_eos_token": true,
                        "eos_token": "</s>"})"),
              std::pair(TokenIds{0}, TokenIds{1}));
    EXPECT_EQ(frame(R"({"tokenizer_class": "CodeLlamaTokenizer", "bos_token": "a"})"),
              std::pair(TokenIds{2}, TokenIds{}));
    EXPECT_EQ(frame(R"({"add_bos_token": false})"), std::pair(TokenIds{}, TokenIds{}));
    write("tokenizer_config.json",
          R"({"tokenizer_class": "LlamaTokenizer", "add_eos_token": true})");
    EXPECT_THAT(whyNotOpened(), HasSubstr("no eos_token"));
}

TEST_F(TokenizerSettingsFolder, TemplatesMayPutSeveralTokensOnBothSides)
{
    Json json = *parseJson(kLetters, "letters");
    json["post_processor"]["single"] = *parseJson(
        R"([{"SpecialToken": {"id": "<s>"}}, {"SpecialToken": {"id": "two"}}, {"Sequence": {"id": "A"}},
            {"SpecialToken": {"id": "</s>"}}])",
        "single");
    json["post_processor"]["special_tokens"]["two"] = {{"id", "two"}, {"ids", {2, 3}}};
    write("tokenizer.json", json.dump());
    const auto tokenizer = open();
    EXPECT_THAT(tokenizer->front(), ElementsAre(0, 2, 3));
    EXPECT_THAT(tokenizer->back(), ElementsAre(1));
    EXPECT_THAT(tokenizer->eos(), ElementsAre(1));

    json["post_processor"]["special_tokens"]["two"]["ids"] = {8};
    write("tokenizer.json", json.dump());
    EXPECT_THAT(whyNotOpened(), HasSubstr("\"two\" the id 8, which is not in the vocabulary"));
    json["post_processor"]["single"] = Json::array();
    write("tokenizer.json", json.dump());
    EXPECT_THAT(whyNotOpened(), HasSubstr("names the text 0 times"));
}

TEST_F(TokenizerSettingsFolder, AddedTokensMayStandInAnyOfTheFiles)
{
    write("tokenizer.json", kLetters);
    write("tokenizer_config.json",
          R"({"added_tokens_decoder": {"8": {"content": "<x>", "special": true},
                                       "9": {"content": "<a>", "rstrip": true}}})");
    EXPECT_EQ(open()->encode("a<x>b"), (TokenIds{2, 8, 3}));
    EXPECT_EQ(open()->encode("<a>  b<x>"), (TokenIds{9, 3, 8}));
    EXPECT_EQ(open()->size(), 10);
    EXPECT_EQ(open()->decode(TokenIds{2, 8, 9}), "a <a>"); // special ones are left out

    // Older folders: the tokens in a file of their own, special where they have a role.
    write("tokenizer_config.json", "{}");
    write("added_tokens.json", R"({"<x>": 8, "<a>": 9})");
    write("special_tokens_map.json", R"({"additional_special_tokens": ["<x>"]})");
    EXPECT_EQ(open()->encode("a<x><a>b"), (TokenIds{2, 8, 9, 3}));
    EXPECT_EQ(open()->decode(TokenIds{2, 8, 9}), "a <a>");

    // Those files are not read where tokenizer_config.json lists the tokens.
    write("tokenizer_config.json", R"({"added_tokens_decoder": {"8": {"content": "<x>"}}})");
    EXPECT_EQ(open()->encode("<x>"), (TokenIds{8}));
    EXPECT_EQ(open()->encode("<a>"), (TokenIds{5, 2, 7}));
}

TEST_F(TokenizerSettingsFolder, TokensWithARoleAreFoundInTexts)
{
    write("tokenizer.json", kLetters);
    EXPECT_THAT(*open()->encode("a</s>"), testing::Not(ElementsAre(2, 1)));
    write("tokenizer_config.json", R"({"eos_token": "</s>", "pad_token": {"content": "<x>"}})");
    const auto tokenizer = open();
    EXPECT_EQ(tokenizer->encode("a</s>b<s>"), (TokenIds{2, 1, 3, 0}));
    EXPECT_EQ(tokenizer->encode("<x>"), (TokenIds{8})); // the next free id
    EXPECT_EQ(tokenizer->piece(8), "<x>");
    EXPECT_THAT(tokenizer->eos(), ElementsAre(1));
}

TEST_F(TokenizerSettingsFolder, RefusesWhatContradictsItself)
{
    write("tokenizer.json", kLetters);
    const auto refused = [&](const char* config) {
        write("tokenizer_config.json", config);
        return whyNotOpened();
    };
    EXPECT_THAT(refused(R"({"added_tokens_decoder": {"3": {"content": "<s>"}}})"),
                HasSubstr("the id 0 in one file and 3 in another"));
    EXPECT_THAT(refused(R"({"added_tokens_decoder": {"2": {"content": "<x>"}}})"),
                HasSubstr("which is that of \"a\""));
    EXPECT_THAT(refused(R"({"added_tokens_decoder": {"20": {"content": "<x>"}}})"),
                HasSubstr("no id 8"));
    EXPECT_THAT(refused(R"({"added_tokens_decoder": {"x": {"content": "<x>"}}})"),
                HasSubstr("which is no id"));
    EXPECT_THAT(refused(R"({"added_tokens_decoder": {"8": {"content": ""}}})"),
                HasSubstr("out of range"));
    EXPECT_THAT(refused(R"({"added_tokens_decoder": {"99999999999": {"content": "<x>"}}})"),
                HasSubstr("out of range"));
    EXPECT_THAT(
        refused(R"({"added_tokens_decoder": {"8": {"content": "<x>", "single_word": true}}})"),
        HasSubstr("whole words"));
    EXPECT_THAT(refused(R"({"added_tokens_decoder": []})"), HasSubstr("tokenizer_config.json"));
    EXPECT_THAT(refused(R"({"bos_token": 3})"), HasSubstr("\"bos_token\" is neither"));
    EXPECT_THAT(refused("[]"), HasSubstr("not a JSON object"));
    write("tokenizer_config.json", "{}");
    write("added_tokens.json", R"({"<x>": "8"})");
    EXPECT_THAT(whyNotOpened(), HasSubstr("added_tokens.json"));
}

TEST_F(TokenizerSettingsFolder, SpecialTokensOfSentencePieceModelsAreFoundInTexts)
{
    writeSentencePiece();
    if (!hasSentencePiece())
        GTEST_SKIP() << "the model is not there yet";
    write("tokenizer_config.json", R"({"tokenizer_class": "LlamaTokenizer", "legacy": false})");
    const auto tokenizer = open();
    const TokenIds cat = *tokenizer->encode("the cat");
    TokenIds between = *tokenizer->encode("the cat</s><s>");
    EXPECT_EQ(between.size(), cat.size() + 2);
    EXPECT_THAT(TokenIds(between.end() - 2, between.end()), ElementsAre(2, 1));
    EXPECT_EQ(tokenizer->encode("<s> the cat")->size(), cat.size() + 1);
    EXPECT_EQ(tokenizer->piece((*tokenizer->encode("<s>the"))[1]).find("\u2581"),
              std::string::npos); // no space that the text lacks
    EXPECT_EQ(tokenizer->decode(*tokenizer->encode("a<s>the cat</s> b")), "athe cat b");
    EXPECT_THAT(tokenizer->front(), ElementsAre(1));
    EXPECT_THAT(tokenizer->back(), IsEmpty());

    // Of old, every stretch got a space in front.
    write("tokenizer_config.json",
          R"({"tokenizer_class": "LlamaTokenizer", "add_eos_token": true})");
    TokenIds old = *open()->encode("<s>the cat");
    EXPECT_EQ(TokenIds(old.begin() + 1, old.end()), cat);
    EXPECT_THAT(open()->back(), ElementsAre(2));
    write("tokenizer_config.json", R"({"legacy": false, "add_prefix_space": false})");
    EXPECT_NE(open()->encode("the cat"), cat);
    write("tokenizer_config.json", R"({"add_bos_token": false})");
    EXPECT_THAT(open()->front(), IsEmpty());
    EXPECT_EQ(open()->bos(), 1);
}

TEST_F(TokenizerSettingsFolder, TokensAddedToSentencePieceModelsFollowItsPieces)
{
    writeSentencePiece();
    if (!hasSentencePiece())
        GTEST_SKIP() << "the model is not there yet";
    const auto pieces = open()->size();
    const std::string plain = open()->fingerprint();
    write("added_tokens.json", fmt::format(R"({{"<b>": {}, "<a>": {}}})", pieces + 1, pieces));
    write("special_tokens_map.json", R"({"additional_special_tokens": ["<b>"]})");
    const auto tokenizer = open();
    const auto first = static_cast<std::int32_t>(pieces);
    EXPECT_EQ(tokenizer->size(), pieces + 2);
    EXPECT_EQ(tokenizer->encode("<a><b>"), (TokenIds{first, first + 1}));
    EXPECT_EQ(tokenizer->decode(TokenIds{first, first + 1, first + 2}), "<a>");
    EXPECT_EQ(tokenizer->piece(first + 1), "<b>");
    EXPECT_NE(tokenizer->fingerprint(), plain);

    write("added_tokens.json", fmt::format(R"({{"<a>": {}}})", pieces + 1));
    EXPECT_THAT(whyNotOpened(), HasSubstr("not the next one"));
    write("added_tokens.json", R"({"<a>": 5})");
    EXPECT_THAT(whyNotOpened(), HasSubstr("has the id 5"));
}

} // namespace
} // namespace vitrine::model
