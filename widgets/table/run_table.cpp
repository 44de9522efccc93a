#include "widgets/table/run_table.h"

#include "core/figure/figure.h"
#include "widgets/theme/palette.h"

#include <QAbstractProxyModel>
#include <QHeaderView>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>

#include <algorithm>
#include <utility>

namespace vitrine
{
namespace
{

constexpr int kRunRow = 28, kDotWidth = 18, kNarrowestName = 150, kSlack = 20;

class RunDotDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        QStyleOptionViewItem item = option;
        initStyleOption(&item, index);
        const QString text = item.text;
        item.text.clear();
        option.widget->style()->drawControl(QStyle::CE_ItemViewItem, &item, painter, option.widget);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        const int colour = index.siblingAtColumn(index.model()->columnCount() - 1)
                               .data(DataTableModel::kSortRole)
                               .toInt();
        painter->setBrush(theme::palette().series(colour));
        if (colour != figure::kMuted)
            painter->drawEllipse(QPointF(option.rect.left() + 12, option.rect.center().y() + 0.5),
                                 4, 4);
        painter->setFont(item.font);
        painter->setPen(item.palette.color(QPalette::Text));
        const QRect room = option.rect.adjusted(kDotWidth + 4, 0, -4, 0);
        painter->drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
                          item.fontMetrics.elidedText(text, Qt::ElideRight, room.width()));
        painter->restore();
    }
};

} // namespace

RunTable::RunTable(QWidget* parent) : DataTable(parent), dots_(new RunDotDelegate(this))
{
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

void RunTable::setRows(Table table, const std::vector<int>& colours)
{
    const bool coloured = !colours.empty();
    if (coloured) { // one column more, not shown
        table.columns.push_back({"", "", Origin::computed, ""});
        for (std::size_t i = 0; i < table.rows.size() && i < colours.size(); ++i)
            table.rows[i].push_back(std::int64_t{colours[i]});
    }
    for (int i = 0; i < model()->columnCount(); ++i) // a hidden column would get no width
        setColumnHidden(i, false);
    setTable(table);
    const int columns = static_cast<int>(table.columns.size());
    for (int i = 0; i < columns; ++i)
        setItemDelegateForColumn(i, coloured && i == 0 ? dots_ : nullptr);
    for (int i = 0; i < columns; ++i)
        setColumnHidden(i, coloured && i == columns - 1);
    natural_.clear();
    givingWay_.clear();
    const auto isText = [&](int column) {
        return std::ranges::any_of(table.rows, [&](const std::vector<Cell>& row) {
            const auto at = static_cast<std::size_t>(column);
            return at < row.size() && std::holds_alternative<std::string>(row[at]);
        });
    };
    // Headings give up the room of their arrow, numbers nothing.
    for (int i = 0; i < columns; ++i)
        natural_.push_back(isColumnHidden(i) ? 0
                           : i == 0          ? columnWidth(i) + kDotWidth
                           : isText(i)       ? columnWidth(i)
                                       : std::max(columnWidth(i) - kSlack, sizeHintForColumn(i)));
    rows_ = static_cast<int>(table.rows.size());
    spread();
}

int RunTable::rowOf(const QModelIndex& index) const
{
    const auto* sorted = qobject_cast<const QAbstractProxyModel*>(model());
    return sorted && index.isValid() ? sorted->mapToSource(index).row() : -1;
}

void RunTable::selectRow(int row)
{
    const auto* sorted = qobject_cast<const QAbstractProxyModel*>(model());
    if (!sorted || row < 0)
        clearSelection();
    else
        DataTable::selectRow(sorted->mapFromSource(sorted->sourceModel()->index(row, 0)).row());
}

void RunTable::setGivingWay(std::vector<int> columns)
{
    givingWay_ = std::move(columns);
    spread();
}

void RunTable::setAllShown(bool on)
{
    allShown_ = on;
    spread();
}

int RunTable::widthWithout(const std::vector<bool>& hidden) const
{
    int sum = 0;
    for (std::size_t i = 0; i < natural_.size(); ++i)
        sum += hidden[i] ? 0 : natural_[i];
    return sum;
}

// What is left over goes to all columns alike; what lacks is taken from the names, which may be
// elided, then from columns that give way.
void RunTable::spread()
{
    const int room = viewport()->width();
    // Names give way only where that saves the scroll bar.
    const int spare = natural_.empty() ? 0 : std::max(0, natural_[0] - kNarrowestName);
    std::vector<bool> hidden;
    for (const int width : natural_)
        hidden.push_back(width <= 0);
    int left = 0;
    for (const int column : givingWay_)
        if (!allShown_ && widthWithout(hidden) - room > spare) {
            hidden[static_cast<std::size_t>(column)] = true;
            ++left;
        }
    const int sum = widthWithout(hidden);
    const auto shown = static_cast<int>(std::ranges::count(hidden, false));
    const int less = sum - room <= spare ? std::max(0, sum - room) : 0;
    const int more = shown > 0 ? std::max(0, room - sum) / shown : 0;
    for (std::size_t i = 0; i < natural_.size(); ++i) {
        setColumnHidden(static_cast<int>(i), hidden[i]);
        if (!hidden[i])
            setColumnWidth(static_cast<int>(i), natural_[i] + more - (i == 0 ? less : 0));
    }
    if (std::exchange(leftOut_, left) != left)
        emit leftOutChanged(left);
    const int bar = sum - less > room ? horizontalScrollBar()->sizeHint().height() : 0;
    setFixedHeight(horizontalHeader()->sizeHint().height() + kRunRow * rows_ + 2 * frameWidth() +
                   2 + bar);
}

void RunTable::resizeEvent(QResizeEvent* event)
{
    DataTable::resizeEvent(event);
    spread();
}

} // namespace vitrine
