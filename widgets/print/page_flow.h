#pragma once

#include "widgets/print/page_layout.h"

namespace vitrine::print
{

struct TableType;

inline constexpr double kSide = mm(22); // the page's left and right margin

inline double textWidth()
{
    return PageLayout::pageSize().width() - 2 * kSide;
}

// Fills pages from top to bottom.
class PageFlow
{
public:
    PageFlow(PageLayout& layout, const report::Document& document);

    void run();

private:
    void newPage();
    void need(double height); // else a new page
    void gap(double height);  // none at a page's top
    void addText(const PageText& text, double left = 0);
    void add(const report::Paragraph& paragraph);
    void add(const report::RichText& block);
    void add(const report::Code& code);
    void add(const report::DataTable& table);
    void add(const report::FigureBlock& block);
    void addHead();
    void addHeading(const std::string& title);
    void addFooters();
    void addPart(const report::DataTable& part, const std::vector<double>& widths,
                 const TableType& type);
    void fill(const QRectF& rect, const QColor& colour);
    void place(int section, int item, int fromPage, double fromY);

    double top() const;
    double bottom() const;

    PageLayout& layout_;
    const report::Document& document_;
    double y_ = 0;
    bool fresh_ = true; // nothing on the page yet
};

} // namespace vitrine::print
