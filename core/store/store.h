#pragma once

#include "core/base/result.h"
#include "core/jobs/experiment/run_record.h"
#include "core/store/access.h"
#include "core/store/filter.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vitrine
{

class Database;

// What the Runs table shows of a run.
struct RunSummary {
    std::int64_t number = 0;
    std::string uid; // empty where the stored one is none; `error` then says what is not sound
    std::string experiment;
    RunState state = RunState::queued;
    std::string started;
    double seconds = 0;
    std::string error;
    std::string
        subject; // the one or two parameters that tell runs apart: "vitrine-lm · speech-2016.txt"
    std::vector<std::string> tags;
    std::vector<std::pair<std::string, double>> metrics;     // only those asked for
    std::vector<std::pair<std::string, std::string>> params; // likewise, as paramText writes them
};

struct RunQuery {
    std::string text; // words that occur in experiment, parameters, tags, note, error; all must
    std::string experiment; // exactly, or empty for all
    std::optional<RunState> state;
    std::string tag;
    RunFilter filter;                         // all its terms hold too
    std::vector<std::string> metrics, params; // to be filled into the summaries
    std::string sortBy =
        "number"; // number, started, seconds, experiment, state, "metric:NAME" or "param:NAME"
    bool descending = true;
    std::int64_t limit = 1000, offset = 0;
};

// The workspace: one SQLite file (WAL) with a folder WORKSPACE.d beside it for artifacts/<sha256>
// and jobs/<uid>. Several processes may read and write at once. One Store object belongs to one
// thread. Schema: core/store/README.md.
class Store
{
public:
    // Made where it does not exist. A file of another program or of a newer version is refused and
    // not altered; one that can only be read is opened for reading, and then everything that writes
    // is refused in one line.
    static Result<Store> open(const std::filesystem::path& workspace,
                              Access access = Access::readWrite);
    // $VITRINE_WORKSPACE, else $XDG_DATA_HOME/vitrine/home.vitrine.
    static std::filesystem::path defaultWorkspace();
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    std::filesystem::path path() const;
    std::filesystem::path jobsFolder() const;
    // Names come from the database, which may come from anywhere: what is no uid or hash has no
    // path.
    Result<std::filesystem::path> jobFolder(const std::string& uid) const;
    Result<std::filesystem::path> artifactPath(const std::string& sha256) const;
    Result<void> checkWritable() const; // one line where the workspace can only be read

    // Imports exactly once by uid: a run that is there already is left as it is and its number
    // returned, unless this is a later attempt of one that is not done. Artifacts move (or are
    // copied) into the workspace by hash. One transaction.
    Result<std::int64_t> import(const RunRecord& run);

    // Many at once in one transaction: all or none. For bulk imports; each as by import().
    Result<std::vector<std::int64_t>> import(std::span<const RunRecord> runs);

    // By the database alone, one query at a time; RunIndex (run_index.h) answers the same faster.
    Result<std::vector<RunSummary>> find(const RunQuery& query) const;
    Result<std::int64_t> count(const RunQuery& query) const; // ignores limit and offset
    // Those of these numbers that exist, in this order; metrics and params as asked for by the
    // query.
    Result<std::vector<RunSummary>> summaries(std::span<const std::int64_t> numbers,
                                              const RunQuery& query) const;
    // What is not sound in the stored rows is left out, and a note of the run says so. Error where
    // the run's own row is not.
    Result<RunRecord> load(std::int64_t number) const;
    Result<RunRecord> loadUid(const std::string& uid) const;
    // How often the run was tried, as far as is known here; 0 where it is not stored.
    Result<int> attempts(const std::string& uid) const;
    // A number, or an unambiguous beginning of a uid (4 digits or more).
    Result<std::int64_t> resolve(const std::string& numberOrUid) const;
    // Of all runs, sorted; or of the 500 newest of one experiment, first what most of them have.
    std::vector<std::string> metricNames(const std::string& experiment = {}) const;
    std::string
    metricUnit(const std::string& metric) const; // of the newest run that has it; else empty
    RunVocabulary vocabulary() const;            // names of the whole workspace
    std::vector<std::string> experimentsSeen() const;

    // Exactly these, whatever others have added meanwhile: to add or take away, use changeTags.
    Result<void> setTags(std::int64_t number, const std::vector<std::string>& tags);
    // Adds and takes away on many runs, in one transaction: what others do at the same time stays.
    Result<void> changeTags(std::span<const std::int64_t> numbers,
                            const std::vector<std::string>& added,
                            const std::vector<std::string>& removed);
    Result<void> setNote(std::int64_t number, const std::string& note);
    Result<void> remove(std::int64_t number); // artifacts that no other run names go too

    // Re-hashes every artifact of the run; an error names the first that is missing or altered, or
    // what else is not sound.
    Result<void> verify(std::int64_t number) const;

    // For the other parts of core/store.
    const Database& database() const;

    // Changes whenever any process has committed (PRAGMA data_version and own changes): poll it to
    // notice foreign runs.
    std::int64_t changeCounter() const;

private:
    struct Private;
    explicit Store(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d_;
};

// Computed values of two records, bit by bit: one line per difference, empty where equal. Measured
// values are not compared.
std::vector<std::string> compareComputed(const RunRecord& a, const RunRecord& b);

// What can be said of the files that two runs read: a line for each that differs, is in one of them
// only, or cannot be compared (isPartHash); empty where all are the same.
std::vector<std::string> compareInputs(const RunRecord& a, const RunRecord& b);
// Of the files that a run read: a line for each of which nobody can say whether it is still the
// same.
std::vector<std::string> incomparableInputs(const RunRecord& run);

// Everything of a run as plain files in `folder` (made; must be empty or absent): run.json,
// parameters.csv, metrics.csv, one CSV per table, artifacts under their names.
Result<void> exportRun(const RunRecord& run, const std::filesystem::path& folder);

} // namespace vitrine
