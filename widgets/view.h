#pragma once

#include "core/base/result.h"
#include "core/figure/figure.h"
#include "core/jobs/experiment/run_record.h"

#include <QAction>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QWidget>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vitrine
{

class View;

// A run as views see it: never changes. Artifacts are paths in the record.
using RunHandle = std::shared_ptr<const RunRecord>;

// A live session in a warm worker: answers while a person drags. A result has the type of a stored
// run, with number 0 and no uid; its artifacts last until the one after next, so a view opens them
// when they come and drops what it could not open when a newer one is there. Window's thread.
class LiveRun : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    // Asks for a result. Requests made while one is computed wait, and only the newest of them is
    // computed next: a drag shows states on its way and ends with the last.
    virtual void update(const std::map<std::string, std::string>& params) = 0;
    virtual bool isBusy() const = 0; // something asked for has not come
    virtual void restart() = 0;      // after its death: a new worker gets the newest request again

signals:
    void updated(const vitrine::RunHandle& run);
    void refused(const QString& message); // the request was wrong; the session goes on
    void died(const QString& lastWords);
};

// What the window offers to a view. Lives longer than the view; used in the window's thread.
class ViewContext : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    // The only way to change a view's state: remembers the old one for undo, saves the workspace,
    // and calls the view's setState(newState). Changes with the same non-empty mergeKey in quick
    // succession (a drag) are one undo step.
    virtual void change(View* view, const QJsonObject& newState, const QString& label,
                        const QString& mergeKey = {}) = 0;

    // As change(), of a state in which parameters of the view's experiment are live (a threshold,
    // a text): the form beside the view says them too, in the same undo step.
    virtual void changeLive(View* view, const QJsonObject& newState,
                            const std::map<std::string, std::string>& params, const QString& label,
                            const QString& mergeKey = {})
    {
        (void)params; // there is no form
        change(view, newState, label, mergeKey);
    }

    // Starts a kept run; when it is done and `show` is set, the view gets it (added to its runs
    // where `compare`).
    virtual void startRun(View* view, const std::string& experiment,
                          const std::map<std::string, std::string>& params,
                          bool compare = false) = 0;

    // As startRun() for each, one after the other, each added to the view's runs in this order;
    // where one fails or is cancelled the rest is not run.
    virtual void startRuns(View* view, const std::string& experiment,
                           const std::vector<std::map<std::string, std::string>>& all) = 0;

    // What stands in the form beside the view, as texts; none where there is no form, or it is
    // another experiment's.
    virtual std::optional<std::map<std::string, std::string>> formValues(const View*,
                                                                         const std::string&) const
    {
        return std::nullopt;
    }

    // A live session of the experiment. It belongs to `owner`; its worker starts with the first
    // update. To keep what it shows start a run with the same parameters.
    virtual LiveRun* openLive(QObject* owner, const std::string& experiment) = 0;

    // Work on a thread of the window's pool, then `done` in the window's thread unless `owner` is
    // gone or a newer request of the same owner and key has come.
    virtual void compute(QObject* owner, const QString& key, std::function<void()> work,
                         std::function<void()> done) = 0;

    virtual void
    copyFigure(const figure::Figure& figure) = 0; // to the clipboard as picture and SVG
    virtual void
    exportFigure(const figure::Figure& figure) = 0; // asks for a file: PDF, SVG, PNG, CSV
    virtual void showOrigin(const figure::Figure& figure) = 0; // "Where from?"
    virtual void showMessage(const QString& line) = 0;         // in the message log
    // Into the report that is being written, as it stands. Not where there is none to be written.
    virtual void addToReport(const figure::Figure&) { showMessage("Reports are not written here"); }
    // Shows the form of an experiment, which may be of another room, with these parameters in it
    // and the others as they stand there; nothing is run. Not where there are no other rooms.
    virtual void openForm(const std::string& experiment,
                          const std::map<std::string, std::string>& params)
    {
        (void)params;
        showMessage("There is no form of " + QString::fromStdString(experiment) + " here");
    }

signals:
    void themeChanged();
};

// Shows one run or several side by side. A view draws from runs and its state only.
class View : public QWidget
{
    Q_OBJECT
public:
    using QWidget::QWidget;

    virtual void setRuns(const std::vector<RunHandle>& runs) = 0;
    virtual QJsonObject
    state() const = 0; // all that a person changed: zoom, pins, selection, thresholds
    virtual void setState(const QJsonObject& state) = 0;
    virtual QList<QAction*> viewActions() const { return {}; }
    virtual QString
    title() const = 0; // says in words what is shown: "speech-2016.txt · vitrine-lm"
    virtual std::vector<figure::Figure> figures() const { return {}; } // as they stand, for reports

    // While a run for this view is under way, or has failed: the view shows its skeleton or the
    // reason. Empty text: neither.
    virtual void setLoading(const QString& what, double fraction) = 0;
    virtual void setFailure(const QString& message) = 0;

signals:
    void titleChanged();
    void parametersEdited(
        const std::map<std::string, std::string>& params); // typed in the view (a prompt)
};

} // namespace vitrine
