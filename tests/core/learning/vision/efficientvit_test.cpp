#include "core/learning/nets/vision/efficientvit.h"

#include "tests/core/learning/vision/finite_differences.h"

#include <set>

namespace vitrine::learning
{
namespace
{

std::set<std::string> efficientVitNames(const EfficientVit& net)
{
    std::set<std::string> names;
    for (const auto& item : net->named_parameters())
        names.insert(item.key());
    for (const auto& item : net->named_buffers())
        names.insert(item.key());
    return names;
}

TEST(EfficientVit, HasTheParametersOfItsLayout)
{
    EXPECT_EQ(trainableCount(*EfficientVit(efficientVitB0(), 1)),
              3'410'008); // the release prints 3.41 M
    EXPECT_EQ(trainableCount(*EfficientVit(garmentEfficientVit(), 1)), 784'362);
}

TEST(EfficientVit, NamesItsTensorsAsTheReleaseDoes)
{
    const auto names = efficientVitNames(EfficientVit(garmentEfficientVit(), 1));

    for (const char* name :
         {"backbone.input_stem.op_list.0.conv.weight",
          "backbone.input_stem.op_list.0.norm.running_var",
          "backbone.input_stem.op_list.1.main.depth_conv.conv.weight",
          "backbone.input_stem.op_list.1.main.point_conv.norm.bias",
          "backbone.stages.0.op_list.1.main.inverted_conv.norm.weight",
          "backbone.stages.2.op_list.0.main.inverted_conv.conv.bias",
          "backbone.stages.2.op_list.1.context_module.main.qkv.conv.weight",
          "backbone.stages.2.op_list.1.context_module.main.aggreg.0.0.weight",
          "backbone.stages.2.op_list.1.context_module.main.aggreg.0.1.weight",
          "backbone.stages.3.op_list.2.context_module.main.proj.norm.running_mean",
          "backbone.stages.3.op_list.2.local_module.main.point_conv.conv.weight",
          "head.op_list.0.conv.weight", "head.op_list.2.linear.weight", "head.op_list.2.norm.bias",
          "head.op_list.3.linear.bias"})
        EXPECT_TRUE(names.contains(name)) << name;
}

TEST(EfficientVit, LaterStagesHaveBiasesInTheStepsWithoutNorm)
{
    const auto names = efficientVitNames(EfficientVit(garmentEfficientVit(), 1));

    const std::string early = "backbone.stages.1.op_list.0.main.",
                      late = "backbone.stages.3.op_list.0.main.";
    EXPECT_FALSE(names.contains(early + "depth_conv.conv.bias"));
    EXPECT_TRUE(names.contains(late + "depth_conv.conv.bias"));
    EXPECT_FALSE(names.contains(late + "depth_conv.norm.weight"));
    EXPECT_TRUE(names.contains(late + "point_conv.norm.weight"));
    EXPECT_FALSE(names.contains("backbone.stages.3.op_list.1.context_module.main.qkv.conv.bias"));
}

TEST(EfficientVit, GivesOneRowOfLogitsForEachPicture)
{
    EfficientVit net(garmentEfficientVit(), 1);
    net->eval();
    const torch::NoGradGuard guard;
    const auto pictures = torch::randn({3, 1, 32, 32});

    const auto logits = net->forward(pictures);

    EXPECT_EQ(logits.sizes(), torch::IntArrayRef({3, 10}));
    EXPECT_LT(
        (net->forward(pictures.narrow(0, 1, 1)) - logits.narrow(0, 1, 1)).abs().max().item<float>(),
        1e-4f);
}

TEST(EfficientVit, GradientsReachEveryParameter)
{
    EfficientVit net(garmentEfficientVit(), 1);
    net->forward(torch::randn({2, 1, 32, 32})).square().sum().backward();

    for (const auto& item : net->named_parameters())
        EXPECT_TRUE(item.value().grad().defined() &&
                    item.value().grad().isfinite().all().item<bool>())
            << item.key();
}

} // namespace
} // namespace vitrine::learning
