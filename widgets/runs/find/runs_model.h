#pragma once

#include "core/store/store.h"
#include "widgets/runs/find/run_finder.h"

#include <QAbstractTableModel>
#include <QSet>
#include <QStringList>

#include <optional>
#include <unordered_map>
#include <vector>

class QMimeData;

namespace vitrine
{

// What a drag of runs carries: their uids, one per line.
inline constexpr const char* kRunsMime = "application/x-vitrine-runs";

QStringList draggedRuns(const QMimeData& data);

// The runs that a search has found. Only their numbers are held; what is shown of them is read by
// pages as they are scrolled to. Columns: number, experiment, subject, state, started, duration,
// tags, then the metrics and parameters asked for. Sorting is the search's work: a click on a
// header wishes it.
class RunsModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { number, experiment, subject, state, started, duration, tags, firstMetric };

    using QAbstractTableModel::QAbstractTableModel;

    void setStore(const Store* store); // nullptr: empty. Outlives the model or is replaced first.
    void setFound(std::shared_ptr<const FoundRuns> found);
    const FoundRuns& found() const { return *found_; }
    // Runs of the store that go on just now: resumed, and not stored again yet.
    void setUnderWay(const QSet<QString>& uids);

    std::int64_t numberAt(int row) const { return found_->shown[static_cast<std::size_t>(row)]; }
    const RunSummary& run(int row) const; // reads its page where it is not there
    int rowOf(std::int64_t number) const; // -1 where it is not shown
    // The name behind a column, as RunQuery::sortBy has it; empty where it cannot be sorted by.
    QString sortKey(int column) const;
    int columnOf(const QString& sortKey) const; // -1: none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;

signals:
    void sortWished(const QString& key, bool descending);

private:
    QString text(const RunSummary& run, int column) const;
    QVariant metric(const RunSummary& run, int column) const;
    std::optional<int> decimalsOf(int column) const; // of a metric
    RunState stateNow(const RunSummary& run) const;
    const std::string& columnName(int column) const;
    bool isParam(int column) const;
    void readPage(int row) const;

    const Store* store_ = nullptr;
    std::shared_ptr<const FoundRuns> found_ = std::make_shared<FoundRuns>();
    QSet<QString> underWay_;
    mutable std::unordered_map<int, RunSummary> rows_; // what has been shown lately
    mutable std::vector<std::optional<int>> decimals_; // of each metric; empty: not known yet
};

} // namespace vitrine
