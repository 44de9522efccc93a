#pragma once

#include "core/store/store.h"

#include <QAbstractTableModel>
#include <QStringList>

namespace vitrine
{

// The runs of a workspace that match a query; filtering and sorting are the store's work, rows come
// in pages as they are scrolled to. Columns: number, experiment, subject, state, started, duration,
// tags, then the metrics asked for.
class RunsModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { number, experiment, subject, state, started, duration, tags, firstMetric };

    using QAbstractTableModel::QAbstractTableModel;

    void setStore(const Store* store); // nullptr: empty. Outlives the model or is replaced first.
    void setQuery(RunQuery query);     // limit and offset are the model's own
    const RunQuery& query() const { return query_; }
    void reload(); // keeps as many rows as were loaded

    std::int64_t total() const { return total_; } // matching runs in the store
    QString error() const { return error_; }
    const RunSummary& run(int row) const { return runs_[static_cast<std::size_t>(row)]; }
    int rowOf(const std::string& uid) const; // -1 where it is not loaded

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

private:
    std::vector<RunSummary> page(std::int64_t offset, std::int64_t limit);
    QString text(const RunSummary& run, int column) const;
    QVariant metric(const RunSummary& run, int column) const;

    const Store* store_ = nullptr;
    RunQuery query_;
    std::vector<RunSummary> runs_;
    std::int64_t total_ = 0;
    QString error_;
};

} // namespace vitrine
