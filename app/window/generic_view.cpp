#include "app/window/generic_view.h"

#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QVBoxLayout>

#include "core/base/file.h"
#include "core/base/number_text.h"
#include "widgets/page/panel.h"
#include "widgets/plot/plot_view.h"
#include "widgets/runs/compare/run_diff.h"
#include "widgets/runs/compare/table_comparison.h"
#include "widgets/runs/run_detail.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/style.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kCardColumns = 4;
constexpr int kTableHeight = 260;
constexpr int kPlotHeight = 260;
constexpr std::uint64_t kLongestText = 1U << 20U;

QLabel* lineLabel(const QString& words, const char* role, QWidget* parent)
{
    auto* made = new QLabel(parent);
    showText(*made, words);
    made->setProperty("role", role);
    return made;
}

QFrame* card(QWidget* parent)
{
    auto* made = new QFrame(parent);
    made->setProperty("role", "card");
    return made;
}

QWidget* metricCard(const Metric& metric, QWidget* parent)
{
    QFrame* made = card(parent);
    auto* column = new QVBoxLayout(made);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(4);
    const QString name = metricTitleWords(metric);
    column->addWidget(lineLabel(name.left(1).toUpper() + name.mid(1), "caption", made));
    auto* number = lineLabel(metricWords(metric), "number", made);
    number->setAccessibleName(QString::fromStdString(metric.name));
    number->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(number);
    made->setToolTip(shownText(metric.help) + QChar('\n') +
                     QString::fromStdString(readOut(metric.value)) +
                     (metric.origin == Origin::measured ? " (measured)" : " (computed)"));
    return made;
}

// A text that the run wrote (a generated continuation), as it stands.
QWidget* textArtifact(const Artifact& artifact, QWidget* parent)
{
    const auto text = readFile(artifact.path, kLongestText);
    if (!text)
        return lineLabel(QString::fromStdString(text.error().message), "error", parent);
    auto* view = new QPlainTextEdit(parent);
    view->setReadOnly(true);
    showText(*view, QString::fromStdString(*text));
    view->setMinimumHeight(120);
    view->setAccessibleName(QString::fromStdString(artifact.name));
    return view;
}

} // namespace

GenericView::GenericView(ViewContext& context, FiguresOfRuns figuresOf, QWidget* parent)
    : View(parent), context_(context), figuresOf_(std::move(figuresOf))
{
    connect(&context_, &ViewContext::themeChanged, this, &GenericView::drawFigures);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    rebuild();
}

void GenericView::setRuns(const std::vector<RunHandle>& runs)
{
    runs_ = runs;
    loading_.clear();
    rebuild();
    emit titleChanged();
}

QJsonObject GenericView::state() const
{
    return table_.isEmpty() ? QJsonObject() : QJsonObject{{"table", table_}};
}

void GenericView::setState(const QJsonObject& state)
{
    table_ = state["table"].toString();
    showTable();
}

// The chooser knows its tables by their names, whatever it says beside them.
void GenericView::followTable(QWidget& tables)
{
    for (QComboBox* each : tables.findChildren<QComboBox*>())
        if (each->accessibleName() == "Table")
            chooser_ = each;
    showTable();
    connect(chooser_, &QComboBox::activated, this, [this](int index) {
        context_.change(this, {{"table", chooser_->itemData(index).toString()}}, "Choose table");
    });
}

// A table that these runs do not have stays chosen for those that have it.
void GenericView::showTable()
{
    if (chooser_ == nullptr)
        return;
    const int place = table_.isEmpty() ? 0 : chooser_->findData(table_);
    if (place >= 0)
        chooser_->setCurrentIndex(place);
}

QString GenericView::title() const
{
    QStringList subjects;
    for (const RunHandle& run : runs_)
        subjects << subjectOf(*run);
    subjects.removeDuplicates();
    return subjects.join("  |  ");
}

void GenericView::setLoading(const QString& what, double)
{
    if (what.isEmpty() == loading_.isEmpty())
        return;
    loading_ = what;
    rebuild();
}

void GenericView::setFailure(const QString&)
{
    loading_.clear();
    rebuild();
}

void GenericView::rebuild()
{
    delete page_;
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    page_ = scroll;
    auto* inside = new QWidget;
    inside->setObjectName("page");
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(24, 16, 24, 24);
    column->setSpacing(theme::kGroupGap);
    if (runs_.size() == 1)
        showOne(*column, *runs_.front());
    else if (runs_.size() > 1)
        showSeveral(*column);
    else if (!loading_.isEmpty())
        showSkeleton(*column);
    scroll->setWidget(inside);
    layout()->addWidget(scroll);
}

void GenericView::showSkeleton(QVBoxLayout& column)
{
    auto* grid = new QGridLayout;
    grid->setSpacing(12);
    for (int i = 0; i < kCardColumns; ++i) {
        QFrame* empty = card(column.parentWidget());
        empty->setMinimumHeight(64);
        grid->addWidget(empty, 0, i);
    }
    column.addLayout(grid);
    QFrame* table = card(column.parentWidget());
    column.addWidget(table, 1);
}

void GenericView::showOne(QVBoxLayout& column, const RunRecord& run)
{
    QWidget* page = column.parentWidget();
    auto* grid = new QGridLayout;
    grid->setSpacing(12);
    int place = 0;
    for (const Metric& metric : run.result.metrics) {
        QWidget* made = metricCard(metric, page);
        explain(*made, run, metric);
        grid->addWidget(made, place / kCardColumns, place % kCardColumns);
        ++place;
    }
    for (int i = 0; i < kCardColumns; ++i)
        grid->setColumnStretch(i, 1);
    column.addLayout(grid);
    addFigures(column);
    for (const std::string& note : run.result.notes) {
        auto* line = lineLabel(QString::fromStdString(note), "muted", page);
        line->setWordWrap(true);
        column.addWidget(line);
    }
    for (const Artifact& artifact : run.result.artifacts) {
        if (artifact.kind == "text")
            column.addWidget(textArtifact(artifact, page), 1);
    }
    if (QWidget* tables = tableSwitcher(run, kTableHeight, page)) {
        column.addWidget(tables, 3);
        followTable(*tables);
    } else
        column.addStretch(1);
}

void GenericView::showSeveral(QVBoxLayout& column)
{
    auto* diff = new RunDiff(column.parentWidget());
    std::vector<const RunRecord*> records;
    std::ranges::transform(runs_, std::back_inserter(records), &RunHandle::get);
    diff->setRuns(records);
    diff->setMinimumHeight(260);
    column.addWidget(diff, 1);
    addFigures(column);
    showTexts(column);
    auto* tables = new TableComparisonView(column.parentWidget());
    tables->setRuns(runs_);
    if (tables->hasTables()) {
        column.addWidget(tables, 1);
        followTable(*tables);
    } else
        delete tables;
}

// A place for them: they come when they are drawn.
void GenericView::addFigures(QVBoxLayout& column)
{
    figures_ = new QWidget(column.parentWidget());
    auto* rows = new QVBoxLayout(figures_);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::kGroupGap);
    figures_->hide();
    column.addWidget(figures_);
    drawFigures();
}

void GenericView::drawFigures()
{
    if (!figuresOf_ || runs_.empty())
        return;
    const auto drawn = std::make_shared<std::vector<figure::Figure>>();
    context_.compute(
        this, "figures",
        [drawn, runs = runs_, figuresOf = figuresOf_] {
            std::vector<RunRecord> records;
            for (const RunHandle& run : runs)
                records.push_back(*run);
            *drawn = figuresOf(records);
        },
        [this, drawn] { takeFigures(*drawn); });
}

void GenericView::takeFigures(const std::vector<figure::Figure>& drawn)
{
    if (figures_ == nullptr)
        return;
    qDeleteAll(figures_->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
    for (const figure::Figure& figure : drawn) {
        if (figure.series.empty() && figure.bars.empty() && figure.grids.empty() &&
            figure.images.empty())
            continue;
        auto* made = new Panel(QString::fromStdString(figure.title), figures_.data());
        auto* plot = new plot::PlotView(made);
        plot->setTitleVisible(false);
        plot->setMinimumHeight(kPlotHeight);
        plot->setFigure(figure);
        plot::forwardActions(*plot, context_);
        made->body()->addWidget(plot);
        made->setToolTip(shownText(figure.caption));
        figures_->layout()->addWidget(made);
    }
    figures_->setVisible(figures_->layout()->count() > 0);
}

// What the runs wrote, beside each other.
void GenericView::showTexts(QVBoxLayout& column)
{
    QWidget* page = column.parentWidget();
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    for (const RunHandle& run : runs_)
        for (const Artifact& artifact : run->result.artifacts) {
            if (artifact.kind != "text")
                continue;
            auto* one = new QVBoxLayout;
            one->setSpacing(4);
            one->addWidget(lineLabel(
                QString("run %1 · %2").arg(run->number).arg(QString::fromStdString(artifact.name)),
                "caption", page));
            one->addWidget(textArtifact(artifact, page), 1);
            row->addLayout(one, 1);
        }
    if (row->count() > 0)
        column.addLayout(row);
    else
        delete row;
}

// "Where from?" of one number.
void GenericView::explain(QWidget& number, const RunRecord& run, const Metric& metric)
{
    number.setContextMenuPolicy(Qt::ActionsContextMenu);
    auto* origin = new QAction("Where from?", &number);
    figure::Figure value;
    value.name = metric.name;
    value.title = metric.name + " = " + readOut(metric.value);
    value.recipe.runs = {run.uid};
    connect(origin, &QAction::triggered, this, [this, value] { context_.showOrigin(value); });
    number.addAction(origin);
    for (QLabel* inside : number.findChildren<QLabel*>())
        inside->setContextMenuPolicy(Qt::NoContextMenu); // the card's menu
}

} // namespace vitrine
