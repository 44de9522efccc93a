#include "plugins/attention/view/map_panel.h"

#include "core/figure/not_finite.h"
#include "core/figure/run_places.h"
#include "plugins/attention/view/view_drawing.h"
#include "widgets/map/map_readout.h"
#include "widgets/params/number_spin.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/text.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>

#include <algorithm>

namespace vitrine::attention_plugin
{
namespace
{

constexpr std::size_t kMostRuns = 4;

QString dot(int place)
{
    return QStringLiteral("<span style=\"color:%1\">●</span> ")
        .arg(theme::palette().series(figure::lookAt(place).colour).name());
}

} // namespace

MapPanel::MapPanel(MapCompute compute, QWidget* parent)
    : Panel(tr("Map"), parent),
      scale_(new SegmentedSwitch(this)),
      clip_(new NumberSpin(0.0001, 1, 4, this)),
      colours_(new QComboBox(this)),
      maps_(new LinkedMaps(std::move(compute), this)),
      note_(new QLabel(this)),
      reading_(new MapReadout(
          tr("Point at a cell to read its weight; click to select its key token"), this))
{
    makeControls();
    maps_->setAxisNames(tr("query"), tr("key"));
    connectMaps();
    body()->addWidget(maps_, 1);
    note_->setProperty("role", "caption");
    note_->setWordWrap(true);
    note_->hide();
    body()->addWidget(note_);
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
        colours_->addItem(fromUtf8(figure::colourMapName(map)));
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

void MapPanel::connectMaps()
{
    connect(maps_, &LinkedMaps::windowEdited, this, &MapPanel::windowEdited);
    connect(maps_, &LinkedMaps::read, this,
            [this](const MapReading& reading, const std::vector<float>& values) {
                emit keyHovered(reading.cell.column);
                showReading(reading, values);
            });
    connect(maps_, &LinkedMaps::left, this, &MapPanel::unread);
    connect(maps_, &LinkedMaps::cellClicked, this,
            [this](MapCell cell, Qt::KeyboardModifiers modifiers) {
                if (modifiers & Qt::ControlModifier)
                    emit tokenPinToggled(cell.column);
                else
                    emit tokenChosen(cell.column);
            });
    connect(maps_, &LinkedMaps::tileFailed, this, [this](const QString& message) {
        note_->setText(message);
        note_->show();
    });
    connect(maps_, &LinkedMaps::menuWished, this, [this](QPoint point, int map) {
        emit menuWished(point, map < static_cast<int>(runs_)
                                   ? mapFigureName(map)
                                   : QStringLiteral("attention-difference"));
    });
}

void MapPanel::setScene(const Scene& scene)
{
    const bool newGrid = !(head_ == scene.head) || runsVersion_ != scene.runsVersion;
    head_ = scene.head;
    runsVersion_ = scene.runsVersion;
    reading_->setTokens(scene.first().tokens);
    const QString head = headName(scene.head);
    setHeading(head.left(1).toUpper() + head.mid(1));
    scale_->setCurrent(scene.state.look.scale == figure::Scale::logarithmic ? 1 : 0);
    clip_->setNumber(scene.state.look.clip);
    colours_->setCurrentIndex(static_cast<int>(scene.state.look.colours));

    runs_ = std::min(scene.runs.size(), kMostRuns);
    places_ = scene.places;
    std::vector<LinkedMap> maps;
    for (std::size_t run = 0; run < runs_; ++run)
        maps.push_back(runMap(scene, static_cast<int>(run), scene.runs.size() > 1));
    QString sentence;
    if (scene.runs.size() > 1) {
        sentence = whyNoDifference(scene.runs[0], scene.runs[1]);
        if (sentence.isEmpty())
            maps.push_back(differenceMap(scene));
    }
    if (scene.runs.size() > kMostRuns)
        sentence += tr(" The first %1 of %2 runs are shown.").arg(kMostRuns).arg(scene.runs.size());
    note_->setText(sentence.trimmed());
    note_->setVisible(!sentence.isEmpty());
    maps_->setMaps(std::move(maps), newGrid ? GridChange::grid : GridChange::none);
    maps_->setWindow(scene.state.look.window);
    if (newGrid)
        unread();
}

LinkedMap MapPanel::runMap(const Scene& scene, int run, bool captioned) const
{
    const ShownRun& shown = scene.runs[static_cast<std::size_t>(run)];
    const bool has = shown.layerIndex(scene.head).has_value();
    LinkedMap map;
    map.caption =
        captioned ? dot(scene.places[static_cast<std::size_t>(run)]) + shown.name.toHtmlEscaped()
                  : QString();
    map.help = shown.name;
    map.name = tr("Attention map of %1, %2").arg(shown.name, headName(scene.head));
    map.quantity = tr("attention weight");
    map.notice = has ? QString() : tr("This run has no %1.").arg(headName(scene.head));
    map.scale = weightScale(scene.state.look);
    map.grid.rows = map.grid.columns = shown.tokenCount();
    map.grid.tile = weightTiles(shown, scene.head);
    map.grid.preview = thumbnailOf(shown, scene.head);
    map.grid.previewSide = has ? shown.capture->thumbnailSide() : 0;
    map.grid.rowLabels = map.grid.columnLabels = shown.tokens;
    for (const std::int64_t token : scene.state.pinnedTokens)
        if (token < shown.tokenCount())
            map.marks.push_back({token, 4, false});
    if (scene.state.selection.token && *scene.state.selection.token < shown.tokenCount())
        map.marks.push_back({*scene.state.selection.token, 0, true});
    return map;
}

LinkedMap MapPanel::differenceMap(const Scene& scene) const
{
    const ShownRun &first = scene.runs[0], &second = scene.runs[1];
    LinkedMap map = runMap(scene, 0, true);
    map.caption = tr("Difference: second − first");
    map.help = tr("%1 minus %2").arg(second.name, first.name);
    map.name = tr("Difference map, %1").arg(headName(scene.head));
    map.quantity = tr("difference of attention weights");
    map.scale = differenceScale(scene.state.look.clip, scene.state.look.scale);
    map.grid.tile = differenceTiles(first, second, scene.head);
    map.grid.preview.clear();
    map.grid.previewSide = 0;
    map.notice = map.grid.tile
                     ? QString()
                     : tr("The queries and keys of this head were not kept in both runs.");
    return map;
}

void MapPanel::setWindow(const MapWindow& window)
{
    maps_->setWindow(window);
}

std::vector<MapView*> MapPanel::maps() const
{
    return maps_->maps();
}

QString MapPanel::readingText() const
{
    return reading_->plainText();
}

void MapPanel::unread()
{
    maps_->unread();
    reading_->showHint();
    emit keyHovered(-1);
}

void MapPanel::showReading(const MapReading& reading, const std::vector<float>& values)
{
    QString weights;
    if (runs_ == 1)
        weights = std::isnan(values[0]) ? tr("not visible to this query") : weightText(values[0]);
    else
        for (std::size_t run = 0; run < runs_; ++run)
            weights += (run ? QStringLiteral("   ") : QString()) + dot(places_[run]) +
                       weightText(values[run]);
    if (runs_ == 2)
        weights +=
            tr("   difference %1").arg(weightText(figure::differenceOf(values[1], values[0])));
    reading_->setReading(reading, QStringLiteral("<b>%1</b>").arg(weights));
}

} // namespace vitrine::attention_plugin
