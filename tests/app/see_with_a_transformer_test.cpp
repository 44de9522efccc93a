// Vision transformers come into the window as people bring them: by the study on Home, a picture
// that is dropped, a checkpoint that is dropped; and scripts by either experiment.
#include "app/window/home_page.h"
#include "app/window/main_window.h"
#include "app/window/room_page.h"

#include <QComboBox>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include "app/plugins/plugin_rooms.h"
#include "app/window/parameter_panel.h"
#include "core/base/resources.h"
#include "core/jobs/experiment/run_record.h"
#include "tests/widgets/plot/application.h"
#include "widgets/params/param_form.h"

namespace vitrine
{
namespace
{

constexpr int kSeeMs = 60'000; // on a busy machine

class SeeWithATransformer : public testing::Test
{
protected:
    SeeWithATransformer()
    {
        needApplication();
        qputenv("XDG_CONFIG_HOME", folder_.path().toUtf8());
        window_ = std::make_unique<MainWindow>(rooms_, workspace().toStdString(), VITRINE_PROGRAM);
        window_->resize(1440, 900);
        window_->show();
        window_->openWorkspace();
    }

    QString workspace() const { return folder_.filePath("w.vitrine"); }
    RoomPage& room() { return *window_->room("attention"); }
    RunHandle waitForRun()
    {
        EXPECT_TRUE(QTest::qWaitFor([&] { return !room().runs().empty(); }, kSeeMs));
        return room().runs().empty() ? nullptr : room().runs().front();
    }
    static QString shipped(const char* name)
    {
        return QString::fromStdString(findResource(name).value().string());
    }

    QTemporaryDir folder_;
    PluginRooms rooms_;
    std::unique_ptr<MainWindow> window_;
};

TEST_F(SeeWithATransformer, OneClickLooksAtTheShippedPictures)
{
    for (QWidget* card : window_->findChildren<QWidget*>())
        if (card->accessibleName() == "See with a transformer" && card->isVisible())
            QTest::mouseClick(card, Qt::LeftButton);
    const RunHandle run = waitForRun();
    ASSERT_TRUE(run);
    EXPECT_EQ(run->experiment, "attention.picture");
    EXPECT_EQ(run->state, RunState::done) << run->error;
    EXPECT_EQ(run->result.metric("pictures")->value, 6);
    const auto* choice = [&]() -> QComboBox* {
        for (QComboBox* each : room().view()->findChildren<QComboBox*>())
            if (each->accessibleName() == "Picture")
                return each;
        return nullptr;
    }();
    ASSERT_NE(choice, nullptr);
    EXPECT_TRUE(QTest::qWaitFor([&] { return choice->count() == 6; }, kSeeMs));
}

TEST_F(SeeWithATransformer, ADroppedPictureIsLookedAt)
{
    window_->openPath(shipped("pictures") + "/2-bag.png");
    const RunHandle run = waitForRun();
    ASSERT_TRUE(run);
    EXPECT_EQ(run->experiment, "attention.picture");
    EXPECT_EQ(run->state, RunState::done) << run->error;
}

TEST_F(SeeWithATransformer, ADroppedCheckpointOpensWhereItsKindIsLookedAt)
{
    const QString vision = shipped("models/vitrine-deit"), language = shipped("models/vitrine-lm");
    window_->openPath(vision);
    EXPECT_EQ(room().state().experiment, "attention.picture");
    EXPECT_EQ(room().panel()->form().values().at("model"), vision.toStdString());
    window_->openPath(language);
    EXPECT_EQ(room().state().experiment, "attention.capture");
    EXPECT_EQ(room().panel()->form().values().at("model"), language.toStdString());
}

TEST_F(SeeWithATransformer, ScriptsMayCallItACapture)
{
    QProcess program;
    program.start(VITRINE_PROGRAM,
                  {"run", "attention.capture", "--json", "--set", "model=vitrine-deit-scenes",
                   "--set", "image=" + shipped("pictures") + "/1-sneaker.png", "--workspace",
                   folder_.filePath("script.vitrine")});
    ASSERT_TRUE(program.waitForFinished(kSeeMs));
    const QJsonObject printed = QJsonDocument::fromJson(program.readAllStandardOutput()).object();
    EXPECT_EQ(printed["experiment"].toString(), "attention.picture");
    EXPECT_EQ(printed["metrics"].toObject()["tokens"].toDouble(), 145);
}

} // namespace
} // namespace vitrine
