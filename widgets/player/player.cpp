#include "widgets/player/player.h"

#include "widgets/player/canvas.h"
#include "widgets/player/inspector.h"
#include "widgets/player/scopes.h"
#include "widgets/player/view_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace vitrine::player
{

Player::Player(Compute compute, QWidget* parent)
    : QWidget(parent), compute_(std::move(compute)), transport_(this)
{
    setAccessibleName(tr("Player"));
    makeLayout();
    connectParts();
    transport_.setReady([this](std::int64_t moment) { return isReady(moment); });
    cachedTimer_.setSingleShot(true);
    cachedTimer_.setInterval(120);
    timelineTimer_.setSingleShot(true);
    timelineTimer_.setInterval(250);
    updateBars();
}

Player::~Player()
{
    for (const Pane& pane : panes_)
        if (pane.stream)
            pane.stream->setArrived({});
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
            ready_.reset();
            keepFrame(tr("Play"));
            measure();
            updateScopes();
        } else {
            makeNext();
        }
        want();
        updateCached();
    });
    connect(&transport_, &Transport::waitingChanged, this, &Player::updateCached);
    connect(canvas_, &Canvas::painted, &transport_, &Transport::painted);
    connect(canvas_, &Canvas::placesChanged, this, &Player::placesChanged);
    connect(canvas_, &Canvas::edited, this, &Player::edit);
    connect(canvas_, &Canvas::pointed, inspector_, &Inspector::setSample);
    connect(canvas_, &Canvas::offsetWished, this, &Player::shift);
    connect(canvas_, &Canvas::stillWished, this, &Player::stillWished);
    connect(canvas_, &Canvas::firstWished, this, [this](int pane) { setPairOf(true, pane); });
    connect(bar_, &ViewBar::edited, this, &Player::edit);
    connect(bar_, &ViewBar::zoomWished, this, &Player::zoomTo);
    connect(bar_, &ViewBar::helpWished, this, &Player::helpWished);
    connect(timeline_, &Timeline::seekWished, this, &Player::seek);
    connect(timeline_, &Timeline::loopWished, this,
            [this](std::int64_t from, std::int64_t to, bool) {
                PlayerState after = state_;
                after.loop = std::pair(from, to);
                edit(after, tr("Loop"), QStringLiteral("loop"));
            });
    connect(timeline_, &Timeline::loopCleared, this, [this] { act(Act::loopClear); });
    connect(transportBar_, &TransportBar::acted, this, &Player::act);
    connect(transportBar_, &TransportBar::seekWished, this,
            [this](std::int64_t moment) { seek(moment, false); });
    connect(transportBar_, &TransportBar::speedWished, this, [this](double speed) {
        PlayerState after = state_;
        after.speed = speed;
        edit(after, tr("Speed"));
    });
    connect(transportBar_, &TransportBar::measureWished, this, [this](const QString& name) {
        PlayerState after = state_;
        after.quality = name;
        edit(after, tr("Choose the measure"));
    });
    connect(&cachedTimer_, &QTimer::timeout, this, &Player::updateCached);
    connect(&timelineTimer_, &QTimer::timeout, this, &Player::updateTimeline);
}

void Player::setPanes(std::vector<Pane> panes)
{
    for (const Pane& pane : panes_)
        if (pane.stream)
            pane.stream->setArrived({});
    panes.resize(std::min<std::size_t>(panes.size(), kMostPanes));
    panes_ = std::move(panes);
    ++version_;
    ready_.reset();
    listen();
    double rate = 0;
    std::vector<PaneLook> looks;
    for (const Pane& pane : panes_) {
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
    setState(state_);
}

void Player::setState(const PlayerState& state)
{
    const PlayerState before = state_;
    state_ = state;
    ++version_;
    ready_.reset();
    transport_.setLength(length());
    transport_.setLoop(state.loop);
    if (transport_.speed() != state.speed)
        transport_.setSpeed(state.speed);
    std::vector<int> all;
    for (std::size_t i = 0; i < panes_.size(); ++i)
        all.push_back(static_cast<int>(i));
    canvas_->setChoice(std::move(all), firstPane(), secondPane());
    canvas_->setState(state);
    updateBars();
    updateTimeline();
    if (!transport_.isPlaying() || before.frame != state.frame)
        transport_.seek(state.frame);
    want();
    makeScene(transport_.position());
    updateCached();
}

int Player::firstPane() const
{
    for (std::size_t i = 0; i < panes_.size(); ++i)
        if (panes_[i].id == state_.first)
            return static_cast<int>(i);
    return 0;
}

int Player::secondPane() const
{
    const int first = firstPane();
    for (std::size_t i = 0; i < panes_.size(); ++i)
        if (panes_[i].id == state_.second && static_cast<int>(i) != first)
            return static_cast<int>(i);
    for (std::size_t i = 0; i < panes_.size(); ++i)
        if (static_cast<int>(i) != first)
            return static_cast<int>(i);
    return -1;
}

std::int64_t Player::offsetOf(int pane) const
{
    const Pane& one = panes_[static_cast<std::size_t>(pane)];
    const auto more = state_.offsets.find(one.id);
    return one.offset + (more == state_.offsets.end() ? 0 : more->second);
}

std::optional<std::int64_t> Player::frameAt(int pane, std::int64_t moment) const
{
    const Pane& one = panes_[static_cast<std::size_t>(pane)];
    return video::frameAtPlace(one.places, one.frames, moment + offsetOf(pane));
}

std::int64_t Player::momentAt(int pane, std::int64_t frame) const
{
    const Pane& one = panes_[static_cast<std::size_t>(pane)];
    return (one.places.empty() ? frame : one.places[static_cast<std::size_t>(frame)]) -
           offsetOf(pane);
}

void Player::edit(const PlayerState& after, const QString& label, const QString& mergeKey)
{
    PlayerState told = after;
    told.frame = transport_.position();
    if (told != state_)
        emit edited(told, label, mergeKey);
}

void Player::seek(std::int64_t moment, bool)
{
    const std::int64_t to =
        std::clamp<std::int64_t>(moment, 0, std::max<std::int64_t>(0, length() - 1));
    isGoingBack_ = to < transport_.position();
    transport_.seek(to);
    keepFrame(tr("Go to a frame"));
}

// The frame belongs to the state; on the way through a drag or while playing it is one step of
// undo.
void Player::keepFrame(const QString& label)
{
    if (transport_.isPlaying() || transport_.position() == state_.frame)
        return;
    PlayerState after = state_;
    after.frame = transport_.position();
    emit edited(after, label, QStringLiteral("frame"));
}

void Player::setPairOf(bool first, int pane)
{
    if (pane < 0 || pane >= static_cast<int>(panes_.size()))
        return;
    PlayerState after = state_;
    const QString id = panes_[static_cast<std::size_t>(pane)].id;
    const int firstNow = firstPane(), secondNow = secondPane();
    if (first) {
        if (pane == secondNow) // they change places
            after.second = panes_[static_cast<std::size_t>(firstNow)].id;
        after.first = id;
    } else {
        if (pane == firstNow && secondNow >= 0)
            after.first = panes_[static_cast<std::size_t>(secondNow)].id;
        after.second = id;
    }
    edit(after, first ? tr("Choose the first pane") : tr("Choose the second pane"));
}

void Player::shift(int pane, int by)
{
    if (pane < 0 || pane >= static_cast<int>(panes_.size()))
        return;
    PlayerState after = state_;
    std::int64_t& offset = after.offsets[panes_[static_cast<std::size_t>(pane)].id];
    offset += by;
    if (offset == 0)
        after.offsets.erase(panes_[static_cast<std::size_t>(pane)].id);
    edit(after, tr("Shift %1 in time").arg(panes_[static_cast<std::size_t>(pane)].name));
}

void Player::zoomTo(double zoom)
{
    PlayerState after = state_;
    after.zoom = zoom;
    if (zoom == 0)
        after.centreX = after.centreY = 0.5;
    edit(after, zoom == 0 ? tr("Fit") : tr("Zoom"));
}

void Player::zoomBy(double factor)
{
    const auto cells = canvas_->cells();
    if (cells.empty())
        return;
    PlayerState after = state_;
    zoomAbout(after, cells.front().place, canvas_->common(), QRectF(cells.front().place).center(),
              factor);
    edit(after, tr("Zoom"), QStringLiteral("zoom"));
}

void Player::panBy(double x, double y)
{
    const auto cells = canvas_->cells();
    if (cells.empty())
        return;
    PlayerState after = state_;
    const QRect place = cells.front().place;
    pan(after, place, canvas_->common(), QPointF(x * place.width(), y * place.height()));
    edit(after, tr("Pan"), QStringLiteral("pan"));
}

void Player::act(Act act)
{
    const std::int64_t now = transport_.position();
    const auto& loop = transport_.loop();
    const auto loopFrom = [&](std::int64_t from, std::int64_t to) {
        PlayerState after = state_;
        after.loop = std::pair(std::min(from, to), std::max(from, to));
        edit(after, tr("Loop"));
    };
    switch (act) {
    case Act::play:
        return transport_.setPlaying(!transport_.isPlaying());
    case Act::first:
        return seek(loop && now > loop->first ? loop->first : 0, false);
    case Act::last:
        return seek(loop && now < loop->second ? loop->second : length() - 1, false);
    case Act::back:
    case Act::forward:
    case Act::back10:
    case Act::forward10:
        transport_.setPlaying(false);
        return seek(now + (act == Act::back      ? -1
                           : act == Act::forward ? 1
                           : act == Act::back10  ? -10
                                                 : 10),
                    false);
    case Act::keyBack:
    case Act::keyForward:
        return goToKey(act == Act::keyBack);
    case Act::worst:
    case Act::worstBack:
        return goToWorst(act == Act::worstBack);
    case Act::loopIn:
        return loopFrom(now, loop && loop->second > now ? loop->second : length() - 1);
    case Act::loopOut:
        return loopFrom(loop && loop->first < now ? loop->first : 0, now);
    case Act::loopClear:
        PlayerState after = state_;
        after.loop.reset();
        edit(after, tr("No loop"));
    }
}

bool Player::event(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) {
        ++version_;
        makeScene(transport_.position());
    }
    return QWidget::event(event);
}

void Player::keyPressEvent(QKeyEvent* event)
{
    if (!pressKey(event->key(), event->modifiers()))
        QWidget::keyPressEvent(event);
}

} // namespace vitrine::player
