#include "plugins/quantization/view/kernels_view.h"

#include "plugins/quantization/figures/kernels_figures.h"
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
constexpr int kBarsHeight = 300;

std::vector<SkeletonCard> kernelsSkeleton(QSize size)
{
    using Body = SkeletonCard::Body;
    const int gap = 8, said = 96, half = (size.width() - gap) / 2;
    const int top = said + gap + kBarsHeight + gap, height = std::max(0, size.height() - top);
    return {{{0, 0, size.width(), said}, Body::words},
            {{0, said + gap, half, kBarsHeight}},
            {{half + gap, said + gap, half, kBarsHeight}},
            {{0, top, size.width(), height}, Body::lines}};
}

} // namespace

KernelsView::KernelsView(ViewContext& context, QWidget* parent)
    : ComparisonView(
          context,
          {.name = tr("Speed of products"),
           .experiment = QStringLiteral("quantization.kernels"),
           .empty = {tr("How fast does this machine multiply by codes?"),
                     tr("Weights of a few bits are multiplied as they are stored, by dot "
                        "products of code bits or by look-ups. This room measures both beside "
                        "dense weights and beside what the memory gives, and how exact they "
                        "are."),
                     tr("Measure a layer of 4096 × 4096"),
                     tr("3 bits in blocks; takes less than a minute"),
                     tr("Or choose a size and a layout in the form (F4 shows it).")}},
          {.isOne = isKernelsRun,
           .lack = "the run holds no times of kernels",
           .name = kernelsName,
           .title = kernelsName,
           .shows = tr("Show %1")},
          parent)
{
    makePage(scrolled(makeContent()), kernelsSkeleton, {});
    showPage();
}

Panel* KernelsView::makeTable()
{
    auto* card = new Panel(tr("Kernels"), this);
    table_ = new RunTable(card);
    table_->setAccessibleName(tr("Kernels and their times"));
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    card->body()->addWidget(table_);
    return card;
}

QWidget* KernelsView::makeContent()
{
    verdict_ = new VerdictCard(tr("The fastest"), this);
    QWidget* page = makeColumn({verdict_});
    auto* column = static_cast<QVBoxLayout*>(page->layout());
    pair_ = new QBoxLayout(QBoxLayout::LeftToRight);
    pair_->setSpacing(8);
    pair_->addWidget(plots_->add("kernel-times", kBarsHeight), 1);
    pair_->addWidget(plots_->add("kernel-rates", kBarsHeight), 1);
    column->addLayout(pair_, 1);
    column->addWidget(makeTable());
    return page;
}

// In a narrow window plots stand below each other.
void KernelsView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    pair_->setDirection(width() < kBarsBeside ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void KernelsView::startStudy()
{
    start({{"rows", "4096"}, {"columns", "4096"}, {"bits", "3"}, {"layout", "block"}}, false);
}

void KernelsView::takeRuns(const Runs& runs)
{
    verdict_->say(kernelsVerdict(runs), kernelsRemarks(runs));
}

void KernelsView::drawRuns(const Runs& runs, const State& state)
{
    const auto looks = looksOf(runs, state);
    VersionTable kernels = kernelsTable(runs);
    std::vector<int> colours;
    for (const int run : kernels.runOf)
        if (runs.size() > 1)
            colours.push_back(looks[static_cast<std::size_t>(run)].colour);
    table_->setRows(std::move(kernels.table), colours);
    showFigures(kernelsFigures(runs, state));
}

} // namespace vitrine::quantization_plugin
