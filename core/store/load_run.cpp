#include "core/store/load_parts.h"

#include "core/base/json.h"
#include "core/jobs/bundle/bundle_names.h"
#include "core/store/schema.h"
#include "core/store/stored_row.h"

namespace vitrine
{
namespace
{

constexpr std::size_t kMostUnsoundLines = 10;

void readNotes(const std::string& text, LoadedRun& loaded)
{
    const auto notes = parseJson(text, "them");
    if (!notes || !notes->is_array())
        return leaveOut(loaded.unsound, "the run's own notes",
                        notes ? "they are no list" : notes.error().message);
    for (const auto& note : *notes)
        if (note.is_string())
            loaded.run.result.notes.push_back(note.get<std::string>());
        else
            leaveOut(loaded.unsound, "a note of the run", "it is not a text");
}

// The run's own row, all of which must be sound: without it nothing else can be told apart.
Result<LoadedRun> loadOwnRow(const Database& database, std::int64_t number)
{
    VITRINE_TRY(const auto schema, schemaVersion(database));
    auto query = database.prepare(fmt::format(
        "SELECT uid, experiment, experiment_version, plugin, program_version, build, command, "
        "host, cpu, threads, started, seconds, state, error, exit_code, notes, note, parent, {} "
        "FROM runs WHERE number = ?",
        schema >= 3 ? "attempt" : "0"));
    query.bind(number);
    if (!query.step()) {
        VITRINE_CHECK(query.ok());
        return argumentError("there is no run {}", number);
    }
    StoredRow row(query);
    LoadedRun loaded;
    RunRecord& run = loaded.run;
    run.number = number;
    run.uid = row.text(0, "uid");
    if (row.isSound() && !isUid(run.uid))
        row.fail("its uid has not 32 hexadecimal digits");
    run.experiment = row.fileName(1, "experiment");
    run.experimentVersion = static_cast<int>(row.integer(2, "experiment's version", 0, 1'000'000));
    run.plugin = row.text(3, "plugin");
    if (!run.plugin.empty() && !isPlainFileName(run.plugin))
        row.fail("its plugin is not a plain name");
    run.programVersion = row.text(4, "program version");
    run.build = row.text(5, "build");
    run.command = row.text(6, "command");
    run.host = row.text(7, "host");
    run.cpu = row.text(8, "processor");
    run.threads = static_cast<int>(row.integer(9, "number of threads", 0, 1'000'000));
    run.started = row.text(10, "start");
    run.seconds = row.real(11, "duration");
    const auto state = parseRunState(row.text(12, "state"));
    run.error = row.text(13, "error");
    run.exitCode = static_cast<int>(row.integer(14, "exit code", 0, 255));
    const std::string notes = row.text(15, "list of notes");
    run.note = row.text(16, "note");
    run.parent = row.text(17, "parent");
    run.attempt = static_cast<int>(row.integer(18, "attempt", 0, kMostAttempts));
    if (row.isSound() && !run.parent.empty() && !isUid(run.parent))
        row.fail("its parent's uid has not 32 hexadecimal digits");
    if (row.isSound() && !state)
        row.fail("its state is none");
    if (!row.isSound())
        return inputError("run {} of the workspace {} is not sound: {}", number,
                          database.path().string(), row.problem());
    run.state = *state;
    readNotes(notes, loaded);
    return loaded;
}

} // namespace

Result<LoadedRun> loadRun(const Database& database, std::int64_t number)
{
    VITRINE_TRY(LoadedRun loaded, loadOwnRow(database, number));
    VITRINE_TRY(loaded.run.params, loadParams(database, number, loaded.unsound));
    VITRINE_CHECK(loadMetrics(database, number, loaded));
    VITRINE_CHECK(loadTables(database, number, loaded));
    VITRINE_CHECK(loadArtifacts(database, number, loaded));
    VITRINE_CHECK(loadInputs(database, number, loaded));
    VITRINE_CHECK(loadTags(database, number, loaded));
    if (loaded.unsound.size() > kMostUnsoundLines) {
        const std::size_t more = loaded.unsound.size() - kMostUnsoundLines;
        loaded.unsound.resize(kMostUnsoundLines);
        loaded.unsound.push_back(fmt::format("{} more stored values are left out", more));
    }
    return loaded;
}

} // namespace vitrine
