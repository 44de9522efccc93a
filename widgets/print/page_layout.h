#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include "core/report/document.h"
#include "widgets/print/page_text.h"

#include <string>
#include <variant>
#include <vector>

namespace vitrine::plot
{
class PagePainter;
}

namespace vitrine::print
{

// A document on A4 pages: what the PDF has and what the window previews. Lengths in 1/1200 inch.
// Needs a QApplication and its thread.
class PageLayout
{
public:
    explicit PageLayout(const report::Document& document);

    int pages() const { return static_cast<int>(pages_.size()); }
    static QSizeF pageSize();

    // `imageScale` as of plot::PagePainter.
    void paint(plot::PagePainter& painter, int page, double imageScale = 0) const;

    // Where an item of the manuscript stands; a long one has several places.
    struct Place {
        int section = 0, item = 0; // item -1: the section's heading; section count: the appendix
        int page = 0;
        QRectF rect;
    };
    const std::vector<Place>& places() const { return places_; }

    struct Heading {
        std::string title;
        int page = 0;
        double y = 0;
    };
    const std::vector<Heading>& headings() const { return headings_; } // of sections, in order

    // All text of a page, for tests and for reading aloud.
    QString text(int page) const;

private:
    friend class PageFlow;

    struct Line {
        PageText text;
        int line = 0;
        QPointF place;
    };
    struct Fill {
        QRectF rect;
        QColor colour;
    };
    struct Drawing {
        std::size_t figure = 0;
        QRectF rect;
    };
    using Piece = std::variant<Line, Fill, Drawing>;

    std::vector<report::PlacedFigure> figures_;
    std::vector<std::vector<Piece>> pages_;
    std::vector<Place> places_;
    std::vector<Heading> headings_;
};

} // namespace vitrine::print
