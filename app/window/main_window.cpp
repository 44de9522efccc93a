#include "app/window/main_window.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QResizeEvent>
#include <QScreen>
#include <QStackedWidget>
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
#include "widgets/report/reports_page.h"
#include "widgets/runs/runs_page.h"
#include "widgets/theme/text.h"

#include <algorithm>
#include <ranges>

namespace vitrine
{
namespace
{

constexpr int kPanelWidth = 300;
constexpr int kWideEnough = 1180; // for a view, the help and the parameters

} // namespace

MainWindow::MainWindow(RoomSource& source, const std::filesystem::path& workspace,
                       const std::filesystem::path& program)
    : source_(source),
      program_(program),
      infos_(source.rooms()),
      runner_(new Runner(program, this)),
      workspace_(new Workspace(
          workspace, [this] { return collectState(); }, this)),
      history_(new History(
          [this](const QString& room, const RoomState& state) { applyRoom(room, state); }, this)),
      context_(new WindowContext(*this)),
      bar_(new ActivityBar(this)),
      pages_(new QStackedWidget(this)),
      home_(new HomePage(studiesOf(infos_), pages_)),
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
    connectRunner();
    bar_->setFocus(); // else the window lights up the first field it has when it becomes active
    connect(&history_->stack(), &QUndoStack::indexChanged, workspace_, &Workspace::saveSoon);
    for (const QString& problem : source_.problems())
        showMessage(problem);
}

MainWindow::~MainWindow()
{
    for (RoomPage* page : rooms_ | std::views::values)
        delete page; // before the plugins' context and the runner go
}

void MainWindow::makeFrame()
{
    bar_->addPage("home", "Home", "home");
    for (const RoomInfo& info : infos_)
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
    connect(strip_, &BottomStrip::resumeWished, this, &MainWindow::resumeRun);
    connect(strip_, &BottomStrip::pausedDismissed, this, &MainWindow::dismissPaused);
    connect(strip_, &BottomStrip::logToggled, log_, &MessageLog::toggle);
    connect(strip_, &BottomStrip::runsRequested, this, [this] { showPage("runs"); });
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
    for (const RunSummary& run : pausedRuns())
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
    connect(runs_, &RunsPage::againRequested, this, &MainWindow::runAgain);
    connect(runs_, &RunsPage::resumeRequested, this, &MainWindow::resumeRun);
    connect(runs_, &RunsPage::exportRequested, this, &MainWindow::exportRunFiles);
    connect(runs_, &RunsPage::reportRequested, this, &MainWindow::makeReport);
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
        reports_->refresh();
    } else if (id != "home") {
        page = room(id);
    }
    if (page == nullptr)
        return;
    currentPage_ = id;
    pages_->setCurrentWidget(page);
    bar_->setCurrent(id);
    if (const auto* shown = qobject_cast<RoomPage*>(page)) {
        panels_->setCurrentWidget(shown->panel());
        bar_->setFocus(); // no field lights up before a person goes to it
    }
    showParameters();
    refreshHelp();
    workspace_->saveSoon();
}

RoomPage* MainWindow::room(const QString& id)
{
    if (const auto found = rooms_.find(id); found != rooms_.end())
        return found->second;
    const auto info = std::ranges::find(infos_, id, &RoomInfo::id);
    return info == infos_.end() ? nullptr : makeRoom(*info);
}

RoomPage* MainWindow::makeRoom(const RoomInfo& info)
{
    const auto plugin = source_.load(info.id);
    if (!plugin) {
        showMessage(fromUtf8(plugin.error().message));
        return nullptr;
    }
    auto* page = new RoomPage(info, **plugin, *context_, *runner_, pages_);
    rooms_[info.id] = page;
    pages_->addWidget(page);
    panels_->addWidget(page->panel());
    connect(page, &RoomPage::changed, this, &MainWindow::change);
    connect(page, &RoomPage::runRequested, this,
            [this, id = info.id](const std::string& experiment, const auto& params) {
                startRun(experiment, params, id, false);
            });
    connect(page, &RoomPage::runsDropped, this,
            [this, id = info.id](const QStringList& uids) { compareRuns(id, uids); });
    connect(page, &RoomPage::resumeRequested, this, &MainWindow::resumeRun);
    connect(page, &RoomPage::pausedDismissed, this, &MainWindow::dismissPaused);
    connect(page, &RoomPage::panelToggled, this, &MainWindow::toggleParameters);
    connect(page, &RoomPage::panelNeeded, this, [this] {
        formNeeded_ = true;
        showParameters();
    });
    connect(page->panel(), &ParameterPanel::changesChanged, this, [this, page] {
        if (pages_->currentWidget() == page)
            handle_->setChanges(page->panel()->changes());
    });
    if (savedRooms_.contains(info.id))
        page->restore(savedRooms_[info.id].toObject());
    offerPaused(*page);
    refreshPending(info.id);
    return page;
}

// The form is for what is to be run: it stands open until a run is shown, and folds then. What a
// person prefers in either case holds from then on. Help comes before it where both are too wide.
void MainWindow::showParameters()
{
    const auto page = rooms_.find(currentPage_);
    const bool isRoom = page != rooms_.end();
    const bool open =
        isRoom && (formNeeded_ || (page->second->runs().empty() ? !formFolded_ : formBesideRuns_));
    const bool fits = help_->isHidden() || width() - help_->width() >= kWideEnough;
    const bool hadFocus = dock_->isAncestorOf(focusWidget());
    dock_->setVisible(open && fits);
    handle_->setVisible(isRoom && !(open && fits));
    if (isRoom)
        handle_->setChanges(page->second->panel()->changes());
    if (hadFocus && !dock_->isVisible())
        bar_->setFocus(); // no other field lights up
}

void MainWindow::toggleParameters()
{
    const auto page = rooms_.find(currentPage_);
    if (page == rooms_.end())
        return;
    const bool open = !dock_->isVisible();
    formNeeded_ = false;
    if (page->second->runs().empty())
        formFolded_ = !open;
    else
        formBesideRuns_ = open;
    if (open && !help_->isHidden() && width() - help_->width() < kWideEnough)
        help_->hide();
    showParameters();
    workspace_->saveSoon();
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    showParameters();
    if (restored_)
        workspace_->saveSoon();
}

RoomPage* MainWindow::roomFor(const QString& experiment)
{
    const auto info = std::ranges::find_if(
        infos_, [&](const RoomInfo& each) { return each.experiments.contains(experiment); });
    return info == infos_.end() ? nullptr : room(info->id);
}

RoomPage* MainWindow::pageOf(const View* view) const
{
    const auto found = std::ranges::find_if(
        rooms_, [&](const auto& entry) { return entry.second->view() == view; });
    return found == rooms_.end() ? nullptr : found->second;
}

void MainWindow::applyRoom(const QString& id, const RoomState& state)
{
    if (id == "reports")
        reports()->setState(state.view);
    else if (id == "runs")
        runs()->applyEdit(state.view);
    else if (RoomPage* page = room(id))
        page->apply(state);
    showParameters();
    workspace_->saveSoon();
}

void MainWindow::change(const Change& change)
{
    Change placed = change;
    if (const auto page = rooms_.find(change.room); page != rooms_.end())
        placed.after = page->second->withPlaces(change.before, change.after);
    history_->push(std::move(placed));
}

void MainWindow::showMessage(const QString& line)
{
    log_->add(line);
    strip_->setLastMessage(line);
}

} // namespace vitrine
