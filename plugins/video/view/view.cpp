#include "plugins/video/view/view.h"

#include "core/base/format.h"
#include "core/jobs/bundle/bundle.h"
#include "plugins/video/view/curves_page.h"
#include "plugins/video/view/pane_chips.h"
#include "widgets/page/run_places.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/player/inspector.h"
#include "widgets/player/player.h"
#include "widgets/theme/text.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QSignalBlocker>
#include <QStackedWidget>

#include <algorithm>
#include <cmath>

namespace vitrine::video_plugin
{
namespace
{

constexpr std::size_t kCacheBytes = std::size_t{512} << 20; // of all panes together

bool contains(const QJsonValue& list, const QString& text)
{
    return list.toArray().contains(QJsonValue(text));
}

} // namespace

void VideoView::showRuns(const std::vector<RunHandle>& sound)
{
    done_ = sound;
    bindTo(done_.empty() ? QString() : QString::fromStdString(done_.front()->uid));
    gatherOffers();
    choosePage();
    openStreams();
}

void VideoView::setState(const QJsonObject& state)
{
    const QJsonObject before = state_;
    state_ = state;
    if (before["files"] != state["files"])
        gatherOffers();
    curves_->setRanges(current()["ranges"].toObject());
    choosePage();
    const auto playerOnly = [](QJsonObject json) {
        json.remove("player");
        return json;
    };
    const auto overlays = [](const QJsonObject& json) {
        const QJsonObject own = json["player"].toObject();
        return own["motion"].toBool() || own["qp"].toBool();
    };
    if (playerOnly(before) != playerOnly(state) || overlays(before) != overlays(state))
        openStreams(); // other panes, or what decoders tell besides pictures
    player_->setState(player::readPlayerState(state_["player"].toObject()));
    curves_->setFrame(static_cast<double>(player_->state().frame));
    showPage();
}

void VideoView::choosePage()
{
    const bool isCurves = state_["page"].toString() == "curves";
    const QSignalBlocker silent(pageSwitch_);
    pageSwitch_->setCurrent(isCurves ? 1 : 0);
    pageSwitch_->setVisible(!done_.empty());
    content_->setCurrentIndex(isCurves && !done_.empty() ? 1 : 0);
}

bool VideoView::isOpeningFirst() const
{
    return isOpening_ && player_->panes().empty();
}

QString VideoView::busy() const
{
    return isOpeningFirst() ? tr("Opening the streams") : QString();
}

// Runs in order, then files; a second run's panes carry its number.
void VideoView::gatherOffers()
{
    offers_.clear();
    std::string firstReference;
    std::vector<std::string> uids;
    for (const RunHandle& run : done_)
        uids.push_back(run->uid);
    const std::vector<int> places = figure::runPlaces(uids, runPlacesIn(state_));
    for (std::size_t r = 0; r < done_.size(); ++r) {
        int colour = 0;
        for (ClipChoice& choice : clipsOf(*done_[r])) {
            if (choice.clips.empty())
                continue;
            const std::string hash = choice.clips.front().sha256;
            if (choice.isReference) {
                if (r > 0 && !hash.empty() && hash == firstReference)
                    continue; // the same original: one pane of it is enough
                if (r == 0)
                    firstReference = hash;
            }
            Offer offer;
            offer.id =
                fromUtf8(choice.key) + (r > 0 ? QStringLiteral("@%1").arg(r + 1) : QString());
            offer.name =
                (done_.size() > 1 ? QStringLiteral("#%1 ").arg(done_[r]->number) : QString()) +
                fromUtf8(choice.name);
            offer.colour = choice.isReference ? figure::kMuted : colour++ % 6;
            offer.line = places[r] % 4;
            offer.run = done_[r]->uid;
            offer.choice = std::move(choice);
            offers_.push_back(std::move(offer));
        }
    }
    for (const QJsonValue& file : state_["files"].toArray()) {
        Clip clip;
        clip.path = file.toString().toStdString();
        clip.kbps = clip.psnrY = std::nan("");
        std::error_code error;
        if (!std::filesystem::exists(clip.path, error))
            clip.trouble = fmt::format("gone: {}", clip.path.string());
        Offer offer;
        offer.id = file.toString();
        offer.name = QFileInfo(file.toString()).fileName();
        offer.colour = static_cast<int>(offers_.size() % 6);
        offer.choice = {clip.path.string(), offer.name.toStdString(), false, {clip}};
        if (offers_.empty())
            offer.colour = figure::kMuted;
        offers_.push_back(std::move(offer));
    }
}

std::vector<std::size_t> VideoView::shownOffers() const
{
    std::vector<std::size_t> shown;
    for (std::size_t i = 0;
         i < offers_.size() && shown.size() < std::size_t{player::Player::kMostPanes}; ++i)
        if (!contains(state_["off"], offers_[i].id))
            shown.push_back(i);
    return shown;
}

// What all are compared at: a person's choice, else the first codec's middle rate.
double VideoView::wishedRate() const
{
    const double chosen = state_["kbps"].toDouble(std::nan(""));
    if (chosen > 0)
        return chosen;
    const auto first = std::ranges::find_if(offers_, [](const Offer& offer) {
        return !offer.choice.isReference && !offer.choice.clips.empty();
    });
    return first == offers_.end() ? std::nan("") : middleRate(first->choice);
}

const Clip& VideoView::clipOf(const Offer& offer) const
{
    const std::string setting = state_["settings"].toObject()[offer.id].toString().toStdString();
    return offer.choice.clips[chooseClip(offer.choice, setting, wishedRate())];
}

// What is shown and not yet open, off the window's thread; all panes change at once.
void VideoView::openStreams()
{
    const player::PlayerState wished = player::readPlayerState(state_["player"].toObject());
    const bool sideData = wished.motion || wished.qp;
    struct Wish {
        Clip clip;
        Result<std::shared_ptr<PlaybackStream>> stream = failure("not opened");
    };
    const auto wishes = std::make_shared<std::vector<Wish>>();
    const auto shown = shownOffers();
    std::map<std::string, Opened> kept;
    for (const std::size_t index : shown) {
        const Clip& clip = clipOf(offers_[index]);
        const std::string key = clip.path.string();
        const auto known = opened_.find(key);
        if (known != opened_.end())
            kept[key] = known->second;
        const bool isOpen = known != opened_.end() &&
                            (known->second.hasSideData || !sideData || !known->second.stream);
        if (!isOpen && clip.trouble.empty())
            wishes->push_back({clip});
    }
    opened_ = std::move(kept);
    const codec::PlaybackOptions options{.cacheBytes =
                                             kCacheBytes / std::max<std::size_t>(1, shown.size()),
                                         .sideData = sideData,
                                         .codecs = &availableCodecs()};
    isOpening_ = !wishes->empty();
    if (wishes->empty()) {
        context_.compute(
            this, QStringLiteral("open"), [] {}, [] {}); // what is being opened is not wanted
        fillPlayer();
        return;
    }
    showPage();
    context_.compute(
        this, QStringLiteral("open"),
        [wishes, options] {
            for (Wish& wish : *wishes) {
                codec::PlaybackOptions own = options;
                own.raw = wish.clip.raw;
                wish.stream = PlaybackStream::open(wish.clip.path, own);
            }
        },
        [this, wishes, sideData] {
            isOpening_ = false;
            for (Wish& wish : *wishes) {
                Opened& opened = opened_[wish.clip.path.string()];
                opened.hasSideData = sideData;
                if (wish.stream)
                    opened.stream = *wish.stream;
                else
                    opened.trouble = fromUtf8(wish.stream.error().message);
            }
            fillPlayer();
        });
}

player::Pane VideoView::paneOf(const Offer& offer, const Opened& opened) const
{
    const Clip& clip = clipOf(offer);
    player::Pane pane;
    pane.id = offer.id;
    pane.name = offer.name;
    pane.colour = offer.colour;
    pane.line = offer.line;
    pane.stream = opened.stream;
    pane.trouble = clip.trouble.empty() ? opened.trouble : fromUtf8(clip.trouble);
    pane.warning = clip.warning.empty() ? opened.warning : fromUtf8(clip.warning);
    if (opened.stream && pane.warning.isEmpty())
        for (const std::string& remark : opened.stream->info().remarks)
            pane.warning +=
                (pane.warning.isEmpty() ? QString() : QStringLiteral("; ")) + fromUtf8(remark);
    pane.offset = clip.offset;
    pane.bits = clip.bits;
    for (const auto& [name, values] : clip.quality)
        pane.quality[fromUtf8(name)] = values;
    QStringList parts;
    if (!clip.setting.empty())
        parts << fromUtf8(shortSetting(clip.setting));
    if (std::isfinite(clip.kbps) && clip.kbps > 0)
        parts << fromUtf8(significant(clip.kbps, 3)) + tr(" kbit/s");
    if (std::isfinite(clip.psnrY))
        parts << tr("mean %1 dB").arg(clip.psnrY, 0, 'f', 2);
    if (opened.stream) {
        const video::SourceInfo& info = opened.stream->info();
        pane.frames = clip.frames > 0 ? std::min(clip.frames, info.frames) : info.frames;
        if (!clip.isByOrder)
            pane.places = info.places;
        const auto& frames = opened.stream->frames();
        if (pane.bits.empty())
            for (const codec::StreamFrame& frame : frames)
                pane.bits.push_back(static_cast<double>(frame.bits));
        if (parts.isEmpty()) {
            const video::Colour taken = assumed(info.colour, info.height);
            parts << QStringLiteral("%1 × %2").arg(info.width).arg(info.height)
                  << fromUtf8(formatName(info.format))
                  << (taken == info.colour ? fromUtf8(colourName(taken))
                                           : tr("%1 (assumed)").arg(fromUtf8(colourName(taken))));
        }
    }
    pane.detail = parts.join(QStringLiteral(" · "));
    return pane;
}

void VideoView::fillPlayer()
{
    std::vector<player::Pane> panes;
    for (const std::size_t index : shownOffers()) {
        const Offer& offer = offers_[index];
        const auto opened = opened_.find(clipOf(offer).path.string());
        panes.push_back(paneOf(offer, opened == opened_.end() ? Opened{} : opened->second));
    }
    player_->setPanes(std::move(panes));
    curves_->setContent(done_, figures());
    curves_->setRanges(current()["ranges"].toObject());
    curves_->setFrame(static_cast<double>(player_->state().frame));
    showChips();
    showPage();
    verify();
}

// Inputs of a run may have changed since; artifacts are named by their hash.
void VideoView::verify()
{
    if (isVerifying_)
        return;
    for (const std::size_t index : shownOffers()) {
        const Clip& clip = clipOf(offers_[index]);
        const std::string key = clip.path.string();
        const auto opened = opened_.find(key);
        if (clip.sha256.empty() || opened == opened_.end() || opened->second.isVerified)
            continue;
        isVerifying_ = true;
        const auto warning = std::make_shared<QString>();
        context_.compute(
            this, QStringLiteral("verify"),
            [warning, path = clip.path, expected = clip.sha256] {
                const auto now = hashInput("reference", path);
                if (!now)
                    *warning = fromUtf8(now.error().message);
                else if (isPartHash(expected))
                    *warning = tr("cannot be compared with the file of the run");
                else if (now->sha256 != expected)
                    *warning = tr("changed since the run");
            },
            [this, warning, key] {
                isVerifying_ = false;
                if (const auto known = opened_.find(key); known != opened_.end()) {
                    known->second.isVerified = true;
                    known->second.warning = *warning;
                    if (!warning->isEmpty())
                        return fillPlayer();
                }
                verify();
            });
        return;
    }
}

void VideoView::showChips()
{
    std::vector<PaneChips::Chip> chips;
    bool hasRates = false;
    for (const Offer& offer : offers_) {
        PaneChips::Chip chip;
        chip.id = offer.id;
        chip.name = offer.name;
        chip.colour = offer.colour;
        chip.isShown = !contains(state_["off"], offer.id);
        chip.isRemovable = contains(state_["files"], offer.id);
        const Clip& chosen = clipOf(offer);
        for (const Clip& clip : offer.choice.clips) {
            if (&clip == &chosen)
                chip.chosen = static_cast<int>(chip.settings.size());
            chip.settings.push_back({fromUtf8(clip.setting), fromUtf8(shortSetting(clip.setting))});
        }
        hasRates = hasRates || offer.choice.clips.size() > 1;
        chips.push_back(std::move(chip));
    }
    chips_->setChips(chips, hasRates ? wishedRate() : std::nan(""));
}

void VideoView::changePlayer(const player::PlayerState& state, const QString& label,
                             const QString& mergeKey)
{
    QJsonObject changed = current();
    const QJsonObject json = player::toJson(state);
    if (json.isEmpty())
        changed.remove("player");
    else
        changed["player"] = json;
    change(changed, label, mergeKey);
}

QString VideoView::title() const
{
    if (offers_.empty())
        return tr("Video");
    QStringList names;
    QString subject;
    for (const std::size_t index : shownOffers()) {
        const Offer& offer = offers_[index];
        if (offer.choice.isReference && subject.isEmpty())
            subject = fromUtf8(clipOf(offer).path.filename().string());
        else
            names << offer.name;
    }
    const QString tests =
        names.size() > 3
            ? tr("%1 and %2 more").arg(names.mid(0, 3).join(", ")).arg(names.size() - 3)
            : names.join(", ");
    return subject.isEmpty() ? tests : tests.isEmpty() ? subject : subject + " · " + tests;
}

// Curves over frames are of the points that have a pane, in its colour: all points at once cannot
// be told apart. What is switched off has no curve anywhere.
LineLook VideoView::lookOf(const LineId& line) const
{
    const auto shown = shownOffers();
    for (std::size_t i = 0; i < offers_.size(); ++i) {
        const Offer& offer = offers_[i];
        if (offer.run != line.run || offer.choice.key != line.curve)
            continue;
        if (line.point.empty())
            return {.isShown = !contains(state_["off"], offer.id)};
        const Clip& clip = clipOf(offer);
        if (clip.point != line.point || std::ranges::find(shown, i) == shown.end())
            return {.isShown = false};
        return {.name = offer.name.toStdString() + " " + shortSetting(clip.setting),
                .colour = offer.colour};
    }
    return {};
}

std::vector<figure::Figure> VideoView::figures() const
{
    std::vector<RunRecord> records;
    for (const RunHandle& run : done_)
        records.push_back(*run);
    return video_plugin::figures(
        records, [this](const LineId& line) { return lookOf(line); }, runPlacesIn(state_));
}

} // namespace vitrine::video_plugin
