// Runs whose stored rows are not sound: shown as far as they are, with a line about what is not.
#include "core/store/rows.h"

#include "core/store/compression.h"
#include "core/store/run_index.h"
#include "core/store/store.h"
#include "tests/support/raw_database.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace vitrine
{
namespace
{

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

struct UnsoundRun : testing::Test {
    tests::TemporaryFolder folder;
    std::filesystem::path path = folder.path / "a.vitrine";

    UnsoundRun()
    {
        Store store = Store::open(path).value();
        for (int i = 1; i <= 2; ++i)
            EXPECT_TRUE(store.import(tests::sampleRun(i)));
    }

    RunRecord loadAfter(const std::string& sql) const
    {
        tests::tamper(path, sql);
        Store store = Store::open(path).value();
        EXPECT_EQ(store.load(2)->result.tables,
                  tests::sampleRun(2).result.tables); // the other run is as it was
        EXPECT_FALSE(store.verify(1));
        auto run = store.load(1);
        EXPECT_TRUE(run) << run.error().message;
        return run.value_or(RunRecord());
    }

    std::string storeFrame(const std::string& text) const
    {
        std::string hex;
        for (const unsigned char c : compressed(text))
            hex += fmt::format("{:02x}", c);
        return "UPDATE tables SET data = x'" + hex + "' WHERE run = 1";
    }
};

TEST_F(UnsoundRun, ATextWhereANumberBelongsIsNoNumber)
{
    const RunRecord run =
        loadAfter("UPDATE metrics SET value = 'abc' WHERE run = 1 AND name = 'x'");

    EXPECT_EQ(run.result.metric("x"), nullptr);
    EXPECT_NE(run.result.metric("t"), nullptr);
    EXPECT_THAT(
        run.result.notes,
        ElementsAre("the stored metric \"x\" is left out: its value is not a number", "a note"));

    RunQuery query;
    query.metrics = {"x"};
    const std::vector<RunSummary> found = Store::open(path)->find(query).value();
    for (const RunSummary& summary : found)
        EXPECT_EQ(std::isnan(summary.metrics.at(0).second), summary.number == 1);
    auto index = RunIndex::open(path).value();
    const std::vector<std::int64_t> numbers = {1, 2};
    EXPECT_TRUE(std::isnan(index.values("x", numbers)->at(0)));
    EXPECT_EQ(index.values("x", numbers)->at(1), 0.1 + 0.2);
}

TEST_F(UnsoundRun, AParameterThatIsNoValueIsLeftOut)
{
    const RunRecord run =
        loadAfter("UPDATE parameters SET value = '{\"a\":' WHERE run = 1 AND name = 'tau'");

    EXPECT_FALSE(run.params.has("tau"));
    EXPECT_TRUE(run.params.has("prompt"));
    EXPECT_THAT(run.result.notes, Contains(HasSubstr("the stored parameter \"tau\" is left out")));

    // Neither sorting and searching by it, nor writing to the run, minds.
    Store store = Store::open(path).value();
    RunQuery query;
    query.sortBy = "param:tau";
    EXPECT_EQ(store.find(query)->size(), 2u);
    query.filter = parseFilter("tau=0.1");
    EXPECT_EQ(store.find(query)->size(), 1u);
    EXPECT_TRUE(store.setNote(1, "odd"));
    EXPECT_TRUE(store.remove(1));
}

TEST_F(UnsoundRun, ATableThatUnpacksToGigabytesIsRefusedUnpacked)
{
    const std::uint64_t most = std::uint64_t{128} << 20;
    const RunRecord run = loadAfter(storeFrame(std::string(most + 1, ' ')));

    EXPECT_TRUE(run.result.tables.empty());
    EXPECT_THAT(run.result.notes,
                Contains(HasSubstr("the stored table \"pairs\" is left out: it unpacks to")));
}

TEST_F(UnsoundRun, ManyTablesTogetherAreBoundedToo)
{
    std::string text = R"({"name":"pairs","columns":[{"name":"a"}],"rows":[["x"]]})";
    text += std::string((std::size_t{80} << 20) - text.size(), ' ');
    std::string sql = storeFrame(text);
    for (int i = 1; i <= 3; ++i)
        sql += fmt::format("; INSERT INTO tables SELECT 1, {}, 'pairs', data FROM tables WHERE run "
                           "= 1 AND position = 0",
                           i);
    const RunRecord run = loadAfter(sql);

    EXPECT_EQ(run.result.tables.size(), 1u);
    EXPECT_THAT(run.result.notes,
                Contains(HasSubstr("it unpacks to 83886080 bytes, at most 50331648")));
}

TEST_F(UnsoundRun, ATableInAnothersPlaceIsLeftOut)
{
    const RunRecord run = loadAfter("UPDATE tables SET name = 'other' WHERE run = 1");
    EXPECT_TRUE(run.result.tables.empty());
    EXPECT_THAT(
        run.result.notes,
        Contains("the stored table \"other\" is left out: another table lies in its place"));
}

TEST_F(UnsoundRun, LinesAboutItStayFew)
{
    const RunRecord run =
        loadAfter("DELETE FROM metrics WHERE run = 1;"
                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
                  "INSERT INTO metrics SELECT 1, i, 'm' || i, x'00', '', 'computed', '' FROM n");
    EXPECT_EQ(run.result.notes.size(), 12u);
    EXPECT_EQ(run.result.notes.at(10), "4990 more stored values are left out");
}

TEST_F(UnsoundRun, ARunOfNoStateIsListedAndNotLoaded)
{
    tests::tamper(path, "UPDATE runs SET state = 'asleep' WHERE number = 1");
    Store store = Store::open(path).value();

    const auto runs = store.find({}).value();
    ASSERT_EQ(runs.size(), 2u);
    EXPECT_EQ(runs[1].state, RunState::failed);
    EXPECT_EQ(runs[1].error, "not sound: its state is none");
    EXPECT_THAT(store.load(1).error().message, HasSubstr("run 1 of the workspace"));
    EXPECT_TRUE(store.load(2));
}

} // namespace
} // namespace vitrine
