#include "widgets/player/player.h"

#include "core/video/psnr.h"
#include "tests/widgets/player/fake_stream.h"
#include "widgets/player/canvas.h"
#include "widgets/player/inspector.h"
#include "widgets/player/player_status.h"
#include "widgets/player/scopes.h"
#include "widgets/player/timeline.h"

#include <gtest/gtest.h>

#include <QComboBox>
#include <QImage>
#include <QJsonArray>
#include <QPointer>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include <cmath>
#include <cstring>

namespace vitrine::player
{
namespace
{

using tests::FakeStream;
using tests::paneOf;

// A player whose edits come back as its state, as in a window; every one is kept.
class PlayerTest : public testing::Test
{
protected:
    PlayerTest()
    {
        QObject::connect(&player_, &Player::edited, &player_,
                         [this](const PlayerState& state, const QString& label, const QString&) {
                             labels_.push_back(label);
                             player_.setState(state);
                         });
        player_.resize(900, 640);
        player_.show();
    }
    void showTwo(int width = 64, int height = 48, std::int64_t frames = 40)
    {
        reference_ = std::make_shared<FakeStream>(width, height, frames);
        test_ = std::make_shared<FakeStream>(width, height, frames, 6);
        player_.setPanes({paneOf("reference", reference_), paneOf("x264", test_)});
        ASSERT_TRUE(settle());
    }
    bool settle()
    {
        return QTest::qWaitFor([this] { return player_.isSettled(); }, 5000);
    }
    void press(int key, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::keyClick(player_.canvas(), static_cast<Qt::Key>(key), modifiers);
    }
    std::int64_t position() { return player_.transport().position(); }
    void edit(const std::function<void(PlayerState&)>& change)
    {
        PlayerState state = player_.state();
        change(state);
        player_.setState(state);
        ASSERT_TRUE(settle());
    }
    template <typename Widget>
    Widget* named(const QString& name)
    {
        for (Widget* widget : player_.findChildren<Widget*>())
            if (widget->accessibleName() == name)
                return widget;
        ADD_FAILURE() << name.toStdString();
        return nullptr;
    }
    // What stands on the screen.
    QImage grab()
    {
        return player_.canvas()->grab().toImage().convertToFormat(QImage::Format_RGB32);
    }
    const ScenePicture& picture(int pane)
    {
        for (const ScenePicture& made : player_.canvas()->scene().pictures)
            if (made.wish.pane == pane)
                return made;
        static const ScenePicture kNone;
        return kNone;
    }

    tests::Pool pool_;
    Player player_{pool_.compute(), nullptr};
    std::shared_ptr<FakeStream> reference_, test_;
    std::vector<QString> labels_;
};

TEST_F(PlayerTest, PanesStandSideBySideWithTheirOwnPixels)
{
    showTwo();
    const QImage screen = grab();
    for (int pane = 0; pane < 2; ++pane) {
        const ScenePicture& made = picture(pane);
        ASSERT_FALSE(made.image.isNull());
        EXPECT_EQ(screen.copy(made.target), made.image) << pane;
        const Fitted fit = fitted(made.wish.place, {64, 48}, {64, 48}, 0, 0.5, 0.5);
        const video::Picture expected =
            rgbPicture((pane == 0 ? reference_ : test_)->frame(0), fit.window);
        for (int y = 0; y < expected.height; ++y)
            ASSERT_EQ(0, std::memcmp(made.image.constScanLine(y), expected.row(y),
                                     static_cast<std::size_t>(expected.width) * 4))
                << "row " << y;
    }
}

// Self-check 11: before the handle the first picture, behind it the second, byte for byte.
TEST_F(PlayerTest, TheWipeShowsTheColumnsOfBothPictures)
{
    showTwo();
    for (const bool lies : {false, true})
        for (const double share : {0.0, 0.31, 0.5, 0.77, 1.0}) {
            edit([&](PlayerState& state) {
                state.mode = Mode::wipe;
                state.wipe = share;
                state.wipeHorizontal = lies;
            });
            const auto cell = player_.canvas()->cells().front();
            const int at = player_.canvas()->boundary(cell);
            const QImage screen = grab();
            const ScenePicture &first = picture(0), &second = picture(1);
            ASSERT_EQ(first.target, second.target);
            ASSERT_NE(first.image, second.image);
            int compared = 0;
            for (int y = first.target.top(); y <= first.target.bottom(); ++y)
                for (int x = first.target.left(); x <= first.target.right(); ++x) {
                    const int along = lies ? y : x;
                    const QPoint grip = lies ? QPoint(cell.place.center().x(), at)
                                             : QPoint(at, cell.place.center().y());
                    if (std::abs(along - at) <= 1 || (QPoint(x, y) - grip).manhattanLength() < 24)
                        continue; // the handle
                    const ScenePicture& owner = along < at ? first : second;
                    ASSERT_EQ(screen.pixel(x, y),
                              owner.image.pixel(QPoint(x, y) - owner.target.topLeft()))
                        << "at " << x << ", " << y << ", handle " << at;
                    ++compared;
                }
            EXPECT_GT(compared, 10'000);
        }
}

TEST_F(PlayerTest, TheHandleFollowsMouseAndKeys)
{
    showTwo();
    edit([](PlayerState& state) { state.mode = Mode::wipe; });
    Canvas* canvas = player_.canvas();
    const QRect place = canvas->cells().front().place;
    const QPoint from(canvas->boundary(canvas->cells().front()), place.center().y());
    QTest::mousePress(canvas, Qt::LeftButton, {}, from);
    QTest::mouseMove(canvas, QPoint(place.left() + place.width() / 4, from.y()));
    QTest::mouseRelease(canvas, Qt::LeftButton, {},
                        QPoint(place.left() + place.width() / 4, from.y()));
    EXPECT_NEAR(player_.state().wipe, 0.25, 0.01);
    press(Qt::Key_Right, Qt::ControlModifier);
    EXPECT_NEAR(player_.state().wipe, 0.27, 0.01);
    press(Qt::Key_X);
    EXPECT_TRUE(player_.state().wipeHorizontal);
}

TEST_F(PlayerTest, ZoomAndPanAreLinkedAndKeepTheSampleUnderTheMouse)
{
    showTwo();
    edit([](PlayerState& state) { state.zoom = 12; }); // larger than its place
    Canvas* canvas = player_.canvas();
    const auto second = canvas->cells()[1].place;
    const QPoint mouse = second.topLeft() + QPoint(second.width() / 3 + 2, second.height() / 2 + 4);
    const auto sampleUnder = [&] {
        const PlayerState& s = player_.state();
        return sampleAt(fitted(second, {64, 48}, {64, 48}, s.zoom, s.centreX, s.centreY), {64, 48},
                        mouse);
    };
    const auto before = sampleUnder();
    ASSERT_TRUE(before);
    for (int i = 0; i < 3; ++i) {
        QWheelEvent wheel(mouse, canvas->mapToGlobal(mouse), {}, {0, 120}, {}, {},
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(canvas, &wheel);
    }
    ASSERT_TRUE(settle());
    EXPECT_GT(player_.state().zoom, 20);
    EXPECT_EQ(sampleUnder(), before);
    EXPECT_EQ(picture(0).image.size(), picture(1).image.size());
    EXPECT_EQ(picture(0).target.topLeft() - canvas->cells()[0].place.topLeft(),
              picture(1).target.topLeft() - canvas->cells()[1].place.topLeft());

    const double centre = player_.state().centreX;
    QTest::mousePress(canvas, Qt::LeftButton, {}, mouse);
    QTest::mouseMove(canvas, mouse - QPoint(30, 0));
    QTest::mouseRelease(canvas, Qt::LeftButton, {}, mouse - QPoint(30, 0));
    EXPECT_GT(player_.state().centreX, centre);
    press(Qt::Key_0);
    EXPECT_EQ(player_.state().zoom, 0);
    press(Qt::Key_Z);
    EXPECT_EQ(player_.state().zoom, 1);
}

TEST_F(PlayerTest, AboveOneHundredPercentPixelsAreSamples)
{
    showTwo();
    edit([](PlayerState& state) { state.zoom = 16; });
    const ScenePicture& made = picture(0);
    const Fitted fit = fitted(made.wish.place, {64, 48}, {64, 48}, 16, 0.5, 0.5);
    EXPECT_FALSE(fit.window.smooth);
    for (int y = 0; y < made.image.height(); y += 7)
        for (int x = 0; x < made.image.width(); x += 5) {
            const auto sample =
                sampleAt(fit, {64, 48}, made.target.topLeft() + QPointF(x + 0.5, y + 0.5));
            ASSERT_TRUE(sample);
            const auto expected =
                rgbPicture(reference_->frame(0),
                           {double(sample->x()), double(sample->y()), 1, 1, 1, 1, false})
                    .pixels.front();
            ASSERT_EQ(made.image.pixel(x, y), expected) << x << ", " << y;
        }
}

TEST_F(PlayerTest, TheReadOutIsTheFramesOwnSamples)
{
    showTwo();
    Canvas* canvas = player_.canvas();
    const auto cell = canvas->cells()[1];
    const QPoint mouse = cell.place.center() + QPoint(11, -7);
    QTest::mouseMove(canvas, mouse);
    ASSERT_TRUE(canvas->hovered());
    const QPoint at = *canvas->hovered();
    for (const auto& [pane, stream] : {std::pair{0, reference_}, {1, test_}}) {
        const video::Frame& frame = stream->frame(0);
        const QString expected = QStringLiteral("Y %1  U %2  V %3")
                                     .arg(frame.sample(0, at.x(), at.y()))
                                     .arg(frame.sample(1, at.x() / 2, at.y() / 2))
                                     .arg(frame.sample(2, at.x() / 2, at.y() / 2));
        EXPECT_TRUE(canvas->reading(pane, at).startsWith(expected))
            << canvas->reading(pane, at).toStdString();
    }
    press(Qt::Key_I);
    ASSERT_TRUE(settle());
    QTest::mouseMove(canvas, canvas->cells()[1].place.center() + QPoint(3, 3));
    ASSERT_TRUE(canvas->hovered());
    const QPoint there = *canvas->hovered();
    EXPECT_TRUE(player_.inspector()->lines().value(1).startsWith(
        QStringLiteral("x264: Y %1, U").arg(test_->frame(0).sample(0, there.x(), there.y()))))
        << player_.inspector()->lines().join("\n").toStdString();
}

TEST_F(PlayerTest, KeysStepJumpAndStopAtTheEnds)
{
    showTwo();
    press(Qt::Key_Right);
    EXPECT_EQ(position(), 1);
    press(Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_EQ(position(), 11);
    press(Qt::Key_Left);
    EXPECT_EQ(position(), 10);
    press(Qt::Key_PageDown); // the next intra frame
    EXPECT_EQ(position(), 12);
    press(Qt::Key_PageDown);
    EXPECT_EQ(position(), 24);
    press(Qt::Key_PageUp);
    EXPECT_EQ(position(), 12);
    press(Qt::Key_End);
    EXPECT_EQ(position(), 39);
    press(Qt::Key_Right);
    EXPECT_EQ(position(), 39);
    press(Qt::Key_Home);
    EXPECT_EQ(position(), 0);
    press(Qt::Key_Left);
    EXPECT_EQ(position(), 0);
    named<QSpinBox>("Frame")->setValue(17);
    EXPECT_EQ(position(), 17);
    EXPECT_EQ(player_.state().frame, 17);
    ASSERT_TRUE(settle());
    EXPECT_EQ(picture(0).index, 17);
}

TEST_F(PlayerTest, TheLoopGoesRoundAndCanBeCleared)
{
    showTwo();
    named<QSpinBox>("Frame")->setValue(5);
    press(Qt::Key_Comma);
    named<QSpinBox>("Frame")->setValue(8);
    press(Qt::Key_Period);
    ASSERT_TRUE(player_.state().loop);
    EXPECT_EQ(*player_.state().loop, std::pair(std::int64_t{5}, std::int64_t{8}));
    edit([](PlayerState& state) { state.speed = 4; });
    std::vector<std::int64_t> seen;
    QObject::connect(&player_.transport(), &Transport::moved, &player_,
                     [&](std::int64_t moment) { seen.push_back(moment); });
    press(Qt::Key_Space);
    EXPECT_TRUE(QTest::qWaitFor([&] { return seen.size() > 6; }, 5000));
    press(Qt::Key_Space);
    EXPECT_FALSE(player_.transport().isPlaying());
    for (const std::int64_t moment : seen) {
        EXPECT_GE(moment, 5);
        EXPECT_LE(moment, 8);
    }
    EXPECT_EQ(player_.state().frame, position()); // where it stopped is the state's
    press(Qt::Key_L);
    EXPECT_FALSE(player_.state().loop);
}

TEST_F(PlayerTest, ATimelineClickSeeksAndShiftDragLoops)
{
    showTwo();
    Timeline* line = player_.timeline();
    const auto at = [&](std::int64_t moment) {
        return QPoint(static_cast<int>(std::lround(line->xOf(moment))), line->height() / 2);
    };
    QTest::mouseClick(line, Qt::LeftButton, {}, at(21));
    EXPECT_EQ(position(), 21);
    QTest::mousePress(line, Qt::LeftButton, Qt::ShiftModifier, at(10));
    QTest::mouseMove(line, at(20));
    QTest::mouseRelease(line, Qt::LeftButton, Qt::ShiftModifier, at(20));
    ASSERT_TRUE(player_.state().loop);
    EXPECT_EQ(*player_.state().loop, std::pair(std::int64_t{10}, std::int64_t{20}));
    QTest::mouseDClick(line, Qt::LeftButton, {}, at(30));
    EXPECT_FALSE(player_.state().loop);
}

TEST_F(PlayerTest, LiveNumbersAreThePsnrOfWhatIsShown)
{
    showTwo();
    ASSERT_TRUE(QTest::qWaitFor(
        [this] { return !std::isnan(player_.timeline()->data().curves[1].quality[0]); }, 5000));
    const double expected = video::frameError(reference_->frame(0), test_->frame(0)).psnr(0);
    EXPECT_DOUBLE_EQ(player_.timeline()->data().curves[1].quality[0], expected);
    EXPECT_TRUE(std::isnan(player_.timeline()->data().curves[1].quality[5])); // not looked at yet
}

TEST_F(PlayerTest, WorstFramesComeInOrderByTheChosenMeasure)
{
    reference_ = std::make_shared<FakeStream>(64, 48, 40);
    test_ = std::make_shared<FakeStream>(64, 48, 40, 6);
    Pane pane = paneOf("x264", test_);
    std::vector<double> psnr(40, 40.0), ssim(40, 0.9);
    psnr[30] = 31;
    psnr[31] = 31.5; // its neighbour is not visited
    psnr[7] = 33;
    ssim[22] = 0.5;
    pane.quality = {{"psnr_y", psnr}, {"ssim", ssim}};
    player_.setPanes({paneOf("reference", reference_), pane});
    ASSERT_TRUE(settle());
    press(Qt::Key_W);
    EXPECT_EQ(position(), 30);
    press(Qt::Key_W);
    EXPECT_EQ(position(), 7);
    press(Qt::Key_W, Qt::ShiftModifier);
    EXPECT_EQ(position(), 30);
    auto* measure = named<QComboBox>("Measure");
    measure->setCurrentIndex(measure->findData("ssim"));
    emit measure->activated(measure->currentIndex());
    press(Qt::Key_W);
    EXPECT_EQ(position(), 22);
}

TEST_F(PlayerTest, OnTheWayTheKeyFrameIsShownAndMarked)
{
    showTwo();
    reference_->holdBack();
    test_->holdBack();
    named<QSpinBox>("Frame")->setValue(30);
    reference_->deliver(30);
    test_->deliver(24);
    ASSERT_TRUE(QTest::qWaitFor([this] { return picture(1).index == 24; }, 5000));
    EXPECT_EQ(player_.canvas()->notice(1), "key frame 24, on the way to 30");
    EXPECT_EQ(player_.canvas()->notice(0), "");
    EXPECT_EQ(test_->wanted, 30);
    test_->deliver(30);
    ASSERT_TRUE(settle());
    EXPECT_EQ(picture(1).index, 30);
    EXPECT_EQ(player_.canvas()->notice(1), "");
    EXPECT_EQ(statusText(player_.paneSet(), player_.transport()), "1 of 40 cached");
}

TEST_F(PlayerTest, PlayingWaitsForTheDecoderAndDropsNothing)
{
    showTwo();
    reference_->holdBack();
    test_->holdBack();
    for (std::int64_t i = 0; i < 4; ++i) {
        reference_->deliver(i);
        test_->deliver(i);
    }
    press(Qt::Key_Space);
    ASSERT_TRUE(QTest::qWaitFor([this] { return player_.transport().isWaiting(); }, 5000));
    EXPECT_EQ(position(), 3);
    EXPECT_TRUE(statusText(player_.paneSet(), player_.transport()).startsWith("4 of 40 cached"))
        << statusText(player_.paneSet(), player_.transport()).toStdString();
    reference_->deliver(4);
    test_->deliver(4);
    EXPECT_TRUE(QTest::qWaitFor([this] { return position() == 4; }, 5000));
    press(Qt::Key_Space);
}

TEST_F(PlayerTest, EveryMomentOfPlayingIsCountedOnce)
{
    showTwo();
    press(Qt::Key_Space);
    ASSERT_TRUE(QTest::qWaitFor([this] { return !player_.transport().isPlaying(); }, 20'000));
    EXPECT_EQ(position(), 39);
    const Transport::Count& count = player_.transport().count();
    // The last may stop the clock before it is painted.
    EXPECT_GE(count.shown + count.late + count.skipped, 38);
    EXPECT_LE(count.shown + count.late + count.skipped, 39);
}

TEST_F(PlayerTest, APaneCanBeShiftedInTime)
{
    showTwo();
    press(Qt::Key_BracketRight);
    press(Qt::Key_BracketRight);
    ASSERT_TRUE(settle());
    EXPECT_EQ(picture(0).index, 0);
    EXPECT_EQ(picture(1).index, 2);
    press(Qt::Key_End);
    ASSERT_TRUE(settle());
    EXPECT_EQ(picture(1).notice, "no frame 41: there are 40");
}

TEST_F(PlayerTest, ABrokenFrameSaysSoAndTheOthersGoOn)
{
    showTwo();
    test_->breakFrame(1, "frame 1 cannot be decoded: the file ends too early");
    press(Qt::Key_Right);
    ASSERT_TRUE(settle());
    EXPECT_EQ(player_.canvas()->notice(1), "frame 1 cannot be decoded: the file ends too early");
    EXPECT_FALSE(picture(0).image.isNull());
    EXPECT_TRUE(picture(1).image.isNull());
    press(Qt::Key_Right);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(picture(1).image.isNull());
}

TEST_F(PlayerTest, TheDifferenceIsOfTheChosenPlaneKindAndGain)
{
    showTwo();
    edit([](PlayerState& state) {
        state.mode = Mode::difference;
        state.difference = video::DifferenceMode::signedGrey;
        state.gain = 8;
        state.plane = 0;
        state.zoom = 4;
    });
    const ScenePicture& made = picture(1);
    ASSERT_FALSE(made.image.isNull());
    const Fitted fit = fitted(made.wish.place, {64, 48}, {64, 48}, 4, 0.5, 0.5);
    for (int y = 2; y < made.image.height(); y += 9)
        for (int x = 2; x < made.image.width(); x += 9) {
            const auto at =
                *sampleAt(fit, {64, 48}, made.target.topLeft() + QPointF(x + 0.5, y + 0.5));
            const int d = reference_->frame(0).sample(0, at.x(), at.y()) -
                          test_->frame(0).sample(0, at.x(), at.y());
            ASSERT_EQ(qRed(made.image.pixel(x, y)), std::clamp(128 + 8 * d, 0, 255));
        }
    press(Qt::Key_D);
    EXPECT_EQ(player_.state().difference, video::DifferenceMode::absolute);
    press(Qt::Key_P);
    EXPECT_EQ(player_.state().plane, 1);
    press(Qt::Key_Up, Qt::ShiftModifier);
    EXPECT_EQ(player_.state().gain, 16);
}

TEST_F(PlayerTest, BlinkShowsBothByTurns)
{
    showTwo();
    edit([](PlayerState& state) {
        state.mode = Mode::blink;
        state.blinkHertz = 8;
    });
    Canvas* canvas = player_.canvas();
    for (const bool second : {true, false}) {
        ASSERT_TRUE(QTest::qWaitFor([&] { return canvas->isSecondShown() == second; }, 3000));
        const ScenePicture& made = picture(second ? 1 : 0);
        const QImage screen = grab();
        EXPECT_EQ(screen.pixel(made.target.center()),
                  made.image.pixel(made.target.center() - made.target.topLeft()));
    }
}

TEST_F(PlayerTest, ButtonsChooseModesAndTogglesAndTheirKeysDoTheSame)
{
    showTwo();
    QTest::mouseClick(named<QPushButton>("Lens"), Qt::LeftButton);
    EXPECT_EQ(player_.state().mode, Mode::lens);
    press(Qt::Key_5, Qt::AltModifier);
    EXPECT_EQ(player_.state().mode, Mode::difference);
    QTest::mouseClick(named<QToolButton>("histogram and waveform"), Qt::LeftButton);
    EXPECT_TRUE(player_.state().scopes);
    ASSERT_TRUE(settle());
    std::uint64_t samples = 0;
    for (const auto count : player_.scopes()->data().second.counts[0])
        samples += count;
    EXPECT_EQ(samples, 64u * 48u);
    press(Qt::Key_H);
    EXPECT_FALSE(player_.state().scopes);
    press(Qt::Key_S); // they change places
    EXPECT_EQ(player_.paneSet().first(), 1);
    EXPECT_EQ(player_.paneSet().second(), 0);
}

TEST_F(PlayerTest, OverlaysThatAreNotThereSayWhy)
{
    showTwo();
    press(Qt::Key_Q);
    press(Qt::Key_V);
    ASSERT_TRUE(settle());
    EXPECT_EQ(player_.canvas()->scene().overlayNotices[1],
              "no quantizers: this picture is not coded\n"
              "no motion vectors: this picture is not coded");
}

// The clip is being opened again with them: what it is, is not known yet.
TEST_F(PlayerTest, OverlaysThatAreStillToComeSaySo)
{
    showTwo();
    test_->hasSideData = false;
    press(Qt::Key_V);
    ASSERT_TRUE(settle());
    EXPECT_EQ(player_.canvas()->scene().overlayNotices[1], "reading the motion vectors…");
    EXPECT_EQ(player_.canvas()->scene().overlayNotices[0],
              "no motion vectors: this picture is not coded");
}

TEST_F(PlayerTest, EveryControlHasANameAndHelp)
{
    showTwo();
    int controls = 0;
    for (QAbstractButton* button : player_.findChildren<QAbstractButton*>()) {
        EXPECT_FALSE(button->accessibleName().isEmpty());
        EXPECT_FALSE(button->toolTip().isEmpty()) << button->accessibleName().toStdString();
        ++controls;
    }
    for (QComboBox* combo : player_.findChildren<QComboBox*>())
        EXPECT_FALSE(combo->accessibleName().isEmpty() || combo->toolTip().isEmpty());
    EXPECT_GT(controls, 20);
}

TEST_F(PlayerTest, TheZoomIsOfPicturesThatAreThere)
{
    Pane gone = paneOf("reference", std::make_shared<FakeStream>(64, 48, 1));
    gone.stream = nullptr;
    player_.setPanes({gone});
    EXPECT_EQ(named<QToolButton>("Zoom")->text(), "Fit");

    showTwo();
    EXPECT_TRUE(named<QToolButton>("Zoom")->text().startsWith("Fit "));
}

TEST_F(PlayerTest, ADamagedFrameIsSaidAboveItsPicture)
{
    reference_ = std::make_shared<FakeStream>(64, 48, 10);
    test_ = std::make_shared<FakeStream>(64, 48, 10);
    test_->damageFrame(3);
    player_.setPanes({paneOf("reference", reference_), paneOf("x264", test_)});
    ASSERT_TRUE(settle());
    for (const std::int64_t moment : {2, 3, 4}) {
        player_.transport().seek(moment);
        ASSERT_TRUE(settle());
        EXPECT_EQ(player_.canvas()->live(1).contains("damaged"), moment == 3) << moment;
        EXPECT_FALSE(player_.canvas()->live(0).contains("damaged"));
    }
}

// The test has no frame at moment 5; behind the hole its frame k is of moment k + 1.
TEST_F(PlayerTest, PanesArePairedByTimeBehindAHole)
{
    reference_ = std::make_shared<FakeStream>(64, 48, 20);
    test_ = std::make_shared<FakeStream>(64, 48, 19);
    Pane test = paneOf("x264", test_);
    for (std::int64_t frame = 0; frame < 19; ++frame) {
        test.places.push_back(frame < 5 ? frame : frame + 1);
        test.bits.push_back(static_cast<double>(1000 + frame));
        test.quality["psnr_y"].push_back(30.0 + static_cast<double>(frame));
    }
    player_.setPanes({paneOf("reference", reference_), test});
    ASSERT_TRUE(settle());
    EXPECT_EQ(player_.transport().length(), 20);

    EXPECT_EQ(player_.paneSet().momentOf(1, 4).wanted, 4);
    EXPECT_TRUE(player_.paneSet().momentOf(1, 5).absent.contains("hole"));
    EXPECT_EQ(player_.paneSet().momentOf(1, 6).wanted, 5);
    EXPECT_EQ(player_.paneSet().momentOf(1, 19).wanted, 18);
    EXPECT_EQ(player_.paneSet().momentOf(0, 19).wanted, 19);
    const TimelineCurve& curve = player_.timeline()->data().curves[1];
    EXPECT_EQ(curve.bits[4], 1004);
    EXPECT_TRUE(std::isnan(curve.bits[5]));
    EXPECT_EQ(curve.bits[6], 1005);
    EXPECT_EQ(curve.quality[6], 35);
    // Intra frames 0 and 12 of the test lie at moments 0 and 13.
    EXPECT_EQ(player_.timeline()->data().intra, (std::vector<std::int64_t>{0, 13}));

    edit([](PlayerState& state) { state.offsets = {{"x264", 1}}; });
    EXPECT_EQ(player_.paneSet().momentOf(1, 3).wanted, 4);
    EXPECT_TRUE(player_.paneSet().momentOf(1, 4).absent.contains("hole"));
    EXPECT_EQ(player_.paneSet().momentOf(1, 5).wanted, 5);
}

TEST(PlayerStateJson, ComesBackAndForgivesNonsense)
{
    PlayerState state;
    state.mode = Mode::difference;
    state.first = "a";
    state.second = "b";
    state.wipe = 0.25;
    state.gain = 32;
    state.plane = 2;
    state.blocks = BlockMeasure::ssim;
    state.motion = state.qp = state.inspector = state.scopes = true;
    state.zoom = 3;
    state.centreX = 0.2;
    state.frame = 117;
    state.offsets = {{"b", -2}};
    state.loop = std::pair(std::int64_t{4}, std::int64_t{9});
    state.speed = 0.5;
    state.quality = "ssim";
    EXPECT_EQ(readPlayerState(toJson(state)), state);
    EXPECT_TRUE(toJson(PlayerState{}).isEmpty());
    EXPECT_EQ(readPlayerState(QJsonObject{{"gain", 1e9},
                                          {"zoom", "much"},
                                          {"loop", QJsonArray{9, 4}},
                                          {"frame", -5},
                                          {"mode", 7}}),
              PlayerState{});
}

TEST(MinMaxColumns, KeepThePeaks)
{
    std::vector<double> values(10'000, 1.0);
    values[1234] = 9;
    values[8000] = -3;
    values[8001] = std::nan("");
    const auto columns = minMaxColumns(values, 10'000, 100);
    ASSERT_EQ(columns.size(), 100u);
    EXPECT_EQ(columns[12], std::pair(1.0, 9.0));
    EXPECT_EQ(columns[80], std::pair(-3.0, 1.0));
    EXPECT_EQ(columns[50], std::pair(1.0, 1.0));
}

} // namespace
} // namespace vitrine::player
