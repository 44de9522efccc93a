#include "plugins/attention/map_panel.h"

#include "plugins/attention/number_spin.h"
#include "plugins/attention/view_drawing.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/theme/palette.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QRegularExpression>

#include <algorithm>

namespace vitrine::attention
{
namespace
{

constexpr std::size_t kMostRuns = 4;

QString dot(int run)
{
    return QStringLiteral("<span style=\"color:%1\">●</span> ")
        .arg(theme::palette().series(run).name());
}

} // namespace

MapPanel::MapPanel(MapCompute compute, QWidget* parent)
    : Card(tr("Map"), parent),
      compute_(std::move(compute)),
      scale_(new SegmentedSwitch(this)),
      clip_(new NumberSpin(0.0001, 1, 4, this)),
      colours_(new QComboBox(this)),
      grid_(new QGridLayout),
      note_(new QLabel(this)),
      reading_(new QLabel(this))
{
    makeControls();
    grid_->setSpacing(8);
    grid_->setContentsMargins(0, 0, 0, 0);
    body()->addLayout(grid_, 1);
    note_->setProperty("role", "caption");
    note_->setWordWrap(true);
    note_->hide();
    body()->addWidget(note_);
    reading_->setAccessibleName(tr("Read-out"));
    reading_->setTextFormat(Qt::RichText);
    reading_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    reading_->setMinimumHeight(20);
    body()->addWidget(reading_);
    unread();
}

void MapPanel::makeControls()
{
    scale_->setOptions(
        {tr("Linear"), tr("Log")},
        {tr("Colours follow the weight"),
         tr("Colours follow the logarithm of the weight, from a ten-thousandth of the clip")});
    scale_->setAccessibleName(tr("Colour scale"));
    clip_->setAccessibleName(tr("Clip"));
    clip_->setToolTip(tr("Weights from this value on have the brightest colour. Rows sum to 1, so "
                         "that most weights are small: 0.1 shows them."));
    auto* clipLabel = new QLabel(tr("Clip"), this);
    clipLabel->setProperty("role", "muted");
    clipLabel->setBuddy(clip_);
    for (const auto map :
         {figure::ColourMap::viridis, figure::ColourMap::cividis, figure::ColourMap::magma})
        colours_->addItem(colourMapName(map));
    colours_->setAccessibleName(tr("Colour map"));
    colours_->setToolTip(
        tr("Viridis and cividis are safe for colour blindness; all three are even in lightness"));
    for (QWidget* widget : std::initializer_list<QWidget*>{scale_, clipLabel, clip_, colours_})
        controls()->addWidget(widget);
    connect(scale_, &SegmentedSwitch::chosen, this,
            [this](int index) { emit scaleChosen(index == 1); });
    connect(clip_, &NumberSpin::chosen, this, &MapPanel::clipChosen);
    connect(colours_, &QComboBox::activated, this,
            [this](int index) { emit coloursChosen(static_cast<figure::ColourMap>(index)); });
}

MapPanel::Pane& MapPanel::paneOf(std::size_t place)
{
    if (place < panes_.size())
        return panes_[place];
    Pane pane;
    pane.box = new QWidget(this);
    auto* column = new QVBoxLayout(pane.box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    pane.caption = new QLabel(pane.box);
    pane.caption->setProperty("role", "caption");
    pane.caption->setTextFormat(Qt::RichText);
    pane.caption->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    pane.map = new MapView(compute_, pane.box);
    pane.map->setAxisNames(tr("query"), tr("key"));
    pane.map->setContextMenuPolicy(Qt::CustomContextMenu);
    column->addWidget(pane.caption);
    column->addWidget(pane.map, 1);
    const int index = static_cast<int>(place);
    connect(pane.map, &MapView::windowEdited, this, &MapPanel::windowEdited);
    connect(pane.map, &MapView::hovered, this,
            [this, index](const MapReading& reading) { read(index, reading); });
    connect(pane.map, &MapView::left, this, &MapPanel::unread);
    connect(pane.map, &MapView::cellClicked, this,
            [this](MapCell cell, Qt::KeyboardModifiers modifiers) {
                if (modifiers & Qt::ControlModifier)
                    emit tokenPinToggled(cell.column);
                else
                    emit tokenChosen(cell.column);
            });
    connect(pane.map, &MapView::tileFailed, this, [this](const QString& message) {
        note_->setText(message);
        note_->show();
    });
    connect(pane.map, &QWidget::customContextMenuRequested, this, [this, index](QPoint point) {
        const Pane& from = panes_[static_cast<std::size_t>(index)];
        emit menuWished(from.map->mapToGlobal(point), from.run < 0
                                                          ? QStringLiteral("attention-difference")
                                                          : mapFigureName(from.run));
    });
    panes_.push_back(pane);
    return panes_.back();
}

void MapPanel::setScene(const Scene& scene)
{
    const bool newGrid = !(head_ == scene.head) || runsVersion_ != scene.runsVersion;
    head_ = scene.head;
    runsVersion_ = scene.runsVersion;
    tokens_ = scene.first().tokens;
    const QString head = headName(scene.head);
    setHeading(head.left(1).toUpper() + head.mid(1));
    scale_->setCurrent(scene.state.scale == figure::Scale::logarithmic ? 1 : 0);
    clip_->setNumber(scene.state.clip);
    colours_->setCurrentIndex(static_cast<int>(scene.state.colours));

    const std::size_t runs = std::min(scene.runs.size(), kMostRuns);
    sources_.clear();
    names_.clear();
    for (std::size_t run = 0; run < runs; ++run) {
        sources_.push_back(weightTiles(scene.runs[run], scene.head));
        names_.push_back(scene.runs[run].name);
        fillRunPane(paneOf(run), scene, static_cast<int>(run), newGrid);
    }
    QString sentence;
    if (scene.runs.size() > 1)
        sentence = whyNoDifference(scene.runs[0], scene.runs[1]);
    if (scene.runs.size() > kMostRuns)
        sentence += tr(" The first %1 of %2 runs are shown.").arg(kMostRuns).arg(scene.runs.size());
    const bool difference =
        scene.runs.size() > 1 && whyNoDifference(scene.runs[0], scene.runs[1]).isEmpty();
    if (difference)
        fillDifferencePane(paneOf(runs), scene, newGrid);
    shown_ = runs + (difference ? 1 : 0);
    note_->setText(sentence.trimmed());
    note_->setVisible(!sentence.isEmpty());
    if (newGrid)
        unread();
    placePanes();
}

void MapPanel::fillRunPane(Pane& pane, const Scene& scene, int run, bool newGrid)
{
    const ShownRun& shown = scene.runs[static_cast<std::size_t>(run)];
    pane.run = run;
    pane.caption->setVisible(scene.runs.size() > 1);
    pane.caption->setText(dot(run) + shown.name.toHtmlEscaped());
    pane.caption->setToolTip(shown.name);
    pane.map->setAccessibleName(
        tr("Attention map of %1, %2").arg(shown.name, headName(scene.head)));
    pane.map->setQuantity(tr("attention weight"));
    if (newGrid) {
        const bool has = shown.layerIndex(scene.head).has_value();
        MapGrid grid;
        grid.rows = grid.columns = shown.tokenCount();
        grid.tile = sources_[static_cast<std::size_t>(run)];
        grid.preview = thumbnailOf(shown, scene.head);
        grid.previewSide = has ? shown.capture->thumbnailSide() : 0;
        grid.rowLabels = grid.columnLabels = shown.tokens;
        pane.map->setGrid(std::move(grid));
        pane.map->setNotice(has ? QString() : tr("This run has no %1.").arg(headName(scene.head)));
    }
    std::vector<MapMark> marks;
    for (const std::int64_t token : scene.state.pinnedTokens)
        if (token < shown.tokenCount())
            marks.push_back({token, 4, false});
    if (scene.state.token && *scene.state.token < shown.tokenCount())
        marks.push_back({*scene.state.token, 0, true});
    pane.map->setMarks(std::move(marks));
    pane.map->setScale(weightScale(scene.state));
    pane.map->setWindow(scene.state.window);
}

void MapPanel::fillDifferencePane(Pane& pane, const Scene& scene, bool newGrid)
{
    fillRunPane(pane, scene, 0, false);
    pane.run = -1;
    const ShownRun &first = scene.runs[0], &second = scene.runs[1];
    pane.caption->setText(tr("Difference: second − first"));
    pane.caption->setToolTip(tr("%1 minus %2").arg(second.name, first.name));
    pane.map->setAccessibleName(tr("Difference map, %1").arg(headName(scene.head)));
    pane.map->setQuantity(tr("difference of attention weights"));
    pane.map->setScale(differenceScale(scene.state.clip, scene.state.scale));
    if (!newGrid)
        return;
    MapGrid grid;
    grid.rows = grid.columns = first.tokenCount();
    grid.tile = differenceTiles(first, second, scene.head);
    grid.rowLabels = grid.columnLabels = first.tokens;
    const bool kept = static_cast<bool>(grid.tile);
    pane.map->setGrid(std::move(grid));
    pane.map->setNotice(kept ? QString()
                             : tr("The queries and keys of this head were not kept in both runs."));
}

void MapPanel::placePanes()
{
    const int across = shown_ <= 1                         ? 1
                       : shown_ == 3 && width() / 3 >= 230 ? 3
                       : shown_ == 5 && width() / 3 >= 230 ? 3
                                                           : 2;
    for (std::size_t i = 0; i < panes_.size(); ++i) {
        const bool visible = i < shown_;
        panes_[i].box->setVisible(visible);
        if (visible)
            grid_->addWidget(panes_[i].box, static_cast<int>(i) / across,
                             static_cast<int>(i) % across);
    }
    for (int column = 0; column < 3; ++column)
        grid_->setColumnStretch(column, column < across ? 1 : 0);
}

void MapPanel::resizeEvent(QResizeEvent* event)
{
    Card::resizeEvent(event);
    placePanes();
}

void MapPanel::setWindow(const MapWindow& window)
{
    for (std::size_t i = 0; i < shown_; ++i)
        panes_[i].map->setWindow(window);
}

std::vector<MapView*> MapPanel::maps() const
{
    std::vector<MapView*> list;
    for (std::size_t i = 0; i < shown_; ++i)
        list.push_back(panes_[i].map);
    return list;
}

QString MapPanel::readingText() const
{
    return plainReading_;
}

void MapPanel::unread()
{
    for (const Pane& pane : panes_)
        pane.map->setLinkedCursor(std::nullopt);
    plainReading_.clear();
    reading_->setText(
        QStringLiteral("<span style=\"color:%1\">%2</span>")
            .arg(theme::palette().muted.name(),
                 tr("Point at a cell to read its weight; click to select its key token")));
    emit keyHovered(-1);
}

// The pane under the mouse has its value; the others' are computed for the same cell.
void MapPanel::read(int from, const MapReading& reading)
{
    for (std::size_t i = 0; i < shown_; ++i)
        panes_[i].map->setLinkedCursor(static_cast<int>(i) == from ? std::nullopt
                                                                   : std::optional(reading.cell));
    emit keyHovered(reading.cell.column);
    if (sources_.size() == 1) {
        showReading(reading, {reading.value});
        return;
    }
    const auto values = std::make_shared<std::vector<float>>(sources_.size(), std::nanf(""));
    compute_(
        this, QStringLiteral("read all"),
        [values, sources = sources_, cell = reading.cell] {
            for (std::size_t run = 0; run < sources.size(); ++run)
                if (sources[run])
                    if (const auto one = sources[run]({cell.row, cell.column, 1, 1, 1}))
                        (*values)[run] = one->front();
        },
        [this, values, reading] { showReading(reading, *values); });
}

void MapPanel::showReading(const MapReading& reading, const std::vector<float>& values)
{
    const auto name = [this](std::int64_t token) {
        return token < tokens_->size()
                   ? QStringLiteral("“%1”").arg(tokens_->at(static_cast<qsizetype>(token)))
                   : QString::number(token);
    };
    const QString pair =
        QStringLiteral("%1 ← %2").arg(name(reading.cell.row), name(reading.cell.column));
    QString weights;
    if (values.size() == 1)
        weights = std::isnan(values[0]) ? tr("not visible to this query")
                                        : numberText(static_cast<double>(values[0]));
    else
        for (std::size_t run = 0; run < values.size(); ++run)
            weights += (run ? QStringLiteral("   ") : QString()) + dot(static_cast<int>(run)) +
                       numberText(static_cast<double>(values[run]));
    if (values.size() == 2)
        weights +=
            tr("   difference %1").arg(numberText(static_cast<double>(values[1] - values[0])));
    QString place = tr("query %1, key %2").arg(reading.cell.row).arg(reading.cell.column);
    if (reading.block > 1)
        place += tr(", strongest of %1 × %1").arg(reading.block);
    const QString rich =
        QStringLiteral("<span style=\"font-family:'JetBrains "
                       "Mono'\">%1</span>&nbsp;&nbsp;<b>%2</b>&nbsp;&nbsp;"
                       "<span style=\"color:%3\">%4</span>")
            .arg(pair.toHtmlEscaped(), weights, theme::palette().muted.name(), place);
    reading_->setText(rich);
    static const QRegularExpression tags(QStringLiteral("<[^>]*>"));
    plainReading_ =
        pair + QLatin1Char(' ') + QString(weights).remove(tags) + QStringLiteral("  ") + place;
    reading_->setAccessibleDescription(plainReading_);
}

} // namespace vitrine::attention
