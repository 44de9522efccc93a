// The word widths of a quantized model in the form of the accelerators, by hand: a real run of
// quantization.llm, its bits.csv chosen in the file dialog, and the cycles that come of it.
#include "app/window/main_window.h"

#include <QApplication>
#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include <gtest/gtest.h>

#include "app/plugins/plugin_rooms.h"
#include "app/window/parameter_panel.h"
#include "app/window/room_page.h"
#include "widgets/params/param_form.h"
#include "widgets/params/param_row.h"

#include <cmath>

namespace vitrine
{
namespace
{

constexpr int kBitMapRunMs = 120'000; // on a busy machine

class BitMapForm : public testing::Test
{
protected:
    BitMapForm()
    {
        qputenv("XDG_CONFIG_HOME", folder_.path().toUtf8());
        window_ = std::make_unique<MainWindow>(rooms_, folder_.filePath("w.vitrine").toStdString(),
                                               VITRINE_PROGRAM);
        window_->resize(1440, 900);
        window_->show();
        window_->openWorkspace();
    }

    RoomPage& room(const char* id) { return *window_->room(id); }
    ParamRow& row(const char* name) { return *room("accelerators").panel()->form().row(name); }
    template <typename Widget>
    static Widget* named(const QWidget& within, const QString& name)
    {
        for (auto* widget : within.findChildren<Widget*>())
            if (widget->accessibleName() == name)
                return widget;
        ADD_FAILURE() << name.toStdString();
        return nullptr;
    }

    // The file bits.csv that a quantization leaves.
    QString quantized()
    {
        window_->showPage("quantization");
        window_->startRun("quantization.llm",
                          {{"model", "vitrine-lm"},
                           {"method", "rtn"},
                           {"bits", "3"},
                           {"windows", "1"},
                           {"window", "32"},
                           {"evaluate_windows", "1"},
                           {"speed_tokens", "0"}},
                          "quantization", false);
        if (!QTest::qWaitFor([&] { return !room("quantization").runs().empty(); }, kBitMapRunMs))
            return {};
        for (const Artifact& artifact : room("quantization").runs()[0]->result.artifacts)
            if (artifact.name == "bits.csv")
                return QString::fromStdString(artifact.path.string());
        return {};
    }
    void type(const char* parameter, const QString& text)
    {
        auto* line = row(parameter).findChild<QLineEdit*>();
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, text);
        QTest::keyClick(line, Qt::Key_Tab);
        QCoreApplication::processEvents(); // the form follows
    }
    void choose(const char* parameter, const QString& label)
    {
        auto* combo = row(parameter).findChild<QComboBox*>();
        const int place = combo->findText(label);
        ASSERT_GE(place, 0) << label.toStdString();
        combo->setCurrentIndex(place);
        emit combo->activated(place);
        QTest::qWait(1); // the form of this machine
    }
    // It folds away when a run is shown.
    void unfold()
    {
        if (!room("accelerators").panel()->isVisible())
            QTest::keyClick(window_.get(), Qt::Key_F4);
        ASSERT_TRUE(room("accelerators").panel()->isVisible());
    }
    // In the dialog that "Browse" opens.
    void browse(const char* parameter, const QString& path)
    {
        QTimer::singleShot(0, qApp, [path] {
            auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            ASSERT_NE(dialog, nullptr);
            EXPECT_TRUE(dialog->nameFilters().front().contains("*.csv"));
            dialog->selectFile(path);
            static_cast<QDialog*>(dialog)->accept();
        });
        auto* button = row(parameter).findChild<QToolButton*>();
        for (auto* each : row(parameter).findChildren<QToolButton*>())
            if (each->toolTip().startsWith("Browse"))
                button = each;
        button->click();
    }
    // Presses Run and waits for what comes of it.
    RunHandle pressRun()
    {
        const QString before = shownUid();
        for (auto* button : room("accelerators").panel()->findChildren<QPushButton*>())
            if (button->text().startsWith("Run"))
                QTest::mouseClick(button, Qt::LeftButton);
        EXPECT_TRUE(QTest::qWaitFor([&] { return shownUid() != before; }, kBitMapRunMs));
        const auto& runs = room("accelerators").runs();
        return runs.empty() ? nullptr : runs.back();
    }
    static double metric(const RunHandle& run, const char* name)
    {
        const Metric* found = run ? run->result.metric(name) : nullptr;
        return found ? found->value : std::nan("");
    }

    QTemporaryDir folder_;
    PluginRooms rooms_;
    std::unique_ptr<MainWindow> window_;

private:
    QString shownUid()
    {
        const auto& runs = room("accelerators").runs();
        return runs.empty() ? QString() : QString::fromStdString(runs.back()->uid);
    }
};

TEST_F(BitMapForm, WidthsOfAQuantizedModelChangeTheCycles)
{
    const QString bits = quantized();
    ASSERT_FALSE(bits.isEmpty()) << "no bits.csv";
    window_->showPage("accelerators");
    unfold();
    choose("accelerator", "P²-ViT");
    type("workload", "vitrine-lm");
    ASSERT_FALSE(row("bit_map").isVisible());
    named<QToolButton>(*room("accelerators").panel(), "Advanced parameters")->click();
    ASSERT_TRUE(row("bit_map").isVisible());

    const RunHandle plain = pressRun();
    unfold();
    browse("bit_map", bits);
    EXPECT_EQ(row("bit_map").text(), bits);
    const RunHandle mapped = pressRun();

    ASSERT_TRUE(plain && mapped);
    EXPECT_EQ(plain->state, RunState::done) << plain->error;
    EXPECT_EQ(mapped->state, RunState::done) << mapped->error;
    EXPECT_EQ(plain->params.text("workload"), "vitrine-lm");
    EXPECT_EQ(mapped->params.text("bit_map"), bits.toStdString());
    // Two weights of 4 bits or fewer share an element of the array; the head and attention stay.
    EXPECT_LT(metric(mapped, "cycles"), 0.75 * metric(plain, "cycles"));
    EXPECT_LT(metric(mapped, "dram_bytes"), 0.7 * metric(plain, "dram_bytes"));
}

TEST_F(BitMapForm, ShippedVisionModelsAreOfferedAsWorkloads)
{
    window_->showPage("accelerators");
    unfold();
    const auto* offered = row("workload").findChild<QComboBox*>();
    for (const char* name : {"vitrine-deit", "vitrine-efficientvit", "vitrine-lm", "deit-tiny"})
        EXPECT_GE(offered->findText(name), 0) << name;
    choose("workload", "vitrine-efficientvit");
    const RunHandle run = pressRun();
    ASSERT_TRUE(run);
    EXPECT_EQ(run->state, RunState::done) << run->error;
    EXPECT_EQ(run->params.text("workload"), "vitrine-efficientvit");
    EXPECT_GT(metric(run, "cycles"), 0);
}

} // namespace
} // namespace vitrine
