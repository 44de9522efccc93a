#include "plugins/video/view/view.h"

#include "core/codec/source.h"
#include "core/jobs/bundle/bundle.h"
#include "core/video/picture.h"
#include "core/video/psnr.h"
#include "core/video/y4m.h"
#include "plugins/video/experiments/compare_experiment.h"
#include "plugins/video/experiments/metrics_experiment.h"
#include "plugins/video/view/clip_export.h"
#include "plugins/video/view/curves_page.h"
#include "tests/support/fake_context.h"
#include "tests/support/synthetic_clip.h"
#include "tests/support/temporary_folder.h"
#include "widgets/page/banner.h"
#include "widgets/player/canvas.h"
#include "widgets/player/player.h"
#include "widgets/table/data_table.h"

#include <gtest/gtest.h>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QDoubleSpinBox>
#include <QDropEvent>
#include <QImage>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QStackedWidget>
#include <QTest>

#include <cmath>
#include <cstring>
#include <fstream>

namespace vitrine::video_plugin
{
namespace
{

constexpr int kWidth = 96, kHeight = 64, kFrames = 20;

class VideoViewTest : public testing::Test
{
protected:
    VideoViewTest()
    {
        ::setenv("VITRINE_CACHE", (folder_.path / "cache").c_str(), 1);
        view_.resize(1000, 700);
        view_.show();
    }

    std::string clip(const char* name, int frames, double noise = 0, int width = kWidth)
    {
        video::Y4mHeader header;
        header.width = width;
        header.height = kHeight;
        header.rateNumerator = 25;
        const auto path = folder_.path / name;
        auto writer = video::Y4mWriter::create(path, header).value();
        for (int i = 0; i < frames; ++i)
            EXPECT_TRUE(writer.write(tests::withNoise(tests::movingFrame(width, kHeight, {}, i),
                                                      noise, static_cast<std::uint64_t>(i))));
        EXPECT_TRUE(writer.finish());
        return path.string();
    }
    RunHandle done(const Experiment& experiment, const std::map<std::string, std::string>& given,
                   int number = 1)
    {
        const auto artifacts = folder_.path / fmt::format("artifacts{}", number);
        std::filesystem::create_directories(artifacts);
        auto run = std::make_shared<RunRecord>();
        const auto params = resolveParams(experiment, given);
        EXPECT_TRUE(params) << (params ? "" : params.error().message);
        QuietProgress progress(artifacts);
        auto result = experiment.run(*params, progress);
        EXPECT_TRUE(result) << (result ? "" : result.error().message);
        run->experiment = experiment.info().id;
        run->plugin = "video";
        run->uid = std::string(31, '0') + std::to_string(number);
        run->number = number;
        run->params = *params;
        run->state = RunState::done;
        if (result)
            run->result = std::move(*result);
        return run;
    }
    // Two codecs at two rates each.
    RunHandle duel(int number = 1)
    {
        return done(CompareExperiment(),
                    {{"reference", clip("reference.y4m", kFrames)},
                     {"codecs", "x264:crf=22,38:preset=ultrafast:gop=8;mpeg2:q=4,20:gop=8"},
                     {"frames", "0"}},
                    number);
    }
    void show(const std::vector<RunHandle>& runs)
    {
        view_.setRuns(runs);
        ASSERT_TRUE(settle());
    }
    bool settle()
    {
        return QTest::qWaitFor([this] { return !player().panes().empty() && player().isSettled(); },
                               8000);
    }
    player::Player& player() { return *view_.player(); }
    const player::Pane& pane(int index)
    {
        return player().panes()[static_cast<std::size_t>(index)];
    }
    template <typename Widget>
    Widget* named(const QString& name)
    {
        for (Widget* widget : view_.findChildren<Widget*>())
            if (widget->accessibleName() == name)
                return widget;
        ADD_FAILURE() << name.toStdString();
        return nullptr;
    }
    int page() { return view_.findChild<QStackedWidget*>()->currentIndex(); }
    QImage picture(int index)
    {
        for (const auto& made : player().canvas()->scene().pictures)
            if (made.wish.pane == index)
                return made.image;
        return {};
    }
    void drop(const QStringList& files)
    {
        QMimeData data;
        QList<QUrl> urls;
        for (const QString& file : files)
            urls << QUrl::fromLocalFile(file);
        data.setUrls(urls);
        QDropEvent event({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, {});
        static_cast<QObject&>(view_).event(&event); // no drag is under way that would bring it
    }

    tests::TemporaryFolder folder_;
    tests::FakeContext context_;
    VideoView view_{context_, nullptr};
};

TEST_F(VideoViewTest, EmptyLoadingAndFailedHaveTheirPages)
{
    EXPECT_EQ(page(), 0);
    view_.setLoading("Encoding x264", 0.4);
    EXPECT_EQ(page(), 1);
    auto failed = std::make_shared<RunRecord>();
    failed->state = RunState::failed;
    failed->error = "cannot read nothing.mp4: no such file";
    failed->experiment = "video.compare";
    view_.setRuns({failed});
    EXPECT_EQ(page(), 2);
    const auto buttons = view_.findChildren<QPushButton*>();
    const auto again = std::ranges::find(buttons, QString("Try again"), &QPushButton::text);
    ASSERT_NE(again, buttons.end());
    QTest::mouseClick(*again, Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "video.compare");
}

// What went wrong is said above what can be shown, until it is dismissed.
TEST_F(VideoViewTest, ARunThatFailedDoesNotTakeTheOthersPlace)
{
    auto failed = std::make_shared<RunRecord>();
    failed->state = RunState::failed;
    failed->error = "the codec refused";
    show({duel(), failed});
    EXPECT_EQ(page(), 3);
    auto* banner = view_.findChild<Banner*>();
    EXPECT_TRUE(banner->isVisible());
    emit banner->dismissed();
    EXPECT_FALSE(banner->isVisible());
    EXPECT_EQ(player().panes().size(), 3u);
}

TEST_F(VideoViewTest, AComparisonIsTheReferenceAndOnePanePerCodec)
{
    const RunHandle run = duel();
    show({run});
    EXPECT_EQ(page(), 3);
    ASSERT_EQ(player().panes().size(), 3u);
    EXPECT_EQ(pane(0).name, "Reference");
    EXPECT_EQ(pane(1).name, "x264");
    EXPECT_EQ(pane(2).name, "mpeg2");
    EXPECT_EQ(view_.title(), "reference.y4m · x264, mpeg2");
    // What is written above a picture stands in the run's table.
    const Table& rd = *run->result.table("rd");
    const auto chosen = std::ranges::find_if(rd.rows, [&](const auto& row) {
        return std::get<std::string>(row[0]) == "x264" &&
               pane(1).detail.startsWith(
                   QString::fromStdString(shortSetting(std::get<std::string>(row[1]))));
    });
    ASSERT_NE(chosen, rd.rows.end());
    const double psnr = std::get<double>((*chosen)[static_cast<std::size_t>(rd.column("psnr_y"))]);
    EXPECT_TRUE(pane(1).detail.endsWith(QString::number(psnr, 'f', 2) + " dB"))
        << pane(1).detail.toStdString();
}

// As earlier versions stored it: first without the columns, where streams are found by the rule by
// which those versions named them, then with the stream in the table of points alone.
TEST_F(VideoViewTest, ARunWithoutNamesOfPointsShowsTheSame)
{
    const RunHandle fresh = duel();
    const auto without = [&](const char* tableName, std::initializer_list<const char*> columns,
                             RunRecord run) {
        for (Table& table : run.result.tables)
            for (const char* name : columns)
                if (const int column = table.column(name); column >= 0 && table.name == tableName) {
                    table.columns.erase(table.columns.begin() + column);
                    for (auto& row : table.rows)
                        row.erase(row.begin() + column);
                }
        EXPECT_LT(run.result.table(tableName)->columns.size(),
                  fresh->result.table(tableName)->columns.size());
        return run;
    };
    show({fresh});
    const auto panes = player().panes();
    const auto drawn = view_.figures();

    for (const RunRecord& earlier :
         {without("rd", {"point", "stream"}, without("frames", {"point", "stream"}, *fresh)),
          without("frames", {"stream"}, *fresh)}) {
        show({std::make_shared<RunRecord>(earlier)});

        ASSERT_EQ(player().panes().size(), panes.size());
        for (std::size_t i = 0; i < panes.size(); ++i) {
            EXPECT_EQ(player().panes()[i].detail, panes[i].detail);
            EXPECT_EQ(player().panes()[i].bits, panes[i].bits);
            EXPECT_EQ(player().panes()[i].trouble, "");
        }
        const auto list = view_.figures();
        ASSERT_EQ(list.size(), drawn.size());
        for (std::size_t i = 0; i < list.size(); ++i) {
            ASSERT_EQ(list[i].series.size(), drawn[i].series.size()) << list[i].name;
            for (std::size_t line = 0; line < list[i].series.size(); ++line) {
                const figure::Series &now = list[i].series[line], &before = drawn[i].series[line];
                EXPECT_EQ(std::tie(now.name, now.colour, now.x, now.y),
                          std::tie(before.name, before.colour, before.x, before.y));
            }
        }
    }
}

TEST_F(VideoViewTest, TheTimelineIsTheTableOfFrames)
{
    const RunHandle run = duel();
    show({run});
    const auto& curve = player().timeline()->data().curves[1];
    const Table& frames = *run->result.table("frames");
    const std::string setting = std::get<std::string>(
        run->result.table("rd")->rows[0][1]); // crf 22: the lower of two rates is 38
    int compared = 0;
    for (const auto& row : frames.rows) {
        if (std::get<std::string>(row[1]) != "x264" || std::get<std::string>(row[2]) == setting)
            continue;
        const auto index = static_cast<std::size_t>(std::get<std::int64_t>(row[0]));
        EXPECT_EQ(curve.quality[index], std::get<double>(row[5]));
        EXPECT_EQ(curve.bits[index], static_cast<double>(std::get<std::int64_t>(row[4])));
        ++compared;
    }
    EXPECT_EQ(compared, kFrames);
    EXPECT_EQ(player().timeline()->data().intra, (std::vector<std::int64_t>{0, 8, 16}));
}

TEST_F(VideoViewTest, PicturesAreTheDecodedFrames)
{
    const RunHandle run = duel();
    show({run});
    const auto source = codec::openSource(run->result.inputs.front().path);
    ASSERT_TRUE(source);
    const video::Frame frame = (*source)->read(0).value();
    const auto& made = player().canvas()->scene().pictures.front();
    const auto fit =
        player::fitted(made.wish.place, {kWidth, kHeight}, {kWidth, kHeight}, 0, 0.5, 0.5);
    const video::Picture expected = video::rgbPicture(frame, fit.window);
    for (int y = 0; y < expected.height; ++y)
        ASSERT_EQ(0, std::memcmp(made.image.constScanLine(y), expected.row(y),
                                 static_cast<std::size_t>(expected.width) * 4));
}

TEST_F(VideoViewTest, AStoredRunLooksLikeAFreshOne)
{
    const RunHandle fresh = duel();
    show({fresh});
    const QImage before = picture(1);
    const QString detail = pane(1).detail;
    RunRecord written = *fresh;
    ASSERT_TRUE(writeBundle(folder_.path / "bundle", written));
    auto stored = readBundle(folder_.path / "bundle");
    ASSERT_TRUE(stored) << stored.error().message;
    stored->number = fresh->number;
    show({std::make_shared<const RunRecord>(std::move(*stored))});
    EXPECT_EQ(pane(1).detail, detail);
    EXPECT_EQ(picture(1), before);
}

TEST_F(VideoViewTest, PanesSettingsAndRateAreChosenAndUndone)
{
    show({duel()});
    QTest::mouseClick(named<QPushButton>("Pane mpeg2"), Qt::LeftButton);
    EXPECT_EQ(player().panes().size(), 2u);
    context_.undo(&view_);
    ASSERT_TRUE(QTest::qWaitFor([this] { return player().panes().size() == 3; }, 5000));

    auto* setting = named<QComboBox>("Setting of x264");
    const int other = 1 - setting->currentIndex();
    setting->setCurrentIndex(other);
    emit setting->activated(other);
    const auto says = [this](std::size_t at, const QString& beginning) {
        return QTest::qWaitFor([&] { return pane(at).detail.startsWith(beginning); }, 10'000);
    };
    EXPECT_TRUE(says(1, setting->itemText(other)));

    auto* rate = named<QDoubleSpinBox>("Rate to compare at");
    rate->setValue(100'000); // above all: the dearest setting of each
    EXPECT_TRUE(says(1, "crf 22")) << pane(1).detail.toStdString();
    EXPECT_TRUE(says(2, "q 4")) << pane(2).detail.toStdString();
}

TEST_F(VideoViewTest, TheStateComesBackAsItWas)
{
    const RunHandle run = duel();
    show({run});
    QTest::keyClick(player().canvas(), Qt::Key_5, Qt::AltModifier);
    QTest::keyClick(player().canvas(), Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(player().canvas(), Qt::Key_Up, Qt::ShiftModifier);
    ASSERT_TRUE(settle());
    const QJsonObject state = view_.state();
    const QImage shown = picture(1);

    tests::FakeContext otherContext;
    VideoView other(otherContext, nullptr);
    other.resize(view_.size());
    other.show();
    other.setState(state);
    other.setRuns({run});
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return other.player()->panes().size() == 3 && other.player()->isSettled(); }, 8000));
    EXPECT_EQ(other.player()->state(), player().state());
    EXPECT_EQ(other.player()->transport().position(), 10);
    EXPECT_EQ(other.player()->canvas()->scene().pictures.front().image, shown);

    context_.undo(&view_);
    EXPECT_EQ(player().state().gain, 8);
    context_.undo(&view_);
    EXPECT_EQ(player().transport().position(), 0);
    context_.undo(&view_);
    EXPECT_EQ(player().state().mode, player::Mode::grid);
}

// Self-check 12.
TEST_F(VideoViewTest, ATruncatedClipSaysSoAndTheRestPlays)
{
    const auto whole = clip("whole.y4m", kFrames), cut = clip("cut.y4m", kFrames);
    std::filesystem::resize_file(cut, std::filesystem::file_size(cut) / 2);
    const auto broken = folder_.path / "broken.mkv";
    std::ofstream(broken) << "no video";
    drop({QString::fromStdString(whole), QString::fromStdString(cut),
          QString::fromStdString(broken.string())});
    ASSERT_TRUE(settle());
    ASSERT_EQ(player().panes().size(), 3u);
    EXPECT_TRUE(player().canvas()->notice(2).contains("broken.mkv"))
        << player().canvas()->notice(2).toStdString();
    EXPECT_FALSE(picture(0).isNull());
    QTest::keyClick(player().canvas(), Qt::Key_End);
    ASSERT_TRUE(settle());
    EXPECT_EQ(player().transport().position(), kFrames - 1);
    EXPECT_FALSE(picture(0).isNull());
    EXPECT_EQ(player().canvas()->notice(1),
              QString("no frame %1: there are %2").arg(kFrames - 1).arg(pane(1).frames));
    EXPECT_LT(pane(1).frames, kFrames);
}

TEST_F(VideoViewTest, DroppedFilesAreMeasuredWhileTheyAreShown)
{
    drop({QString::fromStdString(clip("a.y4m", 6)), QString::fromStdString(clip("b.y4m", 6, 5))});
    ASSERT_TRUE(settle());
    ASSERT_TRUE(QTest::qWaitFor(
        [this] { return !std::isnan(player().timeline()->data().curves[1].quality[0]); }, 5000));
    const auto a = codec::openSource(folder_.path / "a.y4m"),
               b = codec::openSource(folder_.path / "b.y4m");
    EXPECT_DOUBLE_EQ(player().timeline()->data().curves[1].quality[0],
                     video::frameError((*a)->read(0).value(), (*b)->read(0).value()).psnr(0));
    ASSERT_EQ(context_.changes.size(), 1u);
    context_.undo(&view_);
    EXPECT_EQ(page(), 0);
}

TEST_F(VideoViewTest, WhatWasAssumedOfAFileStandsBesideItsPicture)
{
    std::filesystem::create_directories(folder_.path / "gap");
    for (const int number : {1, 2, 4})
        std::ofstream(folder_.path / "gap" / fmt::format("f{}.ppm", number))
            << "P6\n16 16\n255\n" + std::string(3 * 16 * 16, static_cast<char>(20 * number));
    drop({QString::fromStdString(clip("a.y4m", 3)),
          QString::fromStdString((folder_.path / "gap").string())});
    ASSERT_TRUE(settle());
    EXPECT_EQ(pane(0).warning, "");
    EXPECT_EQ(pane(1).warning, "gaps in the numbers at 2");
}

TEST_F(VideoViewTest, AReferenceThatChangedOrIsGoneIsNamed)
{
    const RunHandle run = duel();
    { // one sample is another
        std::fstream file(run->result.inputs.front().path,
                          std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(200);
        file.put(3);
    }
    show({run});
    ASSERT_TRUE(QTest::qWaitFor([this] { return !pane(0).warning.isEmpty(); }, 5000));
    EXPECT_EQ(pane(0).warning, "changed since the run");
    std::filesystem::remove(run->result.inputs.front().path);
    tests::FakeContext otherContext;
    VideoView other(otherContext, nullptr);
    other.resize(900, 600);
    other.show();
    other.setRuns({run});
    ASSERT_TRUE(QTest::qWaitFor([&] { return other.player()->panes().size() == 3; }, 5000));
    EXPECT_TRUE(other.player()->canvas()->notice(0).startsWith("gone: "))
        << other.player()->canvas()->notice(0).toStdString();
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            const auto& pictures = other.player()->canvas()->scene().pictures;
            return pictures.size() == 3 && !pictures[1].image.isNull();
        },
        8000));
}

TEST_F(VideoViewTest, AMeasuredPairIsShownAtItsOffset)
{
    const auto reference = clip("r.y4m", kFrames);
    video::Y4mHeader header;
    header.width = kWidth;
    header.height = kHeight;
    header.rateNumerator = 25;
    auto writer = video::Y4mWriter::create(folder_.path / "late.y4m", header).value();
    for (int i = 0; i < kFrames; ++i) // one frame late
        ASSERT_TRUE(writer.write(tests::movingFrame(kWidth, kHeight, {}, std::max(0, i - 1))));
    ASSERT_TRUE(writer.finish());
    const RunHandle run =
        done(MetricsExperiment(),
             {{"reference", reference}, {"test", (folder_.path / "late.y4m").string()}});
    show({run});
    EXPECT_EQ(pane(1).offset, 1);
    QTest::keyClick(player().canvas(), Qt::Key_Right);
    ASSERT_TRUE(settle());
    EXPECT_EQ(picture(0), picture(1)); // frame 1 beside frame 2 of the late one: the same
}

// Pictures 1 to 4 against 1, 2 and 4: what stands side by side is what was compared.
TEST_F(VideoViewTest, AMeasuredPairWithAHoleIsShownAsItWasPaired)
{
    for (const char* name : {"whole", "gap"})
        for (const int number : {1, 2, 3, 4}) {
            if (number == 3 && std::string(name) == "gap")
                continue;
            std::filesystem::create_directories(folder_.path / name);
            std::ofstream(folder_.path / name / fmt::format("f{}.ppm", number))
                << "P6\n16 16\n255\n" + std::string(3 * 16 * 16, static_cast<char>(20 * number));
        }
    const auto runOf = [&](const char* pairing, int number) {
        return done(MetricsExperiment(),
                    {{"reference", (folder_.path / "whole").string()},
                     {"test", (folder_.path / "gap").string()},
                     {"offset", "0"},
                     {"pairing", pairing}},
                    number);
    };
    const RunHandle byTime = runOf("time", 1);
    show({byTime});
    player().transport().seek(3);
    ASSERT_TRUE(settle());
    EXPECT_EQ(player().paneSet().momentOf(1, 3).wanted, 2);
    EXPECT_EQ(picture(0), picture(1));
    EXPECT_TRUE(player().canvas()->live(1).contains("100"));
    EXPECT_TRUE(player().paneSet().momentOf(1, 2).absent.contains("hole"));

    const RunHandle byOrder = runOf("order", 2);
    show({byOrder});
    EXPECT_EQ(player().paneSet().momentOf(1, 2).wanted, 2);
}

TEST_F(VideoViewTest, SeveralRunsAddPanesAndCurves)
{
    const RunHandle first = duel(1), second = duel(2);
    show({first, second});
    ASSERT_EQ(player().panes().size(), 5u); // one reference, it is the same
    EXPECT_EQ(pane(3).name, "#2 x264");
    EXPECT_EQ(view_.figures().size(), 4u);
    QTest::mouseClick(named<QPushButton>("Curves"), Qt::LeftButton);
    EXPECT_EQ(view_.state()["page"].toString(), "curves");
    EXPECT_EQ(named<DataTable>("Points of the curves")->model()->rowCount(), 8);
}

// Every pane has a curve of every frame, also where a run has more settings than lines can be told
// apart; a codec that is switched off has none anywhere.
TEST_F(VideoViewTest, EveryPaneHasItsCurves)
{
    const auto run =
        done(CompareExperiment(), {{"reference", clip("reference.y4m", 6)},
                                   {"codecs", "x264:crf=18,22,26,30,34,38:preset=ultrafast:gop=8;"
                                              "mpeg2:q=2,4,8,12,16,20:gop=8"},
                                   {"frames", "0"}});
    show({run});
    const auto names = [this](const char* figure) {
        std::vector<std::string> lines;
        for (const auto& one : view_.figures())
            if (one.name == figure)
                for (const auto& series : one.series)
                    lines.push_back(series.name);
        return lines;
    };
    const auto expected = [this](int pane_) {
        return (pane(pane_).name + " " + pane(pane_).detail.section(QStringLiteral(" · "), 0, 0))
            .toStdString();
    };
    for (const char* figure : {"quality", "bits"})
        EXPECT_EQ(names(figure), (std::vector{expected(1), expected(2)})) << figure;

    auto* setting = named<QComboBox>("Setting of x264");
    for (int i = 0; i < setting->count(); ++i) {
        setting->setCurrentIndex(i);
        emit setting->activated(i);
        ASSERT_TRUE(settle());
        EXPECT_EQ(names("quality").size(), 2u) << setting->itemText(i).toStdString();
    }

    QTest::mouseClick(named<QPushButton>("Pane mpeg2"), Qt::LeftButton);
    for (const char* figure : {"rd-psnr", "rd-ssim"})
        EXPECT_EQ(names(figure), std::vector<std::string>{"x264"}) << figure;
    EXPECT_EQ(names("bits").size(), 1u);
}

TEST_F(VideoViewTest, AStillIsTheFramesOwnPixels)
{
    show({duel()});
    const QString path = QString::fromStdString((folder_.path / "still.png").string());
    const auto saved = view_.saveStill(1, path, false);
    ASSERT_TRUE(saved) << saved.error().message;
    const QImage still = QImage(path).convertToFormat(QImage::Format_RGB32);
    ASSERT_EQ(still.size(), QSize(kWidth, kHeight));
    const video::Frame& frame = player().paneSet().momentOf(1, 0).frame->frame;
    const video::Picture expected =
        video::rgbPicture(frame, video::wholeFrame(frame, kWidth, kHeight));
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x)
            ASSERT_EQ(still.pixel(x, y), expected.row(y)[x]);
    ASSERT_TRUE(view_.saveStill(1, path, true));
    EXPECT_GT(QImage(path).height(), kHeight);
    EXPECT_FALSE(view_.saveStill(1, "/nowhere/still.png", false));
}

TEST_F(VideoViewTest, ARightClickOnAPaneCopiesItsPictureAndTellsWhereItIsFrom)
{
    show({duel()});
    const QRect place = player().canvas()->cells()[1].place;
    QContextMenuEvent wish(QContextMenuEvent::Mouse, place.center(), {});
    QApplication::sendEvent(player().canvas(), &wish);
    auto* menu = view_.findChild<QMenu*>();
    ASSERT_NE(menu, nullptr);
    const auto choose = [&](const char* words) {
        for (QAction* action : menu->actions())
            if (action->text() == words)
                return action->trigger();
        ADD_FAILURE() << words;
    };
    choose("Copy picture");
    EXPECT_EQ(QApplication::clipboard()->image().convertToFormat(QImage::Format_RGB32),
              view_.still(1)->convertToFormat(QImage::Format_RGB32));
    choose("Where from?");
    ASSERT_EQ(context_.origins.size(), 1u);
    EXPECT_EQ(context_.origins[0].recipe.runs.size(), 1u);
}

TEST_F(VideoViewTest, AClipIsThePanesSideBySideWithoutLoss)
{
    show({duel()});
    player::PlayerState state = player().state();
    state.loop = std::pair(std::int64_t{2}, std::int64_t{5});
    player().setState(state);
    const auto file = folder_.path / "clip.mkv";
    auto* writing = view_.findChild<ClipExport*>();
    view_.saveClip(QString::fromStdString(file.string()));
    EXPECT_TRUE(writing->isRunning());
    ASSERT_TRUE(QTest::qWaitFor([&] { return !writing->isRunning(); }, 20'000));
    const auto made = codec::openSource(file);
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_EQ((*made)->info().frames, 4);
    ASSERT_EQ((*made)->info().width, 3 * kWidth);
    const video::Frame frame = (*made)->read(1).value();
    for (int index = 0; index < 3; ++index) {
        const player::FramePtr played = pane(index).stream->cached(3);
        ASSERT_TRUE(played) << "a short clip is cached whole";
        const video::Frame& own = played->frame;
        for (int y = 0; y < kHeight; ++y)
            ASSERT_EQ(0, std::memcmp(frame.row(0, y) + index * kWidth, own.row(0, y), kWidth))
                << "pane " << index << ", row " << y;
    }
}

} // namespace
} // namespace vitrine::video_plugin
