#pragma once

#include "plugins/attention/view/scene.h"
#include "widgets/page/bound_state.h"
#include "widgets/view.h"

#include <QPointer>

#include <functional>
#include <memory>
#include <optional>

class QSplitter;

namespace vitrine
{
class Banner;
class EmptyPage;
class PromptLine;
class StatePages;
} // namespace vitrine

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
class AttentionView : public View
{
    Q_OBJECT
public:
    AttentionView(ViewContext& context, QWidget* parent);
    ~AttentionView() override;

    void setRuns(const std::vector<RunHandle>& runs) override;
    QJsonObject state() const override { return state_; }
    void setState(const QJsonObject& state) override;
    QList<QAction*> viewActions() const override { return actions_; }
    QString title() const override;
    std::vector<figure::Figure> figures() const override;
    void setLoading(const QString& what, double fraction) override;
    void setFailure(const QString& message) override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void makeLayout();
    void arrange(); // numbers at the map's right where there is room, else below
    void makeActions();
    void connectParts();

    void openRuns();
    void takeRuns(std::vector<Result<ShownRun>> opened);
    void computeRows();
    void refresh();          // scene from runs and state, into the parts
    State readShown() const; // with the first run's own where nothing else was chosen
    void chooseHead();       // the default where the state names none
    void findSinksOfHead();
    void showPage();

    QJsonObject shown() const { return bound_.read(state_); } // as far as it is about the text
    void change(const QJsonObject& state, const QString& label, const QString& mergeKey = {});
    // Changes what is shown: `act` on a copy of the state.
    void edit(const std::function<void(State&)>& act, const QString& label,
              const QString& mergeKey = {});
    void put(const char* key, const QJsonValue& value, const QString& label,
             const QString& mergeKey); // of the layout
    void chooseToken(std::int64_t token);
    void chooseHeadByPerson(LayerHead head);
    void togglePin(LayerHead head);
    void togglePin(std::int64_t token);
    void start(std::map<std::string, std::string> params, bool compare);
    void startPrompt(const QString& text, bool compare);
    void startStudy();
    void retry();
    std::map<std::string, std::string> wished() const; // parameters of a prompt typed here
    void showWholeMap();
    void showMenu(QPoint position, const QString& figure);
    void withFigure(const QString& name, void (ViewContext::*act)(const figure::Figure&));

    ViewContext& context_;
    QJsonObject state_;
    BoundState bound_ = boundToText();
    std::vector<RunHandle> runs_;
    std::unique_ptr<Scene> scene_; // none: nothing can be shown
    std::vector<std::vector<HeadRow>> rows_;
    std::optional<attention::SinkOptions> rowsOptions_; // what rows_ were counted with
    std::uint64_t version_ = 0;
    bool opening_ = false;
    QString loading_, failure_;
    double fraction_ = -1;
    struct Start {
        std::map<std::string, std::string> params;
        bool compare = false;
    };
    std::optional<Start> lastStart_;

    StatePages* pages_ = nullptr;
    EmptyPage* empty_ = nullptr;
    PromptLine* prompt_ = nullptr;
    Banner* banner_ = nullptr;
    OverviewPanel* overview_ = nullptr;
    MapPanel* map_ = nullptr;
    TokenPanel* tokens_ = nullptr;
    ProfilePanel* profile_ = nullptr;
    HeadTable* table_ = nullptr;
    QSplitter *page_ = nullptr, *top_ = nullptr, *numbers_ = nullptr;
    std::optional<bool> beside_; // numbers stand beside the map
    QList<QAction*> actions_;
};

} // namespace vitrine::attention_plugin
