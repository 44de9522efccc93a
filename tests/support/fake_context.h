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
        const QPointer<QObject> alive(owner);
        pool_.start([this, alive, key, number, work = std::move(work), done = std::move(done)] {
            work();
            QMetaObject::invokeMethod(
                this,
                [this, alive, key, number, done] {
                    if (alive && newest_[{alive.data(), key}] == number)
                        done();
                },
                Qt::QueuedConnection);
        });
    }
    void copyFigure(const figure::Figure& figure) override { copied.push_back(figure); }
    void exportFigure(const figure::Figure& figure) override { exported.push_back(figure); }
    void showOrigin(const figure::Figure& figure) override { origins.push_back(figure); }
    void showMessage(const QString& line) override { messages.push_back(line); }

    std::vector<Change> changes;
    std::vector<Start> starts;
    FakeLive* live = nullptr; // the newest; belongs to its view
    std::string liveExperiment;
    std::vector<figure::Figure> copied, exported, origins;
    std::vector<QString> messages;

private:
    std::map<std::pair<QObject*, QString>, int> newest_;
    QThreadPool pool_;
};

} // namespace vitrine::tests
