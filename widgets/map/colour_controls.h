#pragma once

#include <QString>

class QComboBox;
class QWidget;

namespace vitrine
{

class SegmentedSwitch;

// The controls that say how values become colours, alike wherever maps are.

// [Linear | Log], in the order of figure::Scale.
SegmentedSwitch* newScaleSwitch(const QString& linearHelp, const QString& logHelp, QWidget* parent);
// Those for magnitudes, in the order of figure::ColourMap.
QComboBox* newColourMapChoice(QWidget* parent);

} // namespace vitrine
