#include "widgets/report/reports_page.h"

#include <QComboBox>
#include <QJsonArray>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>

#include "tests/core/report/sample_runs.h"
#include "widgets/page/elided_choice.h"
#include "widgets/report/outline.h"
#include "widgets/report/page_preview.h"

#include <gmock/gmock.h>

namespace vitrine
{
namespace
{

// The page with a window that applies every change at once, as the real one's history does.
class ReportsPageTest : public testing::Test
{
protected:
    ReportsPageTest()
    {
        QObject::connect(&page, &ReportsPage::changed, &page,
                         [this](const QJsonObject& after) { page.setState(after); });
        page.resize(1100, 700);
        page.show();
    }

    // The sample's, with a second line in grey and a third in the colour of the text.
    static figure::Figure sampleFigure()
    {
        figure::Figure figure = report::samples::figure();
        for (const int colour : {figure::kMuted, figure::kTextColour}) {
            figure.series.push_back(figure.series.front());
            figure.series.back().name = colour == figure::kMuted ? "u" : "limit";
            figure.series.back().colour = colour;
        }
        return figure;
    }

    static ComposedReport composed(const report::Manuscript& manuscript)
    {
        return {report::compose(manuscript,
                                {.run = [](const std::string&) -> Result<RunRecord> {
                                     return report::samples::run(12, 0.25, 1.9);
                                 },
                                 .figures = [](const std::vector<RunRecord>&, const std::string&)
                                     -> Result<std::vector<figure::Figure>> {
                                     return std::vector{sampleFigure()};
                                 }}),
                {}};
    }

    template <typename Widget>
    Widget* named(const QString& name)
    {
        for (Widget* each : page.findChildren<Widget*>())
            if (each->accessibleName() == name)
                return each;
        ADD_FAILURE() << "no widget " << name.toStdString();
        return nullptr;
    }

    ReportsPage page{
        [](const report::Manuscript& manuscript, const auto& done) { done(composed(manuscript)); },
        nullptr};
};

TEST_F(ReportsPageTest, ShowsTheTextThatIsTypedOnThePages)
{
    page.addReport({.title = "Paper", .sections = {{"Intro", {report::TextItem{"old"}}}}});
    auto* outline = named<ReportOutline>("Outline");
    outline->setCurrentItem(outline->topLevelItem(1)->child(0));

    auto* text = named<QPlainTextEdit>("Text in Markdown");
    text->setFocus();
    QTest::keyClicks(text, "Sinks **matter** ");

    EXPECT_TRUE(
        QTest::qWaitFor([&] { return page.preview()->text().contains("Sinks matter old"); }, 5000))
        << page.preview()->text().toStdString();
}

TEST_F(ReportsPageTest, NamesTheReportWithAnEllipsisWhereItIsLong)
{
    const QString title = QString("Attention maps and sinks · ").repeated(5);
    page.addReport({.title = title.toStdString(), .sections = {{"A", {}}}});
    auto* choice = named<ElidedChoice>("Report");

    EXPECT_TRUE(choice->shownText().endsWith(QChar(0x2026))) << choice->shownText().toStdString();
    EXPECT_TRUE(choice->toolTip().contains(title));

    choice->resize(3000, choice->height());
    EXPECT_EQ(choice->shownText(), title);
}

TEST_F(ReportsPageTest, MovesSectionsByKey)
{
    page.addReport({.title = "Paper", .sections = {{"A", {}}, {"B", {}}}});
    auto* outline = named<ReportOutline>("Outline");
    outline->setCurrentItem(outline->topLevelItem(2));

    QTest::keyClick(outline, Qt::Key_Up, Qt::AltModifier);

    EXPECT_EQ(page.current()->sections[0].title, "B");
    EXPECT_EQ(outline->section(), 0);
}

TEST_F(ReportsPageTest, TakesAFigureAndComesBackFromItsState)
{
    page.addFigure({.runs = {"5f0c"}, .figure = "sink-profile"});

    ASSERT_NE(page.current(), nullptr);
    EXPECT_TRUE(QTest::qWaitFor(
        [&] { return page.preview()->text().contains("Figure 1. Sink profile"); }, 5000));
    const QJsonObject state = page.state();
    page.setState({});
    EXPECT_TRUE(page.isEmpty());
    page.setState(state);
    EXPECT_EQ(page.current()->sections[0].items.size(), 1u);
}

TEST_F(ReportsPageTest, NamesTheColourThatALineHas)
{
    page.addFigure({.runs = {"5f0c"}, .figure = "sink-profile"});
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return page.preview()->text().contains("Figure 1. Sink profile"); }, 5000));

    auto* outline = named<ReportOutline>("Outline");
    outline->setCurrentItem(outline->topLevelItem(1)->child(0));
    auto* grey = named<QComboBox>("Colour of u");
    ASSERT_NE(grey, nullptr);
    EXPECT_EQ(grey->currentText(), "Grey");
    EXPECT_EQ(named<QComboBox>("Colour of limit")->currentText(), "Black");
    EXPECT_EQ(named<QComboBox>("Colour of s")->currentText(), "Blue");

    named<QComboBox>("Colour of s")->setFocus();
    QTest::keyClicks(named<QComboBox>("Colour of s"), "Grey");
    const auto& item = std::get<report::FigureItem>(page.current()->sections[0].items[0]);
    EXPECT_EQ(item.edits.colours.at("s"), figure::kMuted);
    const auto again = report::parseManuscript(report::manuscriptText(*page.current()), "file");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, *page.current());
}

TEST_F(ReportsPageTest, SaysWhichReportOfTheWorkspaceItCannotRead)
{
    QSignalSpy said(&page, &ReportsPage::message);

    page.setState({{"reports", QJsonArray{QJsonObject{{"format", "other"}}}}, {"current", 7}});

    EXPECT_TRUE(page.isEmpty());
    EXPECT_EQ(said.size(), 1);
}

} // namespace
} // namespace vitrine
