#include "widgets/runs/compare/table_comparison.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "core/jobs/experiment/read_run.h"
#include "widgets/table/data_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

namespace vitrine
{
namespace
{

using Key = std::vector<Cell>;
using Runs = std::vector<const RunRecord*>;

std::vector<const Table*> tablesNamed(const Runs& runs, const std::string& name)
{
    std::vector<const Table*> tables;
    for (const RunRecord* run : runs)
        tables.push_back(run->result.table(name));
    return tables;
}

const Table* firstOf(const std::vector<const Table*>& tables)
{
    const auto found = std::ranges::find_if(tables, [](const Table* t) { return t != nullptr; });
    return found == tables.end() ? nullptr : *found;
}

Key keyOf(const std::vector<Cell>& row, std::size_t columns)
{
    return {row.begin(), row.begin() + static_cast<std::ptrdiff_t>(columns)};
}

bool sameHead(const Table& a, const Table& b, std::size_t columns)
{
    return a.columns.size() >= columns && b.columns.size() >= columns &&
           std::equal(a.columns.begin(), a.columns.begin() + static_cast<std::ptrdiff_t>(columns),
                      b.columns.begin(),
                      [](const Column& x, const Column& y) { return x.name == y.name; });
}

// How many leading columns name a row in every table; 0 where none do.
std::size_t keyColumns(const std::vector<const Table*>& tables, const Table& first)
{
    for (std::size_t columns = 1; columns < first.columns.size(); ++columns) {
        const bool unique = std::ranges::all_of(tables, [&](const Table* table) {
            if (table == nullptr)
                return true;
            std::set<Key> seen;
            return sameHead(*table, first, columns) &&
                   std::ranges::all_of(table->rows, [&](const auto& row) {
                       return seen.insert(keyOf(row, columns)).second;
                   });
        });
        if (unique)
            return columns;
    }
    return 0;
}

Cell difference(const std::vector<Cell>& values)
{
    const double less = numberOf(values.back()) - numberOf(values.front());
    return std::isfinite(less) ? Cell(less) : Cell();
}

} // namespace

TableComparison compareTables(const Runs& runs, const std::string& name,
                              const std::string& quantity)
{
    const auto tables = tablesNamed(runs, name);
    const Table* first = firstOf(tables);
    TableComparison comparison;
    if (first == nullptr)
        return comparison;
    const std::size_t keys = keyColumns(tables, *first);
    for (std::size_t column = keys; column < first->columns.size(); ++column)
        comparison.quantities.push_back(first->columns[column].name);
    if (comparison.quantities.empty())
        return comparison;
    const auto known = std::ranges::find(comparison.quantities, quantity);
    const std::string shown =
        known != comparison.quantities.end() ? quantity : comparison.quantities.front();

    Table& out = comparison.table;
    out.name = name;
    if (keys == 0)
        out.columns.push_back({"row", "", Origin::computed, "Its place in the table"});
    for (std::size_t column = 0; column < keys; ++column)
        out.columns.push_back(first->columns[column]);
    const std::size_t heads = out.columns.size();
    const Column& compared = first->columns[static_cast<std::size_t>(first->column(shown))];
    for (const RunRecord* run : runs)
        out.columns.push_back(
            {"run " + std::to_string(run->number), compared.unit, compared.origin, compared.help});
    if (runs.size() > 1)
        out.columns.push_back(
            {"difference", compared.unit, compared.origin, "The last minus the first"});

    std::map<Key, std::size_t> places;
    for (std::size_t run = 0; run < runs.size(); ++run) {
        const int column = tables[run] != nullptr ? tables[run]->column(shown) : -1;
        for (std::size_t row = 0; tables[run] != nullptr && row < tables[run]->rows.size(); ++row) {
            const auto& cells = tables[run]->rows[row];
            const Key key =
                keys == 0 ? Key{static_cast<std::int64_t>(row) + 1} : keyOf(cells, keys);
            const auto [place, isNew] = places.try_emplace(key, out.rows.size());
            if (isNew) {
                out.rows.push_back(key);
                out.rows.back().resize(out.columns.size());
            }
            if (column >= 0)
                out.rows[place->second][heads + run] = cells[static_cast<std::size_t>(column)];
        }
    }
    if (runs.size() > 1)
        for (auto& row : out.rows)
            row.back() = difference({row[heads], row[heads + runs.size() - 1]});
    return comparison;
}

TableComparisonView::TableComparisonView(QWidget* parent)
    : QWidget(parent),
      tables_(new QComboBox(this)),
      quantities_(new QComboBox(this)),
      rows_(new DataTable(this))
{
    tables_->setAccessibleName("Table");
    tables_->setToolTip("Which table of the runs");
    quantities_->setAccessibleName("Compared column");
    quantities_->setToolTip("The column that is shown of every run");
    rows_->setAccessibleName("Compared rows");
    rows_->setMinimumHeight(220);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(tables_);
    row->addWidget(quantities_);
    row->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(rows_, 1);
    connect(tables_, &QComboBox::currentIndexChanged, this, &TableComparisonView::showTable);
    connect(quantities_, &QComboBox::activated, this, &TableComparisonView::showQuantity);
}

bool TableComparisonView::hasTables() const
{
    return tables_->count() > 0;
}

void TableComparisonView::setRuns(const std::vector<RunHandle>& runs)
{
    runs_ = runs;
    const QSignalBlocker quiet(tables_); // shown when all are known
    tables_->clear();
    for (const RunHandle& run : runs)
        for (const Table& table : run->result.tables)
            if (const auto name = QString::fromStdString(table.name); tables_->findText(name) < 0)
                tables_->addItem(name, name);
    showTable();
}

void TableComparisonView::showTable()
{
    quantities_->clear();
    showQuantity();
}

void TableComparisonView::showQuantity()
{
    Runs records;
    for (const RunHandle& run : runs_)
        records.push_back(run.get());
    const auto comparison = compareTables(records, tables_->currentText().toStdString(),
                                          quantities_->currentText().toStdString());
    if (quantities_->count() == 0)
        for (const std::string& name : comparison.quantities)
            quantities_->addItem(QString::fromStdString(name));
    quantities_->setVisible(quantities_->count() > 1);
    rows_->setTable(comparison.table);
}

} // namespace vitrine
