#pragma once

#include "widgets/page/bound_state.h"
#include "widgets/page/state_pages.h"
#include "widgets/view.h"

#include <QAction>

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vitrine
{

class Banner;

// The frame of a view of stored runs: which of them are shown and what is said of the others, the
// pages for nothing yet, loading and failure, changes of the state, runs that are started and tried
// again. A view adds its content.
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

    struct Words {
        QString name;       // of the view, for those who do not see it
        QString experiment; // that it starts
        QString failure;    // heading of the page that says why there is nothing
        EmptyPage::Words empty;
    };
    RoomView(ViewContext& context, BoundState bound, Words words, QWidget* parent);

    // Puts the page together: what stands above the banner and below it, then the content or why
    // there is none.
    struct Around {
        std::vector<QWidget*> above, between;
    };
    void makePage(QWidget* content, Skeleton skeleton, const Around& around);
    void setLeastHeight(int height); // of the content: below it the content scrolls
    // The content within what scrolls.
    QWidget* scrolled(QWidget* content);
    // On the "View" menu.
    template <typename Act>
    void addViewAction(const QString& text, Act act)
    {
        auto* action = new QAction(text, this);
        connect(action, &QAction::triggered, this, act);
        actions_.append(action);
    }

    // --- what a view says
    virtual bool hasContent() const = 0;
    // Those that are sound, maybe none.
    virtual void showRuns(const std::vector<RunHandle>& sound) = 0;
    virtual void startStudy() = 0; // the button of the empty page
    // Whether it can be shown; by default a run that is done.
    virtual bool isSound(const RunRecord& run) const;
    virtual QString troubleOf(const RunRecord& run) const; // of one that is not
    virtual QString whyNothing() const { return failure_; }
    // Above the content, and the button that goes on.
    struct Notice {
        QString message, action;
    };
    virtual Notice notice() const;
    virtual void actOnNotice() { retry(); }
    virtual void dismissNotice();
    virtual QString busy() const { return {}; } // what is done besides a run
    virtual void showWork(const QString& /*what*/, double /*fraction*/) {} // beside the content

    // --- what it calls
    void showPage();
    QJsonObject current() const { return bound_.read(state_); } // as far as it is about the runs
    void bindTo(const QString& subject) { bound_.setSubject(subject); }
    void change(const QJsonObject& state, const QString& label, const QString& mergeKey = {});
    // Parameters of the experiment are in it, which the form says too; none: as change().
    void changeLive(const QJsonObject& state, const Values& params, const QString& label,
                    const QString& mergeKey = {});
    void put(const char* key, const QJsonValue& value, const QString& label,
             const QString& mergeKey = {});
    void start(Values params, bool compare);
    void retry();

    ViewContext& context_;
    QJsonObject state_;
    std::vector<RunHandle> runs_; // all that were given
    QString failure_;
    QList<QAction*> actions_;

private:
    struct Start {
        std::string experiment;
        Values params;
        bool compare = false;
    };

    void start(Start wanted);

    BoundState bound_;
    const Words words_;
    QString loading_;
    double fraction_ = -1;
    std::optional<Start> lastStart_;
    StatePages* pages_ = nullptr;
    Banner* banner_ = nullptr;
};

// "A", "A beside B", "A beside B and 2 more".
QString besideTitle(const QStringList& names);

} // namespace vitrine
