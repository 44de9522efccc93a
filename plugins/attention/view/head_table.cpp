#include "plugins/attention/view/head_table.h"

#include "core/base/number_text.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"
#include "widgets/theme/text.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QPixmap>

#include <algorithm>
#include <cmath>

namespace vitrine::attention_plugin
{
namespace
{

struct Measure {
    const char *name, *label, *unit, *help;
};

constexpr Measure kMeasures[] = {
    {"first_token_mass", "1st token", "",
     "Mean weight that later tokens give to the first: mean over rows i ≥ 1 of A[i,0]"},
    {"sink_mass", "Sink mass", "",
     "Mean weight that rows i ≥ 1 give to all sinks together, by the rule in force"},
    {"sinks", "Sinks", "", "Columns that the rule in force flags"},
    {"entropy", "Entropy", "nat", "Mean over rows of −Σⱼ A[i,j] ln A[i,j]"},
    {"distance", "Distance", "tokens",
     "Mean over rows of Σⱼ A[i,j] (i − j): how far back the head looks"},
    {"difference", "Difference", "",
     "½ Σⱼ |s₁[j] − s₂[j]| · rows[j] / T: share of the mass that goes to other keys than in the "
     "first run"},
};

QPixmap pinMark()
{
    QPixmap mark(16, 16);
    mark.fill(Qt::transparent);
    QPainter painter(&mark);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::palette().series(4));
    painter.drawEllipse(QPointF(8, 8), 4, 4);
    return mark;
}

} // namespace

void HeadTableModel::setScene(const Scene& scene)
{
    const QString sorted = fromUtf8(scene.state.sortColumn);
    const bool changed = version_ != scene.rowsVersion || sortColumn_ != sorted ||
                         descending_ != scene.state.sortDescending;
    pinned_ = scene.state.pinnedHeads;
    if (!changed) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    beginResetModel();
    version_ = scene.rowsVersion;
    sortColumn_ = sorted;
    descending_ = scene.state.sortDescending;
    rows_ = scene.rows;
    makeColumns(scene);
    order_.clear();
    for (const HeadRow& row : rows_.front())
        order_.push_back(row.id);
    for (Column& column : columns_) {
        std::vector<double> numbers;
        for (const LayerHead head : order_)
            numbers.push_back(value(head, column));
        column.decimals = commonDecimals(numbers);
    }
    sortRows();
    endResetModel();
}

void HeadTableModel::makeColumns(const Scene& scene)
{
    columns_ = {{"layer", tr("Layer"), {}, tr("Layer of the model, from 0"), 0},
                {"head", tr("Head"), {}, tr("Query head, from 0"), 0}};
    for (const Measure& measure : kMeasures) {
        const bool difference = qstrcmp(measure.name, "difference") == 0;
        for (std::size_t run = difference ? 1 : 0; run < rows_.size(); ++run) {
            const QString suffix = run == 0 ? QString() : QStringLiteral(":%1").arg(run);
            const auto& record = *scene.runs[run].run;
            const QString which = rows_.size() == 1   ? QString()
                                  : record.number > 0 ? QStringLiteral(" #%1").arg(record.number)
                                                      : QStringLiteral(" (%1)").arg(run + 1);
            columns_.push_back({QString::fromLatin1(measure.name) + suffix,
                                QString::fromUtf8(measure.label) + which,
                                QString::fromUtf8(measure.unit), QString::fromUtf8(measure.help),
                                run});
        }
    }
}

double HeadTableModel::value(LayerHead head, const Column& column) const
{
    const auto& rows = rows_[column.run];
    const auto found = std::ranges::lower_bound(rows, head, {}, &HeadRow::id);
    if (found == rows.end() || found->id != head)
        return std::nan("");
    const QString measure = column.name.section(QLatin1Char(':'), 0, 0);
    if (measure == QLatin1String("layer"))
        return head.layer;
    if (measure == QLatin1String("head"))
        return head.head;
    if (measure == QLatin1String("first_token_mass"))
        return found->firstTokenMass;
    if (measure == QLatin1String("sink_mass"))
        return found->sinkMass;
    if (measure == QLatin1String("sinks"))
        return found->sinks;
    if (measure == QLatin1String("entropy"))
        return found->entropy;
    if (measure == QLatin1String("distance"))
        return found->distance;
    return found->difference.value_or(std::nan(""));
}

// Whether a measure is no number because the head's map is not finite; else the run lacks the head,
// or there is nothing to compare it with.
bool HeadTableModel::isNotFinite(LayerHead head, const Column& column) const
{
    const auto& rows = rows_[column.run];
    const auto found = std::ranges::lower_bound(rows, head, {}, &HeadRow::id);
    return found != rows.end() && found->id == head &&
           (!column.name.startsWith(QLatin1String("difference")) || found->difference);
}

void HeadTableModel::sortRows()
{
    const int sorted = sortedColumn();
    if (sorted < 0)
        return;
    const Column& column = columns_[static_cast<std::size_t>(sorted)];
    std::vector<std::pair<double, LayerHead>> keys;
    for (const LayerHead head : order_)
        keys.emplace_back(value(head, column), head);
    std::ranges::stable_sort(keys, [this](const auto& a, const auto& b) {
        if (std::isnan(a.first) || std::isnan(b.first))
            return !std::isnan(a.first) && std::isnan(b.first);
        return descending_ ? a.first > b.first : a.first < b.first;
    });
    std::ranges::transform(keys, order_.begin(), [](const auto& key) { return key.second; });
}

int HeadTableModel::rowOf(LayerHead head) const
{
    const auto found = std::ranges::find(order_, head);
    return found == order_.end() ? -1 : static_cast<int>(found - order_.begin());
}

int HeadTableModel::sortedColumn() const
{
    const auto found = std::ranges::find(columns_, sortColumn_, &Column::name);
    return found == columns_.end() ? -1 : static_cast<int>(found - columns_.begin());
}

QString HeadTableModel::columnName(int column) const
{
    return columns_[static_cast<std::size_t>(column)].name;
}

int HeadTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(order_.size());
}

int HeadTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

QVariant HeadTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const LayerHead head = headAt(index.row());
    const Column& column = columns_[static_cast<std::size_t>(index.column())];
    const double number = value(head, column);
    if (std::isnan(number) && isNotFinite(head, column) &&
        (role == Qt::DisplayRole || role == Qt::ToolTipRole))
        return role == Qt::DisplayRole
                   ? tr("not finite")
                   : tr("%1\nNaN or infinity in the head's map").arg(headName(head));
    switch (role) {
    case Qt::DisplayRole:
        if (column.name == QLatin1String("layer") || column.name == QLatin1String("head") ||
            column.name.startsWith(QLatin1String("sinks")))
            return std::isnan(number) ? QStringLiteral("–")
                                      : QString::number(static_cast<int>(number));
        return QString::fromStdString(columnText(number, column.decimals));
    case Qt::UserRole:
        return number;
    case Qt::TextAlignmentRole:
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return QStringLiteral("%1\n%2 %3")
            .arg(headName(head), QString::fromStdString(readOut(number)), column.unit)
            .trimmed();
    case Qt::DecorationRole:
        if (index.column() == 0 && std::ranges::count(pinned_, head))
            return pinMark();
        return {};
    default:
        return {};
    }
}

QVariant HeadTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section >= columnCount())
        return {};
    const Column& column = columns_[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return column.unit.isEmpty() ? column.label
                                     : QStringLiteral("%1 (%2)").arg(column.label, column.unit);
    if (role == Qt::ToolTipRole)
        return column.help;
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

HeadTable::HeadTable(QWidget* parent) : QTableView(parent), model_(new HeadTableModel(this))
{
    setModel(model_);
    setAccessibleName(tr("Heads table"));
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setHorizontalScrollMode(ScrollPerPixel);
    setCornerWidget(new QWidget(this));
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(26);
    verticalHeader()->setMinimumSectionSize(20);
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    horizontalHeader()->setSectionsClickable(true);
    horizontalHeader()->setSortIndicatorShown(true);
    horizontalHeader()->setHighlightSections(false);
    connect(horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int section) {
        const bool same = section == model_->sortedColumn();
        const bool descending = horizontalHeader()->sortIndicatorOrder() == Qt::DescendingOrder;
        emit sortChosen(model_->columnName(section), same ? !descending : section > 1);
    });
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (!following_ && current.isValid())
                    emit headChosen(model_->headAt(current.row()));
            });
}

void HeadTable::setScene(const Scene& scene)
{
    following_ = true;
    model_->setScene(scene);
    const QSignalBlocker quiet(horizontalHeader());
    horizontalHeader()->setSortIndicator(model_->sortedColumn(), scene.state.sortDescending
                                                                     ? Qt::DescendingOrder
                                                                     : Qt::AscendingOrder);
    const int row = model_->rowOf(scene.head);
    if (row >= 0 && row != currentIndex().row()) {
        setCurrentIndex(model_->index(row, std::max(0, currentIndex().column())));
        scrollTo(currentIndex());
    } else if (row < 0) {
        clearSelection();
    }
    following_ = false;
}

void HeadTable::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_P && currentIndex().isValid())
        emit headPinToggled(model_->headAt(currentIndex().row()));
    else
        QTableView::keyPressEvent(event);
}

} // namespace vitrine::attention_plugin
