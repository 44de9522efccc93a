#include "widgets/runs/runs_page.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "widgets/runner/runner.h"
#include "widgets/runs/data_table.h"
#include "widgets/runs/run_detail.h"
#include "widgets/runs/run_diff.h"
#include "widgets/runs/run_text.h"
#include "widgets/runs/runs_model.h"
#include "widgets/theme/icon.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kTypingMs = 120;
constexpr std::size_t kMostMetrics = 12; // columns
constexpr int kLargestComparison = 8;

QPushButton* button(const QString& words, const QString& icon, QWidget* parent)
{
    auto* made = new QPushButton(words, parent);
    made->setIcon(theme::icon(icon));
    made->setAccessibleName(words);
    return made;
}

QPushButton* chip(const QString& words, bool on, QWidget* parent)
{
    auto* made = new QPushButton(words, parent);
    made->setProperty("kind", "chip");
    made->setCheckable(true);
    made->setChecked(on);
    made->setAccessibleName("Filter " + words);
    return made;
}

} // namespace

RunsPage::RunsPage(Runner& runner, QWidget* parent)
    : QWidget(parent),
      runner_(runner),
      model_(new RunsModel(this)),
      table_(new QTableView(this)),
      middle_(new QStackedWidget(this)),
      empty_(new QLabel(this)),
      side_(new QStackedWidget(this)),
      detail_(new RunDetail(this)),
      diff_(new RunDiff(this))
{
    table_->setModel(model_);
    table_->setAccessibleName("Runs");
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    styleTable(*table_);
    table_->setSortingEnabled(true);
    table_->sortByColumn(RunsModel::number, Qt::DescendingOrder);

    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    empty_->setProperty("role", "muted");
    middle_->addWidget(table_);
    middle_->addWidget(empty_);
    side_->addWidget(detail_);
    side_->addWidget(diff_);
    side_->setMinimumWidth(280);

    auto* left = new QWidget(this);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(16, 12, 8, 12);
    column->setSpacing(8);
    column->addWidget(makeFilters());
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

    typing_.setSingleShot(true);
    typing_.setInterval(kTypingMs);
    connect(&typing_, &QTimer::timeout, this, &RunsPage::applyFilter);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &RunsPage::showSelection);
    connect(table_, &QTableView::activated, this, [this] { emit openRequested(selected()); });
    connect(table_->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this,
            &RunsPage::stateChanged);
    connect(detail_, &RunDetail::tagsEdited, this, [this](qint64 number, const QStringList& tags) {
        std::vector<std::string> words;
        for (const QString& tag : tags)
            words.push_back(tag.toStdString());
        if (const auto set = runner_.store().setTags(number, words); !set)
            emit message(QString::fromStdString(set.error().message));
        reload();
    });
    connect(detail_, &RunDetail::noteEdited, this, [this](qint64 number, const QString& note) {
        if (const auto set = runner_.store().setNote(number, note.toStdString()); !set)
            emit message(QString::fromStdString(set.error().message));
    });
    updateEmptyState();
    showSelection();
}

QWidget* RunsPage::makeFilters()
{
    auto* bar = new QWidget(this);
    auto* column = new QVBoxLayout(bar);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* top = new QHBoxLayout;
    filter_ = new QLineEdit(bar);
    filter_->setPlaceholderText("Filter: words in experiment, parameters, tags, notes, errors");
    filter_->setAccessibleName("Filter runs");
    filter_->setClearButtonEnabled(true);
    filter_->addAction(theme::icon("search"), QLineEdit::LeadingPosition);
    connect(filter_, &QLineEdit::textChanged, &typing_, qOverload<>(&QTimer::start));
    count_ = new QLabel(bar);
    count_->setProperty("role", "muted");
    top->addWidget(filter_, 1);
    top->addWidget(count_);
    column->addLayout(top);
    chips_ = new QHBoxLayout;
    chips_->setSpacing(4);
    column->addLayout(chips_);
    return bar;
}

QWidget* RunsPage::makeActions()
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    open_ = button("Open", "open", bar);
    compare_ = button("Compare", "compare", bar);
    again_ = button("Run again", "again", bar);
    export_ = button("Export…", "export", bar);
    report_ = button("Report…", "reports", bar);
    remove_ = button("Remove", "trash", bar);
    for (QPushButton* made : {open_, compare_, again_, export_, report_})
        row->addWidget(made);
    row->addStretch(1);
    row->addWidget(remove_);
    connect(open_, &QPushButton::clicked, this, [this] { emit openRequested(selected()); });
    connect(compare_, &QPushButton::clicked, this, [this] { emit openRequested(selected()); });
    connect(again_, &QPushButton::clicked, this, [this] {
        const RunRecord* run = detail_->run();
        const bool goesOn = run != nullptr &&
                            (run->state == RunState::paused || run->state == RunState::interrupted);
        if (goesOn)
            emit resumeRequested(selected().first());
        else
            emit againRequested(selected().first());
    });
    connect(export_, &QPushButton::clicked, this,
            [this] { emit exportRequested(selected().first()); });
    connect(report_, &QPushButton::clicked, this, [this] { emit reportRequested(selected()); });
    connect(remove_, &QPushButton::clicked, this, &RunsPage::removeSelected);
    return bar;
}

void RunsPage::openStore()
{
    rebuildChips();
    model_->setStore(&runner_.store());
    applyFilter();
}

void RunsPage::reload()
{
    if (!runner_.isOpen())
        return;
    const QStringList before = selected();
    rebuildChips();
    applyFilter();
    select(before);
}

void RunsPage::select(const QStringList& uids)
{
    QItemSelection rows;
    for (const QString& uid : uids) {
        const int row = model_->rowOf(uid.toStdString());
        if (row >= 0)
            rows.select(model_->index(row, 0), model_->index(row, model_->columnCount() - 1));
    }
    table_->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
    if (!rows.isEmpty())
        table_->selectionModel()->setCurrentIndex(rows.first().topLeft(),
                                                  QItemSelectionModel::NoUpdate);
    showSelection();
}

QStringList RunsPage::selected() const
{
    std::vector<int> rows;
    for (const QModelIndex& index : table_->selectionModel()->selectedRows())
        rows.push_back(index.row());
    std::ranges::sort(rows);
    QStringList uids;
    for (const int row : rows)
        uids << QString::fromStdString(model_->run(row).uid);
    return uids;
}

QJsonObject RunsPage::state() const
{
    return {{"filter", filter_->text()},
            {"experiment", experiment_},
            {"state", runState_},
            {"sortColumn", table_->horizontalHeader()->sortIndicatorSection()},
            {"sortOrder", table_->horizontalHeader()->sortIndicatorOrder()}};
}

void RunsPage::setState(const QJsonObject& state)
{
    filter_->setText(state["filter"].toString());
    experiment_ = state["experiment"].toString();
    runState_ = state["state"].toString();
    if (runner_.isOpen()) {
        rebuildChips();
        applyFilter();
    }
    const int column = state["sortColumn"].toInt(0);
    if (column >= 0 && column < model_->columnCount())
        table_->sortByColumn(column, state["sortOrder"].toInt(1) == 0 ? Qt::AscendingOrder
                                                                      : Qt::DescendingOrder);
}

void RunsPage::rebuildChips()
{
    while (QLayoutItem* item = chips_->takeAt(0)) {
        if (item->widget() != nullptr)
            item->widget()->deleteLater();
        delete item;
    }
    const auto add = [this](const QString& words, QString& chosen, const QString& value) {
        QPushButton* made = chip(words, chosen == value, this);
        connect(made, &QPushButton::clicked, this, [this, &chosen, value] {
            chosen = chosen == value ? QString() : value;
            reload();
            emit stateChanged();
        });
        chips_->addWidget(made);
    };
    for (const std::string& id : runner_.store().experimentsSeen())
        add(experimentWords(id), experiment_, QString::fromStdString(id));
    for (const auto state :
         {RunState::done, RunState::failed, RunState::cancelled, RunState::paused}) {
        const QString name = QString::fromUtf8(runStateName(state).data());
        add(name, runState_, name);
    }
    chips_->addStretch(1);
}

void RunsPage::applyFilter()
{
    if (!runner_.isOpen())
        return;
    RunQuery query = model_->query();
    query.text = filter_->text().toStdString();
    query.experiment = experiment_.toStdString();
    query.state.reset();
    if (const auto parsed = parseRunState(runState_.toStdString()); parsed && !runState_.isEmpty())
        query.state = *parsed;
    const auto seen = runner_.store().experimentsSeen();
    const std::string shown = !experiment_.isEmpty() ? experiment_.toStdString()
                              : seen.size() == 1     ? seen.front()
                                                     : "";
    query.metrics = shown.empty() ? std::vector<std::string>() : runner_.store().metricNames(shown);
    if (query.metrics.size() > kMostMetrics)
        query.metrics.resize(kMostMetrics);
    model_->setQuery(std::move(query));
    static const int widths[] = {52, 150, 240, 96, 144, 80, 96};
    for (int column = 0; column < model_->columnCount(); ++column) {
        const QString head = model_->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        const int words = fontMetrics().horizontalAdvance(head) + 24;
        table_->setColumnWidth(column, column < RunsModel::firstMetric ? widths[column]
                                                                       : std::max(80, words));
    }
    updateEmptyState();
    showSelection();
}

void RunsPage::showSelection()
{
    const QStringList uids = selected();
    const auto amount = static_cast<int>(uids.size());
    open_->setEnabled(amount == 1);
    compare_->setEnabled(amount >= 2 && amount <= kLargestComparison);
    again_->setEnabled(amount == 1);
    export_->setEnabled(amount == 1);
    report_->setEnabled(amount >= 1);
    remove_->setEnabled(amount >= 1);
    remove_->setProperty("asked", false);
    remove_->setText("Remove");

    std::vector<RunHandle> runs;
    for (const QString& uid : uids.mid(0, kLargestComparison)) {
        if (auto run = runner_.load(uid))
            runs.push_back(*run);
        else
            emit message(QString::fromStdString(run.error().message));
    }
    if (runs.size() >= 2) {
        std::ranges::sort(runs, {}, [](const RunHandle& run) { return run->number; });
        std::vector<const RunRecord*> records;
        std::ranges::transform(runs, std::back_inserter(records), &RunHandle::get);
        diff_->setRuns(records);
        side_->setCurrentWidget(diff_);
        return;
    }
    detail_->setRun(runs.empty() ? nullptr : runs.front());
    const bool goesOn = !runs.empty() && (runs[0]->state == RunState::paused ||
                                          runs[0]->state == RunState::interrupted);
    again_->setText(goesOn ? "Resume" : "Run again");
    side_->setCurrentWidget(detail_);
}

// Removing cannot be undone, so the button asks once more by its words.
void RunsPage::removeSelected()
{
    if (!remove_->property("asked").toBool()) {
        remove_->setProperty("asked", true);
        remove_->setText(QString("Really remove %1?").arg(selected().size()));
        return;
    }
    for (const QString& uid : selected()) {
        const int row = model_->rowOf(uid.toStdString());
        if (const auto removed = runner_.store().remove(model_->run(row).number); !removed)
            emit message(QString::fromStdString(removed.error().message));
    }
    reload();
}

void RunsPage::updateEmptyState()
{
    const bool filtered =
        !filter_->text().isEmpty() || !experiment_.isEmpty() || !runState_.isEmpty();
    count_->setText(model_->total() == 1 ? QString("1 run")
                                         : QString("%1 runs").arg(model_->total()));
    middle_->setCurrentIndex(model_->rowCount() == 0 ? 1 : 0);
    if (!model_->error().isEmpty())
        empty_->setText(model_->error());
    else
        empty_->setText(
            filtered
                ? "No run matches. Clear the filter or a chip."
                : "Every run is kept here: its parameters, inputs, results and how to repeat it.\n"
                  "Run something, and it appears.");
}

} // namespace vitrine
