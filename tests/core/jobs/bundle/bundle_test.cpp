#include "core/jobs/bundle/bundle.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/rounds.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

namespace vitrine
{
namespace
{

using testing::HasSubstr;

RunRecord sampleRun(const std::filesystem::path& artifact)
{
    std::ofstream(artifact) << "some bytes";
    RunRecord run;
    run.uid = "0123456789abcdef0123456789abcdef";
    run.experiment = "test.sample";
    run.plugin = "test";
    run.params.set("tau", 0.1);
    run.params.set("whole", 2.0);
    run.params.set("steps", std::int64_t{3});
    run.params.set("on", true);
    run.params.set("text", std::string("ünï \"q\"\n"));
    run.params.set("list", std::vector<std::int64_t>{});
    run.started = "2024-05-01T12:00:00.000Z";
    run.seconds = 1.25;
    run.state = RunState::done;
    run.tags = {"a", "b"};
    run.note = "mine";
    run.parent = "ffffffffffffffffffffffffffffffff";
    run.result.metrics = {
        {"x", 0.1 + 0.2, "1", Origin::computed, "sum"},
        {"t", 1e-300, "s", Origin::measured, ""},
        {"none", std::numeric_limits<double>::quiet_NaN(), "1", Origin::computed, ""}};
    run.result.tables = {{"t",
                          {{"a", "1", Origin::computed, ""}, {"b", "", Origin::measured, "h"}},
                          {{std::int64_t{1}, std::string("x")}, {-0.0, std::monostate{}}}}};
    run.result.artifacts = {{"data.bin", "tensors", artifact, "", 0, Origin::computed}};
    run.result.inputs = {{"model", "/m", std::string(64, 'a'), 5}};
    run.result.notes = {"a note"};
    return run;
}

TEST(Bundle, ReadsBackWhatWasWritten)
{
    const tests::TemporaryFolder folder;
    RunRecord run = sampleRun(folder.path / "somewhere.bin");

    ASSERT_TRUE(writeBundle(folder.path / "bundle", run).has_value());
    const auto back = readBundle(folder.path / "bundle");

    ASSERT_TRUE(back.has_value()) << back.error().message;
    EXPECT_EQ(back->uid, run.uid);
    EXPECT_EQ(back->params, run.params);
    EXPECT_EQ(back->result.tables, run.result.tables);
    EXPECT_EQ(back->result.artifacts, run.result.artifacts);
    EXPECT_EQ(back->result.inputs, run.result.inputs);
    EXPECT_EQ(back->result.notes, run.result.notes);
    EXPECT_EQ(back->tags, run.tags);
    EXPECT_EQ(back->parent, run.parent);
    ASSERT_EQ(back->result.metrics.size(), 3u);
    EXPECT_EQ(back->result.metrics[0], run.result.metrics[0]);
    EXPECT_EQ(back->result.metrics[1], run.result.metrics[1]);
    EXPECT_TRUE(std::isnan(back->result.metrics[2].value));
    EXPECT_EQ(dumpJson(bundleJson(*back)), dumpJson(bundleJson(run)));
}

TEST(Bundle, AnAlteredOrMissingArtifactIsNoticed)
{
    const tests::TemporaryFolder folder;
    RunRecord run = sampleRun(folder.path / "somewhere.bin");
    ASSERT_TRUE(writeBundle(folder.path / "bundle", run).has_value());
    const auto artifact = folder.path / "bundle/artifacts/data.bin";

    std::ofstream(artifact) << "sone bytes";
    auto back = readBundle(folder.path / "bundle");
    ASSERT_FALSE(back.has_value());
    EXPECT_THAT(back.error().message, HasSubstr("SHA-256 differs"));

    std::filesystem::remove(artifact);
    back = readBundle(folder.path / "bundle");
    ASSERT_FALSE(back.has_value());
    EXPECT_THAT(back.error().message, HasSubstr("is missing"));
}

TEST(Bundle, AnArtifactCannotLeaveItsFolder)
{
    const tests::TemporaryFolder folder;
    RunRecord run = sampleRun(folder.path / "somewhere.bin");
    for (const char* name : {"../run.json", "a/b", "..", "", "a\nb"}) {
        run.result.artifacts[0].name = name;
        EXPECT_FALSE(writeBundle(folder.path / "bundle", run).has_value()) << name;
        EXPECT_FALSE(parseBundleJson(bundleJson(run)).has_value()) << name;
    }
}

// Every field of a valid run.json in turn replaced by something it must not be: no crash, and an
// error or a record.
TEST(Bundle, MalformedFieldsAreRefused)
{
    const tests::TemporaryFolder folder;
    const Json good = bundleJson(sampleRun(folder.path / "x.bin"));
    const Json wrong = {{"uid", 5},
                        {"experiment", Json::array()},
                        {"parameters", "x"},
                        {"seconds", "long"},
                        {"metrics", Json::object()},
                        {"state", "asleep"},
                        {"format", 2},
                        {"threads", -1},
                        {"exit_code", 18446744073709551615u}};
    for (const auto& [key, value] : wrong.items()) {
        Json bad = good;
        bad[key] = value;
        const auto run = parseBundleJson(bad);
        EXPECT_FALSE(run.has_value()) << key;
    }
    Json bad = good;
    bad["tables"][0]["rows"][0] = Json::array({1}); // one cell too few
    EXPECT_FALSE(parseBundleJson(bad).has_value());
    bad = good;
    bad["metrics"].push_back(bad["metrics"][0]); // twins
    EXPECT_FALSE(parseBundleJson(bad).has_value());
    for (const auto& [key, ignored] : good.items())
        for (const Json& value :
             {Json(nullptr), Json(-1), Json("x"), Json::array({Json::object()}), Json::object()}) {
            bad = good;
            bad[key] = value;
            (void)parseBundleJson(bad);
        }
}

TEST(Bundle, AFileThatIsNoBundleIsAnInputError)
{
    const tests::TemporaryFolder folder;
    for (const char* text : {"", "{", "[]", "null", "{}", "{\"format\":1}"}) {
        ASSERT_TRUE(writeFileAtomically(folder.path / "run.json", text).has_value());
        const auto run = readBundle(folder.path);
        ASSERT_FALSE(run.has_value()) << text;
        EXPECT_EQ(run.error().kind, ErrorKind::input);
        EXPECT_EQ(run.error().message.find('\n'), std::string::npos);
    }
}

// A run.json of hundreds of megabytes is refused before it is read: the file has holes and takes no
// room.
TEST(Bundle, ALargeRunJsonIsRefusedBySize)
{
    const tests::TemporaryFolder folder;
    std::ofstream(folder.path / "run.json") << '{';
    std::filesystem::resize_file(folder.path / "run.json", std::uintmax_t{500} << 20);

    const auto run = readBundle(folder.path);

    ASSERT_FALSE(run.has_value());
    EXPECT_THAT(run.error().message,
                HasSubstr("run.json: it has 524288000 bytes, at most 134217728"));
}

TEST(Bundle, AResultThatCouldNotBeReadBackIsNotWritten)
{
    if (tests::rounds(20) != 20)
        GTEST_SKIP() << "takes seconds and half a gigabyte: with VITRINE_TEST_FULL=1";
    const tests::TemporaryFolder folder;
    RunRecord run = sampleRun(folder.path / "somewhere.bin");
    run.result.notes = {std::string(kRunJsonBytes, 'x')};

    const auto written = writeBundle(folder.path / "bundle", run);

    ASSERT_FALSE(written.has_value());
    EXPECT_THAT(written.error().message, HasSubstr("too large to be kept"));
    EXPECT_FALSE(std::filesystem::exists(folder.path / "bundle/run.json"));
}

TEST(Bundle, WholeNumbersBeyondSixtyThreeBitsDoNotWrap)
{
    const tests::TemporaryFolder folder;
    Json json = bundleJson(sampleRun(folder.path / "x.bin"));
    json["tables"][0]["rows"][0][0] = 18446744073709551615u;
    json["parameters"]["steps"] = 18446744073709551615u;
    const auto run = parseBundleJson(json);
    ASSERT_TRUE(run.has_value()) << run.error().message;
    EXPECT_EQ(std::get<double>(run->result.tables[0].rows[0][0]), 18446744073709551615.0);
    EXPECT_EQ(std::get<double>(run->params.all().at("steps")), 18446744073709551615.0);
}

// Above 1 GiB too, where once only the ends were: a checkpoint changed in the middle is another
// file.
TEST(HashInput, SeesAChangeInTheMiddleOfALargeFile)
{
    const tests::TemporaryFolder folder;
    const auto file = folder.path / "model.bin";
    std::ofstream(file) << "begin";
    std::filesystem::resize_file(file, (std::uintmax_t{1} << 30) + 4096); // holes
    const auto before = hashInput("model", file);
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(1 << 29) << 'x';
    const auto after = hashInput("model", file);

    ASSERT_TRUE(before.has_value() && after.has_value());
    EXPECT_EQ(before->sha256.size(), 64u);
    EXPECT_NE(before->sha256, after->sha256);
}

TEST(HashInput, OfALargeFileIsToldAndCanBeStopped)
{
    struct Told : QuietProgress {
        bool advance(double done, double total, std::string_view what) override
        {
            words = what;
            share = done / total;
            return false;
        }
        std::string words;
        double share = 0;
    } progress;
    const tests::TemporaryFolder folder;
    const auto file = folder.path / "model.bin";
    std::ofstream(file).flush();
    std::filesystem::resize_file(file, std::uintmax_t{256} << 20);

    const auto input = hashInput("model", file, &progress);

    ASSERT_FALSE(input.has_value());
    EXPECT_EQ(input.error().kind, ErrorKind::cancelled);
    EXPECT_EQ(progress.words, "bytes of model.bin");
    EXPECT_LT(progress.share, 0.5);
}

} // namespace
} // namespace vitrine
