#include "widgets/runs/run_detail.h"

#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTimer>
#include <QVBoxLayout>

#include "core/base/format.h"
#include "widgets/runs/run_text.h"
#include "widgets/theme/style.h"

namespace vitrine
{
namespace
{

constexpr int kNoteHeight = 64;
constexpr int kTableHeight = 220;

QLabel* text(const QString& words, const char* role, QWidget* parent)
{
    auto* label = new QLabel(words, parent);
    label->setProperty("role", role);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

void addSection(QVBoxLayout& column, const QString& heading, QWidget* content)
{
    auto* block = new QVBoxLayout;
    block->setSpacing(8);
    block->addWidget(text(heading, "heading", content->parentWidget()));
    block->addWidget(content);
    column.addLayout(block);
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
    setRun(nullptr);
}

void RunDetail::setRun(std::shared_ptr<const RunRecord> run)
{
    run_ = std::move(run);
    auto* page = new QWidget;
    page->setObjectName("page");
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

void RunDetail::showRun(QVBoxLayout& column)
{
    QWidget* page = column.parentWidget();
    auto* head = new QVBoxLayout;
    head->setSpacing(4);
    head->addWidget(text(subjectOf(*run_), "section", page));
    const QString state = QString::fromUtf8(runStateName(run_->state).data());
    head->addWidget(
        text(QString("run %1 · %2 · %3 · %4 · %5")
                 .arg(run_->number)
                 .arg(state, experimentWords(run_->experiment), startedWords(run_->started),
                      QString::fromStdString(durationText(run_->seconds))),
             "muted", page));
    column.addLayout(head);

    if (!run_->error.empty())
        column.addWidget(failureCard(*run_, page));
    if (!run_->result.metrics.empty())
        addSection(column, "Results", metricGrid(*run_, page));
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
    addSection(column, "Circumstances", text(circumstances(*run_), "caption", page));
    addSection(column, "Command", text(QString::fromStdString(run_->command), "mono", page));
}

void RunDetail::addTagsAndNote(QVBoxLayout& column)
{
    QWidget* page = column.parentWidget();
    QStringList tags;
    for (const std::string& tag : run_->tags)
        tags << QString::fromStdString(tag);
    auto* tagLine = new QLineEdit(tags.join(", "), page);
    tagLine->setAccessibleName("Tags");
    tagLine->setPlaceholderText("Words, separated by commas");
    connect(tagLine, &QLineEdit::editingFinished, this,
            [this, tagLine, number = run_->number, before = tags.join(", ")] {
                if (tagLine->text() == before)
                    return;
                QStringList words;
                for (const QString& word : tagLine->text().split(',', Qt::SkipEmptyParts))
                    words << word.trimmed();
                words.removeAll(QString());
                emit tagsEdited(number, words);
            });
    addSection(column, "Tags", tagLine);

    auto* note = new QPlainTextEdit(QString::fromStdString(run_->note), page);
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
    connect(note, &QObject::destroyed, pause, &QTimer::stop);
    addSection(column, "Note", note);
}

} // namespace vitrine
