#include "app/report/figure_actions.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QImage>
#include <QMimeData>

#include "core/base/file.h"
#include "core/figure/data.h"
#include "widgets/plot/render.h"

namespace vitrine
{

void copyFigure(const figure::Figure& figure)
{
    auto* data = new QMimeData; // the clipboard owns it
    data->setImageData(QImage::fromData(plot::renderFigure(figure, plot::Format::png)));
    data->setData("image/svg+xml", plot::renderFigure(figure, plot::Format::svg));
    QGuiApplication::clipboard()->setMimeData(data);
}

Result<void> writeFigure(const figure::Figure& figure, const QString& path)
{
    const QString ending = QFileInfo(path).suffix().toLower();
    std::string bytes;
    if (ending == "csv")
        bytes = figure::figureCsv(figure);
    else if (ending == "svg")
        bytes = plot::renderFigure(figure, plot::Format::svg).toStdString();
    else if (ending == "pdf")
        bytes = plot::renderFigure(figure, plot::Format::pdf).toStdString();
    else if (ending == "png")
        bytes = plot::renderFigure(figure, plot::Format::png).toStdString();
    else
        return argumentError("cannot write {}: the name must end in .pdf, .svg, .png or .csv",
                             path.toStdString());
    return writeFileAtomically(path.toStdString(), bytes);
}

} // namespace vitrine
