#include "core/store/rows.h"

#include "core/jobs/table_json.h"
#include "core/store/compression.h"
#include "core/store/subject.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr JsonLimits kOwnTables{.values = 50'000'000};

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
    for (const auto& table : run.result.tables)
        VITRINE_CHECK(insert.bind(number)
                          .bind(position++)
                          .bind(table.name)
                          .bindBlob(compressed(dumpJson(fullJson(table))))
                          .run());
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

Result<void> loadParts(const Database& database, std::int64_t number, RunRecord& run)
{
    Json params = Json::object();
    auto parameters = database.prepare("SELECT name, value FROM parameters WHERE run = ?");
    parameters.bind(number);
    while (parameters.step()) {
        VITRINE_TRY(params[parameters.text(0)],
                    parseJson(parameters.text(1), "a stored parameter"));
    }
    VITRINE_CHECK(parameters.ok());
    VITRINE_TRY(run.params, parseParams(params));

    auto metrics = database.prepare(
        "SELECT name, value, unit, origin, help FROM metrics WHERE run = ? ORDER BY position");
    metrics.bind(number);
    while (metrics.step()) {
        VITRINE_TRY(const Origin origin, parseOrigin(metrics.text(3)));
        run.result.metrics.push_back(
            {metrics.text(0), metrics.real(1), metrics.text(2), origin, metrics.text(4)});
    }
    VITRINE_CHECK(metrics.ok());

    auto tables = database.prepare("SELECT data FROM tables WHERE run = ? ORDER BY position");
    tables.bind(number);
    while (tables.step()) {
        VITRINE_TRY(const std::string text, decompressed(tables.blob(0)));
        VITRINE_TRY(const Json json, parseJson(text, "a stored table", kOwnTables));
        VITRINE_TRY(Table table, parseTable(json));
        run.result.tables.push_back(std::move(table));
    }
    VITRINE_CHECK(tables.ok());

    auto artifacts = database.prepare(
        "SELECT name, kind, sha256, bytes, origin FROM artifacts WHERE run = ? ORDER BY position");
    artifacts.bind(number);
    while (artifacts.step()) {
        VITRINE_TRY(const Origin origin, parseOrigin(artifacts.text(4)));
        run.result.artifacts.push_back({artifacts.text(0),
                                        artifacts.text(1),
                                        {},
                                        artifacts.text(2),
                                        static_cast<std::uint64_t>(artifacts.integer(3)),
                                        origin});
    }
    VITRINE_CHECK(artifacts.ok());

    auto inputs = database.prepare(
        "SELECT parameter, path, sha256, bytes FROM inputs WHERE run = ? ORDER BY position");
    inputs.bind(number);
    while (inputs.step())
        run.result.inputs.push_back({inputs.text(0), inputs.text(1), inputs.text(2),
                                     static_cast<std::uint64_t>(inputs.integer(3))});
    VITRINE_CHECK(inputs.ok());

    auto tags = database.prepare("SELECT tag FROM tags WHERE run = ? ORDER BY tag");
    tags.bind(number);
    while (tags.step())
        run.tags.push_back(tags.text(0));
    return tags.ok();
}

} // namespace

Result<std::int64_t> insertRun(const Database& database, const RunRecord& run)
{
    auto insert = database.prepare(
        "INSERT INTO runs (uid, experiment, experiment_version, plugin, program_version, build, "
        "command, host, cpu, threads, started, seconds, state, error, exit_code, notes, note, "
        "parent, "
        "subject) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
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
        "cpu=?, threads=?, started=?, seconds=?, state=?, error=?, exit_code=?, notes=?, subject=? "
        "WHERE number=?");
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
                      .bind(number)
                      .run());
    VITRINE_CHECK(insertParts(database, number, run));
    VITRINE_CHECK(updateWords(database, number));
    return markChanged(database, number);
}

Result<RunRecord> loadRun(const Database& database, std::int64_t number)
{
    auto query = database.prepare(
        "SELECT uid, experiment, experiment_version, plugin, program_version, build, command, "
        "host, "
        "cpu, threads, started, seconds, state, error, exit_code, notes, note, parent "
        "FROM runs WHERE number = ?");
    query.bind(number);
    if (!query.step()) {
        VITRINE_CHECK(query.ok());
        return argumentError("there is no run {}", number);
    }
    RunRecord run;
    run.number = number;
    run.uid = query.text(0);
    run.experiment = query.text(1);
    run.experimentVersion = static_cast<int>(query.integer(2));
    run.plugin = query.text(3);
    run.programVersion = query.text(4);
    run.build = query.text(5);
    run.command = query.text(6);
    run.host = query.text(7);
    run.cpu = query.text(8);
    run.threads = static_cast<int>(query.integer(9));
    run.started = query.text(10);
    run.seconds = query.real(11);
    VITRINE_TRY(run.state, parseRunState(query.text(12)));
    run.error = query.text(13);
    run.exitCode = static_cast<int>(query.integer(14));
    VITRINE_TRY(const Json notes, parseJson(query.text(15), "stored notes"));
    for (const auto& note : notes)
        run.result.notes.push_back(note.is_string() ? note.get<std::string>() : "");
    run.note = query.text(16);
    run.parent = query.text(17);
    VITRINE_CHECK(loadParts(database, number, run));
    return run;
}

Result<void> deleteRun(const Database& database, std::int64_t number)
{
    auto old = database.prepare("SELECT text FROM word_texts WHERE run = ?");
    old.bind(number);
    if (old.step())
        VITRINE_CHECK(
            database.prepare("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)")
                .bind(number)
                .bind(old.text(0))
                .run());
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
    Json params = Json::object();
    auto parameters = database.prepare("SELECT name, value FROM parameters WHERE run = ?");
    parameters.bind(number);
    while (parameters.step()) {
        VITRINE_TRY(params[parameters.text(0)],
                    parseJson(parameters.text(1), "a stored parameter"));
    }
    VITRINE_TRY(const Params values, parseParams(params));
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
