#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/page/prompt_room_view.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

class QSplitter;
class QTimer;

namespace vitrine
{
class SegmentedSwitch;
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
class CalibrationView : public PromptRoomView
{
    Q_OBJECT
public:
    CalibrationView(ViewContext& context, QWidget* parent);
    ~CalibrationView() override;

    void setRuns(const std::vector<RunHandle>& runs) override;
    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override;
    RunHandle shownRun() const { return scene_ ? scene_->first().run : nullptr; } // stored or live

signals:
    void shown(); // a new result has been given to all parts

protected:
    void resizeEvent(QResizeEvent* event) override;

    bool hasContent() const override { return scene_ != nullptr; }
    void openRuns(const std::vector<RunHandle>& done) override;
    void dropRuns() override;
    Values promptValues() const override;
    void startStudy() override;
    std::function<std::optional<figure::Figure>()> figureMaker(const QString& name) const override;
    Notice notice() const override;
    void actOnNotice() override;
    void dismissNotice() override;
    QString whyNoOrigin() const override;

private:
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

    // view_session.cpp
    void ask(); // a live result where the stored run is not what is wished
    void takeLive(const RunHandle& run);
    LiveRun* live();
    Values wished() const; // the parameters of what is shown, as texts
    void showBusy();

    // view_acts.cpp
    // Changes what is shown: `act` on a copy of the state.
    void edit(const std::function<void(State&)>& act, const QString& label,
              const QString& mergeKey = {}, const Values& live = {});
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
    void showWholeMap();
    void showMenu(QPoint position, const QString& figure);

    std::vector<TunedRun> stored_;
    std::optional<TunedRun> liveRun_;
    std::unique_ptr<Scene> scene_; // none: nothing can be shown
    std::uint64_t version_ = 0;
    LiveRun* live_ = nullptr;
    Values asked_;          // of the live session; empty: nothing is wanted from it
    bool liveDied_ = false; // the banner offers a restart
    QString notice_;

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
};

} // namespace vitrine::calibration_plugin
