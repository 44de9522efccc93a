#include "core/store/schema.h"

#include "core/store/store.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runs.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

// What schemas 2 and 3 added, taken away again: a workspace as the first version wrote it.
constexpr const char* kBackToVersion1 = R"sql(
DROP TABLE revisions;
DROP INDEX runs_by_revision;
ALTER TABLE runs DROP COLUMN revision;
ALTER TABLE runs DROP COLUMN attempt;
DROP INDEX runs_listed;
DROP INDEX runs_by_parent;
DROP INDEX metrics_by_name;
DROP INDEX parameters_by_name;
DROP INDEX inputs_by_hash;
CREATE INDEX metrics_by_value ON metrics (name, value, run);
PRAGMA user_version=1;
PRAGMA application_id=0;
)sql";

TEST(Schema, AWorkspaceOfTheFirstVersionIsMigratedWithEverythingInIt)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "old.vitrine";
    {
        Store store = Store::open(path).value();
        for (int i = 1; i <= 3; ++i)
            ASSERT_TRUE(store.import(tests::sampleRun(i)));
        ASSERT_TRUE(store.setNote(2, "mine"));
    }
    {
        const auto database = Database::open(path).value();
        const auto back = database.execute(kBackToVersion1);
        ASSERT_TRUE(back) << back.error().message;
    }

    auto store = Store::open(path);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(store->count({}).value(), 3);
    EXPECT_EQ(store->load(2)->note, "mine");
    EXPECT_EQ(store->load(3)->result.tables, tests::sampleRun(3).result.tables);
    RunQuery byMetric;
    byMetric.sortBy = "metric:x";
    EXPECT_EQ(store->find(byMetric)->size(), 3u);

    const auto before = store->changeCounter();
    EXPECT_EQ(store->import(tests::sampleRun(4)).value(), 4);
    EXPECT_NE(store->changeCounter(), before);
}

} // namespace
} // namespace vitrine
