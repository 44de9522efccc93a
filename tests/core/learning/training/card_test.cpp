#include "core/learning/nets/training/card.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <cmath>
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
    EXPECT_FALSE(hasCard(folder_));
    EXPECT_FALSE(hasCard(folder_ + "/nowhere"));
}

TEST_F(CardOfAModel, SaysWhyAScoreHasNoNumber)
{
    const Card read = throughText({"toy",
                                   10,
                                   10,
                                   1,
                                   0.1,
                                   {"accuracy", -1.0, ""},
                                   {{"BD-rate", std::nan(""), "the curves share no quality"}}});

    EXPECT_NE(text.find("| BD-rate | none | the curves share no quality |\n"), std::string::npos);
    ASSERT_EQ(read.scores.size(), 1u);
    EXPECT_TRUE(std::isnan(read.scores[0].value));
    EXPECT_EQ(scoreLine(read.scores[0]), "| BD-rate | none | the curves share no quality |");
}

TEST_F(CardOfAModel, WithAnythingUnknownIsRefusedByFileLineAndName)
{
    throughText({"toy", 10, 20, 1, 0.1, {"accuracy", 1.0, "%"}, {{"accuracy", 1.0, "%"}}});
    const std::string whole = text;
    struct Change {
        std::string from, to, where;
    };
    for (const Change& change : std::vector<Change>{
             {"seed: 1", "seed: 1\nsede: 2", ":7: unknown key sede"},
             {"seed: 1", "seed: 1\nseed: 2", ":7: seed is given twice"},
             {"seed: 1\n", "", ": seed is missing in the front matter"},
             {"seed: 1", "seed: -1", ":6: seed: -1 is not such a number"},
             {"step: 10", "step: 10.5", ":4: step: 10.5 is not such a number"},
             {"steps: 20", "steps: 20k", ":5: steps: 20k is not such a number"},
             {"steps: 20", "steps: 0", ":5: steps: 0 is not such a number"},
             {"name: toy", "name", ":3: \"key: value\" expected, not \"name\""},
             {"gpl-3.0", "mit", ":2: license: mit: gpl-3.0 expected"},
             {"---\n\n# toy", "\n# toy", ": \"key: value\" expected"},
             {"| accuracy | 1.000 | % |", "| accuracy | 1.000x | % |",
              ": the score \"accuracy\" has the value 1.000x"},
             {"| accuracy | 1.000 | % |", "| accuracy | 1.000 |", ": | name | value | unit |"},
             {"| accuracy | 1.000 | % |", "| accuracy | 1.000 | % | set5 |", ": | name | value"},
             {"| what | value | unit |", "| what | unit | value |", ": | what | value | unit |"}}) {
        text = whole;
        ASSERT_NE(text.find(change.from), std::string::npos) << change.from;
        text.replace(text.find(change.from), change.from.size(), change.to);
        std::ofstream(folder_ + "/README.md") << text;
        try {
            readCard(folder_);
            ADD_FAILURE() << change.to;
        } catch (const std::runtime_error& error) {
            const std::string said = error.what();
            EXPECT_EQ(said.rfind(folder_ + "/README.md:", 0), 0u) << said;
            EXPECT_NE(said.find(change.where), std::string::npos) << said;
        }
    }
}

TEST_F(CardOfAModel, GainsScoresAndKeepsAllElse)
{
    throughText({"toy", 10, 20, 1, 0.1, {"accuracy", 1.0, "%"}, {{"accuracy", 1.0, "%"}}});
    const std::string line = "| accuracy | 1.000 | % |\n", added = "| of a peer | 0.500 | % |\n";

    const std::string more =
        withScores(text, "toy", {{"accuracy", 1.0, "%"}, {"of a peer", 0.5, "%"}});

    std::string expected = text;
    expected.insert(expected.find(line) + line.size(), added);
    EXPECT_EQ(more, expected);
    EXPECT_EQ(withScores(text, "toy", {{"accuracy", 1.0, "%"}}), text);
    try {
        withScores(text, "toy", {{"accuracy", 1.1, "%"}, {"of a peer", 0.5, "%"}});
        FAIL() << "a number changed in silence";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(),
                     "toy: \"| accuracy | 1.000 | % |\" is not what the files give now");
    }
}

TEST(Cards, ThatAreShippedAreRead)
{
    int cards = 0;
    for (const auto& entry :
         fs::directory_iterator(std::string(VITRINE_SOURCE_DIR) + "/resources/models")) {
        if (!hasCard(entry.path().string()))
            continue; // the first language model's
        const Card card = readCard(entry.path().string());
        EXPECT_EQ(card.name, entry.path().filename().string());
        EXPECT_GT(card.scores.size(), 0u) << card.name;
        ++cards;
    }
    EXPECT_GE(cards, 8);
}

} // namespace
} // namespace vitrine::learning
