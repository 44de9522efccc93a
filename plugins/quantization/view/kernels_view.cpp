#include "plugins/quantization/view/kernels_view.h"

#include "core/base/json.h"
#include "plugins/quantization/figures/kernels_figures.h"
#include "widgets/page/panel.h"
#include "widgets/plot/plot_view.h"
#include "widgets/state_json.h"
#include "widgets/table/run_table.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <QBoxLayout>
#include <QLabel>

#include <algorithm>

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

QLabel* saidLabel(const char* role, const QString& name, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setProperty("role", role);
    label->setAccessibleName(name);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

// A number keeps its unit where a line breaks.
QString keptTogether(const std::string& sentence)
{
    QString text = fromUtf8(sentence);
    for (const char* unit : {" %", " ms", " GB/s"})
        text.replace(QLatin1String(unit), QChar(0xa0) + QLatin1String(unit + 1));
    return text;
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

Panel* KernelsView::makeVerdict()
{
    auto* card = new Panel(tr("The fastest"), this);
    card->setEnlargeable(false);
    verdict_ = saidLabel("section", tr("What the runs show"), card);
    remarks_ = saidLabel("muted", tr("What the runs say of themselves"), card);
    card->body()->addWidget(verdict_);
    card->body()->addWidget(remarks_);
    return card;
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

Panel* KernelsView::plotCard(const char* figure)
{
    Plot plot{new Panel(QString(), this), nullptr};
    plot.view = new plot::PlotView(plot.card);
    plot.view->setTitleVisible(false);
    plot.view->setMinimumHeight(kBarsHeight);
    plot::forwardActions(*plot.view, context_);
    plot.card->body()->addWidget(plot.view, 1);
    const QString key = QString::fromLatin1(figure);
    connect(plot.view, &plot::PlotView::rangeEdited, this, [this, key](const QJsonObject& range) {
        QJsonObject ranges = current()["ranges"].toObject();
        ranges[key] = range;
        put("ranges", ranges, tr("Zoom"), QStringLiteral("zoom ") + key);
    });
    plots_[figure] = plot;
    return plot.card;
}

QWidget* KernelsView::makeContent()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(makeVerdict());
    pair_ = new QBoxLayout(QBoxLayout::LeftToRight);
    pair_->setSpacing(8);
    pair_->addWidget(plotCard("kernel-times"), 1);
    pair_->addWidget(plotCard("kernel-rates"), 1);
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
    showText(*verdict_, keptTogether(kernelsVerdict(records())), kLongestShownLine);
    QStringList said;
    for (const std::string& remark : kernelsRemarks(records()))
        said << keptTogether(remark);
    showText(*remarks_, said.join('\n'), kLongestShownLine);
    remarks_->setVisible(!said.isEmpty());
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
    const QJsonObject ranges = current()["ranges"].toObject();
    for (const auto& [name, plot] : plots_) {
        const auto found = std::ranges::find(figures_, name, &figure::Figure::name);
        plot.card->setVisible(found != figures_.end());
        if (found == figures_.end())
            continue;
        plot.card->setHeading(fromUtf8(found->title));
        plot.card->setToolTip(shownText(found->caption));
        plot.view->setFigure(*found);
        plot.view->setRangeState(ranges[fromUtf8(name)].toObject());
    }
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
