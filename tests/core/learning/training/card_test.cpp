#include "core/learning/nets/training/card.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

class CardOfAModel : public testing::Test
{
protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }

    Card throughText(const Card& card, const std::vector<std::string>& sources = {})
    {
        Settings recipe;
        recipe.set("network", "toy");
        recipe.set("about", "A toy.");
        text = cardText(card, recipe, sources);
        std::ofstream(folder_ + "/README.md") << text;
        return readCard(folder_);
    }

    std::string folder_ =
        (fs::temp_directory_path() / ("vitrine-card-" + std::to_string(::getpid()))).string();
    std::string text;
};

TEST_F(CardOfAModel, SaysWhatTrainingGoesOnFromAndTheScores)
{
    const Card read =
        throughText({"toy",
                     1200,
                     4000,
                     3,
                     1.25,
                     {"accuracy", 91.2345, "%"},
                     {{"accuracy, selection", 91.2345, "%"}, {"PSNR-Y", 33.6, "dB"}}});

    EXPECT_EQ(read.name, "toy");
    EXPECT_EQ(read.step, 1200);
    EXPECT_EQ(read.steps, 4000);
    EXPECT_EQ(read.seed, 3u);
    EXPECT_DOUBLE_EQ(read.processorHours, 1.25);
    EXPECT_DOUBLE_EQ(read.selection.value, 91.2345);
    ASSERT_EQ(read.scores.size(), 2u);
    EXPECT_EQ(scoreLine(read.scores[0]), "| accuracy, selection | 91.234 | % |"); // printed digits
    EXPECT_EQ(scoreLine(read.scores[1]), "| PSNR-Y | 33.600 | dB |");
    EXPECT_NE(text.find("The schedule is not finished"), std::string::npos);
}

TEST_F(CardOfAModel, HasTheTablesOfItsSources)
{
    std::ofstream(folder_ + "/sources.tsv") << "package\tlicence\nopencv-doc\tApache-2.0\n";

    const Card read = throughText({"toy", 10, 10, 1, 0.1, {"accuracy", -1.0, ""}, {}},
                                  {folder_ + "/sources.tsv"});

    EXPECT_NE(text.find("| package | licence |\n|---|---|\n| opencv-doc | Apache-2.0 |\n"),
              std::string::npos)
        << text;
    EXPECT_TRUE(read.scores.empty()) << "another table is not the scores";
    EXPECT_EQ(text.find("The schedule is not finished"), std::string::npos);
}

TEST_F(CardOfAModel, WithoutFrontMatterIsRefusedByName)
{
    std::ofstream(folder_ + "/README.md") << "# toy\n";

    EXPECT_THROW(readCard(folder_), std::runtime_error);
}

} // namespace
} // namespace vitrine::learning
