#include "plugins/calibration/view/next_table.h"

#include "core/base/number_text.h"
#include "core/model/tokenizer/token_text.h"
#include "widgets/table/data_table.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr int kRowHeight = 28;
enum Column { tokenColumn, beforeColumn, afterColumn };

// A token over two bars: grey what it was, in colour what it is.
class BarDelegate : public QStyledItemDelegate
{
public:
    BarDelegate(const NextModel& model, QObject* parent)
        : QStyledItemDelegate(parent), model_(model)
    {
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        const theme::Palette& colours = theme::palette();
        const QRect box = option.rect.adjusted(8, 0, -8, 0);
        painter->save();
        if (option.state & QStyle::State_Selected)
            painter->fillRect(option.rect, colours.accentSoft);
        painter->setFont(theme::monoFont(12));
        painter->setPen(colours.text);
        painter->drawText(box.adjusted(0, 0, 0, -6), Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight,
                                                            box.width()));
        const auto bar = [&](double share, int y, const QColor& colour) {
            painter->fillRect(QRectF(box.left(), y, share * box.width(), 2), colour);
        };
        if (model_.hasBars() && model_.largest() > 0) {
            bar(index.data(NextModel::beforeRole).toDouble() / model_.largest(), box.bottom() - 5,
                colours.muted);
            bar(index.data(NextModel::afterRole).toDouble() / model_.largest(), box.bottom() - 2,
                colours.series(0));
        }
        painter->restore();
    }

private:
    const NextModel& model_;
};

} // namespace

void NextModel::setScene(const Scene& scene)
{
    const auto first = nextTokens(scene.first().run->result);
    const bool sameShape = runs_ == scene.runs.size() && rows_.size() == first.size();
    if (!sameShape)
        beginResetModel();
    runs_ = scene.runs.size();
    rows_.clear();
    names_.clear();
    largest_ = 0;
    std::vector<std::vector<NextToken>> all;
    for (const TunedRun& run : scene.runs) {
        names_.push_back(run.name);
        all.push_back(nextTokens(run.run->result));
    }
    for (const NextToken& token : first) {
        Row row{text(model::readableToken(token.token)), token.before, {}};
        for (const auto& tokens : all) {
            const auto found = std::ranges::find(tokens, token.id, &NextToken::id);
            row.after.push_back(found == tokens.end() ? std::nan("") : found->after);
        }
        largest_ = std::max({largest_, row.before, std::isnan(row.after[0]) ? 0 : row.after[0]});
        rows_.push_back(std::move(row));
    }
    decimals_.assign(static_cast<std::size_t>(columnCount()), std::nullopt);
    for (std::size_t column = beforeColumn; column < decimals_.size(); ++column) {
        std::vector<double> numbers;
        for (const Row& row : rows_)
            numbers.push_back(column == beforeColumn ? row.before
                                                     : row.after[column - afterColumn]);
        decimals_[column] = commonDecimals(numbers, 3);
    }
    if (!sameShape)
        endResetModel();
    else if (!rows_.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int NextModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int NextModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : afterColumn + static_cast<int>(runs_);
}

QVariant NextModel::data(const QModelIndex& index, int role) const
{
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    const double value = column == beforeColumn ? row.before
                         : column >= afterColumn
                             ? row.after[static_cast<std::size_t>(column - afterColumn)]
                             : std::nan("");
    switch (role) {
    case Qt::DisplayRole:
        return column == tokenColumn
                   ? row.token
                   : text(columnText(value, decimals_[static_cast<std::size_t>(column)], 3));
    case Qt::ToolTipRole:
        return column == tokenColumn
                   ? tr("“%1”: %2 → %3")
                         .arg(row.token, numberText(row.before), numberText(row.after[0]))
                   : text(readOut(value));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(column == tokenColumn ? Qt::AlignLeft | Qt::AlignVCenter
                                                         : Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        if (column >= afterColumn && std::abs(value - row.before) > 1e-12)
            return theme::palette().text;
        return column == tokenColumn ? QVariant() : QVariant(theme::palette().muted);
    case beforeRole:
        return row.before;
    case afterRole:
        return row.after[0];
    default:
        return {};
    }
}

QVariant NextModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::DisplayRole) {
        if (section == tokenColumn)
            return tr("token");
        if (section == beforeColumn)
            return tr("before");
        return runs_ == 1 ? tr("after") : tr("after %1").arg(section - afterColumn + 1);
    }
    if (role == Qt::ToolTipRole && section >= afterColumn)
        return tr("Probability with calibration, %1")
            .arg(names_[static_cast<std::size_t>(section - afterColumn)]);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(section == tokenColumn ? Qt::AlignLeft | Qt::AlignVCenter
                                                          : Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

NextTable::NextTable(QWidget* parent) : QTableView(parent), model_(new NextModel(this))
{
    styleTable(*this);
    setAccessibleName(tr("Next tokens"));
    setModel(model_);
    setItemDelegateForColumn(tokenColumn, new BarDelegate(*model_, this));
    verticalHeader()->setDefaultSectionSize(kRowHeight);
    horizontalHeader()->setStretchLastSection(false);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setDefaultSectionSize(74);
    horizontalHeader()->setMinimumSectionSize(48);
    setMinimumWidth(180);
}

void NextTable::setScene(const Scene& scene)
{
    model_->setScene(scene);
    horizontalHeader()->setSectionResizeMode(tokenColumn, QHeaderView::Stretch);
}

} // namespace vitrine::calibration_plugin
