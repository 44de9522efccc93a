#include "app/window/main_window.h"

#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QFileDialog>
#include <QMenu>
#include <QMenuBar>
#include <QProcess>
#include <QToolButton>

#include "app/window/message_log.h"
#include "app/window/parameter_panel.h"
#include "app/window/room_page.h"
#include "app/window/window_context.h"
#include "core/store/copy_workspace.h"
#include "core/store/store.h"
#include "widgets/theme/icon.h"

namespace vitrine
{
namespace
{

const std::pair<theme::ThemeName, const char*> kThemes[] = {
    {theme::ThemeName::light, "light"},
    {theme::ThemeName::dark, "dark"},
    {theme::ThemeName::highContrast, "contrast"}};

QAction* add(QMenu& menu, const QString& words, const QKeySequence& keys, QObject* context,
             auto act)
{
    QAction* action = menu.addAction(words);
    action->setShortcut(keys);
    QObject::connect(action, &QAction::triggered, context, act);
    return action;
}

} // namespace

void MainWindow::makeMenus()
{
    QMenu& file = *menuBar()->addMenu("&File");
    add(file, "Open file…", QKeySequence::Open, this, [this] { browse(); });
    add(file, "Open workspace…", {}, this, [this] {
        const QString path = QFileDialog::getSaveFileName(this, "Open or make a workspace", {},
                                                          "Workspaces (*.vitrine)", nullptr,
                                                          QFileDialog::DontConfirmOverwrite);
        if (!path.isEmpty())
            openOther(path.endsWith(".vitrine") ? path : path + ".vitrine");
    });
    add(file, "Save workspace as…", QKeySequence("Ctrl+Shift+S"), this, [this] { saveAs(); });
    file.addSeparator();
    add(file, "Quit", QKeySequence("Ctrl+Q"), this, [this] { close(); });

    QMenu& edit = *menuBar()->addMenu("&Edit");
    QAction* undo = history_->stack().createUndoAction(this, "Undo");
    undo->setShortcut(QKeySequence::Undo);
    QAction* redo = history_->stack().createRedoAction(this, "Redo");
    redo->setShortcuts({QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")});
    edit.addActions({undo, redo});

    makeViewMenu(*menuBar()->addMenu("&View"));

    QMenu& run = *menuBar()->addMenu("&Run");
    QAction* start = add(run, "Run", {}, this, [this] {
        if (RoomPage* room = shownRoom())
            room->panel()->run();
    });
    start->setShortcuts({QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")});
    add(run, "Compare with previous", QKeySequence("Ctrl+Shift+P"), this, [this] {
        if (RoomPage* room = shownRoom())
            room->compareWithPrevious();
    });
    add(run, "Cancel the newest run", QKeySequence("Ctrl+."), this, [this] {
        if (const auto active = runner_->active(); !active.empty())
            runner_->cancel(active.back().uid);
    });
    add(run, "Pause the newest run", {}, this, [this] {
        if (const auto active = runner_->active(); !active.empty())
            runner_->pause(active.back().uid);
    });

    QMenu& help = *menuBar()->addMenu("&Help");
    add(help, "Find an action…", QKeySequence("Ctrl+K"), this, [this] { showPalette(); });
    add(help, "Help for this page", QKeySequence("F1"), this, [this] { toggleHelp(); });
    add(help, "Keyboard shortcuts", QKeySequence("Ctrl+F1"), this, [this] { showShortcuts(); });
}

void MainWindow::makeViewMenu(QMenu& menu)
{
    int number = 1;
    add(menu, "Home", QKeySequence("Ctrl+1"), this, [this] { showPage("home"); });
    for (const RoomInfo& info : rooms_->infos())
        add(menu, info.title, QKeySequence(QString("Ctrl+%1").arg(++number)), this,
            [this, id = info.id] { showPage(id); });
    add(menu, "Runs", QKeySequence("Ctrl+0"), this, [this] { showPage("runs"); });
    add(menu, "Reports", QKeySequence("Ctrl+9"), this, [this] { showPage("reports"); });
    menu.addSeparator();
    add(menu, "Show or hide parameters", QKeySequence("F4"), this, [this] { toggleParameters(); });
    add(menu, "Show or hide messages", QKeySequence("F8"), this, [this] { log_->toggle(); });
    QAction* full = add(menu, "Full screen", QKeySequence("F11"), this,
                        [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    full->setCheckable(true);
    connect(&menu, &QMenu::aboutToShow, this, [this, full] { full->setChecked(isFullScreen()); });
    menu.addSeparator();

    QMenu* themes = menu.addMenu("Theme");
    auto* oneTheme = new QActionGroup(themes);
    const char* const words[] = {"Light", "Dark", "High contrast"};
    for (int i = 0; i < 3; ++i) {
        QAction* action =
            add(*themes, words[i], {}, this, [this, i] { chooseTheme(kThemes[i].first); });
        action->setCheckable(true);
        action->setChecked(theme::themeName() == kThemes[i].first);
        oneTheme->addAction(action);
    }
    connect(themes, &QMenu::aboutToShow, this, [oneTheme] {
        oneTheme->actions()[static_cast<int>(theme::themeName())]->setChecked(true);
    });
    QMenu* scales = menu.addMenu("Scale");
    auto* oneScale = new QActionGroup(scales);
    for (const int percent : {100, 125, 150, 175, 200, 250, 300}) {
        QAction* action = add(*scales, QString("%1 %").arg(percent), {}, this,
                              [this, percent] { chooseScale(percent); });
        action->setCheckable(true);
        action->setChecked(settings::scalePercent() == percent);
        oneScale->addAction(action);
    }
    add(menu, "Reset layout", {}, this, [this] { resetLayout(); });
}

void MainWindow::chooseTheme(theme::ThemeName name)
{
    theme::setTheme(name);
    themeButton_->setIcon(theme::icon(theme::palette().dark ? "sun" : "moon"));
    settings::setTheme(kThemes[static_cast<int>(name)].second);
    emit context_->themeChanged();
}

// Qt scales a process as a whole, so the window starts anew, exactly as it stands; workers go on
// and are attached to.
void MainWindow::chooseScale(int percent)
{
    if (percent == settings::scalePercent())
        return;
    settings::setScalePercent(percent);
    workspace_->saveNow();
    qunsetenv("QT_SCALE_FACTOR");
    openOther(QString::fromStdString(workspace_->store().string()));
}

void MainWindow::resetLayout()
{
    formFolded_ = formBesideRuns_ = false;
    showParameters();
    resizeDocks({dock_}, {300}, Qt::Horizontal);
    workspace_->saveSoon();
}

void MainWindow::browse()
{
    auto* dialog =
        new QFileDialog(this, "Open a checkpoint, text, video, table, task or workspace");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({nameFilter(fileKindsOf(rooms_->infos())), "All files (*)"});
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openPath);
    dialog->open();
}

void MainWindow::exportRunFiles(const QString& uid)
{
    const auto run = runner_->load(uid);
    if (!run)
        return showMessage(QString::fromStdString(run.error().message));
    const QString parent =
        QFileDialog::getExistingDirectory(this, "Export the run into a new folder in…");
    if (parent.isEmpty())
        return;
    const QString folder = QString("%1/run-%2").arg(parent).arg((*run)->number);
    auto result = std::make_shared<Result<void>>();
    context_->compute(
        this, "export",
        [run = *run, folder, result] { *result = exportRun(*run, folder.toStdString()); },
        [this, folder, result] {
            showMessage(*result ? "Exported " + folder
                                : QString::fromStdString(result->error().message));
        });
}

void MainWindow::saveAs()
{
    QString path =
        QFileDialog::getSaveFileName(this, "Save the workspace as", {}, "Workspaces (*.vitrine)",
                                     nullptr, QFileDialog::DontConfirmOverwrite);
    if (path.isEmpty())
        return;
    saveWorkspaceAs(path.endsWith(".vitrine") ? path : path + ".vitrine");
}

void MainWindow::saveWorkspaceAs(const QString& path)
{
    workspace_->saveNow();
    showMessage("Saving " + path);
    auto saved = std::make_shared<Result<void>>();
    context_->compute(
        this, "save as",
        [from = workspace_->store(), to = path.toStdString(), saved] {
            *saved = copyWorkspace(from, to);
            std::error_code ignored; // a layout that is lost costs a layout
            if (*saved)
                std::filesystem::copy_file(from.string() + ".d/window.json", to + ".d/window.json",
                                           ignored);
        },
        [this, path, saved] {
            if (!*saved)
                return showMessage(QString::fromStdString(saved->error().message));
            settings::addRecentWorkspace(path.toStdString());
            showMessage("Saved " + path + "; its window opens now");
            openOther(path);
        });
}

void MainWindow::openOther(const QString& workspace)
{
    if (!QProcess::startDetached(QString::fromStdString(program_.string()), {workspace}))
        return showMessage("cannot start another window");
    close();
}

} // namespace vitrine
