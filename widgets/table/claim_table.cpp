#include "widgets/table/claim_table.h"

#include "core/base/format.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

QColor chipColour(const QString& mark)
{
    const theme::Palette& p = theme::palette();
    if (mark == "paper")
        return p.accent;
    if (mark == "code")
        return p.good;
    if (mark == "unverified")
        return p.warning;
    return mark == "abstract" ? p.text : p.muted;
}

class ChipDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        QStyleOptionViewItem ground = option;
        initStyleOption(&ground, index);
        const QString mark = ground.text;
        ground.text.clear();
        option.widget->style()->drawControl(QStyle::CE_ItemViewItem, &ground, painter,
                                            option.widget);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setFont(theme::uiFont(11));
        const int width = QFontMetrics(painter->font()).horizontalAdvance(mark) + 12;
        const QRectF chip(option.rect.left() + 6, option.rect.center().y() - 8.5, width, 18);
        painter->setPen(QPen(chipColour(mark), theme::palette().lineWidth));
        painter->drawRoundedRect(chip, 9, 9);
        painter->drawText(chip, Qt::AlignCenter, mark);
        painter->restore();
    }
};

// "+0.6 %"; of a saving in percent the difference, "-2.4 points".
QString deviationText(double deviation, bool points)
{
    const double shown = points ? deviation : 100 * deviation;
    const QString number =
        std::abs(shown) < 0.005
            ? QStringLiteral("0")
            : (shown > 0 ? "+" : "−") + QString::fromStdString(significant(std::abs(shown), 3));
    return number + QChar(0x2009) + (points ? ClaimTable::tr("points") : QStringLiteral("%"));
}

class DeviationDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const QVariant exact = index.data(DataTableModel::kSortRole);
        if (!exact.canConvert<double>() || index.data(Qt::DisplayRole).toString().isEmpty())
            return;
        const QString unit = index.siblingAtColumn(unitColumn).data(Qt::DisplayRole).toString();
        if (exact.typeId() == QMetaType::Double)
            option->text = deviationText(exact.toDouble(), unit == "%");
        option->displayAlignment = Qt::AlignRight | Qt::AlignVCenter;
    }
    int unitColumn = 2;
};

// For people: capital letters, no words they must guess.
QString headingOf(const std::string& name)
{
    const QString text = QString::fromStdString(name);
    return text.left(1).toUpper() + text.mid(1);
}

} // namespace

ClaimTable::ClaimTable(QWidget* parent)
    : DataTable(parent), chips_(new ChipDelegate(this)), deviations_(new DeviationDelegate(this))
{
    setAccessibleName(tr("What the papers say beside ours"));
    setWordWrap(false);
    setFrameShape(QFrame::NoFrame);
}

QString ClaimTable::shownText(const QModelIndex& index) const
{
    QStyleOptionViewItem option;
    if (itemDelegateForColumn(index.column()) == deviations_)
        static_cast<DeviationDelegate*>(deviations_)->initStyleOption(&option, index);
    return option.text;
}

void ClaimTable::setClaims(Table table)
{
    const int mark = table.column("mark"), deviation = table.column("deviation");
    static_cast<DeviationDelegate*>(deviations_)->unitColumn = table.column("unit");
    for (Column& column : table.columns)
        column.name = headingOf(column.name).toStdString();
    setTable(table);
    for (int i = 0; i < static_cast<int>(table.columns.size()); ++i)
        setItemDelegateForColumn(i, i == mark ? chips_ : i == deviation ? deviations_ : nullptr);
    if (mark >= 0)
        setColumnWidth(mark, 96);
    if (deviation >= 0)
        setColumnWidth(deviation, 104);
    horizontalHeader()->setStretchLastSection(true);
    constexpr int kMostRows = 12, kRow = 28;
    setFixedHeight(horizontalHeader()->sizeHint().height() + 4 +
                   kRow * std::clamp(static_cast<int>(table.rows.size()), 1, kMostRows));
}

} // namespace vitrine
