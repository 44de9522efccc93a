#include "widgets/print/pdf_report.h"

#include <QBuffer>
#include <QDateTime>
#include <QPageSize>
#include <QPdfWriter>

#include "widgets/plot/normalise.h"
#include "widgets/plot/paint.h"
#include "widgets/print/page_layout.h"

namespace vitrine::print
{

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
    return plot::normalisedPdf(bytes, newest.isValid() ? newest.toSecsSinceEpoch() : 0)
        .toStdString();
}

} // namespace vitrine::print
