#include "plugins/accelerators/reference_table.h"

#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>

#include <set>

namespace vitrine::accelerators
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

} // namespace

ReferenceTable::ReferenceTable(QWidget* parent) : DataTable(parent), chips_(new ChipDelegate(this))
{
    setAccessibleName(tr("What the papers say beside ours"));
    setWordWrap(false);
}

void ReferenceTable::setRuns(const std::vector<const RunRecord*>& runs)
{
    std::set<std::string> machines;
    for (const RunRecord* run : runs)
        if (run->params.has("accelerator"))
            machines.insert(run->params.text("accelerator"));
    Table all{"reference", {}, {}};
    std::set<std::string> seen;
    for (const RunRecord* run : runs) {
        const Table* own = run->result.table("reference");
        if (!own || !run->params.has("accelerator") ||
            !seen.insert(run->params.text("accelerator")).second)
            continue;
        if (all.columns.empty()) {
            all.columns = own->columns;
            if (machines.size() > 1)
                all.columns.insert(all.columns.begin(),
                                   Column{"accelerator", "", Origin::computed, ""});
        }
        for (auto row : own->rows) {
            if (machines.size() > 1)
                row.insert(row.begin(), run->params.text("accelerator"));
            all.rows.push_back(std::move(row));
        }
    }
    setTable(all);
    if (const int mark = all.column("mark"); mark >= 0) {
        for (int i = 0; i < static_cast<int>(all.columns.size()); ++i)
            setItemDelegateForColumn(i, i == mark ? chips_ : nullptr);
        setColumnWidth(mark, 96);
    }
    horizontalHeader()->setStretchLastSection(true);
}

} // namespace vitrine::accelerators
