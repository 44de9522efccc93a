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
    // A row as it was given, whatever the rows are sorted by; -1: none.
    int rowOf(const QModelIndex& index) const;
    void selectRow(int row); // as it was given; -1: none

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void spread();

    int rows_ = 0;
    std::vector<int> natural_; // widths of the columns' contents
    QAbstractItemDelegate* dots_;
};

} // namespace vitrine
