#include "core/learning/nets/queue/queue.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

// One recipe, its log and its shipped card, as the table reads them.
class QueueTable : public testing::Test
{
protected:
    void SetUp() override
    {
        write("recipes/toy.recipe", "network = toy\nsteps = 40\n");
        write("state/toy/training.csv", "step,seconds,learning_rate,loss,selection\n"
                                        "10,1800,0.1,2,\n20,3600,0.1,1,-1.5\n");
        write("models/toy/README.md", card_);
    }

    void write(const std::string& name, const std::string& text) const
    {
        fs::create_directories((folder_.path / name).parent_path());
        std::ofstream(folder_.path / name) << text;
    }

    QueueRow row() const
    {
        const std::string at = folder_.path.string();
        return queueRows({at + "/recipes", at + "/models", at + "/state", {"", ""}}).at(0);
    }

    const std::string card_ = "---\nlicense: gpl-3.0\nname: toy\nstep: 8\nsteps: 40\nseed: 1\n"
                              "processor_hours: 0.4\nselection: -1.75\n---\n";
    tests::TemporaryFolder folder_;
};

TEST_F(QueueTable, HasTheNewestLineAndTheShippedSelection)
{
    const QueueRow found = row();

    EXPECT_EQ(found.state, "waiting");
    EXPECT_EQ(found.step, 20);
    EXPECT_EQ(found.processorHours, 1.0);
    EXPECT_EQ(found.selection, -1.5);
    EXPECT_EQ(found.shipped, -1.75);
}

TEST_F(QueueTable, LeavesOutALineThatWasCutOffAndACardWithoutFrontMatter)
{
    write("state/toy/training.csv", "step,seconds,learning_rate,loss,selection\n"
                                    "10,1800,0.1,2,-2\n20,\n");
    write("models/toy/README.md", "# toy\n");

    EXPECT_EQ(row().step, 10);
    EXPECT_TRUE(std::isnan(row().shipped));
    EXPECT_EQ(row().state, "waiting");
}

TEST_F(QueueTable, SaysWhichCardOrLogCannotBeRead)
{
    write("models/toy/README.md", card_.substr(0, card_.size() - 4) + "colour: red\n---\n");
    EXPECT_EQ(row().state, "failed: " + (folder_.path / "models/toy/README.md").string() +
                               ":9: unknown key colour");
    EXPECT_TRUE(std::isnan(row().shipped));

    write("models/toy/README.md", card_);
    write("state/toy/training.csv", "step,seconds,mood\n10,1800,good\n");
    EXPECT_EQ(row().state, "failed: " + (folder_.path / "state/toy/training.csv").string() +
                               ":1: unknown column \"mood\"");
}

} // namespace
} // namespace vitrine::learning
