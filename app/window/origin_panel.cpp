#include "app/window/origin_panel.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/window/role_label.h"
#include "core/base/format.h"
#include "core/jobs/experiment/read_run.h"
#include "widgets/runs/run_detail.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/shown_text.h"

namespace vitrine
{
namespace
{

QLabel* copyableLabel(const QString& words, const char* role, QWidget* parent)
{
    QLabel* label = roleLabel({}, role, parent);
    showText(*label, words);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

QString seedOf(const RunRecord& run)
{
    const std::string seed = parameterText(run.params, "seed");
    return seed.empty() ? QString("none") : QString::fromStdString(seed);
}

} // namespace

OriginPanel::OriginPanel(const figure::Figure& figure, const std::vector<RunHandle>& runs,
                         QWidget* parent)
    : QDialog(parent)
{
    setWindowTitle("Where from?");
    setAttribute(Qt::WA_DeleteOnClose);
    resize(560, 620);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto* page = new QWidget;
    page->setObjectName("page");
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(24, 16, 24, 24);
    column->setSpacing(16);
    column->addWidget(
        copyableLabel(QString::fromStdString(figure.title.empty() ? figure.name : figure.title),
                      "section", page));
    if (!figure.caption.empty())
        column->addWidget(copyableLabel(QString::fromStdString(figure.caption), "muted", page));
    if (runs.empty())
        column->addWidget(
            copyableLabel("No run of this workspace is behind this figure.", "muted", page));
    for (const RunHandle& run : runs)
        column->addWidget(makeRun(run, page));
    column->addStretch(1);
    scroll->setWidget(page);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(scroll);
}

QWidget* OriginPanel::makeRun(const RunHandle& handle, QWidget* parent)
{
    const RunRecord& run = *handle;
    auto* card = new QFrame(parent);
    card->setProperty("role", "card");
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(12);
    column->addWidget(
        copyableLabel(QString("Run %1   %2").arg(run.number).arg(subjectOf(run)), "heading", card));

    auto* facts = new QGridLayout;
    facts->setHorizontalSpacing(12);
    facts->setVerticalSpacing(4);
    facts->setColumnStretch(1, 1);
    int row = 0;
    const auto add = [&](const QString& name, const QString& value) {
        facts->addWidget(copyableLabel(name, "muted", card), row, 0, Qt::AlignTop);
        facts->addWidget(copyableLabel(value, "value", card), row++, 1);
    };
    add("Experiment", QString("%1, version %2")
                          .arg(QString::fromStdString(run.experiment))
                          .arg(run.experimentVersion));
    add("Program",
        QString("vitrine %1   %2")
            .arg(QString::fromStdString(run.programVersion), QString::fromStdString(run.build)));
    add("Seed", seedOf(run));
    add("Machine", QString("%1   %2   %3 threads")
                       .arg(QString::fromStdString(run.host), QString::fromStdString(run.cpu))
                       .arg(run.threads));
    add("Started", QString::fromStdString(run.started) + "   " +
                       QString::fromStdString(durationText(run.seconds)));
    add("uid", QString::fromStdString(run.uid));
    column->addLayout(facts);
    if (!run.result.inputs.empty()) {
        column->addWidget(copyableLabel("Inputs", "heading", card));
        column->addWidget(inputList(run, card));
    }
    column->addWidget(copyableLabel("Command", "heading", card));
    column->addWidget(copyableLabel(QString::fromStdString(run.command), "mono", card));

    auto* buttons = new QHBoxLayout;
    auto* again = new QPushButton("Run again", card);
    again->setAccessibleName("Run again");
    auto* copy = new QPushButton("Copy command", card);
    copy->setAccessibleName("Copy command");
    auto* show = new QPushButton("Show in Runs", card);
    show->setAccessibleName("Show in Runs");
    for (QPushButton* button : {again, copy, show})
        buttons->addWidget(button);
    buttons->addStretch(1);
    column->addLayout(buttons);
    const QString uid = QString::fromStdString(run.uid);
    auto* words = copyableLabel({}, "muted", card);
    words->setAccessibleName("How the repetition goes");
    words->hide();
    column->addWidget(words);
    auto* outcome = new QVBoxLayout;
    column->addLayout(outcome);
    parts_[run.uid] = {handle, outcome, again, words};
    connect(again, &QPushButton::clicked, this, [this, uid, again, words] {
        again->setEnabled(false);
        words->setText("Running again…");
        words->show();
        emit againRequested(uid);
    });
    connect(show, &QPushButton::clicked, this, [this, uid] { emit showInRuns(uid); });
    connect(copy, &QPushButton::clicked, this, [command = run.command] {
        QGuiApplication::clipboard()->setText(QString::fromStdString(command));
    });
    return card;
}

void OriginPanel::setProgress(const RunStatus& status)
{
    for (auto& [uid, part] : parts_)
        if (!part.again->isEnabled() &&
            QString::fromStdString(part.run->experiment) == status.experiment)
            part.words->setText(
                status.total > 0
                    ? QString("Running again: %1 %").arg(qRound(100 * status.fraction()))
                    : QString("Running again…"));
}

void OriginPanel::takeOutcome(const RunHandle& again)
{
    const auto found = parts_.find(again->parent);
    if (found == parts_.end())
        return;
    Part& part = found->second;
    part.again->setEnabled(true);
    part.words->setVisible(again->state != RunState::done);
    if (again->state != RunState::done) {
        showText(*part.words, QString("Run %1 %2: %3")
                                  .arg(again->number)
                                  .arg(QString::fromUtf8(runStateName(again->state).data()),
                                       QString::fromStdString(again->error)));
        return;
    }
    while (QLayoutItem* item = part.outcome->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    part.outcome->addWidget(repeatOutcome(*part.run, *again, this));
}

} // namespace vitrine
