#include "plugins/calibration/view/view.h"

#include "core/base/json.h"
#include "plugins/calibration/view/counters.h"
#include "plugins/calibration/view/heads_panel.h"
#include "plugins/calibration/view/maps_panel.h"
#include "plugins/calibration/view/next_table.h"
#include "plugins/calibration/view/tables_panel.h"
#include "plugins/calibration/view/tokens_panel.h"
#include "plugins/calibration/view/view_drawing.h"
#include "widgets/page/run_places.h"
#include "widgets/page/splitters.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/plot/plot_view.h"
#include "widgets/state_json.h"

#include <QTimer>

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr int kSlowMs = 120; // plots and tables follow so long after a live result

// What plots and tables depend on beside the scene.
QJsonObject keysOf(const QJsonObject& state)
{
    QJsonObject kept;
    for (const char* key : {"plot", "table", "profile_range", "census_range"})
        kept[QLatin1String(key)] = state[QLatin1String(key)];
    return kept;
}

} // namespace

CalibrationView::CalibrationView(ViewContext& context, QWidget* parent)
    : PromptRoomView(
          context, boundToText(),
          {.name = tr("Calibration"),
           .experiment = QStringLiteral("calibration.tune"),
           .failure = tr("There is nothing to show"),
           .empty = {tr("What do the sinks do?"),
                     tr("This room shrinks the attention that later tokens gather without "
                        "need and gives it to the other tokens (ACT), head by head, and shows "
                        "at once what that changes."),
                     tr("Calibrate a speech"),
                     tr("Runs the shipped language model on a shipped text; takes a few "
                        "seconds"),
                     tr("Or type a prompt above and press Enter, or choose a model and a text "
                        "at the right.")}},
          tr("Type a prompt and press Enter to calibrate it"), tr("Opening the captures"), parent),
      busyTimer_(new QTimer(this)),
      slowTimer_(new QTimer(this))
{
    makeLayout();
    makeActions();
    connectParts();
    connectTuning();
    busyTimer_->setSingleShot(true);
    busyTimer_->setInterval(100);
    connect(busyTimer_, &QTimer::timeout, this, &CalibrationView::showBusy);
    slowTimer_->setSingleShot(true);
    slowTimer_->setInterval(kSlowMs);
    connect(slowTimer_, &QTimer::timeout, this, &CalibrationView::refreshSlow);
    counters_->hide();
    showPage();
}

CalibrationView::~CalibrationView() = default;

void CalibrationView::setRuns(const std::vector<RunHandle>& runs)
{
    asked_.clear();
    liveRun_.reset();
    PromptRoomView::setRuns(runs);
}

void CalibrationView::dropRuns()
{
    scene_.reset();
    stored_.clear();
    counters_->hide();
}

void CalibrationView::openRuns(const std::vector<RunHandle>& done)
{
    const auto opened = std::make_shared<std::vector<Result<TunedRun>>>();
    context_.compute(
        this, QStringLiteral("open"),
        [opened, done] {
            for (const RunHandle& run : done)
                opened->push_back(openTuned(run));
        },
        [this, opened] { takeRuns(std::move(*opened)); });
}

void CalibrationView::takeRuns(std::vector<Result<TunedRun>> read)
{
    stored_ = sound(std::move(read));
    scene_.reset();
    if (stored_.empty()) {
        opened();
    } else {
        opened(*stored_.front().run, *stored_.front().tokens);
        makeScene();
        arrange();
        refresh();
        refreshSlow();
        ask();
    }
    counters_->setVisible(scene_ != nullptr);
    showPage();
    emit titleChanged();
}

// Runs and state into one scene; the first run is the live result where there is one.
void CalibrationView::makeScene()
{
    auto scene = std::make_unique<Scene>();
    scene->runs = stored_;
    if (liveRun_)
        scene->runs.front() = *liveRun_;
    scene->live = liveRun_.has_value();
    scene->version = ++version_;
    scene_ = std::move(scene);
}

void CalibrationView::setState(const QJsonObject& state)
{
    const QJsonObject plainBefore = current();
    state_ = state;
    applySplitters({page_, top_, numbers_}, state_["splitters"].toObject());
    if (!scene_)
        return;
    const LayerHead before = scene_->head;
    const State look = scene_->state;
    refresh();
    ask();
    State sameBut = look;
    sameBut.tune = scene_->state.tune;
    sameBut.tuneOf = scene_->state.tuneOf;
    sameBut.look.window = scene_->state.look.window;
    if (before != scene_->head || !(sameBut == scene_->state) ||
        keysOf(plainBefore) != keysOf(current()))
        refreshSlow();
    if (before != scene_->head)
        emit titleChanged();
}

State CalibrationView::readCurrent() const
{
    State state = readState(coreJson(current()));
    if (state.tuneOf != stored_.front().run->uid)
        state.tune = {};
    return state;
}

void CalibrationView::refresh()
{
    Scene& scene = *scene_;
    scene.state = readCurrent();
    scene.wished = tuned(stored_.front().run->params, scene.state.tune);
    const LayerHead fallback = shownHead(*stored_.front().run, Json::object());
    const auto chosen = scene.state.selection.head;
    scene.head = chosen && stored_.front().head(*chosen) ? *chosen : fallback;
    scene.chosen = chosenHeads(scene);
    std::vector<std::string> uids;
    for (const TunedRun& run : stored_)
        uids.push_back(run.run->uid);
    scene.places = figure::runPlaces(uids, runPlacesIn(state_));
    heads_->setScene(scene);
    maps_->setScene(scene);
    tokens_->setScene(scene);
    next_->setScene(scene);
    counters_->setScene(scene);
}

void CalibrationView::refreshSlow()
{
    slowTimer_->stop();
    if (!scene_)
        return;
    const bool census = state_["plot"].toString() == QLatin1String("census");
    plotChoice_->setCurrent(census ? 1 : 0);
    if (auto figure = figureOf(*scene_, current(), census ? "sink-census" : "sink-profile"))
        profile_->setFigure(std::move(*figure));
    profile_->setRangeState(
        current()[QLatin1String(census ? "census_range" : "profile_range")].toObject());
    tables_->setTable(state_["table"].toString());
    tables_->setScene(*scene_);
}

RoomView::Notice CalibrationView::notice() const
{
    if (liveDied_)
        return {notice_.isEmpty() ? failure_ : notice_, tr("Restart")};
    return notice_.isEmpty() ? RoomView::notice() : Notice{notice_, {}};
}

void CalibrationView::actOnNotice()
{
    if (!liveDied_)
        return retry();
    liveDied_ = false;
    notice_.clear();
    live_->restart();
    showBusy();
    showPage();
}

void CalibrationView::dismissNotice()
{
    failure_.clear();
    notice_.clear();
}

QString CalibrationView::title() const
{
    if (!scene_)
        return runs_.empty() ? tr("Calibration") : text(runLabel(*runs_.front()));
    QStringList names;
    for (const TunedRun& run : stored_)
        names << run.name;
    return besideTitle(names) + QStringLiteral(" · ") + headName(scene_->head);
}

std::vector<figure::Figure> CalibrationView::figures() const
{
    if (!scene_)
        return {};
    Scene kept = *scene_; // a report reads the store: of a live result it can say nothing
    kept.runs = stored_;
    return figuresOf(kept, current());
}

} // namespace vitrine::calibration_plugin
