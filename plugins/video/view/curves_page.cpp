#include "plugins/video/view/curves_page.h"

#include "widgets/page/panel.h"
#include "widgets/plot/plot_view.h"
#include "widgets/table/data_table.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace vitrine::video_plugin
{
namespace
{

constexpr int kRowHeight = 28, kMostRows = 12;
constexpr int kAroundRows = 46; // header, and the bar that scrolls a wide table

void showTable(Panel* panel, DataTable* view, const Table& table)
{
    panel->setVisible(!table.rows.empty());
    view->setTable(table);
    view->setFixedHeight(kAroundRows + kRowHeight * static_cast<int>(std::min<std::size_t>(
                                                        table.rows.size(), kMostRows)));
}

} // namespace

Table joined(const std::vector<RunHandle>& runs, const char* name,
             const std::vector<const char*>& leftOut)
{
    Table all{name, {}, {}};
    for (const RunHandle& run : runs) {
        const Table* table = run->result.table(name);
        if (!table)
            continue;
        std::vector<std::size_t> kept;
        for (std::size_t i = 0; i < table->columns.size(); ++i)
            if (std::ranges::none_of(
                    leftOut, [&](const char* out) { return table->columns[i].name == out; }))
                kept.push_back(i);
        if (all.columns.empty()) {
            if (runs.size() > 1)
                all.columns.push_back({"run", "", {}, "Number of the run"});
            for (const std::size_t i : kept)
                all.columns.push_back(table->columns[i]);
        }
        for (const auto& cells : table->rows) {
            std::vector<Cell> row;
            if (runs.size() > 1)
                row.emplace_back(fmt::format("#{}", run->number));
            for (const std::size_t i : kept)
                row.push_back(cells[i]);
            if (row.size() == all.columns.size())
                all.rows.push_back(std::move(row));
        }
    }
    return all;
}

CurvesPage::CurvesPage(ViewContext& context, QWidget* parent) : QWidget(parent), context_(context)
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* page = new QWidget(scroll);
    grid_ = new QGridLayout(page);
    grid_->setContentsMargins(0, 0, 0, 0);
    grid_->setSpacing(8);
    deltas_ = new Panel(tr("Bjøntegaard deltas"), page);
    deltaTable_ = new DataTable(deltas_);
    deltaTable_->setAccessibleName(tr("Bjøntegaard deltas"));
    deltas_->body()->addWidget(deltaTable_);
    points_ = new Panel(tr("Points"), page);
    pointTable_ = new DataTable(points_);
    pointTable_->setAccessibleName(tr("Points of the curves"));
    points_->body()->addWidget(pointTable_);
    grid_->addWidget(deltas_, 8, 0, 1, 2);
    grid_->addWidget(points_, 9, 0, 1, 2);
    grid_->setColumnStretch(0, 1);
    grid_->setColumnStretch(1, 1);
    scroll->setWidget(page);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(scroll);
}

CurvesPage::Plot& CurvesPage::plotOf(const QString& figure, const QString& heading)
{
    if (const auto known = plots_.find(figure); known != plots_.end())
        return known->second;
    Plot plot{};
    plot.panel = new Panel(heading, deltas_->parentWidget());
    plot.view = new plot::PlotView(plot.panel);
    plot.view->setTitleVisible(false);
    plot.view->setMinimumHeight(250);
    plot.panel->body()->addWidget(plot.view);
    forwardActions(*plot.view, context_);
    connect(plot.view, &plot::PlotView::rangeEdited, this,
            [this, figure](const QJsonObject& range) { emit rangeEdited(figure, range); });
    if (figure == "quality" || figure == "bits")
        connect(plot.view, &plot::PlotView::clicked, this,
                [this](double x, double) { emit frameClicked(x); });
    return plots_.emplace(figure, plot).first->second;
}

void CurvesPage::setContent(const std::vector<RunHandle>& runs, std::vector<figure::Figure> figures)
{
    for (auto& [name, plot] : plots_) {
        grid_->removeWidget(plot.panel);
        plot.panel->hide();
    }
    int place = 0;
    for (figure::Figure& one : figures) {
        const QString name = QString::fromStdString(one.name);
        const bool isRate = name.startsWith("rd-");
        Plot& plot = plotOf(
            name, QString::fromStdString(isRate ? one.title + " · " + one.y.label : one.title));
        plot.view->setFigure(std::move(one));
        grid_->addWidget(plot.panel, place / 2, place % 2);
        plot.panel->show();
        ++place;
    }
    showTable(deltas_, deltaTable_, joined(runs, "bd", {}));
    showTable(points_, pointTable_,
              joined(runs, "rd", {"payload_bytes", "file_bytes", "point", "stream"}));
}

void CurvesPage::setRanges(const QJsonObject& ranges)
{
    for (const auto& [name, plot] : plots_)
        plot.view->setRangeState(ranges[name].toObject());
}

void CurvesPage::setFrame(double frame)
{
    for (const QString& name : {QStringLiteral("quality"), QStringLiteral("bits")})
        if (const auto plot = plots_.find(name); plot != plots_.end())
            plot->second.view->setLinkedCursor(frame);
}

} // namespace vitrine::video_plugin
