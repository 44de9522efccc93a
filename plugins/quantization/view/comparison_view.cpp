#include "plugins/quantization/view/comparison_view.h"

#include "core/base/json.h"
#include "plugins/quantization/figures/runs_drawing.h"
#include "plugins/quantization/view/card_pages.h"
#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/versions_card.h"
#include "widgets/page/elided_choice.h"
#include "widgets/state_json.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <QBoxLayout>
#include <QScrollArea>
#include <QScrollBar>

#include <algorithm>
#include <utility>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kBesideSheets = 2 * 12 + 12; // pixels: a page's margins and its scroll bar

} // namespace

ComparisonView::ComparisonView(ViewContext& context, const Words& words, Kind kind, QWidget* parent)
    : RoomView(context, BoundState({"ranges"}),
               {.name = words.name,
                .experiment = words.experiment,
                .failure = tr("There is nothing to show"),
                .empty = words.empty},
               parent),
      plots_(new PlotCards(context, this)),
      kind_(std::move(kind))
{
    connect(plots_, &PlotCards::rangesEdited, this,
            [this](const QJsonObject& ranges, const QString& key) {
                put("ranges", ranges, tr("Zoom"), key);
            });
    connect(plots_, &PlotCards::clicked, this,
            [this](const std::string& figure, double x, double y) {
                if (!done_.empty())
                    clickPlot(figure, x, y);
            });
}

QWidget* ComparisonView::makeColumn(std::initializer_list<QWidget*> above)
{
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    for (QWidget* part : above)
        column->addWidget(part);
    if (pages_) {
        scroll_ = qobject_cast<QScrollArea*>(scrolled(pages_));
        column->addWidget(scroll_, 1);
    }
    return content;
}

void ComparisonView::makePages(const QString& switchName)
{
    pages_ = new CardPages(switchName, this);
    connect(pages_, &CardPages::chosen, this, [this](const QString& key, const QString& word) {
        put("page", key.isEmpty() ? QJsonValue() : QJsonValue(key), tr("Show %1").arg(word),
            QStringLiteral("page"));
    });
}

ElidedChoice* ComparisonView::makeRunChoice(QWidget* bar, const QString& name, const QString& help)
{
    runChoice_ = choiceIn(bar, name, help, 24);
    connect(runChoice_, &QComboBox::activated, this, &ComparisonView::selectRun);
    return runChoice_;
}

Panel* ComparisonView::makeVersions(const QString& tableName)
{
    versions_ = new VersionsCard(tableName, this);
    connect(versions_, &VersionsCard::runChosen, this, &ComparisonView::selectRun);
    connect(versions_, &VersionsCard::allColumnsWished, this, [this](bool on) {
        put("columns", on ? QJsonValue("all") : QJsonValue(),
            on ? tr("Show all columns") : tr("Show the columns that fit"));
    });
    return versions_;
}

void ComparisonView::setVersions(VersionTable versions)
{
    versions_->setVersions(std::move(versions));
}

// In a narrow window cards stand below each other.
void ComparisonView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    if (pages_)
        pages_->fitWidth(width());
    plots_->fitSheets(width() - kBesideSheets);
}

bool ComparisonView::isSound(const RunRecord& run) const
{
    return run.state == RunState::done && kind_.isOne(run);
}

QString ComparisonView::troubleOf(const RunRecord& run) const
{
    const std::string why = !run.error.empty()            ? run.error
                            : run.state == RunState::done ? kind_.lack
                                                          : "the run did not finish";
    return fromUtf8(runs_.size() == 1 ? why : kind_.name(run) + ": " + why);
}

void ComparisonView::showRuns(const std::vector<RunHandle>& sound)
{
    done_ = sound;
    bindTo(done_.empty() ? QString() : fromUtf8(done_.front()->uid));
    if (done_.empty()) {
        figures_.clear();
        return dropRuns();
    }
    takeRuns(records());
    if (runChoice_)
        runChoice_->clear();
    for (const RunHandle& run : done_)
        if (runChoice_)
            runChoice_->addItem(shownText(kind_.name(*run), 80));
    draw();
}

void ComparisonView::setState(const QJsonObject& state)
{
    state_ = state;
    if (!done_.empty())
        draw();
}

void ComparisonView::draw()
{
    filling_ = true;
    const Runs runs = records();
    const State state = wanted();
    drawVersions(runs, state);
    drawRuns(runs, state);
    if (runChoice_)
        runChoice_->setCurrentIndex(static_cast<int>(selected()));
    if (pages_)
        drawPages();
    filling_ = false;
    showPage();
}

// A run alone has no other to be told from.
void ComparisonView::drawVersions(const Runs& runs, const State& state)
{
    if (versions_)
        versions_->show(looksOf(runs, state), runs.size() > 1 ? static_cast<int>(selected()) : -1,
                        current()["columns"].toString() == QLatin1String("all"));
}

void ComparisonView::drawPages()
{
    const QString shown = pages_->show(current()["page"].toString());
    if (std::exchange(page_, shown) != shown)
        scroll_->verticalScrollBar()->setValue(0);
    if (runChoice_)
        runChoice_->setVisible(done_.size() > 1 && isOfOneRun(shown));
    choosePage(shown);
}

void ComparisonView::showFigures(std::vector<figure::Figure> figures)
{
    figures_ = std::move(figures);
    plots_->show(figures_, current());
}

bool ComparisonView::isShown(const char* figure) const
{
    return std::ranges::find(figures_, figure, &figure::Figure::name) != figures_.end();
}

Runs ComparisonView::records() const
{
    Runs all;
    for (const RunHandle& run : done_)
        all.push_back(run.get());
    return all;
}

State ComparisonView::wanted() const
{
    return readState(coreJson(current()));
}

std::size_t ComparisonView::selected() const
{
    return selectedRun(wanted(), records());
}

void ComparisonView::selectRun(int place)
{
    if (place < 0 || place >= static_cast<int>(done_.size()) ||
        place == static_cast<int>(selected()))
        return;
    const RunRecord& run = *done_[static_cast<std::size_t>(place)];
    put("run", fromUtf8(run.uid), kind_.shows.arg(shownText(kind_.name(run), 80)));
}

Skeleton comparisonSkeleton(int tableHeight)
{
    return [tableHeight](QSize size) -> std::vector<SkeletonCard> {
        using Body = SkeletonCard::Body;
        const int gap = 8, bar = 30, said = 96, half = (size.width() - gap) / 2;
        const int table = bar + said + 2 * gap;
        const int top = table + tableHeight + gap, height = std::max(0, size.height() - top);
        return {{{0, 0, std::min(500, size.width()), bar}},
                {{0, bar + gap, size.width(), said}, Body::words},
                {{0, table, size.width(), tableHeight}, Body::lines},
                {{0, top, half, height}},
                {{half + gap, top, half, height}}};
    };
}

QString ComparisonView::title() const
{
    if (done_.empty())
        return accessibleName();
    QStringList names;
    for (const RunHandle& run : done_)
        names << shownText(kind_.title(*run), 80);
    return besideTitle(names);
}

} // namespace vitrine::quantization_plugin
