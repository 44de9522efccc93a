#pragma once

#include "core/figure/figure.h"
#include "widgets/page/bound_state.h"
#include "widgets/page/state_pages.h"
#include "widgets/view.h"

#include <QAction>

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

class QMenu;
class QSplitter;

namespace vitrine
{

class Banner;
class PromptLine;

// The frame of a view that opens stored runs and shows them under a line where a prompt is typed:
// which runs are done, the pages for nothing yet, loading and failure, changes of the state, runs
// that are started and tried again, and what is done with a figure. A view adds its content and
// says how runs are opened.
class RoomView : public View
{
    Q_OBJECT
public:
    ~RoomView() override;

    void setRuns(const std::vector<RunHandle>& runs) override;
    QJsonObject state() const override { return state_; }
    QList<QAction*> viewActions() const override { return actions_; }
    void setLoading(const QString& what, double fraction) override;
    void setFailure(const QString& message) override;

protected:
    using Values = std::map<std::string, std::string>;
    using FigureAct = void (ViewContext::*)(const figure::Figure&);

    struct Words {
        QString name;       // of the view, for those who do not see it
        QString experiment; // that it starts
        QString prompt;     // in the empty prompt line
        QString opening;    // what is done while runs are opened
        QString failure;    // heading of the page that says why there is nothing
        EmptyPage::Words empty;
    };
    RoomView(ViewContext& context, BoundState bound, Words words, QWidget* parent);

    // Puts the page together: prompt, banner, `between`, then the content or why there is none.
    void makePage(QWidget* content, Skeleton skeleton,
                  const std::initializer_list<QWidget*>& between = {});
    // On the "View" menu. What is done with a figure comes last.
    template <typename Act>
    void addViewAction(const QString& text, Act act)
    {
        auto* action = new QAction(text, this);
        connect(action, &QAction::triggered, this, act);
        actions_.append(action);
    }
    void addFigureActions(const QString& figure);
    void addFigureActions(QMenu& menu, const QString& figure);
    void keepSizes(std::initializer_list<QSplitter*> splitters); // that a person gives them

    // --- what a view says
    virtual bool hasContent() const = 0;
    // Opens these on a worker thread (compute "open"), at least one; ends with opened().
    virtual void openRuns(const std::vector<RunHandle>& done) = 0;
    virtual void dropRuns() = 0; // there is none to show
    // Parameters of a prompt typed here, but for the prompt.
    virtual Values promptValues() const = 0;
    virtual void startStudy() = 0; // the button of the empty page
    // Makes the figure of that name on a worker thread; none: it cannot be made now.
    virtual std::function<std::optional<figure::Figure>()>
    figureMaker(const QString& name) const = 0;
    // Above the content, and the button that goes on.
    struct Notice {
        QString message, action;
    };
    virtual Notice notice() const;
    virtual void actOnNotice() { retry(); }
    virtual void dismissNotice();
    // Why "Where from?" has no answer; empty: it has.
    virtual QString whyNoOrigin() const { return {}; }

    // --- what it calls
    // Of what was opened that which is sound; what is not becomes the failure.
    template <typename Opened>
    std::vector<Opened> sound(std::vector<Result<Opened>> opened)
    {
        std::vector<Opened> good;
        for (auto& each : opened)
            if (each)
                good.push_back(std::move(*each));
            else
                failure_ = QString::fromStdString(each.error().message);
        return good;
    }
    // What is shown now, of this text, was made with this prompt.
    void opened(const RunRecord& first, const QStringList& tokens);
    void opened(); // nothing that could be shown
    void showPage();
    QJsonObject current() const { return bound_.read(state_); } // as far as it is about the text
    void change(const QJsonObject& state, const QString& label, const QString& mergeKey = {});
    // Parameters of the experiment are in it, which the form says too; none: as change().
    void changeLive(const QJsonObject& state, const Values& params, const QString& label,
                    const QString& mergeKey = {});
    void put(const char* key, const QJsonValue& value, const QString& label,
             const QString& mergeKey = {});
    void start(Values params, bool compare);
    void retry();
    void withFigure(const QString& name, FigureAct act);
    QString placeholder() const;
    void setPrompt(const std::string& text);

    ViewContext& context_;
    QJsonObject state_;
    std::vector<RunHandle> runs_;
    QString failure_;

private:
    struct Start {
        Values params;
        bool compare = false;
    };
    void startPrompt(const QString& text, bool compare);

    BoundState bound_;
    const Words words_;
    bool opening_ = false;
    QString loading_;
    double fraction_ = -1;
    std::optional<Start> lastStart_;
    StatePages* pages_ = nullptr;
    PromptLine* prompt_;
    Banner* banner_;
    QList<QAction*> actions_;
};

// "A", "A beside B", "A beside B and 2 more".
QString besideTitle(const QStringList& names);

} // namespace vitrine
