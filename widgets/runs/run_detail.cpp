#include "widgets/runs/run_detail.h"

#include <QAction>
#include <QClipboard>
#include <QFileInfo>
#include <QFrame>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include "core/base/format.h"
#include "widgets/runner/runner.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/style.h"

namespace vitrine
{
namespace
{

constexpr int kNoteHeight = 64;
constexpr int kTableHeight = 220;

QLabel* text(const QString& words, const char* role, QWidget* parent)
{
    auto* label = new QLabel(parent);
    showText(*label, words);
    label->setProperty("role", role);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QWidget* addSection(QVBoxLayout& column, const QString& heading, QWidget* content)
{
    auto* block = new QVBoxLayout;
    block->setSpacing(8);
    block->addWidget(text(heading, "heading", content->parentWidget()));
    block->addWidget(content);
    column.addLayout(block);
    return content;
}

QWidget* failureCard(const RunRecord& run, QWidget* parent)
{
    auto* card = new QFrame(parent);
    card->setProperty("role", "failure");
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(12, 8, 12, 8);
    column->addWidget(text(QString::fromStdString(run.error), "value", card));
    return card;
}

QString circumstances(const RunRecord& run)
{
    QStringList lines;
    lines << QString("vitrine %1 · %2 version %3")
                 .arg(QString::fromStdString(run.programVersion),
                      QString::fromStdString(run.experiment))
                 .arg(run.experimentVersion);
    lines << QString("%1 · %2 · %3 threads")
                 .arg(QString::fromStdString(run.host), QString::fromStdString(run.cpu))
                 .arg(run.threads);
    lines << QString::fromStdString(run.build);
    lines << "uid " + QString::fromStdString(run.uid);
    lines.removeAll(QString());
    return lines.join('\n');
}

} // namespace

RunDetail::RunDetail(QWidget* parent) : QScrollArea(parent)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName("Run");
    setRun(nullptr);
}

void RunDetail::setRun(std::shared_ptr<const RunRecord> run)
{
    // What is shown of it is the same: a note that is being typed keeps its cursor.
    const bool same = run && run_ && run->uid == run_->uid && run->started == run_->started &&
                      run->state == run_->state && run->tags == run_->tags &&
                      isUnderWay(*run) == shownUnderWay_;
    if (!same)
        finishNote();
    run_ = std::move(run);
    shownUnderWay_ = run_ && isUnderWay(*run_);
    if (same)
        return showNote(run_->note);
    auto* page = new QWidget;
    page->setObjectName("page");
    page->setMinimumWidth(1); // a long name does not push the values out of sight
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(16, 12, 16, 16);
    column->setSpacing(theme::kGroupGap);
    if (run_ == nullptr)
        column->addWidget(text("Select a run to see what it found and where it comes from.\nSelect "
                               "two to see how they differ.",
                               "muted", page));
    else
        showRun(*column);
    column->addStretch(1);
    setWidget(page);
}

bool RunDetail::isUnderWay(const RunRecord& run) const
{
    return runner_ != nullptr && runner_->status(QString::fromStdString(run.uid)).has_value();
}

void RunDetail::showRun(QVBoxLayout& column)
{
    QWidget* page = column.parentWidget();
    auto* head = new QVBoxLayout;
    head->setSpacing(4);
    head->addWidget(text(subjectOf(*run_), "section", page));
    const QString state =
        QString::fromUtf8(runStateName(shownUnderWay_ ? RunState::running : run_->state).data());
    head->addWidget(
        text(QString("run %1 · %2 · %3 · %4 · %5")
                 .arg(run_->number)
                 .arg(state, experimentWords(run_->experiment), startedWords(run_->started),
                      QString::fromStdString(durationText(run_->seconds))),
             "muted", page));
    column.addLayout(head);

    if (!run_->error.empty() && !shownUnderWay_)
        column.addWidget(failureCard(*run_, page));
    if (!run_->result.metrics.empty())
        explainValues(*addSection(column, "Results", metricGrid(*run_, page)));
    addRepeat(column);
    addSection(column, "Parameters", paramGrid(*run_, page));
    if (!run_->result.inputs.empty())
        addSection(column, "Inputs", inputList(*run_, page));
    if (QWidget* tables = tableSwitcher(*run_, kTableHeight, page))
        addSection(column, "Tables", tables);
    if (!run_->result.notes.empty()) {
        QStringList notes;
        for (const std::string& note : run_->result.notes)
            notes << QString::fromStdString(note);
        addSection(column, "Notes of the run", text(notes.join("\n"), "value", page));
    }
    addTagsAndNote(column);
    addLineage(column);
    addSection(column, "Circumstances", text(circumstances(*run_), "caption", page));
    addSection(column, "Command", text(QString::fromStdString(run_->command), "mono", page));
}

// Every value says on its menu where it comes from.
void RunDetail::explainValues(QWidget& metrics)
{
    for (QLabel* value : metrics.findChildren<QLabel*>()) {
        if (value->property("role") != "value")
            continue;
        value->setContextMenuPolicy(Qt::ActionsContextMenu);
        auto* copy = new QAction("Copy", value);
        connect(copy, &QAction::triggered, value, [value] {
            QGuiApplication::clipboard()->setText(value->toolTip().section('\n', 0, 0));
        });
        auto* origin = new QAction("Where from?", value);
        connect(origin, &QAction::triggered, this, [this, value] {
            emit originRequested(QString::fromStdString(run_->uid), value->accessibleName());
        });
        value->addActions({copy, origin});
    }
}

void RunDetail::addRepeat(QVBoxLayout& column)
{
    if (run_->parent.empty() || runner_ == nullptr)
        return;
    if (const auto before = runner_->load(QString::fromStdString(run_->parent)))
        addSection(column, QString("Repeats run %1").arg((*before)->number),
                   repeatOutcome(**before, *run_, column.parentWidget()));
}

// Links to the runs around this one; what shares something with it becomes a filter.
void RunDetail::addLineage(QVBoxLayout& column)
{
    if (runner_ == nullptr || !runner_->isOpen() || run_->number == 0)
        return;
    const auto lineage = lineageOf(runner_->store(), *run_);
    if (!lineage)
        return;
    QWidget* page = column.parentWidget();
    auto* part = new QWidget(page);
    auto* lines = new QVBoxLayout(part);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(4);
    const auto link = [&](const QString& words, const QString& help, auto act) {
        auto* made = new QPushButton(words, part);
        made->setProperty("kind", "link");
        made->setAccessibleName(words);
        made->setToolTip(help);
        made->setCursor(Qt::PointingHandCursor);
        connect(made, &QPushButton::clicked, this, act);
        lines->addWidget(made, 0, Qt::AlignLeft);
    };
    const auto runs = [&](const QString& words, const std::vector<RunSummary>& list) {
        for (const RunSummary& run : list)
            link(QString("%1 run %2 · %3")
                     .arg(words)
                     .arg(run.number)
                     .arg(experimentWords(run.experiment)),
                 "Open it in its room",
                 [this, uid = QString::fromStdString(run.uid)] { emit runsWished({uid}); });
    };
    if (lineage->repeats)
        runs("Repeats", {*lineage->repeats});
    runs("Repeated by", lineage->repeatedBy);
    runs("Made from what was written by", lineage->madeBy);
    runs("Its files are read by", lineage->usedBy);
    for (const auto& group : lineage->groups)
        link(QString("%1: %2 runs").arg(QString::fromStdString(group.tag)).arg(group.runs),
             "Show the runs of this sweep or tag",
             [this, tag = QString::fromStdString(filterValue(group.tag)),
              id = QString::fromStdString(run_->experiment)] {
                 emit filterWished("experiment:" + id + " tag:" + tag);
             });
    for (const auto& shared : lineage->inputs)
        if (shared.others > 0)
            link(QString("%1: read by %2 other %3")
                     .arg(QFileInfo(QString::fromStdString(shared.input.path)).fileName())
                     .arg(shared.others)
                     .arg(shared.others == 1 ? "run" : "runs"),
                 "Show all runs that read the same bytes",
                 [this, hash = QString::fromStdString(shared.input.sha256).left(16)] {
                     emit filterWished("input:" + hash);
                 });
    if (lines->count() > 0)
        addSection(column, "Lineage", part);
    else
        delete part;
}

// As undo left it, unless a person is typing.
void RunDetail::showNote(const std::string& note)
{
    const QString words = QString::fromStdString(note);
    if (note_ == nullptr || pause_->isActive() || note_->toPlainText() == words)
        return;
    const QSignalBlocker quiet(note_);
    note_->setReadOnly(showText(*note_, words));
}

void RunDetail::finishNote()
{
    if (note_ == nullptr || !pause_->isActive())
        return;
    pause_->stop();
    emit noteEdited(run_->number, note_->toPlainText());
}

void RunDetail::hideEvent(QHideEvent* event)
{
    finishNote();
    QScrollArea::hideEvent(event);
}

void RunDetail::addTagsAndNote(QVBoxLayout& column)
{
    QWidget* page = column.parentWidget();
    QStringList tags;
    for (const std::string& tag : run_->tags)
        tags << QString::fromStdString(tag);
    auto* tagLine = new QLineEdit(shownText(tags.join(", "), kLongestShownLine), page);
    tagLine->setAccessibleName("Tags");
    tagLine->setPlaceholderText("Words, separated by commas");
    connect(tagLine, &QLineEdit::editingFinished, this,
            [this, tagLine, number = run_->number, before = tagLine->text()] {
                if (tagLine->text() == before)
                    return;
                QStringList words;
                for (const QString& word : tagLine->text().split(',', Qt::SkipEmptyParts))
                    words << word.trimmed();
                words.removeAll(QString());
                emit tagsEdited(number, words);
            });
    addSection(column, "Tags", tagLine);

    auto* note = new QPlainTextEdit(page);
    note->setReadOnly(showText(*note, QString::fromStdString(run_->note)));
    note->setAccessibleName("Note");
    note->setPlaceholderText("Your own words");
    note->setTabChangesFocus(true);
    note->setFixedHeight(kNoteHeight);
    auto* pause = new QTimer(note); // stored when the typing rests
    pause->setSingleShot(true);
    pause->setInterval(500);
    connect(note, &QPlainTextEdit::textChanged, pause, qOverload<>(&QTimer::start));
    connect(pause, &QTimer::timeout, this,
            [this, note, number = run_->number] { emit noteEdited(number, note->toPlainText()); });
    note_ = note;
    pause_ = pause;
    addSection(column, "Note", note);
}

} // namespace vitrine
