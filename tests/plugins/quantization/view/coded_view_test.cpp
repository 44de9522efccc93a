#include "plugins/quantization/view/coded_view.h"

#include "tests/plugins/quantization/coded_runs.h"
#include "tests/plugins/quantization/view/quantization_fixture.h"
#include "widgets/table/claim_table.h"
#include "widgets/table/run_table.h"

#include <gmock/gmock.h>

#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::HasSubstr;
using tests::handle;

class CodedViewTest : public tests::QuantizationFixture<CodedView>
{
protected:
    static RunHandle eightBits() { return handle(storedCodedRun({})); }
    static RunHandle fourBits()
    {
        return handle(storedCodedRun({.number = 2,
                                      .method = "fq-vit",
                                      .accuracy = 0.70,
                                      .size = 0.7e6,
                                      .pValue = 1e-6,
                                      .bits = 4,
                                      .inFloat = {"LayerNorm", "softmax"}}));
    }
    plot::PlotView* shownPlot(const char* figure)
    {
        for (auto* each : view_.findChildren<plot::PlotView*>())
            if (each->isVisibleTo(&view_) && each->figure().name == figure)
                return each;
        return nullptr;
    }
    void press(const QString& word)
    {
        for (auto* button : view_.findChildren<QAbstractButton*>())
            if (button->text() == word && button->isVisibleTo(&view_))
                return QTest::mouseClick(button, Qt::LeftButton);
        ADD_FAILURE() << word.toStdString();
    }
};

TEST_F(CodedViewTest, EmptyOffersARunAndLoadingAndFailureAreShown)
{
    EXPECT_EQ(page(), 0);
    press("Put vitrine-deit into 8 bits");
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "quantization.vision");
    EXPECT_EQ(context_.starts[0].params.at("method"), "p2vit");

    view_.setLoading("pictures", 0.5);
    EXPECT_EQ(page(), 1);
    view_.setLoading({}, -1);
    RunRecord failed = storedCodedRun({});
    failed.state = RunState::failed;
    failed.error = "the pictures of Fashion-MNIST are not here";
    view_.setRuns({handle(failed)});
    EXPECT_EQ(page(), 2);
    view_.setRuns({eightBits()});
    EXPECT_EQ(page(), 3);
    EXPECT_THAT(words("What the runs show"), HasSubstr("#1 P²-ViT, W8/A8 cannot be told apart"));
}

TEST_F(CodedViewTest, ARunThatHoldsNoAccuraciesSaysSo)
{
    RunRecord bare = storedCodedRun({});
    bare.result.metrics.clear();
    view_.setRuns({handle(bare)});
    EXPECT_EQ(page(), 2);
}

TEST_F(CodedViewTest, RunsStandBesideEachOtherAndTheOriginal)
{
    view_.setRuns({eightBits(), fourBits()});
    EXPECT_EQ(named<QTableView>("The original and its versions in codes")->model()->rowCount(), 3);
    EXPECT_TRUE(shownPlot("coded-accuracy"));
    EXPECT_TRUE(shownPlot("coded-pareto"));
    press("Bits");
    EXPECT_EQ(shownPlot("coded-pareto")->figure().x.unit, "bit");
    context_.undo(&view_);
    EXPECT_EQ(shownPlot("coded-pareto")->figure().x.unit, "MB");
    EXPECT_EQ(view_.title(),
              "#1 P²-ViT, W8/A8, vitrine-deit beside #2 FQ-ViT style, W4/A8, vitrine-deit");
}

TEST_F(CodedViewTest, AClickOnAVersionShowsItsLayers)
{
    view_.setRuns({eightBits(), fourBits()});
    QCoreApplication::processEvents();
    auto* table = named<RunTable>("The original and its versions in codes");
    const QRect place = table->visualRect(table->model()->index(2, 0));
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, place.center());
    EXPECT_EQ(view_.state()["run"].toString(), "coded-2");
    press("Layers");
    EXPECT_THAT(shownPlot("coded-stream")->figure().title, HasSubstr("#2 FQ-ViT"));
    EXPECT_EQ(shownPlot("coded-layers")->figure().series.size(), 2u);
    EXPECT_EQ(named<QTableView>("Layers of the selected run")->model()->rowCount(), 4);
    EXPECT_EQ(named<QComboBox>("Whose layers are shown")->currentIndex(), 1);
}

TEST_F(CodedViewTest, EnergiesStandWithTheirMarks)
{
    view_.setRuns({eightBits()});
    press("Operations");
    EXPECT_TRUE(shownPlot("coded-operations"));
    EXPECT_TRUE(shownPlot("coded-energy"));
    EXPECT_GT(named<ClaimTable>("Energies and where they come from")->model()->rowCount(), 5);
}

TEST_F(CodedViewTest, WidthsGoToTheAcceleratorOfTheSamePaper)
{
    RunRecord run = storedCodedRun({});
    view_.setRuns({handle(run)});
    EXPECT_FALSE(named<QPushButton>("Simulate on an accelerator")->isEnabled());
    Artifact bits;
    bits.name = "bits.csv", bits.path = "/somewhere/bits";
    run.result.artifacts.push_back(bits);
    run.uid = "with-bits";
    view_.setRuns({handle(run)});
    press("Simulate…");
    ASSERT_EQ(context_.forms.size(), 1u);
    EXPECT_EQ(context_.forms[0].experiment, "accelerators.simulate");
    EXPECT_EQ(context_.forms[0].params,
              (std::map<std::string, std::string>{{"accelerator", "p2vit"},
                                                  {"workload", "vitrine-deit"},
                                                  {"bit_map", "/somewhere/bits"}}));
}

TEST_F(CodedViewTest, RunsWhatIsMissingOfALadder)
{
    view_.setRuns({eightBits()});
    press("Ladder");
    ASSERT_EQ(context_.starts.size(), 5u); // all rungs of P²-ViT but the last
    EXPECT_EQ(context_.starts[0].params.at("steps"), "none");
    EXPECT_EQ(context_.starts[4].params.at("steps"), "adaptive,ptf,smoothing,log2");
    EXPECT_TRUE(context_.starts[0].compare);
    view_.setRuns({handle(storedCodedRun({.method = "minmax"}))});
    EXPECT_FALSE(view_.findChild<QPushButton*>("ladder")->isEnabled());
}

// Flips of a run, their pictures and why there are none.
TEST_F(CodedViewTest, FlipsAreShownAsPictures)
{
    view_.setRuns({eightBits()});
    press("Flips");
    EXPECT_EQ(shownPlot("coded-lost"), nullptr);
    EXPECT_THAT(words("How many pictures flipped"), HasSubstr("before such pictures were kept"));
    const auto folder = newFolder();
    std::filesystem::create_directories(folder);
    RunRecord run = storedCodedRun({.number = 2});
    addFlips(run, folder);
    view_.setRuns({handle(run)});
    ASSERT_TRUE(shownPlot("coded-lost"));
    EXPECT_EQ(shownPlot("coded-lost")->figure().images.size(), 2u);
    EXPECT_THAT(shownPlot("coded-lost")->figure().caption, HasSubstr("1 more"));
    EXPECT_EQ(shownPlot("coded-gained")->figure().images.size(), 1u);
    EXPECT_THAT(words("How many pictures flipped"),
                HasSubstr("3 are right only in the original and 1 only in codes"));
}

TEST_F(CodedViewTest, APageBeginsAtItsTop)
{
    view_.resize(700, 500);
    view_.setRuns({eightBits(), fourBits()});
    press("Layers");
    settle();
    QScrollBar* bar = nullptr;
    for (auto* area : view_.findChildren<QScrollArea*>())
        if (area->widget() && area->widget()->findChild<RunTable*>())
            bar = area->verticalScrollBar();
    ASSERT_TRUE(bar);
    ASSERT_GT(bar->maximum(), 0);
    bar->setValue(bar->maximum());
    press("Operations");
    EXPECT_EQ(bar->value(), 0);
}

// A sheet fills its card in the window, and leaves it as it is laid out on paper.
TEST_F(CodedViewTest, ASheetIsLaidOutForTheWindowAlone)
{
    const auto folder = newFolder();
    std::filesystem::create_directories(folder);
    RunRecord run = storedCodedRun({});
    addFlips(run, folder);
    view_.setRuns({handle(run)});
    press("Flips");
    settle();
    plot::PlotView* sheet = shownPlot("coded-lost");
    ASSERT_TRUE(sheet);
    const double shape = sheet->figure().height / sheet->figure().width;
    EXPECT_NEAR(sheet->height(), shape * sheet->width(), 0.05 * sheet->height());

    emit sheet->exportRequested(sheet->figure());
    ASSERT_EQ(context_.exported.size(), 1u);
    EXPECT_EQ(context_.exported[0].name, "coded-lost");
    EXPECT_EQ(context_.exported[0].width, 160);
    EXPECT_GT(sheet->figure().width, 200);
}

TEST_F(CodedViewTest, AttentionLiesOverThePictureBeforeAndAfter)
{
    const auto folder = newFolder();
    std::filesystem::create_directories(folder);
    RunRecord run = storedCodedRun({});
    addAttention(run, folder);
    view_.setRuns({handle(run)});
    press("Attention");
    ASSERT_TRUE(shownPlot("coded-attention"));
    const auto& both = shownPlot("coded-attention")->figure();
    ASSERT_EQ(both.grids.size(), 4u); // two layers, before and after
    EXPECT_EQ(both.images.size(), 4u);
    EXPECT_EQ(both.grids[3].values[0], 1);
    EXPECT_EQ(both.grids[0].maximum, 1); // one range for all
    EXPECT_THAT(both.caption,
                HasSubstr("t10k 7: it is Bag, the original says Bag, the codes Coat"));
    const auto& change = shownPlot("coded-attention-change")->figure();
    EXPECT_THAT(change.grids[1].values, testing::ElementsAre(0.75f, -0.25f, -0.25f, -0.25f));
    EXPECT_EQ(change.grids[1].minimum, -0.75);
}

// A row for each mixture of the chosen block, a column for each picture.
TEST_F(CodedViewTest, PatchesAreColouredByTheirExpert)
{
    view_.setRuns({eightBits()});
    press("Attention");
    EXPECT_EQ(shownPlot("coded-experts"), nullptr) << "without mixtures there is no card";
    const auto folder = newFolder();
    std::filesystem::create_directories(folder);
    RunRecord run = storedCodedRun({.number = 2, .method = "shiftaddvit"});
    addExperts(run, folder);
    view_.setRuns({handle(run)});
    press("Attention");
    ASSERT_TRUE(shownPlot("coded-experts"));
    const auto& shown = shownPlot("coded-experts")->figure();
    ASSERT_EQ(shown.grids.size(), 4u);
    EXPECT_EQ(shown.images.size(), 4u);
    EXPECT_THAT(shown.title, HasSubstr("blocks.0"));
    EXPECT_THAT(shown.grids[0].values, testing::ElementsAre(1, 0, 0, 0));
    EXPECT_EQ(shown.images[2].caption, "mlp.fc2\n1 of 4 shift");
    EXPECT_THAT(shown.images[3].name,
                HasSubstr("t10k 2: it is Bag, the original says Bag, the changed network Coat"));

    emit named<QComboBox>("Block of the mixtures")->activated(1);

    const auto& other = shownPlot("coded-experts")->figure();
    EXPECT_THAT(other.title, HasSubstr("blocks.1"));
    EXPECT_THAT(other.grids[0].values, testing::ElementsAre(0, 1, 1, 1));
    EXPECT_EQ(view_.state()["layer"].toString(), "blocks.1");
}

TEST_F(CodedViewTest, AClickOnALayerShowsItsChannels)
{
    RunRecord run = storedCodedRun({});
    addInside(run);
    view_.setRuns({handle(run)});
    press("Inside");
    ASSERT_TRUE(shownPlot("coded-channels"));
    EXPECT_THAT(shownPlot("coded-channels")->figure().title, HasSubstr("blocks.0.norm1"));
    emit named<QComboBox>("Layer of the channels")->activated(0);
    EXPECT_THAT(shownPlot("coded-channels")->figure().title, HasSubstr("blocks.0.add1"));
    EXPECT_EQ(view_.state()["layer"].toString(), "blocks.0.add1");
    context_.undo(&view_);
    EXPECT_THAT(shownPlot("coded-channels")->figure().title, HasSubstr("blocks.0.norm1"));
}

TEST_F(CodedViewTest, WhatAnEarlierRunLacksIsSaidInItsPlace)
{
    view_.setRuns({eightBits()});
    press("Inside");
    EXPECT_EQ(shownPlot("coded-rescales"), nullptr);
    bool isSaid = false;
    for (auto* label : view_.findChildren<QLabel*>())
        isSaid |= label->isVisibleTo(&view_) && label->text().contains("run again to see them");
    EXPECT_TRUE(isSaid);
}

TEST_F(CodedViewTest, PublishedNumbersStandAlone)
{
    view_.setRuns({eightBits()});
    press("Published");
    EXPECT_GT(named<ClaimTable>("Published accuracies of others")->model()->rowCount(), 10);
    EXPECT_THAT(words("What these numbers are"), HasSubstr("none of them compares"));
}

} // namespace
} // namespace vitrine::quantization_plugin
