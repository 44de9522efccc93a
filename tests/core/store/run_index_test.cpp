// The index against the database's own answers, which are slower and plainer.
#include "core/store/run_index.h"

#include "tests/support/many_runs.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace vitrine
{
namespace
{

using testing::ElementsAre;

struct RunIndexTest : testing::Test {
    static constexpr int kRuns = 60;

    RunIndexTest()
    {
        EXPECT_TRUE(tests::makeManyRuns(store, kRuns));
        RunRecord odd = tests::oneOfMany(kRuns); // what ordinary runs do not have
        odd.params.set("codec", 7.0);
        odd.params.set("kbps", std::string("as the metric"));
        odd.result.metrics[0].value = std::nan("");
        odd.params.set("layers", std::vector<std::int64_t>{1, 2, 3});
        odd.params.set("flag", true);
        odd.result.inputs = {{"model", "/m", std::string(64, 'b'), 5}};
        EXPECT_TRUE(store.import(odd));
    }

    std::vector<std::int64_t> slow(RunQuery query)
    {
        query.limit = 100'000;
        const auto runs = store.find(query);
        EXPECT_TRUE(runs.has_value()) << runs.error().message;
        std::vector<std::int64_t> numbers;
        for (const auto& run : runs.value())
            numbers.push_back(run.number);
        return numbers;
    }

    tests::TemporaryFolder folder;
    std::filesystem::path path = folder.path / "w.vitrine";
    Store store = Store::open(path).value();
    RunIndex index = RunIndex::open(path).value();
};

TEST_F(RunIndexTest, FindsWhatTheDatabaseFindsForEveryCombinationOfTerms)
{
    const std::vector<std::string> terms = {"psnr_y>40",
                                            "psnr_y<=40.5",
                                            "crf=20",
                                            "crf!=20",
                                            "crf:21",
                                            "codec:X26",
                                            "codec=x264",
                                            "codec!=x264",
                                            "codec:7",
                                            "codec>6",
                                            "kbps:metric",
                                            "kbps>2000",
                                            "kbps!=as",
                                            "layers:2,3",
                                            "layers=1,2,3",
                                            "flag:true",
                                            "has:psnr_y",
                                            "input:bb",
                                            "input:bbbbc",
                                            "has:flag,layers",
                                            "state:failed",
                                            "state:done,failed",
                                            "tag:paper",
                                            "experiment:video",
                                            "experiment:video.compare,attention",
                                            "date>2026-01-01",
                                            "date:2026-01-01",
                                            "date<2026-01-01T00:30",
                                            "date!=2026-01",
                                            "date>=2026-01-01T00:10:10",
                                            "seconds>1",
                                            "run<=30",
                                            "run!=3",
                                            "stories",
                                            "x26",
                                            "\"clip ends\"",
                                            "absent",
                                            "·",
                                            "nothing>3",
                                            "nothing!=3",
                                            "nothing:x"};
    const std::vector<std::string> orders = {"number",      "started",   "seconds",
                                             "experiment",  "state",     "metric:psnr_y",
                                             "param:codec", "param:crf", "metric:absent"};
    std::mt19937 random(7);
    std::size_t found = 0;
    for (int round = 0; round < 600; ++round) {
        std::string text;
        for (int i = 0; i <= round % 3; ++i)
            text +=
                std::string(random() % 4 == 0 ? "-" : "") + terms[random() % terms.size()] + " ";
        if (round < static_cast<int>(terms.size()))
            text = terms[static_cast<std::size_t>(round)];
        RunQuery query;
        query.filter = parseFilter(text);
        ASSERT_TRUE(query.filter.problems.empty()) << text;
        query.sortBy = orders[random() % orders.size()];
        query.descending = random() % 2 == 0;

        const auto quick = index.find(query);

        ASSERT_TRUE(quick.has_value()) << quick.error().message;
        ASSERT_EQ(*quick, slow(query)) << text << " by " << query.sortBy << query.descending;
        EXPECT_EQ(static_cast<std::int64_t>(quick->size()), store.count(query).value());
        found += quick->size();
    }
    EXPECT_GT(found, 3000u); // the terms are about these runs
}

TEST_F(RunIndexTest, SeesWhatOthersHaveChanged)
{
    RunQuery tagged;
    tagged.filter = parseFilter("tag:new");
    RunQuery noted;
    noted.filter = parseFilter("remarkable");
    RunQuery bright;
    bright.filter = parseFilter("psnr_y>90");
    ASSERT_TRUE(index.find(bright)->empty()); // the column is read
    auto other = Store::open(path).value();

    const std::int64_t two[] = {2, 5};
    ASSERT_TRUE(other.changeTags(two, {"new"}, {"paper"}).has_value());
    ASSERT_TRUE(other.setNote(3, "remarkable").has_value());
    RunRecord added = tests::oneOfMany(5000);
    added.result.metrics[0].value = 99;
    const auto number = other.import(added).value();

    EXPECT_THAT(index.find(tagged).value(), ElementsAre(5, 2));
    EXPECT_THAT(index.find(noted).value(), ElementsAre(3));
    EXPECT_THAT(index.find(bright).value(), ElementsAre(number));
    ASSERT_TRUE(other.remove(5).has_value());
    EXPECT_THAT(index.find(tagged).value(), ElementsAre(2));
    EXPECT_EQ(index.find({})->size(), static_cast<std::size_t>(kRuns + 1));
    EXPECT_FALSE(index.refresh().value());
}

TEST_F(RunIndexTest, GivesColumnsForPlots)
{
    const std::int64_t numbers[] = {kRuns + 1, 1, 77777};
    const auto run = store.load(1).value();

    const auto quality = index.values("psnr_y", numbers).value();
    const auto started = index.values("started", numbers).value();

    EXPECT_TRUE(std::isnan(quality[0])); // stored as no value
    EXPECT_EQ(quality[1], run.result.metric("psnr_y")->value);
    EXPECT_TRUE(std::isnan(quality[2])); // there is no such run
    EXPECT_EQ(index.values("crf", numbers).value()[1], run.params.real("crf"));
    EXPECT_NEAR(started[1], 20454, 1); // 1 January 2026
    EXPECT_THAT(index.texts("layers", numbers).value(), ElementsAre("1,2,3", "", ""));
}

TEST_F(RunIndexTest, AnUnknownOrderIsRefused)
{
    RunQuery query;
    query.sortBy = "colour";
    EXPECT_FALSE(index.find(query).has_value());
}

TEST_F(RunIndexTest, TheVocabularyNamesWhatThereIs)
{
    const RunVocabulary words = store.vocabulary();

    EXPECT_EQ(words.metrics.size(), static_cast<std::size_t>(tests::kManyMetrics));
    EXPECT_THAT(words.params,
                ElementsAre("codec", "crf", "flag", "kbps", "layers", "model", "seed"));
    EXPECT_THAT(words.tags, ElementsAre("paper"));
    EXPECT_EQ(words.experiments.size(), 4u);
    EXPECT_EQ(store.metricNames("video.compare").size(),
              static_cast<std::size_t>(tests::kManyMetrics));
    EXPECT_TRUE(Store::open(folder.path / "empty.vitrine").value().vocabulary().metrics.empty());
}

} // namespace
} // namespace vitrine
