#pragma once

#include <qcustomplot.h>

#include "core/figure/figure.h"
#include "core/figure/ticks.h"
#include "widgets/plot/frame.h"
#include "widgets/plot/picture_image.h"
#include "widgets/plot/reading.h"
#include "widgets/theme/palette.h"

#include <memory>
#include <optional>
#include <vector>

namespace vitrine::plot
{

class Header;

// One figure as a QCustomPlot: the drawing that window and paper share. Axes, layout and layers are
// QCustomPlot's; what stands between the axes is drawing.h. Not interactive by itself (plot_view.h
// is).
class Canvas : public QCustomPlot
{
public:
    explicit Canvas(QWidget* parent = nullptr);
    ~Canvas() override;

    // `title`: the figure's title above it. `ground`: what is painted behind all.
    void setFigure(const figure::Figure& figure, const theme::Palette& palette, bool title,
                   const QColor& ground);
    void setRanges(figure::Range x, figure::Range y);
    void setSize(QSize size); // for drawings that are not in a window; lays out
    // Grid pixels per logical pixel; `dense`: where cells are smaller than a logical pixel.
    void setImageScale(double scale, double dense)
    {
        imageScale_ = scale;
        denseScale_ = dense;
    }
    // PDF readers smooth transparent borders into dark rims.
    void setOpaqueImages(bool opaque) { opaqueImages_ = opaque; }

    const figure::Figure& figure() const { return figure_; }
    const theme::Palette& colours() const { return palette_; }
    Frame frame() const;
    QStringList legendEntries() const;
    figure::Ticks xTicks() const;
    figure::Ticks yTicks() const;

    // Drawn over the figure without drawing it again.
    void setCursorX(std::optional<double> x);
    void setReading(std::optional<Reading> reading);
    const std::optional<Reading>& reading() const { return reading_; }

private:
    void replotOverlay();
    class Content;
    class Overlay;
    friend class Content;
    friend class Overlay;

    void build(bool title);
    void addColourBar(const figure::Grid& grid);
    void styleAxis(QCPAxis* axis, const figure::Axis& described);
    void prepare();
    void cutTitles();
    void turnLabels();
    void squareCells();
    const PlacedImage& pictureOf(std::size_t image, const Frame& frame);
    const PlacedImage& cellsOf(std::size_t grid, const Frame& frame);

    figure::Figure figure_;
    theme::Palette palette_;
    Header* header_ = nullptr;
    QCPLayoutGrid* middle_ = nullptr;
    QCPColorScale* colourBar_ = nullptr;
    std::unique_ptr<Content> content_;
    std::unique_ptr<Overlay> overlay_;
    std::optional<double> cursorX_;
    std::optional<Reading> reading_;
    bool opaqueImages_ = false;
    double imageScale_ = 0; // 0: the screen's pixel ratio
    double denseScale_ = 0;

    struct Cached {
        PlacedImage placed;
        Frame frame;
        double scale = 0;
    };
    std::vector<Cached> pictures_, cells_;
    bool drawn_ = false;
};

} // namespace vitrine::plot
