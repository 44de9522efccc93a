#include "widgets/print/pdf_report.h"

#include <QBuffer>
#include <QDateTime>
#include <QPageSize>
#include <QPdfWriter>

#include "widgets/plot/normalise.h"
#include "widgets/plot/paint.h"
#include "widgets/print/page_layout.h"
#include "widgets/print/pdf_outline.h"

namespace vitrine::print
{
namespace
{

std::vector<Bookmark> bookmarksOf(const PageLayout& layout)
{
    std::vector<Bookmark> bookmarks;
    for (const PageLayout::Heading& heading : layout.headings())
        bookmarks.push_back(
            {QString::fromStdString(heading.title), heading.page, heading.y * 72 / kInch});
    return bookmarks;
}

} // namespace

std::string pdfReport(const report::Document& document,
                      const std::function<void(int, int)>& progress)
{
    const PageLayout layout(document);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setTitle(QString::fromStdString(document.title));
        writer.setCreator("Vitrine");
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF());
        writer.setResolution(static_cast<int>(kInch));
        plot::PagePainter painter(writer);
        for (int page = 0; page < layout.pages(); ++page) {
            if (page > 0)
                writer.newPage();
            layout.paint(painter, page);
            if (progress)
                progress(page + 1, layout.pages());
        }
    }
    const QDateTime newest =
        QDateTime::fromString(QString::fromStdString(document.newest), Qt::ISODateWithMs);
    const QByteArray dated =
        plot::normalisedPdf(bytes, newest.isValid() ? newest.toSecsSinceEpoch() : 0);
    return withBookmarks(dated, bookmarksOf(layout), PageLayout::pageSize().height() * 72 / kInch)
        .toStdString();
}

} // namespace vitrine::print
