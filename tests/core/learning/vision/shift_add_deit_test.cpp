// A DeiT with ShiftAddViT's parts, and its fine-tuning in two stages.
#include "core/learning/nets/vision/shift_add_deit.h"

#include "core/learning/nets/training/named_tensors.h"
#include "core/learning/nets/vision/shift_add_trainees.h"
#include "tests/core/learning/vision/finite_differences.h"
#include "tests/core/learning/vision/synthetic.h"

#include <cmath>
#include <filesystem>
#include <set>
#include <sstream>
#include <unistd.h>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

DeitConfig smallSeeing()
{
    return {.side = 8, .patch = 4, .width = 8, .depth = 2, .heads = 2, .classes = 3};
}

TensorFile weightsOf(torch::nn::Module& network)
{
    TensorFile file;
    for (const auto& [name, tensor] : namedTensors(network))
        file.tensors.emplace_back(name, tensor.detach().clone());
    return file;
}

// Routers that send some tokens each way.
void decideRouters(ShiftAddDeit& net)
{
    const torch::NoGradGuard guard;
    torch::manual_seed(6);
    for (auto& item : net.network()->named_parameters())
        if (item.key().find("router.weight") != std::string::npos)
            item.value().normal_();
}

TEST(ShiftAddDeit, HasTheParametersOfItsLayout)
{
    EXPECT_EQ(trainableCount(*ShiftAddDeit(garmentDeit(), {}, 1).network()), 1'998'218);
    EXPECT_EQ(trainableCount(*ShiftAddDeit(sceneDeit(), {}, 1).network()), 1'156'048);
}

TEST(ShiftAddDeit, NamesExpertsBehindTheirLayerAndConvertsAttentionInAllBlocksButTheLast)
{
    ShiftAddDeit net(smallSeeing(), {}, 1);
    std::set<std::string> ofConverted;
    for (const auto& item : net.network()->named_parameters())
        if (item.key().find("fc1") != std::string::npos ||
            item.key().find("dconv") != std::string::npos)
            ofConverted.insert(item.key());

    std::set<std::string> expected{"blocks.0.attn.dconv.weight"};
    for (const char* block : {"blocks.0", "blocks.1"})
        for (const char* of : {"mult", "shift", "router"})
            for (const char* what : {"weight", "bias"})
                expected.insert(std::string(block) + ".mlp.fc1." + of + "." + what);
    EXPECT_EQ(ofConverted, expected);
}

TEST(ShiftAddDeit, WithSoftmaxInAllBlocksAndWithoutMixingItIsTheDeitItCameFrom)
{
    Deit deit(smallSeeing(), 5);
    ShiftAddDeit net(smallSeeing(), {.softmaxBlocks = 2, .mixture = {}}, 1);
    net.startFrom(weightsOf(*deit), "deit");
    const auto pictures = torch::randn({3, 1, 8, 8});
    const torch::NoGradGuard guard;

    EXPECT_LT(
        (net.forward(pictures, nullptr, false) - deit->forward(pictures)).abs().max().item<float>(),
        1e-5f);
}

TEST(ShiftAddDeit, StartingWeightsOfAnotherSizeAreRefused)
{
    DeitConfig wider = smallSeeing();
    wider.width = 16;
    Deit deit(wider, 5);
    ShiftAddDeit net(smallSeeing(), {}, 1);

    EXPECT_THROW(net.startFrom(weightsOf(*deit), "deit"), std::runtime_error);
}

TEST(ShiftAddDeit, UndecidedRoutersSendEveryTokenToTheMultiplyingExpert)
{
    ShiftAddDeit net(smallSeeing(), {}, 1);
    const auto pictures = torch::randn({3, 1, 8, 8});
    const torch::NoGradGuard guard;

    EXPECT_TRUE(net.forward(pictures, nullptr, true).equal(net.forward(pictures, nullptr, false)));
    const auto split = net.takeSplit();
    EXPECT_EQ(split.mult, 2 * 2 * 3 * 5); // mixtures, pictures, tokens
    EXPECT_EQ(split.shift, 0);
}

// Codes are compared with the mean of their own picture.
TEST(ShiftAddDeit, AnAnswerDoesNotDependOnThePicturesBeside)
{
    ShiftAddDeit net(smallSeeing(), {}, 1);
    decideRouters(net);
    const auto pictures = torch::randn({4, 1, 8, 8});
    const torch::NoGradGuard guard;

    const Tensor together = net.forward(pictures, nullptr, true);
    for (int64_t i = 0; i < 4; ++i)
        EXPECT_LT((together[i] - net.forward(pictures.narrow(0, i, 1), nullptr, true)[0])
                      .abs()
                      .max()
                      .item<float>(),
                  1e-5f);
    const auto split = net.takeSplit();
    EXPECT_GT(split.mult, 0);
    EXPECT_GT(split.shift, 0);
}

TEST(ShiftAddDeit, RoutersLearnOnlyWhereItMixes)
{
    ShiftAddDeit net(smallSeeing(), {}, 1);
    decideRouters(net);
    const auto pictures = torch::randn({4, 1, 8, 8});
    const auto untouched = [&](bool mixes) {
        net.network()->zero_grad();
        for (auto& parameter : net.network()->parameters())
            parameter.mutable_grad() = Tensor();
        Chance chance(1, 1);
        const Tensor logits = net.forward(pictures, &chance, mixes);
        (logits.square().sum() + net.balance()).backward();
        std::set<std::string> names;
        for (const auto& item : net.network()->named_parameters())
            if (!item.value().grad().defined() ||
                item.value().grad().abs().sum().item<float>() == 0)
                names.insert(item.key().substr(item.key().find("mlp.") + 4));
        return names;
    };

    const auto mixed = untouched(true), unmixed = untouched(false);
    for (const char* layer : {"fc1", "fc2"})
        for (const char* what : {".router.weight", ".router.bias"}) {
            EXPECT_EQ(mixed.count(std::string(layer) + what), 0u) << layer << what;
            EXPECT_EQ(unmixed.count(std::string(layer) + what), 1u) << layer << what;
        }
    EXPECT_EQ(unmixed.count("fc1.shift.weight"), 1u);
    EXPECT_EQ(unmixed.count("fc1.mult.weight"), 0u);
}

TEST(ShiftAddDeit, ItsConfigurationSaysWhatIsConverted)
{
    const std::string json = shiftAddConfigJson(garmentDeit(), {}, "vitrine-deit-shiftadd");
    for (const char* line :
         {"\"family\": \"shiftaddvit\"", "\"attention\": \"binary\"", "\"softmax_blocks\": 1",
          "\"mlp_linears\": \"mixture\"", "\"expert_latencies\": [6, 4]", "\"embed_dim\": 128"})
        EXPECT_NE(json.find(line), std::string::npos) << line;
}

// A shipped DeiT, and recipes that start from it.
class ShiftAddTraining : public testing::Test
{
protected:
    void SetUp() override
    {
        std::filesystem::create_directories(folder_ + "/teacher");
        Deit deit(config(), 3);
        writeTensorFile(folder_ + "/teacher/model.safetensors", weightsOf(*deit), Storage::f16);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    static DeitConfig config() { return {.patch = 7, .width = 16, .depth = 2, .heads = 2}; }

    std::unique_ptr<Trainee> trainee() const
    {
        std::istringstream text("batch = 16\nmixture_from = 4\n");
        auto made =
            shiftAddTrainee(Settings::read(text, "tuned.recipe"), config(),
                            garmentSource(twoKindsInParts(), 28, {}, 1), "tiny", "two kinds");
        made->beginFrom(folder_ + "/teacher");
        return made;
    }

    static void takeSteps(Trainee& trainee, int64_t first, int64_t last)
    {
        torch::optim::AdamW optimiser(trainee.network().parameters(),
                                      torch::optim::AdamWOptions(3e-3));
        trainee.network().train();
        for (int64_t number = first; number < last; ++number) {
            optimiser.zero_grad();
            Chance chance(1, number);
            trainee.loss({number, 0.0, chance}).backward();
            optimiser.step();
        }
    }

    static double apart(Trainee& trainee, const std::string& layer)
    {
        auto parameters = trainee.network().named_parameters();
        return (parameters[layer + ".mult.weight"] - parameters[layer + ".shift.weight"])
            .abs()
            .max()
            .item<double>();
    }

    const std::string folder_ = testing::TempDir() + "shift-add-" + std::to_string(::getpid());
};

TEST_F(ShiftAddTraining, ExpertsPartWhenTheSecondStageBegins)
{
    const auto trained = trainee();
    const std::string layer = "blocks.0.mlp.fc1";

    takeSteps(*trained, 0, 4);
    EXPECT_LT(apart(*trained, layer), 1e-2); // one step of the multiplying expert, not followed yet
    takeSteps(*trained, 4, 5);
    const double once = apart(*trained, layer);
    takeSteps(*trained, 5, 10);
    EXPECT_GT(apart(*trained, layer), once);
}

TEST_F(ShiftAddTraining, LearnsTwoKindsAndTellsHowManyTokensMultiply)
{
    const auto trained = trainee();
    takeSteps(*trained, 0, 60);
    trained->network().eval();
    const torch::NoGradGuard guard;

    const auto scores = trained->scores();

    ASSERT_EQ(scores.size(), 3u);
    EXPECT_GE(scores[0].value, 80.0);
    EXPECT_EQ(scores[2].name, "tokens that took the multiplying expert, all mixtures");
    EXPECT_GE(scores[2].value, 0.0);
    EXPECT_LE(scores[2].value, 100.0);
    EXPECT_EQ(trained->scores()[2].value, scores[2].value); // counted anew each time
}

TEST_F(ShiftAddTraining, AnExportedModelAnswersAsTheOneItCameFrom)
{
    const auto one = trainee(), other = trainee();
    takeSteps(*one, 4, 8);
    one->exportTo(folder_);
    other->importFrom(folder_);
    one->network().eval();
    other->network().eval();
    const torch::NoGradGuard guard;

    const auto scores = one->scores(), again = other->scores();

    ASSERT_EQ(scores.size(), again.size());
    EXPECT_NEAR(scores[0].value, again[0].value, 10.0); // F16 may turn 2 of 20 pictures
    EXPECT_NEAR(scores[2].value, again[2].value, 5.0);
}

// Both experts of a mixture begin as the layer of the teacher; what it does not have stays.
TEST_F(ShiftAddTraining, BeginsFromAModelThatHasNoMixtures)
{
    const auto begun = trainee();
    const TensorFile teacher = readTensorFile(folder_ + "/teacher/model.safetensors");
    auto parameters = begun->network().named_parameters();
    for (const char* expert : {"mult", "shift"})
        EXPECT_TRUE(parameters["blocks.1.mlp.fc2." + std::string(expert) + ".weight"].equal(
            *teacher.find("blocks.1.mlp.fc2.weight")));
    EXPECT_THROW(begun->beginFrom(folder_ + "/nobody"), std::runtime_error);
}

} // namespace
} // namespace vitrine::learning
