#pragma once

#include "core/figure/picture_look.h"

#include <QWidget>

class QComboBox;

namespace vitrine
{

class SegmentedSwitch;
class ValueSlider;

// How maps over pictures are looked at: colour scale, colour map, opacity, what is drawn between
// patches. It says which look a person wants and is given it back.
class PictureMapTools : public QWidget
{
    Q_OBJECT
public:
    explicit PictureMapTools(QWidget* parent);

    void setLook(const figure::PictureLook& look); // emits nothing

signals:
    // The whole look with one thing changed. Changes with the same key in a drag are one step to
    // undo.
    void lookChosen(const vitrine::figure::PictureLook& look, const QString& label,
                    const QString& mergeKey);

private:
    template <typename Change>
    void choose(Change change, const QString& label, const QString& mergeKey = {});

    figure::PictureLook look_;
    SegmentedSwitch* scale_;
    QComboBox* colours_;
    ValueSlider* opacity_;
    QComboBox* upsampling_;
};

} // namespace vitrine
