#include "widgets/picture/picture_map_tools.h"

#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QComboBox>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>

namespace vitrine
{
namespace
{

using figure::PictureLook;

template <typename Widget>
Widget* named(const QWidget& tools, const QString& name)
{
    for (Widget* widget : tools.findChildren<Widget*>())
        if (widget->accessibleName() == name)
            return widget;
    return nullptr;
}

TEST(PictureMapTools, SaysTheWholeLookWithOneThingChanged)
{
    PictureMapTools tools(nullptr);
    tools.resize(700, 60);
    tools.show();
    const PictureLook before{.colours = figure::ColourMap::magma, .opacity = 0.4};
    tools.setLook(before);
    QSignalSpy spy(&tools, &PictureMapTools::lookChosen);
    const auto last = [&] { return spy.last()[0].value<PictureLook>(); };

    QTest::keyClick(named<QSlider>(tools, "Opacity of the map"), Qt::Key_Right);
    ASSERT_EQ(spy.size(), 1);
    EXPECT_NEAR(last().opacity, 0.41, 0.011);
    EXPECT_EQ(last().colours, before.colours);
    EXPECT_EQ(spy.last()[2].toString(), "opacity");

    QTest::keyClick(named<QComboBox>(tools, "Between patches"), Qt::Key_Down);
    EXPECT_EQ(last().upsampling, figure::Upsampling::bicubic);
    EXPECT_EQ(last().opacity, before.opacity) << "what was not taken is not kept";

    QTest::keyClick(named<QComboBox>(tools, "Colour map"), Qt::Key_Up);
    EXPECT_EQ(last().colours, figure::ColourMap::cividis);

    QTest::mouseClick(named<QAbstractButton>(tools, "Log"), Qt::LeftButton);
    EXPECT_EQ(last().scale, figure::Scale::logarithmic);
}

TEST(PictureMapTools, ShowsTheLookItIsGivenAndSaysNothing)
{
    PictureMapTools tools(nullptr);
    QSignalSpy spy(&tools, &PictureMapTools::lookChosen);

    tools.setLook({.scale = figure::Scale::logarithmic,
                   .colours = figure::ColourMap::cividis,
                   .opacity = 0.25,
                   .upsampling = figure::Upsampling::nearest});

    EXPECT_TRUE(spy.isEmpty());
    EXPECT_EQ(named<QComboBox>(tools, "Colour map")->currentText(), "cividis");
    EXPECT_EQ(named<QComboBox>(tools, "Between patches")->currentIndex(), 0);
    EXPECT_TRUE(named<QAbstractButton>(tools, "Log")->isChecked());
    EXPECT_EQ(named<QSlider>(tools, "Opacity of the map")->value(), 50);
}

} // namespace
} // namespace vitrine
