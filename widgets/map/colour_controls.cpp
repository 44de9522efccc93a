#include "widgets/map/colour_controls.h"

#include "core/figure/map_look.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/theme/text.h"

#include <QComboBox>

namespace vitrine
{

SegmentedSwitch* newScaleSwitch(const QString& linearHelp, const QString& logHelp, QWidget* parent)
{
    auto* scale = new SegmentedSwitch(parent);
    scale->setOptions({QObject::tr("Linear"), QObject::tr("Log")}, {linearHelp, logHelp});
    scale->setAccessibleName(QObject::tr("Colour scale"));
    return scale;
}

QComboBox* newColourMapChoice(QWidget* parent)
{
    auto* colours = new QComboBox(parent);
    for (const auto map :
         {figure::ColourMap::viridis, figure::ColourMap::cividis, figure::ColourMap::magma})
        colours->addItem(fromUtf8(figure::colourMapName(map)));
    colours->setAccessibleName(QObject::tr("Colour map"));
    colours->setToolTip(QObject::tr(
        "Viridis and cividis are safe for colour blindness; all three are even in lightness"));
    return colours;
}

} // namespace vitrine
