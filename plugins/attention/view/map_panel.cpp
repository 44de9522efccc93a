#include "plugins/attention/view/map_panel.h"

#include "core/figure/not_finite.h"
#include "core/figure/run_places.h"
#include "plugins/attention/view/view_drawing.h"
#include "plugins/common/view/capture_parts.h"
#include "widgets/map/map_readout.h"
#include "widgets/theme/palette.h"

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
    : MapCard(tr("Map"), tr("Point at a cell to read its weight; click to select its key token"),
              std::move(compute), parent)
{
    connect(this, &MapCard::read, this, &MapPanel::showReading);
    connect(this, &MapCard::cellClicked, this,
            [this](MapCell cell, Qt::KeyboardModifiers modifiers) {
                if (modifiers & Qt::ControlModifier)
                    emit tokenPinToggled(cell.column);
                else
                    emit tokenChosen(cell.column);
            });
    connect(this, &MapCard::mapMenuWished, this, [this](QPoint point, int map) {
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
    setTokens(scene.first().tokens);
    const QString head = headName(scene.head);
    setHeading(head.left(1).toUpper() + head.mid(1));
    setLook(scene.state.look);

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
    setNote(sentence.trimmed());
    setMaps(std::move(maps), newGrid ? GridChange::grid : GridChange::none);
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
    map.grid.tile = weightTiles(shown.capture, scene.head);
    map.grid.preview = thumbnailOf(*shown.capture, scene.head);
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
    setReading(reading, QStringLiteral("<b>%1</b>").arg(weights));
}

} // namespace vitrine::attention_plugin
