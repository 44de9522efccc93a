#include "plugins/quantization/view/view.h"

#include "core/jobs/experiment/read_run.h"
#include "tests/plugins/quantization/probe_runs.h"
#include "tests/plugins/quantization/view/quantization_fixture.h"
#include "widgets/table/data_table.h"

#include <gmock/gmock.h>

#include <QAbstractButton>
#include <QCheckBox>
#include <QComboBox>
#include <QJsonArray>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>

#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::HasSubstr;

constexpr const char* kUp = "model.layers.1.mlp.up_proj.weight";

RunRecord storedVersion(std::int64_t number, const char* layout, double bits, double ratio)
{
    RunRecord run;
    run.number = number;
    run.uid = fmt::format("uid-{}", number);
    run.experiment = "quantization.llm";
    run.state = RunState::done;
    run.params.set("method", ParamValue(std::string("shiftadd")));
    run.params.set("layout", ParamValue(std::string(layout)));
    run.params.set("bits", ParamValue(std::string("3")));
    run.result.notes = {"Calibrated on 256 tokens only."};
    run.result.metrics = {{"bits_per_weight", bits, "1", {}, ""},
                          {"perplexity_original", 20, "1", {}, ""},
                          {"perplexity_quantized", 20 * ratio, "1", {}, ""},
                          {"perplexity_ratio", ratio, "1", {}, ""},
                          {"perplexity_ratio_low", ratio - 0.01, "1", {}, ""},
                          {"perplexity_ratio_high", ratio + 0.01, "1", {}, ""},
                          {"predicted", 1000, "token", {}, ""},
                          {"kl_mean", 0.2, "nat", {}, ""}};
    const auto column = [](const char* name) { return Column{name, "1", {}, ""}; };
    const auto row = [](const char* name, std::int64_t block, std::int64_t own) {
        return std::vector<Cell>{std::string(name), block, own, 0.01 * (1 + own), std::int64_t{160},
                                 std::int64_t{160}};
    };
    const std::int64_t own = layout == std::string("block") ? 2 : 3;
    run.result.tables = {
        {"layers",
         {{"layer", "", {}, ""},
          column("block"),
          column("bits"),
          column("output_error"),
          column("outputs"),
          column("inputs")},
         {row("model.layers.0.self_attn.q_proj.weight", 0, 3),
          row("model.layers.0.mlp.up_proj.weight", 0, 4),
          row("model.layers.1.self_attn.q_proj.weight", 1, 3), row(kUp, 1, own)}},
        {"windows",
         {column("window"), column("kl")},
         {{std::int64_t{0}, 0.1}, {std::int64_t{1}, 0.3}}},
        {"operations",
         {{"operation", "", {}, ""}, column("original_energy"), column("quantized_energy")},
         {{std::string("additions"), 1000.0, 500.0}, {std::string("shifts"), 0.0, 100.0}}}};
    return run;
}

using tests::handle;

class QuantizationViewTest : public tests::QuantizationFixture<QuantizationView>
{
protected:
    QTableView* versions() { return named<QTableView>("The original and its versions"); }
    QTableView* layers() { return named<QTableView>("Layers of the selected version"); }
    QString selectedLayer()
    {
        const QModelIndex row = layers()->currentIndex();
        return row.isValid() ? layers()->model()->index(row.row(), 0).data().toString() : QString();
    }
    // With the mouse; a plot below what is painted has no axes yet: it says the click itself.
    void clickIn(const char* figure, double x, double y)
    {
        plot::PlotView* on = plot(figure);
        const QPoint at = on->pixelOf(x, y).toPoint();
        if (std::isfinite(on->valueAt(at).x()))
            QTest::mouseClick(on, Qt::LeftButton, {}, at);
        else
            emit on->clicked(x, y);
    }
    static void clickRow(QTableView* table, int row)
    {
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualRect(table->model()->index(row, 0)).center());
    }
    void press(const QString& word)
    {
        for (auto* button : view_.findChildren<QAbstractButton*>())
            if (button->accessibleName() == word || button->text() == word)
                return QTest::mouseClick(button, Qt::LeftButton);
        ADD_FAILURE() << word.toStdString();
    }
    bool isShown(const char* figure)
    {
        for (auto* each : view_.findChildren<plot::PlotView*>())
            if (each->figure().name == figure)
                return each->isVisible();
        return false;
    }
    RunRecord probed(std::int64_t number, int planes = 2)
    {
        RunRecord run = storedVersion(number, "block", 3.4, 1.1);
        const auto folder = newFolder();
        std::filesystem::create_directories(folder);
        tests::addProbe(run, tests::smallProbe(planes), folder / "probe.safetensors");
        return run;
    }
    void showTwo()
    {
        view_.setRuns({handle(storedVersion(1, "column", 3.4, 1.05)),
                       handle(storedVersion(2, "block", 3.4, 1.10))});
    }
};

// The columns that matter stand where there is no room for all; the others come on wish.
TEST_F(QuantizationViewTest, VersionsDoNotScrollSidewaysUnlessAllColumnsAreWished)
{
    RunRecord run = storedVersion(1, "block", 3.4, 1.1);
    for (const char* name :
         {"perplexity_original_low", "perplexity_original_high", "perplexity_quantized_low",
          "perplexity_quantized_high", "same_best", "output_error", "size_bytes",
          "size_bytes_original", "tokens_per_second_original", "tokens_per_second_quantized",
          "read_rate_original", "read_rate_quantized", "read_share_original",
          "read_share_quantized", "energy_ratio"})
        run.result.metrics.push_back({name, 0.5, "1", {}, ""});
    view_.resize(900, 900);
    show({handle(run)});
    const auto shows = [&](const QString& heading) {
        const auto* model = versions()->model();
        for (int i = 0; i < model->columnCount(); ++i)
            if (model->headerData(i, Qt::Horizontal).toString().startsWith(heading))
                return !versions()->isColumnHidden(i);
        return false;
    };
    EXPECT_EQ(versions()->horizontalScrollBar()->maximum(), 0);
    for (const char* needed : {"Version", "Bits", "Perplexity", "Ratio", "Size", "Energy"})
        EXPECT_TRUE(shows(needed)) << needed;
    EXPECT_FALSE(shows("Original's"));

    QPushButton* more = nullptr;
    for (auto* button : view_.findChildren<QPushButton*>())
        if (button->text().contains(" more column"))
            more = button;
    ASSERT_NE(more, nullptr);
    more->click();
    ASSERT_EQ(context_.changes.size(), 1u);
    EXPECT_EQ(view_.state()["columns"].toString(), "all");
    EXPECT_TRUE(shows("Original's"));
    EXPECT_EQ(more->text(), "All columns");
    more->click();
    EXPECT_FALSE(shows("Original's"));
    EXPECT_TRUE(view_.state()["columns"].isNull());
}

TEST_F(QuantizationViewTest, EmptyOffersARunAndLoadingAndFailureAreShown)
{
    EXPECT_EQ(page(), 0);
    for (auto* button : view_.findChildren<QPushButton*>())
        if (button->text() == "Quantize vitrine-lm to 3 bits")
            QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "quantization.llm");
    EXPECT_EQ(context_.starts[0].params.at("layout"), "block");
    EXPECT_EQ(context_.starts[0].params.at("group"), "160");

    view_.setLoading("Quantizing", 0.2);
    EXPECT_EQ(page(), 1);
    view_.setLoading({}, -1);
    RunRecord failed = storedVersion(3, "block", 3.4, 1.1);
    failed.state = RunState::failed;
    failed.error = "bits: \"9\" is no number of bits";
    view_.setRuns({handle(failed)});
    EXPECT_EQ(page(), 2);
    failed.state = RunState::done;
    failed.error.clear();
    failed.result.metrics.clear();
    view_.setRuns({handle(failed)});
    EXPECT_EQ(page(), 2);
}

TEST_F(QuantizationViewTest, OneRunStandsBesideTheOriginal)
{
    view_.setRuns({handle(storedVersion(1, "block", 3.4, 1.10))});

    EXPECT_EQ(page(), 3);
    EXPECT_EQ(words("What the runs show"),
              "3.4 bits a weight cost 10 % of perplexity (9 to 11 %).");
    EXPECT_THAT(words("What the runs say of themselves"),
                testing::AllOf(HasSubstr("256 tokens only"), HasSubstr("A small model")));
    ASSERT_EQ(versions()->model()->rowCount(), 2);
    EXPECT_EQ(versions()->model()->index(0, 0).data().toString(), "Original");
    EXPECT_EQ(layers()->model()->rowCount(), 4);
    EXPECT_FALSE(named<QComboBox>("Whose layers are shown")->isVisible());
    EXPECT_EQ(view_.figures().size(), 5u); // no rounds, no exponents in this run
    EXPECT_EQ(view_.title(), "#1 ShiftAddLLM, blocks, 3 bits");
}

TEST_F(QuantizationViewTest, AClickOnALayerSelectsItEverywhere)
{
    showTwo();
    view_.setState(QJsonObject{{"page", "layers"}});
    clickIn("layer-errors", 3, 0.04);
    ASSERT_EQ(context_.changes.size(), 1u);
    EXPECT_EQ(view_.state()["layer"].toString(), kUp);
    EXPECT_EQ(selectedLayer(), kUp);
    EXPECT_EQ(plot("bit-map")->figure().spans.size(), 2u);

    clickIn("bit-map", 1, 0);
    EXPECT_EQ(selectedLayer(), "model.layers.0.mlp.up_proj.weight");
    EXPECT_EQ(plot("layer-errors")->figure().spans.front().from, 1);

    clickRow(layers(), 0);
    EXPECT_EQ(view_.state()["layer"].toString(), "model.layers.0.self_attn.q_proj.weight");
    EXPECT_EQ(plot("layer-errors")->figure().spans.front().from, 0);

    clickIn("bit-map", 0, 0); // again: it is let go
    EXPECT_EQ(selectedLayer(), "");
    EXPECT_TRUE(plot("layer-errors")->figure().spans.empty());
    context_.undo(&view_);
    EXPECT_EQ(selectedLayer(), "model.layers.0.self_attn.q_proj.weight");
}

TEST_F(QuantizationViewTest, AClickOnAVersionShowsItsLayers)
{
    showTwo();
    EXPECT_EQ(plot("bit-map")->figure().recipe.runs.front(), "uid-1");
    clickIn("layer-errors", 3, 0.04);
    EXPECT_EQ(layers()->model()->index(3, 2).data().toString(), "3");

    clickRow(versions(), 2); // the original, the first, the second
    EXPECT_EQ(view_.state()["run"].toString(), "uid-2");
    EXPECT_EQ(plot("bit-map")->figure().recipe.runs.front(), "uid-2");
    EXPECT_EQ(layers()->model()->index(3, 2).data().toString(), "2");
    EXPECT_EQ(selectedLayer(), kUp); // of any run that has it

    auto* choice = named<QComboBox>("Whose layers are shown");
    EXPECT_EQ(choice->currentIndex(), 1);
    choice->setCurrentIndex(0);
    emit choice->activated(0);
    EXPECT_EQ(view_.state()["run"].toString(), "uid-1");
    EXPECT_EQ(versions()->currentIndex().row(), 1);
}

TEST_F(QuantizationViewTest, PagesTellTheirPartOfTheStory)
{
    view_.setRuns({handle(probed(1)), handle(probed(2, 0))});
    EXPECT_TRUE(isShown("perplexity"));
    EXPECT_FALSE(isShown("layer-errors"));
    const std::vector<std::pair<const char*, const char*>> pages = {
        {"Layers", "layer-errors"}, {"Inside a layer", "residual"}, {"Tokens", "kl-tokens"},
        {"Attention", "sinks"},     {"Energy", "energy"},           {"Versions", "perplexity"}};
    for (const auto& [word, figure] : pages) {
        press(word);
        for (const auto& [other, of] : pages)
            EXPECT_EQ(isShown(of), other == word) << word << ": " << of;
        EXPECT_FALSE(view_.grab().isNull());
    }
    EXPECT_EQ(view_.state()["page"].toString(), ""); // the first again
}

TEST_F(QuantizationViewTest, AnEarlierRunSaysThatItKeptNoProbe)
{
    view_.setRuns({handle(storedVersion(1, "block", 3.4, 1.10))});
    for (const char* word : {"Inside a layer", "Tokens", "Attention"}) {
        press(word);
        bool isSaid = false;
        for (auto* label : view_.findChildren<QLabel*>())
            isSaid = isSaid || (label->isVisible() && label->text().contains("run again"));
        EXPECT_TRUE(isSaid) << word;
    }
    press("Layers");
    EXPECT_TRUE(isShown("layer-errors"));
}

TEST_F(QuantizationViewTest, ATokenIsSelectedInThePlotAndInTheTable)
{
    view_.setRuns({handle(probed(1)), handle(probed(2))});
    press("Tokens");
    auto* next = named<QTableView>("Likeliest next token at each position");
    auto* ranks = named<QTableView>("Likeliest tokens at the position");
    ASSERT_EQ(next->model()->rowCount(), 3);
    EXPECT_EQ(ranks->model()->index(0, 3).data().toString(), "whale");
    clickIn("kl-tokens", 1, 0.1);
    EXPECT_EQ(view_.state()["position"].toInt(), 1);
    EXPECT_EQ(next->currentIndex().row(), 1);
    EXPECT_EQ(ranks->model()->index(0, 3).data().toString(), "≠ ship");
    clickRow(next, 2);
    EXPECT_EQ(view_.state()["position"].toInt(), 2);
    context_.undo(&view_); // one choice of a token after the other is one change
    EXPECT_EQ(next->currentIndex().row(), 0);
}

TEST_F(QuantizationViewTest, MapsAreOfTheChosenLayerAndHeads)
{
    view_.setRuns({handle(probed(1))});
    press("Attention");
    auto* layer = named<QComboBox>("Layer of the maps");
    EXPECT_EQ(layer->currentIndex(), 1); // it moved most
    clickIn("sinks", 0, 0.2);
    EXPECT_EQ(layer->currentIndex(), 0);
    EXPECT_THAT(plot("attention-change")->figure().title, HasSubstr("layer 0"));
    press("Moved most");
    EXPECT_THAT(plot("attention-original")->figure().caption, HasSubstr("head 1"));
    press("Mean");
    EXPECT_THAT(plot("attention-original")->figure().caption, HasSubstr("mean over the heads"));
}

TEST_F(QuantizationViewTest, AProductIsFollowedStepByStep)
{
    view_.setRuns({handle(probed(1)), handle(probed(2, 0))});
    press("Inside a layer");
    auto* steps = named<QTableView>("Steps of the product");
    ASSERT_EQ(steps->model()->rowCount(), 3); // two planes, decoded weights
    clickRow(steps, 1);
    EXPECT_EQ(view_.state()["plane"].toInt(), 1);
    EXPECT_THAT(words("What is looked up"), HasSubstr("Plane 1 of output 0"));
    QTest::keyClick(steps, Qt::Key_Up);
    EXPECT_EQ(view_.state()["plane"].toInt(), 0);
    auto* output = named<QComboBox>("Output of the product");
    emit output->activated(1);
    EXPECT_EQ(output->currentIndex(), 1);
    EXPECT_THAT(plot("product")->figure().title, HasSubstr("output 1"));

    named<QComboBox>("Whose layers are shown")->activated(1); // its weights are dense
    EXPECT_THAT(words("What is looked up"), HasSubstr("no codes"));
    EXPECT_FALSE(steps->isVisible());
    EXPECT_TRUE(isShown("residual"));
    EXPECT_FALSE(isShown("product"));
}

TEST_F(QuantizationViewTest, AssumptionsChangeTheEnergiesWithoutARun)
{
    RunRecord run = storedVersion(1, "block", 3.4, 1.1);
    const auto column = [](const char* name) { return Column{name, "1", {}, ""}; };
    run.result.tables[2] = {"operations",
                            {{"operation", "", {}, ""},
                             column("original"),
                             column("quantized"),
                             column("original_energy"),
                             column("quantized_energy")},
                            {}};
    for (const char* name :
         {"multiplications", "additions", "shifts", "look-ups", "reading weights"})
        run.result.tables[2].rows.push_back({std::string(name), 16e6, 4e6, 1e6, 1e6});
    view_.setRuns({handle(run)});
    press("Energy");
    const auto most = [&] {
        double height = 0;
        for (const auto& bars : plot("energy")->figure().bars)
            height = std::max(height, bars.base.front() + bars.height.front());
        return height;
    };
    EXPECT_NEAR(most(), 5, 1e-9); // as stored
    named<QCheckBox>("Count reading the weights")->click();
    EXPECT_EQ(view_.state()["cost"].toObject()["count_traffic"].toDouble(1), 0);
    EXPECT_NEAR(most(), 16 * (1.1 + 0.4 + 0.15 + 0.37), 1e-9);
    press("FP32 original");
    EXPECT_NEAR(most(), 16 * (3.7 + 0.9 + 0.15 + 0.37), 1e-9);
    EXPECT_EQ(plot("energy")->figure().x.ticks.front().label, "FP32");
    EXPECT_TRUE(context_.starts.empty());
    press("Keep as run");
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].params.at("count_traffic"), "false");
    press("Reset");
    EXPECT_FALSE(view_.state().contains("cost"));
    EXPECT_NEAR(most(), 5, 1e-9);
}

TEST_F(QuantizationViewTest, ARunThatIsTakenAwayLeavesTheOthersAsTheyWere)
{
    showTwo();
    clickRow(versions(), 2);
    view_.setState(QJsonObject{{"run", "uid-2"}, {"run_places", QJsonObject{{"uid-2", 1}}}});
    view_.setRuns({handle(storedVersion(1, "column", 3.4, 1.05))});
    EXPECT_EQ(plot("bit-map")->figure().recipe.runs.front(), "uid-1");
    EXPECT_EQ(versions()->model()->rowCount(), 2);

    view_.setRuns({handle(storedVersion(2, "block", 3.4, 1.10))});
    EXPECT_EQ(plot("layer-errors")->figure().series.front().colour, 1); // its own
    EXPECT_EQ(layers()->model()->index(3, 2).data().toString(), "2");

    RunRecord failed = storedVersion(3, "block", 3.4, 1.1);
    failed.state = RunState::failed;
    view_.setRuns({handle(storedVersion(1, "column", 3.4, 1.05)), handle(failed)});
    EXPECT_EQ(page(), 3);
    EXPECT_EQ(versions()->model()->rowCount(), 2);
}

TEST_F(QuantizationViewTest, AHostileRunIsShownAsFarAsItIsSound)
{
    RunRecord run = storedVersion(1, "block", 3.4, 1.10);
    run.params.set("method", ParamValue(std::string(100'000, 'm')));
    run.params.set("layout", std::int64_t{3});
    run.result.notes.assign(500, std::string(5'000, 'n'));
    run.result.tables[0].rows[0][0] = std::int64_t{7};
    run.result.tables[0].rows[1][0] = std::string(100'000, 'x');
    run.result.tables[0].rows[2][1] = 1e300;
    run.result.tables[0].rows[3].resize(1);
    run.result.tables[1].columns.clear();
    run.result.tables[2].rows[0][0] = std::string(100'000, 'o');
    run.result.tables.push_back(tests::tokensTable());
    run.result.tables.push_back(tests::sinksTable());
    for (auto& row : run.result.tables.back().rows)
        row[1] = std::string(100'000, 's');
    run.result.tables[3].rows[0] = {};
    run.result.tables[3].rows[1][0] = -1e300;
    run.result.tables[3].rows[2][1] = std::string(100'000, 't');
    Artifact artifact;
    artifact.name = kProbeName;
    artifact.path = "/dev/null";
    run.result.artifacts.push_back(artifact);
    view_.setState(QJsonObject{{"run", QJsonArray()},
                               {"layer", 3},
                               {"ranges", "none"},
                               {"page", 7},
                               {"position", 1e300},
                               {"map_layer", "x"},
                               {"plane", -1},
                               {"cost", QJsonObject{{"e_add16", "x"}, {"scale_place", 1e300}}}});
    view_.setRuns({handle(run), handle(storedVersion(2, "block", 3.4, 1.10))});

    EXPECT_EQ(page(), 3);
    for (int row = 0; row < 4; ++row)
        layers()->setCurrentIndex(layers()->model()->index(row, 0));
    clickIn("layer-errors", 1, 0.04);
    EXPECT_FALSE(view_.grab().isNull());
    for (const char* each : {"Layers", "Inside a layer", "Tokens", "Attention", "Energy"}) {
        press(each);
        EXPECT_FALSE(view_.grab().isNull());
    }
    EXPECT_LT(words("What the runs say of themselves").size(), 60'000);
    EXPECT_LT(view_.title().size(), 1'000);
}

} // namespace
} // namespace vitrine::quantization_plugin
