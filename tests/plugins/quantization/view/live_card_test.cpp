#include "plugins/quantization/view/live_card.h"

#include "core/base/file.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/view/budget_card.h"
#include "plugins/quantization/view/view.h"
#include "tests/plugins/quantization/budget_run.h"
#include "tests/support/fake_context.h"
#include "tests/support/temporary_folder.h"
#include "tests/widgets/plot/application.h"
#include "widgets/plot/plot_view.h"

#include <gmock/gmock.h>

#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QTest>

#include <cmath>
#include <memory>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::HasSubstr;

constexpr const char* kQuery = "model.layers.0.self_attn.q_proj.weight";
constexpr const char* kKey = "model.layers.0.self_attn.k_proj.weight";

// A packed model of two layers of three planes, and a budget that gave both three bits.
RunRecord packedRun(std::int64_t number, const std::string& folder)
{
    RunRecord run = tests::budgetRun(number, {{.name = kQuery, .costs = {4, 8.0 / 3, 2}},
                                              {.name = kKey, .costs = {0.5, 1.0 / 3, 0.25}}});
    run.params.set("model", ParamValue(std::string("vitrine-lm")));
    run.params.set("method", ParamValue(std::string("bcq")));
    run.params.set("layout", ParamValue(std::string("row")));
    run.params.set("bits", ParamValue(std::string("budget:3")));
    run.params.set("window", std::int64_t{512});
    run.params.set("out", ParamValue(folder));
    return run;
}

// As a session answers.
RunHandle answerOf(int planes, const std::string& said)
{
    auto run = std::make_shared<RunRecord>();
    run->experiment = "quantization.planes";
    run->state = RunState::done;
    run->result.metrics = {{"planes", static_cast<double>(planes), "1", {}, ""},
                           {"bits_per_weight", planes + 0.5, "1", {}, ""},
                           {"bits_original", 16, "1", {}, ""},
                           {"perplexity_original", 20, "1", {}, ""},
                           {"perplexity_planes", 20.0 + 100.0 / planes, "1", {}, ""},
                           {"kl_mean", 0.25, "nat", {}, ""},
                           {"same_best", 0.5, "1", {}, ""},
                           {"predicted", 800, "token", {}, ""},
                           {"tokens_per_second_original", 100, "1", {}, ""},
                           {"tokens_per_second_planes", 300, "1", {}, ""}};
    const auto text = [](const char* name) { return Column{name, "", {}, ""}; };
    const auto number = [](const char* name) { return Column{name, "1", {}, ""}; };
    run->result.tables = {
        {"continuations",
         {text("version"), text("text"), number("tokens"), number("same")},
         {{std::string("original"), std::string("a fox <b>ran"), std::int64_t{3}, std::int64_t{2}},
          {std::string("planes"), said, std::int64_t{3}, std::int64_t{2}},
          {std::string("shared"), std::string("a fox"), std::int64_t{2}, std::int64_t{2}}}},
        {"next",
         {number("rank"), text("token_original"), number("p_original"), text("token_planes"),
          number("p_planes")},
         {{std::int64_t{1}, std::string("fox"), 0.5, std::string("dog"), 0.25}}}};
    return run;
}

class LiveCardTest : public testing::Test
{
protected:
    static void SetUpTestSuite() { needApplication(); }
    LiveCardTest() : view_(std::make_unique<QuantizationView>(context_, nullptr))
    {
        view_->resize(1250, 900);
        view_->show();
        for (const char* file : {"config.json", "model.safetensors"})
            EXPECT_TRUE(writeFileAtomically(folder_.path / file, "x"));
    }
    ~LiveCardTest() override { EXPECT_TRUE(settle()); }

    bool settle()
    {
        return QTest::qWaitFor([this] { return context_.isIdle(); }, 20'000);
    }
    RunRecord run(std::int64_t number = 1) const
    {
        return packedRun(number, folder_.path.string());
    }
    void show(const std::vector<RunRecord>& records)
    {
        std::vector<RunHandle> handles;
        for (const RunRecord& record : records)
            handles.push_back(std::make_shared<const RunRecord>(record));
        view_->setRuns(handles);
        QJsonObject state = view_->state();
        state["page"] = "try";
        view_->setState(state);
        EXPECT_TRUE(settle());
    }
    template <typename Widget>
    Widget* named(const QString& name)
    {
        for (Widget* widget : view_->findChildren<Widget*>())
            if (widget->accessibleName() == name)
                return widget;
        ADD_FAILURE() << name.toStdString();
        return nullptr;
    }
    void press(const QString& name) { named<QPushButton>(name)->click(); }
    QSlider* planes() { return named<QSlider>("Planes of all layers"); }
    QString cell(const QString& table, int index)
    {
        return named<QWidget>(table)->findChildren<QLabel*>().at(index)->text();
    }
    // The room itself has such a line too.
    QLabel* trouble()
    {
        for (auto* label : view_->findChild<LiveCard*>()->findChildren<QLabel*>())
            if (label->accessibleName() == "What went wrong")
                return label;
        return nullptr;
    }
    QString whatWentWrong() { return trouble()->text(); }

    tests::TemporaryFolder folder_;
    tests::FakeContext context_;
    std::unique_ptr<QuantizationView> view_;
};

TEST_F(LiveCardTest, ModelsAreOpenedWhenAPersonAsks)
{
    show({run()});
    EXPECT_EQ(context_.live, nullptr);
    EXPECT_THAT(named<QLabel>("What dropping planes is")->text().toStdString(),
                HasSubstr("not the best that so few planes can be"));
    EXPECT_FALSE(planes()->isVisible());

    press("Open both models");
    ASSERT_NE(context_.live, nullptr);
    EXPECT_EQ(context_.liveExperiment, "quantization.planes");
    const auto& wish = context_.live->updates.back();
    EXPECT_EQ(wish.at("packed"), folder_.path.string());
    EXPECT_EQ(wish.at("planes"), "3");
    EXPECT_EQ(wish.at("model"), "vitrine-lm");
    EXPECT_EQ(wish.at("window"), "512");
    EXPECT_EQ(view_->state()["planes"].toInt(), 3);
    EXPECT_TRUE(planes()->isVisible());
    EXPECT_EQ(planes()->maximum(), 3);
    EXPECT_TRUE(
        QTest::qWaitFor([this] { return named<QLabel>("What is computed")->isVisible(); }, 5000));
}

TEST_F(LiveCardTest, TheSliderChangesAllNumbers)
{
    show({run()});
    press("Open both models");
    context_.live->answer(answerOf(3, "a fox slept"));
    EXPECT_THAT(named<QLabel>("The original's continuation")->text().toStdString(),
                testing::AllOf(HasSubstr("a fox<span"), HasSubstr("&lt;b&gt;ran")));
    EXPECT_EQ(cell("Numbers of both", 5), "3.5"); // row of bits
    EXPECT_EQ(cell("Numbers of both", 8), "53.33");

    planes()->setValue(1);
    EXPECT_EQ(view_->state()["planes"].toInt(), 1);
    EXPECT_EQ(context_.live->updates.back().at("planes"), "1");
    EXPECT_EQ(cell("Numbers of both", 8), "53.33"); // under its own name until the answer comes
    EXPECT_EQ(cell("Numbers of both", 2), "3 planes");
    context_.live->answer(answerOf(1, "a fox a fox"));
    EXPECT_EQ(cell("Numbers of both", 2), "1 plane");
    EXPECT_EQ(cell("Numbers of both", 8), "120");
    EXPECT_THAT(named<QLabel>("The continuation on these planes")->text().toStdString(),
                HasSubstr("a fox</span>"));
    EXPECT_EQ(cell("Next tokens of both", 4), "fox");
    EXPECT_EQ(cell("Next tokens of both", 7), "0.250");
    EXPECT_THAT(named<QLabel>("How far both say the same")->text().toStdString(),
                HasSubstr("The same for 2 of 3 tokens"));
    EXPECT_THAT(named<QLabel>("Beside a run fitted with so many bits")->text().toStdString(),
                HasSubstr("Show a run of 1 bit"));

    context_.undo(view_.get());
    EXPECT_EQ(planes()->value(), 3);
    EXPECT_EQ(context_.live->updates.back().at("planes"), "3");
}

TEST_F(LiveCardTest, ARunFittedWithAsManyBitsStandsBeside)
{
    const auto windows = [](double natOriginal, double natQuantized) {
        const auto column = [](const char* name) { return Column{name, "1", {}, ""}; };
        const std::vector<Cell> row = {std::int64_t{400}, natOriginal, natQuantized};
        return Table{"windows",
                     {column("predicted"), column("nat_original"), column("nat_quantized")},
                     {row, row, {std::int64_t{400}, 9.0, 9.0}}};
    };
    RunRecord two = run(2);
    two.params.set("bits", ParamValue(std::string("2")));
    two.result.tables.pop_back();
    two.result.tables.push_back(windows(std::log(20.0), std::log(28.0)));
    show({run(), two});
    press("Open both models");
    planes()->setValue(2);
    context_.live->answer(answerOf(2, "a fox slept"));
    EXPECT_THAT(named<QLabel>("Beside a run fitted with so many bits")->text().toStdString(),
                HasSubstr("fitted with 2 bits, has perplexity 28 on the same windows"));
    two.result.tables.back() = windows(std::log(21.0), std::log(28.0)); // other windows
    show({run(), two});
    EXPECT_THAT(named<QLabel>("Beside a run fitted with so many bits")->text().toStdString(),
                HasSubstr("Show a run of 2 bits"));
}

TEST_F(LiveCardTest, APromptAndALayerAreState)
{
    show({run()});
    press("Open both models");
    auto* edit = named<QLineEdit>("Prompt that both continue");
    edit->setFocus();
    QTest::keyClicks(edit, "The whale");
    QTest::keyClick(edit, Qt::Key_Return);
    EXPECT_EQ(view_->state()["prompt"].toString(), "The whale");
    EXPECT_EQ(context_.live->updates.back().at("prompt"), "The whale");

    QJsonObject state = view_->state();
    state["layer"] = kKey;
    view_->setState(state);
    auto* own = named<QSlider>("Planes of the selected layer");
    EXPECT_TRUE(own->isVisible());
    own->setValue(1);
    EXPECT_EQ(view_->state()["layer_planes"].toObject()[kKey].toInt(), 1);
    EXPECT_EQ(context_.live->updates.back().at("layer_planes"), std::string(kKey) + "=1");
    own->setValue(3); // as all
    EXPECT_FALSE(view_->state().contains("layer_planes"));
}

TEST_F(LiveCardTest, ALinkOpensTheModelsAndClosingEndsTheWorker)
{
    view_->setState({{"planes", 2}, {"prompt", "A fox"}});
    show({run()});
    ASSERT_NE(context_.live, nullptr);
    EXPECT_EQ(context_.live->updates.back().at("planes"), "2");
    const QPointer<QObject> worker(context_.live);
    press("Close the live models");
    EXPECT_FALSE(view_->state().contains("planes"));
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    EXPECT_TRUE(worker.isNull());
    EXPECT_EQ(view_->state()["prompt"].toString(), "A fox");
    press("Open both models"); // another worker
    EXPECT_EQ(context_.live->updates.back().at("prompt"), "A fox");
}

TEST_F(LiveCardTest, FilesThatAreGoneAreNamed)
{
    std::filesystem::remove(folder_.path / "model.safetensors");
    show({run()});
    press("Open both models");
    EXPECT_EQ(context_.live, nullptr);
    EXPECT_THAT(whatWentWrong().toStdString(),
                testing::AllOf(HasSubstr("model.safetensors is not there any more"),
                               HasSubstr(folder_.path.string())));

    RunRecord kept = run(2); // its files belong to the run
    kept.params.set("out", ParamValue(std::string()));
    show({kept});
    EXPECT_THAT(whatWentWrong().toStdString(),
                HasSubstr("config.json of the quantized model is not kept"));
    for (const char* name : {"config.json", "model.safetensors", "../evil", "tokenizer.model"}) {
        Artifact artifact;
        artifact.name = name;
        artifact.path = folder_.path / "config.json";
        kept.result.artifacts.push_back(artifact);
    }
    kept.uid = "kept";
    show({kept});
    ASSERT_NE(context_.live, nullptr);
    const std::filesystem::path links = context_.live->updates.back().at("packed");
    EXPECT_TRUE(std::filesystem::exists(links / "model.safetensors"));
    EXPECT_TRUE(std::filesystem::exists(links / "tokenizer.model"));
    EXPECT_FALSE(std::filesystem::exists(links.parent_path() / "evil"));
    view_.reset();
    EXPECT_FALSE(std::filesystem::exists(links));
}

TEST_F(LiveCardTest, ARotatedVersionHasNoPlanes)
{
    RunRecord rotated = run();
    rotated.params.set("incoherence", ParamValue(true));
    show({rotated});
    press("Open both models");
    EXPECT_EQ(context_.live, nullptr);
    EXPECT_THAT(whatWentWrong().toStdString(), HasSubstr("no planes to drop"));
}

TEST_F(LiveCardTest, ADeadWorkerIsStartedAnew)
{
    show({run()});
    press("Open both models");
    emit context_.live->refused("4 planes are not possible");
    EXPECT_EQ(whatWentWrong(), "4 planes are not possible");
    emit context_.live->died("out of memory");
    EXPECT_EQ(whatWentWrong(), "out of memory");
    press("Restart");
    EXPECT_EQ(context_.live->restarts, 1);
    context_.live->answer(answerOf(3, "a fox slept"));
    EXPECT_FALSE(trouble()->isVisible());
}

TEST_F(LiveCardTest, AViewMayCloseWhileBothAreAtWork)
{
    view_->setState({{"planes", 1}, {"budget", 2.5}});
    view_->setRuns({std::make_shared<const RunRecord>(run())}); // budgets are being solved
    view_.reset();
    SUCCEED();
}

TEST_F(LiveCardTest, HostileStatesAndAnswersHarmNothing)
{
    view_->setState({{"planes", QJsonArray()},
                     {"layer_planes", QJsonObject{{"x", 3}, {kKey, "many"}}},
                     {"prompt", QString(100'000, 'p')},
                     {"budget", "much"}});
    show({run()});
    EXPECT_EQ(context_.live, nullptr);
    view_->setState({{"planes", 1e300}, {"budget", -4}, {"layer_planes", 7}});
    EXPECT_EQ(context_.live, nullptr);
    view_->setState({{"planes", 8}, {"layer_planes", QJsonObject{{kKey, 8}, {"x", 2}}}});
    ASSERT_NE(context_.live, nullptr);
    EXPECT_EQ(context_.live->updates.back().at("planes"), "3"); // as many as there are
    EXPECT_EQ(context_.live->updates.back().at("layer_planes"), std::string(kKey) + "=3");
    context_.live->answer(std::make_shared<RunRecord>());
    auto odd = std::make_shared<RunRecord>(*answerOf(1, std::string(1'000'000, 'x')));
    odd->result.metrics[0].value = std::nan("");
    odd->result.tables[0].rows[0].resize(1);
    odd->result.tables[1].rows.assign(50, {std::string("one")});
    context_.live->answer(odd);
    EXPECT_LT(named<QLabel>("The continuation on these planes")->text().size(), 10'000);
    EXPECT_FALSE(view_->grab().isNull());

    RunRecord hostile = run(3);
    for (auto& row : hostile.result.tables[0].rows)
        row[2] = 1e300;
    hostile.result.tables[1].rows.resize(3);
    show({hostile});
    EXPECT_FALSE(planes()->isVisible());
    EXPECT_THAT(named<QLabel>("What this budget gives")->text().toStdString(),
                HasSubstr("the table candidates"));
}

TEST_F(LiveCardTest, ABudgetIsTriedInTheFormAndRun)
{
    show({run()});
    auto* slider = named<QSlider>("Budget");
    EXPECT_TRUE(slider->isVisible());
    EXPECT_FALSE(named<QPushButton>("Run with this budget")->isEnabled());
    EXPECT_THAT(named<QLabel>("What this budget gives")->text().toStdString(),
                HasSubstr("2 layers of 3 bits: 3 bits on average"));
    EXPECT_THAT(named<QLabel>("What this budget gives")->text().toStdString(),
                HasSubstr("as in this run"));

    slider->setValue(10); // 2.5 bits
    EXPECT_EQ(view_->state()["budget"].toDouble(), 2.5);
    EXPECT_EQ(context_.toForm.at("bits"), "budget:2.5");
    EXPECT_THAT(named<QLabel>("What this budget gives")->text().toStdString(),
                testing::AllOf(HasSubstr("1 layer of 2 bits, 1 of 3: 2.5 bits on average"),
                               HasSubstr("1 layer would have other bits"),
                               HasSubstr("lose 1.06 times")));
    std::vector<std::string> names;
    for (const figure::Figure& figure : view_->figures())
        names.push_back(figure.name);
    EXPECT_THAT(names, testing::IsSupersetOf({"budget", "budget-map"}));

    press("Run with this budget");
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].params.at("bits"), "budget:2.5");
    EXPECT_EQ(context_.starts[0].params.at("method"), "bcq");
    EXPECT_FALSE(context_.starts[0].params.contains("out")); // it holds this run's model
    EXPECT_TRUE(context_.starts[0].compare);

    plot::PlotView* loss = nullptr;
    for (auto* each : view_->findChildren<plot::PlotView*>())
        if (each->figure().name == "budget")
            loss = each;
    ASSERT_TRUE(loss);
    emit loss->clicked(3.51, 1);
    EXPECT_EQ(view_->state()["budget"].toDouble(), 3.5);
    EXPECT_EQ(slider->value(), 30);
    context_.undo(view_.get()); // all of it: one step where one follows the other
    EXPECT_EQ(slider->value(), 20);
    EXPECT_FALSE(view_->state().contains("budget"));
}

} // namespace
} // namespace vitrine::quantization_plugin
