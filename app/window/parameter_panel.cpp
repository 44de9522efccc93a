#include "app/window/parameter_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/window/role_label.h"
#include "widgets/params/param_form.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <algorithm>

namespace vitrine
{
ParameterPanel::ParameterPanel(const std::vector<std::unique_ptr<Experiment>>& experiments,
                               QWidget* parent)
    : QFrame(parent),
      experiments_(experiments),
      sentence_(roleLabel({}, "muted", this)),
      form_(new ParamForm),
      run_(new QPushButton(theme::icon("run"), "Run", this))
{
    setObjectName("parameterPanel");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);

    auto* head = new QWidget(this);
    auto* headColumn = new QVBoxLayout(head);
    headColumn->setContentsMargins(12, 12, 12, 8);
    headColumn->setSpacing(8);
    auto* title = new QHBoxLayout;
    title->addWidget(roleLabel("Parameters", "section", head), 1);
    auto* fold = new QToolButton(head);
    fold->setIcon(theme::icon("panel"));
    fold->setIconSize({16, 16});
    fold->setFocusPolicy(Qt::TabFocus);
    fold->setAccessibleName("Fold parameters");
    fold->setToolTip("Fold away (F4)");
    connect(fold, &QToolButton::clicked, this, &ParameterPanel::foldRequested);
    title->addWidget(fold);
    headColumn->addLayout(title);
    headColumn->addWidget(sentence_);
    column->addWidget(head);

    auto* scroll = new QScrollArea(this);
    scroll->setAccessibleName("Parameters");
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* padded = new QFrame;
    padded->setProperty("role", "panel");
    auto* paddedColumn = new QVBoxLayout(padded);
    paddedColumn->setContentsMargins(12, 8, 12, 12);
    paddedColumn->addWidget(form_);
    paddedColumn->addStretch(1);
    scroll->setWidget(padded);
    column->addWidget(scroll, 1);

    auto* foot = new QWidget(this);
    auto* footColumn = new QVBoxLayout(foot);
    footColumn->setContentsMargins(12, 8, 12, 12);
    run_->setProperty("kind", "primary");
    run_->setToolTip("Starts a run with these parameters; it is kept whatever comes of it");
    run_->setIcon(QIcon());
    run_->setMinimumHeight(32);
    footColumn->addWidget(run_);
    column->addWidget(foot);

    connect(run_, &QPushButton::clicked, this, &ParameterPanel::run);
    connect(form_, &ParamForm::runRequested, this, &ParameterPanel::run);
    connect(form_, &ParamForm::edited, this, &ParameterPanel::edited);
    connect(form_, &ParamForm::changed, this, &ParameterPanel::compare);
    if (!experiments.empty())
        setExperiment(QString::fromStdString(experiments.front()->info().id));
    compare();
}

void ParameterPanel::setExperiment(const QString& id)
{
    const auto found = std::ranges::find_if(
        experiments_, [&](const auto& made) { return made->info().id == id.toStdString(); });
    if (found == experiments_.end())
        return;
    experiment_ = id;
    const Experiment& experiment = **found;
    sentence_->setText(QString::fromStdString(experiment.info().sentence));
    form_->setSource([&experiment](const Params& chosen) { return allParams(experiment, chosen); });
}

void ParameterPanel::run()
{
    if (form_->checkAll().isEmpty())
        return emit runRequested();
    emit incomplete();
    form_->checkAll(); // the focus goes to a field that is seen by now
}

void ParameterPanel::setShown(std::vector<Values> runs)
{
    shown_ = std::move(runs);
    compare();
}

void ParameterPanel::compare()
{
    const auto count = [this](const Values& run) { return form_->differencesFrom(run).size(); };
    const auto nearest = std::ranges::min_element(shown_, {}, count);
    const bool isShown = nearest != shown_.end();
    form_->markDifferencesFrom(isShown ? std::optional(*nearest) : std::nullopt);
    changes_ = isShown ? static_cast<int>(count(*nearest)) : 0;
    const QString words = !isShown        ? QString("Run")
                          : changes_ == 0 ? QString("Run again")
                          : changes_ == 1 ? QString("Run again with 1 change")
                                          : QString("Run again with %1 changes").arg(changes_);
    run_->setAccessibleName(words);
    run_->setText(words + "   Ctrl+↵");
    emit changesChanged();
}

} // namespace vitrine
