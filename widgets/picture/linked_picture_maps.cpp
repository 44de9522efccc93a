#include "widgets/picture/linked_picture_maps.h"

#include "widgets/map/colour_legend.h"

#include <algorithm>
#include <utility>

namespace vitrine
{
namespace
{

constexpr int kPictureGap = 12, kLegendGap = 6;
constexpr int kComfortable = 160;  // a map's width where height is to be had
constexpr double kMostAsked = 320; // of a picture's height; larger ones are drawn if there is room

// Height by width.
double aspectOf(const PictureMapData& data)
{
    return data.picture.isNull() ? 1.0
                                 : static_cast<double>(data.picture.height()) /
                                       static_cast<double>(data.picture.width());
}

} // namespace

std::optional<std::int64_t> samePlace(std::optional<std::int64_t> patch, std::int64_t fromRows,
                                      std::int64_t fromColumns, std::int64_t rows,
                                      std::int64_t columns)
{
    if (!patch || fromRows <= 0 || fromColumns <= 0 || rows <= 0 || columns <= 0)
        return {};
    // The cell that holds the middle of the other: (2 i + 1) / (2 n) of the way.
    const auto along = [](std::int64_t cell, std::int64_t cells, std::int64_t others) {
        return (2 * cell + 1) * others / (2 * cells);
    };
    return along(*patch / fromColumns, fromRows, rows) * columns +
           along(*patch % fromColumns, fromColumns, columns);
}

LinkedPictureMaps::LinkedPictureMaps(QWidget* parent)
    : QWidget(parent), legend_(new ColourLegend(this))
{
    legend_->hide();
}

void LinkedPictureMaps::setAcross(int maps)
{
    across_ = std::max(maps, 0);
    updateGeometry();
    place();
}

PictureMap* LinkedPictureMaps::mapAt(std::size_t place)
{
    if (place < maps_.size())
        return maps_[place];
    auto* map = new PictureMap(this);
    const int index = static_cast<int>(place);
    connect(map, &PictureMap::patchHovered, this, [this, map, index](auto patch) {
        for (PictureMap* other : maps_)
            if (other != map)
                other->setHovered(samePlace(patch, map->data().rows, map->data().columns,
                                            other->data().rows, other->data().columns));
        emit patchHovered(index, patch);
    });
    connect(map, &PictureMap::patchChosen, this, [this, map, index](std::int64_t patch) {
        for (PictureMap* other : maps_)
            if (other != map)
                other->setSelected(samePlace(patch, map->data().rows, map->data().columns,
                                             other->data().rows, other->data().columns));
        emit patchChosen(index, patch);
    });
    connect(map, &PictureMap::menuWished, this,
            [this, index](QPoint point) { emit menuWished(point, index); });
    maps_.push_back(map);
    return map;
}

void LinkedPictureMaps::setMaps(std::vector<PictureMapData> maps)
{
    const bool captions =
        std::ranges::any_of(maps, [](const PictureMapData& map) { return !map.caption.isEmpty(); });
    shown_ = maps.size();
    for (std::size_t i = 0; i < maps.size(); ++i) {
        if (captions && maps[i].caption.isEmpty())
            maps[i].caption = QStringLiteral(" "); // pictures of a row stand level
        mapAt(i)->setData(std::move(maps[i]));
    }
    for (std::size_t i = shown_; i < maps_.size(); ++i)
        maps_[i]->setData({});
    updateLegend();
    updateGeometry();
    place();
}

std::vector<PictureMap*> LinkedPictureMaps::maps() const
{
    return {maps_.begin(), maps_.begin() + static_cast<std::ptrdiff_t>(shown_)};
}

// One legend for all where one is true for all.
void LinkedPictureMaps::updateLegend()
{
    std::vector<float> values;
    const PictureMapData* first = nullptr;
    bool same = true;
    for (const PictureMap* map : maps()) {
        const PictureMapData& data = map->data();
        if (data.values.empty() || !data.notice.isEmpty())
            continue;
        first = first ? first : &data;
        same = same && data.scale == first->scale && data.opacity == first->opacity &&
               data.quantity == first->quantity;
        values.insert(values.end(), data.values.begin(), data.values.end());
    }
    const bool shared = first != nullptr && same;
    if (shared)
        legend_->setLegend(first->scale, valueLegend(first->scale, values, first->opacity),
                           first->quantity);
    for (PictureMap* map : maps_)
        map->setLegendVisible(!shared);
    legend_->setVisible(shared);
}

QSize LinkedPictureMaps::around() const
{
    QSize most;
    for (const PictureMap* map : maps())
        most = most.expandedTo(map->around());
    return most;
}

double LinkedPictureMaps::aspect() const
{
    double highest = 0.1;
    for (const PictureMap* map : maps())
        highest = std::max(highest, aspectOf(map->data()));
    return highest;
}

int LinkedPictureMaps::legendRoom() const
{
    return legend_->isHidden() ? 0 : legend_->sizeHint().height() + kLegendGap;
}

double LinkedPictureMaps::pictureWidth(QSize room, int across) const
{
    const int rows = (static_cast<int>(shown_) + across - 1) / across;
    const double wide = static_cast<double>(room.width() - (across - 1) * kPictureGap) / across;
    const double high = static_cast<double>(room.height() - (rows - 1) * kPictureGap) / rows;
    return std::min(wide - around().width(), (high - around().height()) / aspect());
}

int LinkedPictureMaps::acrossFor(QSize room) const
{
    if (across_ > 0)
        return across_;
    int best = 1;
    for (int across = 2; across <= static_cast<int>(shown_); ++across)
        if (pictureWidth(room, across) > pictureWidth(room, best) + 0.5)
            best = across;
    return best;
}

int LinkedPictureMaps::heightForWidth(int width) const
{
    const int count = std::max(static_cast<int>(shown_), 1);
    const int across =
        across_ > 0 ? across_ : std::clamp(width / (kComfortable + kPictureGap), 1, count);
    const int rows = (count + across - 1) / across;
    const double wide = static_cast<double>(width - (across - 1) * kPictureGap) / across;
    const double picture = std::min((wide - around().width()) * aspect(), kMostAsked);
    return rows * (static_cast<int>(picture) + around().height() + kPictureGap) - kPictureGap +
           legendRoom();
}

void LinkedPictureMaps::place()
{
    const QSize room = size() - QSize(0, legendRoom());
    const int across = acrossFor(room);
    const double picture = std::max(pictureWidth(room, across), 1.0);
    const QSize cell =
        QSize(static_cast<int>(picture), static_cast<int>(picture * aspect())) + around();
    int foot = 0;
    for (std::size_t i = 0; i < maps_.size(); ++i) {
        maps_[i]->setVisible(i < shown_);
        if (i >= shown_)
            continue;
        const int row = static_cast<int>(i) / across, column = static_cast<int>(i) % across;
        maps_[i]->setGeometry(column * (cell.width() + kPictureGap),
                              row * (cell.height() + kPictureGap), cell.width(), cell.height());
        foot = maps_[i]->geometry().bottom() + 1;
    }
    legend_->setGeometry(0, foot + kLegendGap, width(), legend_->sizeHint().height());
}

void LinkedPictureMaps::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    place();
}

} // namespace vitrine
