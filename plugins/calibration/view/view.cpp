#include "plugins/calibration/view/view.h"

#include "core/base/json.h"
#include "plugins/calibration/view/counters.h"
#include "plugins/calibration/view/heads_panel.h"
#include "plugins/calibration/view/maps_panel.h"
#include "plugins/calibration/view/next_table.h"
#include "plugins/calibration/view/tables_panel.h"
#include "plugins/calibration/view/tokens_panel.h"
#include "plugins/calibration/view/view_drawing.h"
#include "widgets/page/banner.h"
#include "widgets/page/prompt_line.h"
#include "widgets/page/run_places.h"
#include "widgets/page/splitters.h"
#include "widgets/page/state_pages.h"
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
    : View(parent), context_(context), busyTimer_(new QTimer(this)), slowTimer_(new QTimer(this))
{
    setObjectName("page");
    setAccessibleName(tr("Calibration"));
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
    showPage();
}

CalibrationView::~CalibrationView() = default;

void CalibrationView::setRuns(const std::vector<RunHandle>& runs)
{
    runs_ = runs;
    failure_.clear();
    loading_.clear();
    asked_.clear();
    liveRun_.reset();
    std::vector<RunHandle> usable;
    for (const RunHandle& run : runs)
        if (run->state == RunState::done)
            usable.push_back(run);
        else
            failure_ = text(run->error.empty() ? "the run did not finish" : run->error);
    opening_ = !usable.empty();
    if (usable.empty()) {
        scene_.reset();
        stored_.clear();
        context_.compute(
            this, QStringLiteral("open"), [] {}, [] {}); // what is being opened is not wanted
        showPage();
        emit titleChanged();
        return;
    }
    showPage();
    const auto opened = std::make_shared<std::vector<Result<TunedRun>>>();
    context_.compute(
        this, QStringLiteral("open"),
        [opened, usable] {
            for (const RunHandle& run : usable)
                opened->push_back(openTuned(run));
        },
        [this, opened] { takeRuns(std::move(*opened)); });
}

void CalibrationView::takeRuns(std::vector<Result<TunedRun>> opened)
{
    opening_ = false;
    stored_.clear();
    for (auto& run : opened) {
        if (run)
            stored_.push_back(std::move(*run));
        else
            failure_ = text(run.error().message);
    }
    scene_.reset();
    if (!stored_.empty()) {
        bound_.setSubject(subjectOfTokens(*stored_.front().tokens));
        prompt_->setText(text(parameterText(stored_.front().run->params, "prompt")));
        makeScene();
        arrange();
        refresh();
        refreshSlow();
        ask();
    }
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

void CalibrationView::showPage()
{
    const QString what = !loading_.isEmpty() ? loading_
                         : opening_          ? tr("Opening the captures")
                                             : QString();
    prompt_->setProgress(scene_ && !what.isEmpty(), what, loading_.isEmpty() ? -1 : fraction_);
    const QString said = !notice_.isEmpty() ? notice_ : failure_;
    banner_->setMessage(scene_ ? said : QString(), liveDied_           ? tr("Restart")
                                                   : notice_.isEmpty() ? tr("Try again")
                                                                       : QString());
    counters_->setVisible(scene_ != nullptr);
    pages_->setState({.hasContent = scene_ != nullptr,
                      .loading = what,
                      .fraction = loading_.isEmpty() ? -1 : fraction_,
                      .failure = failure_,
                      .canRetry = lastStart_ || !runs_.empty()});
}

void CalibrationView::setLoading(const QString& what, double fraction)
{
    loading_ = what;
    fraction_ = fraction;
    showPage();
}

// The page around the view says why a run failed; here only the skeleton goes.
void CalibrationView::setFailure(const QString&)
{
    loading_.clear();
    showPage();
}

QString CalibrationView::title() const
{
    if (!scene_)
        return runs_.empty() ? tr("Calibration") : text(runLabel(*runs_.front()));
    QString subject = stored_.front().name;
    if (stored_.size() > 1)
        subject = tr("%1 beside %2").arg(subject, stored_[1].name);
    if (stored_.size() > 2)
        subject += tr(" and %1 more").arg(stored_.size() - 2);
    return subject + QStringLiteral(" · ") + headName(scene_->head);
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
