#include "core/store/copy_workspace.h"

#include "core/base/file.h"
#include "core/jobs/worker/folder_lock.h"
#include "core/store/store.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;
using testing::HasSubstr;

struct CopyWorkspace : testing::Test {
    CopyWorkspace()
    {
        Store store = Store::open(from).value();
        for (int i = 1; i <= 3; ++i) {
            RunRecord run = tests::sampleRun(i);
            const auto file = folder.path / fmt::format("{}.bin", i);
            std::ofstream(file) << "bytes " << i;
            Artifact artifact;
            artifact.name = "data.bin";
            artifact.kind = "tensors";
            artifact.path = file;
            run.result.artifacts = {artifact};
            EXPECT_TRUE(store.import(run));
        }
        EXPECT_TRUE(store.setNote(2, "the good one"));
    }

    tests::TemporaryFolder folder;
    fs::path from = folder.path / "a.vitrine", to = folder.path / "b.vitrine";
};

TEST_F(CopyWorkspace, HoldsEveryRunAndLivesWithoutTheFirst)
{
    ASSERT_TRUE(copyWorkspace(from, to));
    Store original = Store::open(from).value();
    ASSERT_TRUE(original.remove(1));

    Store copy = Store::open(to).value();
    EXPECT_EQ(copy.count({}).value(), 3);
    EXPECT_EQ(copy.load(2)->note, "the good one");
    for (int i = 1; i <= 3; ++i)
        EXPECT_TRUE(copy.verify(i)) << i;
    EXPECT_EQ(readFile(copy.load(1)->result.artifacts[0].path, 100).value(), "bytes 1");
}

TEST_F(CopyWorkspace, NeverWritesOverWhatIsThere)
{
    std::ofstream(to) << "mine";

    const auto copied = copyWorkspace(from, to);

    ASSERT_FALSE(copied);
    EXPECT_EQ(copied.error().kind, ErrorKind::argument);
    EXPECT_THAT(copied.error().message, HasSubstr("b.vitrine is there already"));
    EXPECT_EQ(readFile(to, 100).value(), "mine");
}

TEST_F(CopyWorkspace, LeavesNothingBehindAfterACancelOrAnError)
{
    EXPECT_EQ(copyWorkspace(from, to, [](double) { return false; }).error().kind,
              ErrorKind::cancelled);
    for (const auto& entry : fs::directory_iterator(folder.path))
        EXPECT_FALSE(entry.path().filename().string().starts_with("b.vitrine")) << entry.path();

    fs::remove_all(folder.path / "a.vitrine.d/artifacts");
    EXPECT_FALSE(copyWorkspace(from, to));
    EXPECT_FALSE(fs::exists(to));
    EXPECT_FALSE(fs::exists(to.string() + ".d"));
}

// As a copy leaves them that was killed; one that is under way, or a folder of somebody else, is
// not touched.
TEST_F(CopyWorkspace, TakesThePlaceOfACopyThatWasKilled)
{
    fs::create_directories(to.string() + ".d/artifacts");
    EXPECT_FALSE(copyWorkspace(from, to)); // not known to be such a copy
    std::ofstream(to.string() + ".copy") << "half";
    {
        const auto underWay = FolderLock::shared(to.string() + ".d");
        EXPECT_FALSE(copyWorkspace(from, to));
    }
    ASSERT_TRUE(copyWorkspace(from, to));
    EXPECT_EQ(Store::open(to)->count({}).value(), 3);
    EXPECT_FALSE(fs::exists(to.string() + ".copy"));
}

} // namespace
} // namespace vitrine
