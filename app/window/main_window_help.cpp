#include "app/window/main_window.h"

#include <QDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/window/command_palette.h"
#include "app/window/help_panel.h"
#include "app/window/room_page.h"
#include "core/base/resources.h"
#include "widgets/theme/style.h"
#include "widgets/theme/text.h"

namespace vitrine
{
namespace
{

// What a menu says of its actions, menus in it opened up ("View: Theme").
void collect(const QMenu& menu, const QString& group, std::vector<PaletteEntry>& entries)
{
    for (QAction* action : menu.actions()) {
        const QString words = action->text().remove('&');
        if (action->menu() != nullptr)
            collect(*action->menu(), group + ": " + words, entries);
        else if (!action->isSeparator())
            entries.push_back({words, group, action->shortcut(), [action] { action->trigger(); },
                               action->isEnabled()});
    }
}

std::vector<PaletteEntry> ofMenus(const QMenuBar& bar)
{
    std::vector<PaletteEntry> entries;
    for (QAction* top : bar.actions())
        collect(*top->menu(), top->text().remove('&'), entries);
    return entries;
}

QString helpFile(const QString& page)
{
    const auto file = findResource(QString("help/%1.md").arg(page).toStdString());
    return file ? QString::fromStdString(file->string()) : QString();
}

} // namespace

void MainWindow::showPalette()
{
    std::vector<PaletteEntry> entries;
    if (const RoomPage* room = shownRoom(); room != nullptr && room->view() != nullptr) {
        for (QAction* action : room->view()->viewActions()) {
            if (action->isEnabled() && !action->text().isEmpty())
                entries.push_back({action->text().remove('&'), room->info().title,
                                   action->shortcut(), [action] { action->trigger(); }});
        }
    }
    std::ranges::copy_if(ofMenus(*menuBar()), std::back_inserter(entries), &PaletteEntry::possible);
    for (const RoomInfo& info : rooms_->infos())
        for (PaletteEntry& entry : ofExperiments(info))
            entries.push_back(std::move(entry));
    for (const Study& study : studiesOf(rooms_->infos())) {
        if (study.missing.isEmpty())
            entries.push_back({study.title, "Study", {}, [this, study] { startStudy(study); }});
    }
    for (const QString& path : settings::recentWorkspaces())
        entries.push_back(
            {QFileInfo(path).completeBaseName(), "Workspace: " + path, {}, [this, path] {
                 openOther(path);
             }});
    (new CommandPalette(std::move(entries), this))->show();
}

std::vector<PaletteEntry> MainWindow::ofExperiments(const RoomInfo& info)
{
    std::vector<PaletteEntry> entries;
    const auto plugin = rooms_->load(info.id);
    if (!plugin)
        return entries; // said where the room is opened
    for (const auto& experiment : (*plugin)->createExperiments()) {
        const ExperimentInfo about = experiment->info();
        entries.push_back({fromUtf8(about.title),
                           "Experiment: " + info.title,
                           {},
                           [this, room = info.id, id = fromUtf8(about.id)] {
                               showPage(room);
                               if (RoomPage* page = rooms_->ifOpen(room))
                                   page->choose(id);
                           }});
    }
    return entries;
}

void MainWindow::showShortcuts()
{
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle("Keyboard shortcuts");
    dialog->setAccessibleName("Keyboard shortcuts");
    auto* inside = new QWidget(dialog);
    auto* grid = new QGridLayout(inside);
    grid->setContentsMargins(24, 16, 24, 24);
    grid->setHorizontalSpacing(32);
    grid->setVerticalSpacing(theme::kGrid);
    int row = 0;
    const auto heading = [&](const QString& words) {
        auto* label = new QLabel(words, inside);
        label->setProperty("role", "heading");
        label->setContentsMargins(0, row == 0 ? 0 : theme::kPanelPadding, 0, 0);
        grid->addWidget(label, row++, 0, 1, 2);
    };
    const auto line = [&](const QString& words, const QString& keys) {
        grid->addWidget(new QLabel(words, inside), row, 0);
        auto* right = new QLabel(keys, inside);
        right->setProperty("role", "mono");
        grid->addWidget(right, row++, 1, Qt::AlignRight);
    };
    QString group;
    for (const PaletteEntry& entry : ofMenus(*menuBar())) {
        if (entry.keys.isEmpty())
            continue;
        if (std::exchange(group, entry.group) != entry.group)
            heading(entry.group);
        line(entry.words, entry.keys.toString(QKeySequence::NativeText));
    }
    if (const RoomPage* room = shownRoom(); room != nullptr && room->view() != nullptr) {
        bool any = false;
        for (const QAction* action : room->view()->viewActions()) {
            if (action->shortcut().isEmpty())
                continue;
            if (!std::exchange(any, true))
                heading(room->info().title);
            line(QString(action->text()).remove('&'),
                 action->shortcut().toString(QKeySequence::NativeText));
        }
    }
    heading("Where a text is typed");
    line("Run", "Enter");
    line("New line", "Shift+Enter");

    auto* scroll = new QScrollArea(dialog);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(inside);
    auto* all = new QVBoxLayout(dialog);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(scroll);
    const QSize wanted = inside->sizeHint() + QSize(24, 8);
    dialog->resize(wanted.boundedTo(size() * 0.9));
    dialog->show();
}

void MainWindow::toggleHelp()
{
    const bool opens = help_->isHidden();
    placeHelp(opens); // first: the window would grow for both
    help_->setVisible(opens);
    showParameters(); // they yield where the window is narrow
    refreshHelp();
}

// Beside the page; in its place where the window has no room for both.
void MainWindow::placeHelp(bool open)
{
    const int both = pages_->minimumSizeHint().width() + help_->minimumSizeHint().width();
    centralWidget()->setVisible(!open || both + bar_->width() <= width());
}

void MainWindow::refreshHelp()
{
    if (help_->isHidden())
        return;
    if (const RoomPage* room = shownRoom())
        return help_->showFile("Help: " + room->info().title, room->info().help);
    help_->showFile(currentPage_ == "home" ? "Help" : "Help: " + currentPage_,
                    helpFile(currentPage_));
}

} // namespace vitrine
