#include "widgets/table/data_table.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

#include "core/jobs/experiment/metric_words.h"
#include "core/jobs/experiment/table_digits.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/shown_text.h"

#include <algorithm>
#include <numeric>

namespace vitrine
{
namespace
{

constexpr int kRowHeight = 28;
constexpr int kNarrowestColumn = 56, kWidestColumn = 320;
constexpr int kAirOfColumn = 12;
constexpr int kArrowRoom = 9; // that a heading keeps for the arrow of sorting
constexpr qsizetype kLongestHeading = 120;

bool isNumber(const Cell& cell)
{
    return std::holds_alternative<double>(cell) || std::holds_alternative<std::int64_t>(cell);
}

QVariant sortKey(const Cell& cell)
{
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return QVariant::fromValue(static_cast<qlonglong>(*whole));
    if (const auto* real = std::get_if<double>(&cell))
        return *real;
    return cellWords(cell);
}

// Numbers end where the words of their heading end, which leave room for the arrow of sorting: so
// a column of words beside them is not taken for their unit.
class CellDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        if (!(option->displayAlignment & Qt::AlignRight))
            return;
        option->features |= QStyleOptionViewItem::HasDecoration; // an empty one
        option->decorationPosition = QStyleOptionViewItem::Right;
        option->decorationSize = QSize(kArrowRoom, 1);
    }
};

} // namespace

void DataTableModel::setTable(Table table)
{
    beginResetModel();
    table_ = std::move(table);
    decimals_ = columnDecimals(table_);
    numbers_ = numberColumns(table_);
    endResetModel();
}

int DataTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(table_.rows.size());
}

int DataTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(table_.columns.size());
}

QVariant DataTableModel::data(const QModelIndex& index, int role) const
{
    const Cell& cell =
        table_
            .rows[static_cast<std::size_t>(index.row())][static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole:
        return cellWords(cell, decimals_[static_cast<std::size_t>(index.column())]);
    case Qt::ToolTipRole:
        return shownText(cellHover(cell));
    case kExactRole:
        return cellExact(cell);
    case kSortRole:
        return sortKey(cell);
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignVCenter |
                        (isRight(cell, index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    default:
        return {};
    }
}

// A missing value stands where the numbers of its column stand, as do words in place of one.
bool DataTableModel::isRight(const Cell& cell, int column) const
{
    return isNumber(cell) || numbers_[static_cast<std::size_t>(column)];
}

QVariant DataTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return role == Qt::DisplayRole ? QVariant(section + 1) : QVariant();
    const Column& column = table_.columns[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole) {
        const QString name = shownText(titleOf(column.name, column.unit), kLongestHeading);
        const bool plain = column.unit.empty() || column.unit == "1";
        return plain ? name : QString("%1 (%2)").arg(name, shownText(column.unit, kLongestHeading));
    }
    if (role == Qt::ToolTipRole)
        return shownText(column.help);
    if (role == Qt::TextAlignmentRole)
        return QVariant(
            Qt::AlignVCenter |
            (numbers_[static_cast<std::size_t>(section)] ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

DataTable::DataTable(QWidget* parent) : QTableView(parent), model_(new DataTableModel(this))
{
    auto* sorted = new QSortFilterProxyModel(this);
    sorted->setSourceModel(model_);
    sorted->setSortRole(DataTableModel::kSortRole);
    setModel(sorted);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::AscendingOrder); // as the experiment wrote it, until a header is clicked
    setItemDelegate(new CellDelegate(this));
    styleTable(*this);
}

void DataTable::setTable(const Table& table)
{
    model_->setTable(table);
    contents_.clear();
    for (int column = 0; column < model_->columnCount(); ++column) {
        resizeColumnToContents(column);
        contents_.push_back(columnWidth(column));
    }
    spaceColumns();
}

void DataTable::setTight(bool on)
{
    isTight_ = on;
    spaceColumns();
}

// What lacks is taken from the heading of the last column, which may be elided; its cells stay.
void DataTable::spaceColumns()
{
    const auto columns = static_cast<int>(contents_.size());
    const int sum = std::accumulate(contents_.begin(), contents_.end(), 0);
    const int room = viewport()->width();
    const int air = isTight_ && sum + columns * kAirOfColumn > room ? 0 : kAirOfColumn;
    for (int column = 0; column < columns; ++column)
        setColumnWidth(column, std::clamp(contents_[static_cast<std::size_t>(column)] + air,
                                          kNarrowestColumn, kWidestColumn));
    const int last = columns - 1;
    if (isTight_ && last >= 0 && sum > room)
        setColumnWidth(last, std::clamp(columnWidth(last) - (sum - room),
                                        std::min(sizeHintForColumn(last), columnWidth(last)),
                                        columnWidth(last)));
    horizontalHeader()->setStretchLastSection(isTight_ && air > 0);
}

void DataTable::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    if (isTight_)
        spaceColumns();
}

QString DataTable::selectedText() const
{
    QStringList lines;
    for (const QModelIndex& row : selectionModel()->selectedRows()) {
        QStringList cells;
        for (int column = 0; column < model()->columnCount(); ++column)
            cells << model()->index(row.row(), column).data(DataTableModel::kExactRole).toString();
        lines << cells.join('\t');
    }
    return lines.join('\n');
}

void DataTable::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy))
        return QGuiApplication::clipboard()->setText(selectedText());
    QTableView::keyPressEvent(event);
}

void styleTable(QTableView& view)
{
    view.verticalHeader()->setDefaultSectionSize(kRowHeight);
    view.verticalHeader()->setMinimumSectionSize(kRowHeight);
    view.verticalHeader()->hide();
    view.setShowGrid(false);
    view.setSelectionBehavior(QAbstractItemView::SelectRows);
    view.setEditTriggers(QAbstractItemView::NoEditTriggers);
    view.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view.setWordWrap(false);
    view.horizontalHeader()->setHighlightSections(false);
    view.horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    view.horizontalHeader()->setMinimumSectionSize(40);
    view.horizontalHeader()->setTextElideMode(Qt::ElideRight);
}

} // namespace vitrine
