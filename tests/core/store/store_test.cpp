#include "core/store/store.h"

#include "core/jobs/bundle/bundle.h"
#include "tests/support/raw_database.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <fstream>

// Structs are filled here by the few fields that a test is about.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace vitrine
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using tests::sampleRun;
using tests::uidOf;

struct StoreTest : testing::Test {
    tests::TemporaryFolder folder;
    std::filesystem::path path = folder.path / "home.vitrine";
    Store store = Store::open(path).value();

    RunRecord withArtifact(RunRecord run, const std::string& bytes)
    {
        const auto file = folder.path / (run.uid + ".bin");
        std::ofstream(file) << bytes;
        run.result.artifacts = {{"data.bin", "tensors", file, "", 0, Origin::computed}};
        return run;
    }
};

TEST_F(StoreTest, AStoredRunComesBackAsItWas)
{
    const RunRecord run = withArtifact(sampleRun(1), "bytes");

    const auto number = store.import(run);
    ASSERT_TRUE(number.has_value()) << number.error().message;
    const auto back = store.load(*number);

    ASSERT_TRUE(back.has_value()) << back.error().message;
    EXPECT_TRUE(compareComputed(run, *back).size() <= 1); // the artifact's hash was unknown before
    EXPECT_EQ(back->params, run.params);
    EXPECT_EQ(back->result.tables, run.result.tables);
    EXPECT_EQ(back->result.inputs, run.result.inputs);
    EXPECT_EQ(back->result.notes, run.result.notes);
    EXPECT_EQ(back->started, run.started);
    EXPECT_EQ(back->seconds, run.seconds);
    EXPECT_EQ(back->tags, run.tags);
    EXPECT_EQ(back->result.artifacts.at(0).path,
              store.artifactPath(back->result.artifacts[0].sha256).value());
    EXPECT_TRUE(store.verify(*number).has_value());
    EXPECT_EQ(Store::open(path).value().loadUid(run.uid)->number, *number);
}

TEST_F(StoreTest, ARunIsImportedOnce)
{
    const auto first = store.import(sampleRun(1)).value();
    const auto again = store.import(sampleRun(1)).value();

    EXPECT_EQ(first, again);
    EXPECT_EQ(store.count({}).value(), 1);
}

TEST_F(StoreTest, ALaterAttemptTakesThePlaceOfAPausedOne)
{
    RunRecord run = sampleRun(1);
    run.state = RunState::paused;
    const auto number = store.import(run).value();
    ASSERT_TRUE(store.setTags(number, {"keep"}).has_value());

    run.state = RunState::done;
    run.started = "2031-01-01T00:00:00.000Z";
    run.result.metrics[0].value = 77;
    EXPECT_EQ(store.import(run).value(), number);
    EXPECT_EQ(store.load(number)->state, RunState::done);
    EXPECT_EQ(store.load(number)->result.metrics[0].value, 77);
    EXPECT_THAT(store.load(number)->tags, ElementsAre("keep"));

    run.started = "2032-01-01T00:00:00.000Z";
    run.state = RunState::failed; // what is done stays done
    EXPECT_EQ(store.import(run).value(), number);
    EXPECT_EQ(store.load(number)->state, RunState::done);
}

// The clock may have gone back since: attempts are counted.
TEST_F(StoreTest, ALaterAttemptIsLaterWhateverTheClockSays)
{
    RunRecord run = sampleRun(1);
    run.state = RunState::paused;
    run.attempt = 1;
    run.started = "2099-01-01T00:00:00.000Z";
    const auto number = store.import(run).value();
    EXPECT_EQ(store.attempts(run.uid).value(), 1);

    run.started = "2030-01-01T00:00:00.000Z";
    run.state = RunState::cancelled;
    run.attempt = 2;
    EXPECT_EQ(store.import(run).value(), number);
    EXPECT_EQ(store.load(number)->state, RunState::cancelled);
    EXPECT_EQ(store.attempts(run.uid).value(), 2);

    run.started = "2100-01-01T00:00:00.000Z";
    run.state = RunState::paused;
    run.attempt = 1; // an earlier one that comes in late
    EXPECT_EQ(store.import(run).value(), number);
    EXPECT_EQ(store.load(number)->state, RunState::cancelled);

    run.started = "2029-01-01T00:00:00.000Z";
    run.state = RunState::done;
    run.attempt = 3;
    EXPECT_EQ(store.import(run).value(), number);
    EXPECT_EQ(store.load(number)->state, RunState::done);
    EXPECT_EQ(store.load(number)->attempt, 3);
    EXPECT_EQ(store.attempts(tests::uidOf(5)).value(), 0);
}

TEST_F(StoreTest, AResultIsKeptThatAnEarlierVersionHasNotCounted)
{
    RunRecord run = sampleRun(1);
    run.state = RunState::paused;
    run.started = "2099-01-01T00:00:00.000Z";
    const auto number = store.import(run).value();

    run.state = RunState::done;
    run.started = "2030-01-01T00:00:00.000Z";
    EXPECT_EQ(store.import(run).value(), number);
    EXPECT_EQ(store.load(number)->state, RunState::done);
}

TEST_F(StoreTest, WordsAreFoundWhereverTheyStand)
{
    RunRecord run = sampleRun(1);
    run.params.set("prompt_file", std::string("/texts/speech-2016.txt"));
    const auto one = store.import(run).value();
    const auto two = store.import(sampleRun(2)).value();
    ASSERT_TRUE(store.setTags(two, {"paper"}).has_value());
    ASSERT_TRUE(store.setNote(two, "the odd one % _ \"'").has_value());

    const auto found = [&](const std::string& text) {
        std::vector<std::int64_t> numbers;
        const auto runs = store.find({.text = text});
        EXPECT_TRUE(runs.has_value()) << runs.error().message;
        for (const auto& summary : runs.value())
            numbers.push_back(summary.number);
        return numbers;
    };
    EXPECT_THAT(found("speech-2016"), ElementsAre(one));
    EXPECT_THAT(found("spee 2016.txt"), ElementsAre(one));
    EXPECT_THAT(found("PAPER"), ElementsAre(two));
    EXPECT_THAT(found("odd"), ElementsAre(two));
    EXPECT_THAT(found("test.sample"), ElementsAre(two, one));
    EXPECT_THAT(found("speech paper"), ElementsAre());
    for (const char* hostile : {"\"", "'", "*", "NEAR(", "a\"b OR", "-", "%", "AND", ") OR ("})
        (void)found(hostile); // never an error
    ASSERT_TRUE(store.setNote(two, "plain").has_value());
    EXPECT_THAT(found("odd"), ElementsAre());
}

TEST_F(StoreTest, RunsAreFilteredAndSorted)
{
    for (int i = 1; i <= 5; ++i) {
        RunRecord run = sampleRun(i);
        run.state = i == 3 ? RunState::failed : RunState::done;
        run.result.metrics[0].value = i == 4 ? std::nan("") : 10.0 - i;
        ASSERT_TRUE(store.import(run).has_value());
    }
    const auto numbers = [&](const RunQuery& query) {
        std::vector<std::int64_t> found;
        const auto runs = store.find(query).value();
        for (const auto& run : runs)
            found.push_back(run.number);
        return found;
    };
    EXPECT_THAT(numbers({.state = RunState::failed}), ElementsAre(3));
    EXPECT_THAT(numbers({.sortBy = "metric:x", .descending = false}), ElementsAre(5, 3, 2, 1, 4));
    EXPECT_THAT(numbers({.limit = 2, .offset = 1}), ElementsAre(4, 3));
    const auto runs = store.find({.metrics = {"x"}, .limit = 1}).value();
    EXPECT_EQ(runs.at(0).metrics.at(0).second, 5.0);
    EXPECT_FALSE(store.find({.sortBy = "colour; DROP TABLE runs"}).has_value());
}

TEST_F(StoreTest, EqualArtifactsShareOneFile)
{
    const auto one = store.import(withArtifact(sampleRun(1), "same")).value();
    const auto two = store.import(withArtifact(sampleRun(2), "same")).value();
    const auto file = store.load(one)->result.artifacts[0].path;
    EXPECT_EQ(file, store.load(two)->result.artifacts[0].path);

    ASSERT_TRUE(store.remove(one).has_value());
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_TRUE(store.verify(two).has_value());
    ASSERT_TRUE(store.remove(two).has_value());
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_EQ(store.count({}).value(), 0);
    EXPECT_FALSE(store.remove(two).has_value());
}

TEST_F(StoreTest, VerifyNoticesAFlippedByte)
{
    const auto number = store.import(withArtifact(sampleRun(1), "bytes")).value();
    const auto file = store.load(number)->result.artifacts[0].path;

    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary) << 'B';
    auto verified = store.verify(number);
    ASSERT_FALSE(verified.has_value());
    EXPECT_THAT(verified.error().message, HasSubstr("altered"));

    std::filesystem::remove(file);
    verified = store.verify(number);
    ASSERT_FALSE(verified.has_value());
    EXPECT_THAT(verified.error().message, HasSubstr("missing"));
}

TEST_F(StoreTest, RunsAreNamedByNumberOrUid)
{
    const auto number = store.import(sampleRun(1)).value();

    EXPECT_EQ(store.resolve("1").value(), number);
    EXPECT_EQ(store.resolve(uidOf(1)).value(), number);
    EXPECT_EQ(store.resolve(uidOf(1).substr(0, 31)).value(), number);
    for (const char* name : {"2", "", "abc", "ffff", "-1", "1 ", "99999999999999999999"})
        EXPECT_FALSE(store.resolve(name).has_value()) << name;
    ASSERT_TRUE(store.import(sampleRun(2)).has_value());
    EXPECT_FALSE(store.resolve(uidOf(1).substr(0, 8)).has_value()); // two runs begin so
}

TEST_F(StoreTest, ForeignCommitsAreNoticed)
{
    auto other = Store::open(path).value();
    const auto before = store.changeCounter();
    EXPECT_EQ(store.changeCounter(), before);

    ASSERT_TRUE(other.import(sampleRun(1)).has_value());
    const auto after = store.changeCounter();
    EXPECT_NE(after, before);
    ASSERT_TRUE(store.setNote(1, "x").has_value());
    EXPECT_NE(store.changeCounter(), after);
}

TEST_F(StoreTest, ANewerSchemaIsRefused)
{
    tests::tamper(path, "PRAGMA user_version=99");

    const auto opened = Store::open(path);

    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, ErrorKind::input);
    EXPECT_THAT(opened.error().message, HasSubstr("newer Vitrine"));
}

TEST_F(StoreTest, AFileThatIsNoWorkspaceIsRefused)
{
    std::ofstream(folder.path / "poem.vitrine") << std::string(5000, 'x');
    const auto opened = Store::open(folder.path / "poem.vitrine");
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, ErrorKind::input);
}

TEST_F(StoreTest, ExportWritesPlainFiles)
{
    const auto number = store.import(withArtifact(sampleRun(1), "bytes")).value();

    ASSERT_TRUE(exportRun(store.load(number).value(), folder.path / "out").has_value());

    const auto text = [&](const char* name) {
        std::ifstream file(folder.path / "out" / name);
        return std::string{std::istreambuf_iterator<char>(file), {}};
    };
    EXPECT_EQ(text("data.bin"), "bytes");
    EXPECT_EQ(text("metrics.csv"),
              "name,value,unit,origin\nx,0.30000000000000004,1,computed\nt,2.5,s,measured\n");
    EXPECT_EQ(text("pairs.csv"), "a,b\n1,\"x, \"\"y\"\"\"\n0.5,\n");
    EXPECT_THAT(text("parameters.csv"), HasSubstr("prompt,hello 1\n"));
    EXPECT_FALSE(
        exportRun(store.load(number).value(), folder.path / "out").has_value()); // not empty
}

TEST_F(StoreTest, AnExportedTableGivesWayToAFileOfItsName)
{
    RunRecord run = withArtifact(sampleRun(1), "bytes");
    run.result.artifacts[0].name = "pairs.csv";
    const auto number = store.import(run).value();

    const auto done = exportRun(store.load(number).value(), folder.path / "out");

    ASSERT_TRUE(done.has_value()) << done.error().message;
    std::ifstream file(folder.path / "out" / "pairs.csv");
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>(file), {}}), "bytes");
    EXPECT_TRUE(std::filesystem::exists(folder.path / "out" / "table-pairs.csv"));
}

TEST(CompareComputed, SeesOneBitAndIgnoresMeasuredValues)
{
    const RunRecord a = sampleRun(1);
    RunRecord b = sampleRun(1);
    EXPECT_TRUE(compareComputed(a, b).empty());

    b.result.metrics[1].value = 99; // measured
    EXPECT_TRUE(compareComputed(a, b).empty());
    b.result.metrics[0].value = std::nextafter(b.result.metrics[0].value, 1);
    b.result.tables[0].rows[1][0] = 0.25;
    EXPECT_THAT(compareComputed(a, b),
                ElementsAre(HasSubstr("metric x"), HasSubstr("table pairs")));
}

// A version that tells more of each row says so, and the values of both are compared all the same.
TEST(CompareComputed, NamesColumnsThatOneRunAloneHas)
{
    const RunRecord a = sampleRun(1);
    RunRecord b = sampleRun(1);
    Table& table = b.result.tables[0];
    table.columns.push_back({"stream", "", {}, ""});
    for (auto& row : table.rows)
        row.emplace_back(std::string("a.mkv"));
    EXPECT_THAT(compareComputed(a, b),
                ElementsAre("table pairs: column stream only in the second run"));
    EXPECT_THAT(compareComputed(b, a),
                ElementsAre("table pairs: column stream only in the first run"));

    table.rows[1][0] = 0.25;
    EXPECT_THAT(compareComputed(a, b),
                ElementsAre(HasSubstr("column stream"), HasSubstr("1 cells differ; row 1, a")));

    std::swap(table.columns[0], table.columns[1]);
    EXPECT_THAT(compareComputed(a, b), ElementsAre(HasSubstr("or other columns")));
}

// Of files above 1 GiB earlier versions hashed only the ends: equal hashes of that kind say
// nothing.
TEST(CompareInputs, DoesNotTakeEqualEndsForEqualFiles)
{
    const RunRecord whole = sampleRun(1);
    RunRecord other = whole, part = whole;
    EXPECT_TRUE(compareInputs(whole, whole).empty());
    EXPECT_TRUE(incomparableInputs(whole).empty());

    other.result.inputs[0].sha256 = std::string(64, 'b');
    EXPECT_THAT(compareInputs(whole, other),
                ElementsAre(HasSubstr("input model (/m): the bytes differ")));

    part.result.inputs[0].sha256 = "part:" + std::string(64, 'a');
    for (const auto& lines :
         {compareInputs(part, part), compareInputs(whole, part), incomparableInputs(part)})
        EXPECT_THAT(lines, ElementsAre(HasSubstr("input model (/m): cannot be compared")));
}

TEST_F(StoreTest, ARunWithAHashOfTheEndsIsStillRead)
{
    RunRecord run = sampleRun(1);
    run.result.inputs[0].sha256 = "part:" + std::string(64, 'a');
    const auto number = store.import(run).value();
    const auto twin = sampleRun(2);
    ASSERT_TRUE(store.import(twin));

    EXPECT_EQ(store.load(number)->result.inputs, run.result.inputs);
    EXPECT_EQ(parseBundleJson(bundleJson(run))->result.inputs, run.result.inputs);
}

TEST(StoreSpeed, FindsAmongManyRuns)
{
    const tests::TemporaryFolder folder;
    auto store = Store::open(folder.path / "many.vitrine").value();
    const int runs =
        std::getenv("VITRINE_MANY_RUNS") ? std::atoi(std::getenv("VITRINE_MANY_RUNS")) : 300;
    for (int i = 1; i <= runs; ++i)
        ASSERT_TRUE(store.import(sampleRun(i)).has_value());

    for (const auto& [what, query] : std::vector<std::pair<std::string, RunQuery>>{
             {"newest 1,000", {}},
             {"one word that all have", {.text = "sample"}},
             {"one word that one has", {.text = "hello " + std::to_string(runs)}},
             {"nothing", {.text = "absent"}},
             {"by state", {.state = RunState::done}},
             {"sorted by a metric", {.sortBy = "metric:x"}},
             {"with a metric", {.metrics = {"x"}}}}) {
        const auto start = std::chrono::steady_clock::now();
        const auto found = store.find(query);
        const auto count = store.count(query);
        const auto took =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start);
        ASSERT_TRUE(found.has_value() && count.has_value());
        std::printf("%d runs, %s: %lld found in %.1f ms\n", runs, what.c_str(),
                    static_cast<long long>(*count), took.count());
    }
}

} // namespace
} // namespace vitrine
