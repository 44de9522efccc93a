#include "plugins/calibration/view/maps_panel.h"

#include "core/figure/run_places.h"
#include "plugins/calibration/view/tune_controls.h"
#include "widgets/map/difference_tiles.h"
#include "widgets/map/map_readout.h"
#include "widgets/params/number_spin.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/theme/palette.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr std::size_t kMostRuns = 3;

} // namespace

MapsPanel::MapsPanel(MapCompute compute, QWidget* parent)
    : Panel(tr("Maps"), parent),
      scale_(new SegmentedSwitch(this)),
      clip_(new NumberSpin(0.0001, 1, 4, this)),
      colours_(new QComboBox(this)),
      busy_(new QLabel(tr("catching up"), this)),
      maps_(new LinkedMaps(std::move(compute), this)),
      note_(new QLabel(this)),
      reading_(new MapReadout(
          tr("Point at a cell to read its weight in all maps; click to select its key"), this)),
      tune_(new TuneControls(this))
{
    makeControls();
    maps_->setAcross(3);
    maps_->setAxisNames(tr("query"), tr("key"));
    connectMaps();
    note_->setProperty("role", "caption");
    note_->setWordWrap(true);
    note_->hide();
    body()->addWidget(maps_, 1);
    body()->addWidget(note_);
    body()->addWidget(reading_);
    body()->addWidget(tune_);
    unread();
}

void MapsPanel::makeControls()
{
    scale_->setOptions(
        {tr("Linear"), tr("Log")},
        {tr("Colours follow the weight"),
         tr("Colours follow the logarithm of the weight, from a ten-thousandth of the clip")});
    scale_->setAccessibleName(tr("Colour scale"));
    clip_->setAccessibleName(tr("Clip"));
    clip_->setToolTip(tr("Weights from this value on have the brightest colour. Rows sum to 1, so "
                         "that most weights are small: 0.1 shows them."));
    for (const auto map :
         {figure::ColourMap::viridis, figure::ColourMap::cividis, figure::ColourMap::magma})
        colours_->addItem(text(figure::colourMapName(map)));
    colours_->setAccessibleName(tr("Colour map"));
    colours_->setToolTip(
        tr("Of before and after; the difference is blue below and red above zero"));
    busy_->setProperty("role", "caption");
    busy_->setAccessibleName(tr("Catching up"));
    QSizePolicy keepsPlace = busy_->sizePolicy();
    keepsPlace.setRetainSizeWhenHidden(true);
    busy_->setSizePolicy(keepsPlace);
    busy_->hide();
    auto* clipLabel = new QLabel(tr("Clip"), this);
    clipLabel->setProperty("role", "muted");
    clipLabel->setBuddy(clip_);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{busy_, scale_, clipLabel, clip_, colours_})
        controls()->addWidget(widget);
    connect(scale_, &SegmentedSwitch::chosen, this,
            [this](int index) { emit scaleChosen(index == 1); });
    connect(clip_, &NumberSpin::chosen, this, &MapsPanel::clipChosen);
    connect(colours_, &QComboBox::activated, this,
            [this](int index) { emit coloursChosen(static_cast<figure::ColourMap>(index)); });
}

void MapsPanel::connectMaps()
{
    connect(maps_, &LinkedMaps::windowEdited, this, &MapsPanel::windowEdited);
    connect(maps_, &LinkedMaps::read, this,
            [this](const MapReading& reading, const std::vector<float>& values) {
                emit keyHovered(reading.cell.column);
                showReading(reading, values);
            });
    connect(maps_, &LinkedMaps::left, this, &MapsPanel::unread);
    connect(maps_, &LinkedMaps::cellClicked, this,
            [this](MapCell cell, Qt::KeyboardModifiers) { emit tokenChosen(cell.column); });
    connect(maps_, &LinkedMaps::tileFailed, this, [this](const QString& message) {
        note_->setText(message);
        note_->show();
    });
    connect(maps_, &LinkedMaps::menuWished, this,
            [this](QPoint point, int map) { emit menuWished(point, mapFigureName(map)); });
}

void MapsPanel::setScene(const Scene& scene)
{
    const std::size_t runs = std::min(scene.runs.size(), kMostRuns);
    const bool sameGrid = head_ == scene.head && tokens_ == scene.first().tokens && runs_ == runs;
    const GridChange change = !sameGrid                   ? GridChange::grid
                              : version_ != scene.version ? GridChange::values
                                                          : GridChange::none;
    head_ = scene.head;
    tokens_ = scene.first().tokens;
    reading_->setTokens(tokens_);
    runs_ = runs;
    version_ = scene.version;
    const QString head = headName(scene.head);
    setHeading(head.left(1).toUpper() + head.mid(1));
    scale_->setCurrent(scene.state.look.scale == figure::Scale::logarithmic ? 1 : 0);
    clip_->setNumber(scene.state.look.clip);
    colours_->setCurrentIndex(static_cast<int>(scene.state.look.colours));
    tune_->setParams(scene.wished, scene.state.ownBeta, scene.head);
    const std::int64_t number = scene.first().run->number;
    tune_->setOrigin(scene.live, number > 0 ? tr("As run %1 was made").arg(number) : QString());

    std::vector<LinkedMap> maps;
    for (std::size_t run = 0; run < runs; ++run)
        addRun(maps, scene, run);
    maps_->setMaps(std::move(maps), change);
    maps_->setWindow(scene.state.look.window);
    note_->setVisible(scene.runs.size() > kMostRuns);
    note_->setText(tr("The first %1 of %2 runs are shown.").arg(kMostRuns).arg(scene.runs.size()));
    if (change == GridChange::grid)
        unread();
}

void MapsPanel::setBusy(bool busy)
{
    busy_->setVisible(busy);
}

void MapsPanel::addRun(std::vector<LinkedMap>& maps, const Scene& scene, std::size_t place) const
{
    const TunedRun& run = scene.runs[place];
    const TunedHead* head = run.head(scene.head);
    const bool many = scene.runs.size() > 1;
    const QString beta = head && head->calibrated
                             ? tr("β %1").arg(numberText(betaOf(run.run->params, scene.head)))
                             : tr("not calibrated");
    LinkedMap map;
    map.help = run.name;
    map.scale = weightScale(scene.state.look);
    map.grid.rows = map.grid.columns = run.tokenCount();
    map.grid.rowLabels = map.grid.columnLabels = run.tokens;
    map.grid.previewSide = run.before->thumbnailSide();
    map.notice = head ? QString() : tr("This run has no %1.").arg(headName(scene.head));
    if (scene.state.selection.token && *scene.state.selection.token < run.tokenCount())
        map.marks.push_back({*scene.state.selection.token, 0, true});
    const QString dot =
        many ? QStringLiteral("<span style=\"color:%1\">●</span> ")
                   .arg(theme::palette().series(figure::lookAt(scene.places[place]).colour).name())
             : QString();
    const QString of = many ? QStringLiteral(" · ") + run.name.toHtmlEscaped() : QString();
    const auto named = [&](const QString& caption, const QString& side) {
        LinkedMap made = map;
        made.caption = dot + QStringLiteral("<b>%1</b>%2").arg(side, caption) + of;
        made.name = tr("%1, %2, %3").arg(side, headName(scene.head), run.name);
        return made;
    };
    LinkedMap before = named({}, tr("Before"));
    before.quantity = tr("attention weight");
    before.grid.tile = tilesOf(run.before, scene.head);
    before.grid.preview = thumbnailOf(*run.before, scene.head);
    LinkedMap after = named(QStringLiteral(" · ") + beta, tr("After"));
    after.quantity = before.quantity;
    after.grid.tile = tilesOf(run.after, scene.head);
    after.grid.preview = thumbnailOf(*run.after, scene.head);
    LinkedMap difference = named({}, tr("Difference"));
    difference.quantity = tr("difference of attention weights");
    difference.scale = differenceScale(scene.state.look.clip, scene.state.look.scale);
    difference.grid.tile = vitrine::differenceTiles(before.grid.tile, after.grid.tile);
    difference.grid.preview = after.grid.preview;
    std::ranges::transform(difference.grid.preview, before.grid.preview,
                           difference.grid.preview.begin(), std::minus{});
    for (LinkedMap* each : {&before, &after, &difference})
        maps.push_back(std::move(*each));
}

void MapsPanel::unread()
{
    maps_->unread();
    reading_->showHint();
    emit keyHovered(-1);
}

void MapsPanel::showReading(const MapReading& reading, const std::vector<float>& values)
{
    QString weights;
    for (std::size_t i = 0; i + 2 < values.size(); i += 3)
        weights += tr("%1before %2, after %3, difference %4")
                       .arg(i > 0 ? QStringLiteral("; ") : QString(), weightText(values[i]),
                            weightText(values[i + 1]), weightText(values[i + 2]));
    reading_->setReading(reading, weights);
}

QString MapsPanel::readingText() const
{
    return reading_->plainText();
}

QString mapFigureName(int map)
{
    static const std::array<QString, 3> sides = {"map-before", "map-after", "map-difference"};
    const QString side = sides[static_cast<std::size_t>(map % 3)];
    return map < 3 ? side : side + QStringLiteral("-%1").arg(map / 3 + 1);
}

} // namespace vitrine::calibration_plugin
