#include "core/base/random.h"
#include "core/base/resources.h"
#include "core/model/tokenizer/sentencepiece_model.h"
#include "core/model/tokenizer/tokenizer.h"
#include "core/model/tokenizer/utf8.h"

#include <gmock/gmock.h>

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace vitrine::model
{
namespace
{

using testing::HasSubstr;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kPieceMegabyteSeconds = 10;
#else
constexpr double kPieceMegabyteSeconds = 1;
#endif

constexpr std::array<std::string_view, 3> kSpecials = {"<s>", "</s>", "<unk>"};

std::string withoutSpecials(std::string text)
{
    for (const std::string_view special : kSpecials)
        for (auto at = text.find(special); at != text.npos; at = text.find(special))
            text.erase(at, special.size());
    return text;
}

// Debian's own library over the same file.
class Reference
{
public:
    explicit Reference(const std::filesystem::path& file)
    {
        loaded = processor.Load(file.string()).ok();
    }

    std::vector<std::int32_t> encode(const std::string& text) const
    {
        std::vector<int> ids;
        (void)processor.Encode(text, &ids);
        return ids;
    }
    // With BOS, EOS and the unknown piece found in the text, every stretch between them by itself.
    std::vector<std::int32_t> encodeAroundSpecials(std::string_view text) const
    {
        std::vector<std::int32_t> ids;
        std::string stretch;
        const auto flush = [&] {
            const auto part = encode(stretch);
            ids.insert(ids.end(), part.begin(), part.end());
            stretch.clear();
        };
        while (!text.empty()) {
            const auto special =
                std::ranges::find_if(kSpecials, [&](auto name) { return text.starts_with(name); });
            if (special == kSpecials.end()) {
                stretch += text.front();
                text.remove_prefix(1);
                continue;
            }
            flush();
            ids.push_back(processor.PieceToId(std::string(*special)));
            text.remove_prefix(special->size());
        }
        flush();
        return ids;
    }
    std::string decode(const std::vector<std::int32_t>& ids) const
    {
        std::string text;
        (void)processor.Decode(ids, &text);
        return text;
    }
    std::vector<ScoredPiece> pieces() const
    {
        using Kind = ScoredPiece::Kind;
        std::vector<ScoredPiece> all;
        for (int id = 0; id < processor.GetPieceSize(); ++id)
            all.push_back({processor.IdToPiece(id), processor.GetScore(id),
                           processor.IsUnknown(id)   ? Kind::unknown
                           : processor.IsControl(id) ? Kind::control
                           : processor.IsByte(id)    ? Kind::byte
                           : processor.IsUnused(id)  ? Kind::unused
                                                     : Kind::normal});
        return all;
    }

    sentencepiece::SentencePieceProcessor processor;
    bool loaded = false;
};

// Words of a small language, often enough for merges of every length.
std::string corpus()
{
    Random random(7);
    const char* words[] = {"the",   "attention", "of",   "a",     "sink",   "token", "first",
                           "model", "learns",    "to",   "read",  "before", "it",    "peace",
                           "war",   "nation",    "ship", "whale", "sea",    "123",   "naïve",
                           "größe", "日本語",    "été",  "don't", "x = y;"};
    std::string text;
    for (int line = 0; line < 400; ++line, text += '\n')
        for (int word = 0; word < 12; ++word)
            text += std::string(words[random.below(std::size(words))]) + (word < 11 ? " " : "");
    return text;
}

// Characters that tokenizers trip over, and words of the corpus.
std::string randomText(Random& random)
{
    const char* parts[] = {
        " ",      "  ",  "\n",   "\t",      "\r\n",  "a",      "the",    "attention",
        "tok",    "en",  "é",    "e\u0301", "日",    "本語",   "🦙",   "😶‍🌫️",
        "\u2581", "<s>", "</s>", "<0x0A>",  "<unk>", "\u00a0", "\u3000", "\ufffd",
        "0",      "12",  "-",    "'",       "ß",     "\x01"};
    std::string text;
    for (auto count = random.below(24); count > 0; --count) {
        if (random.below(4) == 0)
            appendCharacter(text, static_cast<char32_t>(0x20 + random.below(0xd7ff - 0x20)));
        else
            text += parts[random.below(std::size(parts))];
    }
    return text;
}

class TrainedSentencePiece : public testing::TestWithParam<const char*>
{
protected:
    void SetUp() override
    {
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "text") << corpus();
        const auto trained = sentencepiece::SentencePieceTrainer::Train(fmt::format(
            "--minloglevel=2 --input={0}/text --model_prefix={0}/tokenizer --vocab_size=420 "
            "--hard_vocab_limit=false "
            "--minloglevel=2 --normalization_rule_name=identity "
            "--remove_extra_whitespaces=false {1}",
            folder_.string(), GetParam()));
        ASSERT_TRUE(trained.ok()) << trained.error_message();
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / fmt::format("vitrine-spm-{}", ::getpid());
};

TEST_P(TrainedSentencePiece, AgreesWithTheLibraryItself)
{
    const Reference reference(folder_ / "tokenizer.model");
    ASSERT_TRUE(reference.loaded);
    const auto tokenizer = openTokenizer(folder_);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;

    Random random(1);
    for (int i = 0; i < 500; ++i) {
        const std::string text = randomText(random);
        const auto ids = (*tokenizer)->encode(text);
        ASSERT_TRUE(ids);
        EXPECT_EQ(*ids, reference.encodeAroundSpecials(text)) << text;
        EXPECT_EQ((*tokenizer)->decode(*ids), reference.decode(*ids));
    }
    EXPECT_EQ((*tokenizer)->bos(), reference.processor.bos_id());
    EXPECT_THAT((*tokenizer)->eos(), testing::ElementsAre(reference.processor.eos_id()));
    EXPECT_EQ((*tokenizer)->size(), reference.processor.GetPieceSize());
}

TEST_P(TrainedSentencePiece, ScoredBpeOfTheSamePiecesAgrees)
{
    if (std::string_view(GetParam()).find("unigram") != std::string_view::npos)
        GTEST_SKIP() << "a unigram model does not merge by score";
    const Reference reference(folder_ / "tokenizer.model");
    const auto tokenizer = makeScoredBpe(reference.pieces(), true);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;

    Random random(2);
    for (int i = 0; i < 2000; ++i) {
        const std::string text = randomText(random);
        const auto ids = (*tokenizer)->encode(text);
        ASSERT_TRUE(ids);
        ASSERT_EQ(*ids, reference.encode(text)) << text;
        ASSERT_EQ((*tokenizer)->decode(*ids), reference.decode(*ids)) << text;
    }
}

TEST_P(TrainedSentencePiece, SaysItsPiecesWhereItMergesByScore)
{
    const Reference reference(folder_ / "tokenizer.model");
    const auto tokenizer = openTokenizer(folder_);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;

    const auto vocabulary = (*tokenizer)->scoredVocabulary();

    if (std::string_view(GetParam()).find("unigram") != std::string_view::npos) {
        ASSERT_FALSE(vocabulary);
        EXPECT_THAT(vocabulary.error().message, HasSubstr("no BPE"));
        return;
    }
    ASSERT_TRUE(vocabulary) << vocabulary.error().message;
    EXPECT_TRUE(vocabulary->addsPrefix);
    EXPECT_THAT(vocabulary->more, testing::IsEmpty()) << "identity, spaces as they are";
    EXPECT_EQ(vocabulary->pieces, reference.pieces());
}

INSTANTIATE_TEST_SUITE_P(Kinds, TrainedSentencePiece,
                         testing::Values("--model_type=bpe --byte_fallback=true",
                                         "--model_type=bpe",
                                         "--model_type=unigram --byte_fallback=true"));

TEST(SentencePiece, OpensTheShippedTokenizer)
{
    const auto folder = findResource("models/vitrine-lm");
    if (!folder || !std::filesystem::exists(*folder / "tokenizer.model"))
        GTEST_SKIP() << "the model is not there yet";
    const Reference reference(*folder / "tokenizer.model");
    const auto tokenizer = openTokenizer(*folder);
    const auto scored = makeScoredBpe(reference.pieces(), true);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    ASSERT_TRUE(scored) << scored.error().message;

    Random random(3);
    for (int i = 0; i < 500; ++i) {
        const std::string text = withoutSpecials(randomText(random));
        EXPECT_EQ(*(*tokenizer)->encode(text), reference.encode(text)) << text;
        EXPECT_EQ(*(*scored)->encode(text), reference.encode(text)) << text;
    }
}

TEST(SentencePiece, FieldsOfAModelAreReadOneByOne)
{
    // Two pieces ("a", -1.5, byte; "b"), BPE with spaces behind, no prefix, joined spaces, a map.
    const std::string bytes("\x0a\x0a\x0a\x01"
                            "a\x15\x00\x00\xc0\xbf\x18\x06\x0a\x03\x0a\x01"
                            "b\x12\x05\x18\x02\xc0\x01\x01\x1a\x05\x12\x01m\x18\x00",
                            31);

    const auto model = parseSentencePieceModel(bytes);

    ASSERT_TRUE(model) << model.error().message;
    ASSERT_EQ(model->pieces.size(), 2u);
    EXPECT_EQ(model->pieces[0], (ScoredPiece{"a", -1.5f, ScoredPiece::Kind::byte}));
    EXPECT_EQ(model->pieces[1], (ScoredPiece{"b", 0, ScoredPiece::Kind::normal}));
    EXPECT_EQ(model->kind, SentencePieceModel::Kind::bpe);
    EXPECT_TRUE(model->hasSpacesBehind);
    EXPECT_TRUE(model->normalizes);
    EXPECT_FALSE(model->addsPrefix);
    EXPECT_TRUE(model->joinsSpaces && model->escapesSpaces);
    for (std::size_t size = 1; size < bytes.size(); ++size) // cut anywhere, or between its fields
        EXPECT_EQ(parseSentencePieceModel(bytes.substr(0, size)).has_value(),
                  size == 12 || size == 17 || size == 24)
            << size;
    EXPECT_FALSE(parseSentencePieceModel("\x0a\x02\x18\x07")) << "no such kind of piece";
    EXPECT_FALSE(parseSentencePieceModel("\x12\x02\x18\x05")) << "no such kind of model";
}

TEST(SentencePiece, RefusesOtherFiles)
{
    const auto path =
        std::filesystem::temp_directory_path() / fmt::format("vitrine-model-{}", ::getpid());
    for (const std::string bytes : {"", "no model", "\x0a\xff\xff\xff\xff"}) {
        std::ofstream(path) << bytes;
        const auto opened = openSentencePiece(path);
        ASSERT_FALSE(opened);
        EXPECT_THAT(opened.error().message, HasSubstr("not a sentencepiece model"));
    }
    std::filesystem::remove(path);
}

using Kind = ScoredPiece::Kind;

std::vector<ScoredPiece> smallPieces()
{
    return {{"<unk>", 0, Kind::unknown},
            {"<s>", 0, Kind::control},
            {"</s>", 0, Kind::control},
            {"\u2581", -1},
            {"a", -2},
            {"b", -3},
            {"ab", -4},
            {"\u2581ab", -5}};
}

TEST(ScoredBpe, MergesTheHighestScoreFirstAndTheLeftmostAmongEquals)
{
    auto pieces = smallPieces();
    pieces.push_back({"aa", -6});
    const auto tokenizer = makeScoredBpe(pieces, false);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;

    EXPECT_EQ((*tokenizer)->encode("aab"), (std::vector<std::int32_t>{4, 6})); // "ab" before "aa"
    EXPECT_EQ((*tokenizer)->encode("aaa"), (std::vector<std::int32_t>{8, 4})); // from the left
    EXPECT_EQ((*tokenizer)->encode(" ab"), (std::vector<std::int32_t>{7}));
    EXPECT_EQ((*tokenizer)->encode("a??b"),
              (std::vector<std::int32_t>{4, 0, 5})); // one unknown for a run
    EXPECT_EQ((*tokenizer)->encode(""), (std::vector<std::int32_t>{}));
    EXPECT_EQ((*tokenizer)->piece(7), "\u2581ab");
    EXPECT_EQ((*tokenizer)->piece(99), "<no token 99>");
}

TEST(ScoredBpe, TakesUserDefinedPiecesWholeAndUnusedOnesApart)
{
    auto pieces = smallPieces();
    pieces[6].kind = Kind::unused;                  // "ab"
    pieces.push_back({"bb", 0, Kind::userDefined}); // id 8
    const auto tokenizer = makeScoredBpe(pieces, false);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;

    EXPECT_EQ((*tokenizer)->encode("ab"), (std::vector<std::int32_t>{4, 5}));
    EXPECT_EQ((*tokenizer)->encode(" ab"),
              (std::vector<std::int32_t>{7})); // by way of the unused piece
    EXPECT_EQ((*tokenizer)->encode("abb"), (std::vector<std::int32_t>{4, 8}));
}

TEST(ScoredBpe, FingerprintTellsVocabulariesApart)
{
    auto changed = smallPieces();
    changed[5].score = -3.5f;
    const auto a = makeScoredBpe(smallPieces(), true), b = makeScoredBpe(smallPieces(), true),
               c = makeScoredBpe(changed, true);
    EXPECT_EQ((*a)->fingerprint(), (*b)->fingerprint());
    EXPECT_NE((*a)->fingerprint(), (*c)->fingerprint());
}

TEST(ScoredBpe, RefusesBrokenVocabularies)
{
    const auto whyRefused = [](std::vector<ScoredPiece> pieces) {
        const auto made = makeScoredBpe(std::move(pieces), true);
        return made ? "accepted" : made.error().message;
    };
    auto pieces = smallPieces();
    EXPECT_THAT(whyRefused({}), HasSubstr("outside 1 to"));
    pieces[4].text = "b";
    EXPECT_THAT(whyRefused(pieces), HasSubstr("same text"));
    pieces[4].text = "";
    EXPECT_THAT(whyRefused(pieces), HasSubstr("0 bytes"));
    pieces[4].text = std::string(2000, 'x');
    EXPECT_THAT(whyRefused(pieces), HasSubstr("2000 bytes"));
    pieces[4] = {"a", std::numeric_limits<float>::quiet_NaN()};
    EXPECT_THAT(whyRefused(pieces), HasSubstr("finite"));
    pieces[4] = {"<0x0A>", 0, Kind::byte};
    EXPECT_THAT(whyRefused(pieces), HasSubstr("1 of the 256"));
}

TEST(ScoredBpe, RefusesTextThatIsNotUtf8)
{
    const auto tokenizer = makeScoredBpe(smallPieces(), true);
    EXPECT_THAT((*tokenizer)->encode("ab\xff").error().message, HasSubstr("byte 2"));
}

TEST(ScoredBpe, ReadsAMegabyteWithoutSpacesInTime)
{
    std::vector<ScoredPiece> pieces{{"<unk>", 0, Kind::unknown}};
    std::string piece = "a";
    for (int i = 0; i < 9; ++i, piece += piece)
        pieces.push_back({piece, static_cast<float>(-i)});
    const auto tokenizer = makeScoredBpe(pieces, false);
    ASSERT_TRUE(tokenizer);
    const std::string line(1 << 20, 'a');

    const auto start = std::clock();
    const auto ids = (*tokenizer)->encode(line);
    const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;

    ASSERT_TRUE(ids);
    EXPECT_EQ(ids->size(), (1u << 20) / 256);
    EXPECT_LT(took, kPieceMegabyteSeconds); // of the processor; a quadratic scan needs hours
    RecordProperty("seconds", std::to_string(took));
}

} // namespace
} // namespace vitrine::model
