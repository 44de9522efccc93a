#pragma once

#include <QIcon>
#include <QPixmap>
#include <QString>

class QColor;

namespace vitrine::theme
{

// An icon drawn for this project (resources/icons/NAME.svg), coloured by the theme in use when it
// is painted: muted, the accent where it is on, the text's colour under the mouse. An unknown name
// gives the general plugin sign.
QIcon icon(const QString& name);

// The same drawing in one colour.
QPixmap iconPixmap(const QString& name, int pixels, const QColor& colour, qreal pixelRatio = 1);

} // namespace vitrine::theme
