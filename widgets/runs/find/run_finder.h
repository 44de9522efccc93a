#pragma once

#include "core/store/store.h"

#include <QObject>
#include <QString>
#include <QThreadPool>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace vitrine
{

class ComputePool;

// One quantity of many runs, for plots.
struct RunColumn {
    std::string name; // as RunIndex::values takes it
    std::string unit;
    std::vector<double> values;     // one per run; NaN: none
    std::vector<std::string> texts; // of a parameter that is no number, else empty
};

// What a search has found.
struct FoundRuns {
    RunQuery query;                    // as asked, columns filled in where none were chosen
    std::vector<std::int64_t> numbers; // of all that match, in order
    std::vector<std::int64_t> shown;   // those of them that a brush keeps; the same without a brush
    std::vector<RunSummary> first;     // of the first of them
    RunVocabulary vocabulary;
    std::vector<FilterProblem> problems; // names that no run has
    std::string error;                   // the search failed; all else is empty then
};

// Finds runs off the window's thread, in an index of the whole workspace. The newest request wins;
// what nobody waits for any more is dropped. Window's thread.
class RunFinder : public QObject
{
    Q_OBJECT
public:
    explicit RunFinder(QObject* parent = nullptr);
    ~RunFinder() override;

    void open(const std::filesystem::path& workspace);
    bool isOpen() const { return index_ != nullptr; }

    // `columns`: metrics and parameters to be shown; none: the metrics of the one experiment that
    // is asked for, if it is one. `kept`: only these are shown (sorted), though all that match are
    // told.
    void find(const RunQuery& query, const std::vector<std::string>& columns,
              std::shared_ptr<const std::vector<std::int64_t>> kept = {});
    bool isSearching() const { return searching_; }
    // The quantities of these runs, for a plot.
    void readColumns(const std::vector<std::string>& names,
                     std::shared_ptr<const std::vector<std::int64_t>> numbers);

    // Changes many runs (tags, removal), one such act after the other.
    void act(std::function<Result<void>(Store&)> change);

signals:
    void acted(const QString& error); // empty: done
    void found(const std::shared_ptr<vitrine::FoundRuns>& runs);
    void columnsRead(const std::shared_ptr<std::vector<vitrine::RunColumn>>& columns,
                     const std::shared_ptr<const std::vector<std::int64_t>>& numbers);
    void failed(const QString& message);

private:
    struct Shared;
    void readAhead(const std::vector<std::string>& names);

    ComputePool* pool_;
    QThreadPool acts_; // one thread
    std::shared_ptr<Shared> index_;
    bool searching_ = false, ahead_ = false;
};

} // namespace vitrine
