#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/page/bound_state.h"
#include "widgets/view.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

class QSplitter;
class QTimer;

namespace vitrine
{
class Banner;
class DataTable;
class EmptyPage;
class PromptLine;
class SegmentedSwitch;
class StatePages;
class TokenStrip;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::calibration_plugin
{

class Counters;
class HeadsPanel;
class MapsPanel;
class NextTable;
class TablesPanel;
class TokensPanel;

// Calibration of one text, tuned live, or several runs side by side. While what is asked for is
// what the first run was made with, the run is shown; else a live session shows it. Every wish of a
// person becomes a new state through ViewContext::change. Keys of the state: README.md.
class CalibrationView : public View
{
    Q_OBJECT
public:
    CalibrationView(ViewContext& context, QWidget* parent);
    ~CalibrationView() override;

    void setRuns(const std::vector<RunHandle>& runs) override;
    QJsonObject state() const override { return state_; }
    void setState(const QJsonObject& state) override;
    QList<QAction*> viewActions() const override { return actions_; }
    QString title() const override;
    std::vector<figure::Figure> figures() const override;
    void setLoading(const QString& what, double fraction) override;
    void setFailure(const QString& message) override;
    RunHandle shownRun() const { return scene_ ? scene_->first().run : nullptr; } // stored or live

signals:
    void shown(); // a new result has been given to all parts

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    using Values = std::map<std::string, std::string>;

    // view_layout.cpp
    void makeLayout();
    void arrange(); // what stands beside the maps by the room there is
    void makeActions();
    void connectParts();
    void connectTuning();

    // view.cpp
    void takeRuns(std::vector<Result<TunedRun>> opened);
    void makeScene();
    State readCurrent() const; // without what was tuned on another run
    void refresh();            // the scene into the parts
    void refreshSlow();        // plots and tables, which lag behind a drag
    void showPage();

    // view_session.cpp
    void ask(); // a live result where the stored run is not what is wished
    void takeLive(const RunHandle& run);
    LiveRun* live();
    Values wished() const; // the parameters of what is shown, as texts
    void showBusy();

    // view_acts.cpp
    QJsonObject current() const { return bound_.read(state_); } // as far as it is about the text
    void change(const QJsonObject& state, const QString& label, const QString& mergeKey = {});
    // Changes what is shown: `act` on a copy of the state.
    void edit(const std::function<void(State&)>& act, const QString& label,
              const QString& mergeKey = {});
    void put(const char* key, const QJsonValue& value, const QString& label,
             const QString& mergeKey = {}); // of the layout
    // Tunes to these parameters, and chooses the token, in one step to undo.
    void tune(const Params& wished, const QString& label, const QString& mergeKey = {},
              std::optional<std::int64_t> token = {});
    void tune(const std::string& parameter, const ParamValue& value, const QString& label,
              const QString& mergeKey = {});
    void resetTuning();
    void selectHead(LayerHead head);
    void chooseHeads(const std::set<LayerHead>& heads, const QString& label);
    void lasso(const std::set<LayerHead>& heads, Qt::KeyboardModifiers modifiers);
    void chooseRandom();
    void chooseFile();
    void toggleSink(std::int64_t token);
    void toggleByHand(std::int64_t token);
    void selectToken(std::int64_t token);
    void keep(bool beside);
    void start(Values params, bool compare);
    void startPrompt(const QString& text, bool compare);
    void startStudy();
    void retry();
    void showWholeMap();
    void showMenu(QPoint position, const QString& figure);
    void withFigure(const QString& name, void (ViewContext::*act)(const figure::Figure&));

    ViewContext& context_;
    QJsonObject state_;
    BoundState bound_ = boundToText();
    std::vector<RunHandle> runs_;
    std::vector<TunedRun> stored_;
    std::optional<TunedRun> liveRun_;
    std::unique_ptr<Scene> scene_; // none: nothing can be shown
    std::uint64_t version_ = 0;
    LiveRun* live_ = nullptr;
    Values asked_;          // of the live session; empty: nothing is wanted from it
    bool liveDied_ = false; // the banner offers a restart
    bool opening_ = false;
    QString loading_, failure_, notice_;
    double fraction_ = -1;
    struct Start {
        Values params;
        bool compare = false;
    };
    std::optional<Start> lastStart_;

    StatePages* pages_ = nullptr;
    EmptyPage* empty_ = nullptr;
    PromptLine* prompt_ = nullptr;
    Banner* banner_ = nullptr;
    Counters* counters_ = nullptr;
    HeadsPanel* heads_ = nullptr;
    MapsPanel* maps_ = nullptr;
    TokensPanel* tokens_ = nullptr;
    NextTable* next_ = nullptr;
    QWidget* nextCard_ = nullptr;
    SegmentedSwitch* plotChoice_ = nullptr;
    plot::PlotView* profile_ = nullptr;
    TablesPanel* tables_ = nullptr;
    QSplitter *page_ = nullptr, *top_ = nullptr, *numbers_ = nullptr;
    std::optional<bool> wide_;
    QTimer *busyTimer_ = nullptr, *slowTimer_ = nullptr;
    QList<QAction*> actions_;
};

} // namespace vitrine::calibration_plugin
