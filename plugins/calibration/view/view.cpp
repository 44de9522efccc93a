#include "plugins/calibration/view/view.h"

#include "core/base/json.h"
#include "core/jobs/experiment/param_texts.h"
#include "plugins/calibration/view/live_tuning.h"
#include "plugins/calibration/view/scene_figures.h"
#include "plugins/calibration/view/tune_controls.h"
#include "plugins/calibration/view/tuning_acts.h"
#include "plugins/calibration/view/tuning_page.h"
#include "widgets/page/run_places.h"
#include "widgets/state_json.h"

#include <QTimer>

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
                        "in the form (F4 shows it).")}},
          tr("Type a prompt and press Enter to calibrate it"), tr("Opening the captures"), parent),
      live_(new LiveTuning(context, this)),
      page_(std::make_unique<TuningPage>(context, this)),
      slowTimer_(new QTimer(this))
{
    makePage(page_->rows, &TuningPage::skeleton, {page_->counters});
    makeActions();
    connectLive();
    connectParts();
    connectTuning();
    slowTimer_->setSingleShot(true);
    slowTimer_->setInterval(kSlowMs);
    connect(slowTimer_, &QTimer::timeout, this, &CalibrationView::refreshSlow);
    page_->counters->hide();
    showPage();
}

CalibrationView::~CalibrationView() = default;

void CalibrationView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    page_->arrange(width(), state_["splitters"].toObject());
}

void CalibrationView::makeActions()
{
    addViewAction(tr("Keep as a run"), [this] { keep(false); });
    addViewAction(tr("Keep beside"), [this] { keep(true); });
    addViewAction(tr("Reset tuning"), [this] { resetTuning(); });
    addViewAction(tr("Show whole map"), [this] { showWholeMap(); });
    addFigureActions(QStringLiteral("map-after"));
}

void CalibrationView::connectLive()
{
    connect(live_, &LiveTuning::arrived, this, [this] {
        makeScene();
        refresh();
        if (!slowTimer_->isActive())
            slowTimer_->start();
        emit shown();
    });
    connect(live_, &LiveTuning::troubleChanged, this, [this] { showPage(); });
    connect(live_, &LiveTuning::busyChanged, this,
            [this] { page_->maps->setBusy(live_->isBehind()); });
}

void CalibrationView::connectParts()
{
    connect(page_->maps, &MapCard::lookChosen, this,
            [this](const figure::MapLook& look, const QString& label, const QString& mergeKey) {
                edit([&](State& state) { state.look = look; }, label, mergeKey);
            });
    connect(page_->maps, &MapCard::cellClicked, this,
            [this](const MapCell& cell, Qt::KeyboardModifiers) { selectToken(cell.column); });
    connect(page_->maps, &MapCard::keyHovered, page_->plots, &SinkPlots::point);
    connect(page_->tokens->strip(), &TokenStrip::tokenHovered, page_->plots, &SinkPlots::point);
    connect(page_->maps, &MapsPanel::menuWished, this, &CalibrationView::showMenu);
    connect(page_->heads, &ItemCard::menuWished, this,
            [this](QPoint place) { showMenu(place, QStringLiteral("head-matrix")); });
    connect(page_->tables, &TablesPanel::tableChosen, this,
            [this](const QString& name) { put("table", name, tr("Choose table")); });
    connect(page_->plots, &SinkPlots::stateWished, this, &CalibrationView::put);
    connect(page_->plots, &SinkPlots::tokenChosen, this, &CalibrationView::selectToken);
    keepSizes({page_->rows, page_->top, page_->numbers});
}

void CalibrationView::connectTuning()
{
    HeadsPanel* heads = page_->heads;
    connect(heads->grid(), &ItemGrid::selectionWished, this,
            [this](ItemId id) { selectHead(headOf(id)); });
    connect(heads->grid(), &ItemGrid::chosenToggled, this, [this](ItemId id) {
        tune([&](const Scene& scene) { return withHeadToggled(scene, headOf(id)); });
    });
    connect(heads->grid(), &ItemGrid::lassoed, this,
            [this](const std::set<ItemId>& items, Qt::KeyboardModifiers modifiers) {
                std::set<LayerHead> lassoed;
                for (const ItemId item : items)
                    lassoed.insert(headOf(item));
                tune([&](const Scene& scene) { return withLasso(scene, lassoed, modifiers); });
            });
    connect(heads, &HeadsPanel::setWished, this, [this](const QString& words) {
        tune([&](const Scene& scene) {
            return withParameter(scene, "heads", words.toStdString(),
                                 words == QLatin1String("all") ? tr("Calibrate all heads")
                                                               : tr("Calibrate no head"));
        });
    });
    connect(heads, &HeadsPanel::randomWished, this, [this] { tune(withRandomHeads); });
    connect(heads, &HeadsPanel::fileWished, this, &CalibrationView::chooseFile);
    connect(heads, &ItemCard::scoreIndexChosen, this, [this](int index) {
        const auto score = static_cast<HeadScore>(index);
        edit([score](State& state) { state.score = score; },
             tr("Score heads by %1").arg(text(scoreLabel(score))));
    });
    const TokenStrip* strip = page_->tokens->strip();
    connect(strip, &TokenStrip::tokenChosen, this, &CalibrationView::toggleSink);
    connect(strip, &TokenStrip::tokenPinToggled, this, &CalibrationView::toggleByHand);
    connect(strip, &TokenStrip::tokenActed, this, &CalibrationView::toggleByHand);
    TuneControls* controls = page_->maps->tuneControls();
    connect(controls, &TuneControls::tuned, this,
            [this](const std::string& parameter, const ParamValue& value) {
                tune([&](const Scene& scene) {
                    return withParameter(scene, parameter, value,
                                         tr("Change %1").arg(text(parameter)),
                                         QStringLiteral("tune:") + text(parameter));
                });
            });
    connect(controls, &TuneControls::headBetaChosen, this, [this](double beta) {
        tune([beta](const Scene& scene) { return withOwnBeta(scene, beta); });
    });
    connect(controls, &TuneControls::keepWished, this, &CalibrationView::keep);
    connect(controls, &TuneControls::resetWished, this, &CalibrationView::resetTuning);
    connect(controls, &TuneControls::ownBetaChosen, this, [this](bool own) {
        edit([own](State& state) { state.ownBeta = own; }, tr("Choose whose beta is set"));
    });
}

void CalibrationView::setRuns(const std::vector<RunHandle>& runs)
{
    live_->forget();
    PromptRoomView::setRuns(runs);
}

void CalibrationView::dropRuns()
{
    scene_.reset();
    stored_.clear();
    page_->counters->hide();
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
        page_->arrange(width(), state_["splitters"].toObject());
        refresh();
        refreshSlow();
        ask();
    }
    page_->counters->setVisible(scene_ != nullptr);
    showPage();
    emit titleChanged();
}

// Runs and state into one scene; the first run is the live result where there is one.
void CalibrationView::makeScene()
{
    auto scene = std::make_unique<Scene>();
    scene->runs = stored_;
    if (live_->result())
        scene->runs.front() = *live_->result();
    scene->live = live_->result().has_value();
    scene->version = ++version_;
    scene_ = std::move(scene);
}

void CalibrationView::setState(const QJsonObject& state)
{
    const QJsonObject plainBefore = current();
    state_ = state;
    page_->setSizes(state_["splitters"].toObject());
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
    scene_->read(readCurrent(), stored_.front());
    std::vector<std::string> uids;
    for (const TunedRun& run : stored_)
        uids.push_back(run.run->uid);
    scene_->places = figure::runPlaces(uids, runPlacesIn(state_));
    page_->setScene(*scene_);
}

void CalibrationView::refreshSlow()
{
    slowTimer_->stop();
    if (scene_)
        page_->setNumbers(*scene_, current());
}

void CalibrationView::ask()
{
    const bool asStored = tuningOf(scene_->wished, stored_.front().run->params).all().empty() &&
                          stored_.front().keeps(scene_->head);
    if (!asStored) {
        live_->ask(wished(), stored_.front());
    } else if (live_->leave()) {
        makeScene();
        refresh();
        slowTimer_->start();
    }
}

CalibrationView::Values CalibrationView::wished() const
{
    Values given = paramTexts(scene_->wished);
    given["keep"] = headText(scene_->head);
    return given;
}

RoomView::Notice CalibrationView::notice() const
{
    const QString& trouble = live_->trouble();
    if (live_->hasDied())
        return {trouble.isEmpty() ? failure_ : trouble, tr("Restart")};
    return trouble.isEmpty() ? RoomView::notice() : Notice{trouble, {}};
}

void CalibrationView::actOnNotice()
{
    if (live_->hasDied())
        live_->restart();
    else
        retry();
}

void CalibrationView::dismissNotice()
{
    failure_.clear();
    live_->dismiss();
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
