#include "core/store/schema.h"

namespace vitrine
{
namespace
{

constexpr std::int64_t kVersion = 3;
constexpr std::int64_t kOldestReadable = 2; // without migrating

// The schema in words: core/store/README.md.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    experiment TEXT NOT NULL,
    experiment_version INTEGER NOT NULL,
    plugin TEXT NOT NULL,
    program_version TEXT NOT NULL,
    build TEXT NOT NULL,
    command TEXT NOT NULL,
    host TEXT NOT NULL,
    cpu TEXT NOT NULL,
    threads INTEGER NOT NULL,
    started TEXT NOT NULL,
    seconds REAL,
    state TEXT NOT NULL,
    error TEXT NOT NULL,
    exit_code INTEGER NOT NULL,
    notes TEXT NOT NULL,
    note TEXT NOT NULL,
    parent TEXT NOT NULL,
    subject TEXT NOT NULL
);
CREATE INDEX runs_by_experiment ON runs (experiment, number);
CREATE INDEX runs_by_state ON runs (state, number);
CREATE INDEX runs_by_started ON runs (started, number);
CREATE INDEX runs_by_seconds ON runs (seconds, number);

CREATE TABLE parameters (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, name)
) WITHOUT ROWID;

CREATE TABLE metrics (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    value REAL,
    unit TEXT NOT NULL,
    origin TEXT NOT NULL,
    help TEXT NOT NULL,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE INDEX metrics_by_value ON metrics (name, value, run);
CREATE INDEX metrics_by_run ON metrics (run, name, value);

CREATE TABLE tables (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (run, position)
);

CREATE TABLE artifacts (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE INDEX artifacts_by_hash ON artifacts (sha256);

CREATE TABLE inputs (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    parameter TEXT NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (run, position)
) WITHOUT ROWID;

CREATE TABLE tags (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (run, tag)
) WITHOUT ROWID;
CREATE INDEX tags_by_name ON tags (tag, run);

CREATE VIRTUAL TABLE words USING fts5 (text, content='', tokenize='unicode61', prefix='2 3');
CREATE TABLE word_texts (
    run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
    text TEXT NOT NULL
);
)sql";

// For workspaces of 100,000 runs (core/store/run_index.h): what changed since, and one metric or
// parameter of all runs without reading the rest.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE revisions (one INTEGER PRIMARY KEY CHECK (one = 1), newest INTEGER NOT NULL);
INSERT INTO revisions VALUES (1, 1);
ALTER TABLE runs ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE INDEX runs_by_revision ON runs (revision);
CREATE INDEX runs_listed ON runs (number, experiment, state, started, seconds);
CREATE INDEX runs_by_parent ON runs (parent, number) WHERE parent <> '';
DROP INDEX metrics_by_value;
CREATE INDEX metrics_by_name ON metrics (name, run, value);
CREATE INDEX parameters_by_name ON parameters (name, run, value);
CREATE INDEX inputs_by_hash ON inputs (sha256, run);
)sql";

// Which attempt of a run its rows are of; 0 in rows of earlier versions, which did not count.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE runs ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
)sql";

Result<std::int64_t> pragmaValue(const Database& database, const char* pragma)
{
    auto query = database.prepare(pragma);
    if (query.step())
        return query.integer(0);
    VITRINE_CHECK(query.ok());
    return std::int64_t{0};
}

// Every step in one transaction, with the name of the program: after a crash there is all of it or
// nothing.
Result<void> migrate(const Database& database)
{
    VITRINE_TRY(auto transaction, Transaction::begin(database));
    VITRINE_TRY(const std::int64_t version,
                schemaVersion(database)); // another process may have been faster
    VITRINE_CHECK(refuseNewer(database.path(), version));
    if (version < 1)
        VITRINE_CHECK(database.execute(kVersion1));
    if (version < 2)
        VITRINE_CHECK(database.execute(kVersion2));
    if (version < 3)
        VITRINE_CHECK(database.execute(kVersion3));
    VITRINE_CHECK(database.execute(
        fmt::format("PRAGMA user_version={}; PRAGMA application_id={}", kVersion, kApplicationId)
            .c_str()));
    return transaction.commit();
}

} // namespace

Result<void> refuseNewer(const std::filesystem::path& workspace, std::int64_t version)
{
    if (version > kVersion)
        return inputError(
            "the workspace {} was written by a newer Vitrine (schema {}, this program "
            "knows {}): open it with that one",
            workspace.string(), version, kVersion);
    return {};
}

Result<std::int64_t> schemaVersion(const Database& database)
{
    return pragmaValue(database, "PRAGMA user_version");
}

Result<Database> openWorkspace(const std::filesystem::path& path, Access access)
{
    VITRINE_TRY(const FileOwner owner, ownerOf(path));
    if (owner == FileOwner::nobody && access == Access::readOnly)
        return inputError("cannot read the workspace {}: there is none", path.string());
    VITRINE_TRY(Database database, Database::open(path, access));
    VITRINE_TRY(const std::int64_t version, schemaVersion(database));
    VITRINE_CHECK(refuseNewer(database.path(), version));
    if (database.access() == Access::readOnly) {
        if (version < kOldestReadable)
            return inputError(
                "the workspace {} is of an early version and can only be read here: copy it "
                "to a folder where you may write, then it is brought up to date",
                path.string());
        return database;
    }
    VITRINE_TRY(const std::int64_t id, pragmaValue(database, "PRAGMA application_id"));
    if (version < kVersion || id != kApplicationId)
        VITRINE_CHECK(migrate(database));
    VITRINE_CHECK(
        database.useWal()); // after the schema: so the file itself says from the start whose it is
    return database;
}

} // namespace vitrine
