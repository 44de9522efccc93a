#include "app/window/main_window.h"

#include <QDockWidget>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QResizeEvent>
#include <QScreen>
#include <QStackedWidget>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>

#include "app/window/activity_bar.h"
#include "app/window/bottom_strip.h"
#include "app/window/form_handle.h"
#include "app/window/help_panel.h"
#include "app/window/home_page.h"
#include "app/window/message_log.h"
#include "app/window/parameter_panel.h"
#include "app/window/room_page.h"
#include "app/window/window_context.h"
#include "core/jobs/experiment/param_texts.h"
#include "widgets/params/param_form.h"
#include "widgets/report/reports_page.h"
#include "widgets/runs/runs_page.h"
#include "widgets/theme/text.h"

#include <algorithm>
#include <map>

namespace vitrine
{
namespace
{

constexpr int kPanelWidth = 300;
constexpr int kWideEnough = 1180; // for a view, the help and the parameters

// As wide as the page that is shown needs, whatever the others need.
class Pages : public QStackedWidget
{
public:
    explicit Pages(QWidget* parent) : QStackedWidget(parent)
    {
        connect(this, &QStackedWidget::currentChanged, this, [this] { updateGeometry(); });
    }
    QSize minimumSizeHint() const override
    {
        return currentWidget() != nullptr ? currentWidget()->minimumSizeHint() : QSize();
    }
};

} // namespace

MainWindow::MainWindow(RoomSource& source, const std::filesystem::path& workspace,
                       const std::filesystem::path& program)
    : program_(program),
      runner_(new Runner(program, this)),
      workspace_(new Workspace(
          workspace, [this] { return collectState(); }, this)),
      history_(new History(
          [this](const QString& room, const RoomState& state) { applyRoom(room, state); }, this)),
      context_(new WindowContext(*this)),
      rooms_(new RoomShelf(
          source,
          [this](const RoomInfo& info, const Plugin& plugin) { return makeRoom(info, plugin); },
          this)),
      starter_(new RunStarter(*runner_, *rooms_, this)),
      bar_(new ActivityBar(this)),
      pages_(new Pages(this)),
      home_(new HomePage(studiesOf(rooms_->infos()), pages_)),
      desk_(new ReportDesk({.rooms = *rooms_,
                            .runner = *runner_,
                            .context = *context_,
                            .store = workspace_->store(),
                            .program = program},
                           pages_, this)),
      dock_(new QDockWidget("Parameters", this)),
      handle_(new FormHandle(this)),
      panels_(new QStackedWidget(dock_)),
      help_(new HelpPanel(this)),
      strip_(new BottomStrip(*runner_, this)),
      log_(new MessageLog(pages_))
{
    setWindowTitle(QString("%1 — Vitrine").arg(fromUtf8(workspace.stem().string())));
    setAcceptDrops(true);
    resize(QSize(1280, 820).boundedTo(screen()->availableSize()));
    restoreGeometry(settings::windowGeometry());
    setWindowState(windowState() & ~Qt::WindowFullScreen); // that is asked for anew
    makeFrame();
    makeMenus();
    connectRuns();
    bar_->setFocus(); // else the window lights up the first field it has when it becomes active
    connect(&history_->stack(), &QUndoStack::indexChanged, workspace_, &Workspace::saveSoon);
    for (const QString& problem : source.problems())
        showMessage(problem);
}

MainWindow::~MainWindow()
{
    help_->disconnect(this); // it is hidden once more
    rooms_->closeAll();      // before the plugins' context and the runner go
}

void MainWindow::makeFrame()
{
    bar_->addPage("home", "Home", "home");
    for (const RoomInfo& info : rooms_->infos())
        bar_->addPage(info.id, info.title, info.icon);
    bar_->addStretch();
    bar_->addPage("runs", "Runs", "runs");
    bar_->addPage("reports", "Reports", "reports");
    themeButton_ = bar_->addButton("Light or dark", theme::palette().dark ? "sun" : "moon");
    bar_->setCurrent("home");
    connect(bar_, &ActivityBar::chosen, this, &MainWindow::showPage);
    connect(bar_, &ActivityBar::runsDropped, this, &MainWindow::compareRuns);
    connect(themeButton_, &QToolButton::clicked, this, [this] {
        chooseTheme(theme::palette().dark ? theme::ThemeName::light : theme::ThemeName::dark);
    });

    pages_->addWidget(home_);
    connect(home_, &HomePage::studyRequested, this, &MainWindow::startStudy);
    connect(home_, &HomePage::workspaceRequested, this, &MainWindow::openOther);
    connect(home_, &HomePage::browseRequested, this, &MainWindow::browse);
    QStringList recent = settings::recentWorkspaces();
    recent.removeAll(fromUtf8(std::filesystem::absolute(workspace_->store()).string()));
    home_->setRecent(recent);

    dock_->setObjectName("parameters");
    auto* noTitle = new QWidget(dock_); // the panel has its own heading
    noTitle->setFixedHeight(0);
    dock_->setTitleBarWidget(noTitle);
    dock_->setFeatures(QDockWidget::DockWidgetClosable);
    dock_->setWidget(panels_);
    panels_->setMinimumSize(260, 120);
    addDockWidget(Qt::RightDockWidgetArea, dock_);
    resizeDocks({dock_}, {kPanelWidth}, Qt::Horizontal);
    dock_->hide();
    addDockWidget(Qt::RightDockWidgetArea, help_);
    splitDockWidget(dock_, help_, Qt::Horizontal);
    help_->hide();
    connect(help_, &QDockWidget::visibilityChanged, this,
            [this] { placeHelp(!help_->isHidden()); });

    auto* central = new QWidget(this);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(pages_, 1);
    row->addWidget(handle_);
    handle_->hide();
    connect(handle_, &FormHandle::clicked, this, &MainWindow::toggleParameters);
    central->setLayout(row);
    setCentralWidget(central);

    // The bar and the strip span the window, docks included: toolbar areas do that.
    auto* left = new QToolBar(this);
    left->setObjectName("activity");
    left->setMovable(false);
    left->setStyleSheet("QToolBar { border: 0; padding: 0; spacing: 0; }");
    left->setContextMenuPolicy(Qt::PreventContextMenu);
    left->addWidget(bar_);
    bar_->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    addToolBar(Qt::LeftToolBarArea, left);
    auto* bottom = new QToolBar(this);
    bottom->setObjectName("strip");
    bottom->setMovable(false);
    bottom->setStyleSheet("QToolBar { border: 0; padding: 0; spacing: 0; }");
    bottom->setContextMenuPolicy(Qt::PreventContextMenu);
    bottom->addWidget(strip_);
    strip_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    addToolBar(Qt::BottomToolBarArea, bottom);
    connect(strip_, &BottomStrip::resumeWished, starter_, &RunStarter::resume);
    connect(strip_, &BottomStrip::pausedDismissed, starter_, &RunStarter::dismiss);
    connect(strip_, &BottomStrip::logToggled, log_, &MessageLog::toggle);
    connect(strip_, &BottomStrip::runsRequested, this, [this] { showPage("runs"); });
}

void MainWindow::connectRuns()
{
    for (const auto& told : {&Runner::started, &Runner::progressed})
        connect(runner_, told, strip_, &BottomStrip::refresh);
    connect(runner_, &Runner::finished, strip_, &BottomStrip::refresh);
    connect(runner_, &Runner::messaged, this,
            [this](const QString&, const QString& line) { showMessage(line); });
    connect(runner_, &Runner::storeChanged, this, [this] {
        if (runs_ != nullptr && currentPage_ == "runs")
            runs_->reload();
    });
    connect(starter_, &RunStarter::wasPaused, strip_, &BottomStrip::addPaused);
    connect(starter_, &RunStarter::wasDismissed, strip_, &BottomStrip::removePaused);
    connect(starter_, &RunStarter::pendingChanged, workspace_, &Workspace::saveSoon);
    connect(starter_, &RunStarter::changed, this, &MainWindow::change);
    connect(starter_, &RunStarter::message, this, &MainWindow::showMessage);
    connect(starter_, &RunStarter::began, this, [this] { formNeeded_ = false; });
    connect(starter_, &RunStarter::shown, this, [this] {
        updateEstimates();
        QTimer::singleShot(1500, this, &MainWindow::keepThumbnail);
    });
    connect(starter_, &RunStarter::repeated, this, [this](const QString& uid) {
        if (runs_ != nullptr && currentPage_ == "runs")
            runs_->select({uid}); // its detail shows the outcome
    });
    connect(rooms_, &RoomShelf::opened, starter_,
            [this](RoomPage* page) { starter_->tell(*page); });
    connect(rooms_, &RoomShelf::message, this, &MainWindow::showMessage);
    connect(desk_, &ReportDesk::changed, this, &MainWindow::change);
    connect(desk_, &ReportDesk::message, this, &MainWindow::showMessage);
    connect(desk_, &ReportDesk::runsRequested, this, [this] { showPage("runs"); });
}

void MainWindow::addToReport(const figure::Figure& figure)
{
    desk_->add(figure, shownRoom());
}

void MainWindow::openWorkspace()
{
    if (const auto opened = runner_->open(workspace_->store()); !opened) {
        showMessage(fromUtf8(opened.error().message));
        log_->toggle();
        return;
    }
    settings::addRecentWorkspace(workspace_->store());
    restoreState();
    for (const RunSummary& run : starter_->paused())
        strip_->addPaused(fromUtf8(run.uid), run.number, run.experiment);
    updateEstimates();
}

RunsPage* MainWindow::runs()
{
    if (runs_ != nullptr)
        return runs_;
    runs_ = new RunsPage(*runner_, pages_);
    pages_->addWidget(runs_);
    connect(runs_, &RunsPage::openRequested, this, &MainWindow::openRuns);
    connect(runs_, &RunsPage::againRequested, starter_, &RunStarter::again);
    connect(runs_, &RunsPage::resumeRequested, starter_, &RunStarter::resume);
    connect(runs_, &RunsPage::exportRequested, this, &MainWindow::exportRunFiles);
    connect(runs_, &RunsPage::reportRequested, this, [this](const QStringList& uids) {
        showPage("reports");
        desk_->make(uids);
    });
    connect(runs_, &RunsPage::message, this, &MainWindow::showMessage);
    connect(
        runs_, &RunsPage::originRequested, context_,
        [this](const QString& uid, const QString& what) { context_->showOriginOf({uid}, what); });
    connect(runs_, &RunsPage::stateChanged, workspace_, &Workspace::saveSoon);
    connect(runs_, &RunsPage::edited, this,
            [this](const QString& label, const QJsonObject& before, const QJsonObject& after,
                   const QString& key) {
                history_->record(
                    {"runs", label, key, RoomState{.view = before}, RoomState{.view = after}});
            });
    if (!savedRuns_.isEmpty())
        runs_->setState(savedRuns_);
    if (runner_->isOpen())
        runs_->openStore();
    return runs_;
}

void MainWindow::showPage(const QString& id)
{
    QWidget* page = home_;
    if (id == "runs") {
        if (runs_ != nullptr)
            runs_->reload();
        page = runs();
    } else if (id == "reports") {
        page = reports();
        reports()->refresh();
    } else if (id != "home") {
        page = room(id);
    }
    if (page == nullptr)
        return;
    formNeeded_ = formNeeded_ && id == currentPage_;
    currentPage_ = id;
    if (centralWidget()->isHidden())
        help_->hide(); // a person wants the page
    pages_->setCurrentWidget(page);
    bar_->setCurrent(id);
    if (const auto* shown = qobject_cast<RoomPage*>(page)) {
        panels_->setCurrentWidget(shown->panel());
        bar_->setFocus(); // no field lights up before a person goes to it
    }
    showParameters();
    placeHelp(!help_->isHidden());
    refreshHelp();
    workspace_->saveSoon();
}

RoomPage* MainWindow::makeRoom(const RoomInfo& info, const Plugin& plugin)
{
    auto* page = new RoomPage(info, plugin, *context_, *runner_, pages_);
    pages_->addWidget(page);
    panels_->addWidget(page->panel());
    connect(page, &RoomPage::changed, this, &MainWindow::change);
    connect(page, &RoomPage::runRequested, this,
            [this, id = info.id](const std::string& experiment, const auto& params) {
                startRun(experiment, params, id, false);
            });
    connect(page, &RoomPage::runsDropped, this,
            [this, id = info.id](const QStringList& uids) { compareRuns(id, uids); });
    connect(page, &RoomPage::resumeRequested, starter_, &RunStarter::resume);
    connect(page, &RoomPage::pausedDismissed, starter_, &RunStarter::dismiss);
    connect(page, &RoomPage::panelToggled, this, &MainWindow::toggleParameters);
    connect(page, &RoomPage::panelNeeded, this, [this] {
        formNeeded_ = true;
        showParameters();
    });
    connect(page->panel(), &ParameterPanel::changesChanged, this, [this, page] {
        if (pages_->currentWidget() == page)
            handle_->setChanges(page->panel()->changes());
    });
    return page;
}

// Beside the page as it is, without making the window wider.
bool MainWindow::formFits() const
{
    if (!help_->isHidden())
        return width() - help_->width() >= kWideEnough;
    return pages_->minimumSizeHint().width() + kPanelWidth + bar_->width() <= width();
}

// The form is for what is to be run: it stands open until a run is shown, and folds then. What a
// person prefers in either case holds from then on. Help comes before it where both are too wide.
void MainWindow::showParameters()
{
    const RoomPage* room = shownRoom();
    const bool open =
        room != nullptr &&
        (formNeeded_ || (formFits() && (room->runs().empty() ? !formFolded_ : formBesideRuns_)));
    setFormOpen(open);
    handle_->setVisible(room != nullptr && !open);
    if (room != nullptr)
        handle_->setChanges(room->panel()->changes());
}

void MainWindow::setFormOpen(bool open)
{
    const bool hadFocus = dock_->isAncestorOf(focusWidget());
    dock_->setVisible(open);
    if (hadFocus && !dock_->isVisible())
        bar_->setFocus(); // no other field lights up
}

void MainWindow::toggleParameters()
{
    const RoomPage* room = shownRoom();
    if (room == nullptr)
        return;
    const bool open = !dock_->isVisible();
    if (room->runs().empty())
        formFolded_ = !open;
    else
        formBesideRuns_ = open;
    if (open && !formFits())
        help_->hide();
    formNeeded_ = open && !formFits(); // whatever it takes
    showParameters();
    workspace_->saveSoon();
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    showParameters();
    placeHelp(!help_->isHidden());
    if (restored_)
        workspace_->saveSoon();
}

void MainWindow::applyRoom(const QString& id, const RoomState& state)
{
    if (id == "reports")
        reports()->setState(state.view);
    else if (id == "runs")
        runs()->applyEdit(state.view);
    else if (RoomPage* page = rooms_->room(id)) {
        // A page of runs may need the form's place: else it would make the window wider.
        if (page == shownRoom() && !state.runs.isEmpty() && !formBesideRuns_ && !formNeeded_)
            setFormOpen(false);
        page->apply(state);
    }
    showParameters();
    workspace_->saveSoon();
}

void MainWindow::change(const Change& change)
{
    Change placed = change;
    if (const RoomPage* page = rooms_->ifOpen(change.room))
        placed.after = page->withPlaces(change.before, change.after);
    history_->push(std::move(placed));
}

void MainWindow::showMessage(const QString& line)
{
    log_->add(line);
    strip_->setLastMessage(line);
}

void MainWindow::openRuns(const QStringList& uids)
{
    if (uids.isEmpty())
        return;
    const auto first = runner_->load(uids.first());
    if (!first)
        return showMessage(fromUtf8(first.error().message));
    RoomPage* page = rooms_->roomOf(fromUtf8((*first)->experiment));
    if (page == nullptr)
        return showMessage("No room of this installation shows " + fromUtf8((*first)->experiment));
    RoomState after = page->stateOf(fromUtf8((*first)->experiment));
    after.params = paramTexts((*first)->params); // what is shown is where a person goes on from
    after.runs = page->comparable(inOrder(uids));
    showPage(page->info().id);
    change({page->info().id,
            after.runs.size() == 1 ? "Open run" : "Compare runs",
            {},
            page->state(),
            after});
}

// As they were made, whatever the order in which they were selected.
QStringList MainWindow::inOrder(QStringList uids)
{
    std::map<QString, std::int64_t> numbers;
    for (const QString& uid : uids)
        if (const auto run = runner_->load(uid))
            numbers[uid] = (*run)->number;
    std::ranges::stable_sort(uids, {}, [&](const QString& uid) { return numbers[uid]; });
    return uids;
}

void MainWindow::compareRuns(const QString& id, const QStringList& uids)
{
    RoomPage* page = rooms_->room(id);
    if (page == nullptr || uids.isEmpty())
        return;
    const QStringList before = page->state().runs;
    if (before.isEmpty())
        return openRuns(page->comparable(uids));
    QStringList all = before + uids;
    all.removeDuplicates();
    all = page->comparable(all);
    showPage(id);
    if (all == before)
        return;
    RoomState after = page->state();
    after.runs = all;
    change({id, "Compare runs", {}, page->state(), after});
}

void MainWindow::showInRuns(const QStringList& uids)
{
    showPage("runs");
    runs_->select(uids);
}

void MainWindow::startStudy(const Study& study)
{
    RoomPage* page = rooms_->roomOf(study.experiment);
    if (page == nullptr)
        return showMessage("No room of this installation runs " + study.experiment);
    RoomState after = page->stateOf(study.experiment);
    after.params = study.params;
    showPage(page->info().id);
    change({page->info().id, study.title, {}, page->state(), after});
    starter_->startAll(study.experiment.toStdString(), page->panel()->form().values(), study.beside,
                       page->info().id);
}

void MainWindow::openForm(const QString& experiment, const Runner::Values& params)
{
    RoomPage* page = rooms_->roomOf(experiment);
    if (page == nullptr)
        return showMessage("No room of this installation runs " + experiment);
    RoomState after = page->stateOf(experiment);
    after.runs.clear(); // what they show would be another's than the form says
    for (const auto& [name, value] : params)
        after.params[name] = value;
    showPage(page->info().id);
    change({page->info().id, "Open a form", {}, page->state(), after});
    formNeeded_ = true;
    showParameters();
}

void MainWindow::openPath(const QString& path)
{
    if (QFileInfo(path).suffix().toLower() == "vitrine")
        return openOther(path);
    const auto taker = rooms_->taking(path);
    if (!taker)
        return showMessage("Nothing here opens " + path + ": drop " +
                           whatOpens(fileKindsOf(rooms_->infos())));
    RoomPage* page = rooms_->room(taker->room);
    if (page == nullptr)
        return;
    const std::string parameter = taker->kind.parameter.toStdString();
    const RoomState before = page->state();
    const std::string value = pathFor(taker->kind, path).toStdString();
    if (const QString experiment = page->experimentFor(parameter, value);
        !experiment.isEmpty() && experiment != before.experiment) {
        page->apply(page->stateOf(experiment)); // the form is this experiment's now
    }
    showPage(page->info().id);
    page->panel()->form().merge({{parameter, value}});
    RoomState after = page->state();
    after.params = page->panel()->form().values();
    change({page->info().id, "Open " + path, {}, before, after});
    page->panel()->run();
}

void MainWindow::updateEstimates()
{
    for (const Study& study : studiesOf(rooms_->infos())) {
        RunQuery query;
        query.experiment = study.experiment.toStdString();
        query.state = RunState::done;
        query.limit = 1;
        const auto last = runner_->store().find(query);
        if (last && !last->empty())
            home_->setEstimate(study.id, last->front().seconds *
                                             static_cast<double>(1 + study.beside.size()));
    }
}

} // namespace vitrine
