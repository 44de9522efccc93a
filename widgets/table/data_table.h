#pragma once

#include "core/jobs/experiment/run_result.h"

#include <QAbstractTableModel>
#include <QTableView>

#include <optional>
#include <vector>

namespace vitrine
{

// A result's table as a model: numbers and what is missing among them right-aligned, with common
// decimals in a column, more digits on hover, columns sorted as numbers.
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
    bool isRight(const Cell& cell, int column) const;

    Table table_;
    std::vector<std::optional<int>> decimals_; // of each column
    std::vector<bool> numbers_;                // of each column: is it one of numbers?
};

// Sortable view of one table; Ctrl+C copies the selected rows with every digit, separated by tabs.
class DataTable : public QTableView
{
    Q_OBJECT
public:
    explicit DataTable(QWidget* parent = nullptr);
    void setTable(const Table& table);
    // Columns fill the width, and have less air where all of them fit only without it.
    void setTight(bool on);
    QString selectedText() const;

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void spaceColumns();

    DataTableModel* model_;
    std::vector<int> contents_; // widths of the columns' contents
    bool isTight_ = false;
};

// The look of every table: 28 px rows, no grid, whole rows selected.
void styleTable(QTableView& view);

} // namespace vitrine
