#include "widgets/params/segmented_switch.h"

#include <QAbstractButton>
#include <QFontMetrics>
#include <QTest>

#include <gtest/gtest.h>

#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

namespace vitrine
{
namespace
{

constexpr int kPaddingAndBorder = 6 + 2; // of the style, at the widest

// The word that is chosen is bold, and its border wide where contrast is high.
TEST(SegmentedSwitch, NoWordIsCutWhenItIsChosen)
{
    for (const auto theme : {theme::ThemeName::light, theme::ThemeName::highContrast}) {
        theme::setTheme(theme);
        theme::applyStyle();
        SegmentedSwitch words;
        words.setOptions({"Versions", "Inside a layer", "Attention", "Try"}, {});
        words.resize(words.sizeHint());
        words.show();
        const auto buttons = words.findChildren<QAbstractButton*>();
        ASSERT_EQ(buttons.size(), 4);
        std::vector<QRect> before;
        for (const QAbstractButton* button : buttons)
            before.push_back(button->geometry());
        for (int i = 0; i < 4; ++i) {
            words.setCurrent(i);
            QTest::qWait(1);
            QFont bold = buttons[i]->font();
            bold.setWeight(QFont::DemiBold);
            EXPECT_GE(buttons[i]->width() - 2 * kPaddingAndBorder,
                      QFontMetrics(bold).horizontalAdvance(buttons[i]->text()))
                << buttons[i]->text().toStdString();
            for (int j = 0; j < 4; ++j)
                EXPECT_EQ(buttons[j]->geometry(), before[static_cast<std::size_t>(j)])
                    << "words stay where they are";
        }
    }
    theme::setTheme(theme::ThemeName::light);
    theme::applyStyle();
}

} // namespace
} // namespace vitrine
