#include "app/main_window.h"

#include <QActionGroup>
#include <QApplication>
#include <QDialog>
#include <QDockWidget>
#include <QFileDialog>
#include <QGridLayout>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QProcess>
#include <QToolButton>

#include "app/command_palette.h"
#include "app/message_log.h"
#include "app/parameter_panel.h"
#include "app/room_page.h"
#include "app/window_context.h"
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

// Every action of the menus with its shortcut, menus opened up.
void collectActions(const QMenu& menu, QList<QAction*>& actions)
{
    for (QAction* action : menu.actions()) {
        if (action->menu() != nullptr)
            collectActions(*action->menu(), actions);
        else if (!action->isSeparator())
            actions << action;
    }
}

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
        if (const auto page = rooms_.find(currentPage_); page != rooms_.end())
            page->second->panel()->run();
    });
    start->setShortcuts({QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")});
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
    add(help, "Keyboard shortcuts", QKeySequence("F1"), this, [this] { showShortcuts(); });
}

void MainWindow::makeViewMenu(QMenu& menu)
{
    int number = 1;
    add(menu, "Home", QKeySequence("Ctrl+1"), this, [this] { showPage("home"); });
    for (const RoomInfo& info : infos_)
        add(menu, info.title, QKeySequence(QString("Ctrl+%1").arg(++number)), this,
            [this, id = info.id] { showPage(id); });
    add(menu, "Runs", QKeySequence("Ctrl+0"), this, [this] { showPage("runs"); });
    add(menu, "Reports", QKeySequence("Ctrl+9"), this, [this] { showPage("reports"); });
    menu.addSeparator();
    add(menu, "Show or hide parameters", QKeySequence("F4"), this, [this] {
        if (const auto page = rooms_.find(currentPage_); page != rooms_.end())
            emit page->second->panelToggled();
    });
    add(menu, "Show or hide messages", QKeySequence("F8"), this, [this] { log_->toggle(); });
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
    dock_->setProperty("folded", false);
    showParameters();
    resizeDocks({dock_}, {300}, Qt::Horizontal);
    workspace_->saveSoon();
}

void MainWindow::showShortcuts()
{
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle("Keyboard shortcuts");
    auto* grid = new QGridLayout(dialog);
    grid->setContentsMargins(24, 16, 24, 24);
    grid->setHorizontalSpacing(32);
    QList<QAction*> actions;
    for (QAction* top : menuBar()->actions())
        collectActions(*top->menu(), actions);
    int row = 0;
    const auto line = [&](const QString& words, const QString& keys) {
        grid->addWidget(new QLabel(words, dialog), row, 0);
        auto* right = new QLabel(keys, dialog);
        right->setProperty("role", "mono");
        grid->addWidget(right, row++, 1);
    };
    for (const QAction* action : actions) {
        if (!action->shortcut().isEmpty())
            line(action->text().remove('&'), action->shortcut().toString(QKeySequence::NativeText));
    }
    line("Run, from the prompt", "Enter");
    line("New line in the prompt", "Shift+Enter");
    dialog->show();
}

void MainWindow::showPalette()
{
    QList<QAction*> actions;
    for (QAction* top : menuBar()->actions())
        collectActions(*top->menu(), actions);
    if (const auto page = rooms_.find(currentPage_);
        page != rooms_.end() && page->second->view() != nullptr)
        actions << page->second->view()->viewActions();
    (new CommandPalette(actions, this))->show();
}

void MainWindow::browse()
{
    auto* dialog = new QFileDialog(this, "Open a checkpoint, text or workspace");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(
        {"What Vitrine opens (config.json *.safetensors *.bin *.txt *.md *.vitrine)",
         "All files (*)"});
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

void MainWindow::openOther(const QString& workspace)
{
    if (!QProcess::startDetached(QString::fromStdString(program_.string()), {workspace}))
        return showMessage("cannot start another window");
    close();
}

} // namespace vitrine
