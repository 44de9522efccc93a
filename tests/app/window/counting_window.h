#pragma once

#include "app/window/main_window.h"
#include "app/window/room_page.h"
#include "app/window/workspace.h"
#include "core/jobs/bundle/bundle.h"

#include <QApplication>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

// A window with one room of two experiments, whose worker answers at once.
namespace vitrine::tests
{

class CountExperiment : public Experiment
{
public:
    ExperimentInfo info() const override
    {
        return {"test.count", "Count", "Counts to a number.", 1};
    }
    std::vector<ParamSpec> params(const Params&) const override
    {
        ParamSpec limit;
        limit.name = "limit";
        limit.label = "Limit";
        limit.type = ParamType::integer;
        limit.fallback = std::int64_t{10};
        ParamSpec text;
        text.name = "prompt_file";
        text.label = "Text file";
        text.type = ParamType::file;
        text.optional = true;
        return {limit, text};
    }
    Result<RunResult> run(const Params&, Progress&) const override { return RunResult{}; }
};

class TallyExperiment : public CountExperiment
{
public:
    ExperimentInfo info() const override { return {"test.tally", "Tally", "Counts by fives.", 1}; }
};

// Remembers what the window tells it; its state is one number.
class CountView : public View
{
public:
    CountView(ViewContext& given, QWidget* parent) : View(parent), context(given) {}
    void setRuns(const std::vector<RunHandle>& shown) override
    {
        runs = shown;
        if (!runs.empty())
            setMinimumWidth(widthWithRuns);
        emit titleChanged();
    }
    QJsonObject state() const override { return current; }
    void setState(const QJsonObject& state) override { current = state; }
    QString title() const override
    {
        return name.isEmpty() ? QString("%1 runs").arg(runs.size()) : name;
    }
    void setLoading(const QString& what, double) override { loading = what; }
    void setFailure(const QString&) override {}

    ViewContext& context;
    std::vector<RunHandle> runs;
    QString name;
    int widthWithRuns = 0; // that it needs then
    QJsonObject current = {{"zoom", 1}};
    QString loading;
};

class CountPlugin : public Plugin
{
public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override
    {
        return experiments<CountExperiment, TallyExperiment>();
    }
    View* createView(std::string_view, ViewContext& context, QWidget* parent) const override
    {
        return new CountView(context, parent);
    }
    // Says in its caption with which state it was drawn.
    std::vector<figure::Figure> figures(const std::vector<RunRecord>&,
                                        const QJsonObject& state) const override
    {
        figure::Figure count{.name = "count"};
        count.caption = QString("zoom %1").arg(state["zoom"].toInt()).toStdString();
        return {count};
    }
};

class OneRoom : public RoomSource
{
public:
    std::vector<RoomInfo> rooms() const override
    {
        RoomInfo room{"count", "Counting", "Counts.", "plugin", 1, {"test.count", "test.tally"}};
        room.opens = {{"a text", "prompt_file", {"txt"}, {}, {}}};
        room.studies = {{.id = "count",
                         .title = "Count once",
                         .line = {},
                         .experiment = "test.count",
                         .params = {},
                         .thumbnail = {},
                         .missing = {}}};
        return {room};
    }
    Result<Plugin*> load(const QString&) override { return &plugin_; }
    QStringList problems() const override { return {}; }

private:
    CountPlugin plugin_;
};

inline const char* const kGoodWorker = R"(#!/bin/sh
mkdir -p "$2/bundle"
sed "s/00000000000000000000000000000000/$(basename $2)/" "$(dirname $0)/bundle/run.json" > "$2/bundle/run.json"
)";
inline const char* const kFailingWorker = "#!/bin/sh\nexit 1\n";

template <typename W>
W* named(QWidget& inside, const QString& name)
{
    for (W* widget : inside.findChildren<W*>()) {
        if (widget->accessibleName() == name && widget->isVisible())
            return widget;
    }
    return nullptr;
}

class CountingWindow : public testing::Test
{
protected:
    CountingWindow()
    {
        qputenv("XDG_CONFIG_HOME", folder.path().toUtf8());
        countTo(10);
        useWorker(kGoodWorker);
    }

    // What the worker gives from now on.
    void countTo(std::int64_t limit)
    {
        RunRecord run;
        run.uid = std::string(32, '0');
        run.experiment = "test.count";
        run.state = RunState::done;
        run.started = "2026-05-01T12:00:00.000Z";
        run.params.set("limit", limit);
        run.result.metrics = {{"answer", 42.0, "1", Origin::computed, ""}};
        EXPECT_TRUE(writeBundle(folder.filePath("bundle").toStdString(), run));
    }

    void useWorker(const char* script)
    {
        QFile file(folder.filePath("worker"));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(script);
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void open()
    {
        window.reset();
        window = std::make_unique<MainWindow>(source, folder.filePath("w.vitrine").toStdString(),
                                              folder.filePath("worker").toStdString());
        window->resize(1400, 900);
        window->show();
        window->activateWindow(); // shortcuts belong to the active window
        EXPECT_TRUE(QTest::qWaitForWindowActive(window.get()));
        window->openWorkspace();
    }

    // What is written by itself a moment after a change.
    bool autosaved()
    {
        const auto* workspace = window->findChild<Workspace*>();
        return QTest::qWaitFor([&] { return workspace->isSaved(); }, 10'000);
    }
    RoomPage& room() { return *window->room("count"); }
    CountView& view() { return static_cast<CountView&>(*room().view()); }

    QTemporaryDir folder;
    OneRoom source;
    std::unique_ptr<MainWindow> window;
};

} // namespace vitrine::tests
