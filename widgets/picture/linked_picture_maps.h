#pragma once

#include "widgets/picture/picture_map.h"

#include <QWidget>

#include <cstdint>
#include <optional>
#include <vector>

namespace vitrine
{

class ColourLegend;

// Picture maps side by side, in as many rows as the width asks for. The patch pointed at or chosen
// in one is so in all: by its relative place where their patches differ. Maps with one scale share
// one legend below; else each has its own. Window's thread.
class LinkedPictureMaps : public QWidget
{
    Q_OBJECT
public:
    explicit LinkedPictureMaps(QWidget* parent);

    // So many in a row whatever the width; 0 (at first): by the room there is.
    void setAcross(int maps);
    void setMaps(std::vector<PictureMapData> maps);
    std::vector<PictureMap*> maps() const; // those that are shown, in order

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override; // pictures of a middling size; more is used
    QSize sizeHint() const override { return {560, heightForWidth(560)}; }
    QSize minimumSizeHint() const override { return {140, 140}; }

signals:
    void patchHovered(int map, std::optional<std::int64_t> patch);
    void patchChosen(int map, std::int64_t patch);
    void menuWished(QPoint globalPosition, int map);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    PictureMap* mapAt(std::size_t place);
    QSize around() const;   // what stands beside a picture
    double aspect() const;  // height by width of the highest
    int legendRoom() const; // below all
    double pictureWidth(QSize room, int across) const;
    int acrossFor(QSize room) const; // such that the pictures are largest
    void place();
    void updateLegend();

    ColourLegend* legend_;
    std::vector<PictureMap*> maps_;
    std::size_t shown_ = 0;
    int across_ = 0;
};

// The patch of a grid of rows * columns that lies where `patch` lies in one of fromRows *
// fromColumns; none where either has no patches.
std::optional<std::int64_t> samePlace(std::optional<std::int64_t> patch, std::int64_t fromRows,
                                      std::int64_t fromColumns, std::int64_t rows,
                                      std::int64_t columns);

} // namespace vitrine
