#include "plugins/calibration/view/maps_panel.h"

#include "core/figure/run_places.h"
#include "plugins/calibration/view/tune_controls.h"
#include "plugins/common/view/capture_parts.h"
#include "widgets/map/difference_tiles.h"
#include "widgets/map/map_readout.h"
#include "widgets/theme/palette.h"

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
    : MapCard(tr("Maps"),
              tr("Point at a cell to read its weight in all maps; click to select its key"),
              std::move(compute), parent),
      busy_(new QLabel(tr("catching up"), this)),
      tune_(new TuneControls(this))
{
    setAcross(3);
    setColourHelp(tr("Of before and after; the difference is blue below and red above zero"));
    busy_->setProperty("role", "caption");
    busy_->setAccessibleName(tr("Catching up"));
    QSizePolicy keepsPlace = busy_->sizePolicy();
    keepsPlace.setRetainSizeWhenHidden(true);
    busy_->setSizePolicy(keepsPlace);
    busy_->hide();
    controls()->addWidget(busy_);
    body()->addWidget(tune_);
    connect(this, &MapCard::read, this, &MapsPanel::showReading);
    connect(this, &MapCard::mapMenuWished, this,
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
    setTokens(tokens_);
    runs_ = runs;
    version_ = scene.version;
    const QString head = headName(scene.head);
    setHeading(head.left(1).toUpper() + head.mid(1));
    setLook(scene.state.look);
    tune_->setParams(scene.wished, scene.state.ownBeta, scene.head);
    const std::int64_t number = scene.first().run->number;
    tune_->setOrigin(scene.live, number > 0 ? tr("As run %1 was made").arg(number) : QString());

    std::vector<LinkedMap> maps;
    for (std::size_t run = 0; run < runs; ++run)
        addRun(maps, scene, run);
    setMaps(std::move(maps), change);
    setNote(scene.runs.size() > kMostRuns
                ? tr("The first %1 of %2 runs are shown.").arg(kMostRuns).arg(scene.runs.size())
                : QString());
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
    before.grid.tile = weightTiles(run.before, scene.head);
    before.grid.preview = thumbnailOf(*run.before, scene.head);
    LinkedMap after = named(QStringLiteral(" · ") + beta, tr("After"));
    after.quantity = before.quantity;
    after.grid.tile = weightTiles(run.after, scene.head);
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

void MapsPanel::showReading(const MapReading& reading, const std::vector<float>& values)
{
    QString weights;
    for (std::size_t i = 0; i + 2 < values.size(); i += 3)
        weights += tr("%1before %2, after %3, difference %4")
                       .arg(i > 0 ? QStringLiteral("; ") : QString(), weightText(values[i]),
                            weightText(values[i + 1]), weightText(values[i + 2]));
    setReading(reading, weights);
}

QString mapFigureName(int map)
{
    static const std::array<QString, 3> sides = {"map-before", "map-after", "map-difference"};
    const QString side = sides[static_cast<std::size_t>(map % 3)];
    return map < 3 ? side : side + QStringLiteral("-%1").arg(map / 3 + 1);
}

} // namespace vitrine::calibration_plugin
