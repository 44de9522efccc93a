#pragma once

#include "core/figure/figure.h"
#include "widgets/map/colour_scale.h"

#include <QImage>
#include <QWidget>

#include <cstdint>
#include <optional>
#include <vector>

namespace vitrine
{

// A picture and a map of its patches. Patches are counted row by row.
struct PictureMapData {
    QImage picture;                     // as the network saw it
    std::int64_t rows = 0, columns = 0; // of patches, which cover it all; 0: the picture alone
    // rows * columns, row-major; NaN: no cell; figure::kNotFinite: hatched. Empty: patches can be
    // pointed at and chosen, without colours.
    std::vector<float> values;
    ColourScale scale;
    double opacity = 0.65;
    figure::Upsampling upsampling = figure::Upsampling::bilinear;
    std::optional<std::int64_t> selected; // patch
    std::vector<std::int64_t> marks;      // patches with a thin outline
    bool marksHidden = false;             // these are hidden from the network: hatched
    QString caption;                      // a line above it, cut to the width
    QString help;                         // under the pointer there; empty: the whole caption
    QString name;                         // read aloud: "Attention map, layer 3 · head 5"
    QString quantity;                     // what the colour means: "attention weight"
    QString notice;                       // a sentence instead of the map; the picture stays
};

// A picture as large as the widget lets it be, with one map of patches over it. The pointer reads a
// patch, a click chooses it; arrows move the chosen patch (from none: to the middle), Home and End
// go to the first and last. Window's thread.
class PictureMap : public QWidget
{
    Q_OBJECT
public:
    explicit PictureMap(QWidget* parent);

    void setData(PictureMapData data);
    const PictureMapData& data() const { return data_; }
    void setSelected(std::optional<std::int64_t> patch); // emits nothing
    // The patch pointed at, here or in a linked map; emits nothing.
    void setHovered(std::optional<std::int64_t> patch);
    std::optional<std::int64_t> hovered() const { return hovered_; }
    // A line with the scale's colours under the picture (on at first).
    void setLegendVisible(bool visible);

    QSize around() const;       // what caption, legend and frame take beside the picture
    QRectF pictureRect() const; // pixels of this widget; empty without a picture
    QRectF patchRect(std::int64_t patch) const;
    std::optional<std::int64_t> patchAt(QPointF place) const;
    QString patchText(std::int64_t patch) const; // from 0: "Row 3, column 5: weight 0.0123"

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {96, 96}; }

signals:
    void patchHovered(std::optional<std::int64_t> patch); // none: the pointer has left
    void patchChosen(std::int64_t patch);                 // by a person; it is selected by then
    void menuWished(QPoint globalPosition);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    std::int64_t patches() const;
    bool hasMap() const;
    double captionRoom() const;
    double legendRoom() const;
    QString legendHelp() const; // all of the legend, which is cut where it is narrow
    void hover(std::optional<std::int64_t> patch);
    void choose(std::int64_t patch);
    void describe();
    void prepare(QSize pixels); // the images below, for a picture of so many
    void paintCaption(QPainter& painter, const QRectF& place) const;
    void paintCells(QPainter& painter, const QRectF& place) const;
    void paintMarks(QPainter& painter) const;
    void paintLegend(QPainter& painter, const QRectF& place) const;

    PictureMapData data_;
    std::optional<std::int64_t> hovered_;
    bool legend_ = true;
    QImage scaled_, coloured_; // picture and map as last painted; null: to be made
};

} // namespace vitrine
