#pragma once

#include "app/plugins/rooms.h"
#include "app/plugins/study.h"
#include "app/window/history.h"
#include "app/window/workspace.h"
#include "widgets/runner/runner.h"
#include "widgets/theme/palette.h"
#include "widgets/view.h"

#include "core/jobs/worker/work.h"
#include "core/report/manuscript.h"

#include <QMainWindow>
#include <QStringList>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>

class QDockWidget;
class QLabel;
class QMenu;
class QStackedWidget;
class QToolButton;

namespace vitrine
{

struct ComposedReport;
struct PaletteEntry;
class ActivityBar;
class BottomStrip;
class FormHandle;
class FigureCache;
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
    RoomPage* room(const QString& id); // loads the plugin; nullptr (and a message) where that fails
    RoomPage* pageOf(const View* view) const;

    // The new run is shown in `room` when it is done (beside what is there where `compare`). The
    // uid; empty where it could not be started: the reason is then shown.
    QString startRun(const std::string& experiment, const Runner::Values& params,
                     const QString& room, bool compare);
    void runAgain(const QString& uid);
    void resumeRun(const QString& uid);     // a paused or interrupted one
    void openRuns(const QStringList& uids); // in the room of their experiment, side by side
    void compareRuns(const QString& room, const QStringList& uids); // beside what the room shows
    void showInRuns(const QStringList& uids);
    void startStudy(const Study& study);
    void openPath(const QString& path); // dropped, or chosen
    // All runs and the layout as a new workspace, which opens in a window that takes this one's
    // place.
    void saveWorkspaceAs(const QString& path);
    void addToReport(const figure::Figure& figure); // as the view shows it
    ReportsPage* reports();                         // made when first asked for
    RunsPage* runs();                               // likewise
    void change(const Change& change);
    void showMessage(const QString& line);

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    struct Pending {
        QString room;
        bool compare = false;
        Runner::Values form{}; // as it stood when the run began
        std::vector<Runner::Values>
            beside{}; // runs to start, and to compare, when this one is done
    };

    // main_window.cpp
    void makeFrame();
    void connectRunner();
    void onFinished(const RunHandle& run);
    // Runs of the workspace that can go on and that nobody dismissed, newest first.
    std::vector<RunSummary> pausedRuns();
    void offerPaused(RoomPage& page);
    void dismissPaused(const QString& uid);
    void startBeside(const std::string& experiment, const Pending& done);
    void tellRepeat(const RunRecord& run);
    QStringList inOrder(QStringList uids);
    QStringList comparable(const RoomPage& page, const QStringList& uids);
    void refreshPending(const QString& room);
    RoomPage* makeRoom(const RoomInfo& info);
    RoomPage* roomFor(const QString& experiment);
    FoundExperiment findExperiment(const std::string& id);
    void showParameters(); // where there is a room, unless the form is folded
    void toggleParameters();
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
    void refreshHelp();

    // main_window_reports.cpp
    void makeReport(const QStringList& uids);
    QJsonObject viewStateOf(const QString& experiment) const;
    void composeReport(const report::Manuscript& manuscript,
                       std::function<void(const ComposedReport&)> done);
    void exportReport(const QString& ending);
    void openReport();
    void saveReport();

    RoomSource& source_;
    std::filesystem::path program_;
    std::vector<RoomInfo> infos_;
    Runner* runner_;
    Workspace* workspace_;
    History* history_;
    WindowContext* context_;
    std::map<QString, RoomPage*> rooms_;
    QJsonObject savedRooms_; // of rooms not opened yet
    QJsonObject savedRuns_;  // likewise of the page of runs
    std::map<QString, Pending> pending_;
    QStringList dismissed_; // paused runs that are offered in Runs only
    QString currentPage_ = "home";
    bool restored_ = false;

    ActivityBar* bar_;
    QStackedWidget* pages_;
    HomePage* home_;
    RunsPage* runs_ = nullptr;
    ReportsPage* reports_ = nullptr;
    std::shared_ptr<FigureCache> figures_; // of reports, drawn once
    QDockWidget* dock_;
    FormHandle* handle_;
    bool formBesideRuns_ = false; // a person keeps it open where a run is shown
    bool formFolded_ = false;     // and keeps it folded where none is
    bool formNeeded_ = false;     // it says why a run cannot begin
    QStackedWidget* panels_;
    HelpPanel* help_;
    BottomStrip* strip_;
    MessageLog* log_;
    QToolButton* themeButton_ = nullptr;
};

} // namespace vitrine
