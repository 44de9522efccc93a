#include "core/report/manuscript.h"

#include <gmock/gmock.h>

#include "core/report/latex_text.h"
#include "core/report/text.h"
#include "tests/core/report/sample_runs.h"

namespace vitrine::report
{
namespace
{

using testing::HasSubstr;
using testing::Not;

Manuscript sample()
{
    FigureItem figure{.runs = {"5f0c"}, .figure = "sink-profile", .state = R"({"zoom":2})"};
    figure.edits.title = "Sinks";
    figure.edits.width = 90;
    figure.edits.textSize = 10;
    figure.edits.colours["s"] = 3;
    return {.title = "Paper",
            .subtitle = "A. Person",
            .sections = {{"Words", {TextItem{"One **strong** word & `code_x`."}}},
                         {"Figures", {figure}},
                         {"Tables",
                          {TableItem{.runs = {"5f0c"}, .columns = {"tokens"}, .digits = 2},
                           TableItem{.source = TableItem::Source::table,
                                     .runs = {"5f0c"},
                                     .table = "heads",
                                     .columns = {"layer", "token"},
                                     .rows = 5}}}}};
}

Sources sourcesOf(double mass)
{
    return {.run = [mass](const std::string& name) -> Result<RunRecord> {
                if (name != "5f0c")
                    return inputError("there is no run {}", name);
                return samples::run(12, mass, 1.9);
            },
            .figures = [](const std::vector<RunRecord>&, const std::string&)
                -> Result<std::vector<figure::Figure>> { return std::vector{samples::figure()}; }};
}

TEST(Manuscript, ComesBackFromItsFileAsItWas)
{
    const auto back = parseManuscript(manuscriptText(sample()), "r.vitrine-report");

    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, sample());
}

TEST(Manuscript, SaysWhereAFileIsWrong)
{
    const auto refusal = [](const std::string& sections) {
        const auto read = parseManuscript(
            R"({"format": "vitrine-report", "version": 1, "sections": )" + sections + "}", "r");
        EXPECT_FALSE(read) << sections;
        return read ? "" : read.error().message;
    };

    EXPECT_THAT(refusal(R"([{"titel": "x"}])"), HasSubstr("sections[0]: unknown field \"titel\""));
    EXPECT_THAT(refusal(R"([{"items": [{"video": {}}]}])"),
                HasSubstr("sections[0].items[0].video"));
    EXPECT_THAT(refusal(R"([{"items": [{"table": {"source": "all"}}]}])"), HasSubstr("metrics"));
    EXPECT_THAT(refusal(R"([{"items": [{"figure": {"figure": "f", "edits": {"width": 1e9}}}]}])"),
                HasSubstr("\"width\" must be 20 to 400"));
    EXPECT_THAT(parseManuscript("{}", "r").error().message, HasSubstr("not a report of Vitrine"));
    EXPECT_THAT(
        parseManuscript(R"({"format": "vitrine-report", "version": 2})", "r").error().message,
        HasSubstr("newer"));
}

TEST(Manuscript, BecomesTextFigureAndChosenColumns)
{
    const Document document = compose(sample(), sourcesOf(0.25));

    EXPECT_TRUE(document.problems.empty());
    ASSERT_EQ(document.figures.size(), 1u);
    EXPECT_EQ(document.figures[0].title, "Sinks");
    EXPECT_EQ(document.figures[0].width, 90);
    EXPECT_EQ(document.figures[0].textSize, 10);
    EXPECT_EQ(document.figures[0].series[0].colour, 3);
    const auto& metrics = std::get<DataTable>(document.sections[2].blocks[0]);
    ASSERT_EQ(metrics.rows.size(), 1u);
    EXPECT_EQ(metrics.rows[0][0].text, "tokens");
    const auto& heads = std::get<DataTable>(document.sections[2].blocks[1]);
    EXPECT_EQ(heads.columns.size(), 2u);
    EXPECT_EQ(heads.shownRows(), 5u);
    EXPECT_EQ(document.sections.back().title, "Reproducibility");
}

TEST(Manuscript, SaysWhatIsNotThereInItsPlace)
{
    Manuscript manuscript = sample();
    std::get<FigureItem>(manuscript.sections[1].items[0]).figure = "other";
    manuscript.sections[2].items.push_back(TableItem{.runs = {"99"}});

    const Document document = compose(manuscript, sourcesOf(0.25));

    ASSERT_EQ(document.problems.size(), 2u);
    EXPECT_THAT(document.problems[0], HasSubstr("Figure \"other\" is not there"));
    EXPECT_THAT(toMarkdown(document, {}), HasSubstr("there is no run 99"));
}

TEST(Manuscript, AChangedValueOfTheStoreChangesEveryFormat)
{
    Manuscript manuscript = sample();
    std::get<TableItem>(manuscript.sections[2].items[0]).columns.clear();
    const Document before = compose(manuscript, sourcesOf(0.25));
    const Document after = compose(manuscript, sourcesOf(0.26));

    EXPECT_EQ(toCsv(before), toCsv(compose(manuscript, sourcesOf(0.25))));
    for (const auto& write : {+[](const Document& d) { return toCsv(d); },
                              +[](const Document& d) { return toLatex(d, {}); },
                              +[](const Document& d) { return toMarkdown(d, {}); },
                              +[](const Document& d) { return toHtml(d, {}, ""); }}) {
        EXPECT_THAT(write(before), Not(HasSubstr("0.26")));
        EXPECT_THAT(write(after), HasSubstr("0.26"));
    }
}

TEST(Text, MarkdownBecomesBlocks)
{
    const auto blocks =
        textBlocks("# Head\n\nA **b** *c* `d_e` &beta; <i>x</i>\n\n1. one\n2. two\n"
                   "   - deep\n\n> said\n\n---\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n"
                   "```\ncode\n```\n![picture](http://x/y.png)");

    ASSERT_EQ(blocks.size(), 10u);
    EXPECT_EQ(std::get<RichText>(blocks[0]).kind, RichText::Kind::heading);
    EXPECT_EQ(plainText(std::get<RichText>(blocks[1]).words), "A b c d_e &beta; <i>x</i>");
    EXPECT_EQ(std::get<RichText>(blocks[3]).marker, "2.");
    EXPECT_EQ(std::get<RichText>(blocks[4]).level, 2);
    EXPECT_EQ(std::get<DataTable>(blocks[7]).rows[0][1].text, "2");
    EXPECT_EQ(std::get<Code>(blocks[8]).text, "code");
    EXPECT_EQ(plainText(std::get<RichText>(blocks[9]).words), "picture");
}

TEST(Text, FollowsNoDangerousLink)
{
    const auto blocks = textBlocks("[a](javascript:alert(1)) [b](https://x.org)");

    const auto& words = std::get<RichText>(blocks[0]).words;
    EXPECT_TRUE(words[0].link.empty());
    EXPECT_EQ(words.back().link, "https://x.org");
}

TEST(Latex, NoTextMakesACommand)
{
    EXPECT_EQ(latexText("\\input{x} 5% a_b $1 #2 ~^"),
              "\\textbackslash{}input\\{x\\} 5\\% a\\_b \\$1 \\#2 "
              "\\textasciitilde{}\\textasciicircum{}");
    EXPECT_EQ(latexText("β·µ²"), "\\ensuremath{\\beta}\\ensuremath{\\cdot}\\ensuremath{\\mu}"
                                 "\\textsuperscript{2}");
    EXPECT_EQ(latexText("中\xff"), "[U+4E2D][U+FFFD]");
}

TEST(Latex, HasBooktabsAndLongTables)
{
    const std::string latex = toLatex(buildReport({samples::run(12, 0.25, 1.9)}, {}), {});

    EXPECT_THAT(latex, HasSubstr("\\toprule"));
    EXPECT_THAT(latex, HasSubstr("\\begin{longtable}"));
    EXPECT_THAT(latex, HasSubstr("\\endhead"));
}

TEST(Latex, DrawsLinesItselfAndIncludesDenseFigures)
{
    const Document document = buildReport({samples::run(12, 0.25, 1.9)}, {samples::figure()});

    EXPECT_THAT(toLatex(document, {}), HasSubstr("\\addplot"));
    EXPECT_THAT(toLatex(document, {}), HasSubstr("(1,0.1)"));
    EXPECT_THAT(toLatex(document, {"r_figures/a.pdf"}),
                HasSubstr("\\includegraphics[width=120.0mm]{r_figures/a.pdf}"));
}

TEST(Csv, HasAllRowsAndFullNumbers)
{
    const std::string csv = toCsv(buildReport({samples::run(12, 0.4126883712, 1.9)}, {}));

    EXPECT_THAT(csv, HasSubstr("Results,Metrics,1,first_token_mass,run 12,,0.4126883712,0\r\n"));
    EXPECT_THAT(csv, HasSubstr("Tables,heads,60,"));
    EXPECT_THAT(csv, HasSubstr("capture_overhead,run 12,,0.0812345,1\r\n"));
}

TEST(Appendix, HasIntervalsAndTheirN)
{
    RunRecord run = samples::run(12, 0.25, 1.9);
    run.result.metrics = {{"accuracy", 0.5, "1", Origin::computed, ""},
                          {"accuracy_low", 0.4, "1", Origin::computed, "95 % interval (Wilson)"},
                          {"accuracy_high", 0.6, "1", Origin::computed, ""},
                          {"items", 200, "1", Origin::computed, ""}};

    EXPECT_THAT(toCsv(buildReport({run}, {})), HasSubstr("Confidence intervals,1,run 12,n,,200,0"));
}

} // namespace
} // namespace vitrine::report
