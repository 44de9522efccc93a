#pragma once

#include "core/jobs/experiment/run_record.h"
#include "widgets/table/data_table.h"

#include <vector>

namespace vitrine::accelerators_plugin
{

// What papers say beside ours, the evidence mark as a small labelled chip.
class ReferenceTable : public DataTable
{
    Q_OBJECT
public:
    explicit ReferenceTable(QWidget* parent);
    // Claims about every accelerator among the runs, once each.
    void setRuns(const std::vector<const RunRecord*>& runs);
    QString shownText(const QModelIndex& index) const; // as its delegate paints it

private:
    void show(Table table);

    QAbstractItemDelegate *chips_, *deviations_;
};

} // namespace vitrine::accelerators_plugin
