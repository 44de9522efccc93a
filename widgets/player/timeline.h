#pragma once

#include "widgets/player/transport.h"

#include <QPixmap>
#include <QString>
#include <QWidget>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace vitrine::player
{

struct TimelineCurve {
    QString name;
    int colour = 0, line = 0;          // as Pane
    std::vector<double> quality, bits; // by moment; NaN: not known
};

struct TimelineData {
    std::int64_t moments = 0;
    std::vector<TimelineCurve> curves;
    std::vector<std::int64_t> intra; // moments where the chosen stream has an intra frame
    QString qualityTitle, qualityUnit;
    int qualityDecimals = 2;
};

// Smallest and largest of the values that fall into each of `columns` equal shares, NaN where there
// is none: what a curve of more points than pixels is drawn from.
std::vector<std::pair<double, double>> minMaxColumns(const std::vector<double>& values,
                                                     std::int64_t moments, int columns);

// Quality and bits of every frame under the picture, with the cursor, the loop and what is cached.
// Click or drag seeks; Shift and drag sets the loop; a double click clears it.
class Timeline : public QWidget
{
    Q_OBJECT
public:
    using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;

    explicit Timeline(QWidget* parent);

    void setData(TimelineData data);
    const TimelineData& data() const { return data_; }
    void setPosition(std::int64_t moment);
    void setLoop(const Transport::Loop& loop);
    void setCached(const Ranges& moments);

    double xOf(std::int64_t moment) const; // pixels
    std::int64_t momentAt(double x) const;
    // What the box under the mouse says, line by line.
    QStringList readingAt(std::int64_t moment) const;

    QSize sizeHint() const override { return {600, 116}; }
    QSize minimumSizeHint() const override { return {200, 84}; }

signals:
    void seekWished(std::int64_t moment, bool dragging);
    void loopWished(std::int64_t from, std::int64_t to, bool dragging);
    void loopCleared();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct Row {
        QRectF place;
        double low = 0, high = 1;
        bool isLogarithmic = false;
        double yOf(double value) const;
    };
    QRectF plot() const;
    Row row(bool quality) const;
    QPixmap curves() const;
    void paintRow(QPainter& painter, const Row& row, bool quality) const;
    void paintReading(QPainter& painter) const;
    void drop(); // the drawing of the curves

    TimelineData data_;
    std::int64_t position_ = 0;
    Transport::Loop loop_;
    Ranges cached_;
    QPixmap drawn_; // curves and labels
    std::optional<std::int64_t> hovered_;
    std::optional<std::int64_t> loopFrom_; // while it is drawn by Shift and drag
    bool isDragging_ = false;
};

} // namespace vitrine::player
