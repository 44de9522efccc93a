#include "plugins/accelerators/view/run_summary.h"

#include "core/sim/cost/accelerator.h"
#include "plugins/accelerators/figures/figures.h"
#include "plugins/accelerators/figures/read.h"
#include "widgets/theme/palette.h"

#include <QHeaderView>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>

#include <algorithm>
#include <cmath>
#include <functional>

namespace vitrine::accelerators_plugin
{
namespace
{

constexpr int kRow = 28, kDotWidth = 18, kNarrowestName = 150, kSlack = 20;

struct Shown {
    const char *metric, *name, *unit;
    double factor;
    const char* help;
};
constexpr Shown kShown[] = {
    {"latency_ms", "Latency", "ms", 1, "Cycles over the clock"},
    {"fps", "Rate", "1/s", 1, "Pictures or frames per second"},
    {"gops", "GOPS", "", 1, "Two operations per multiply-accumulate"},
    {"utilisation", "Utilised", "%", 100, "MACs over what the arrays could have done"},
    {"energy_mj", "Energy", "mJ", 1, "All parts, DRAM included"},
    {"gops_per_watt", "GOPS/W", "", 1, "Of the chip alone where its paper counts so"},
    {"dram_bytes", "DRAM", "MB", 1e-6, "Read and written"}};

class DotDelegate : public QStyledItemDelegate
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
        const int colour =
            index.siblingAtColumn(index.model()->columnCount() - 1).data(Qt::DisplayRole).toInt();
        painter->setBrush(theme::palette().series(colour));
        painter->drawEllipse(QPointF(option.rect.left() + 12, option.rect.center().y() + 0.5), 4,
                             4);
        painter->setFont(item.font);
        painter->setPen(item.palette.color(QPalette::Text));
        const QRect room = option.rect.adjusted(kDotWidth + 4, 0, -4, 0);
        painter->drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
                          item.fontMetrics.elidedText(text, Qt::ElideRight, room.width()));
        painter->restore();
    }
};

void addColumns(Table& table)
{
    for (const Shown& one : kShown)
        table.columns.push_back({one.name, one.unit, Origin::computed, one.help});
}

Cell scaled(double value, double factor)
{
    return std::isnan(value) ? Cell{} : Cell{value * factor};
}

} // namespace

RunSummary::RunSummary(QWidget* parent) : DataTable(parent), dots_(new DotDelegate(this))
{
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

void RunSummary::setRuns(const std::vector<const RunRecord*>& runs, const figure::RunPlaces& places)
{
    Table table{
        "comparison", {{"Run", "", Origin::computed, "Stored runs, and what is tried"}}, {}};
    addColumns(table);
    const bool several = runs.size() > 1;
    if (several) {
        const std::string first = "of the first run, over this one's: above 1 this one is better";
        table.columns.push_back({"Speed-up", "×", Origin::computed, "Latency " + first});
        table.columns.push_back({"Energy gain", "×", Origin::computed, "Energy " + first});
    }
    table.columns.push_back({"", "", Origin::computed, ""}); // the run's colour, not shown
    const auto looks = looksOf(runs, places);
    const std::vector<std::string> names = shortNames(runs);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const RunRecord& run = *runs[i];
        std::vector<Cell> row{several || run.number > 0 ? names[i] : prefixOf(run) + runName(run)};
        for (const Shown& one : kShown)
            row.push_back(metricOf(run.result, one.metric) * one.factor);
        if (several)
            for (const char* name : {"latency_ms", "energy_mj"})
                row.push_back(metricOf(runs.front()->result, name) / metricOf(run.result, name));
        row.push_back(std::int64_t{looks[i].colour});
        table.rows.push_back(std::move(row));
    }
    show(table, true);
}

void RunSummary::setOthers(const RunRecord& run)
{
    Table table{"others", {{"Accelerator", "", Origin::computed, "With its defaults"}}, {}};
    addColumns(table);
    const Table* beside = run.result.table("beside");
    for (std::size_t i = 0; beside && i < beside->rows.size(); ++i) {
        const RowReader other(*beside, i);
        const sim::Accelerator* machine = sim::findAccelerator(other.text("accelerator"));
        std::vector<Cell> row{machine ? Cell{machine->title} : other.cell("accelerator")};
        for (const Shown& one : kShown)
            row.push_back(scaled(other.number(one.metric), one.factor));
        table.rows.push_back(std::move(row));
    }
    show(table, false);
}

void RunSummary::show(const Table& table, bool coloured)
{
    for (int i = 0; i < model()->columnCount(); ++i) // a hidden column would get no width
        setColumnHidden(i, false);
    setTable(table);
    const int columns = static_cast<int>(table.columns.size());
    for (int i = 0; i < columns; ++i)
        setItemDelegateForColumn(i, coloured && i == 0 ? dots_ : nullptr);
    for (int i = 0; i < columns; ++i)
        setColumnHidden(i, coloured && i == columns - 1);
    natural_.clear();
    for (int i = 0; i < columns; ++i)
        natural_.push_back(
            isColumnHidden(i) ? 0 : columnWidth(i) - kSlack + (i == 0 ? kSlack + kDotWidth : 0));
    rows_ = static_cast<int>(table.rows.size());
    spread();
}

// What is left over goes to all columns alike; what lacks is taken from the names, which may be
// elided.
void RunSummary::spread()
{
    int sum = 0, shown = 0;
    for (const int width : natural_) {
        sum += width;
        shown += width > 0;
    }
    const int room = viewport()->width();
    const int less =
        natural_.empty() ? 0 : std::clamp(sum - room, 0, std::max(0, natural_[0] - kNarrowestName));
    const int more = shown > 0 ? std::max(0, room - sum) / shown : 0;
    for (std::size_t i = 0; i < natural_.size(); ++i)
        if (natural_[i] > 0)
            setColumnWidth(static_cast<int>(i), natural_[i] + more - (i == 0 ? less : 0));
    const int bar = sum - less > room ? horizontalScrollBar()->sizeHint().height() : 0;
    setFixedHeight(horizontalHeader()->sizeHint().height() + kRow * rows_ + 2 * frameWidth() + 2 +
                   bar);
}

void RunSummary::resizeEvent(QResizeEvent* event)
{
    DataTable::resizeEvent(event);
    spread();
}

} // namespace vitrine::accelerators_plugin
