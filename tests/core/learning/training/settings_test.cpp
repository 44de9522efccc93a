#include "core/learning/nets/training/settings.h"

#include "core/learning/nets/training/schedule.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

class SettingsOfARecipe : public testing::Test
{
protected:
    void TearDown() override { fs::remove(path_); }

    Settings read(const std::string& text) const
    {
        std::ofstream(path_) << text;
        return Settings::read(path_);
    }

    // The message of what `act` throws.
    template <typename Act>
    static std::string refusal(const Act& act)
    {
        try {
            act();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "nothing was refused";
    }

    std::string path_ =
        (fs::temp_directory_path() / ("vitrine-" + std::to_string(::getpid()) + ".recipe"))
            .string();
};

TEST_F(SettingsOfARecipe, AreReadWithCommentsAndSpaces)
{
    const Settings s =
        read("# a network\nnetwork = vitrine-deit # of ours\n\n steps=12\nrate = 1e-3\n");

    EXPECT_EQ(s.text("network"), "vitrine-deit");
    EXPECT_EQ(s.integer("steps", 5, 1, 100), 12);
    EXPECT_DOUBLE_EQ(s.number("rate", 0.5, 0.0, 1.0), 1e-3);
    EXPECT_TRUE(s.flag("last", true));
    s.refuseUnknown();
}

TEST_F(SettingsOfARecipe, NameTheKeyThatNobodyAskedFor)
{
    const Settings s = read("steps = 12\nlearning_rat = 1\n");
    scheduleOf(s);

    EXPECT_EQ(refusal([&] { s.refuseUnknown(); }), path_ + ": unknown key learning_rat");
}

TEST_F(SettingsOfARecipe, RefuseWhatIsNoNumberOrOutOfRange)
{
    EXPECT_EQ(refusal([&] { scheduleOf(read("steps = 12.5")); }),
              path_ + ": steps = 12.5: a whole number from 1 to 1000000000 expected");
    EXPECT_EQ(refusal([&] { scheduleOf(read("clip = nan")); }),
              path_ + ": clip = nan: a number from 0 to 1e+09 expected");
    EXPECT_EQ(refusal([&] { read("a = 1\na = 2"); }), path_ + ":2: a is given twice");
    EXPECT_EQ(refusal([&] { read("just words"); }), path_ + ":1: key = value expected");
    EXPECT_EQ(refusal([&] { read("x = 1").flag("x", false); }),
              path_ + ": x = 1: yes or no expected");
}

} // namespace
} // namespace vitrine::learning
