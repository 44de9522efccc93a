#include "app/window/parameter_panel.h"

#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
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
    headColumn->addWidget(roleLabel("Parameters", "section", head));
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
    run_->setAccessibleName("Run");
    run_->setText("Run   Ctrl+↵");
    run_->setToolTip("Starts a run with these parameters; it is kept whatever comes of it");
    run_->setIcon(QIcon());
    run_->setMinimumHeight(32);
    footColumn->addWidget(run_);
    column->addWidget(foot);

    connect(run_, &QPushButton::clicked, this, &ParameterPanel::run);
    connect(form_, &ParamForm::runRequested, this, &ParameterPanel::run);
    connect(form_, &ParamForm::edited, this, &ParameterPanel::edited);
    if (!experiments.empty())
        setExperiment(QString::fromStdString(experiments.front()->info().id));
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
        emit runRequested();
}

} // namespace vitrine
