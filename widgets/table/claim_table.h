#pragma once

#include "widgets/table/data_table.h"

namespace vitrine
{

// What papers say beside ours, the evidence mark as a small labelled chip.
class ClaimTable : public DataTable
{
    Q_OBJECT
public:
    explicit ClaimTable(QWidget* parent);
    // A table with the columns mark, unit and deviation among others.
    void setClaims(Table table);
    QString shownText(const QModelIndex& index) const; // as its delegate paints it

private:
    QAbstractItemDelegate *chips_, *deviations_;
};

} // namespace vitrine
