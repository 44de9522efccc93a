#pragma once

#include "core/video/picture.h"

#include <QColor>
#include <QImage>
#include <QString>
#include <QWidget>

namespace vitrine::player
{

// How often values occur and where they stand, of the second stream beside the first.
struct ScopeData {
    QString firstName, secondName;
    int firstColour = 0, secondColour = 0;
    video::Histogram first, second; // empty: not there
    video::Waveform waveform;       // of the second stream
    int plane = 0;
};
inline constexpr int kWaveformColumns = 240, kWaveformLevels = 128;
// "Histogram of Y: Reference filled, x264 line", of what is there.
QString histogramTitle(const ScopeData& data);

class Scopes : public QWidget
{
    Q_OBJECT
public:
    explicit Scopes(QWidget* parent);
    void setData(ScopeData data);
    const ScopeData& data() const { return data_; }

    QSize sizeHint() const override { return {264, 330}; }
    QSize minimumSizeHint() const override { return {264, 140}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void paintHistogram(QPainter& painter, const QRectF& place) const;
    QImage waveformImage() const;

    ScopeData data_;
    QImage waveform_;
};

} // namespace vitrine::player
