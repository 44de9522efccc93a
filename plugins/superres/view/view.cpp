#include "plugins/superres/view/view.h"

#include "core/base/resources.h"
#include "plugins/superres/figures/figures.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/picture/linked_picture_maps.h"
#include "widgets/plot/plot_view.h"
#include "widgets/table/run_table.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <QBoxLayout>
#include <QJsonArray>
#include <QLabel>

#include <algorithm>

namespace vitrine::superres_plugin
{
namespace
{

constexpr int kDetailSide = 96; // pixels of the enlarged picture
constexpr int kDetailTimes = 4; // sharp pixels of the screen for each
constexpr int kPlaceCell = 24;  // pixels of a cell that can be clicked
constexpr int kPlotHeight = 260;
constexpr int kPicturesHeight = 320;

std::vector<SkeletonCard> superresSkeleton(QSize size)
{
    using Body = SkeletonCard::Body;
    const int gap = 8, table = 120, half = (size.width() - gap) / 2;
    const int pictures = std::max(0, (size.height() - table - 2 * gap) * 3 / 5);
    const int plots = std::max(0, size.height() - pictures - table - 2 * gap);
    return {{{0, 0, size.width(), pictures}, Body::square},
            {{0, pictures + gap, size.width(), table}, Body::lines},
            {{0, pictures + table + 2 * gap, half, plots}},
            {{half + gap, pictures + table + 2 * gap, half, plots}}};
}

} // namespace

SuperresView::SuperresView(ViewContext& context, QWidget* parent)
    : RoomView(
          context, BoundState({"picture", "place", "ranges"}),
          {.name = tr("Super-resolution"),
           .experiment = QStringLiteral("superres.upscale"),
           .failure = tr("There is nothing to show"),
           .empty = {tr("How much of a picture can be brought back?"),
                     tr("A photograph is made small and enlarged again, by interpolation or "
                        "by a network, and compared with what it was. Runs of several methods "
                        "stand beside each other."),
                     tr("Enlarge a photograph with S2R fast"),
                     tr("A shipped photograph, reduced to half and enlarged twice; takes about "
                        "a second"),
                     tr("Or choose pictures and a method in the form (F4 shows it).")}},
          parent)
{
    makePage(scrolled(makeContent()), superresSkeleton, {});
    showPage();
}

QWidget* SuperresView::makeContent()
{
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(makePictures(), 1);
    column->addWidget(makeRivals());
    plots_ = new QWidget(content);
    auto* row = new QHBoxLayout(plots_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    timeCard_ = makePlot("quality-time", time_);
    gainCard_ = makePlot("gain", gain_);
    row->addWidget(timeCard_, 1);
    row->addWidget(gainCard_, 1);
    column->addWidget(plots_, 1);
    return content;
}

Panel* SuperresView::makePictures()
{
    pictures_ = new Panel(tr("Pictures"), this);
    choice_ = new ElidedChoice(pictures_);
    choice_->setAccessibleName(tr("Picture"));
    choice_->setToolTip(tr("The picture that is shown"));
    choice_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    choice_->setMinimumContentsLength(20);
    connect(choice_, &QComboBox::activated, this, [this](int place) {
        put("picture", choice_->itemData(place).toString(),
            tr("Show %1").arg(choice_->itemText(place)));
    });
    part_ = new SegmentedSwitch(pictures_);
    part_->setAccessibleName(tr("How much of it"));
    part_->setOptions(
        {tr("Detail"), tr("Whole")},
        {tr("A part of it, each pixel enlarged; a click on the first picture moves it"),
         tr("All of it")});
    connect(part_, &SegmentedSwitch::chosen, this, [this](int which) {
        put("part", which == 1 ? QJsonValue("whole") : QJsonValue(),
            which == 1 ? tr("Show the whole picture") : tr("Show a detail"));
    });
    pictures_->controls()->addWidget(choice_);
    pictures_->controls()->addWidget(part_);
    maps_ = new LinkedPictureMaps(pictures_);
    maps_->setMinimumHeight(kPicturesHeight);
    connect(maps_, &LinkedPictureMaps::patchChosen, this,
            [this](int, std::int64_t patch) { moveTo(patch); });
    pictures_->body()->addWidget(maps_, 1);
    leftOut_ = new QLabel(pictures_);
    leftOut_->setProperty("role", "muted");
    leftOut_->setAccessibleName(tr("Runs without this picture"));
    leftOut_->setWordWrap(true);
    leftOut_->setTextFormat(Qt::PlainText);
    pictures_->body()->addWidget(leftOut_);
    return pictures_;
}

Panel* SuperresView::makeRivals()
{
    auto* card = new Panel(tr("All pictures"), this);
    card->setEnlargeable(false);
    rivals_ = new RunTable(card);
    rivals_->setAccessibleName(tr("What each run came to"));
    card->body()->addWidget(rivals_);
    return card;
}

Panel* SuperresView::makePlot(const char* figure, plot::PlotView*& view)
{
    auto* card = new Panel(QString(), this);
    view = new plot::PlotView(card);
    view->setTitleVisible(false);
    view->setMinimumHeight(kPlotHeight);
    plot::forwardActions(*view, context_);
    card->body()->addWidget(view, 1);
    const QString key = QString::fromLatin1(figure);
    connect(view, &plot::PlotView::rangeEdited, this, [this, key](const QJsonObject& range) {
        QJsonObject ranges = current()["ranges"].toObject();
        ranges[key] = range;
        put("ranges", ranges, tr("Zoom"), QStringLiteral("zoom ") + key);
    });
    return card;
}

void SuperresView::startStudy()
{
    const auto photograph = findResource("photographs/tortoiseshell.png");
    if (!photograph)
        return context_.showMessage(fromUtf8(photograph.error().message));
    start({{"input", photograph->string()}, {"degrade", "true"}, {"method", "s2r-fast"}}, false);
}

bool SuperresView::isSound(const RunRecord& run) const
{
    return run.state == RunState::done && isUpscaling(run);
}

QString SuperresView::troubleOf(const RunRecord& run) const
{
    const std::string why = !run.error.empty()            ? run.error
                            : run.state == RunState::done ? "the run holds no enlarged pictures"
                                                          : "the run did not finish";
    return fromUtf8(runs_.size() == 1 ? why : runName(run, true) + ": " + why);
}

RunPointers SuperresView::records() const
{
    RunPointers all;
    for (const RunHandle& run : done_)
        all.push_back(run.get());
    return all;
}

void SuperresView::showRuns(const std::vector<RunHandle>& sound)
{
    done_ = sound;
    shown_.reset();
    shownKey_.clear();
    bindTo(done_.empty() ? QString() : fromUtf8(done_.front()->uid));
    if (done_.empty()) {
        figures_.clear();
        return;
    }
    fillChoice();
    std::vector<int> colours;
    for (std::size_t i = 0; i < done_.size(); ++i)
        colours.push_back(static_cast<int>(i % 6));
    Table rivals = rivalsTable(records());
    const int last = static_cast<int>(rivals.columns.size()) - 1;
    rivals_->setRows(std::move(rivals), colours);
    rivals_->setGivingWay({last, last - 1, last - 2});
    draw();
}

void SuperresView::fillChoice()
{
    choice_->clear();
    for (const ShownItem& item : itemsOf(*done_.front()))
        choice_->addItem(shownText(item.picture, 60), fromUtf8(item.picture));
    choice_->setVisible(choice_->count() > 1);
}

void SuperresView::setState(const QJsonObject& state)
{
    state_ = state;
    if (!done_.empty())
        draw();
}

std::size_t SuperresView::chosenItem() const
{
    const int found = choice_->findData(current()["picture"].toString());
    return static_cast<std::size_t>(std::max(0, found));
}

void SuperresView::draw()
{
    choice_->setCurrentIndex(static_cast<int>(chosenItem()));
    part_->setCurrent(current()["part"].toString() == QLatin1String("whole") ? 1 : 0);
    drawPlots();
    const QString key = QString::number(chosenItem());
    if (shown_ && shownKey_ == key)
        drawPictures();
    else
        readPictures();
    showPage();
}

// Files of several megapixels: off the window's thread.
void SuperresView::readPictures()
{
    const auto read = std::make_shared<ShownPictures>();
    const std::vector<RunHandle> runs = done_; // they live as long as the work
    const std::size_t item = chosenItem();
    context_.compute(
        this, QStringLiteral("pictures"),
        [read, runs, item] {
            RunPointers records;
            for (const RunHandle& run : runs)
                records.push_back(run.get());
            *read = readShownPictures(records, item);
        },
        [this, read, item] {
            shown_ = read;
            shownKey_ = QString::number(item);
            drawPictures();
        });
}

QPointF SuperresView::place() const
{
    const QJsonArray chosen = current()["place"].toArray();
    if (chosen.size() != 2 || !chosen[0].isDouble() || !chosen[1].isDouble())
        return shown_->place;
    return {std::clamp(chosen[0].toDouble(), 0.0, 1.0), std::clamp(chosen[1].toDouble(), 0.0, 1.0)};
}

void SuperresView::drawPictures()
{
    const bool whole = current()["part"].toString() == QLatin1String("whole");
    std::vector<PictureMapData> maps;
    const auto add = [&](const QString& caption, const QString& help, const QImage& image) {
        PictureMapData map;
        map.picture = image;
        map.caption = caption;
        map.help = help;
        map.name = caption;
        maps.push_back(std::move(map));
    };
    if (!whole && !shown_->all.empty()) {
        const ShownPicture& last = shown_->all.back();
        const QImage& image = shown_->all.front().image;
        add(tr("Where"), tr("Click to move the part that is shown"), last.image);
        maps.back().columns = std::max(1, image.width() / kPlaceCell);
        maps.back().rows = std::max(1, image.height() / kPlaceCell);
        const auto at = [](double share, std::int64_t count) {
            return std::min(count - 1,
                            static_cast<std::int64_t>(share * static_cast<double>(count)));
        };
        maps.back().selected = at(place().y(), maps.back().rows) * maps.back().columns +
                               at(place().x(), maps.back().columns);
    }
    for (const ShownPicture& each : shown_->all)
        add(each.caption, each.help,
            whole ? each.image : detailOf(each.image, place(), kDetailSide, kDetailTimes));
    maps_->setMaps(std::move(maps));
    QStringList missing;
    for (const QString& name : shown_->leftOut)
        missing << name;
    leftOut_->setVisible(!missing.isEmpty() || shown_->all.empty());
    leftOut_->setText(shown_->all.empty() ? tr("This picture was not kept with the run.")
                                          : tr("Without this picture, or in another size: %1.")
                                                .arg(missing.join(QStringLiteral(", "))));
}

void SuperresView::moveTo(std::int64_t patch)
{
    const auto shownMaps = maps_->maps();
    if (shownMaps.empty() || shownMaps.front()->data().columns < 1)
        return;
    const auto& data = shownMaps.front()->data();
    const double x = (static_cast<double>(patch % data.columns) + 0.5) /
                     static_cast<double>(data.columns),
                 y = (static_cast<double>(patch / data.columns) + 0.5) /
                     static_cast<double>(data.rows);
    put("place", QJsonArray{x, y}, tr("Move the detail"), QStringLiteral("place"));
}

void SuperresView::drawPlots()
{
    std::vector<RunRecord> runs;
    for (const RunHandle& run : done_)
        runs.push_back(*run);
    figures_ = superres_plugin::figures(runs);
    const QJsonObject ranges = current()["ranges"].toObject();
    const auto show = [&](const char* name, Panel* card, plot::PlotView* view) {
        const auto found = std::ranges::find(figures_, name, &figure::Figure::name);
        card->setVisible(found != figures_.end());
        if (found == figures_.end())
            return;
        card->setHeading(fromUtf8(found->title));
        card->setToolTip(shownText(found->caption));
        view->setFigure(*found);
        view->setRangeState(ranges[QLatin1String(name)].toObject());
    };
    show("quality-time", timeCard_, time_);
    show("gain", gainCard_, gain_);
    plots_->setVisible(!figures_.empty());
}

void SuperresView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    auto* row = qobject_cast<QBoxLayout*>(plots_->layout());
    row->setDirection(width() < 800 ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

QString SuperresView::title() const
{
    if (done_.empty())
        return accessibleName();
    QStringList names;
    for (const RunHandle& run : done_)
        names << fromUtf8(runName(*run, done_.size() > 1));
    return besideTitle(names);
}

} // namespace vitrine::superres_plugin
