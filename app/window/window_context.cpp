#include "app/window/window_context.h"

#include <QFileDialog>

#include "app/report/figure_actions.h"
#include "app/window/main_window.h"
#include "app/window/origin_panel.h"
#include "app/window/parameter_panel.h"
#include "app/window/room_page.h"
#include "widgets/params/param_form.h"
#include "widgets/runner/live_session.h"

#include <QPointer>

namespace vitrine
{

WindowContext::WindowContext(MainWindow& window)
    : ViewContext(&window), window_(window), pool_(new ComputePool(this))
{
}

void WindowContext::change(View* view, const QJsonObject& newState, const QString& label,
                           const QString& mergeKey)
{
    if (RoomPage* page = window_.rooms().roomShowing(view)) {
        RoomState after = page->state();
        after.view = newState;
        window_.change({page->info().id, label, mergeKey, page->state(), after});
    }
}

void WindowContext::changeLive(View* view, const QJsonObject& newState,
                               const std::map<std::string, std::string>& params,
                               const QString& label, const QString& mergeKey)
{
    if (RoomPage* page = window_.rooms().roomShowing(view))
        page->changeLive(newState, params, label, mergeKey);
}

void WindowContext::startRun(View* view, const std::string& experiment,
                             const std::map<std::string, std::string>& params, bool compare)
{
    const RoomPage* page = window_.rooms().roomShowing(view);
    window_.startRun(experiment, params, page != nullptr ? page->info().id : QString(), compare);
}

void WindowContext::startRuns(View* view, const std::string& experiment,
                              const std::vector<std::map<std::string, std::string>>& all)
{
    if (const RoomPage* page = window_.rooms().roomShowing(view))
        window_.starter().addAll(experiment, all, page->info().id);
}

std::optional<std::map<std::string, std::string>>
WindowContext::formValues(const View* view, const std::string& experiment) const
{
    const RoomPage* page = window_.rooms().roomShowing(view);
    if (page == nullptr || page->panel()->experiment().toStdString() != experiment)
        return std::nullopt;
    return page->panel()->form().values();
}

void WindowContext::openForm(const std::string& experiment,
                             const std::map<std::string, std::string>& params)
{
    window_.openForm(QString::fromStdString(experiment), params);
}

LiveRun* WindowContext::openLive(QObject* owner, const std::string& experiment)
{
    const QPointer<RoomPage> page = window_.rooms().roomShowing(qobject_cast<View*>(owner));
    const auto resolve = [page, experiment](const Runner::Values& values) -> Result<Params> {
        if (!page)
            return failure("the room of {} is closed", experiment);
        return page->resolve(experiment, values);
    };
    auto* live = new WorkerLiveRun(window_.program(), experiment, resolve, owner);
    connect(live, &LiveRun::died, this, &WindowContext::showMessage);
    return live;
}

void WindowContext::compute(QObject* owner, const QString& key, std::function<void()> work,
                            std::function<void()> done)
{
    pool_->compute(owner, key, std::move(work), std::move(done));
}

void WindowContext::copyFigure(const figure::Figure& figure)
{
    vitrine::copyFigure(figure);
    showMessage("Copied figure " + QString::fromStdString(figure.name));
}

void WindowContext::exportFigure(const figure::Figure& figure)
{
    auto* dialog = new QFileDialog(&window_, "Export figure");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({"PDF (*.pdf)", "SVG (*.svg)", "PNG (*.png)", "Numbers (*.csv)"});
    dialog->setDefaultSuffix("pdf");
    dialog->selectFile(QString::fromStdString(figure.name));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.section("*.", 1).chopped(1));
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this, figure](const QString& path) {
        const auto written = writeFigure(figure, path);
        showMessage(written ? "Exported " + path : QString::fromStdString(written.error().message));
    });
    dialog->open();
}

void WindowContext::showOrigin(const figure::Figure& figure)
{
    std::vector<RunHandle> runs;
    for (const std::string& uid : figure.recipe.runs) {
        if (auto run = window_.runner().load(QString::fromStdString(uid)))
            runs.push_back(*run);
    }
    auto* panel = new OriginPanel(figure, runs, &window_);
    connect(panel, &OriginPanel::againRequested, &window_.starter(), &RunStarter::again);
    connect(panel, &OriginPanel::showInRuns, &window_,
            [this](const QString& uid) { window_.showInRuns({uid}); });
    // What is run again from here tells its outcome here.
    Runner& runner = window_.runner();
    connect(&runner, &Runner::finished, panel,
            [panel](const RunHandle& run) { panel->takeOutcome(run); });
    connect(&runner, &Runner::progressed, panel, [panel, &runner](const QString& uid) {
        if (const auto status = runner.status(uid))
            panel->setProgress(*status);
    });
    panel->show();
}

void WindowContext::showOriginOf(const QStringList& uids, const QString& what)
{
    figure::Figure value;
    value.name = "value";
    value.title = what.toStdString();
    for (const QString& uid : uids)
        value.recipe.runs.push_back(uid.toStdString());
    showOrigin(value);
}

void WindowContext::addToReport(const figure::Figure& figure)
{
    window_.addToReport(figure);
}

void WindowContext::showMessage(const QString& line)
{
    window_.showMessage(line);
}

} // namespace vitrine
