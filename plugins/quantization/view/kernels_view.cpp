#include "plugins/quantization/view/kernels_view.h"

#include "core/base/json.h"
#include "plugins/quantization/figures/kernels_figures.h"
#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/verdict_card.h"
#include "widgets/page/panel.h"
#include "widgets/state_json.h"
#include "widgets/table/run_table.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

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
    : RoomView(context, BoundState({"ranges"}),
               {.name = tr("Speed of products"),
                .experiment = QStringLiteral("quantization.kernels"),
                .failure = tr("There is nothing to show"),
                .empty = {tr("How fast does this machine multiply by codes?"),
                          tr("Weights of a few bits are multiplied as they are stored, by dot "
                             "products of code bits or by look-ups. This room measures both beside "
                             "dense weights and beside what the memory gives, and how exact they "
                             "are."),
                          tr("Measure a layer of 4096 × 4096"),
                          tr("3 bits in blocks; takes less than a minute"),
                          tr("Or choose a size and a layout in the form (F4 shows it).")}},
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
    plots_ = new PlotCards(context_, this);
    connect(plots_, &PlotCards::rangesEdited, this,
            [this](const QJsonObject& ranges, const QString& key) {
                put("ranges", ranges, tr("Zoom"), key);
            });
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    verdict_ = new VerdictCard(tr("The fastest"), this);
    column->addWidget(verdict_);
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

bool KernelsView::isSound(const RunRecord& run) const
{
    return run.state == RunState::done && isKernelsRun(run);
}

QString KernelsView::troubleOf(const RunRecord& run) const
{
    const std::string why = !run.error.empty()            ? run.error
                            : run.state == RunState::done ? "the run holds no times of kernels"
                                                          : "the run did not finish";
    return fromUtf8(runs_.size() == 1 ? why : kernelsName(run) + ": " + why);
}

void KernelsView::showRuns(const std::vector<RunHandle>& sound)
{
    done_ = sound;
    bindTo(done_.empty() ? QString() : fromUtf8(done_.front()->uid));
    if (done_.empty()) {
        figures_.clear();
        return;
    }
    verdict_->say(kernelsVerdict(records()), kernelsRemarks(records()));
    draw();
}

void KernelsView::setState(const QJsonObject& state)
{
    state_ = state;
    if (!done_.empty())
        draw();
}

Runs KernelsView::records() const
{
    Runs all;
    for (const RunHandle& run : done_)
        all.push_back(run.get());
    return all;
}

void KernelsView::draw()
{
    const State state = readState(coreJson(current()));
    const Runs runs = records();
    const auto looks =
        figure::runLooks(runs, state.places, [](const RunRecord* run) { return run->uid; });
    VersionTable kernels = kernelsTable(runs);
    std::vector<int> colours;
    for (const int run : kernels.runOf)
        if (runs.size() > 1)
            colours.push_back(looks[static_cast<std::size_t>(run)].colour);
    table_->setRows(std::move(kernels.table), colours);
    figures_ = kernelsFigures(runs, state);
    plots_->show(figures_, current());
    showPage();
}

QString KernelsView::title() const
{
    if (done_.empty())
        return tr("Speed of products");
    QStringList names;
    for (const RunHandle& run : done_)
        names << shownText(kernelsName(*run), 80);
    return besideTitle(names);
}

} // namespace vitrine::quantization_plugin
