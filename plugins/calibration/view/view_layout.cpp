#include "plugins/calibration/view/counters.h"
#include "plugins/calibration/view/heads_panel.h"
#include "plugins/calibration/view/maps_panel.h"
#include "plugins/calibration/view/next_table.h"
#include "plugins/calibration/view/tables_panel.h"
#include "plugins/calibration/view/tokens_panel.h"
#include "plugins/calibration/view/tune_controls.h"
#include "plugins/calibration/view/view.h"
#include "widgets/page/splitters.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/plot/plot_view.h"

#include <QVBoxLayout>

#include <cmath>

namespace vitrine::calibration_plugin
{
namespace
{

// A view as wide as this has room for the next tokens at the maps' right.
constexpr int kWide = 1180;

std::vector<SkeletonCard> runSkeleton(QSize size)
{
    const int gap = 8, left = 236, right = size.width() >= kWide ? 252 : 0, strip = 92;
    const int bottom = std::max(150, size.height() / 4);
    const int top = size.height() - strip - bottom - 2 * gap;
    const int middle = size.width() - left - gap - (right > 0 ? right + gap : 0);
    const int half = (size.width() - gap) / 2;
    using Body = SkeletonCard::Body;
    std::vector<SkeletonCard> cards = {
        {{0, 0, left, top}, Body::tiles},
        {{left + gap, 0, middle, top}, Body::square},
        {{0, top + gap, size.width(), strip}, Body::words},
        {{0, top + strip + 2 * gap, half, bottom}, Body::plain},
        {{half + gap, top + strip + 2 * gap, half, bottom}, Body::lines}};
    if (right > 0)
        cards.push_back({{size.width() - right, 0, right, top}, Body::lines});
    return cards;
}

} // namespace

void CalibrationView::makeLayout()
{
    counters_ = new Counters(this);
    heads_ = new HeadsPanel(this);
    maps_ = new MapsPanel(
        [this](QObject* owner, const QString& key, std::function<void()> work,
               std::function<void()> done) {
            context_.compute(owner, key, std::move(work), std::move(done));
        },
        this);
    tokens_ = new TokensPanel(this);
    tables_ = new TablesPanel(this);
    auto* next = new Panel(tr("Next token"), this);
    next_ = new NextTable(next);
    next->body()->addWidget(next_, 1);
    nextCard_ = next;
    auto* profile = new Panel(tr("Sinks"), this);
    plotChoice_ = new SegmentedSwitch(profile);
    plotChoice_->setOptions({tr("Profile"), tr("Census")},
                            {tr("s[j] of the shown head, before and after, with the threshold"),
                             tr("Where in the text the sinks of all heads stand")});
    plotChoice_->setAccessibleName(tr("Plot"));
    profile->controls()->addWidget(plotChoice_);
    profile_ = new plot::PlotView(profile);
    profile_->setTitleVisible(false);
    plot::forwardActions(*profile_, context_);
    profile->body()->addWidget(profile_, 1);

    numbers_ = makeSplitter(Qt::Horizontal, {profile, tables_}, this);
    top_ = makeSplitter(Qt::Horizontal, {heads_, maps_}, this);
    page_ = makeSplitter(Qt::Vertical, {top_, tokens_, numbers_}, this);
    makePage(page_, runSkeleton, {counters_});
}

void CalibrationView::arrange()
{
    const bool wide = width() >= kWide;
    if (wide_ == wide)
        return;
    wide_ = wide;
    if (wide) {
        top_->addWidget(nextCard_);
        arrangeSplitter(top_, "top_wide", {236, 760, 252}, {0, 1, 0});
        arrangeSplitter(numbers_, "numbers_wide", {640, 560}, {1, 1});
    } else {
        numbers_->insertWidget(1, nextCard_);
        arrangeSplitter(top_, "top", {216, 740}, {0, 1});
        arrangeSplitter(numbers_, "numbers", {370, 220, 370}, {3, 1, 3});
    }
    arrangeSplitter(page_, "rows", {520, 92, 200}, {3, 0, 2});
    page_->setMinimumHeight(760); // a window too low for all of it scrolls
    nextCard_->show();
    applySplitters({page_, top_, numbers_}, state_["splitters"].toObject());
}

void CalibrationView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    arrange();
}

void CalibrationView::makeActions()
{
    addViewAction(tr("Keep as a run"), [this] { keep(false); });
    addViewAction(tr("Keep beside"), [this] { keep(true); });
    addViewAction(tr("Reset tuning"), [this] { resetTuning(); });
    addViewAction(tr("Show whole map"), [this] { showWholeMap(); });
    addFigureActions(QStringLiteral("map-after"));
}

void CalibrationView::connectParts()
{
    connect(maps_, &MapCard::lookChosen, this,
            [this](const figure::MapLook& look, const QString& label, const QString& mergeKey) {
                edit([&](State& state) { state.look = look; }, label, mergeKey);
            });
    connect(maps_, &MapCard::cellClicked, this,
            [this](const MapCell& cell, Qt::KeyboardModifiers) { selectToken(cell.column); });
    const auto point = [this](std::int64_t token) {
        const bool none = token < 0 || plotChoice_->current() != 0;
        profile_->setLinkedCursor(none ? std::nullopt : std::optional(static_cast<double>(token)));
    };
    connect(maps_, &MapCard::keyHovered, this, point);
    connect(tokens_->strip(), &TokenStrip::tokenHovered, this, point);
    connect(maps_, &MapsPanel::menuWished, this, &CalibrationView::showMenu);
    connect(heads_, &ItemCard::menuWished, this,
            [this](QPoint place) { showMenu(place, QStringLiteral("head-matrix")); });
    connect(tables_, &TablesPanel::tableChosen, this,
            [this](const QString& name) { put("table", name, tr("Choose table")); });
    connect(plotChoice_, &SegmentedSwitch::chosen, this, [this](int index) {
        put("plot", index == 1 ? "census" : "profile", tr("Choose plot"));
    });
    connect(profile_, &plot::PlotView::clicked, this, [this](double x, double) {
        if (plotChoice_->current() == 0)
            selectToken(static_cast<std::int64_t>(std::llround(x)));
    });
    connect(profile_, &plot::PlotView::rangeEdited, this, [this](const QJsonObject& range) {
        put(plotChoice_->current() == 0 ? "profile_range" : "census_range", range, tr("Zoom plot"),
            QStringLiteral("profile"));
    });
    keepSizes({page_, top_, numbers_});
}

void CalibrationView::connectTuning()
{
    connect(heads_->grid(), &ItemGrid::selectionWished, this,
            [this](ItemId id) { selectHead(headOf(id)); });
    connect(heads_->grid(), &ItemGrid::chosenToggled, this, [this](ItemId id) {
        const LayerHead head = headOf(id);
        std::set<LayerHead> heads = scene_->chosen;
        const bool out = heads.erase(head) > 0;
        if (!out)
            heads.insert(head);
        chooseHeads(heads, (out ? tr("Leave out %1") : tr("Calibrate %1")).arg(headName(head)));
    });
    connect(heads_->grid(), &ItemGrid::lassoed, this,
            [this](const std::set<ItemId>& items, Qt::KeyboardModifiers modifiers) {
                std::set<LayerHead> heads;
                for (const ItemId item : items)
                    heads.insert(headOf(item));
                lasso(heads, modifiers);
            });
    connect(heads_, &HeadsPanel::setWished, this, [this](const QString& words) {
        tune("heads", words.toStdString(),
             words == QLatin1String("all") ? tr("Calibrate all heads") : tr("Calibrate no head"));
    });
    connect(heads_, &HeadsPanel::randomWished, this, &CalibrationView::chooseRandom);
    connect(heads_, &HeadsPanel::fileWished, this, &CalibrationView::chooseFile);
    connect(heads_, &ItemCard::scoreIndexChosen, this, [this](int index) {
        const auto score = static_cast<HeadScore>(index);
        edit([score](State& state) { state.score = score; },
             tr("Score heads by %1").arg(text(scoreLabel(score))));
    });
    connect(tokens_->strip(), &TokenStrip::tokenChosen, this, &CalibrationView::toggleSink);
    connect(tokens_->strip(), &TokenStrip::tokenPinToggled, this, &CalibrationView::toggleByHand);
    connect(tokens_->strip(), &TokenStrip::tokenActed, this, &CalibrationView::toggleByHand);
    TuneControls* controls = maps_->tuneControls();
    connect(controls, &TuneControls::tuned, this,
            [this](const std::string& parameter, const ParamValue& value) {
                tune(parameter, value, tr("Change %1").arg(text(parameter)),
                     QStringLiteral("tune:") + text(parameter));
            });
    connect(controls, &TuneControls::headBetaChosen, this, [this](double beta) {
        auto betas = headBetasOf(scene_->wished);
        betas[scene_->head] = beta;
        tune("head_betas", headBetasText(betas),
             tr("Change beta of %1").arg(headName(scene_->head)),
             QStringLiteral("tune:beta ") + text(headText(scene_->head)));
    });
    connect(controls, &TuneControls::keepWished, this, &CalibrationView::keep);
    connect(controls, &TuneControls::resetWished, this, &CalibrationView::resetTuning);
    connect(controls, &TuneControls::ownBetaChosen, this, [this](bool own) {
        edit([own](State& state) { state.ownBeta = own; }, tr("Choose whose beta is set"));
    });
}

} // namespace vitrine::calibration_plugin
