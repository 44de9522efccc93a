#include "widgets/player/player.h"

#include "widgets/player/canvas.h"
#include "widgets/player/inspector.h"
#include "widgets/player/player_keys.h"
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

Player::Player(Compute compute, QWidget* parent)
    : QWidget(parent),
      compute_(std::move(compute)),
      transport_(this),
      scenes_(
          compute_, this, panes_, transport_,
          [this](std::int64_t moment) { return request(moment); },
          [this](Scene scene) { present(std::move(scene)); }),
      measurements_(compute_, this, panes_, [this] {
          updateLive();
          if (!timelineTimer_.isActive())
              timelineTimer_.start();
          measurements_.measure(canvas_->scene());
      })
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

Player::~Player()
{
    listen({});
}

void Player::listen(const std::function<void(std::int64_t)>& arrived)
{
    for (const Pane& pane : panes())
        if (pane.stream)
            pane.stream->setArrived(arrived);
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
    beside->addWidget(inspector_, 3);
    beside->addWidget(scopes_, 2);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(8);
    middle->addWidget(canvas_, 1);
    middle->addWidget(side_);
    rows_ = new QVBoxLayout(this);
    rows_->setContentsMargins(0, 0, 0, 0);
    rows_->setSpacing(6);
    rows_->addWidget(bar_);
    rows_->addLayout(middle, 1);
    rows_->addWidget(timeline_);
    rows_->addWidget(transportBar_);
}

void Player::insertRow(QWidget* row)
{
    rows_->insertWidget(1, row);
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
            updateScopes();
        } else {
            scenes_.makeNext();
        }
        want();
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
    listen({});
    panes.resize(std::min<std::size_t>(panes.size(), kMostPanes));
    panes_.setPanes(std::move(panes));
    // Told from decoding threads; a burst is one event here.
    listen([this](std::int64_t) {
        if (!arrival_.exchange(true))
            QMetaObject::invokeMethod(this, &Player::frameArrived, Qt::QueuedConnection);
    });
    double rate = 0;
    std::vector<PaneLook> looks;
    for (const Pane& pane : panes_.panes()) {
        PaneLook look{pane.name, pane.detail, pane.warning, pane.trouble, {}, pane.colour, {}};
        if (pane.stream) {
            const video::SourceInfo& info = pane.stream->info();
            look.size = QSize(info.width, info.height);
            if (rate == 0)
                rate = info.framesPerSecond;
        }
        looks.push_back(look);
    }
    canvas_->setPanes(std::move(looks));
    transport_.setRate(rate);
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
    want();
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

// By the second pane's curve, from where the last jump went.
void Player::goToWorst(int step)
{
    if (panes_.second() < 0)
        return;
    const auto moments = worstMoments(measurements_.qualities(panes_.second(), state().quality));
    if (moments.empty())
        return;
    const auto now = std::ranges::find(moments, transport_.position());
    std::ptrdiff_t next = 0;
    if (now != moments.end() && worst_ == transport_.position())
        next = (now - moments.begin()) + step;
    const auto count = static_cast<std::ptrdiff_t>(moments.size());
    transport_.setPlaying(false);
    worst_ = moments[static_cast<std::size_t>((next + count) % count)];
    seek(*worst_);
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
        return goToWorst(1);
    case Act::worstBack:
        return goToWorst(-1);
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

std::vector<std::pair<QString, QString>> Player::keyList()
{
    std::vector<std::pair<QString, QString>> list;
    for (const Key& key : keyTable())
        if (key.words)
            list.emplace_back(tr(key.listed), tr(key.words));
    return list;
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
