#pragma once

#include "widgets/player/scene.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace vitrine::player
{

// The values of all streams at one sample, native depth and as shown, and 8 x 8 samples around it
// of two of them.
class Inspector : public QWidget
{
    Q_OBJECT
public:
    struct Stream {
        QString name;
        int colour = 0;
        FramePtr frame; // none, or with an error: no values
    };

    explicit Inspector(QWidget* parent);

    // `common`: the size that samples are of. `tables`: streams whose 8 x 8 samples are listed.
    void setStreams(std::vector<Stream> streams, QSize common, std::vector<int> tables, int plane);
    void setSample(std::optional<QPoint> sample); // none: the last one stays

    // For reading aloud and tests: "Reference: Y 113, U 128, V 130, R 98, G 113, B 110".
    QStringList lines() const;

    QSize sizeHint() const override { return {264, 520}; }
    QSize minimumSizeHint() const override { return {264, 110}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QPoint sampleOf(const video::Frame& frame) const;
    double paintTable(QPainter& painter, const Stream& stream, double top) const;

    std::vector<Stream> streams_;
    QSize common_{1, 1};
    std::vector<int> tables_;
    int plane_ = 0;
    std::optional<QPoint> sample_;
};

// Matrix and range as they are taken, and whether the stream says so: "BT.601 limited (assumed)".
QString colourText(const video::Frame& frame);

} // namespace vitrine::player
