#pragma once

#include "plugins/attention/scene.h"

#include <QPixmap>
#include <QWidget>

#include <map>

namespace vitrine::attention
{

// Thumbnails of all heads: layers as rows and heads as columns, or ranked by score. Arrows move the
// selection, P pins.
class OverviewGrid : public QWidget
{
    Q_OBJECT
public:
    explicit OverviewGrid(QWidget* parent);

    void setScene(const Scene& scene);
    void setRoom(int width);         // the width that may be filled without scrolling
    QRect cellOf(HeadId head) const; // empty where there is none
    HeadId selected() const { return selected_; }
    QSize sizeHint() const override { return size_; }

signals:
    void headChosen(vitrine::attention::HeadId head);
    void headPinToggled(vitrine::attention::HeadId head);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Cell {
        HeadRow row;
        std::vector<float> values; // side x side
        int line = 0, column = 0;
    };
    void arrange();
    void describe();
    QRect rectOf(const Cell& cell) const; // with its score
    const Cell* at(QPoint point) const;
    void moveTo(int line, int column);
    const QPixmap& thumbnail(const Cell& cell, int index);
    void paintCell(QPainter& painter, const Cell& cell, int index);
    double share(const HeadRow& row) const; // of the score's range, 0..1

    std::vector<Cell> cells_;
    std::map<int, QPixmap> thumbnails_; // by place in cells_
    std::vector<HeadId> pinned_;
    HeadId selected_;
    Score score_ = Score::firstTokenMass;
    ColourScale scale_;
    bool ranked_ = false;
    std::int64_t side_ = 0;
    std::uint64_t version_ = 0, runsVersion_ = 0;
    double highest_ = 1;
    int room_ = 240, thumb_ = 40, columns_ = 1, lines_ = 0;
    QSize size_;
};

} // namespace vitrine::attention
