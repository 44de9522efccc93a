#include "widgets/map/linked_maps.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <memory>
#include <utility>

namespace vitrine
{
namespace
{

constexpr int kNarrowest = 230; // a map narrower than this goes to the next row

} // namespace

LinkedMaps::LinkedMaps(MapCompute compute, QWidget* parent)
    : QWidget(parent), compute_(std::move(compute)), grid_(new QGridLayout(this))
{
    grid_->setSpacing(8);
    grid_->setContentsMargins(0, 0, 0, 0);
}

void LinkedMaps::setAxisNames(const QString& row, const QString& column)
{
    rowName_ = row;
    columnName_ = column;
    for (const Pane& pane : panes_)
        pane.map->setAxisNames(row, column);
}

LinkedMaps::Pane& LinkedMaps::paneOf(std::size_t place)
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
    pane.map->setAxisNames(rowName_, columnName_);
    pane.map->setContextMenuPolicy(Qt::CustomContextMenu);
    column->addWidget(pane.caption);
    column->addWidget(pane.map, 1);
    connectPane(pane, static_cast<int>(place));
    panes_.push_back(pane);
    return panes_.back();
}

void LinkedMaps::connectPane(const Pane& pane, int index)
{
    connect(pane.map, &MapView::windowEdited, this, &LinkedMaps::windowEdited);
    connect(pane.map, &MapView::cellClicked, this, &LinkedMaps::cellClicked);
    connect(pane.map, &MapView::tileFailed, this, &LinkedMaps::tileFailed);
    connect(pane.map, &MapView::hovered, this,
            [this, index](const MapReading& reading) { readAll(index, reading); });
    connect(pane.map, &MapView::left, this, [this] {
        unread();
        emit left();
    });
    connect(pane.map, &QWidget::customContextMenuRequested, this,
            [this, map = pane.map, index](QPoint point) {
                emit menuWished(map->mapToGlobal(point), index);
            });
}

void LinkedMaps::setMaps(std::vector<LinkedMap> maps, GridChange change)
{
    if (maps.size() != shown_)
        change = GridChange::grid;
    if (change != GridChange::none) {
        sources_.clear();
        for (const LinkedMap& map : maps)
            sources_.push_back(map.grid.tile);
    }
    shown_ = maps.size();
    for (std::size_t i = 0; i < maps.size(); ++i)
        fill(paneOf(i), std::move(maps[i]), change);
    if (change == GridChange::grid)
        unread();
    place();
}

void LinkedMaps::fill(Pane& pane, LinkedMap map, GridChange change)
{
    pane.caption->setVisible(!map.caption.isEmpty());
    pane.caption->setText(map.caption);
    pane.caption->setToolTip(map.help);
    pane.map->setAccessibleName(map.name);
    pane.map->setQuantity(map.quantity);
    if (change == GridChange::grid)
        pane.map->setGrid(std::move(map.grid));
    else if (change == GridChange::values)
        pane.map->replaceGrid(std::move(map.grid));
    if (change != GridChange::none)
        pane.map->setNotice(map.notice);
    pane.map->setMarks(std::move(map.marks));
    pane.map->setScale(map.scale);
}

void LinkedMaps::place()
{
    const int count = static_cast<int>(shown_);
    const bool three = (count == 3 || count == 5) && width() / 3 >= kNarrowest;
    const int across = across_ > 0 ? across_ : count <= 1 ? 1 : three ? 3 : 2;
    for (int i = 0; i < static_cast<int>(panes_.size()); ++i) {
        QWidget* box = panes_[static_cast<std::size_t>(i)].box;
        box->setVisible(i < count);
        if (i < count)
            grid_->addWidget(box, i / across, i % across);
    }
    for (int column = 0; column < grid_->columnCount(); ++column)
        grid_->setColumnStretch(column, column < across ? 1 : 0);
}

void LinkedMaps::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    place();
}

void LinkedMaps::setWindow(const MapWindow& window)
{
    for (std::size_t i = 0; i < shown_; ++i)
        panes_[i].map->setWindow(window);
}

std::vector<MapView*> LinkedMaps::maps() const
{
    std::vector<MapView*> list;
    for (std::size_t i = 0; i < shown_; ++i)
        list.push_back(panes_[i].map);
    return list;
}

void LinkedMaps::unread()
{
    for (const Pane& pane : panes_)
        pane.map->setLinkedCursor(std::nullopt);
}

// The map under the mouse has its value; the others' are computed for the same cell.
void LinkedMaps::readAll(int from, const MapReading& reading)
{
    for (std::size_t i = 0; i < shown_; ++i)
        panes_[i].map->setLinkedCursor(static_cast<int>(i) == from ? std::nullopt
                                                                   : std::optional(reading.cell));
    if (shown_ == 1) {
        emit read(reading, {reading.value});
        return;
    }
    const auto values = std::make_shared<std::vector<float>>(sources_.size(), std::nanf(""));
    compute_(
        this, QStringLiteral("read all"),
        [values, sources = sources_, cell = reading.cell] {
            for (std::size_t map = 0; map < sources.size(); ++map)
                if (sources[map])
                    if (const auto one = sources[map]({cell.row, cell.column, 1, 1, 1}))
                        (*values)[map] = one->front();
        },
        [this, values, reading] { emit read(reading, *values); });
}

} // namespace vitrine
