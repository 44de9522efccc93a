// A real workspace with one thing in it altered at random: whatever it is, nothing crashes, hangs,
// throws or reaches outside.
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/store/copy_workspace.h"
#include "core/store/finished_jobs.h"
#include "core/store/lineage.h"
#include "core/store/run_index.h"
#include "core/store/store.h"
#include "tests/support/raw_database.h"
#include "tests/support/rounds.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_runs.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// Structs are filled here by the few fields that a test is about.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

constexpr int kRounds = 500;
constexpr unsigned kLongestSeconds = 120; // of one round, on the slowest machine
constexpr rlim_t kMostMemory = rlim_t{3} << 30;

std::map<std::string, std::string> hashesUnder(const fs::path& folder)
{
    std::map<std::string, std::string> hashes;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            hashes[entry.path().string()] = sha256OfFile(entry.path()).value();
    return hashes;
}

struct StoredColumn {
    std::string table, name;
};

struct Tampered : testing::Test {
    tests::TemporaryFolder folder;
    fs::path base = folder.path / "base", work = folder.path / "work",
             victims = folder.path / "victims";
    std::vector<StoredColumn> columns;

    Tampered()
    {
        fs::create_directories(base);
        fs::create_directories(victims);
        std::ofstream(victims / "file") << "precious";
        const fs::path path = base / "a.vitrine";
        {
            Store store = Store::open(path).value();
            for (int i = 1; i <= 4; ++i) {
                RunRecord run = tests::sampleRun(i);
                const auto file = base / "data.bin";
                std::ofstream(file) << "bytes " << i;
                run.result.artifacts = {{"data.bin", "tensors", file, "", 0, Origin::computed}};
                run.parent = i == 3 ? tests::uidOf(1) : "";
                run.tags = {"study", fmt::format("t{}", i)};
                EXPECT_TRUE(store.import(run));
            }
            fs::remove(base / "data.bin");
        }
        // Whoever writes a database is not bound by what ours demands of its columns.
        tests::tamper(
            path,
            "PRAGMA writable_schema=ON;"
            "UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '') WHERE name IN ('runs', "
            "'parameters', 'metrics', 'tables', 'artifacts', 'inputs', 'tags', 'word_texts', "
            "'revisions');"
            "PRAGMA writable_schema=OFF; PRAGMA journal_mode=DELETE");
        const auto database = Database::peek(path).value();
        auto query = database.prepare("SELECT t.name, c.name FROM sqlite_schema t, "
                                      "pragma_table_info(t.name) c WHERE t.type = 'table' AND "
                                      "t.name NOT LIKE 'sqlite_%' AND t.name <> 'words'");
        while (query.step())
            columns.push_back({query.text(0), query.text(1)});
        EXPECT_GT(columns.size(), 50u);
    }
};

// SQL for any value: what somebody might put there on purpose, or a broken disk by chance.
std::string anyValue(std::mt19937_64& random, const fs::path& victims, const std::string& column)
{
    const std::string stored = "\"" + column + "\"";
    const std::vector<std::string> values = {
        "NULL",
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "1e308",
        "9e999",
        "'nan'",
        "''",
        "'..'",
        "'../../../victims/file'",
        "'" + victims.string() + "'",
        "'" + (victims / "file").string() + "'",
        "CAST(x'61620063' AS TEXT)",
        "CAST(x'fffe80c3' AS TEXT)",
        "printf('%.*c', 3000000, 'x')",
        "randomblob(64)",
        "zeroblob(5000000)",
        "x''",
        "substr(" + stored + ", 1, length(" + stored + ") / 2)",
        "substr(" + stored + ", 2)",
        stored + " || " + stored,
        "CAST(" + stored + " AS BLOB)",
        "CAST(" + stored + " AS TEXT)",
        "'{\"a\":[1,{}]}'",
        "'[1,2'",
        "'[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]'",
        "'[\"x\",5,null]'",
        "printf('[%s1]', replace(printf('%.*c', 400000, 'x'), 'x', '1,'))",
        "(SELECT " + stored + " FROM one ORDER BY random() LIMIT 1)", // of another row
        "upper(" + stored + ")",
        "x'28b52ffda0ffffff7f0100000000'", // a frame that states 2 GiB
    };
    return values[random() % values.size()];
}

std::string anyChange(std::mt19937_64& random, const fs::path& victims,
                      const std::vector<StoredColumn>& columns)
{
    const StoredColumn& column = columns[random() % columns.size()];
    std::string value = anyValue(random, victims, column.name);
    if (const auto one = value.find("FROM one"); one != std::string::npos)
        value.replace(one, 8, "FROM \"" + column.table + "\"");
    const std::string rows =
        random() % 3 == 0 ? "" : fmt::format(" WHERE rowid % 4 = {}", random() % 4);
    const bool hasRowid = column.table != "parameters" && column.table != "metrics" &&
                          column.table != "artifacts" && column.table != "inputs" &&
                          column.table != "tags" && column.table != "words_idx" &&
                          column.table != "words_config";
    switch (random() % 12) {
    case 0:
        return fmt::format("DELETE FROM \"{}\"{}", column.table, hasRowid ? rows : "");
    case 1:
        return fmt::format("DROP TABLE \"{}\"", column.table);
    default:
        return fmt::format("UPDATE OR IGNORE \"{}\" SET \"{}\" = {}{}", column.table, column.name,
                           value, hasRowid ? rows : "");
    }
}

void flipBytes(std::mt19937_64& random, const fs::path& file)
{
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = fs::file_size(file);
    const auto count = 1 + random() % 40;
    for (std::uint64_t i = 0; i < count; ++i) {
        bytes.seekp(static_cast<std::streamoff>(100 + random() % (size - 100)));
        bytes.put(static_cast<char>(random()));
    }
}

// All that the program does with a workspace; errors are as good as answers.
void useWorkspace(const fs::path& path)
{
    const fs::path folder = path.parent_path();
    if (auto copied = copyWorkspace(path, folder / "copy.vitrine"); !copied)
        (void)copied.error().message;
    auto store = Store::open(path);
    if (!store)
        return;
    importFinished(*store, [](const std::string&) {});
    RunQuery query;
    query.metrics = {"x", "t"};
    query.params = {"tau", "prompt"};
    for (const char* order : {"number", "started", "seconds", "metric:x", "param:tau", "state"}) {
        query.sortBy = order;
        (void)store->find(query);
    }
    query.filter = parseFilter("tau<1 x>0 tag:study has:x hello");
    (void)store->find(query);
    (void)store->count(query);
    (void)store->vocabulary();
    if (auto index = RunIndex::open(path)) {
        (void)index->find(query);
        const std::vector<std::int64_t> numbers = {1, 2, 3, 4};
        (void)index->values("x", numbers);
        (void)index->texts("prompt", numbers);
    }
    std::vector<std::int64_t> numbers = {1, 2, 3, 4};
    if (const auto runs = store->find({}))
        for (const auto& run : *runs)
            numbers.push_back(run.number);
    for (const std::int64_t number : numbers) {
        const auto run = store->load(number);
        (void)store->verify(number);
        if (!run)
            continue;
        (void)exportRun(*run, folder / fmt::format("export-{}", number));
        (void)dumpJson(toJson(*run));
        (void)lineageOf(*store, *run);
        (void)compareComputed(*run, *run);
        for (const auto& artifact : run->result.artifacts)
            (void)store->artifactPath(artifact.sha256);
        (void)store->setNote(number, "tampered with");
    }
    for (const std::int64_t number : numbers)
        (void)store->remove(number);
    (void)store->import(tests::sampleRun(77));
}

// In a process of its own, so that a crash is a round that failed, with limits on time and memory.
int statusOfUse(const fs::path& path)
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(kLongestSeconds);
#ifndef __SANITIZE_ADDRESS__
        const rlimit limit{.rlim_cur = kMostMemory, .rlim_max = kMostMemory};
        ::setrlimit(RLIMIT_AS, &limit);
#endif
        useWorkspace(path);
        std::_Exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

TEST_F(Tampered, AWorkspaceNeverHarms)
{
    const auto outside = hashesUnder(victims);
    int refused = 0;
    for (int round = 0; round < tests::rounds(kRounds); ++round) {
        std::mt19937_64 random(static_cast<std::uint64_t>(round));
        fs::remove_all(work);
        fs::copy(base, work, fs::copy_options::recursive);
        const fs::path path = work / "a.vitrine";
        std::string change = "bytes flipped";
        if (round % 8 == 7) {
            flipBytes(random, path);
        } else {
            change = anyChange(random, victims, columns);
            tests::tamper(path, change, true); // some changes SQLite itself refuses
        }
        SCOPED_TRACE(fmt::format("round {}: {}", round, change.substr(0, 300)));

        EXPECT_EQ(statusOfUse(path), 0);

        refused += !Store::open(path);
        EXPECT_EQ(hashesUnder(victims), outside);
        for (const auto& entry : fs::directory_iterator(folder.path))
            EXPECT_TRUE(entry.path() == base || entry.path() == work || entry.path() == victims)
                << entry.path();
    }
    std::printf("%d workspaces, %d of them refused as a whole\n", tests::rounds(kRounds), refused);
}

} // namespace
} // namespace vitrine
