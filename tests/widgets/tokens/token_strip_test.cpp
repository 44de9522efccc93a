#include "widgets/tokens/token_strip.h"

#include "widgets/theme/palette.h"

#include <QTest>

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine
{
namespace
{

using Mark = TokenStripText::Mark;

TokenStripText text()
{
    TokenStripText made;
    made.names = std::make_shared<const QStringList>(QStringList{"<s>", "peace", "is", "made"});
    made.gaps =
        std::make_shared<const std::vector<bool>>(std::vector<bool>{false, true, true, true});
    made.bars = {1, 0.2, 0, 7};
    made.marks = {Mark::none, Mark::marked, Mark::off, Mark::none};
    made.badges = {{}, "8.1×", "off", {}};
    made.help = [](std::int64_t token) { return QStringLiteral("token %1").arg(token); };
    made.keys = "Space acts.";
    return made;
}

TEST(TokenStrip, ShowsMarksAndBadges)
{
    TokenStrip strip(nullptr);
    strip.resize(400, 80);
    strip.setText(text());
    strip.grab();
    EXPECT_EQ(strip.badged(), (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(strip.marked(Mark::off), (std::vector<std::int64_t>{2}));
    EXPECT_LT(strip.tokenRect(0).right(), strip.tokenRect(3).left());
}

TEST(TokenStrip, ABarThatIsNotFiniteIsHatchedAndNotEmpty)
{
    TokenStrip strip(nullptr);
    strip.resize(400, 80);
    TokenStripText made = text();
    made.bars[2] = 0;
    strip.setText(made);
    const QImage none = strip.grab().toImage();
    made.bars[2] = std::nan("");
    strip.setText(made);
    const QImage lost = strip.grab().toImage();

    EXPECT_NE(lost, none);
    const QRect token = strip.tokenRect(2);
    int hatched = 0;
    for (int y = token.top(); y <= token.bottom() + 8; ++y)
        for (int x = token.left(); x <= token.right(); ++x)
            hatched += lost.pixelColor(x, y) == theme::palette().error ? 1 : 0;
    EXPECT_GT(hatched, 2);
}

TEST(TokenStrip, ChoosesPinsAndActs)
{
    TokenStrip strip(nullptr);
    strip.resize(400, 80);
    TokenStripText shown = text();
    shown.selected = 2;
    strip.setText(std::move(shown));
    std::vector<std::int64_t> chosen, pinned, acted;
    QObject::connect(&strip, &TokenStrip::tokenChosen, &strip,
                     [&](std::int64_t token) { chosen.push_back(token); });
    QObject::connect(&strip, &TokenStrip::tokenPinToggled, &strip,
                     [&](std::int64_t token) { pinned.push_back(token); });
    QObject::connect(&strip, &TokenStrip::tokenActed, &strip,
                     [&](std::int64_t token) { acted.push_back(token); });

    QTest::mouseClick(strip.viewport(), Qt::LeftButton, {}, strip.tokenRect(1).center());
    QTest::mouseClick(strip.viewport(), Qt::LeftButton, Qt::ControlModifier,
                      strip.tokenRect(3).center());
    QTest::keyClick(&strip, Qt::Key_Right);
    QTest::keyClick(&strip, Qt::Key_Space);

    EXPECT_EQ(chosen, (std::vector<std::int64_t>{1, 3}));
    EXPECT_EQ(pinned, (std::vector<std::int64_t>{3}));
    EXPECT_EQ(acted, (std::vector<std::int64_t>{2}));
    EXPECT_EQ(strip.accessibleDescription(), "token 2. Space acts.");
}

// Share of the pixels of two pictures that differ.
double difference(const QImage& first, const QImage& second)
{
    int others = 0;
    for (int y = 0; y < first.height(); ++y)
        for (int x = 0; x < first.width(); ++x)
            others += first.pixel(x, y) != second.pixel(x, y);
    return others / static_cast<double>(first.width() * first.height());
}

// The focus is a ring around the text, whatever token was painted last.
TEST(TokenStrip, ATokenThatWasClickedHidesNoOther)
{
    for (const std::int64_t selected : {0, 1, 2, 3}) {
        for (const bool pinned : {false, true}) {
            TokenStrip strip(nullptr);
            strip.resize(400, 80);
            TokenStripText shown = text();
            shown.selected = selected;
            shown.pinned = {false, false, false, pinned};
            strip.setText(std::move(shown));
            strip.show();
            strip.activateWindow();
            ASSERT_TRUE(QTest::qWaitForWindowActive(&strip));
            strip.clearFocus();
            const QImage before = strip.grab().toImage();

            QTest::mouseClick(strip.viewport(), Qt::LeftButton, {},
                              strip.tokenRect(selected).center());
            strip.setFocus();

            ASSERT_TRUE(strip.hasFocus());
            const double changed = difference(before, strip.grab().toImage());
            EXPECT_GT(changed, 0) << "the focus shows";
            EXPECT_LT(changed, 0.1) << "token " << selected;
        }
    }
}

TEST(TokenStrip, AnEmptyTextIsNoTrouble)
{
    TokenStrip strip(nullptr);
    strip.setText({});
    strip.grab();
    QTest::keyClick(&strip, Qt::Key_Right);
    EXPECT_TRUE(strip.badged().empty());
}

} // namespace
} // namespace vitrine
