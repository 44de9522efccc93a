#include "widgets/map/map_card.h"

#include "widgets/map/colour_controls.h"
#include "widgets/map/map_readout.h"
#include "widgets/params/number_spin.h"
#include "widgets/params/segmented_switch.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>

namespace vitrine
{

MapCard::MapCard(const QString& heading, const QString& hint, MapCompute compute, QWidget* parent)
    : Panel(heading, parent),
      scale_(newScaleSwitch(
          tr("Colours follow the weight"),
          tr("Colours follow the logarithm of the weight, from a ten-thousandth of the clip"),
          this)),
      clip_(new NumberSpin(0.0001, 1, 4, this)),
      colours_(newColourMapChoice(this)),
      maps_(new LinkedMaps(std::move(compute), this)),
      note_(new QLabel(this)),
      reading_(new MapReadout(hint, this))
{
    makeControls();
    maps_->setAxisNames(tr("query"), tr("key"));
    note_->setProperty("role", "caption");
    note_->setWordWrap(true);
    note_->hide();
    body()->addWidget(maps_, 1);
    body()->addWidget(note_);
    body()->addWidget(reading_);
    connectMaps();
    unread();
}

void MapCard::makeControls()
{
    clip_->setAccessibleName(tr("Clip"));
    clip_->setToolTip(tr("Weights from this value on have the brightest colour. Rows sum to 1, so "
                         "that most weights are small: 0.1 shows them."));
    auto* clipLabel = new QLabel(tr("Clip"), this);
    clipLabel->setProperty("role", "muted");
    clipLabel->setBuddy(clip_);
    for (QWidget* widget : std::initializer_list<QWidget*>{scale_, clipLabel, clip_, colours_})
        controls()->addWidget(widget);
    connect(scale_, &SegmentedSwitch::chosen, this, [this](int index) {
        choose(
            [index](figure::MapLook& look) {
                look.scale = index == 1 ? figure::Scale::logarithmic : figure::Scale::linear;
            },
            tr("Change colour scale"));
    });
    connect(clip_, &NumberSpin::chosen, this, [this](double clip) {
        choose([clip](figure::MapLook& look) { look.clip = clip; }, tr("Change clip"),
               QStringLiteral("clip"));
    });
    connect(colours_, &QComboBox::activated, this, [this](int index) {
        choose([index](
                   figure::MapLook& look) { look.colours = static_cast<figure::ColourMap>(index); },
               tr("Change colour map"));
    });
}

void MapCard::connectMaps()
{
    connect(maps_, &LinkedMaps::windowEdited, this, [this](const MapWindow& window) {
        choose([&](figure::MapLook& look) { look.window = window; }, tr("Move map"),
               QStringLiteral("window"));
    });
    connect(maps_, &LinkedMaps::read, this,
            [this](const MapReading& reading, const std::vector<float>& values) {
                emit keyHovered(reading.cell.column);
                emit read(reading, values);
            });
    connect(maps_, &LinkedMaps::left, this, &MapCard::unread);
    connect(maps_, &LinkedMaps::cellClicked, this, &MapCard::cellClicked);
    connect(maps_, &LinkedMaps::tileFailed, this, &MapCard::setNote);
    connect(maps_, &LinkedMaps::menuWished, this, &MapCard::mapMenuWished);
}

template <typename Change>
void MapCard::choose(Change change, const QString& label, const QString& mergeKey)
{
    figure::MapLook look = look_;
    change(look);
    emit lookChosen(look, label, mergeKey);
}

void MapCard::setColourHelp(const QString& help)
{
    colours_->setToolTip(help);
}

void MapCard::setLook(const figure::MapLook& look)
{
    look_ = look;
    scale_->setCurrent(look.scale == figure::Scale::logarithmic ? 1 : 0);
    clip_->setNumber(look.clip);
    colours_->setCurrentIndex(static_cast<int>(look.colours));
}

void MapCard::setWindow(const MapWindow& window)
{
    look_.window = window;
    maps_->setWindow(window);
}

void MapCard::setTokens(std::shared_ptr<const QStringList> tokens)
{
    reading_->setTokens(std::move(tokens));
}

void MapCard::setMaps(std::vector<LinkedMap> maps, GridChange change)
{
    maps_->setMaps(std::move(maps), change);
    maps_->setWindow(look_.window);
    if (change == GridChange::grid)
        unread();
}

void MapCard::setNote(const QString& sentence)
{
    note_->setText(sentence);
    note_->setVisible(!sentence.isEmpty());
}

void MapCard::setReading(const MapReading& reading, const QString& values)
{
    reading_->setReading(reading, values);
}

QString MapCard::readingText() const
{
    return reading_->plainText();
}

void MapCard::unread()
{
    maps_->unread();
    reading_->showHint();
    emit keyHovered(-1);
}

} // namespace vitrine
