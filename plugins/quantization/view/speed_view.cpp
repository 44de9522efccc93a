#include "plugins/quantization/view/speed_view.h"

#include "plugins/quantization/figures/kernels_figures.h"
#include "plugins/quantization/figures/primitives_figures.h"
#include "plugins/quantization/figures/runs_drawing.h"
#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/verdict_card.h"
#include "widgets/page/panel.h"
#include "widgets/table/run_table.h"

#include <QBoxLayout>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kBarsBeside = 820; // pixels with room for bars and their names side by side
constexpr int kFewBarsHeight = 300, kManyBarsHeight = 420;

Skeleton speedSkeleton(int plotHeight)
{
    return [plotHeight](QSize size) -> std::vector<SkeletonCard> {
        using Body = SkeletonCard::Body;
        const int gap = 8, said = 96, half = (size.width() - gap) / 2;
        const int top = said + gap + plotHeight + gap, height = std::max(0, size.height() - top);
        return {{{0, 0, size.width(), said}, Body::words},
                {{0, said + gap, half, plotHeight}},
                {{half + gap, said + gap, half, plotHeight}},
                {{0, top, size.width(), height}, Body::lines}};
    };
}

} // namespace

SpeedView::Speeds SpeedView::kernels()
{
    return {
        .words = {.name = tr("Speed of products"),
                  .experiment = QStringLiteral("quantization.kernels"),
                  .empty = {tr("How fast does this machine multiply by codes?"),
                            tr("Weights of a few bits are multiplied as they are stored, by dot "
                               "products of code bits or by look-ups. This room measures both "
                               "beside dense weights and beside what the memory gives, and how "
                               "exact they are."),
                            tr("Measure a layer of 4096 × 4096"),
                            tr("3 bits in blocks; takes less than a minute"),
                            tr("Or choose a size and a layout in the form (F4 shows it).")}},
        .kind = {.isOne = isKernelsRun,
                 .lack = "the run holds no times of kernels",
                 .name = kernelsName,
                 .title = kernelsName,
                 .shows = tr("Show %1")},
        .verdict = kernelsVerdict,
        .remarks = kernelsRemarks,
        .table = kernelsTable,
        .figures = kernelsFigures,
        .plots = {"kernel-times", "kernel-rates"},
        .plotHeight = kFewBarsHeight,
        .tableTitle = tr("Kernels"),
        .tableName = tr("Kernels and their times"),
        .verdictTitle = tr("The fastest"),
        .study = {{"rows", "4096"}, {"columns", "4096"}, {"bits", "3"}, {"layout", "block"}}};
}

SpeedView::Speeds SpeedView::primitives()
{
    return {
        .words = {.name = tr("Adding and shifting"),
                  .experiment = QStringLiteral("quantization.primitives"),
                  .empty = {tr("Is adding or shifting faster than multiplying here?"),
                            tr("ShiftAddViT replaces multiplications by additions (binary codes) "
                               "and shifts (weights of powers of two). This room measures both on "
                               "this processor beside the multiplications that they replace, and "
                               "how exact they are."),
                            tr("Measure ShiftAddViT's own sizes"),
                            tr("Seven products of PVTv2-B0; takes a few seconds"),
                            tr("Or choose sizes in the form (F4 shows it).")}},
        .kind = {.isOne = isPrimitivesRun,
                 .lack = "the run holds no times of products",
                 .name = primitivesName,
                 .title = primitivesName,
                 .shows = tr("Show %1")},
        .verdict = primitivesVerdict,
        .remarks = primitivesRemarks,
        .table = primitivesTable,
        .figures = primitivesFigures,
        .plots = {"primitive-ratios", "primitive-times"},
        .plotHeight = kManyBarsHeight,
        .tableTitle = tr("Products"),
        .tableName = tr("Products and their times"),
        .verdictTitle = tr("Beside multiplying"),
        .study = {}};
}

SpeedView::SpeedView(ViewContext& context, Speeds speeds, QWidget* parent)
    : ComparisonView(context, speeds.words, speeds.kind, parent), speeds_(std::move(speeds))
{
    makePage(scrolled(makeContent()), speedSkeleton(speeds_.plotHeight), {});
    showPage();
}

Panel* SpeedView::makeTable()
{
    auto* card = new Panel(speeds_.tableTitle, this);
    table_ = new RunTable(card);
    table_->setAccessibleName(speeds_.tableName);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    card->body()->addWidget(table_);
    return card;
}

QWidget* SpeedView::makeContent()
{
    verdict_ = new VerdictCard(speeds_.verdictTitle, this);
    QWidget* page = makeColumn({verdict_});
    auto* column = static_cast<QVBoxLayout*>(page->layout());
    pair_ = new QBoxLayout(QBoxLayout::LeftToRight);
    pair_->setSpacing(8);
    for (const char* plot : speeds_.plots)
        pair_->addWidget(plots_->add(plot, speeds_.plotHeight), 1);
    column->addLayout(pair_, 1);
    column->addWidget(makeTable());
    return page;
}

// In a narrow window plots stand below each other.
void SpeedView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    pair_->setDirection(width() < kBarsBeside ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void SpeedView::startStudy()
{
    start(speeds_.study, false);
}

void SpeedView::takeRuns(const Runs& runs)
{
    verdict_->say(speeds_.verdict(runs), speeds_.remarks(runs));
}

void SpeedView::drawRuns(const Runs& runs, const State& state)
{
    const auto looks = looksOf(runs, state);
    VersionTable rows = speeds_.table(runs);
    std::vector<int> colours;
    for (const int run : rows.runOf)
        if (runs.size() > 1)
            colours.push_back(looks[static_cast<std::size_t>(run)].colour);
    table_->setRows(std::move(rows.table), colours);
    showFigures(speeds_.figures(runs, state));
}

} // namespace vitrine::quantization_plugin
