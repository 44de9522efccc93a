// The trainees on two kinds of pictures that the test draws: the loss falls, the same chance gives
// the same loss, an exported model answers as the one it came from.
#include "core/learning/nets/vision/classifier.h"

#include "core/learning/nets/vision/deit.h"
#include "core/learning/nets/vision/efficientvit.h"
#include "core/learning/nets/vision/scene_source.h"
#include "tests/core/learning/vision/synthetic.h"

namespace vitrine::learning
{
namespace
{

std::unique_ptr<Trainee> tinyDeitTrainee(std::unique_ptr<LabelledSource> source,
                                         const DeitConfig& config)
{
    Deit net(config, 1);
    return classifierTrainee(
        {.network = net.ptr(),
         .logits = [net](const torch::Tensor& pictures,
                         Chance* chance) mutable { return net->forward(pictures, chance); },
         .mean = config.mean,
         .deviation = config.deviation,
         .configJson = deitConfigJson(config, "tiny"),
         .source = std::move(source),
         .dataName = "two kinds"},
        {.batch = 16});
}

std::unique_ptr<Trainee> garmentTrainee()
{
    return tinyDeitTrainee(garmentSource(twoKindsInParts(), 28, {}, 1),
                           {.patch = 7, .width = 16, .depth = 2, .heads = 2, .dropPath = 0.1});
}

std::unique_ptr<Trainee> sceneTrainee(const PictureFolder& folder)
{
    DeitConfig config = sceneDeit();
    config.width = 16;
    config.depth = 1;
    config.heads = 2;
    config.patch = 16;
    return tinyDeitTrainee(sceneSource(twoKindsInParts(), folder.path(), config.side, 0.0, 1),
                           config);
}

std::unique_ptr<Trainee> efficientTrainee()
{
    EfficientVitConfig config = garmentEfficientVit();
    config.widths = {4, 4, 8, 16, 16};
    config.depths = {1, 1, 1, 1, 1};
    config.headWidths = {16, 16};
    EfficientVit net(config, 1);
    return classifierTrainee({.network = net.ptr(),
                              .logits = [net](const torch::Tensor& pictures,
                                              Chance*) mutable { return net->forward(pictures); },
                              .mean = config.mean,
                              .deviation = config.deviation,
                              .configJson = efficientVitConfigJson(config, "tiny"),
                              .source = garmentSource(twoKindsInParts(), config.side, {}, 1),
                              .dataName = "two kinds"},
                             {.batch = 16});
}

torch::Tensor classifierLoss(Trainee& trainee, int64_t number)
{
    Chance chance(1, number);
    return trainee.loss({number, 0.0, chance});
}

double trainedClassifier(Trainee& trainee, int64_t steps)
{
    torch::optim::AdamW optimiser(trainee.network().parameters(), torch::optim::AdamWOptions(3e-3));
    trainee.network().train();
    double last = 0.0;
    for (int64_t step = 0; step < steps; ++step) {
        optimiser.zero_grad();
        const torch::Tensor loss = classifierLoss(trainee, step);
        loss.backward();
        optimiser.step();
        last = loss.item<double>();
    }
    return last;
}

void expectClassifierToLearn(Trainee& trainee, int64_t steps, double accuracy)
{
    const double first = classifierLoss(trainee, 0).item<double>();

    EXPECT_LT(trainedClassifier(trainee, steps), 0.6 * first);

    trainee.network().eval();
    const auto scores = trainee.scores();
    ASSERT_EQ(scores.size(), 2u);
    EXPECT_EQ(scores[0].name, "two kinds selection accuracy");
    EXPECT_GE(scores[0].value, accuracy);
    EXPECT_GE(scores[1].value, accuracy);
}

TEST(Classifier, DeitLearnsTwoKinds)
{
    expectClassifierToLearn(*garmentTrainee(), 150, 95.0);
}

TEST(Classifier, EfficientVitLearnsTwoKinds)
{
    expectClassifierToLearn(*efficientTrainee(), 40, 90.0);
}

TEST(Classifier, DeitLearnsScenes)
{
    const PictureFolder folder;
    const auto trainee = sceneTrainee(folder);
    const double first = classifierLoss(*trainee, 0).item<double>();
    EXPECT_LT(trainedClassifier(*trainee, 20), first);
}

TEST(Classifier, TheSameChanceGivesTheSameLoss)
{
    const auto one = garmentTrainee(), other = garmentTrainee();
    EXPECT_EQ(trainedClassifier(*one, 3), trainedClassifier(*other, 3));
}

TEST(Classifier, AnExportedModelAnswersAsTheOneItCameFrom)
{
    const std::string folder = testing::TempDir() + "vision-export-" + std::to_string(::getpid());
    std::filesystem::create_directories(folder);
    for (const auto& make : {garmentTrainee, efficientTrainee}) {
        const auto one = make(), other = make();
        trainedClassifier(*one, 10);
        one->exportTo(folder);
        other->importFrom(folder);
        one->network().eval();
        other->network().eval();

        const auto chance = [](Trainee& t) { return classifierLoss(t, 3).item<double>(); };
        // Weights are rounded to F16, up to 5e-4 of each: which way decides about 2e-3 of the loss.
        EXPECT_NEAR(chance(*one), chance(*other), 5e-3);
    }
    std::filesystem::remove_all(folder);
}

TEST(Classifier, ConfigurationsTellTheLayout)
{
    const auto deit = deitConfigJson(garmentDeit(), "vitrine-deit");
    EXPECT_NE(deit.find("\"embed_dim\": 128,\n"), std::string::npos);
    EXPECT_NE(deit.find("\"mean\": [0.286],\n"), std::string::npos);
    EXPECT_NE(deit.find("\"label_names\": [\"T-shirt/top\", \"Trouser\", "), std::string::npos);
    const auto efficient = efficientVitConfigJson(garmentEfficientVit(), "vitrine-efficientvit");
    EXPECT_NE(efficient.find("\"Ankle boot\"]\n}"), std::string::npos);
    EXPECT_NE(efficient.find("\"widths\": [8, 16, 32, 64, 128],\n"), std::string::npos);
    EXPECT_EQ(efficient.substr(efficient.size() - 3), "\n}\n");
}

} // namespace
} // namespace vitrine::learning
