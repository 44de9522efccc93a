#include "widgets/print/html_report.h"

#include "widgets/plot/render.h"

namespace vitrine::print
{

std::string htmlReport(const report::Document& document)
{
    std::vector<std::string> figures;
    for (const report::PlacedFigure& figure : document.figures)
        figures.push_back(
            plot::renderFigure(figure, plot::Format::svg,
                               {.textScale = figure.textSize / report::PlacedFigure::kTextSize,
                                .embedFont = false})
                .toStdString());
    return report::toHtml(document, figures, plot::fontFaceCss().toStdString());
}

} // namespace vitrine::print
