#include "core/quant/vision/product_race.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

TEST(PublishedRaces, AreThoseOfTheReleasedBenchmarks)
{
    std::vector<std::string> names;
    for (const RacedProduct& product : publishedRaces())
        names.push_back(product.name());
    EXPECT_THAT(names, testing::ElementsAre("add (1, 3136, 32, 16)", "add (2, 784, 32, 16)",
                                            "add (5, 196, 32, 16)", "shift (1, 3136, 64, 512)",
                                            "shift (1, 3136, 512, 64)", "shift (1, 784, 128, 1024)",
                                            "shift (1, 784, 1024, 128)"));
}

// Every way gives the same product, as far as its arithmetic reaches.
TEST(Racers, AllComputeTheProduct)
{
    for (const RacedProduct& product :
         {RacedProduct{true, 3, 70, 9, 5}, RacedProduct{false, 1, 6, 33, 40}}) {
        const auto racers = racersOf(product);
        ASSERT_TRUE(racers) << racers.error().message;
        EXPECT_EQ(racers->front().name, "multiply, fp32");
        EXPECT_GE(racers->size(), 2u);
        for (const Racer& racer : *racers)
            EXPECT_LT(racer.error, racer.name.find("shift") == std::string::npos ? 1e-6 : 5e-3)
                << product.name() << ", " << racer.name;
    }
}

TEST(Racers, WholeNumbersAreNotExact)
{
    const auto racers = racersOf({false, 1, 8, 64, 32}).value();
    EXPECT_GT(racers[2].error, 0); // each shift rounds down
    EXPECT_EQ(racers[2].error, racers[3].error);
}

TEST(Racers, RefuseSizesThatAreNoneOrTooLarge)
{
    for (const RacedProduct& product :
         {RacedProduct{true, 0, 7, 7, 7}, RacedProduct{false, 1, 7, 0, 7},
          RacedProduct{false, 1, 1 << 20, 1 << 20, 1},
          RacedProduct{true, 1 << 20, 1 << 9, 1, 1 << 1}})
        EXPECT_FALSE(racersOf(product)) << product.name();
}

// What was spent over how often it was done; how long that is depends on the machine.
TEST(RacedSeconds, AreOfOneRepeat)
{
    for (const int threads : {1, 2}) {
        int calls = 0;
        const double seconds = racedSeconds([&] { ++calls; }, threads);
        ASSERT_GE(calls, 1);
        EXPECT_GE(seconds * calls, 1.999e-3);
    }
}

} // namespace
} // namespace vitrine::quant
