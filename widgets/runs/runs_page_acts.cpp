// What can be done with the selected runs, and what is shown of them beside the table.
#include "widgets/runs/runs_page.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>

#include "widgets/runner/runner.h"
#include "widgets/runs/compare/run_comparison.h"
#include "widgets/runs/filter/tag_picker.h"
#include "widgets/runs/find/runs_model.h"
#include "widgets/runs/plots/scatter_panel.h"
#include "widgets/runs/run_detail.h"
#include "widgets/runs/run_edits.h"
#include "widgets/theme/icon.h"

#include <algorithm>
#include <span>

namespace vitrine
{
namespace
{

constexpr std::size_t kMostTagsRead = 2000; // runs whose tags the popup counts

QPushButton* button(const QString& words, const QString& icon, const QString& help, QWidget* parent)
{
    auto* made = new QPushButton(words, parent);
    made->setIcon(theme::icon(icon));
    made->setAccessibleName(words);
    made->setToolTip(help);
    return made;
}

std::vector<std::string> wordsOf(const QStringList& list)
{
    std::vector<std::string> words;
    for (const QString& word : list)
        words.push_back(word.toStdString());
    return words;
}

// From what was shown to what is wished: tags that others have given meanwhile stay.
Result<void> writeTagChange(Store& store, qint64 number, const std::vector<std::string>& shown,
                            const std::vector<std::string>& wished)
{
    std::vector<std::string> added, removed;
    for (const std::string& tag : wished)
        if (std::ranges::count(shown, tag) == 0)
            added.push_back(tag);
    for (const std::string& tag : shown)
        if (std::ranges::count(wished, tag) == 0)
            removed.push_back(tag);
    const std::int64_t one = number;
    return store.changeTags(std::span(&one, 1), added, removed);
}

} // namespace

QWidget* RunsPage::makeActions()
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    open_ = button("Open", "open", "Show the run in its room", bar);
    compare_ =
        button("Compare", "compare", "Show two to eight runs side by side in their room", bar);
    again_ =
        button("Run again", "again", "Repeat the run and compare the values to the last bit", bar);
    tags_ = new TagPicker(bar);
    export_ = button("Export…", "export", "Everything of the run as plain files", bar);
    report_ = button("Report…", "reports", "A document of the selected runs", bar);
    remove_ = button("Remove", "trash", "Remove the selected runs from the workspace", bar);
    for (QPushButton* made :
         {open_, compare_, again_, static_cast<QPushButton*>(tags_), export_, report_})
        row->addWidget(made);
    row->addStretch(1);
    row->addWidget(remove_);
    for (QPushButton* opens : {open_, compare_})
        connect(opens, &QPushButton::clicked, this, [this] { emit openRequested(selected()); });
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
    connect(tags_, &TagPicker::tagsWished, this, &RunsPage::changeTags);
    tags_->setSource([this] {
        TagPicker::Tags tags;
        // Asked anew: what was found may be older than the newest tag.
        for (const auto& tag : runner_.store().vocabulary().tags)
            tags.known << QString::fromStdString(tag);
        auto numbers = selectedNumbers();
        numbers.resize(std::min(numbers.size(), kMostTagsRead));
        tags.runs = static_cast<int>(numbers.size());
        if (const auto runs = runner_.store().summaries(numbers, {}))
            for (const RunSummary& run : *runs)
                for (const std::string& tag : run.tags)
                    ++tags.counts[QString::fromStdString(tag)];
        return tags;
    });
    return bar;
}

void RunsPage::connectDetail()
{
    connect(detail_, &RunDetail::tagsEdited, this, &RunsPage::editTags);
    connect(detail_, &RunDetail::noteEdited, this, &RunsPage::editNote);
    connect(detail_, &RunDetail::originRequested, this, &RunsPage::originRequested);
    connect(detail_, &RunDetail::filterWished, this, [this](const QString& filter) {
        setState([&] {
            QJsonObject after = state();
            after["filter"] = filter;
            return after;
        }());
        emit stateChanged();
    });
    connect(detail_, &RunDetail::runsWished, this,
            [this](const QStringList& uids) { emit openRequested(uids); });
    detail_->setSource(&runner_);
}

void RunsPage::select(const QStringList& uids)
{
    if (!isSettled()) {
        wanted_ = uids;
        return;
    }
    QItemSelection rows;
    for (const QString& uid : uids) {
        const auto number = runner_.store().resolve(uid.toStdString());
        const int row = number ? model_->rowOf(*number) : -1;
        if (row >= 0)
            rows.select(model_->index(row, 0), model_->index(row, model_->columnCount() - 1));
    }
    table_->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
    if (!rows.isEmpty()) {
        table_->selectionModel()->setCurrentIndex(rows.first().topLeft(),
                                                  QItemSelectionModel::NoUpdate);
        table_->scrollTo(rows.first().topLeft());
    }
    showSelection();
}

// By ranges: all of 100,000 rows may be selected.
std::vector<std::int64_t> RunsPage::selectedNumbers() const
{
    std::vector<int> rows;
    for (const QItemSelectionRange& range : table_->selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.push_back(row);
    std::ranges::sort(rows);
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    std::vector<std::int64_t> numbers;
    for (const int row : rows)
        numbers.push_back(model_->numberAt(row));
    return numbers;
}

QStringList RunsPage::selected() const
{
    QStringList uids;
    if (!runner_.isOpen())
        return uids;
    if (const auto runs = runner_.store().summaries(selectedNumbers(), {}))
        for (const RunSummary& run : *runs)
            uids << QString::fromStdString(run.uid);
    return uids;
}

void RunsPage::showSelection()
{
    const auto numbers = selectedNumbers();
    const auto amount = static_cast<int>(numbers.size());
    open_->setEnabled(amount == 1);
    compare_->setEnabled(amount >= 2 && amount <= kMostCompared);
    again_->setEnabled(amount == 1);
    tags_->setEnabled(amount >= 1);
    export_->setEnabled(amount == 1);
    report_->setEnabled(amount >= 1 && amount <= 100);
    remove_->setEnabled(amount >= 1);
    remove_->setProperty("asked", false);
    remove_->setText("Remove");
    scatter_->setSelected({numbers.begin(), numbers.begin() + std::min(amount, 200)});
    showSide();
}

// Two columns and a name want more room than one; what the table cannot spare stays with it.
void RunsPage::widenSide(int width)
{
    auto* splitter = qobject_cast<QSplitter*>(side_->parentWidget());
    if (splitter != nullptr && side_->width() < width)
        splitter->setSizes({splitter->width() - width, width});
}

void RunsPage::showSide()
{
    auto numbers = selectedNumbers();
    const auto amount = static_cast<qsizetype>(numbers.size());
    numbers.resize(std::min<std::size_t>(numbers.size(), kMostCompared));
    std::vector<RunHandle> runs;
    for (const std::int64_t number : numbers) { // anew: tags and notes change
        if (auto run = runner_.store().load(number))
            runs.push_back(std::make_shared<const RunRecord>(*std::move(run)));
        else
            emit message(QString::fromStdString(run.error().message));
    }
    if (runs.size() >= 2) {
        std::ranges::sort(runs, {}, [](const RunHandle& run) { return run->number; });
        comparison_->setRuns(std::move(runs), amount);
        side_->setCurrentWidget(comparison_);
        widenSide(std::min(420, width() / 3));
        return;
    }
    const bool goesOn = !runs.empty() && (runs[0]->state == RunState::paused ||
                                          runs[0]->state == RunState::interrupted);
    const bool underWay =
        !runs.empty() && runner_.status(QString::fromStdString(runs[0]->uid)).has_value();
    again_->setText(goesOn ? "Resume" : "Run again");
    again_->setEnabled(amount == 1 && !underWay);
    again_->setToolTip(underWay ? "The run goes on already"
                       : goesOn ? "Go on from where the run stopped"
                                : "Repeat the run and compare the values to the last bit");
    detail_->setRun(runs.empty() ? nullptr : runs.front());
    side_->setCurrentWidget(detail_);
}

void RunsPage::editTags(qint64 number, const QStringList& tags)
{
    const auto before = runner_.store().load(number);
    const auto set = before ? writeTagChange(runner_.store(), number, before->tags, wordsOf(tags))
                            : Result<void>(tl::unexpected(before.error()));
    if (!set)
        return emit message(QString::fromStdString(set.error().message));
    emit edited(QString("Tags of run %1").arg(number), tagsEdit(before->uid, before->tags),
                tagsEdit(before->uid, wordsOf(tags)), {});
    reload();
}

void RunsPage::editNote(qint64 number, const QString& note)
{
    const auto before = runner_.store().load(number);
    const auto set = before ? runner_.store().setNote(number, note.toStdString())
                            : Result<void>(tl::unexpected(before.error()));
    if (!set)
        return emit message(QString::fromStdString(set.error().message));
    emit edited(QString("Note of run %1").arg(number), noteEdit(before->uid, before->note),
                noteEdit(before->uid, note.toStdString()), QString("note:%1").arg(number));
}

void RunsPage::applyEdit(const QJsonObject& edit)
{
    finder_->act([edit](Store& store) { return writeEdit(store, edit); });
}

void RunsPage::changeTags(const QStringList& added, const QStringList& removed)
{
    const auto numbers = selectedNumbers();
    if (numbers.size() > kMostTagsRead)
        emit message(QString("Tags of more than %1 runs at once are not among what can be undone")
                         .arg(kMostTagsRead));
    else if (const auto edit = tagEdit(runner_.store(), numbers, wordsOf(added), wordsOf(removed)))
        emit edited(numbers.size() == 1 ? QString("Tags of run %1").arg(numbers.front())
                                        : QString("Tags of %1 runs").arg(numbers.size()),
                    edit->before, edit->after, {});
    finder_->act([numbers, added = wordsOf(added), removed = wordsOf(removed)](Store& store) {
        return store.changeTags(numbers, added, removed);
    });
}

// Removing cannot be undone, so the button asks once more by its words.
void RunsPage::removeSelected()
{
    const auto numbers = selectedNumbers();
    if (!remove_->property("asked").toBool()) {
        remove_->setProperty("asked", true);
        remove_->setText(QString("Really remove %1?").arg(numbers.size()));
        return;
    }
    table_->clearSelection();
    finder_->act([numbers](Store& store) -> Result<void> {
        for (const std::int64_t number : numbers)
            VITRINE_CHECK(store.remove(number));
        return {};
    });
}

} // namespace vitrine
