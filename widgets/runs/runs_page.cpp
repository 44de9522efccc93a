#include "widgets/runs/runs_page.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QVBoxLayout>

#include "core/base/number_text.h"
#include "widgets/plot/plot_view.h"
#include "widgets/runner/runner.h"
#include "widgets/runs/compare/run_comparison.h"
#include "widgets/runs/filter/filter_bar.h"
#include "widgets/runs/filter/name_picker.h"
#include "widgets/runs/find/runs_model.h"
#include "widgets/runs/plots/parallel_panel.h"
#include "widgets/runs/plots/scatter_panel.h"
#include "widgets/runs/run_detail.h"
#include "widgets/table/data_table.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr qsizetype kAutomaticAxes = 8;

QStringList namesOf(const std::vector<std::string>& names)
{
    QStringList list;
    for (const std::string& name : names)
        list << QString::fromStdString(name);
    return list;
}

QString grouped(std::size_t number)
{
    return QString::fromStdString(wholeText(static_cast<std::int64_t>(number)));
}

QString counted(std::size_t runs)
{
    return runs == 1 ? QString("1 run") : grouped(runs) + " runs";
}

// All that can be a column or an axis.
QStringList quantities(const RunVocabulary& words)
{
    return namesOf(words.metrics) + namesOf(words.params);
}

} // namespace

RunsPage::RunsPage(Runner& runner, QWidget* parent)
    : QWidget(parent),
      runner_(runner),
      finder_(new RunFinder(this)),
      model_(new RunsModel(this)),
      filter_(new FilterBar(this)),
      tabs_(new QTabBar(this)),
      columns_(new NamePicker("Columns", "Those that suit the filter", this)),
      views_(new QStackedWidget(this)),
      table_(new QTableView(this)),
      scatter_(new ScatterPanel(this)),
      parallel_(new ParallelPanel(this)),
      middle_(new QStackedWidget(this)),
      empty_(new QLabel(this)),
      side_(new QStackedWidget(this)),
      detail_(new RunDetail(this)),
      comparison_(new RunComparison(this))
{
    table_->setModel(model_);
    table_->setAccessibleName("Runs");
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setDragEnabled(true);
    table_->setDragDropMode(QAbstractItemView::DragOnly);
    styleTable(*table_);
    table_->horizontalHeader()->setSortIndicator(RunsModel::number, Qt::DescendingOrder);
    table_->setSortingEnabled(true);

    for (QWidget* each : {static_cast<QWidget*>(table_), static_cast<QWidget*>(scatter_),
                          static_cast<QWidget*>(parallel_)})
        views_->addWidget(each);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    empty_->setProperty("role", "muted");
    middle_->addWidget(views_);
    middle_->addWidget(empty_);
    side_->addWidget(detail_);
    side_->addWidget(comparison_);
    side_->setMinimumWidth(224); // a window of 1024 pixels has room for all

    auto* left = new QWidget(this);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(16, 12, 8, 12);
    column->setSpacing(8);
    column->addWidget(filter_);
    column->addWidget(makeTabs());
    column->addWidget(middle_, 1);
    column->addWidget(makeActions());

    auto* splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(left);
    splitter->addWidget(side_);
    splitter->setSizes({780, 420});
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    auto* all = new QHBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(splitter);
    connectParts();
    connectDetail();
    for (const auto told : {&Runner::started, &Runner::ended})
        connect(&runner_, told, this, &RunsPage::showUnderWay);
    updateWords();
    showSelection();
}

QWidget* RunsPage::makeTabs()
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    tabs_->setAccessibleName("How the runs are shown");
    tabs_->addTab("Table");
    tabs_->addTab("Scatter");
    tabs_->addTab("Parallel");
    tabs_->setTabToolTip(scatter, "Two quantities against each other");
    tabs_->setTabToolTip(parallel, "Many quantities as parallel axes");
    columns_->setToolTip("Which metrics and parameters the table shows");
    row->addWidget(tabs_);
    row->addStretch(1);
    row->addWidget(columns_);
    return bar;
}

void RunsPage::connectParts()
{
    connect(finder_, &RunFinder::found, this, &RunsPage::take);
    connect(finder_, &RunFinder::failed, this, &RunsPage::message);
    connect(finder_, &RunFinder::columnsRead, this, [this](const auto& columns, const auto& runs) {
        plotted_ = runs;
        if (tabs_->currentIndex() == scatter)
            scatter_->setColumns(columns, runs);
        else
            parallel_->setColumns(std::move(*columns), runs);
    });
    connect(finder_, &RunFinder::acted, this, [this](const QString& error) {
        if (!error.isEmpty())
            emit message(error);
        reload();
    });
    connect(filter_, &FilterBar::filterChanged, this, [this] {
        search();
        emit stateChanged();
    });
    connect(filter_, &FilterBar::savedChanged, this, &RunsPage::stateChanged);
    connect(filter_, &FilterBar::brushDropped, this, [this] { brush(brushedIn_, nullptr); });
    connect(model_, &RunsModel::sortWished, this, [this](const QString& key, bool descending) {
        if (sizing_ || (key == sortBy_ && descending == descending_))
            return;
        sortBy_ = key;
        descending_ = descending;
        search();
        emit stateChanged();
    });
    connect(columns_, &NamePicker::chosenChanged, this, [this] {
        search();
        emit stateChanged();
    });
    connect(tabs_, &QTabBar::currentChanged, this, [this](int tab) {
        showTab(tab);
        emit stateChanged();
    });
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &RunsPage::showSelection);
    connect(table_, &QTableView::activated, this, [this] { emit openRequested(selected()); });
    connect(scatter_, &ScatterPanel::columnsWished, this, &RunsPage::readColumns);
    connect(parallel_, &ParallelPanel::columnsWished, this, &RunsPage::readColumns);
    connect(scatter_, &ScatterPanel::brushed, this,
            [this](const Numbers& kept) { brush(scatter, kept); });
    connect(parallel_, &ParallelPanel::brushed, this,
            [this](const Numbers& kept) { brush(parallel, kept); });
    const auto selectNumber = [this](qint64 number) {
        if (const int row = model_->rowOf(number); row >= 0)
            table_->selectRow(row);
    };
    connect(scatter_, &ScatterPanel::runClicked, this, selectNumber);
    connect(parallel_, &ParallelPanel::runClicked, this, selectNumber);
    connect(scatter_, &ScatterPanel::stateChanged, this, &RunsPage::stateChanged);
    connect(parallel_, &ParallelPanel::stateChanged, this, &RunsPage::stateChanged);
    auto* find = new QShortcut(QKeySequence::Find, this);
    find->setContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, this, [this] { filter_->setFocus(); });
}

void RunsPage::openStore()
{
    model_->setStore(&runner_.store());
    showUnderWay();
    finder_->open(runner_.store().path());
    search();
}

void RunsPage::showUnderWay()
{
    QSet<QString> uids;
    for (const RunStatus& status : runner_.active())
        uids << status.uid;
    model_->setUnderWay(uids);
    if (runner_.isOpen())
        showSide();
}

void RunsPage::reload()
{
    plotted_.reset(); // values may be others
    search();
}

bool RunsPage::isSettled() const
{
    return everFound_ && !finder_->isSearching();
}

void RunsPage::search()
{
    if (!runner_.isOpen())
        return;
    RunQuery query;
    query.filter = filter_->filter();
    query.sortBy = sortBy_.toStdString();
    query.descending = descending_;
    std::vector<std::string> columns;
    for (const QString& name : columns_->chosen())
        columns.push_back(name.toStdString());
    finder_->find(query, columns, kept_);
    updateWords();
}

// What plots begin with: quantities of the filter's experiment, else of the newest run's.
QStringList RunsPage::axesFor(const FoundRuns& found)
{
    const QStringList asked = namesOf(found.query.metrics) + namesOf(found.query.params);
    if (!asked.isEmpty() || found.first.empty())
        return asked.isEmpty() ? namesOf(found.vocabulary.metrics) : asked;
    const std::string& experiment = found.first.front().experiment;
    if (experiment != suitedTo_) {
        suitedTo_ = experiment;
        suited_ = namesOf(runner_.store().metricNames(experiment));
    }
    return suited_.isEmpty() ? namesOf(found.vocabulary.metrics) : suited_;
}

void RunsPage::take(const std::shared_ptr<FoundRuns>& found)
{
    everFound_ = true;
    error_ = QString::fromStdString(found->error);
    const std::vector<std::int64_t> before = selectedNumbers();
    const bool same = found->shown == model_->found().shown;
    model_->setFound(found);
    filter_->setVocabulary(found->vocabulary);
    filter_->setUnknownNames(found->problems);
    const QStringList names = quantities(found->vocabulary);
    columns_->setNames(names);
    const QStringList plottable = names + QStringList{"seconds", "started", "run"};
    const QStringList axes = axesFor(*found);
    scatter_->setNames(plottable, axes);
    parallel_->setNames(plottable, axes.mid(0, kAutomaticAxes));
    sizeColumns();
    updateWords();
    if (!wanted_.isEmpty()) {
        select(std::exchange(wanted_, {}));
    } else if (!same) {
        QItemSelection rows;
        for (std::size_t i = 0; i < std::min<std::size_t>(before.size(), 1000); ++i)
            if (const int row = model_->rowOf(before[i]); row >= 0)
                rows.select(model_->index(row, 0), model_->index(row, model_->columnCount() - 1));
        table_->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
    }
    showSelection();
    readColumns();
}

// As wide as their heads and kinds; what a person has drawn wider stays while the columns do.
void RunsPage::sizeColumns()
{
    sizing_ = true;
    const int sorted = model_->columnOf(sortBy_);
    table_->horizontalHeader()->setSortIndicator(sorted, descending_ ? Qt::DescendingOrder
                                                                     : Qt::AscendingOrder);
    sizing_ = false;
    std::vector<std::string> names = model_->found().query.metrics;
    names.insert(names.end(), model_->found().query.params.begin(),
                 model_->found().query.params.end());
    if (names == sizedFor_ && !sizedFor_.empty())
        return;
    sizedFor_ = names;
    static const int widths[] = {64, 150, 220, 96, 132, 80, 96};
    for (int column = 0; column < model_->columnCount(); ++column) {
        const QString head = model_->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        const int words = fontMetrics().horizontalAdvance(head) + 24;
        table_->setColumnWidth(
            column, column < RunsModel::firstMetric ? widths[column] : std::clamp(words, 80, 180));
    }
}

void RunsPage::updateWords()
{
    const FoundRuns& found = model_->found();
    filter_->setCount(
        kept_ ? QString("%1 of %2").arg(grouped(found.shown.size()), counted(found.numbers.size()))
              : counted(found.numbers.size()));
    filter_->setBrush(kept_ ? "brushed: " + counted(kept_->size()) : QString());
    const bool plot = tabs_->currentIndex() != table && !found.numbers.empty();
    middle_->setCurrentIndex(found.shown.empty() && !plot ? 1 : 0);
    if (!error_.isEmpty())
        empty_->setText(error_);
    else if (!everFound_)
        empty_->setText("Looking through the runs…");
    else if (!filter_->filter().isEmpty() || kept_)
        empty_->setText("No run matches. Take a term of the filter away.");
    else
        empty_->setText("Every run is kept here: its parameters, inputs, results and how to repeat "
                        "it.\nRun something, and it appears.");
}

void RunsPage::showTab(int tab)
{
    views_->setCurrentIndex(tab);
    columns_->setVisible(tab == table);
    updateWords();
    plotted_.reset();
    readColumns();
}

void RunsPage::readColumns()
{
    const int tab = tabs_->currentIndex();
    if (tab == table || !everFound_)
        return;
    const FoundRuns& found = model_->found();
    // A brush elsewhere narrows the parallel axes; in the scatter plot it marks points.
    const auto& wanted =
        tab == parallel && kept_ && brushedIn_ == scatter ? found.shown : found.numbers;
    const auto names = tab == scatter ? scatter_->wanted() : parallel_->wanted();
    if (plotted_ && *plotted_ == wanted && names == plottedNames_)
        return;
    plottedNames_ = names;
    finder_->readColumns(names, std::make_shared<const std::vector<std::int64_t>>(wanted));
}

void RunsPage::brush(Tab from, const Numbers& kept)
{
    if (kept && kept_ && *kept == *kept_)
        return;
    if (!kept && !kept_)
        return;
    if (!kept || from != scatter)
        scatter_->dropBrush();
    if (!kept || from != parallel)
        parallel_->dropBrush();
    kept_ = kept;
    brushedIn_ = from;
    scatter_->setKept(kept_);
    search();
}

QJsonObject RunsPage::state() const
{
    return {{"filter", filter_->text()},
            {"saved", filter_->saved()},
            {"tab", tabs_->currentIndex()},
            {"columns", QJsonArray::fromStringList(columns_->chosen())},
            {"sortBy", sortBy_},
            {"descending", descending_},
            {"scatter", scatter_->state()},
            {"parallel", parallel_->state()}};
}

void RunsPage::setState(const QJsonObject& state)
{
    filter_->setText(state["filter"].toString());
    filter_->setSaved(state["saved"].toArray());
    QStringList columns;
    for (const auto& name : state["columns"].toArray())
        columns << name.toString();
    columns_->setChosen(columns);
    sortBy_ = state["sortBy"].toString("number");
    descending_ = state["descending"].toBool(true);
    scatter_->setState(state["scatter"].toObject());
    parallel_->setState(state["parallel"].toObject());
    tabs_->setCurrentIndex(std::clamp(state["tab"].toInt(), 0, 2));
    search();
}

} // namespace vitrine
