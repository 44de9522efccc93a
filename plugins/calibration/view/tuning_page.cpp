#include "plugins/calibration/view/tuning_page.h"

#include "plugins/calibration/view/next_table.h"
#include "widgets/page/splitters.h"
#include "widgets/view.h"

#include <QVBoxLayout>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr int kWide = 1180; // of a view with room for the next tokens at the maps' right

MapCompute computeIn(ViewContext& context)
{
    return [&context](QObject* owner, const QString& key, std::function<void()> work,
                      std::function<void()> done) {
        context.compute(owner, key, std::move(work), std::move(done));
    };
}

} // namespace

TuningPage::TuningPage(ViewContext& context, QWidget* view)
    : counters(new Counters(view)),
      heads(new HeadsPanel(view)),
      maps(new MapsPanel(computeIn(context), view)),
      tokens(new TokensPanel(view)),
      plots(new SinkPlots(context, view)),
      tables(new TablesPanel(view)),
      numbers(makeSplitter(Qt::Horizontal, {plots, tables}, view)),
      top(makeSplitter(Qt::Horizontal, {heads, maps}, view)),
      rows(makeSplitter(Qt::Vertical, {top, tokens, numbers}, view)),
      nextCard_(new Panel(QWidget::tr("Next token"), view)),
      next_(new NextTable(nextCard_))
{
    nextCard_->body()->addWidget(next_, 1);
}

std::vector<SkeletonCard> TuningPage::skeleton(QSize size)
{
    const int gap = 8, left = 236, right = size.width() >= kWide ? 252 : 0, strip = 92;
    const int bottom = std::max(150, size.height() / 4);
    const int top = size.height() - strip - bottom - 2 * gap;
    const int middle = size.width() - left - gap - (right > 0 ? right + gap : 0);
    const int half = (size.width() - gap) / 2;
    using Body = SkeletonCard::Body;
    std::vector<SkeletonCard> cards = {
        {{0, 0, left, top}, Body::tiles},
        {{left + gap, 0, middle, top}, Body::square},
        {{0, top + gap, size.width(), strip}, Body::words},
        {{0, top + strip + 2 * gap, half, bottom}, Body::plain},
        {{half + gap, top + strip + 2 * gap, half, bottom}, Body::lines}};
    if (right > 0)
        cards.push_back({{size.width() - right, 0, right, top}, Body::lines});
    return cards;
}

void TuningPage::arrange(int width, const QJsonObject& sizes)
{
    const bool wide = width >= kWide;
    if (wide_ == wide)
        return;
    wide_ = wide;
    if (wide) {
        top->addWidget(nextCard_);
        arrangeSplitter(top, "top_wide", {236, 760, 252}, {0, 1, 0});
        arrangeSplitter(numbers, "numbers_wide", {640, 560}, {1, 1});
    } else {
        numbers->insertWidget(1, nextCard_);
        arrangeSplitter(top, "top", {216, 740}, {0, 1});
        arrangeSplitter(numbers, "numbers", {370, 220, 370}, {3, 1, 3});
    }
    arrangeSplitter(rows, "rows", {520, 92, 200}, {3, 0, 2});
    rows->setMinimumHeight(760); // a window too low for all of it scrolls
    nextCard_->show();
    setSizes(sizes);
}

void TuningPage::setSizes(const QJsonObject& sizes)
{
    applySplitters({rows, top, numbers}, sizes);
}

void TuningPage::setScene(const Scene& scene)
{
    heads->setScene(scene);
    maps->setScene(scene);
    tokens->setScene(scene);
    next_->setScene(scene);
    counters->setScene(scene);
}

void TuningPage::setNumbers(const Scene& scene, const QJsonObject& state)
{
    plots->setScene(scene, state);
    tables->setTable(state["table"].toString());
    tables->setScene(scene);
}

} // namespace vitrine::calibration_plugin
