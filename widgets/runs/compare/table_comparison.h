#pragma once

#include "core/jobs/experiment/run_result.h"
#include "widgets/view.h"

#include <QWidget>

#include <vector>

class QComboBox;

namespace vitrine
{

class DataTable;

// One column of the tables of this name in several runs: a row per key, a column per run, and the
// difference (last minus first). Rows are matched by the leading columns that tell rows apart in
// every run, else by their place. Runs without the table or the row have no value.
struct TableComparison {
    Table table;
    std::vector<std::string> quantities; // columns that can be compared
};
TableComparison compareTables(const std::vector<const RunRecord*>& runs, const std::string& table,
                              const std::string& quantity); // empty: the first that differs

// The tables of several runs, to choose among.
class TableComparisonView : public QWidget
{
    Q_OBJECT
public:
    explicit TableComparisonView(QWidget* parent = nullptr);

    void setRuns(const std::vector<RunHandle>& runs);
    bool hasTables() const;

private:
    void showTable();
    void showQuantity();

    QComboBox *tables_, *quantities_;
    DataTable* rows_;
    std::vector<RunHandle> runs_;
};

} // namespace vitrine
