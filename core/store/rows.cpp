#include "core/store/rows.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/bundle/bundle.h"
#include "core/jobs/bundle/table_json.h"
#include "core/store/compression.h"
#include "core/store/subject.h"

#include <algorithm>

namespace vitrine
{
namespace
{

Result<void> insertParameters(const Database& database, std::int64_t number, const RunRecord& run)
{
    auto insert = database.prepare("INSERT INTO parameters (run, name, value) VALUES (?, ?, ?)");
    const Json json = toJson(run.params);
    for (const auto& [name, value] : json.items())
        VITRINE_CHECK(insert.bind(number).bind(name).bind(dumpJson(value)).run());
    return {};
}

Result<void> insertMetrics(const Database& database, std::int64_t number, const RunRecord& run)
{
    auto insert =
        database.prepare("INSERT INTO metrics (run, position, name, value, unit, origin, help) "
                         "VALUES (?, ?, ?, ?, ?, ?, ?)");
    std::int64_t position = 0;
    for (const auto& metric : run.result.metrics)
        VITRINE_CHECK(insert.bind(number)
                          .bind(position++)
                          .bind(metric.name)
                          .bind(metric.value)
                          .bind(metric.unit)
                          .bind(originName(metric.origin))
                          .bind(metric.help)
                          .run());
    return {};
}

Result<void> insertTables(const Database& database, std::int64_t number, const RunRecord& run)
{
    auto insert =
        database.prepare("INSERT INTO tables (run, position, name, data) VALUES (?, ?, ?, ?)");
    std::int64_t position = 0;
    std::uint64_t bytes = 0;
    for (const auto& table : run.result.tables) {
        const std::string text = dumpJson(fullJson(table));
        bytes += text.size();
        if (bytes > kRunJsonBytes) // more is not read back
            return failure("the run {} is not kept: its tables have more than {}", run.uid,
                           bytesText(kRunJsonBytes));
        VITRINE_CHECK(
            insert.bind(number).bind(position++).bind(table.name).bindBlob(compressed(text)).run());
    }
    return {};
}

Result<void> insertArtifacts(const Database& database, std::int64_t number, const RunRecord& run)
{
    auto insert =
        database.prepare("INSERT INTO artifacts (run, position, name, kind, sha256, bytes, origin) "
                         "VALUES (?, ?, ?, ?, ?, ?, ?)");
    std::int64_t position = 0;
    for (const auto& artifact : run.result.artifacts)
        VITRINE_CHECK(insert.bind(number)
                          .bind(position++)
                          .bind(artifact.name)
                          .bind(artifact.kind)
                          .bind(artifact.sha256)
                          .bind(static_cast<std::int64_t>(artifact.bytes))
                          .bind(originName(artifact.origin))
                          .run());
    return {};
}

Result<void> insertInputs(const Database& database, std::int64_t number, const RunRecord& run)
{
    auto insert = database.prepare("INSERT INTO inputs (run, position, parameter, path, sha256, "
                                   "bytes) VALUES (?, ?, ?, ?, ?, ?)");
    std::int64_t position = 0;
    for (const auto& input : run.result.inputs)
        VITRINE_CHECK(insert.bind(number)
                          .bind(position++)
                          .bind(input.parameter)
                          .bind(input.path)
                          .bind(input.sha256)
                          .bind(static_cast<std::int64_t>(input.bytes))
                          .run());
    return {};
}

Result<void> insertParts(const Database& database, std::int64_t number, const RunRecord& run)
{
    VITRINE_CHECK(insertParameters(database, number, run));
    VITRINE_CHECK(insertMetrics(database, number, run));
    VITRINE_CHECK(insertTables(database, number, run));
    VITRINE_CHECK(insertArtifacts(database, number, run));
    return insertInputs(database, number, run);
}

std::string notesJson(const RunRecord& run)
{
    return dumpJson(Json(run.result.notes));
}

} // namespace

Result<std::int64_t> insertRun(const Database& database, const RunRecord& run)
{
    auto insert = database.prepare(
        "INSERT INTO runs (uid, experiment, experiment_version, plugin, program_version, build, "
        "command, host, cpu, threads, started, seconds, state, error, exit_code, notes, note, "
        "parent, "
        "subject, attempt) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    VITRINE_CHECK(insert.bind(run.uid)
                      .bind(run.experiment)
                      .bind(std::int64_t{run.experimentVersion})
                      .bind(run.plugin)
                      .bind(run.programVersion)
                      .bind(run.build)
                      .bind(run.command)
                      .bind(run.host)
                      .bind(run.cpu)
                      .bind(std::int64_t{run.threads})
                      .bind(run.started)
                      .bind(run.seconds)
                      .bind(runStateName(run.state))
                      .bind(run.error)
                      .bind(std::int64_t{run.exitCode})
                      .bind(notesJson(run))
                      .bind(run.note)
                      .bind(run.parent)
                      .bind(subjectOf(run.params))
                      .bind(std::int64_t{run.attempt})
                      .run());
    const std::int64_t number = database.lastRow();
    VITRINE_CHECK(insertParts(database, number, run));
    VITRINE_CHECK(setTagRows(database, number, run.tags));
    VITRINE_CHECK(updateWords(database, number));
    VITRINE_CHECK(markChanged(database, number));
    return number;
}

Result<void> replaceRun(const Database& database, std::int64_t number, const RunRecord& run)
{
    for (const char* table : {"parameters", "metrics", "tables", "artifacts", "inputs"})
        VITRINE_CHECK(database.prepare(fmt::format("DELETE FROM {} WHERE run = ?", table))
                          .bind(number)
                          .run());
    auto update = database.prepare(
        "UPDATE runs SET experiment_version=?, plugin=?, program_version=?, build=?, command=?, "
        "host=?, "
        "cpu=?, threads=?, started=?, seconds=?, state=?, error=?, exit_code=?, notes=?, "
        "subject=?, "
        "attempt=? WHERE number=?");
    VITRINE_CHECK(update.bind(std::int64_t{run.experimentVersion})
                      .bind(run.plugin)
                      .bind(run.programVersion)
                      .bind(run.build)
                      .bind(run.command)
                      .bind(run.host)
                      .bind(run.cpu)
                      .bind(std::int64_t{run.threads})
                      .bind(run.started)
                      .bind(run.seconds)
                      .bind(runStateName(run.state))
                      .bind(run.error)
                      .bind(std::int64_t{run.exitCode})
                      .bind(notesJson(run))
                      .bind(subjectOf(run.params))
                      .bind(std::int64_t{run.attempt})
                      .bind(number)
                      .run());
    VITRINE_CHECK(insertParts(database, number, run));
    VITRINE_CHECK(updateWords(database, number));
    return markChanged(database, number);
}

Result<void> deleteRun(const Database& database, std::int64_t number)
{
    auto old = database.prepare("SELECT text FROM word_texts WHERE run = ?");
    old.bind(number);
    // A text that was tampered with cannot be taken out of the index: the run goes all the same,
    // and what a search then finds of it is no run any more.
    if (old.step())
        (void)database.prepare("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)")
            .bind(number)
            .bind(old.text(0))
            .run();
    VITRINE_CHECK(old.ok());
    return database.prepare("DELETE FROM runs WHERE number = ?").bind(number).run();
}

Result<void> setTagRows(const Database& database, std::int64_t number,
                        const std::vector<std::string>& tags)
{
    VITRINE_CHECK(database.prepare("DELETE FROM tags WHERE run = ?").bind(number).run());
    auto insert = database.prepare("INSERT OR IGNORE INTO tags (run, tag) VALUES (?, ?)");
    for (const auto& tag : tags)
        if (!tag.empty())
            VITRINE_CHECK(insert.bind(number).bind(tag).run());
    return {};
}

Result<void> markChanged(const Database& database, std::int64_t number)
{
    VITRINE_CHECK(database.prepare("UPDATE revisions SET newest = newest + 1").run());
    return database
        .prepare("UPDATE runs SET revision = (SELECT newest FROM revisions) WHERE number = ?")
        .bind(number)
        .run();
}

Result<void> updateWords(const Database& database, std::int64_t number)
{
    auto query = database.prepare(
        "SELECT experiment || char(10) || error || char(10) || note || char(10) || subject, "
        "(SELECT group_concat(tag, char(10)) FROM tags WHERE run = number) FROM runs WHERE number "
        "= ?");
    query.bind(number);
    if (!query.step())
        return query.ok();
    std::string text = query.text(0) + "\n" + query.text(1) + "\n";
    std::vector<std::string> unsound; // found by no search; loading the run tells of them
    VITRINE_TRY(const Params values, loadParams(database, number, unsound));
    text += parameterWords(values);

    auto old = database.prepare("SELECT text FROM word_texts WHERE run = ?");
    old.bind(number);
    if (old.step())
        VITRINE_CHECK(
            database.prepare("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)")
                .bind(number)
                .bind(old.text(0))
                .run());
    VITRINE_CHECK(database.prepare("INSERT INTO words (rowid, text) VALUES (?, ?)")
                      .bind(number)
                      .bind(text)
                      .run());
    return database.prepare("INSERT OR REPLACE INTO word_texts (run, text) VALUES (?, ?)")
        .bind(number)
        .bind(text)
        .run();
}

} // namespace vitrine
