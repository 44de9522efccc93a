#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/page/prompt_room_view.h"

#include <functional>
#include <memory>
#include <optional>

class QTimer;

namespace vitrine::calibration_plugin
{

class LiveTuning;
class TuningPage;
struct Wish;

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
    void makeActions();
    void connectLive();
    void connectParts();
    void connectTuning();

    void takeRuns(std::vector<Result<TunedRun>> opened);
    void makeScene();
    State readCurrent() const; // without what was tuned on another run
    void refresh();            // the scene into the parts
    void refreshSlow();        // plots and tables, which lag behind a drag
    void ask();                // a live result where the stored run is not what is wished
    Values wished() const;     // the parameters of what is shown, as texts

    // Changes what is shown: `act` on a copy of the state.
    void edit(const std::function<void(State&)>& act, const QString& label,
              const QString& mergeKey = {}, const Values& live = {});
    // Tunes to what `act` wishes for what is shown, in one step to undo.
    void tune(const std::function<std::optional<Wish>(const Scene&)>& act);
    void selectHead(LayerHead head);
    void chooseFile();
    void toggleSink(std::int64_t token);
    void toggleByHand(std::int64_t token);
    void selectToken(std::int64_t token);
    void keep(bool beside);
    void resetTuning();
    void showWholeMap();
    void showMenu(QPoint position, const QString& figure);

    std::vector<TunedRun> stored_;
    std::unique_ptr<Scene> scene_; // none: nothing can be shown
    std::uint64_t version_ = 0;
    LiveTuning* live_;
    std::unique_ptr<TuningPage> page_;
    QTimer* slowTimer_;
};

} // namespace vitrine::calibration_plugin
