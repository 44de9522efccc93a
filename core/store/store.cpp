#include "core/store/store.h"

#include "core/base/hash.h"
#include "core/jobs/bundle/bundle_names.h"
#include "core/jobs/worker/folder_lock.h"
#include "core/jobs/worker/job_folder.h"
#include "core/store/artifact_files.h"
#include "core/store/database.h"
#include "core/store/query.h"
#include "core/store/rows.h"
#include "core/store/schema.h"

#include <algorithm>
#include <cstdlib>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

struct Known {
    std::int64_t number = 0;
    RunState state = RunState::done;
    int attempt = 0;
    std::string started;
};

Result<std::optional<Known>> known(const Database& database, const std::string& uid)
{
    auto query = database.prepare("SELECT number, state, started, attempt FROM runs WHERE uid = ?");
    query.bind(uid);
    if (!query.step()) {
        VITRINE_CHECK(query.ok());
        return std::optional<Known>();
    }
    VITRINE_TRY(const RunState state, parseRunState(query.text(1)));
    const auto attempt = std::clamp<std::int64_t>(query.integer(3), 0, kMostAttempts);
    return std::optional(Known{query.integer(0), state, static_cast<int>(attempt), query.text(2)});
}

// As they are stored: what is no hash has no file.
std::vector<std::string> hashesOf(const Database& database, std::int64_t number)
{
    std::vector<std::string> hashes;
    auto query = database.prepare("SELECT DISTINCT sha256 FROM artifacts WHERE run = ?");
    query.bind(number);
    while (query.step())
        hashes.push_back(query.text(0));
    return hashes;
}

// An attempt takes the place of an earlier one until the run is done, which it is once. Attempts
// are counted where they are started; clocks may go back. Only where neither was counted (both are
// of an earlier version) is there nothing but the clock to go by.
bool takesPlaceOf(const Known& before, const RunRecord& run)
{
    if (before.state == RunState::done)
        return false;
    if (run.state == RunState::done)
        return true;
    if (before.attempt == 0 && run.attempt == 0)
        return run.started > before.started;
    return run.attempt > before.attempt;
}

bool isSameAttempt(const Known& before, const RunRecord& run)
{
    return run.attempt == before.attempt && run.started == before.started;
}

Result<void> checkNames(const RunRecord& run)
{
    if (!isUid(run.uid))
        return argumentError("a run without a uid of 32 hexadecimal digits cannot be kept");
    if (!isPlainFileName(run.experiment))
        return argumentError("the run {} cannot be kept: its experiment has no plain name",
                             run.uid);
    for (const auto& artifact : run.result.artifacts)
        if (!isPlainFileName(artifact.name))
            return argumentError("the run {} cannot be kept: an artifact has no plain file name",
                                 run.uid);
    return {};
}

// One seek per name instead of a walk over all rows; needs an index that begins with the column.
std::string distinctNames(const char* table, const char* name)
{
    return fmt::format("WITH RECURSIVE names(n) AS (SELECT min({1}) FROM {0} UNION ALL SELECT "
                       "(SELECT min({1}) FROM {0} WHERE {1} > n) FROM names WHERE n IS NOT NULL) "
                       "SELECT n FROM names WHERE n IS NOT NULL",
                       table, name);
}

std::vector<std::string> column(Statement query)
{
    std::vector<std::string> values;
    while (query.step())
        values.push_back(query.text(0));
    return values;
}

} // namespace

struct Store::Private {
    Database database;
    fs::path path;
    fs::path folder; // WORKSPACE.d
    mutable std::int64_t seenVersion = -1, seenChanges = -1, counter = 0;

    fs::path artifacts() const { return folder / "artifacts"; }

    // Files that no run names any more. Under the writer's lock: nobody places one of them
    // meanwhile.
    Result<void> dropUnused(const std::vector<std::string>& hashes) const
    {
        if (hashes.empty())
            return {};
        VITRINE_TRY(auto transaction, Transaction::begin(database));
        for (const auto& hash : hashes) {
            const auto file = artifactFile(artifacts(), hash);
            if (!file)
                continue;
            auto used = database.prepare("SELECT 1 FROM artifacts WHERE sha256 = ? LIMIT 1");
            used.bind(hash);
            std::error_code ignored;
            if (!used.step() && used.ok())
                fs::remove(*file, ignored);
        }
        return transaction.commit();
    }

    // What a finished job leaves is not needed any more, unless it can go on from a saved state.
    // Other processes may be reading it: they find the job whole or not at all.
    void tidyJob(const RunRecord& run) const
    {
        const auto found = jobPath(folder / "jobs", run.uid);
        if (!found || !isRealFolder(*found))
            return;
        const fs::path job = *found;
        std::error_code error;
        const bool goesOn =
            run.state != RunState::done && fs::exists(job / "state" / "saved", error);
        if (goesOn) {
            if (std::FILE* mark = std::fopen((job / "imported").c_str(), "w"))
                std::fclose(mark);
            fs::remove_all(job / "bundle", error);
            return;
        }
        const fs::path gone = folder / "jobs" / (newUid() + std::string(kGoneJob));
        fs::rename(job, gone, error);
        fs::remove_all(error ? job : gone, error);
    }

    // True when staged; false when another process has kept the run, and tidied its files away,
    // since we asked whether it is wanted.
    Result<bool> stage(RunRecord& run) const
    {
        const auto staged = stageArtifacts(artifacts(), run);
        if (staged)
            return true;
        dropStaged(run);
        VITRINE_TRY(const bool wanted, isWanted(run));
        if (wanted)
            return tl::unexpected(staged.error());
        return false;
    }

    Result<bool> isWanted(const RunRecord& run) const
    {
        VITRINE_CHECK(checkNames(run));
        VITRINE_TRY(const auto before, known(database, run.uid));
        if (!before || takesPlaceOf(*before, run))
            return true;
        if (isSameAttempt(*before, run))
            tidyJob(run);
        return false;
    }

    // Under the transaction: another process may have been faster meanwhile. `replaced`: hashes
    // that an earlier attempt named.
    Result<void> keep(RunRecord& run, std::vector<std::string>& replaced) const
    {
        VITRINE_TRY(const auto now, known(database, run.uid));
        if (now && !takesPlaceOf(*now, run))
            return {};
        VITRINE_CHECK(placeArtifacts(artifacts(), run));
        if (!now) {
            VITRINE_TRY([[maybe_unused]] const auto number, insertRun(database, run));
            return {};
        }
        const auto hashes = hashesOf(database, now->number);
        replaced.insert(replaced.end(), hashes.begin(), hashes.end());
        return replaceRun(database, now->number, run);
    }

    // With the paths of its artifacts. One that is a link leads who knows where: it is left out.
    Result<LoadedRun> load(std::int64_t number) const
    {
        VITRINE_TRY(LoadedRun loaded, loadRun(database, number));
        std::erase_if(loaded.run.result.artifacts, [&](Artifact& artifact) {
            artifact.path = artifacts() / artifact.sha256; // loadRun has checked the hash
            std::error_code error;
            if (!fs::is_symlink(artifact.path, error))
                return false;
            loaded.unsound.push_back(
                fmt::format("the stored artifact \"{}\" is left out: {} is a link", artifact.name,
                            artifact.path.string()));
            return true;
        });
        return loaded;
    }

    Result<void> touch(std::int64_t number, std::string_view sql, std::string_view value) const
    {
        VITRINE_TRY(auto transaction, Transaction::begin(database));
        VITRINE_CHECK(database.prepare(sql).bind(value).bind(number).run());
        VITRINE_CHECK(updateWords(database, number));
        VITRINE_CHECK(markChanged(database, number));
        return transaction.commit();
    }
};

Store::Store(std::unique_ptr<Private> d) : d_(std::move(d)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const fs::path& workspace, Access access)
{
    auto d = std::make_unique<Private>();
    std::error_code error;
    d->path = fs::absolute(workspace, error);
    d->folder = d->path.string() + ".d";
    if (access == Access::readWrite && !fs::exists(d->path, error))
        fs::create_directories(d->path.parent_path(), error);
    VITRINE_TRY(d->database,
                openWorkspace(d->path, access)); // first: what is not ours gets no folder
    for (const char* part : {"artifacts", "jobs"}) {
        const fs::path place = d->folder / part;
        if (fs::is_symlink(place, error))
            return inputError(
                "cannot open the workspace {}: {} is a link: put the folder itself there",
                d->path.string(), place.string());
        error.clear();
        if (d->database.access() == Access::readWrite)
            fs::create_directories(place, error);
        if (error)
            return inputError("cannot open the workspace {}: {}: {}", d->path.string(),
                              place.string(), error.message());
    }
    return Store(std::move(d));
}

fs::path Store::defaultWorkspace()
{
    if (const char* given = std::getenv("VITRINE_WORKSPACE"); given && *given)
        return given;
    if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data)
        return fs::path(data) / "vitrine" / "home.vitrine";
    const char* home = std::getenv("HOME");
    return fs::path(home && *home ? home : ".") / ".local/share/vitrine/home.vitrine";
}

fs::path Store::path() const
{
    return d_->path;
}

fs::path Store::jobsFolder() const
{
    return d_->folder / "jobs";
}

Result<fs::path> Store::jobFolder(const std::string& uid) const
{
    return jobPath(jobsFolder(), uid);
}

Result<fs::path> Store::artifactPath(const std::string& sha256) const
{
    return artifactFile(d_->artifacts(), sha256);
}

Result<void> Store::checkWritable() const
{
    return d_->database.checkWritable();
}

Result<std::int64_t> Store::import(const RunRecord& given)
{
    VITRINE_TRY(const auto numbers, import(std::span(&given, 1)));
    return numbers.front();
}

Result<std::vector<std::int64_t>> Store::import(std::span<const RunRecord> given)
{
    VITRINE_CHECK(checkWritable());
    const auto staging =
        FolderLock::shared(d_->artifacts()); // collectors leave what is staged alone
    std::vector<RunRecord> staged; // what is not known yet, or known by an earlier attempt
    for (const RunRecord& run : given) {
        VITRINE_TRY(const bool wanted, d_->isWanted(run));
        if (!wanted)
            continue;
        RunRecord copy = run;
        VITRINE_TRY(const bool here, d_->stage(copy));
        if (here)
            staged.push_back(std::move(copy));
    }
    std::vector<std::string> replaced;
    if (!staged.empty()) {
        VITRINE_TRY(auto transaction, Transaction::begin(d_->database));
        for (RunRecord& run : staged)
            VITRINE_CHECK(d_->keep(run, replaced));
        VITRINE_CHECK(transaction.commit());
    }
    for (const RunRecord& run : staged) {
        dropStaged(run);
        d_->tidyJob(run);
    }
    (void)d_->dropUnused(replaced);

    std::vector<std::int64_t> numbers;
    for (const RunRecord& run : given) {
        VITRINE_TRY(const auto stored, known(d_->database, run.uid));
        numbers.push_back(stored->number);
    }
    return numbers;
}

Result<std::vector<RunSummary>> Store::find(const RunQuery& query) const
{
    return findRuns(d_->database, query);
}

Result<std::vector<RunSummary>> Store::summaries(std::span<const std::int64_t> numbers,
                                                 const RunQuery& query) const
{
    return summariesOf(d_->database, numbers, query);
}

Result<std::int64_t> Store::count(const RunQuery& query) const
{
    return countRuns(d_->database, query);
}

Result<RunRecord> Store::load(std::int64_t number) const
{
    VITRINE_TRY(LoadedRun loaded, d_->load(number));
    auto& notes = loaded.run.result.notes;
    notes.insert(notes.begin(), loaded.unsound.begin(), loaded.unsound.end());
    return std::move(loaded.run);
}

Result<RunRecord> Store::loadUid(const std::string& uid) const
{
    auto query = d_->database.prepare("SELECT number FROM runs WHERE uid = ?");
    query.bind(uid);
    if (query.step())
        return load(query.integer(0));
    VITRINE_CHECK(query.ok());
    return argumentError("there is no run with the uid {}", uid.substr(0, 64));
}

Result<int> Store::attempts(const std::string& uid) const
{
    VITRINE_TRY(const auto stored, known(d_->database, uid));
    return stored ? std::max(stored->attempt, 1) : 0;
}

Result<std::int64_t> Store::resolve(const std::string& numberOrUid) const
{
    const bool digits = !numberOrUid.empty() && numberOrUid.size() < 19 &&
                        numberOrUid.find_first_not_of("0123456789") == std::string::npos;
    if (digits) {
        auto query = d_->database.prepare("SELECT number FROM runs WHERE number = ?");
        query.bind(std::int64_t{std::stoll(numberOrUid)});
        if (query.step())
            return query.integer(0);
        VITRINE_CHECK(query.ok());
    }
    const bool isUid = numberOrUid.size() >= 4 && isHex(numberOrUid, numberOrUid.size());
    if (!isUid)
        return argumentError("there is no run {} (vitrine runs list shows them)", numberOrUid);
    auto query = d_->database.prepare("SELECT number FROM runs WHERE uid >= ? AND uid < ? LIMIT 2");
    query.bind(numberOrUid).bind(numberOrUid + "g");
    if (!query.step()) {
        VITRINE_CHECK(query.ok());
        return argumentError("there is no run {} (vitrine runs list shows them)", numberOrUid);
    }
    const std::int64_t number = query.integer(0);
    if (query.step())
        return argumentError("several runs have a uid that begins with {}: give more digits",
                             numberOrUid);
    return number;
}

std::vector<std::string> Store::metricNames(const std::string& experiment) const
{
    if (experiment.empty())
        return column(d_->database.prepare(distinctNames("metrics", "name")));
    auto query = d_->database.prepare(
        "SELECT name FROM metrics WHERE run IN (SELECT number FROM runs WHERE experiment = ? "
        "ORDER BY number DESC LIMIT 500) GROUP BY name ORDER BY count(*) DESC, name");
    query.bind(experiment);
    return column(std::move(query));
}

std::string Store::metricUnit(const std::string& metric) const
{
    auto query = d_->database.prepare(
        "SELECT unit FROM metrics WHERE run = (SELECT max(run) FROM metrics WHERE name = ?1) AND "
        "name = ?1");
    query.bind(metric);
    return query.step() ? query.text(0) : std::string();
}

RunVocabulary Store::vocabulary() const
{
    return {experimentsSeen(), metricNames(),
            column(d_->database.prepare(distinctNames("parameters", "name"))),
            column(d_->database.prepare(distinctNames("tags", "tag")))};
}

std::vector<std::string> Store::experimentsSeen() const
{
    return column(d_->database.prepare(distinctNames("runs", "experiment")));
}

Result<void> Store::setTags(std::int64_t number, const std::vector<std::string>& tags)
{
    VITRINE_TRY(auto transaction, Transaction::begin(d_->database));
    VITRINE_CHECK(setTagRows(d_->database, number, tags));
    VITRINE_CHECK(updateWords(d_->database, number));
    VITRINE_CHECK(markChanged(d_->database, number));
    return transaction.commit();
}

Result<void> Store::changeTags(std::span<const std::int64_t> numbers,
                               const std::vector<std::string>& added,
                               const std::vector<std::string>& removed)
{
    VITRINE_TRY(auto transaction, Transaction::begin(d_->database));
    auto add = d_->database.prepare("INSERT OR IGNORE INTO tags (run, tag) VALUES (?, ?)");
    auto take = d_->database.prepare("DELETE FROM tags WHERE run = ? AND tag = ?");
    for (const std::int64_t number : numbers) {
        for (const auto& tag : removed)
            VITRINE_CHECK(take.bind(number).bind(tag).run());
        for (const auto& tag : added)
            VITRINE_CHECK(add.bind(number).bind(tag).run());
        VITRINE_CHECK(updateWords(d_->database, number));
        VITRINE_CHECK(markChanged(d_->database, number));
    }
    return transaction.commit();
}

Result<void> Store::setNote(std::int64_t number, const std::string& note)
{
    return d_->touch(number, "UPDATE runs SET note = ? WHERE number = ?", note);
}

// Also of a run that is not sound: what is no uid or hash names nothing to remove.
Result<void> Store::remove(std::int64_t number)
{
    const auto hashes = hashesOf(d_->database, number);
    std::string uid;
    {
        VITRINE_TRY(auto transaction, Transaction::begin(d_->database));
        auto query = d_->database.prepare("SELECT uid FROM runs WHERE number = ?");
        if (!query.bind(number).step()) {
            VITRINE_CHECK(query.ok());
            return argumentError("there is no run {}", number);
        }
        uid = query.text(0);
        query.reset();
        VITRINE_CHECK(deleteRun(d_->database, number));
        VITRINE_CHECK(transaction.commit());
    }
    std::error_code ignored;
    if (const auto job = jobFolder(uid)) // remove_all follows no link
        fs::remove_all(*job, ignored);
    return d_->dropUnused(hashes);
}

const Database& Store::database() const
{
    return d_->database;
}

Result<void> Store::verify(std::int64_t number) const
{
    VITRINE_TRY(const LoadedRun loaded, d_->load(number));
    if (!loaded.unsound.empty())
        return failure("run {}: {}", number, loaded.unsound.front());
    for (const auto& artifact : loaded.run.result.artifacts) {
        std::error_code error;
        if (!fs::exists(artifact.path, error))
            return failure("run {}: the artifact {} is missing: {}", number, artifact.name,
                           artifact.path.string());
        VITRINE_TRY(const std::string hash, sha256OfFile(artifact.path));
        if (hash != artifact.sha256)
            return failure("run {}: the artifact {} was altered: {}", number, artifact.name,
                           artifact.path.string());
    }
    return {};
}

std::int64_t Store::changeCounter() const
{
    auto query = d_->database.prepare("PRAGMA data_version");
    const std::int64_t version = query.step() ? query.integer(0) : d_->seenVersion;
    const std::int64_t changes = d_->database.totalChanges();
    if (version != d_->seenVersion || changes != d_->seenChanges)
        ++d_->counter;
    d_->seenVersion = version;
    d_->seenChanges = changes;
    return d_->counter;
}

} // namespace vitrine
