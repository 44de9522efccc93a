#pragma once

#include "plugins/attention/view/scene.h"
#include "widgets/page/prompt_room_view.h"

#include <functional>
#include <memory>
#include <optional>

class QSplitter;

namespace vitrine::attention_plugin
{

class HeadTable;

class MapPanel;
class OverviewPanel;
class ProfilePanel;
class TokenPanel;

// Attention maps and sinks of one run, or several side by side. Draws from the runs' captures and
// its state; every wish of a person becomes a new state through ViewContext::change. Keys of the
// state: README.md.
class AttentionView : public PromptRoomView
{
    Q_OBJECT
public:
    AttentionView(ViewContext& context, QWidget* parent);
    ~AttentionView() override;

    void setState(const QJsonObject& state) override;
    QString title() const override;
    std::vector<figure::Figure> figures() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

    bool hasContent() const override { return scene_ != nullptr; }
    void openRuns(const std::vector<RunHandle>& done) override;
    void dropRuns() override { scene_.reset(); }
    Values promptValues() const override;
    void startStudy() override;
    std::function<std::optional<figure::Figure>()> figureMaker(const QString& name) const override;

private:
    static constexpr const char* kExperiment = "attention.capture";

    void makeLayout();
    void arrange(); // numbers at the map's right where there is room, else below
    void makeActions();
    void connectParts();

    void takeRuns(std::vector<Result<ShownRun>> opened);
    void computeRows();
    void refresh();          // scene from runs and state, into the parts
    State readShown() const; // with the first run's own where nothing else was chosen
    void chooseHead();       // the default where the state names none
    void findSinksOfHead();

    // Changes what is shown: `act` on a copy of the state.
    void edit(const std::function<void(State&)>& act, const QString& label,
              const QString& mergeKey = {}, const Values& live = {});
    void chooseToken(std::int64_t token);
    void chooseHeadByPerson(LayerHead head);
    void togglePin(LayerHead head);
    void togglePin(std::int64_t token);
    void showWholeMap();
    void showMenu(QPoint position, const QString& figure);

    std::unique_ptr<Scene> scene_; // none: nothing can be shown
    std::vector<std::vector<HeadRow>> rows_;
    std::optional<attention::SinkOptions> rowsOptions_; // what rows_ were counted with
    std::uint64_t version_ = 0;

    OverviewPanel* overview_ = nullptr;
    MapPanel* map_ = nullptr;
    TokenPanel* tokens_ = nullptr;
    ProfilePanel* profile_ = nullptr;
    HeadTable* table_ = nullptr;
    QSplitter *page_ = nullptr, *top_ = nullptr, *numbers_ = nullptr;
    std::optional<bool> beside_; // numbers stand beside the map
};

} // namespace vitrine::attention_plugin
