#pragma once

#include "app/plugins/rooms.h"
#include "app/window/history.h"
#include "app/window/room_memory.h"
#include "app/window/shared_params.h"
#include "core/jobs/worker/work.h"
#include "widgets/runner/runner.h"
#include "widgets/view.h"

#include <QWidget>

#include <map>
#include <memory>
#include <vector>

class QHBoxLayout;
class QLabel;
class QMenu;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace vitrine
{

class FailurePanel;
class ParameterPanel;
class PausedPanel;

// One room: title line, a tab for each experiment, the view of the chosen one, and (for the right
// dock) its parameters.
// Its state is a value: what a person changes is handed to `changed`, and comes back through
// apply().
class RoomPage : public QWidget
{
    Q_OBJECT
public:
    RoomPage(const RoomInfo& info, const Plugin& plugin, ViewContext& context, Runner& runner,
             QWidget* parent);
    ~RoomPage() override;

    const RoomInfo& info() const { return info_; }
    ParameterPanel* panel() const { return panel_; }
    View* view() const { return view_; }
    bool has(const QString& experiment) const;
    // The chosen experiment if it has this parameter, else the first that has; empty: none.
    QString experimentWith(const std::string& parameter) const;
    // The same for a value of it: the one that this experiment says it is for.
    QString experimentFor(const std::string& parameter, const std::string& value) const;

    // Another of its experiments, as it was left, with what the two share (shared_params.h).
    void choose(const QString& experiment);

    const RoomState& state() const { return memory_.shown(); }
    void apply(const RoomState& state);
    // The state of one of the room's experiments as it was last shown here; a fresh one where it
    // never was.
    RoomState stateOf(const QString& experiment) const { return memory_.of(experiment); }
    // The state with what the other experiments were left at, for a restart; and back.
    QJsonObject saved() const { return memory_.toJson(); }
    void restore(const QJsonObject& saved);
    // `after` with a place among the colours for each of its runs: those of `before` keep theirs.
    RoomState withPlaces(const RoomState& before, const RoomState& after) const;
    const std::vector<RunHandle>& runs() const { return runs_; }
    FoundExperiment experimentNamed(const std::string& id) const; // among the room's
    // What these texts mean as parameters of one of the room's experiments.
    Result<Params> resolve(const std::string& experiment,
                           const std::map<std::string, std::string>& given) const;

    // `after` with the form of its first run, where that is another than now and the form says
    // nothing else than the runs on the screen.
    RoomState withForm(RoomState after) const;
    // The view's state and parameters of its experiment that are live in it: one change.
    void changeLive(const QJsonObject& view, const ParamTexts& params, const QString& label,
                    const QString& mergeKey);

    // Those of the runs that this room shows, at most eight; says which are left out.
    QStringList comparable(const QStringList& uids) const;
    // A page that shows no run yet can do with less width than its view asks for.
    QSize minimumSizeHint() const override;

    // Adds the newest finished run of the same experiment that is older than what is shown.
    void compareWithPrevious();

    // A run for this room: under way (progress), or nothing.
    void setPending(const std::optional<RunStatus>& status);
    void setFailure(const QString& message, const QString& details); // empty: none
    // A run of this room that was paused, with a way to go on; gone once a run is under way.
    void setPaused(const QString& uid, std::int64_t number, const std::string& experiment);
    void dropPaused(const QString& uid); // where it is the one that is offered

signals:
    void changed(const vitrine::Change& change); // to be put into the history
    void runRequested(const std::string& experiment,
                      const std::map<std::string, std::string>& params);
    void resumeRequested(const QString& uid);
    void pausedDismissed(const QString& uid);
    void panelToggled();
    void panelNeeded();                        // the form has something to say
    void runsDropped(const QStringList& uids); // dragged from the table of runs onto the view

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    QWidget* makeTitleBar();
    void makeTabs();
    ParamTexts comingTo(const QString& experiment);
    FilledForm formOf(const QString& experiment) const;
    void chooseExperiment(const QString& id);
    void loadRuns(const QStringList& uids);
    void tellRepeatedColours();
    void showRight();
    void updateTitle();
    void updateActions();
    void fillCompareMenu();
    void askOrigin();
    void requestRun();
    void propose(const QString& label, RoomState after, const QString& mergeKey = {});

    RoomInfo info_;
    const Plugin& plugin_;
    ViewContext& context_;
    Runner& runner_;
    std::vector<std::unique_ptr<Experiment>> experiments_;
    ParameterPanel* panel_;
    std::map<QString, View*> views_; // by experiment, made when first shown
    View* view_ = nullptr;
    RoomMemory memory_;
    std::map<std::string, std::string> appliedParams_;
    std::vector<RunHandle> runs_;
    bool pending_ = false;
    QString viewTitle_;

    QLabel *title_, *subtitle_;
    QTabBar* tabs_;
    QPushButton* compare_;
    QMenu* compareMenu_;
    QHBoxLayout* actions_;
    QProgressBar* progress_;
    FailurePanel* failure_;
    PausedPanel* paused_;
    QStackedWidget* middle_;
    QWidget* empty_;
    QLabel* dropHint_;
};

} // namespace vitrine
