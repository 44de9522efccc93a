#include "plugins/superres/view/shown_pictures.h"

#include "core/jobs/experiment/read_run.h"
#include "plugins/superres/figures/figures.h"
#include "widgets/theme/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace vitrine::superres_plugin
{
namespace
{

constexpr int kBlock = 32; // pixels of a square whose difference is looked at

QString words(const char* text)
{
    return QCoreApplication::translate("SuperresView", text);
}

QImage readImage(const std::filesystem::path& path)
{
    if (path.empty())
        return {};
    return QImage(QString::fromStdString(path.string())).convertToFormat(QImage::Format_RGB32);
}

QString withDecibels(const QString& name, double decibels)
{
    return std::isnan(decibels) ? name
                                : words("%1, %2 dB").arg(name, QString::number(decibels, 'f', 2));
}

double meanDifference(const QImage& a, const QImage& b, int left, int top)
{
    double sum = 0;
    for (int y = top; y < top + kBlock; ++y) {
        const auto* p = reinterpret_cast<const QRgb*>(a.constScanLine(y));
        const auto* q = reinterpret_cast<const QRgb*>(b.constScanLine(y));
        for (int x = left; x < left + kBlock; ++x)
            sum += std::abs(qGray(p[x]) - qGray(q[x]));
    }
    return sum;
}

QPointF mostDifferent(const QImage& a, const QImage& b)
{
    double most = -1;
    QPointF place(0.5, 0.5);
    if (a.size() != b.size())
        return place;
    for (int top = 0; top + kBlock <= a.height(); top += kBlock / 2)
        for (int left = 0; left + kBlock <= a.width(); left += kBlock / 2)
            if (const double difference = meanDifference(a, b, left, top); difference > most) {
                most = difference;
                place = {(left + kBlock / 2.0) / a.width(), (top + kBlock / 2.0) / a.height()};
            }
    return place;
}

const ShownItem* named(const std::vector<ShownItem>& items, const std::string& picture)
{
    const auto found = std::ranges::find(items, picture, &ShownItem::picture);
    return found == items.end() ? nullptr : &*found;
}

} // namespace

ShownPictures readShownPictures(const RunPointers& runs, std::size_t item)
{
    ShownPictures shown;
    const auto items = itemsOf(*runs.front());
    if (item >= items.size())
        return shown;
    const ShownItem& first = items[item];
    const QImage high = readImage(first.high), bicubic = readImage(first.bicubic),
                 original = readImage(first.original), low = readImage(first.low);
    if (high.isNull())
        return shown;
    if (!original.isNull())
        shown.all.push_back({words("Ground truth"), words("The original"), original});
    if (!low.isNull())
        shown.all.push_back(
            {words("Small picture"), words("Its pixels, enlarged"),
             low.scaled(high.size(), Qt::IgnoreAspectRatio, Qt::FastTransformation)});
    const bool hasRunOfIt = std::ranges::any_of(runs, [](const RunRecord* run) {
        return parameterText(run->params, "method") == "bicubic";
    });
    if (!bicubic.isNull() && !hasRunOfIt)
        shown.all.push_back({withDecibels(words("Bicubic"), first.psnrYBicubic),
                             words("Keys' kernel, a = -0.5"), bicubic});
    for (const RunRecord* run : runs) {
        const QString name = fromUtf8(runName(*run, runs.size() > 1));
        const auto ofRun = itemsOf(*run);
        const ShownItem* same = named(ofRun, first.picture);
        const QImage image = same ? readImage(same->high) : QImage();
        if (image.isNull() || image.size() != high.size())
            shown.leftOut.push_back(name);
        else
            shown.all.push_back({withDecibels(name, same->psnrY), name, image, true});
    }
    shown.place = mostDifferent(original.isNull() ? high : original, bicubic);
    return shown;
}

QRect detailRect(QSize size, QPointF place, int side)
{
    const int width = std::min(side, size.width()), height = std::min(side, size.height());
    const auto at = [](double share, int whole, int part) {
        return std::clamp(static_cast<int>(std::lround(share * whole - part / 2.0)), 0,
                          whole - part);
    };
    return {at(place.x(), size.width(), width), at(place.y(), size.height(), height), width,
            height};
}

QImage detailOf(const QImage& image, QPointF place, int side, int times)
{
    const QImage part = image.copy(detailRect(image.size(), place, side));
    return part.scaled(part.size() * times, Qt::IgnoreAspectRatio, Qt::FastTransformation);
}

} // namespace vitrine::superres_plugin
