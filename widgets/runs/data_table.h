#pragma once

#include "core/jobs/run_result.h"

#include <QAbstractTableModel>
#include <QTableView>

namespace vitrine
{

// A result's table as a model: numbers right-aligned with 3-4 digits, every digit on hover, columns
// sorted as numbers.
class DataTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    static constexpr int kSortRole = Qt::UserRole;
    static constexpr int kExactRole =
        Qt::UserRole + 1; // what is copied: all digits, the whole text

    using QAbstractTableModel::QAbstractTableModel;
    void setTable(Table table);
    const Table& table() const { return table_; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    Table table_;
};

// Sortable view of one table; Ctrl+C copies the selected rows with every digit, separated by tabs.
class DataTable : public QTableView
{
    Q_OBJECT
public:
    explicit DataTable(QWidget* parent = nullptr);
    void setTable(const Table& table);
    QString selectedText() const;

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    DataTableModel* model_;
};

// The look of every table: 28 px rows, no grid, whole rows selected.
void styleTable(QTableView& view);

} // namespace vitrine
