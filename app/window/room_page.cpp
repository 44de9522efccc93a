#include "app/window/room_page.h"

#include <QAction>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/window/generic_view.h"
#include "app/window/parameter_panel.h"
#include "app/window/state_panels.h"
#include "core/jobs/experiment/param_texts.h"
#include "core/jobs/experiment/read_run.h"
#include "widgets/params/param_form.h"
#include "widgets/runs/compare/run_comparison.h"
#include "widgets/runs/find/runs_model.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/shown_text.h"

#include <algorithm>

namespace vitrine
{
RoomPage::RoomPage(const RoomInfo& info, const Plugin& plugin, ViewContext& context, Runner& runner,
                   QWidget* parent)
    : QWidget(parent),
      info_(info),
      plugin_(plugin),
      context_(context),
      runner_(runner),
      experiments_(plugin.createExperiments()),
      panel_(new ParameterPanel(experiments_, this)),
      progress_(new QProgressBar(this)),
      failure_(new FailurePanel(this)),
      paused_(new PausedPanel(this)),
      middle_(new QStackedWidget(this)),
      empty_(nullptr)
{
    setObjectName("page");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeTitleBar());
    progress_->setObjectName("thinProgress");
    progress_->setTextVisible(false);
    progress_->setRange(0, 1000);
    QSizePolicy keepsPlace = progress_->sizePolicy();
    keepsPlace.setRetainSizeWhenHidden(true);
    progress_->setSizePolicy(keepsPlace);
    progress_->setFixedHeight(3);
    column->addWidget(progress_);
    auto* margin = new QVBoxLayout;
    margin->setContentsMargins(12, 0, 12, 0);
    margin->addWidget(failure_);
    margin->addWidget(paused_);
    column->addLayout(margin);
    column->addWidget(middle_, 1);

    auto* empty =
        new EmptyPanel(info.icon, info.title, info.summary, "Run with these parameters", middle_);
    connect(empty, &EmptyPanel::acted, panel_, &ParameterPanel::run);
    empty_ = empty;
    middle_->addWidget(empty_);
    progress_->hide();
    failure_->hide();
    setAcceptDrops(true);
    dropHint_ = new QLabel("Drop to compare", this);
    dropHint_->setObjectName("dropHint");
    dropHint_->setAlignment(Qt::AlignCenter);
    dropHint_->setAttribute(Qt::WA_TransparentForMouseEvents);
    dropHint_->hide();

    connect(panel_, &ParameterPanel::runRequested, this, &RoomPage::requestRun);
    connect(panel_, &ParameterPanel::incomplete, this, &RoomPage::panelNeeded);
    connect(panel_, &ParameterPanel::foldRequested, this, &RoomPage::panelToggled);
    connect(panel_, &ParameterPanel::edited, this, [this](const QString& param) {
        RoomState after = state();
        after.params = panel_->form().values();
        propose("Set " + param, after, "param:" + param);
    });
    connect(paused_, &PausedPanel::resumeWished, this, &RoomPage::resumeRequested);
    connect(paused_, &PausedPanel::dismissed, this, &RoomPage::pausedDismissed);
    connect(failure_, &FailurePanel::tryAgain, panel_, &ParameterPanel::run);
    connect(failure_, &FailurePanel::dismissed, this, [this] { setFailure({}, {}); });
    if (!experiments_.empty()) {
        memory_.show({.experiment = tabs_->tabData(0).toString()});
        chooseExperiment(state().experiment);
    }
}

RoomPage::~RoomPage() = default;

QWidget* RoomPage::makeTitleBar()
{
    auto* bar = new QFrame(this);
    bar->setObjectName("titleBar");
    auto* rows = new QVBoxLayout(bar);
    rows->setContentsMargins(0, 4, 0, 0);
    rows->setSpacing(0);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(16, 0, 8, 4);
    rows->addLayout(row);
    row->setSpacing(8);
    title_ = new QLabel(info_.title, bar);
    title_->setProperty("role", "section");
    subtitle_ = new QLabel(bar);
    subtitle_->setProperty("role", "muted");
    subtitle_->setTextFormat(Qt::PlainText);
    subtitle_->setAccessibleName("What is shown");
    subtitle_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(title_);
    row->addWidget(subtitle_, 1);

    compare_ = new QPushButton("Compare", bar);
    compare_->setAccessibleName("Compare");
    compare_->setProperty("menu", true);
    compare_->setToolTip("Show another run beside this one");
    compareMenu_ = new QMenu(compare_);
    connect(compareMenu_, &QMenu::aboutToShow, this, &RoomPage::fillCompareMenu);
    compare_->setMenu(compareMenu_);
    row->addWidget(compare_);
    actions_ = new QHBoxLayout;
    actions_->setSpacing(0);
    row->addLayout(actions_);

    auto* origin = new QToolButton(bar);
    origin->setIcon(theme::icon("origin"));
    origin->setIconSize({20, 20});
    origin->setFocusPolicy(Qt::TabFocus);
    origin->setAccessibleName("Where from?");
    origin->setToolTip(
        "Where from? The runs behind what is shown: inputs with hashes, versions, seed, "
        "machine, command");
    connect(origin, &QToolButton::clicked, this, &RoomPage::askOrigin);
    row->addWidget(origin);
    makeTabs();
    auto* tabRow = new QHBoxLayout;
    tabRow->setContentsMargins(4, 0, 8, 0);
    tabRow->addWidget(tabs_);
    rows->addLayout(tabRow);
    return bar;
}

// In the order of plugin.json.
void RoomPage::makeTabs()
{
    tabs_ = new QTabBar(this);
    tabs_->setAccessibleName("Experiments");
    tabs_->setExpanding(false);
    tabs_->setUsesScrollButtons(true); // a narrow page shows some of them
    std::map<QString, ExperimentInfo> infos;
    QStringList order = info_.experiments;
    for (const auto& made : experiments_) {
        const ExperimentInfo info = made->info();
        const QString id = QString::fromStdString(info.id);
        infos[id] = info;
        if (!order.contains(id))
            order << id;
    }
    for (const QString& id : order) {
        const auto info = infos.find(id);
        if (info == infos.end())
            continue;
        const int tab = tabs_->addTab(QString::fromStdString(info->second.title));
        tabs_->setTabData(tab, id);
        tabs_->setTabToolTip(tab, QString::fromStdString(info->second.sentence));
    }
    tabs_->setVisible(tabs_->count() > 1);
    connect(tabs_, &QTabBar::currentChanged, this,
            [this](int tab) { choose(tabs_->tabData(tab).toString()); });
}

void RoomPage::choose(const QString& experiment)
{
    if (experiment == state().experiment || !has(experiment))
        return;
    RoomState after = stateOf(experiment);
    after.params = comingTo(experiment);
    propose("Choose experiment", after);
}

ParamTexts RoomPage::comingTo(const QString& experiment)
{
    return carriedOver(formOf(state().experiment), formOf(experiment),
                       memory_.carriedTo(experiment));
}

FilledForm RoomPage::formOf(const QString& experiment) const
{
    FilledForm form{.specs = {}, .texts = stateOf(experiment).params};
    const auto found = experimentNamed(experiment.toStdString());
    if (found.experiment == nullptr)
        return form;
    form.specs = resolvedSpecs(*found.experiment, form.texts);
    return form;
}

QSize RoomPage::minimumSizeHint() const
{
    constexpr int kEmptyWidth = 560;
    const QSize least = QWidget::minimumSizeHint();
    return runs_.empty() ? least.boundedTo({kEmptyWidth, least.height()}) : least;
}

bool RoomPage::has(const QString& experiment) const
{
    return std::ranges::any_of(experiments_, [&](const auto& made) {
        return made->info().id == experiment.toStdString();
    });
}

void RoomPage::apply(const RoomState& next)
{
    const RoomState before = state();
    const bool otherExperiment = next.experiment != before.experiment && has(next.experiment);
    const bool otherRuns = next.runs != before.runs;
    memory_.show(next);
    if (otherExperiment)
        chooseExperiment(next.experiment);
    if (next.params != appliedParams_ && next.params != panel_->form().values())
        panel_->form().setValues(next.params);
    appliedParams_ = next.params; // may name defaults, which the form does not give back
    if (otherRuns || otherExperiment)
        loadRuns(next.runs);
    // Runs opened anew name no state: the view keeps what it shows them with. An undone first
    // change does.
    const bool named = !next.view.isEmpty() || (!otherRuns && !otherExperiment);
    if (view_ != nullptr && named && view_->state() != next.view)
        view_->setState(next.view);
    showRight();
    updateTitle();
}

void RoomPage::restore(const QJsonObject& saved)
{
    apply(roomStateFrom(saved));
    memory_.restoreOthers(saved, [this](const QString& experiment) { return has(experiment); });
}

RoomState RoomPage::withPlaces(const RoomState& before, const RoomState& after) const
{
    const auto view = views_.find(after.experiment);
    return vitrine::withPlaces(before, after,
                               view == views_.end() ? QJsonObject() : view->second->state());
}

void RoomPage::chooseExperiment(const QString& id)
{
    panel_->setExperiment(id);
    appliedParams_.clear();
    const QSignalBlocker told(tabs_);
    for (int tab = 0; tab < tabs_->count(); ++tab)
        if (tabs_->tabData(tab) == id)
            tabs_->setCurrentIndex(tab);
    View*& view = views_[id];
    if (view == nullptr) {
        view = plugin_.createView(id.toStdString(), context_, middle_);
        if (view == nullptr)
            view = new GenericView(
                context_,
                [&plugin = plugin_](const std::vector<RunRecord>& runs) {
                    return plugin.figures(runs, {});
                },
                middle_);
        middle_->addWidget(view);
        connect(view, &View::titleChanged, this, &RoomPage::updateTitle);
        connect(view, &View::parametersEdited, this, [this, view](const ParamTexts& params) {
            if (view == view_)
                changeLive(state().view, params, "Edit in the view", "view-params");
        });
    }
    view_ = view;
    updateActions();
}

void RoomPage::changeLive(const QJsonObject& view, const ParamTexts& params, const QString& label,
                          const QString& mergeKey)
{
    panel_->form().merge(params);
    RoomState after = state();
    after.view = view;
    after.params = panel_->form().values();
    propose(label, after, mergeKey);
}

RoomState RoomPage::withForm(RoomState after) const
{
    const bool otherRun =
        !after.runs.isEmpty() && (runs_.empty() || state().runs.first() != after.runs.first());
    if (otherRun && panel_->changes() == 0)
        if (const auto run = runner_.load(after.runs.first()))
            after.params = paramTexts((*run)->params);
    return after;
}

void RoomPage::loadRuns(const QStringList& uids)
{
    runs_.clear();
    for (const QString& uid : uids) {
        if (auto run = runner_.load(uid)) {
            runs_.push_back(*run);
            if (const std::string problem = whatIsUnsound(**run); !problem.empty())
                context_.showMessage(QString("Run %1 is shown as far as it is sound: %2")
                                         .arg((*run)->number)
                                         .arg(QString::fromStdString(problem)));
        } else
            context_.showMessage(QString::fromStdString(run.error().message));
    }
    std::vector<ParamTexts> shown;
    for (const RunHandle& run : runs_)
        for (ParamTexts& texts = shown.emplace_back();
             const auto& [name, value] : run->params.all())
            texts[name] = paramText(value); // empty ones too
    panel_->setShown(std::move(shown));
    updateGeometry();
    if (view_ != nullptr)
        view_->setRuns(runs_);
    tellRepeatedColours();
}

QString RoomPage::experimentWith(const std::string& parameter) const
{
    QString first;
    for (const auto& made : experiments_) {
        const auto specs = made->params({});
        if (std::ranges::find(specs, parameter, &ParamSpec::name) == specs.end())
            continue;
        const QString id = QString::fromStdString(made->info().id);
        if (id == state().experiment)
            return id;
        if (first.isEmpty())
            first = id;
    }
    return first;
}

QString RoomPage::experimentFor(const std::string& parameter, const std::string& value) const
{
    const QString first = experimentWith(parameter);
    const auto found = experimentNamed(first.toStdString());
    if (found.experiment == nullptr)
        return first;
    const QString instead =
        QString::fromStdString(found.experiment->insteadFor({{parameter, value}}));
    return has(instead) ? instead : first;
}

// What the form asks for may be another experiment's to answer: that one is then chosen.
void RoomPage::requestRun()
{
    const auto found = experimentNamed(panel_->experiment().toStdString());
    const QString instead =
        found.experiment == nullptr
            ? QString()
            : QString::fromStdString(found.experiment->insteadFor(panel_->form().values()));
    if (!has(instead))
        return emit runRequested(panel_->experiment().toStdString(), panel_->form().values());
    const auto model = panel_->form().values();
    choose(instead);
    panel_->form().merge(model);
    panel_->run();
}

FoundExperiment RoomPage::experimentNamed(const std::string& id) const
{
    for (const auto& made : experiments_)
        if (made->info().id == id)
            return {made.get(), info_.id.toStdString(), {}};
    return {nullptr, {}, "this room has no experiment " + id};
}

Result<Params> RoomPage::resolve(const std::string& experiment,
                                 const std::map<std::string, std::string>& given) const
{
    const FoundExperiment found = experimentNamed(experiment);
    if (!found.experiment)
        return argumentError("{}", found.problem);
    return resolveParams(*found.experiment, given);
}

void RoomPage::setPending(const std::optional<RunStatus>& status)
{
    pending_ = status.has_value();
    progress_->setVisible(pending_);
    if (pending_) {
        failure_->hide();
        paused_->setRun({}, {});
        progress_->setRange(0, status->total > 0 ? 1000 : 0);
        progress_->setValue(static_cast<int>(status->fraction() * 1000));
    }
    if (view_ != nullptr && runs_.empty()) {
        const QString what = !pending_                ? QString()
                             : status->what.isEmpty() ? QString("starting")
                                                      : status->what;
        view_->setLoading(what, pending_ ? status->fraction() : 0);
    }
    showRight();
}

void RoomPage::setFailure(const QString& message, const QString& details)
{
    failure_->setFailure("The run failed", message, details);
    failure_->setVisible(!message.isEmpty());
    showRight();
}

void RoomPage::setPaused(const QString& uid, std::int64_t number, const std::string& experiment)
{
    paused_->setRun(uid,
                    QString("Run %1 is paused: %2").arg(number).arg(experimentWords(experiment)));
}

void RoomPage::dropPaused(const QString& uid)
{
    if (paused_->run() == uid)
        paused_->setRun({}, {});
}

void RoomPage::showRight()
{
    // A room's own view says itself what belongs here.
    const bool speaks = view_ != nullptr && qobject_cast<GenericView*>(view_) == nullptr;
    const bool somethingToShow = speaks || (view_ != nullptr && (!runs_.empty() || pending_));
    middle_->setCurrentWidget(somethingToShow ? static_cast<QWidget*>(view_) : empty_);
    compare_->setVisible(!runs_.empty());
}

void RoomPage::updateTitle()
{
    viewTitle_ = view_ != nullptr && !runs_.empty() ? shownText(view_->title()) : QString();
    if (viewTitle_ == info_.title) // a view that has nothing to name
        viewTitle_.clear();
    subtitle_->setText(viewTitle_);
    subtitle_->setToolTip(viewTitle_);
}

void RoomPage::updateActions()
{
    while (QLayoutItem* item = actions_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (view_ == nullptr)
        return;
    QList<QAction*> worded; // the title line has room for signs only
    for (QAction* action : view_->viewActions()) {
        if (action->icon().isNull()) {
            worded << action;
            continue;
        }
        auto* button = new QToolButton(this);
        button->setDefaultAction(action);
        button->setIconSize({20, 20});
        button->setAccessibleName(action->text());
        actions_->addWidget(button);
    }
    if (worded.isEmpty())
        return;
    auto* more = new QToolButton(this);
    more->setIcon(theme::icon("more"));
    more->setAccessibleName("More actions");
    more->setPopupMode(QToolButton::InstantPopup);
    more->setIconSize({20, 20});
    more->addActions(worded);
    actions_->addWidget(more);
}

void RoomPage::askOrigin()
{
    figure::Figure shown; // what is shown as a whole
    shown.name = info_.id.toStdString();
    shown.title = (viewTitle_.isEmpty() ? info_.title : viewTitle_).toStdString();
    for (const RunHandle& run : runs_)
        shown.recipe.runs.push_back(run->uid);
    context_.showOrigin(shown);
}

void RoomPage::contextMenuEvent(QContextMenuEvent* event)
{
    if (runs_.empty())
        return event->ignore();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction("Where from?", this, &RoomPage::askOrigin);
    menu->addAction("Compare with previous", this, &RoomPage::compareWithPrevious);
    menu->popup(event->globalPos());
}

void RoomPage::dragEnterEvent(QDragEnterEvent* event)
{
    if (!event->mimeData()->hasFormat(kRunsMime))
        return event->ignore(); // files are the window's
    event->acceptProposedAction();
    dropHint_->setGeometry(middle_->geometry().adjusted(12, 12, -12, -12));
    dropHint_->show();
    dropHint_->raise();
}

void RoomPage::dragLeaveEvent(QDragLeaveEvent*)
{
    dropHint_->hide();
}

void RoomPage::dropEvent(QDropEvent* event)
{
    dropHint_->hide();
    event->acceptProposedAction();
    emit runsDropped(draggedRuns(*event->mimeData()));
}

void RoomPage::propose(const QString& label, RoomState after, const QString& mergeKey)
{
    emit changed({info_.id, label, mergeKey, state(), std::move(after)});
}

} // namespace vitrine
