#include "core/store/store.h"

#include "core/base/hash.h"
#include "core/jobs/bundle_names.h"
#include "core/store/artifact_files.h"
#include "core/store/database.h"
#include "core/store/query.h"
#include "core/store/rows.h"
#include "core/store/schema.h"

#include <cstdlib>

namespace vitrine
{
namespace fs = std::filesystem;
namespace
{

struct Known {
    std::int64_t number = 0;
    RunState state = RunState::done;
    std::string started;
};

Result<std::optional<Known>> known(const Database& database, const std::string& uid)
{
    auto query = database.prepare("SELECT number, state, started FROM runs WHERE uid = ?");
    query.bind(uid);
    if (!query.step()) {
        VITRINE_CHECK(query.ok());
        return std::optional<Known>();
    }
    VITRINE_TRY(const RunState state, parseRunState(query.text(1)));
    return std::optional(Known{query.integer(0), state, query.text(2)});
}

std::vector<std::string> hashesOf(const Database& database, std::int64_t number)
{
    std::vector<std::string> hashes;
    auto query = database.prepare("SELECT DISTINCT sha256 FROM artifacts WHERE run = ?");
    query.bind(number);
    while (query.step())
        hashes.push_back(query.text(0));
    return hashes;
}

// Another attempt of a run that has not reached its end takes the place of the earlier one.
bool isLaterAttempt(const Known& before, const RunRecord& run)
{
    return before.state != RunState::done && run.started > before.started;
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
            auto used = database.prepare("SELECT 1 FROM artifacts WHERE sha256 = ? LIMIT 1");
            used.bind(hash);
            std::error_code ignored;
            if (!used.step() && used.ok())
                fs::remove(artifacts() / hash, ignored);
        }
        return transaction.commit();
    }

    // What a finished job leaves is not needed any more, unless it can go on from a saved state.
    // Other processes may be reading it: they find the job whole or not at all.
    void tidyJob(const RunRecord& run) const
    {
        const fs::path job = folder / "jobs" / run.uid;
        std::error_code error;
        if (!fs::is_directory(job, error))
            return;
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
        if (!isHex(run.uid, 32))
            return argumentError("a run without a uid of 32 hexadecimal digits cannot be kept");
        VITRINE_TRY(const auto before, known(database, run.uid));
        if (!before || isLaterAttempt(*before, run))
            return true;
        if (run.started == before->started)
            tidyJob(run);
        return false;
    }

    // Under the transaction: another process may have been faster meanwhile. `replaced`: hashes that
    // an earlier attempt named.
    Result<void> keep(RunRecord& run, std::vector<std::string>& replaced) const
    {
        VITRINE_TRY(const auto now, known(database, run.uid));
        if (now && !isLaterAttempt(*now, run))
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

Result<Store> Store::open(const fs::path& workspace)
{
    auto d = std::make_unique<Private>();
    std::error_code error;
    d->path = fs::absolute(workspace, error);
    d->folder = d->path.string() + ".d";
    for (const char* part : {"artifacts", "jobs"}) {
        fs::create_directories(d->folder / part, error);
        if (error)
            return inputError("cannot open the workspace {}: {}: {}", d->path.string(),
                              (d->folder / part).string(), error.message());
    }
    VITRINE_TRY(d->database, Database::open(d->path));
    VITRINE_CHECK(prepareSchema(d->database));
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

Result<std::int64_t> Store::import(const RunRecord& given)
{
    VITRINE_TRY(const auto numbers, import(std::span(&given, 1)));
    return numbers.front();
}

Result<std::vector<std::int64_t>> Store::import(std::span<const RunRecord> given)
{
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
    VITRINE_TRY(RunRecord run, loadRun(d_->database, number));
    for (auto& artifact : run.result.artifacts)
        artifact.path = artifactPath(artifact.sha256);
    return run;
}

Result<RunRecord> Store::loadUid(const std::string& uid) const
{
    VITRINE_TRY(const auto found, known(d_->database, uid));
    if (!found)
        return argumentError("there is no run with the uid {}", uid);
    return load(found->number);
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

Result<void> Store::remove(std::int64_t number)
{
    VITRINE_TRY(const RunRecord run, load(number));
    const auto hashes = hashesOf(d_->database, number);
    {
        VITRINE_TRY(auto transaction, Transaction::begin(d_->database));
        VITRINE_CHECK(deleteRun(d_->database, number));
        VITRINE_CHECK(transaction.commit());
    }
    std::error_code ignored;
    fs::remove_all(jobsFolder() / run.uid, ignored);
    return d_->dropUnused(hashes);
}

fs::path Store::artifactPath(const std::string& sha256) const
{
    return d_->artifacts() / sha256;
}

const Database& Store::database() const
{
    return d_->database;
}

Result<void> Store::verify(std::int64_t number) const
{
    VITRINE_TRY(const RunRecord run, load(number));
    for (const auto& artifact : run.result.artifacts) {
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
