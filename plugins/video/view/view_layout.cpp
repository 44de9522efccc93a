#include "plugins/video/view/clip_export.h"
#include "plugins/video/view/curves_page.h"
#include "plugins/video/view/pane_chips.h"
#include "plugins/video/view/view.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/player/canvas.h"
#include "widgets/player/player.h"
#include "widgets/theme/icon.h"

#include <QAction>
#include <QJsonArray>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace vitrine::video_plugin
{
namespace
{

QJsonArray without(const QJsonValue& list, const QString& text)
{
    QJsonArray rest;
    for (const QJsonValue& value : list.toArray())
        if (value.toString() != text)
            rest.append(value);
    return rest;
}

std::vector<SkeletonCard> skeleton(QSize size)
{
    const int gap = 8, timeline = 104, half = (size.width() - gap) / 2;
    const int top = size.height() - timeline - gap;
    return {{{0, 0, half, top}, SkeletonCard::Body::plain},
            {{half + gap, 0, size.width() - half - gap, top}, SkeletonCard::Body::plain},
            {{0, top + gap, size.width(), timeline}, SkeletonCard::Body::lines}};
}

} // namespace

VideoView::VideoView(ViewContext& context, QWidget* parent)
    : RoomView(
          context, BoundState({"ranges"}),
          {.name = tr("Video"),
           .experiment = QStringLiteral("video.compare"),
           .failure = tr("There is nothing to play"),
           .empty = {tr("Which codec is better, and where?"),
                     tr("This room plays any videos in step: side by side, under a wipe, as a "
                        "difference; with the values of every sample, PSNR and SSIM while they "
                        "play, and motion vectors and quantizers of coded streams."),
                     tr("Open videos…"),
                     tr("Any number of files up to eight: what FFmpeg opens, raw YUV, Y4M. The "
                        "first is what the others are compared with"),
                     tr("Or drop files here. Compare codecs, above, encodes one clip by several "
                        "codecs and adds rate-distortion curves.")}},
          parent)
{
    setAcceptDrops(true);
    export_ = new ClipExport(context_, this);
    makePage(makeContent(), skeleton, {.above = {}, .between = {export_}});
    makeActions();
    connectParts();
    choosePage();
    showPage();
}

QWidget* VideoView::makeContent()
{
    auto* all = new QWidget(this);
    pageSwitch_ = new SegmentedSwitch(all);
    pageSwitch_->setAccessibleName(tr("Pictures or curves"));
    pageSwitch_->setOptions({tr("Player"), tr("Curves")},
                            {tr("The pictures (F5)"),
                             tr("Rate-distortion, deltas, quality and bits of every frame (F6)")});
    chips_ = new PaneChips(all);
    chips_->addFront(pageSwitch_);
    content_ = new QStackedWidget(all);
    player_ = new player::Player(
        [this](QObject* owner, const QString& key, std::function<void()> work,
               std::function<void()> done) {
            context_.compute(owner, key, std::move(work), std::move(done));
        },
        content_);
    curves_ = new CurvesPage(context_, content_);
    content_->addWidget(player_);
    content_->addWidget(curves_);
    auto* column = new QVBoxLayout(all);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(chips_);
    column->addWidget(content_, 1);
    return all;
}

void VideoView::makeActions()
{
    const auto add = [this](const QString& text, const char* icon, const QString& help, auto act) {
        addViewAction(text, act);
        actions_.last()->setIcon(theme::icon(QLatin1String(icon)));
        actions_.last()->setToolTip(help);
    };
    add(tr("Save stills…"), "export",
        tr("Saves the frame of every pane as PNG: its own pixels, or with a caption"),
        [this] { askForStill(-1); });
    add(tr("Save clip…"), "clip",
        tr("Saves the panes side by side, frames of the loop or all: .mkv without loss, .mp4 "
           "smaller"),
        [this] { askForClip(); });
}

void VideoView::connectParts()
{
    connect(pageSwitch_, &SegmentedSwitch::chosen, this, [this](int page) {
        QJsonObject changed = current();
        if (page == 1)
            changed["page"] = "curves";
        else
            changed.remove("page");
        change(changed, page == 1 ? tr("Show the curves") : tr("Show the player"));
    });
    connect(chips_, &PaneChips::shownWished, this, [this](const QString& id, bool shown) {
        QJsonArray off = without(state_["off"], id);
        if (!shown)
            off.append(id);
        put("off", off, (shown ? tr("Show %1") : tr("Hide %1")).arg(id));
    });
    connect(chips_, &PaneChips::settingWished, this, [this](const QString& id, const QString& s) {
        QJsonObject settings = state_["settings"].toObject();
        settings[id] = s;
        put("settings", settings, tr("Choose a setting"));
    });
    connect(chips_, &PaneChips::rateWished, this, [this](double kbps) {
        QJsonObject changed = current();
        changed["kbps"] = kbps;
        changed.remove("settings"); // all codecs at this rate
        change(changed, tr("Compare at %1 kbit/s").arg(kbps), QStringLiteral("kbps"));
    });
    connect(chips_, &PaneChips::removeWished, this, [this](const QString& id) {
        put("files", without(state_["files"], id), tr("Close a file"));
    });
    connect(chips_, &PaneChips::addWished, this, &VideoView::askForFiles);
    connect(player_, &player::Player::edited, this, &VideoView::changePlayer);
    connect(player_, &player::Player::stillWished, this, &VideoView::askForStill);
    connect(player_, &player::Player::helpWished, this, &VideoView::showKeys);
    connect(player_->canvas(), &player::Canvas::menuWished, this, &VideoView::showMenu);
    connect(curves_, &CurvesPage::rangeEdited, this,
            [this](const QString& figure, const QJsonObject& range) {
                QJsonObject ranges = current()["ranges"].toObject();
                ranges[figure] = range;
                put("ranges", ranges, tr("Zoom a plot"), "range:" + figure);
            });
    connect(curves_, &CurvesPage::frameClicked, this, [this](double frame) {
        player::PlayerState state = player_->state();
        state.frame = std::max<std::int64_t>(0, std::llround(frame));
        changePlayer(state, tr("Go to a frame"), QStringLiteral("frame"));
    });
    connect(export_, &ClipExport::finished, this, [this](const QString& message, bool written) {
        context_.showMessage(message);
        if (!written) {
            failure_ = message;
            showPage();
        }
    });
}

} // namespace vitrine::video_plugin
