#pragma once

#include "widgets/view.h"

#include <QPointer>
#include <QThreadPool>

#include <map>
#include <string>
#include <vector>

// A window for one view: applies changes and keeps them for undo, remembers what was asked for.
namespace vitrine::tests
{

// A live session whose answers the test gives.
class FakeLive : public LiveRun
{
public:
    using LiveRun::LiveRun;
    void update(const std::map<std::string, std::string>& params) override
    {
        updates.push_back(params);
    }
    bool isBusy() const override { return answered < updates.size(); }
    void restart() override { ++restarts; }

    void answer(const RunHandle& run)
    {
        answered = updates.size();
        emit updated(run);
    }

    std::vector<std::map<std::string, std::string>> updates;
    std::size_t answered = 0;
    int restarts = 0;
};

class FakeContext : public ViewContext
{
public:
    FakeContext() : ViewContext(nullptr) { pool_.setMaxThreadCount(2); }
    ~FakeContext() override { pool_.waitForDone(); }

    struct Change {
        QJsonObject before, after;
        QString label, mergeKey;
    };
    struct Start {
        std::string experiment;
        std::map<std::string, std::string> params;
        bool compare = false;
    };

    void change(View* view, const QJsonObject& state, const QString& label,
                const QString& mergeKey) override
    {
        if (!mergeKey.isEmpty() && !changes.empty() && changes.back().mergeKey == mergeKey)
            changes.back().after = state;
        else
            changes.push_back({view->state(), state, label, mergeKey});
        view->setState(state);
    }
    void changeLive(View* view, const QJsonObject& state,
                    const std::map<std::string, std::string>& params, const QString& label,
                    const QString& mergeKey) override
    {
        toForm = params;
        change(view, state, label, mergeKey);
    }
    void undo(View* view)
    {
        const Change last = changes.back();
        changes.pop_back();
        view->setState(last.before);
    }
    void startRun(View*, const std::string& experiment,
                  const std::map<std::string, std::string>& params, bool compare) override
    {
        starts.push_back({experiment, params, compare});
    }
    void startRuns(View*, const std::string& experiment,
                   const std::vector<std::map<std::string, std::string>>& all) override
    {
        for (const auto& params : all)
            starts.push_back({experiment, params, true});
    }
    std::optional<std::map<std::string, std::string>>
    formValues(const View*, const std::string& id) const override
    {
        return id == formExperiment ? std::optional(form) : std::nullopt;
    }
    void openForm(const std::string& experiment,
                  const std::map<std::string, std::string>& params) override
    {
        forms.push_back({experiment, params});
    }
    LiveRun* openLive(QObject* owner, const std::string& experiment) override
    {
        liveExperiment = experiment;
        live = new FakeLive(owner);
        return live;
    }
    void compute(QObject* owner, const QString& key, std::function<void()> work,
                 std::function<void()> done) override
    {
        const int number = ++newest_[{owner, key}];
        ++computing_;
        const QPointer<QObject> alive(owner);
        pool_.start([this, alive, key, number, work = std::move(work), done = std::move(done)] {
            work();
            QMetaObject::invokeMethod(
                this,
                [this, alive, key, number, done] {
                    --computing_;
                    if (alive && newest_[{alive.data(), key}] == number)
                        done();
                },
                Qt::QueuedConnection);
        });
    }
    bool isIdle() const { return computing_ == 0; } // nothing is computed for a view any more
    void copyFigure(const figure::Figure& figure) override { copied.push_back(figure); }
    void exportFigure(const figure::Figure& figure) override { exported.push_back(figure); }
    void showOrigin(const figure::Figure& figure) override { origins.push_back(figure); }
    void showMessage(const QString& line) override { messages.push_back(line); }

    std::string formExperiment; // whose form stands beside the view; empty: there is none
    std::map<std::string, std::string> form;
    std::vector<Start> forms; // that were opened
    std::vector<Change> changes;
    std::map<std::string, std::string> toForm; // of the last live change
    std::vector<Start> starts;
    FakeLive* live = nullptr; // the newest; belongs to its view
    std::string liveExperiment;
    std::vector<figure::Figure> copied, exported, origins;
    std::vector<QString> messages;

private:
    std::map<std::pair<QObject*, QString>, int> newest_;
    int computing_ = 0;
    QThreadPool pool_;
};

} // namespace vitrine::tests
