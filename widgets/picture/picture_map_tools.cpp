#include "widgets/picture/picture_map_tools.h"

#include "widgets/map/colour_controls.h"
#include "widgets/page/flow_layout.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/params/value_slider.h"

#include <QComboBox>

namespace vitrine
{

PictureMapTools::PictureMapTools(QWidget* parent)
    : QWidget(parent),
      scale_(newScaleSwitch(tr("Colours follow the value"),
                            tr("Colours follow the logarithm of the value"), this)),
      colours_(newColourMapChoice(this)),
      opacity_(new ValueSlider(tr("Opacity"), tr("Opacity of the map"),
                               {.low = 0, .high = 1, .typedLow = 0, .typedHigh = 1, .decimals = 2},
                               this)),
      upsampling_(new QComboBox(this))
{
    opacity_->setHelp(tr("How much of the map is seen over the picture: 0 is the picture alone, "
                         "1 the map alone"));
    opacity_->setFixedWidth(220);
    upsampling_->addItems({tr("Patches"), tr("Bilinear"), tr("Bicubic")});
    upsampling_->setAccessibleName(tr("Between patches"));
    upsampling_->setToolTip(tr("What is drawn between the middles of patches: patches as they are, "
                               "or values in between, which the network did not give"));
    auto* row = new FlowLayout(this);
    for (QWidget* widget : std::initializer_list<QWidget*>{scale_, colours_, opacity_, upsampling_})
        row->addWidget(widget);
    connect(scale_, &SegmentedSwitch::chosen, this, [this](int index) {
        choose(
            [index](figure::PictureLook& look) { look.scale = static_cast<figure::Scale>(index); },
            tr("Change colour scale"));
    });
    connect(colours_, &QComboBox::activated, this, [this](int index) {
        choose(
            [index](figure::PictureLook& look) {
                look.colours = static_cast<figure::ColourMap>(index);
            },
            tr("Change colour map"));
    });
    connect(opacity_, &ValueSlider::chosen, this, [this](double opacity) {
        choose([opacity](figure::PictureLook& look) { look.opacity = opacity; },
               tr("Change opacity"), QStringLiteral("opacity"));
    });
    connect(upsampling_, &QComboBox::activated, this, [this](int index) {
        choose(
            [index](figure::PictureLook& look) {
                look.upsampling = static_cast<figure::Upsampling>(index);
            },
            tr("Change what is between patches"));
    });
    setLook({});
}

template <typename Change>
void PictureMapTools::choose(Change change, const QString& label, const QString& mergeKey)
{
    figure::PictureLook look = look_;
    change(look);
    emit lookChosen(look, label, mergeKey);
}

void PictureMapTools::setLook(const figure::PictureLook& look)
{
    look_ = look;
    scale_->setCurrent(static_cast<int>(look.scale));
    colours_->setCurrentIndex(static_cast<int>(look.colours));
    opacity_->setNumber(look.opacity);
    upsampling_->setCurrentIndex(static_cast<int>(look.upsampling));
}

} // namespace vitrine
