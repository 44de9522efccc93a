#include "plugins/attention/view/picture_view.h"

#include "core/base/json.h"
#include "core/base/resources.h"
#include "core/jobs/experiment/run_label.h"
#include "plugins/attention/view/picture_map_panel.h"
#include "plugins/common/view/words.h"
#include "widgets/matrix/item_card.h"
#include "widgets/page/splitters.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/params/value_slider.h"
#include "widgets/picture/linked_picture_maps.h"
#include "widgets/plot/plot_view.h"
#include "widgets/state_json.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace vitrine::attention_plugin
{
namespace
{

constexpr int kPlotsBeside = 1080; // pixels with room for the plots at the right of the maps
constexpr int kMapHeight = 600, kPlotsHeight = 1140;
constexpr std::int64_t kThumbnail = 16;
constexpr std::size_t kMostShown = 4;

std::vector<SkeletonCard> pictureSkeleton(QSize size)
{
    using Body = SkeletonCard::Body;
    const int gap = 8, left = 240, right = size.width() >= kPlotsBeside ? 340 : 0;
    const int middle = size.width() - left - gap - (right > 0 ? right + gap : 0);
    std::vector<SkeletonCard> cards = {{{0, 0, left, size.height()}, Body::tiles},
                                       {{left + gap, 0, middle, size.height()}, Body::plain}};
    if (right > 0)
        for (int i = 0; i < 3; ++i)
            cards.push_back({{left + middle + 2 * gap, i * (size.height() + gap) / 3, right,
                              (size.height() - 2 * gap) / 3}});
    return cards;
}

// What each patch receives, in units of uniform attention, on a grid that all heads share.
std::vector<float> receivedThumbnail(const attention::PictureCapture& capture, std::size_t layer,
                                     std::int64_t head)
{
    const attention::TokenGrid& grid = capture.layers()[layer].keys;
    const auto received = capture.received(layer, head);
    std::vector<float> values;
    for (std::int64_t y = 0; y < kThumbnail; ++y)
        for (std::int64_t x = 0; x < kThumbnail; ++x) {
            const std::int64_t patch =
                y * grid.rows / kThumbnail * grid.columns + x * grid.columns / kThumbnail;
            values.push_back(received[static_cast<std::size_t>(grid.prefix + patch)] *
                             static_cast<float>(grid.tokens()));
        }
    return values;
}

QStringList scoreTexts(std::string (*words)(PictureScore))
{
    QStringList list;
    for (const PictureScore score : kPictureScores)
        list << fromUtf8(words(score));
    return list;
}

// Of all runs, each once.
QStringList pictureNotes(const PictureRuns& runs)
{
    QStringList notes;
    for (const PictureFigureRun& run : runs)
        for (const std::string& note : run.run->result.notes)
            notes << fromUtf8(note);
    notes.removeDuplicates();
    return notes;
}

} // namespace

struct PictureView::Opened {
    std::vector<RunHandle> handles;
    PictureRuns runs;
    QStringList problems;
};

PictureView::PictureView(ViewContext& context, QWidget* parent)
    : RoomView(context, BoundState({}),
               {.name = tr("Attention over a picture"),
                .experiment = QStringLiteral("attention.picture"),
                .failure = tr("There is no picture to show"),
                .empty = {tr("Where does a vision transformer look?"),
                          tr("This room shows where each head looks in a picture, which patches "
                             "gather attention without need, and what linear attention would make "
                             "of the same queries and keys."),
                          tr("See with a transformer"),
                          tr("Runs a shipped model on shipped pictures; takes a few seconds"),
                          tr("Or drop a picture on the window, or choose a model and a picture in "
                             "the form (F4 shows it).")}},
               parent)
{
    makePage(makeContent(), pictureSkeleton, {});
    connectParts();
    addViewAction(tr("Copy maps"), [this] {
        if (hasContent())
            context_.copyFigure(figures().front());
    });
    addViewAction(tr("Export maps…"), [this] {
        if (hasContent())
            context_.exportFigure(figures().front());
    });
    showPage();
}

PictureView::~PictureView() = default;

Panel* PictureView::plotCard(const QString& heading, plot::PlotView*& plot)
{
    auto* card = new Panel(heading, this);
    plot = new plot::PlotView(card);
    plot->setTitleVisible(false);
    plot->setMinimumHeight(170);
    plot::forwardActions(*plot, context_);
    card->body()->addWidget(plot, 1);
    return card;
}

Panel* PictureView::makeNorms()
{
    Panel* card = plotCard(tr("Norms of patches"), norms_);
    card->setToolTip(tr("Large vision transformers without registers give a few patches of little "
                        "content norms far above the rest (Darcet et al. 2024)"));
    factor_ = new ValueSlider(tr("High above"), tr("High norm, in medians"),
                              {.low = 1,
                               .high = 10,
                               .typedLow = 1,
                               .typedHigh = 1000,
                               .decimals = 2,
                               .logarithmic = true},
                              card);
    factor_->setHelp(tr("A patch has a high norm above that many medians of its layer"));
    high_ = new SegmentedSwitch(card);
    high_->setOptions({tr("Shown"), tr("Hidden")},
                      {tr("Patches of high norm are outlined in the maps"),
                       tr("They are left out of the maps and of the range of their colours")});
    high_->setAccessibleName(tr("Patches of high norm"));
    card->controls()->addWidget(high_);
    card->body()->insertWidget(0, factor_);
    return card;
}

QWidget* PictureView::makeContent()
{
    heads_ =
        new ItemCard(tr("Heads"), {.grid = tr("Heads overview"), .score = tr("Score of heads")},
                     scoreTexts(pictureScoreLabel), scoreTexts(pictureScoreHelp), this);
    map_ = new PictureMapPanel(this);
    distanceCard_ = plotCard(tr("Every head, by layer"), distance_);
    errorsCard_ = plotCard(tr("What linear attention loses"), errors_);
    answersCard_ = plotCard(tr("What the model calls it"), answers_);
    answers_->setMinimumHeight(200); // five bars with their names
    notes_ = new QLabel(answersCard_);
    notes_->setProperty("role", "muted");
    notes_->setWordWrap(true);
    notes_->setAccessibleName(tr("What the run says of itself"));
    answersCard_->body()->addWidget(notes_);
    plots_ =
        makeSplitter(Qt::Vertical, {answersCard_, distanceCard_, makeNorms(), errorsCard_}, this);
    plots_->setMinimumHeight(kPlotsHeight);
    column_ = scrolled(plots_);
    column_->setMinimumWidth(300);
    top_ = makeSplitter(Qt::Horizontal, {heads_, map_}, this);
    page_ = makeSplitter(Qt::Vertical, {top_}, this);
    return scrolled(page_);
}

void PictureView::arrange()
{
    const bool beside = width() >= kPlotsBeside;
    if (beside_ == beside)
        return;
    beside_ = beside;
    if (beside) {
        top_->addWidget(column_);
        column_->setMinimumHeight(0);
        arrangeSplitter(top_, "picture_top_wide", {276, 600, 370}, {0, 3, 1});
        page_->setMinimumHeight(480);
    } else {
        page_->addWidget(column_);
        column_->setMinimumHeight(kPlotsHeight);
        arrangeSplitter(top_, "picture_top", {276, 600}, {0, 1});
        arrangeSplitter(page_, "picture_rows", {kMapHeight, kPlotsHeight}, {0, 1});
        page_->setMinimumHeight(kMapHeight + kPlotsHeight);
    }
    arrangeSplitter(plots_, "picture_plots", {300, 250, 290, 250}, {0, 1, 1, 1});
    applySplitters({page_, top_, plots_}, state_["splitters"].toObject());
}

void PictureView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    arrange();
}

void PictureView::connectParts()
{
    connect(heads_->grid(), &ItemGrid::selectionWished, this,
            [this](ItemId id) { chooseHead(id.row, id.column); });
    connect(heads_, &ItemCard::scoreIndexChosen, this, [this](int index) {
        const PictureScore score = kPictureScores[static_cast<std::size_t>(index)];
        edit([score](PictureState& state) { state.score = score; },
             tr("Score heads by %1").arg(fromUtf8(pictureScoreLabel(score)).toLower()));
    });
    connect(heads_, &ItemCard::menuWished, this, &PictureView::showMenu);
    connect(map_, &PictureMapPanel::menuWished, this, &PictureView::showMenu);
    connect(map_, &PictureMapPanel::mapsChosen, this, [this](PictureMaps maps) {
        edit([maps](PictureState& state) { state.maps = maps; }, tr("Show other maps"));
    });
    connect(map_, &PictureMapPanel::queryChosen, this,
            [this](const PictureQuery& query, const QString& name) {
                edit([query](PictureState& state) { state.query = query; },
                     tr("Look from %1").arg(name));
            });
    connect(map_, &PictureMapPanel::allHeadsChosen, this, [this](bool all) {
        edit([all](PictureState& state) { state.allHeads = all; }, tr("One head or all"));
    });
    connect(map_, &PictureMapPanel::pictureChosen, this, [this](std::int64_t picture) {
        edit([picture](PictureState& state) { state.picture = picture; }, tr("Show other picture"));
    });
    connect(map_, &PictureMapPanel::lookChosen, this,
            [this](const figure::PictureLook& look, const QString& label, const QString& key) {
                edit([look](PictureState& state) { state.look = look; }, label, key);
            });
    connect(factor_, &ValueSlider::chosen, this, [this](double value, bool) {
        edit([value](PictureState& state) { state.normFactor = value; }, tr("Change what is high"),
             QStringLiteral("norms"),
             {{"norm_factor", QString::number(value, 'g', 6).toStdString()}});
    });
    connect(high_, &SegmentedSwitch::chosen, this, [this](int index) {
        edit([index](PictureState& state) { state.hidesHigh = index == 1; },
             tr("Show or hide patches of high norm"));
    });
    connect(distance_, &plot::PlotView::clicked, this, [this](double x, double y) {
        const PictureScored* nearest = nullptr;
        const PictureState state = shownState();
        const auto scored = pictureScores(*shown_.runs.front().run, state.score);
        for (const PictureScored& one : scored)
            if (one.layer == std::llround(x) &&
                (!nearest || std::abs(one.value - y) < std::abs(nearest->value - y)))
                nearest = &one;
        if (nearest)
            chooseHead(nearest->layer, nearest->head);
    });
    for (QSplitter* splitter : {page_, top_, plots_})
        connect(splitter, &QSplitter::splitterMoved, this, [this, splitter] {
            put("splitters", withSizesOf(*splitter, state_["splitters"].toObject()),
                tr("Move a border"), QStringLiteral("splitter"));
        });
}

void PictureView::showRuns(const std::vector<RunHandle>& sound)
{
    if (sound.empty()) {
        shown_ = {};
        return;
    }
    busy_ = tr("Opening the pictures");
    const auto opened = std::make_shared<Opened>();
    context_.compute(
        this, QStringLiteral("open"),
        [opened, sound] {
            for (const RunHandle& run : sound)
                if (auto one = openPictureRun(*run)) {
                    opened->handles.push_back(run);
                    opened->runs.push_back(*std::move(one));
                } else {
                    opened->problems << fromUtf8(one.error().message);
                }
        },
        [this, opened] { take(*opened); });
}

void PictureView::take(const Opened& opened)
{
    busy_.clear();
    shown_ = {opened.handles, opened.runs};
    maps_.clear();
    if (!opened.problems.isEmpty())
        failure_ = opened.problems.join('\n');
    else if (shown_.runs.size() > kMostShown)
        failure_ = tr("The first %1 of %2 runs are shown.").arg(kMostShown).arg(shown_.runs.size());
    shown_.runs.resize(std::min(shown_.runs.size(), kMostShown));
    arrange();
    refresh();
    showPage();
    emit titleChanged();
}

void PictureView::setState(const QJsonObject& state)
{
    state_ = state;
    applySplitters({page_, top_, plots_}, state_["splitters"].toObject());
    refresh();
}

PictureState PictureView::shownState() const
{
    return readPictureState(coreJson(current()), *shown_.runs.front().run);
}

void PictureView::refresh()
{
    if (!hasContent())
        return;
    fillHeads();
    drawPlots();
    computeMaps();
    emit titleChanged();
}

void PictureView::fillHeads()
{
    const PictureState state = shownState();
    const PictureFigureRun& first = shown_.runs.front();
    const attention::PictureCapture& capture = first.shown(state);
    std::vector<GridItem> items;
    for (const PictureScored& scored : pictureScores(*first.run, state.score)) {
        const auto layer = static_cast<std::size_t>(scored.layer);
        if (layer >= capture.layers().size() || scored.head >= capture.layers()[layer].heads)
            continue; // a table that does not belong to the picture
        items.push_back(
            {.id = {static_cast<int>(scored.layer), static_cast<int>(scored.head)},
             .score = scored.value,
             .picture = receivedThumbnail(capture, layer, scored.head),
             .help = tr("<b>layer %1 · head %2</b><br>%3 %4<br>Picture: what each patch receives")
                         .arg(scored.layer)
                         .arg(scored.head)
                         .arg(fromUtf8(pictureScoreLabel(state.score)).toLower(),
                              numberText(scored.value))});
    }
    heads_->grid()->setNames(tr("layer"), tr("head"), fromUtf8(pictureScoreLabel(state.score)));
    heads_->grid()->setItems(std::move(items), static_cast<int>(kThumbnail), false);
    heads_->grid()->setScale({state.look.colours, figure::Scale::linear, 0, state.alpha});
    heads_->setScore(static_cast<int>(state.score));
    const PictureHead head = shownHead(capture, state);
    heads_->setSelected({static_cast<int>(head.layer), static_cast<int>(head.head)});
}

void PictureView::drawPlots()
{
    const PictureState state = shownState();
    const auto& runs = shown_.runs;
    distance_->setFigure(withState(pictureDistanceFigure(runs, state)));
    distanceCard_->setHeading(
        tr("%1 of every head, by layer").arg(fromUtf8(pictureScoreLabel(state.score))));
    norms_->setFigure(withState(pictureNormsFigure(runs, state)));
    figure::Figure errors = pictureErrorsFigure(runs, state);
    errorsCard_->setVisible(!errors.series.empty());
    errors_->setFigure(withState(std::move(errors)));
    figure::Figure answers = pictureAnswersFigure(runs, state);
    const bool hasAnswers = !answers.bars.empty();
    const QStringList notes = pictureNotes(runs);
    answersCard_->setHeading(hasAnswers ? tr("What the model calls it")
                                        : tr("What the run says of itself"));
    answersCard_->setVisible(hasAnswers || !notes.isEmpty());
    answers_->setFigure(withState(std::move(answers)));
    answers_->setVisible(hasAnswers);
    showText(*notes_, notes.join(QLatin1Char('\n')));
    notes_->setVisible(!notes.isEmpty());
    factor_->setNumber(state.normFactor);
    high_->setCurrent(state.hidesHigh ? 1 : 0);
}

void PictureView::computeMaps()
{
    const PictureState state = shownState();
    const auto made = std::make_shared<std::vector<PatchMap>>();
    context_.compute(
        this, QStringLiteral("maps"),
        [made, state, shown = shown_] { *made = shownMaps(shown.runs, state); },
        [this, made, state] {
            maps_ = std::move(*made);
            if (hasContent())
                map_->setShown(shown_.runs, state, maps_);
        });
}

void PictureView::edit(const std::function<void(PictureState&)>& act, const QString& label,
                       const QString& mergeKey, const Values& live)
{
    if (!hasContent())
        return;
    const PictureState before = shownState();
    PictureState state = before;
    act(state);
    changeLive(qtJson(writtenPictureState(coreJson(current()), state, before)), live, label,
               mergeKey);
}

void PictureView::chooseHead(std::int64_t layer, std::int64_t head)
{
    edit(
        [layer, head](PictureState& state) {
            state.layer = layer;
            state.head = head;
            state.allHeads = false;
        },
        tr("Select layer %1 · head %2").arg(layer).arg(head));
}

void PictureView::startStudy()
{
    std::map<std::string, std::string> params = {{"model", "vitrine-deit-scenes"}};
    if (const auto pictures = findResource("pictures"))
        params["image"] = pictures->string();
    start(std::move(params), false);
}

QString PictureView::title() const
{
    if (!hasContent())
        return runs_.empty() ? tr("Attention over a picture")
                             : fromUtf8(runSubject(*runs_.front()));
    QStringList names;
    for (const PictureFigureRun& run : shown_.runs)
        names << fromUtf8(runSubject(*run.run));
    const PictureState state = shownState();
    return besideTitle(names) + QStringLiteral(" · ") +
           fromUtf8(pictureHeadText(shown_.runs.front().shown(state), state));
}

figure::Figure PictureView::withState(figure::Figure figure) const
{
    figure.recipe.state = dumpJson(coreJson(current()));
    return figure;
}

std::vector<figure::Figure> PictureView::figures() const
{
    if (!hasContent())
        return {};
    std::vector<RunRecord> records;
    for (const RunHandle& run : shown_.handles)
        records.push_back(*run);
    return pictureFigures(records, coreJson(current()));
}

void PictureView::showMenu(QPoint place)
{
    if (!hasContent())
        return;
    QMenu menu(this);
    const auto figure = [this] {
        return withState(pictureMapsFigure(shown_.runs, shownState(), maps_));
    };
    menu.addAction(tr("Copy figure"), this, [this, figure] { context_.copyFigure(figure()); });
    menu.addAction(tr("Export figure…"), this, [this, figure] { context_.exportFigure(figure()); });
    menu.addAction(tr("Add to report"), this, [this, figure] { context_.addToReport(figure()); });
    menu.addAction(tr("Where from?"), this, [this, figure] { context_.showOrigin(figure()); });
    menu.exec(place);
}

} // namespace vitrine::attention_plugin
