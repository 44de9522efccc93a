#include "widgets/player/player.h"

#include "widgets/player/canvas.h"
#include "widgets/player/inspector.h"
#include "widgets/player/player_keys.h"
#include "widgets/player/player_status.h"
#include "widgets/player/prefetch.h"
#include "widgets/player/scopes.h"
#include "widgets/player/view_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

namespace vitrine::player
{

namespace
{

std::optional<SceneRequest> requestOf(const PaneSet& panes, const Canvas& canvas,
                                      std::int64_t moment)
{
    if (panes.count() == 0 || canvas.width() < 2)
        return {};
    SceneRequest wished;
    wished.moment = moment;
    const Scene& before = canvas.scene();
    for (int pane = 0; pane < panes.count(); ++pane) {
        PaneMoment found = panes.momentOf(pane, moment);
        // Until anything of it is there, what was shown before stays, marked.
        if (!found.frame && found.absent.isEmpty() && before.version != 0 &&
            before.panes.size() == panes.panes().size())
            found.frame = before.panes[static_cast<std::size_t>(pane)].frame;
        wished.panes.push_back(std::move(found));
    }
    wished.wishes = canvas.wishes();
    wished.common = canvas.common();
    wished.state = panes.state();
    wished.ink = QColor(0xFF, 0xD4, 0x00);
    wished.paper = QColor(0, 0, 0, 150);
    wished.pixelRatio = canvas.devicePixelRatioF();
    return wished;
}

PaneLook lookOf(const Pane& pane)
{
    PaneLook look{pane.name, pane.detail, pane.warning, pane.trouble, {}, pane.colour, {}};
    if (pane.stream)
        look.size = QSize(pane.stream->info().width, pane.stream->info().height);
    return look;
}

// Of the first that has one; 0: none has.
double rateOf(const std::vector<Pane>& panes)
{
    for (const Pane& pane : panes)
        if (const double rate = pane.stream ? pane.stream->info().framesPerSecond : 0; rate != 0)
            return rate;
    return 0;
}

} // namespace

Player::Player(const Compute& compute, QWidget* parent)
    : QWidget(parent),
      transport_(this),
      scenes_(
          compute, this, panes_, transport_,
          [this](std::int64_t moment) { return requestOf(panes_, *canvas_, moment); },
          [this](Scene scene) { present(std::move(scene)); }),
      measurements_(compute, this, panes_,
                    [this] {
                        updateLive();
                        if (!timelineTimer_.isActive())
                            timelineTimer_.start();
                        measurements_.measure(canvas_->scene());
                    }),
      scopeMaker_(compute, this, panes_,
                  [this](ScopeData data) {
                      scopes_->setData(std::move(data));
                      scopeMaker_.make(canvas_->scene());
                  }),
      arrivals_(this, [this] { frameArrived(); })
{
    setAccessibleName(tr("Player"));
    makeLayout();
    connectParts();
    transport_.setReady([this](std::int64_t moment) { return panes_.isReady(moment); });
    cachedTimer_.setSingleShot(true);
    cachedTimer_.setInterval(120);
    timelineTimer_.setSingleShot(true);
    timelineTimer_.setInterval(250);
    updateBars();
}

void Player::makeLayout()
{
    bar_ = new ViewBar(this);
    canvas_ = new Canvas(this);
    side_ = new QWidget(this);
    inspector_ = new Inspector(side_);
    scopes_ = new Scopes(side_);
    timeline_ = new Timeline(this);
    transportBar_ = new TransportBar(this);
    auto* beside = new QVBoxLayout(side_);
    beside->setContentsMargins(0, 0, 0, 0);
    beside->setSpacing(8);
    beside->addWidget(inspector_, 5); // room for the samples of one pane at 1440 x 900
    beside->addWidget(scopes_, 3);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(8);
    middle->addWidget(canvas_, 1);
    middle->addWidget(side_);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(6);
    rows->addWidget(bar_);
    rows->addLayout(middle, 1);
    rows->addWidget(timeline_);
    rows->addWidget(transportBar_);
}

void Player::connectParts()
{
    connect(&transport_, &Transport::moved, this, &Player::moved);
    connect(&transport_, &Transport::playingChanged, this, [this](bool playing) {
        transportBar_->setPlaying(playing);
        if (!playing) {
            scenes_.dropNext();
            keepFrame(tr("Play"));
            measurements_.measure(canvas_->scene());
            scopeMaker_.make(canvas_->scene());
        } else {
            scenes_.makeNext();
        }
        wantAround(panes_, transport_, isGoingBack_);
        updateCached();
    });
    connect(&transport_, &Transport::waitingChanged, this, &Player::updateCached);
    connect(canvas_, &Canvas::painted, &transport_, &Transport::painted);
    connect(canvas_, &Canvas::placesChanged, this, [this] {
        updateBars();
        redraw();
    });
    connect(canvas_, &Canvas::edited, this, &Player::edit);
    connect(canvas_, &Canvas::pointed, inspector_, &Inspector::setSample);
    connect(canvas_, &Canvas::offsetWished, this,
            [this](int pane, int by) { wish(shifted(panes_, pane, by)); });
    connect(canvas_, &Canvas::stillWished, this, &Player::stillWished);
    connect(canvas_, &Canvas::firstWished, this,
            [this](int pane) { wish(firstChosen(panes_, pane)); });
    connect(bar_, &ViewBar::edited, this, &Player::edit);
    connect(bar_, &ViewBar::zoomWished, this, [this](double zoom) { wish(zoomed(panes_, zoom)); });
    connect(bar_, &ViewBar::helpWished, this, &Player::helpWished);
    connect(timeline_, &Timeline::seekWished, this, [this](std::int64_t moment) { seek(moment); });
    connect(timeline_, &Timeline::loopWished, this,
            [this](std::int64_t from, std::int64_t to, bool) {
                PlayerState after = state();
                after.loop = std::pair(from, to);
                edit(after, tr("Loop"), QStringLiteral("loop"));
            });
    connect(timeline_, &Timeline::loopCleared, this, [this] { act(Act::loopClear); });
    connect(transportBar_, &TransportBar::acted, this, &Player::act);
    connect(transportBar_, &TransportBar::seekWished, this, &Player::seek);
    connect(transportBar_, &TransportBar::speedWished, this, [this](double speed) {
        PlayerState after = state();
        after.speed = speed;
        edit(after, tr("Speed"));
    });
    connect(transportBar_, &TransportBar::measureWished, this, [this](const QString& name) {
        PlayerState after = state();
        after.quality = name;
        edit(after, tr("Choose the measure"));
    });
    connect(&cachedTimer_, &QTimer::timeout, this, &Player::updateCached);
    connect(&timelineTimer_, &QTimer::timeout, this, &Player::updateTimeline);
}

void Player::setPanes(std::vector<Pane> panes)
{
    panes.resize(std::min<std::size_t>(panes.size(), kMostPanes));
    panes_.setPanes(std::move(panes));
    arrivals_.listenTo(panes_.panes());
    std::vector<PaneLook> looks;
    for (const Pane& pane : panes_.panes())
        looks.push_back(lookOf(pane));
    canvas_->setPanes(std::move(looks));
    transport_.setRate(rateOf(panes_.panes()));
    setState(PlayerState(state()));
}

void Player::setState(const PlayerState& state)
{
    const std::int64_t frameBefore = panes_.state().frame;
    panes_.setState(state);
    scenes_.renew();
    transport_.setLength(panes_.length());
    transport_.setLoop(state.loop);
    if (transport_.speed() != state.speed)
        transport_.setSpeed(state.speed);
    std::vector<int> all(panes().size());
    std::iota(all.begin(), all.end(), 0);
    canvas_->setChoice(std::move(all), panes_.first(), panes_.second());
    canvas_->setState(state);
    updateBars();
    updateTimeline();
    if (!transport_.isPlaying() || frameBefore != state.frame)
        transport_.seek(state.frame);
    wantAround(panes_, transport_, isGoingBack_);
    scenes_.make(transport_.position());
    updateCached();
}

void Player::edit(const PlayerState& after, const QString& label, const QString& mergeKey)
{
    PlayerState told = after;
    told.frame = transport_.position();
    if (told != state())
        emit edited(told, label, mergeKey);
}

void Player::wish(const std::optional<Edit>& wished)
{
    if (wished)
        edit(wished->state, wished->label, wished->mergeKey);
}

void Player::seek(std::int64_t moment)
{
    const std::int64_t to =
        std::clamp<std::int64_t>(moment, 0, std::max<std::int64_t>(0, panes_.length() - 1));
    isGoingBack_ = to < transport_.position();
    transport_.seek(to);
    keepFrame(tr("Go to a frame"));
}

// The frame belongs to the state; on the way through a drag or while playing it is one step of
// undo.
void Player::keepFrame(const QString& label)
{
    if (transport_.isPlaying() || transport_.position() == state().frame)
        return;
    PlayerState after = state();
    after.frame = transport_.position();
    emit edited(after, label, QStringLiteral("frame"));
}

void Player::act(Act act)
{
    const std::int64_t now = transport_.position(), end = panes_.length() - 1;
    const auto& loop = transport_.loop();
    const auto step = [&](std::int64_t by) {
        transport_.setPlaying(false);
        seek(now + by);
    };
    const auto key = [&](int way) {
        if (const auto moment = panes_.keyMoment(now, way))
            seek(*moment);
    };
    // By the second pane's curve, from where the last jump went.
    const auto worst = [&](int way) {
        if (panes_.second() < 0)
            return;
        const auto moment = nextWorst(measurements_.qualities(panes_.second(), state().quality),
                                      worst_ == now ? worst_ : std::nullopt, way);
        if (!moment)
            return;
        transport_.setPlaying(false);
        worst_ = moment;
        seek(*moment);
    };
    switch (act) {
    case Act::play:
        return transport_.setPlaying(!transport_.isPlaying());
    case Act::first:
        return seek(loop && now > loop->first ? loop->first : 0);
    case Act::last:
        return seek(loop && now < loop->second ? loop->second : end);
    case Act::back:
        return step(-1);
    case Act::forward:
        return step(1);
    case Act::back10:
        return step(-10);
    case Act::forward10:
        return step(10);
    case Act::keyBack:
        return key(-1);
    case Act::keyForward:
        return key(1);
    case Act::worst:
        return worst(1);
    case Act::worstBack:
        return worst(-1);
    case Act::loopIn:
        return wish(looped(panes_, now, loop && loop->second > now ? loop->second : end));
    case Act::loopOut:
        return wish(looped(panes_, loop && loop->first < now ? loop->first : 0, now));
    case Act::loopClear: {
        PlayerState after = state();
        after.loop.reset();
        return edit(after, tr("No loop"));
    }
    case Act::typeFrame:
        return transportBar_->typeFrame();
    case Act::still:
        return emit stillWished(panes_.chosen());
    case Act::help:
        return emit helpWished();
    }
}

bool Player::pressKey(int key, Qt::KeyboardModifiers modifiers)
{
    const PressedKey pressed = pressedKey(key, modifiers);
    if (!pressed.key)
        return false;
    if (const auto* what = std::get_if<Act>(&pressed.key->act)) {
        act(*what);
        return true;
    }
    const auto cells = canvas_->cells();
    const Shown shown{panes_, cells.empty() ? QRect() : cells.front().place, canvas_->common()};
    wish(std::get<Change>(pressed.key->act)(shown, pressed.place));
    return true;
}

void Player::frameArrived()
{
    const Scene& scene = canvas_->scene();
    if (!scene.isExact() || scene.moment != transport_.position())
        scenes_.make(transport_.position());
    else
        scenes_.makeNext();
    if (!cachedTimer_.isActive())
        cachedTimer_.start();
}

void Player::moved(std::int64_t moment)
{
    timeline_->setPosition(moment);
    transportBar_->setPosition(moment, panes_.length(), double(moment) / transport_.rate());
    wantAround(panes_, transport_, isGoingBack_);
    scenes_.show(moment);
}

void Player::redraw()
{
    scenes_.renew();
    scenes_.make(transport_.position());
}

void Player::present(Scene scene)
{
    const std::int64_t moment = scene.moment;
    canvas_->setScene(std::move(scene));
    if (state().inspector) {
        std::vector<Inspector::Stream> streams;
        for (std::size_t i = 0; i < panes().size(); ++i)
            streams.push_back(
                {panes()[i].name, panes()[i].colour, canvas_->scene().panes[i].frame});
        inspector_->setStreams(std::move(streams), canvas_->common(),
                               {panes_.first(), panes_.second()}, state().plane);
    }
    updateLive();
    measurements_.measure(canvas_->scene());
    scopeMaker_.make(canvas_->scene());
    emit shown(moment);
}

bool Player::isSettled() const
{
    const Scene& scene = canvas_->scene();
    return !scenes_.isMaking() && !measurements_.isMeasuring() && !scopeMaker_.isMaking() &&
           scene.moment == transport_.position() && scene.version == scenes_.version() &&
           scene.isExact();
}

void Player::updateLive()
{
    const Scene& scene = canvas_->scene();
    if (scene.panes.size() != panes().size())
        return;
    std::vector<QString> lines;
    for (int pane = 0; pane < panes_.count(); ++pane)
        lines.push_back(liveText(panes_, measurements_, scene, pane));
    canvas_->setLive(lines);
}

void Player::updateTimeline()
{
    timeline_->setData(timelineOf(panes_, measurements_));
    timeline_->setLoop(transport_.loop());
    timeline_->setPosition(transport_.position());
}

void Player::updateBars()
{
    std::vector<ViewBar::Choice> choices;
    for (const Pane& pane : panes())
        choices.push_back({pane.id, pane.name});
    bar_->setPanes(choices, panes_.first(), panes_.second());
    const auto cells = canvas_->cells();
    bar_->setState(state(), cells.empty() || panes_.length() < 1
                                ? 0
                                : fitZoom(cells.front().place.size(), canvas_->common()));
    std::vector<TransportBar::Measure> list;
    for (const Measure& measure : measuresOf(panes()))
        list.push_back({measure.name, measure.title});
    transportBar_->setMeasures(list, state().quality);
    transportBar_->setSpeed(state().speed);
    transportBar_->setLoop(state().loop.has_value());
    transportBar_->setPosition(transport_.position(), panes_.length(),
                               double(transport_.position()) / transport_.rate());
    inspector_->setVisible(state().inspector);
    scopes_->setVisible(state().scopes);
    side_->setVisible(state().inspector || state().scopes);
}

void Player::updateCached()
{
    timeline_->setCached(panes_.cached());
    transportBar_->setStatus(statusText(panes_, transport_), statusHelp(panes_, transport_));
    if (transport_.isPlaying() && !cachedTimer_.isActive())
        cachedTimer_.start();
}

bool Player::event(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        redraw();
    return QWidget::event(event);
}

void Player::keyPressEvent(QKeyEvent* event)
{
    if (!pressKey(event->key(), event->modifiers()))
        QWidget::keyPressEvent(event);
}

} // namespace vitrine::player
