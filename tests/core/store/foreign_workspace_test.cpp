// Workspaces from elsewhere: whatever is stored in them, nothing outside them is read, written or
// removed.
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/jobs/worker/job_folder.h"
#include "core/store/copy_workspace.h"
#include "core/store/finished_jobs.h"
#include "core/store/store.h"
#include "tests/support/raw_database.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

// Structs are filled here by the few fields that a test is about.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

void writeText(const fs::path& path, const std::string& text)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

std::string quoted(const std::string& text)
{
    std::string hex = "CAST(x'";
    for (const unsigned char c : text)
        hex += fmt::format("{:02x}", c);
    return hex + "' AS TEXT)";
}

// Run 1 is sound and stays so; run 2 is the one that is tampered with.
struct ForeignWorkspace : testing::Test {
    tests::TemporaryFolder folder;
    fs::path path = folder.path / "in/a.vitrine";
    fs::path victims = folder.path / "victims";

    ForeignWorkspace()
    {
        fs::create_directories(path.parent_path());
        Store store = Store::open(path).value();
        for (int i = 1; i <= 2; ++i) {
            RunRecord run = tests::sampleRun(i);
            const auto file = folder.path / "in/written.bin";
            writeText(file, fmt::format("bytes {}", i));
            run.result.artifacts = {{"data.bin", "tensors", file, "", 0, Origin::computed}};
            EXPECT_TRUE(store.import(run));
        }
        fs::remove(folder.path / "in/written.bin");
        writeText(victims / "folder/file", "precious");
        writeText(victims / "file", "precious");
        writeText(victims / "bundle/run.json", "{}");
    }

    void expectVictimsUnharmed() const
    {
        EXPECT_EQ(readFile(victims / "folder/file", 100).value_or("gone"), "precious");
        EXPECT_EQ(readFile(victims / "file", 100).value_or("gone"), "precious");
        EXPECT_EQ(readFile(victims / "bundle/run.json", 100).value_or("gone"), "{}");
        std::vector<std::string> beside;
        for (const auto& entry : fs::directory_iterator(folder.path))
            beside.push_back(entry.path().filename().string());
        for (const auto& entry : fs::directory_iterator(folder.path / "in"))
            EXPECT_TRUE(entry.path().filename().string().starts_with("a.vitrine") ||
                        entry.path().filename().string().starts_with("copy.vitrine"))
                << entry.path();
        EXPECT_THAT(beside, testing::IsSubsetOf({"in", "victims", "out"}));
    }

    std::vector<std::string> hostile() const
    {
        return {"",
                ".",
                "..",
                "../../../victims/folder",
                (victims / "folder").string(),
                (victims / "file").string(),
                std::string(32, 'A'),
                std::string(64, 'A'),
                std::string("abc\0def", 7),
                tests::uidOf(2) + std::string("\0/../../../victims", 18),
                std::string(std::size_t{10} << 20, 'a'),
                "../../../victims/file"};
    }

    // Everything a person may do with run 2, and that run 1 is well.
    void useEverything() const
    {
        const auto out = folder.path / "out";
        Store store = Store::open(path).value();
        importFinished(store, [](const std::string&) {});
        const auto runs = store.find({});
        ASSERT_TRUE(runs) << runs.error().message;
        EXPECT_THAT(*runs, SizeIs(2));
        if (const auto run = store.load(2))
            (void)exportRun(*run, out / "two");
        (void)store.verify(2);
        (void)store.loadUid(tests::uidOf(2));
        EXPECT_TRUE(copyWorkspace(path, path.parent_path() / "copy.vitrine"));
        {
            Store copy = Store::open(path.parent_path() / "copy.vitrine").value();
            EXPECT_TRUE(copy.verify(1)) << copy.verify(1).error().message;
            EXPECT_TRUE(copy.remove(2));
        }
        fs::remove(path.parent_path() / "copy.vitrine");
        fs::remove_all(path.parent_path() / "copy.vitrine.d");
        const auto sound = store.load(1);
        ASSERT_TRUE(sound) << sound.error().message;
        EXPECT_TRUE(exportRun(*sound, out / "one"));
        const auto removed = store.remove(2);
        EXPECT_TRUE(removed) << removed.error().message;
        EXPECT_TRUE(store.verify(1));
        EXPECT_EQ(store.count({}).value(), 1);
        for (const char* name : {"one", "two"}) {
            for (const auto& entry : fs::recursive_directory_iterator(out))
                EXPECT_NE(readFile(entry.path(), 1 << 20).value_or(""), "precious") << entry.path();
            fs::remove_all(out / name);
        }
        expectVictimsUnharmed();
    }
};

TEST_F(ForeignWorkspace, AUidIsNeverAPath)
{
    for (const std::string& uid : hostile()) {
        SCOPED_TRACE(uid.substr(0, 80));
        const auto number = Store::open(path)->import(tests::sampleRun(2));
        ASSERT_TRUE(number) << number.error().message;
        tests::tamper(path, fmt::format("UPDATE runs SET number = 2, uid = {} WHERE number = {}",
                                        quoted(uid), *number));
        const auto run = Store::open(path)->load(2);
        ASSERT_FALSE(run);
        EXPECT_EQ(run.error().kind, ErrorKind::input);
        EXPECT_THAT(run.error().message,
                    HasSubstr("run 2 of the workspace " + path.string() +
                              " is not sound: its uid has not 32 hexadecimal digits"));
        const auto listed = Store::open(path)->find({}).value();
        EXPECT_EQ(listed.at(0).uid, "");
        EXPECT_THAT(listed.at(0).error, HasSubstr("not sound"));
        EXPECT_EQ(listed.at(1).uid, tests::uidOf(1));
        useEverything();
    }
}

TEST_F(ForeignWorkspace, AHashIsNeverAPath)
{
    for (const std::string& hash : hostile()) {
        SCOPED_TRACE(hash.substr(0, 80));
        const auto number = Store::open(path)->import(tests::sampleRun(2));
        ASSERT_TRUE(number) << number.error().message;
        tests::tamper(
            path,
            fmt::format(
                "UPDATE runs SET number = 2 WHERE number = {0};"
                "DELETE FROM artifacts WHERE run <> 1;"
                "INSERT INTO artifacts VALUES (2, 0, 'data.bin', 'tensors', {1}, 8, 'computed')",
                *number, quoted(hash)));
        Store store = Store::open(path).value();
        const auto run = store.load(2);
        ASSERT_TRUE(run) << run.error().message;
        EXPECT_THAT(run->result.artifacts, SizeIs(0));
        EXPECT_THAT(run->result.notes,
                    Contains(HasSubstr("its sha256 has not 64 hexadecimal digits")));
        EXPECT_THAT(store.verify(2).error().message, HasSubstr("is left out"));
        EXPECT_FALSE(store.artifactPath(hash));
        EXPECT_FALSE(store.jobFolder(hash));
        useEverything();
    }
}

TEST_F(ForeignWorkspace, ANameIsNeverAPath)
{
    for (const std::string& name :
         {std::string("../escaped"), (victims / "file").string(), std::string(".."), std::string(),
          std::string("a\0b", 3), std::string(std::size_t{10} << 20, 'n')}) {
        SCOPED_TRACE(name.substr(0, 80));
        const auto number = Store::open(path)->import(tests::sampleRun(2));
        ASSERT_TRUE(number);
        tests::tamper(
            path,
            fmt::format("UPDATE runs SET number = 2 WHERE number = {0};"
                        "DELETE FROM artifacts WHERE run <> 1;"
                        "INSERT INTO artifacts SELECT 2, 0, {1}, kind, sha256, bytes, origin FROM "
                        "artifacts WHERE run = 1;"
                        "UPDATE tables SET name = {1} WHERE run = 2;"
                        "UPDATE metrics SET name = {1} WHERE run = 2 AND position = 0",
                        *number, quoted(name)));
        const auto run = Store::open(path)->load(2);
        ASSERT_TRUE(run) << run.error().message;
        EXPECT_THAT(run->result.artifacts, SizeIs(0));
        EXPECT_THAT(run->result.tables, SizeIs(0));
        EXPECT_THAT(run->result.notes, Contains(HasSubstr("its name is not a plain name")));
        useEverything();
    }
}

TEST_F(ForeignWorkspace, LinksInItsFoldersAreNotFollowed)
{
    const fs::path own = path.string() + ".d";
    const auto artifact = Store::open(path)->load(2)->result.artifacts.at(0).path;
    fs::remove(artifact);
    fs::create_symlink(victims / "file", artifact);
    fs::create_symlink(victims, own / "jobs" / tests::uidOf(2));

    std::vector<std::string> told;
    Store store = Store::open(path).value();
    importFinished(store, [&](const std::string& line) { told.push_back(line); });
    EXPECT_THAT(told, Contains(HasSubstr("is a link or a file")));
    const auto run = store.load(2).value();
    EXPECT_THAT(run.result.artifacts, SizeIs(0));
    EXPECT_THAT(run.result.notes, Contains(HasSubstr("is a link")));
    EXPECT_FALSE(readJob(own / "jobs" / tests::uidOf(2)));
    useEverything();
    EXPECT_FALSE(fs::exists(fs::symlink_status(artifact))); // the link went, what it led to stays
}

TEST_F(ForeignWorkspace, AFolderThatIsALinkIsRefused)
{
    const fs::path own = path.string() + ".d";
    fs::rename(own / "jobs", folder.path / "in/a.vitrine.jobs");
    fs::create_symlink(victims, own / "jobs");

    const auto opened = Store::open(path);

    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("jobs is a link"));
    expectVictimsUnharmed();
}

// A job folder whose worker has ended, with a bundle that says of itself what it likes.
struct ForeignJob : ForeignWorkspace {
    std::vector<std::string> importedWith(const std::string& field, const Json& value)
    {
        Store store = Store::open(path).value();
        Job job;
        job.uid = tests::uidOf(7);
        job.experiment = "test.sample";
        const JobFolder made{writeJob(store.jobsFolder(), job).value()};
        made.started();
        Json json = bundleJson(tests::sampleRun(7));
        json["artifacts"] = Json::array({{{"name", "data.bin"},
                                          {"kind", ""},
                                          {"sha256", std::string(64, 'a')},
                                          {"bytes", 8},
                                          {"origin", "computed"}}});
        if (field.starts_with("artifact."))
            json["artifacts"][0][field.substr(9)] = value;
        else
            json[field] = value;
        fs::create_directories(made.bundle() / "artifacts");
        writeText(made.bundle() / "artifacts/data.bin", "8 bytes.");
        writeText(made.bundle() / "run.json", dumpJson(json));
        std::vector<std::string> told;
        for (const auto number :
             importFinished(store, [&](const std::string& line) { told.push_back(line); })) {
            const auto run = store.load(number);
            EXPECT_TRUE(run) << run.error().message;
            told.push_back(run ? run->error : "");
            EXPECT_EQ(run->uid, tests::uidOf(7));
            EXPECT_EQ(run->state, RunState::failed);
            EXPECT_TRUE(store.remove(number));
        }
        expectVictimsUnharmed();
        EXPECT_TRUE(fs::is_empty(store.jobsFolder()));
        return told;
    }
};

TEST_F(ForeignJob, ABundleIsCheckedWhereItIsRead)
{
    for (const std::string& text : hostile()) {
        SCOPED_TRACE(text.substr(0, 80));
        for (const char* field :
             {"uid", "artifact.sha256", "artifact.name", "experiment", "parent"}) {
            SCOPED_TRACE(field);
            if (text.empty() && std::string(field) == "parent")
                continue; // a run may have none
            EXPECT_THAT(importedWith(field, text), Contains(testing::Not("")));
        }
    }
}

TEST_F(ForeignJob, ALinkedBundleIsRefused)
{
    Store store = Store::open(path).value();
    Job job;
    job.uid = tests::uidOf(7);
    job.experiment = "test.sample";
    const JobFolder made{writeJob(store.jobsFolder(), job).value()};
    made.started();
    fs::create_symlink(victims / "bundle", made.bundle());

    const auto numbers = importFinished(store, [](const std::string&) {});

    ASSERT_THAT(numbers, SizeIs(1));
    EXPECT_THAT(store.load(numbers[0])->error, HasSubstr("is a link"));
    expectVictimsUnharmed();
}

} // namespace
} // namespace vitrine
