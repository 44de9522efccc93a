#include "core/jobs/experiment/param_texts.h"
#include "plugins/attention/view/head_table.h"
#include "plugins/attention/view/map_panel.h"
#include "plugins/attention/view/overview_panel.h"
#include "plugins/attention/view/profile_panel.h"
#include "plugins/attention/view/token_panel.h"
#include "plugins/attention/view/view.h"
#include "plugins/common/experiment_sinks.h"
#include "widgets/page/panel.h"
#include "widgets/page/splitters.h"
#include "widgets/theme/text.h"

#include <QVBoxLayout>

namespace vitrine::attention_plugin
{
namespace
{

// A view as wide as this has room for the numbers beside the map of one run.
constexpr int kWide = 1040;

std::vector<SkeletonCard> skeleton(QSize size)
{
    const int gap = 8, strip = 92, left = std::max(200, size.width() / 4);
    const int bottom = std::max(150, size.height() / 4);
    const int top = size.height() - strip - bottom - 2 * gap, half = (size.width() - gap) / 2;
    using Body = SkeletonCard::Body;
    return {{{0, 0, left, top}, Body::tiles},
            {{left + gap, 0, size.width() - left - gap, top}, Body::square},
            {{0, top + gap, size.width(), strip}, Body::words},
            {{0, top + strip + 2 * gap, half, bottom}, Body::plain},
            {{half + gap, top + strip + 2 * gap, half, bottom}, Body::plain}};
}

} // namespace

void AttentionView::makeLayout()
{
    const MapCompute compute = [this](QObject* owner, const QString& key,
                                      std::function<void()> work, std::function<void()> done) {
        context_.compute(owner, key, std::move(work), std::move(done));
    };
    overview_ = new OverviewPanel(this);
    map_ = new MapPanel(compute, this);
    tokens_ = new TokenPanel(this);
    profile_ = new ProfilePanel(context_, this);
    auto* tableCard = new Panel(tr("Heads by number"), this);
    table_ = new HeadTable(tableCard);
    tableCard->body()->addWidget(table_);

    numbers_ = makeSplitter(Qt::Horizontal, {profile_, tableCard}, this);
    top_ = makeSplitter(Qt::Horizontal, {overview_, map_}, this);
    page_ = makeSplitter(Qt::Vertical, {top_, tokens_, numbers_}, this);
    makePage(page_, skeleton);
}

void AttentionView::arrange()
{
    const bool beside = width() >= kWide && scene_ && scene_->runs.size() == 1;
    if (beside_ == beside)
        return;
    beside_ = beside;
    if (beside) {
        top_->addWidget(numbers_);
        numbers_->setOrientation(Qt::Vertical);
        arrangeSplitter(top_, "top_wide", {236, 620, 370}, {0, 3, 2});
        arrangeSplitter(page_, "rows_wide", {700, 128}, {1, 0});
        arrangeSplitter(numbers_, "numbers_wide", {320, 340}, {1, 1});
    } else {
        page_->addWidget(numbers_);
        numbers_->setOrientation(Qt::Horizontal);
        arrangeSplitter(top_, "top", {240, 700}, {0, 1});
        arrangeSplitter(page_, "rows", {410, 96, 260}, {3, 0, 1});
        arrangeSplitter(numbers_, "numbers", {500, 480}, {1, 1});
    }
    // A window too low for all of it scrolls.
    page_->setMinimumHeight(beside ? 560 : 780);
    applySplitters({page_, top_, numbers_}, state_["splitters"].toObject());
}

void AttentionView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    arrange();
}

void AttentionView::makeActions()
{
    addViewAction(tr("Pin selected token"), [this] {
        if (scene_ && scene_->state.selection.token)
            togglePin(*scene_->state.selection.token);
    });
    addViewAction(tr("Pin selected head"), [this] {
        if (scene_)
            togglePin(scene_->head);
    });
    addViewAction(tr("Show whole map"), [this] { showWholeMap(); });
    addFigureActions(QStringLiteral("attention-map"));
}

void AttentionView::connectParts()
{
    const auto pinToken = [this](std::int64_t token) { togglePin(token); };
    const auto pinHead = [this](LayerHead head) { togglePin(head); };

    connect(overview_->grid(), &ItemGrid::selectionWished, this,
            [this](ItemId id) { chooseHeadByPerson(headOf(id)); });
    connect(overview_->grid(), &ItemGrid::pinToggled, this,
            [this](ItemId id) { togglePin(headOf(id)); });
    connect(overview_, &ItemCard::scoreIndexChosen, this, [this](int index) {
        const auto score = static_cast<Score>(index);
        edit([score](State& state) { state.score = score; },
             tr("Score heads by %1").arg(fromUtf8(scoreLabel(score)).toLower()));
    });
    connect(overview_, &OverviewPanel::orderChosen, this, [this](bool ranked) {
        edit([ranked](State& state) { state.ranked = ranked; }, tr("Order heads"));
    });
    connect(overview_, &ItemCard::menuWished, this,
            [this](QPoint place) { showMenu(place, QStringLiteral("head-overview")); });
    connect(table_, &HeadTable::headChosen, this, &AttentionView::chooseHeadByPerson);
    connect(table_, &HeadTable::headPinToggled, this, pinHead);
    connect(table_, &HeadTable::sortChosen, this, [this](const QString& column, bool descending) {
        edit(
            [&](State& state) {
                state.sortColumn = column.toStdString();
                state.sortDescending = descending;
            },
            tr("Sort heads"));
    });
    connect(map_, &MapCard::lookChosen, this,
            [this](const figure::MapLook& look, const QString& label, const QString& mergeKey) {
                edit([&](State& state) { state.look = look; }, label, mergeKey);
            });
    connect(map_, &MapPanel::tokenChosen, this, &AttentionView::chooseToken);
    connect(map_, &MapPanel::tokenPinToggled, this, pinToken);
    connect(map_, &MapCard::keyHovered, profile_, &ProfilePanel::setKey);
    connect(map_, &MapPanel::menuWished, this, &AttentionView::showMenu);
    connect(tokens_->strip(), &TokenStrip::tokenChosen, this, &AttentionView::chooseToken);
    connect(tokens_->strip(), &TokenStrip::tokenPinToggled, this, pinToken);
    connect(tokens_->strip(), &TokenStrip::tokenHovered, profile_, &ProfilePanel::setKey);
    connect(profile_, &ProfilePanel::tokenChosen, this, &AttentionView::chooseToken);
    connect(profile_, &ProfilePanel::rangeEdited, this, [this](const QJsonObject& range) {
        put("profile_range", range, tr("Zoom sink profile"), QStringLiteral("profile"));
    });
    connect(profile_, &ProfilePanel::sinksChosen, this,
            [this](const attention::SinkOptions& options) {
                edit([&](State& state) { state.sinks = options; }, tr("Change sink rule"),
                     QStringLiteral("sinks"), paramTexts(paramsOf(options)));
            });
    keepSizes({page_, top_, numbers_});
}

} // namespace vitrine::attention_plugin
