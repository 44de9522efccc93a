// Vision transformers with ViTALiTy's attention: opened by their config.json, and models whose
// softmax is taken out.
#include "core/base/parallel.h"
#include "core/model/network/efficient_vit_network.h"
#include "core/model/network/named_networks.h"
#include "core/model/network/pvt_network.h"
#include "core/model/network/swin_network.h"
#include "core/model/network/vit_network.h"
#include "core/model/vision/attention_swap.h"
#include "core/model/vision/vision_model.h"
#include "core/tensor/safetensors.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/core/model/vision/reference_vision.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

namespace vitrine::model
{
namespace
{

using tests::RandomVision;
using tests::TemporaryFolder;
using tests::reference::Layers;
using tests::reference::Matrix;
using Attends = AttentionForm::Kind;

const VitSizes kViT{
    .width = 24, .depth = 2, .heads = 3, .mlp = 32, .patch = 4, .side = 20, .classes = 5};
constexpr const char* kTaylorConfig =
    R"({"num_heads": 3, "norm_eps": 1e-6, "attention": "taylor"})";
constexpr const char* kSoftmaxConfig = R"({"num_heads": 3, "norm_eps": 1e-6})";

// Columns of one head of queries (0), keys (1) or values (2).
Matrix headOf(const Matrix& qkv, std::int64_t head, std::int64_t part)
{
    const std::int64_t width = kViT.width, dim = width / kViT.heads;
    Matrix x(qkv.rows, dim);
    for (std::int64_t r = 0; r < x.rows; ++r)
        for (std::int64_t c = 0; c < dim; ++c)
            x.at(r, c) = qkv.at(r, part * width + head * dim + c);
    return x;
}

Matrix scoresOf(const Matrix& q, const Matrix& k)
{
    Matrix scores(q.rows, k.rows);
    for (std::int64_t a = 0; a < q.rows; ++a)
        for (std::int64_t b = 0; b < k.rows; ++b)
            for (std::int64_t c = 0; c < q.columns; ++c)
                scores.at(a, b) +=
                    q.at(a, c) * k.at(b, c) / std::sqrt(static_cast<double>(q.columns));
    return scores;
}

// Each row over its sum, after `weigh`.
template <typename Weigh>
Matrix weighed(Matrix scores, const Weigh& weigh)
{
    for (std::int64_t a = 0; a < scores.rows; ++a) {
        double sum = 0;
        for (std::int64_t b = 0; b < scores.columns; ++b)
            sum += scores.at(a, b) = weigh(scores.at(a, b));
        for (std::int64_t b = 0; b < scores.columns; ++b)
            scores.at(a, b) /= sum;
    }
    return scores;
}

Matrix centred(Matrix k)
{
    const Matrix mean = tests::reference::mean(k);
    for (std::int64_t r = 0; r < k.rows; ++r)
        for (std::int64_t c = 0; c < k.columns; ++c)
            k.at(r, c) -= mean.at(0, c);
    return k;
}

// Queries (0) or keys (1) of all heads to 16 values.
Matrix fewBits(Matrix qkv, std::int64_t part)
{
    double least = 1e9, most = -1e9;
    const auto each = [&](const auto& body) {
        for (std::int64_t r = 0; r < qkv.rows; ++r)
            for (std::int64_t c = 0; c < kViT.width; ++c)
                body(qkv.at(r, part * kViT.width + c));
    };
    each([&](double x) { least = std::min(least, x), most = std::max(most, x); });
    const double scale = (most - least) / 15;
    each([&](double& x) { x = std::nearbyint((x - least) / scale) * scale + least; });
    return qkv;
}

// Dense, with a map: not the way the program takes. `threshold` above 1: the low-rank part alone.
Matrix unifiedAttention(const Matrix& qkv, double threshold)
{
    const auto exp = [](double s) { return std::exp(s); };
    const Matrix roundedQ = fewBits(qkv, 0), roundedK = fewBits(qkv, 1);
    Matrix out(qkv.rows, kViT.width);
    for (std::int64_t head = 0; head < kViT.heads; ++head) {
        const Matrix q = headOf(qkv, head, 0), k = headOf(qkv, head, 1), v = headOf(qkv, head, 2);
        const Matrix exact = weighed(scoresOf(q, k), exp),
                     taylor = weighed(scoresOf(q, centred(k)), [](double s) { return 1 + s; }),
                     predicted = weighed(
                         scoresOf(headOf(roundedQ, head, 0), headOf(roundedK, head, 1)), exp);
        for (std::int64_t a = 0; a < q.rows; ++a)
            for (std::int64_t b = 0; b < q.rows; ++b) {
                const double weight =
                    predicted.at(a, b) > threshold ? exact.at(a, b) : taylor.at(a, b);
                for (std::int64_t c = 0; c < q.columns; ++c)
                    out.at(a, head * q.columns + c) += weight * v.at(b, c);
            }
    }
    return out;
}

std::vector<double> taylorVit(const RandomVision& weights, const std::vector<float>& picture,
                              double threshold = 2)
{
    using namespace tests::reference;
    const Layers layers(weights);
    const Matrix patches =
        layers.convolution(ofPicture(picture, 3), "patch_embed.proj", kViT.patch, 0);
    Matrix x(patches.rows + 1, kViT.width);
    for (std::int64_t r = 0; r < x.rows; ++r)
        for (std::int64_t c = 0; c < x.columns; ++c)
            x.at(r, c) = (r == 0 ? weights["cls_token"][static_cast<std::size_t>(c)]
                                 : patches.at(r - 1, c)) +
                         weights["pos_embed"][static_cast<std::size_t>(r * x.columns + c)];
    for (std::int64_t block = 0; block < kViT.depth; ++block) {
        const std::string name = fmt::format("blocks.{}", block);
        const Matrix qkv = layers.linear(layers.norm(x, name + ".norm1", 1e-6), name + ".attn.qkv");
        x = plus(x, layers.linear(unifiedAttention(qkv, threshold), name + ".attn.proj"));
        x = plus(x, mlp(layers, layers.norm(x, name + ".norm2", 1e-6), name + ".mlp"));
    }
    const Matrix logits = layers.linear(layers.norm(x, "norm", 1e-6), "head");
    return {logits.values.begin(), logits.values.begin() + kViT.classes};
}

// A ViT on disk.
struct StoredVit {
    TemporaryFolder folder;
    RandomVision weights{vitNetwork(kViT)};
    std::vector<float> picture = tests::randomPicture(kViT.side, 3);

    explicit StoredVit(const std::string& config)
    {
        for (auto& [name, tensor] : weights.tensors) // scores near those that Taylor is for
            if (name.ends_with("qkv.weight"))
                for (float& value : tensor.values)
                    value *= 0.4f;
        weights.write(folder.path, config);
    }
    std::shared_ptr<const VisionCheckpoint> checkpoint() const
    {
        return openVisionCheckpoint(folder.path).value();
    }
    std::vector<float> logits(std::shared_ptr<const VisionCheckpoint> of) const
    {
        return VisionModel::open(std::move(of)).value().run(picture).value();
    }
    std::vector<float> swappedLogits(const AttentionForm& form) const
    {
        return logits(swapAttention(checkpoint(), form).value());
    }
};

void expectClose(const std::vector<float>& values, const std::vector<double>& exact,
                 double relative = 2e-6)
{
    ASSERT_EQ(values.size(), exact.size());
    double most = 0;
    for (const double value : exact)
        most = std::max(most, std::abs(value));
    for (std::size_t i = 0; i < exact.size(); ++i)
        EXPECT_NEAR(static_cast<double>(values[i]), exact[i], relative * most) << i;
}

TEST(TaylorModel, IsThatOfThePaperInDoublePrecision)
{
    const StoredVit vit(kTaylorConfig);
    expectClose(vit.logits(vit.checkpoint()), taylorVit(vit.weights, vit.picture));
}

TEST(TaylorModel, WithItsSparsePartIsThatOfThePaperInDoublePrecision)
{
    const StoredVit vit(kTaylorConfig);
    for (const double threshold : {0.01, 0.04, 0.1})
        expectClose(vit.swappedLogits({Attends::taylorAndSparse, threshold}),
                    taylorVit(vit.weights, vit.picture, threshold));
}

TEST(TaylorModel, AllOfTheSparsePartMakesItSoftmaxAndNoneTaylor)
{
    const StoredVit vit(kSoftmaxConfig);
    const auto inDoubles = [](const std::vector<float>& x) {
        return std::vector<double>(x.begin(), x.end());
    };
    expectClose(vit.swappedLogits({Attends::taylorAndSparse, 0}),
                inDoubles(vit.logits(vit.checkpoint())));
    EXPECT_EQ(vit.swappedLogits({Attends::taylorAndSparse, 1}),
              vit.swappedLogits({Attends::taylor}));
}

TEST(TaylorModel, TakenOutAndPutBackSoftmaxGivesTheSameBits)
{
    const StoredVit softmax(kSoftmaxConfig), taylor(kTaylorConfig);
    EXPECT_EQ(taylor.swappedLogits({Attends::softmax}), softmax.logits(softmax.checkpoint()));
    EXPECT_EQ(softmax.swappedLogits({Attends::taylor}), taylor.logits(taylor.checkpoint()));
    EXPECT_NE(softmax.swappedLogits({Attends::taylor}), softmax.swappedLogits({Attends::softmax}));

    const Network once = vitNetwork(kViT),
                  back = withAttention(withAttention(once, {Attends::taylorAndSparse}).value(), {})
                             .value();
    ASSERT_EQ(back.layers.size(), once.layers.size());
    for (std::size_t i = 0; i < once.layers.size(); ++i) {
        EXPECT_EQ(back.layers[i].shape.name, once.layers[i].shape.name);
        EXPECT_EQ(back.layers[i].shape.module, once.layers[i].shape.module);
        EXPECT_EQ(back.layers[i].inputs, once.layers[i].inputs);
    }
}

TEST(TaylorModel, GivesTheSameBitsOnAnyNumberOfThreads)
{
    const StoredVit vit(kTaylorConfig);
    for (const Attends kind : {Attends::taylor, Attends::taylorAndSparse}) {
        setThreadCount(1);
        const auto one = vit.swappedLogits({kind});
        for (const int threads : {2, 3, 7}) {
            setThreadCount(threads);
            EXPECT_EQ(vit.swappedLogits({kind}), one);
        }
    }
    setThreadCount(0);
}

// The trainer's network on an exported model gave these logits
// (tests/core/learning/vision/taylor_deit_test.cpp).
TEST(TaylorModel, AnExportedModelAnswersAsItsTrainer)
{
    const auto folder = tests::goldenData("vit/taylor-deit");
    if (!folder)
        GTEST_SKIP() << "golden data of vit/taylor-deit are not there";
    const auto checkpoint = openVisionCheckpoint(*folder).value();
    const auto golden = Safetensors::open(*folder / "golden.safetensors").value();
    const auto values = [&](const char* name) { return toFloat(golden.tensor(name).value()); };
    const std::vector<float> pixels = values("pixels");
    const auto expectAnswers = [&](const AttentionForm& form, const char* name) {
        const auto model = VisionModel::open(swapAttention(checkpoint, form).value()).value();
        const std::vector<float> expected = values(name);
        const std::size_t each = 16 * 16;
        for (std::size_t i = 0; i < pixels.size() / each; ++i) {
            const auto logits = model.run(std::span(pixels).subspan(i * each, each)).value();
            for (std::size_t c = 0; c < logits.size(); ++c)
                EXPECT_NEAR(logits[c], expected[i * logits.size() + c], 1e-5f) << name;
        }
    };
    expectAnswers({Attends::taylor}, "low_rank");
    expectAnswers({Attends::taylorAndSparse, 0.08}, "unified");
    expectAnswers({Attends::softmax}, "softmax");
}

TEST(TaylorModel, TableCountsTheProductsOfThePaper)
{
    const Network softmax = *namedNetwork("deit-tiny"),
                  taylor = withAttention(softmax, {Attends::taylor}).value();
    EXPECT_EQ(softmax.macs(), 1074851328 + 178831872);
    EXPECT_EQ(taylor.macs(), 1074851328 + 58551552);
    EXPECT_EQ(taylor.parameters(), softmax.parameters());
    std::int64_t products = 0;
    for (const LayerShape& layer : layerTable(taylor)) {
        products += layer.kind == LayerKind::context || layer.kind == LayerKind::lookup ||
                            layer.kind == LayerKind::divisor
                        ? 1
                        : 0;
        EXPECT_NE(layer.kind, LayerKind::softmax);
    }
    EXPECT_EQ(products, 12 * 3);
}

TEST(TaylorModel, OtherAttentionIsRefusedByName)
{
    const auto messageOf = [](const Network& network) {
        const auto swapped = withAttention(network, {Attends::taylor});
        return swapped ? std::string() : swapped.error().message;
    };
    EXPECT_NE(messageOf(swinNetwork({})).find("layers.0.blocks.0.attn attends in windows"),
              std::string::npos);
    EXPECT_NE(messageOf(pvtNetwork({})).find("queries apart from its keys"), std::string::npos);
    Network efficient = *namedNetwork("efficientvit-b0");
    EXPECT_NE(messageOf(efficient).find("efficientvit-b0 has no softmax attention"),
              std::string::npos);
}

TEST(TaylorModel, AConfigurationWithAnotherWordForAttentionIsRefusedByName)
{
    const StoredVit vit(R"({"num_heads": 3, "attention": "cosine"})");
    const auto opened = openVisionCheckpoint(vit.folder.path);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find(R"("attention" is "cosine")"), std::string::npos)
        << opened.error().message;

    TemporaryFolder folder;
    RandomVision(swinNetwork({.width = 12,
                              .depths = {2, 2},
                              .heads = {2, 4},
                              .patch = 2,
                              .side = 32,
                              .window = 4,
                              .classes = 5}))
        .write(folder.path, R"({"img_size": 32, "attention": "taylor"})");
    const auto swin = openVisionCheckpoint(folder.path);
    ASSERT_FALSE(swin);
    EXPECT_NE(swin.error().message.find("attends in windows"), std::string::npos)
        << swin.error().message;
}

} // namespace
} // namespace vitrine::model
