#pragma once

#include "app/plugins/rooms.h"
#include "app/plugins/study.h"
#include "app/window/history.h"
#include "app/window/report_desk.h"
#include "app/window/room_shelf.h"
#include "app/window/run_starter.h"
#include "app/window/workspace.h"
#include "widgets/runner/runner.h"
#include "widgets/theme/palette.h"
#include "widgets/view.h"

#include <QMainWindow>
#include <QStringList>

#include <filesystem>

class QDockWidget;
class QLabel;
class QMenu;
class QStackedWidget;
class QToolButton;

namespace vitrine
{

struct PaletteEntry;
class ActivityBar;
class BottomStrip;
class FormHandle;
class HelpPanel;
class HomePage;
class MessageLog;
class ReportsPage;
class RoomPage;
class RunsPage;
class WindowContext;

// The window of one workspace: activity bar, page, parameters, runs in progress. Knows rooms by
// their descriptions only.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    // `program` is what workers are started from. Opens nothing yet, so that Home can be painted at
    // once.
    MainWindow(RoomSource& source, const std::filesystem::path& workspace,
               const std::filesystem::path& program);
    ~MainWindow() override;

    // Opens the store, attaches to runs that go on, and comes back to what was shown. Called after
    // the first paint.
    void openWorkspace();

    Runner& runner() { return *runner_; }
    History& history() { return *history_; }
    const std::filesystem::path& program() const { return program_; } // of workers

    // "home", "runs", "reports", or the id of a room.
    void showPage(const QString& id);
    QString currentPage() const { return currentPage_; }
    RoomShelf& rooms() { return *rooms_; }
    RoomPage* room(const QString& id) { return rooms_->room(id); }
    RunStarter& starter() { return *starter_; }
    QString startRun(const std::string& experiment, const Runner::Values& params,
                     const QString& room, bool compare)
    {
        return starter_->start(experiment, params, room, compare);
    }
    void openRuns(const QStringList& uids); // in the room of their experiment, side by side
    void compareRuns(const QString& room, const QStringList& uids); // beside what the room shows
    void showInRuns(const QStringList& uids);
    void startStudy(const Study& study);
    void openPath(const QString& path); // dropped, or chosen
    // The form of an experiment with these parameters, without a run beside it; runs nothing.
    void openForm(const QString& experiment, const Runner::Values& params);
    // All runs and the layout as a new workspace, which opens in a window that takes this one's
    // place.
    void saveWorkspaceAs(const QString& path);
    void addToReport(const figure::Figure& figure); // as the view shows it
    ReportsPage* reports() { return desk_->page(); }
    RunsPage* runs(); // made when first asked for
    void change(const Change& change);
    void showMessage(const QString& line);

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    // main_window.cpp
    void makeFrame();
    void connectRuns();
    RoomPage* makeRoom(const RoomInfo& info, const Plugin& plugin);
    RoomPage* shownRoom() const { return rooms_->ifOpen(currentPage_); } // nullptr: another page
    QStringList inOrder(QStringList uids);
    void showParameters(); // where there is a room, unless the form is folded
    void setFormOpen(bool open);
    void toggleParameters();
    bool formFits() const;
    void applyRoom(const QString& room, const RoomState& state);
    QJsonObject collectState() const;
    void restoreState();
    void updateEstimates();
    void keepThumbnail();

    // main_window_menus.cpp
    void makeMenus();
    void makeViewMenu(QMenu& menu);
    void chooseTheme(theme::ThemeName name);
    void chooseScale(int percent);
    void resetLayout();
    void browse();
    void exportRunFiles(const QString& uid);
    void openOther(const QString& workspace);
    void saveAs();

    // main_window_help.cpp
    void showShortcuts();
    void showPalette();
    std::vector<PaletteEntry> ofExperiments(const RoomInfo& info);
    void toggleHelp();
    void placeHelp(bool open);
    void refreshHelp();

    std::filesystem::path program_;
    Runner* runner_;
    Workspace* workspace_;
    History* history_;
    WindowContext* context_;
    RoomShelf* rooms_;
    RunStarter* starter_;
    QJsonObject savedRuns_; // of the page of runs until it is opened
    QString currentPage_ = "home";
    bool restored_ = false;

    ActivityBar* bar_;
    QStackedWidget* pages_;
    HomePage* home_;
    RunsPage* runs_ = nullptr;
    ReportDesk* desk_;
    QDockWidget* dock_;
    FormHandle* handle_;
    bool formBesideRuns_ = false; // a person keeps it open where a run is shown
    bool formFolded_ = false;     // and keeps it folded where none is
    bool formNeeded_ = false;     // now: it says why a run cannot begin, or was asked for
    QStackedWidget* panels_;
    HelpPanel* help_;
    BottomStrip* strip_;
    MessageLog* log_;
    QToolButton* themeButton_ = nullptr;
};

} // namespace vitrine
