#pragma once

#include "widgets/map/colour_scale.h"

#include <QString>
#include <QWidget>

class QPainter;

namespace vitrine
{

// What is written at a bar of colours.
struct LegendWords {
    QString low, middle, high; // numbers at its ends
    QString scale;             // "linear", "log scale"
    QString more;              // "clipped"; gives way where there is no room
    bool notFinite = false;    // the hatch is explained
};

// Of attention weights, which lie in [0, 1]: a scale that ends below 1 clips.
LegendWords weightLegend(const ColourScale& scale, bool notFinite);
// Of values that are known: clipped where some of them lie outside. With an opacity below 1 the
// colours are mixed with a picture's, which is said.
LegendWords valueLegend(const ColourScale& scale, std::span<const float> values, double opacity);

QString sentenceOf(const LegendWords& words); // all of them: "0 to ≥ 0.1, linear, clipped"

// In a column of 78 pixels at the right of `map`, from its top; nothing where it is too low.
void paintLegendBeside(QPainter& painter, const QRectF& map, const ColourTable& table,
                       const LegendWords& words);
// In a line 16 pixels high; the words are cut to the room.
void paintLegendLine(QPainter& painter, const QRectF& room, const ColourTable& table,
                     const LegendWords& words);

// Such a line by itself, and the name of what it shows.
class ColourLegend : public QWidget
{
    Q_OBJECT
public:
    explicit ColourLegend(QWidget* parent);

    // `quantity`: what the colours mean, before the bar; or empty.
    void setLegend(const ColourScale& scale, const LegendWords& words, const QString& quantity);
    QString text() const { return sentenceOf(words_); }

    QSize sizeHint() const override { return {280, 20}; }
    QSize minimumSizeHint() const override { return {96, 20}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    ColourTable table_{ColourScale{}};
    LegendWords words_;
    QString quantity_;
};

} // namespace vitrine
