// What llama.cpp makes of exported files: its own library runs them beside our runtime on the same
// packed weights, under VITRINE_TEST_FULL=1 and where packaging/install peers fetched it. llama.cpp
// rounds what a layer reads to 8 bits and keeps keys and values in half precision, so its logits
// are near ours, not equal.
#include "core/base/resources.h"
#include "core/model/llm/llm.h"
#include "core/quant/gguf_export.h"
#include "tests/bench/llama_cpp_peer.h"
#include "tests/support/binary_codes.h"
#include "tests/support/golden.h"
#include "tests/support/rounded_checkpoint.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llm.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

// How far llama.cpp's logits are from ours along the same ids.
struct PeerDistance {
    double largest = 0;  // of any logit
    double relative = 0; // norm of all differences over that of our logits, their means taken off
    int sameBest = 0;    // positions whose best token is the same
    int sameGreedy = 0;  // tokens of both greedy continuations before they part
    int positions = 0;
};

std::int32_t bestOf(std::span<const float> logits)
{
    return static_cast<std::int32_t>(std::ranges::max_element(logits) - logits.begin());
}

class GgufInLlamaCpp : public testing::Test
{
protected:
    static constexpr int kContinuation = 48; // tokens

    void SetUp() override
    {
        const char* full = std::getenv("VITRINE_TEST_FULL");
        if (!full || std::string_view(full) != "1")
            GTEST_SKIP() << "VITRINE_TEST_FULL=1 runs it";
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        GTEST_SKIP() << "the library was built without a sanitizer";
#endif
        if (!bench::LlamaCpp::find())
            GTEST_SKIP() << "llama.cpp is not in " << bench::llamaCppFolder()
                         << " (packaging/install peers)";
    }
    std::filesystem::path file() const
    {
        return folder_.path / "model.gguf";
    }

    void exportModel(const model::LlmCheckpoint& checkpoint, const model::Tokenizer& tokenizer)
    {
        const auto written = exportGguf(checkpoint, &tokenizer, "peer", file());
        ASSERT_TRUE(written) << written.error().message;
    }
    PeerDistance compare(std::shared_ptr<const model::LlmCheckpoint> checkpoint,
                         std::vector<std::int32_t> ids)
    {
        const auto llm = model::Llm::open(checkpoint);
        EXPECT_TRUE(llm) << llm.error().message;
        const auto vocabulary = static_cast<std::size_t>(checkpoint->config().vocabulary);
        const auto ours = llm->forward(ids).value().logits;
        const auto peer = bench::PeerModel::open(file());
        if (!peer) {
            ADD_FAILURE() << "llama.cpp does not open the file";
            return {};
        }
        PeerDistance distance;
        double differences = 0, squares = 0;
        std::int32_t next = 0;
        for (std::size_t t = 0; t < ids.size(); ++t) {
            const std::span<const float> theirs = peer->next(ids[t]);
            const std::span row(ours.data() + t * vocabulary, vocabulary);
            if (theirs.size() != vocabulary) {
                ADD_FAILURE() << "llama.cpp has " << theirs.size() << " logits";
                return {};
            }
            double mean = 0;
            for (const float logit : row)
                mean += logit / static_cast<double>(vocabulary);
            for (std::size_t i = 0; i < vocabulary; ++i) {
                const double difference = static_cast<double>(theirs[i]) - row[i];
                distance.largest = std::max(distance.largest, std::abs(difference));
                differences += difference * difference;
                squares += (row[i] - mean) * (row[i] - mean);
            }
            distance.sameBest += bestOf(theirs) == bestOf(row);
            ++distance.positions;
            next = bestOf(theirs);
        }
        distance.relative = std::sqrt(differences / squares);
        const auto greedy = model::generate(*llm, ids, {.maxTokens = kContinuation}, {}).value();
        for (const std::int32_t id : greedy) {
            if (id != next)
                break;
            ++distance.sameGreedy;
            next = bestOf(peer->next(id));
        }
        return distance;
    }
    static void show(const std::string& name, const PeerDistance& distance)
    {
        std::cout << fmt::format("{}: logits differ by at most {:.4f}, {:.2f} % of their norm; the "
                                 "same best token at {} of {} positions, {} of {} greedy tokens "
                                 "alike\n",
                                 name, distance.largest, 100 * distance.relative, distance.sameBest,
                                 distance.positions, distance.sameGreedy, kContinuation);
    }

    tests::TemporaryFolder folder_;
};

std::vector<std::int32_t> idsOf(const model::Tokenizer& tokenizer, std::string_view text)
{
    std::vector<std::int32_t> ids = tokenizer.front();
    const auto encoded = tokenizer.encode(text).value();
    ids.insert(ids.end(), encoded.begin(), encoded.end());
    return ids;
}

constexpr std::string_view kSpeech =
    "Mr. Speaker, the state of the Union is strong. Our people have worked, and the Congress has "
    "acted, to make this nation better than it was a year ago.";
constexpr std::string_view kStory =
    "Once upon a time, there was a little girl named Lily. She loved to play outside in the park.";

// Rounded weights of real models: what rounds activations to 8 bits stays near.
TEST_F(GgufInLlamaCpp, RunsRoundedModelsAsWeDo)
{
    struct Case {
        std::string name;
        std::filesystem::path path;
        std::string_view text;
    };
    std::vector<Case> cases;
    if (const auto shipped = findModel("vitrine-lm"))
        cases.push_back({"vitrine-lm", *shipped, kSpeech});
    if (const auto data = tests::testData())
        cases.push_back({"stories260K", *data / "llm/stories260K/stories260K.bin", kStory});
    for (const Case& one : cases) {
        const auto dense = model::openLlmCheckpoint(one.path);
        const auto tokenizer = model::openTokenizerOf(one.path);
        ASSERT_TRUE(dense && tokenizer && *tokenizer) << one.name;
        const std::vector<std::int32_t> ids = idsOf(**tokenizer, one.text);
        for (const int bits : {0, 4, 8}) {
            const auto checkpoint = bits == 0 ? *dense : tests::roundedCheckpoint(*dense, bits);
            ASSERT_NO_FATAL_FAILURE(exportModel(*checkpoint, **tokenizer));
            const PeerDistance distance = compare(checkpoint, ids);
            show(one.name + (bits == 0 ? ", dense" : fmt::format(", {} bits", bits)), distance);

            EXPECT_LT(distance.relative, 0.05) << one.name << ", " << bits;
            EXPECT_GE(distance.sameBest, distance.positions * 9 / 10) << one.name << ", " << bits;
            const auto peer = bench::PeerModel::open(file());
            ASSERT_TRUE(peer) << one.name;
            EXPECT_EQ(peer->tokenize(one.text), ids) << one.name;
        }
    }
}

std::unique_ptr<model::Tokenizer> byteTokenizer()
{
    using Kind = model::ScoredPiece::Kind;
    std::vector<model::ScoredPiece> pieces = {
        {"<unk>", 0, Kind::unknown}, {"<s>", 0, Kind::control}, {"</s>", 0, Kind::control}};
    for (int byte = 0; byte < 256; ++byte)
        pieces.push_back({fmt::format("<0x{:02X}>", byte), 0, Kind::byte});
    return model::makeScoredBpe(std::move(pieces), true).value();
}

model::LlmConfig byteConfig()
{
    model::LlmConfig c;
    c.hidden = 64, c.layers = 2, c.heads = 4, c.kvHeads = 2, c.headSize = 32, c.mlp = 70;
    c.vocabulary = 259, c.context = 512, c.eos = {2};
    return c;
}

// Biases, grouped key heads, a head size of its own, scaled rotations, rows that are no blocks: in
// F32, so that only half-precision keys and values remain between us.
TEST_F(GgufInLlamaCpp, RunsEveryShapeAsWeDo)
{
    const model::LlmConfig c = byteConfig();
    const auto tokenizer = byteTokenizer();
    const auto check = [&](const std::string& name, const model::LlmConfig& config) {
        const auto checkpoint = tests::tinyCheckpoint(config);
        ASSERT_NO_FATAL_FAILURE(exportModel(*checkpoint, *tokenizer));
        const PeerDistance distance = compare(checkpoint, tests::randomIds(64, config.vocabulary));
        show(name, distance);
        EXPECT_LT(distance.relative, 0.005) << name;
    };
    check("plain", c);
    auto changed = c;
    changed.attentionBias = changed.mlpBias = true;
    check("biases", changed);
    changed = c, changed.tiedEmbeddings = true;
    check("tied", changed);
    changed = c, changed.ropeTheta = 500000;
    changed.ropeScaling = model::Llama3Scaling{.originalContext = 32};
    check("scaled rotations", changed);
    changed = c, changed.normEpsilon = 0.1;
    check("a large epsilon", changed);
}

// Blocks that hold every number there is, -8 and -128 among them.
TEST_F(GgufInLlamaCpp, RunsBlocksOfEveryNumberAsWeDo)
{
    const auto tokenizer = byteTokenizer();
    for (const int bits : {4, 8}) {
        tests::CodesShape shape{
            .planes = bits, .groupRows = 1, .groupColumns = 32, .form = kernels::ScaleForm::grid};
        model::LlmConfig config = byteConfig();
        config.mlp = 96;
        const auto checkpoint = std::make_shared<tests::PackedCheckpoint>(
            tests::tinyCheckpoint(config), [&](const TensorView& matrix) {
                shape.outputs = matrix.shape[0], shape.inputs = matrix.shape[1];
                auto codes = tests::randomCodes(shape, 5);
                kernels::scalesFromSteps(
                    codes, std::vector(static_cast<std::size_t>(codes.groups()),
                                       std::ldexp(0.25f, -bits))); // weights within an eighth
                return codes;
            });
        ASSERT_NO_FATAL_FAILURE(exportModel(*checkpoint, *tokenizer));
        const PeerDistance distance = compare(checkpoint, tests::randomIds(64, config.vocabulary));
        show(fmt::format("every number of {} bits", bits), distance);
        EXPECT_LT(distance.relative, 0.05) << bits;
    }
}

} // namespace
} // namespace vitrine::quant
