#include "widgets/player/scene.h"

#include "core/base/parallel.h"
#include "core/figure/figure.h"
#include "widgets/player/overlays.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>

namespace vitrine::player
{
namespace
{

QString words(const char* text)
{
    return QCoreApplication::translate("Player", text);
}

// The pixels without a copy: the image owns the vector.
QImage imageOf(video::Picture picture)
{
    auto* kept = new video::Picture(std::move(picture));
    return QImage(
        reinterpret_cast<uchar*>(kept->pixels.data()), kept->width, kept->height, kept->width * 4,
        QImage::Format_RGB32, [](void* owned) { delete static_cast<video::Picture*>(owned); },
        kept);
}

QString sizeText(const video::Frame& frame)
{
    return QStringLiteral("%1 × %2 %3")
        .arg(frame.width())
        .arg(frame.height())
        .arg(QString::fromStdString(formatName(frame.format())));
}

// A frame to show, or the reason why not in `notice`.
const video::Frame* frameOf(const PaneMoment& moment, QString& notice)
{
    if (!moment.frame) {
        notice = moment.absent;
        return nullptr;
    }
    if (!moment.frame->error.empty()) {
        notice = QString::fromStdString(moment.frame->error);
        return nullptr;
    }
    return &moment.frame->frame;
}

// The difference and block measures are of frames that belong together.
const video::Frame* partnerOf(const SceneRequest& request, const PictureWish& wish,
                              const video::Frame& frame, QString& notice)
{
    if (wish.against < 0)
        return nullptr;
    const PaneMoment& other = request.panes[static_cast<std::size_t>(wish.against)];
    const video::Frame* partner = frameOf(other, notice);
    if (!partner || !other.isExact() ||
        !request.panes[static_cast<std::size_t>(wish.pane)].isExact())
        return nullptr;
    if (!partner->sameShape(frame)) {
        notice = words("cannot be subtracted: %1 here, %2 there")
                     .arg(sizeText(frame), sizeText(*partner));
        return nullptr;
    }
    return partner;
}

QImage picture(const SceneRequest& request, const PictureWish& wish, const video::Frame& frame,
               const Fitted& fit, QString& notice)
{
    const PlayerState& state = request.state;
    if (!wish.isDifference)
        return imageOf(rgbPicture(frame, fit.window));
    const video::Frame* partner = partnerOf(request, wish, frame, notice);
    if (!partner)
        return {};
    const int plane = std::min(state.plane, frame.format().planes() - 1);
    return imageOf(differencePicture(*partner, frame, plane, state.difference, state.gain,
                                     fit.window, heatColours()));
}

void paintOverlays(const SceneRequest& request, const PictureWish& wish, const Fitted& fit,
                   QImage& image, QString& notice)
{
    const PlayerState& state = request.state;
    const bool wantsBlocks = state.blocks != BlockMeasure::none && wish.against >= 0;
    if (!state.motion && !state.qp && !wantsBlocks)
        return;
    const PaneMoment& moment = request.panes[static_cast<std::size_t>(wish.pane)];
    const OverlayPlace place{fit, request.pixelRatio, request.ink, request.paper};
    QPainter painter(&image);
    QStringList notices;
    if (wantsBlocks) {
        QString reason;
        if (const auto* partner = partnerOf(request, wish, moment.frame->frame, reason))
            paintBlocks(painter, place,
                        state.blocks == BlockMeasure::psnr
                            ? video::blockPsnr(*partner, moment.frame->frame, 16)
                            : video::blockSsim(*partner, moment.frame->frame, 16),
                        state.blocks);
        else if (!reason.isEmpty())
            notices << reason;
    }
    const codec::SideData* side = moment.frame->side.get();
    if (!moment.readsSideData && (state.qp || state.motion)) {
        notices << (state.motion ? words("reading the motion vectors…")
                                 : words("reading the quantizers…"));
        notice = notices.join(QStringLiteral("\n"));
        return;
    }
    if (state.qp) {
        if (side && !side->qp.empty())
            paintQuantizers(painter, place, *side);
        else
            notices << (side && !side->qpAbsent.empty()
                            ? QString::fromStdString(side->qpAbsent)
                            : words("no quantizers: this picture is not coded"));
    }
    if (state.motion) {
        if (side && !side->motion.empty())
            paintMotion(painter, place, *side);
        else if (!side || !side->motionAbsent.empty())
            notices << (side ? QString::fromStdString(side->motionAbsent)
                             : words("no motion vectors: this picture is not coded"));
        else
            notices << words("no motion vectors in this frame");
    }
    notice = notices.join(QStringLiteral("\n"));
}

} // namespace

bool Scene::isExact() const
{
    return std::ranges::all_of(
        panes, [](const PaneMoment& pane) { return pane.isExact() || !pane.absent.isEmpty(); });
}

Scene makeScene(const SceneRequest& request)
{
    Scene scene;
    scene.moment = request.moment;
    scene.version = request.version;
    scene.panes = request.panes;
    scene.pictures.resize(request.wishes.size());
    scene.overlayNotices.resize(request.wishes.size());
    parallelFor(request.wishes.size(), [&](std::size_t i) {
        const PictureWish& wish = request.wishes[i];
        ScenePicture& made = scene.pictures[i];
        made.wish = wish;
        const PaneMoment& moment = request.panes[static_cast<std::size_t>(wish.pane)];
        const video::Frame* frame = frameOf(moment, made.notice);
        if (!frame)
            return;
        const Fitted fit =
            fitted(wish.place, request.common, QSize(frame->width(), frame->height()),
                   request.state.zoom, request.state.centreX, request.state.centreY);
        made.target = fit.target;
        made.index = moment.frame->index;
        made.isExact = moment.isExact();
        if (fit.target.isEmpty())
            return;
        made.image = picture(request, wish, *frame, fit, made.notice);
        if (!made.image.isNull())
            paintOverlays(request, wish, fit, made.image, scene.overlayNotices[i]);
    });
    return scene;
}

const std::vector<std::uint32_t>& heatColours()
{
    static const std::vector<std::uint32_t> kColours = [] {
        std::vector<std::uint32_t> colours;
        for (int i = 0; i < 256; ++i) {
            const figure::Colour c = figure::colourOf(figure::ColourMap::magma, i / 255.0);
            colours.push_back(0xff000000u | std::uint32_t{c.red} << 16 |
                              std::uint32_t{c.green} << 8 | c.blue);
        }
        return colours;
    }();
    return kColours;
}

std::pair<double, double> blockScale(BlockMeasure measure)
{
    return measure == BlockMeasure::psnr ? std::pair(20.0, 50.0) : std::pair(0.5, 1.0);
}

} // namespace vitrine::player
