#include "plugins/accelerators/view/sweep_view.h"

#include "plugins/accelerators/figures/figures.h"
#include "plugins/accelerators/figures/read.h"
#include "widgets/page/panel.h"
#include "widgets/page/run_places.h"
#include "widgets/page/splitters.h"
#include "widgets/parallel/parallel_figure.h"
#include "widgets/parallel/parallel_plot.h"
#include "widgets/plot/plot_view.h"
#include "widgets/table/data_table.h"
#include "widgets/theme/text.h"

#include <QHBoxLayout>
#include <QLabel>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine::accelerators_plugin
{
namespace
{

constexpr std::size_t kMostShown = 500; // rows of the table

// The points of all runs under the union of their columns; with several runs the first column says
// which.
Table pointsOf(const std::vector<const RunRecord*>& runs)
{
    Table all{"points", {}, {}};
    if (runs.size() > 1)
        all.columns.push_back({"run", "", Origin::computed, "Stored run"});
    for (const RunRecord* run : runs)
        for (const Column& column : run->result.table("points")->columns)
            if (all.column(column.name) < 0)
                all.columns.push_back(column);
    for (const RunRecord* run : runs) {
        const Table& own = *run->result.table("points");
        std::vector<std::size_t> places;
        for (const Column& column : own.columns)
            places.push_back(static_cast<std::size_t>(all.column(column.name)));
        for (const auto& row : own.rows) {
            std::vector<Cell>& made = all.rows.emplace_back(all.columns.size());
            if (runs.size() > 1)
                made[0] = labelled(*run);
            for (std::size_t i = 0; i < std::min(row.size(), places.size()); ++i)
                made[places[i]] = row[i];
        }
    }
    return all;
}

// What has no latency comes last.
double sortingLatency(const Table& table, const std::vector<Cell>& row)
{
    const int column = table.column("latency_ms");
    const double value =
        column < 0 ? std::nan("") : numberOf(row[static_cast<std::size_t>(column)]);
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

std::vector<SkeletonCard> sweepSkeleton(QSize size)
{
    const int gap = 8, half = (size.height() - gap) / 2, left = (size.width() - gap) * 3 / 5;
    return {{{0, 0, left, half}},
            {{left + gap, 0, size.width() - left - gap, half}, SkeletonCard::Body::lines},
            {{0, half + gap, size.width(), half}}};
}

} // namespace

SweepView::SweepView(ViewContext& context, QWidget* parent)
    : RoomView(context, BoundState({"ranges"}),
               {.name = tr("Sweep of an accelerator"),
                .experiment = QStringLiteral("accelerators.sweep"),
                .failure = tr("There is nothing to show"),
                .empty = {tr("Which sizes are worth building?"),
                          tr("A sweep simulates a grid of design points and shows which of them "
                             "no other beats in latency and energy."),
                          tr("Sweep P²-ViT on DeiT-Tiny"), tr("Takes about a second"),
                          tr("Or give ranges in the form (F4 shows it).")}},
               parent)
{
    makePage(makeContent(), sweepSkeleton, {});
    connectParts();
    showPage();
}

QWidget* SweepView::makeContent()
{
    auto* scatter = new Panel(tr("Latency and energy"), this);
    pareto_ = new plot::PlotView(scatter);
    pareto_->setTitleVisible(false);
    pareto_->setMinimumSize(260, 200);
    plot::forwardActions(*pareto_, context_);
    scatter->body()->addWidget(pareto_, 1);
    designs_ = new Panel(tr("Designs"), this);
    table_ = new DataTable(designs_);
    table_->setAccessibleName(tr("Design points that the brushes keep, fastest first"));
    table_->setFrameShape(QFrame::NoFrame);
    table_->setMinimumWidth(240);
    designs_->body()->addWidget(table_, 1);
    auto* lines = new Panel(tr("Parallel coordinates"), this);
    kept_ = new QLabel(lines);
    kept_->setProperty("role", "muted");
    kept_->setAccessibleName(tr("How many points are kept"));
    lines->controls()->addWidget(kept_);
    parallel_ = new parallel::ParallelPlot(lines);
    lines->body()->addWidget(parallel_, 1);
    auto* hint = new QLabel(tr("Drag along an axis to brush, drag a title to move its axis, double "
                               "click it to turn the axis over; right click for more."),
                            lines);
    hint->setProperty("role", "muted");
    hint->setWordWrap(true);
    lines->body()->addWidget(hint);
    QSplitter* top = makeSplitter(Qt::Horizontal, {scatter, designs_}, this);
    top->setSizes({640, 420});
    QSplitter* all = makeSplitter(Qt::Vertical, {top, lines}, this);
    all->setSizes({460, 380});
    return all;
}

void SweepView::connectParts()
{
    connect(pareto_, &plot::PlotView::rangeEdited, this, [this](const QJsonObject& range) {
        put("ranges", QJsonObject{{"pareto", range}}, tr("Zoom"), QStringLiteral("zoom-pareto"));
    });
    connect(parallel_, &parallel::ParallelPlot::stateWished, this,
            [this](const parallel::State& state, const QString& label, const QString& key) {
                put("parallel", parallel::toJson(state), label, key);
            });
    connect(parallel_, &parallel::ParallelPlot::exportWished, this,
            [this] { context_.exportFigure(parallelFigure()); });
}

void SweepView::startStudy()
{
    start({{"accelerator", "p2vit"}, {"workload", "deit-tiny"}}, false);
}

std::vector<const RunRecord*> SweepView::shown() const
{
    std::vector<const RunRecord*> records;
    for (const RunHandle& run : done_)
        records.push_back(run.get());
    return records;
}

bool SweepView::isSound(const RunRecord& run) const
{
    return run.state == RunState::done && run.result.table("points");
}

QString SweepView::troubleOf(const RunRecord& run) const
{
    return QString::fromStdString(accelerators_plugin::troubleOf(run));
}

void SweepView::showRuns(const std::vector<RunHandle>& sound)
{
    done_ = sound;
    bindTo(done_.empty() ? QString() : QString::fromStdString(done_.front()->uid));
    points_ = pointsOf(shown());
    parallel_->setData(parallel::dataOf(points_));
    draw();
}

void SweepView::setState(const QJsonObject& state)
{
    state_ = state;
    draw();
}

void SweepView::draw()
{
    if (!done_.empty()) {
        parallel_->setState(parallel::readState(state_.value("parallel").toObject()));
        drawKept();
    }
    showPage();
}

void SweepView::drawKept()
{
    const auto& kept = parallel_->kept();
    const bool all = parallel_->keptCount() == points_.rows.size();
    pareto_->setFigure(
        paretoFigure(shown(), all ? std::vector<std::uint8_t>{} : kept, runPlacesIn(state_)));
    pareto_->setRangeState(current().value("ranges").toObject().value("pareto").toObject());
    kept_->setText(tr("%1 of %2 points")
                       .arg(countWords(static_cast<std::int64_t>(parallel_->keptCount())),
                            countWords(points_.rows.size())));

    Table shown{"designs", points_.columns, {}};
    for (std::size_t row = 0; row < points_.rows.size(); ++row)
        if (kept.empty() || kept[row])
            shown.rows.push_back(points_.rows[row]);
    std::ranges::stable_sort(
        shown.rows, {}, [&](const std::vector<Cell>& row) { return sortingLatency(points_, row); });
    const std::size_t count = shown.rows.size();
    shown.rows.resize(std::min(count, kMostShown));
    designs_->setHeading(count > kMostShown ? tr("The %1 fastest designs").arg(kMostShown)
                                            : tr("Designs, fastest first"));
    table_->setTable(shown);
}

QString SweepView::title() const
{
    if (done_.empty())
        return tr("Sweep");
    const QString name = tr("Sweep of %1").arg(QString::fromStdString(runName(*done_.front())));
    return done_.size() > 1 ? tr("%1 and %2 more").arg(name).arg(done_.size() - 1) : name;
}

figure::Figure SweepView::parallelFigure() const
{
    figure::Figure figure = parallel::figureOf(parallel_->data(), parallel_->state(),
                                               parallel::ParallelPlot::kMostLines);
    figure.title = "Design points in parallel coordinates";
    figure.caption = "Lines of the points that the brushes keep; the others are grey.";
    figure.recipe = pareto_->figure().recipe;
    figure.recipe.figure = figure.name;
    return figure;
}

std::vector<figure::Figure> SweepView::figures() const
{
    if (done_.empty())
        return {};
    return {pareto_->figure(), parallelFigure()};
}

} // namespace vitrine::accelerators_plugin
