#pragma once

#include "core/jobs/experiment/run_result.h"
#include "widgets/table/data_table.h"

#include <vector>

namespace vitrine
{

// A few rows side by side, as high as they are, over the whole width: a row for each run, before
// its name the colour that the run has in the plots.
class RunTable : public DataTable
{
    Q_OBJECT
public:
    explicit RunTable(QWidget* parent);

    // `colours`: a series colour (core/figure/figure.h) for each row, figure::kMuted for a row that
    // is no run; empty: no row is one.
    void setRows(Table table, const std::vector<int>& colours);
    // Columns that are left out, the first of them first, where the others do not fit; unless all
    // are wished for, which may scroll. Of the rows set last.
    void setGivingWay(std::vector<int> columns);
    void setAllShown(bool on);
    int leftOut() const { return leftOut_; } // how many are
    // A row as it was given, whatever the rows are sorted by; -1: none.
    int rowOf(const QModelIndex& index) const;
    void selectRow(int row); // as it was given; -1: none

signals:
    void leftOutChanged(int columns);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void spread();

    int widthWithout(const std::vector<bool>& hidden) const;

    int rows_ = 0, leftOut_ = 0;
    bool allShown_ = false;
    std::vector<int> givingWay_;
    std::vector<int> natural_; // widths of the columns' contents
    QAbstractItemDelegate* dots_;
};

} // namespace vitrine
