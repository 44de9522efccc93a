#include "core/report/document.h"
#include "core/report/manuscript.h"
#include "core/report/values.h"

#include <gmock/gmock.h>

#include "tests/core/report/sample_runs.h"

namespace vitrine::report
{
namespace
{

using testing::HasSubstr;
using testing::Not;

const std::vector<RunRecord> kTwo = {samples::run(12, 0.25, 1.9),
                                     samples::run(13, 0.4126883712, 2.5)};

DataTable tableNamed(const Document& document, std::string_view name)
{
    for (const Section& section : document.sections)
        for (const Block& block : section.blocks)
            if (const auto* table = std::get_if<DataTable>(&block); table && table->name == name)
                return *table;
    ADD_FAILURE() << "no table " << name;
    return {};
}

std::vector<std::string> texts(const std::vector<Value>& row)
{
    std::vector<std::string> list;
    for (const Value& value : row)
        list.push_back(value.text);
    return list;
}

TEST(Report, HasAColumnPerRunAndTheDifferenceOfTwo)
{
    const Document document = buildReport(kTwo, {});

    const DataTable metrics = tableNamed(document, "Metrics");
    ASSERT_EQ(metrics.columns.size(), 5u);
    EXPECT_EQ(metrics.columns[2].name, "run 12");
    EXPECT_THAT(texts(metrics.rows[0]),
                testing::ElementsAre("first_token_mass", "", "0.2500", "0.4127", "+0.1627"));
    EXPECT_EQ(metrics.rows[0][3].full, "0.4126883712"); // the number of the store, whole
    EXPECT_TRUE(metrics.rows[2][2].measured);
    EXPECT_EQ(metrics.rows[1][2].text, "12,345");
}

TEST(Report, GroupsTheDigitsOfWholeNumbersAndKeepsThemAll)
{
    const Value value = cellValue(std::int64_t{-9007199254740993});

    EXPECT_EQ(value.text, "−9,007,199,254,740,993");
    EXPECT_EQ(value.full, "-9007199254740993");
    EXPECT_EQ(cellValue(std::int64_t{512}).text, "512");
}

TEST(Report, CutsNamesOfAnyLengthToWhatAPageCanShow)
{
    RunRecord run = samples::run(12, 0.25, 1.9);
    ASSERT_FALSE(run.result.tables.empty());
    Table& table = run.result.tables.front();
    table.name = std::string(1 << 20, 'n');
    table.columns.front().name = std::string(1 << 20, 'c');
    table.columns.front().unit = std::string(1 << 20, 'u');

    const Document document = buildReport({run}, {});

    std::size_t longest = 0;
    for (const Section& section : document.sections)
        for (const Block& block : section.blocks)
            if (const auto* shown = std::get_if<DataTable>(&block)) {
                longest = std::max(longest, shown->name.size());
                for (const Heading& heading : shown->columns)
                    longest = std::max({longest, heading.name.size(), heading.unit.size()});
            }
    EXPECT_GT(longest, 50u) << "the names are in the report";
    EXPECT_LT(longest, 200u);
}

TEST(Report, OfOneRunHasNoDifference)
{
    const Document document = buildReport({kTwo[0]}, {});

    EXPECT_EQ(tableNamed(document, "Metrics").columns.size(), 3u);
}

TEST(Report, SaysWhereANumberIsMissing)
{
    auto runs = kTwo;
    runs[1].result.metrics.erase(runs[1].result.metrics.begin());

    const Document document = buildReport(runs, {});

    EXPECT_EQ(tableNamed(document, "Metrics").rows[0][3].text, "–");
    EXPECT_EQ(tableNamed(document, "Metrics").rows[0][4].text, "–");
}

TEST(Report, SaysFailedWhereAFailedRunHasNoValueToCompare)
{
    auto runs = kTwo;
    runs[1].state = RunState::failed;
    runs[1].result = {};

    const DataTable metrics = tableNamed(buildReport(runs, {}), "Metrics");

    EXPECT_EQ(metrics.rows[0][3].text, "failed");
    EXPECT_EQ(metrics.rows[0][4].text, "failed");
}

TEST(Report, SaysNoRowsUnderTheHeadOfAnEmptyTable)
{
    auto run = kTwo[0];
    run.result.tables[0].rows.clear();
    run.result.tables[0].name = "sinks";
    const Document document = buildReport({run}, {});

    EXPECT_THAT(toHtml(document, {}, ""), HasSubstr("colspan=\"4\">no rows</td>"));
    EXPECT_THAT(toMarkdown(document, {}), HasSubstr("| *no rows* ||||\n"));
    EXPECT_THAT(toLatex(document, {}), HasSubstr("{\\emph{no rows}} \\\\\n\\bottomrule"));
    EXPECT_THAT(toCsv(document), HasSubstr("Tables,sinks,0,,,,no rows,0\r\n"));
}

TEST(Report, NamesATableWithoutColumnsInOneLine)
{
    auto run = kTwo[0];
    run.result.tables[0].columns.clear();
    run.result.tables[0].rows = {{}, {}};
    const Document document = buildReport({run}, {});

    EXPECT_TRUE(document.problems.empty()) << "the rest of the run is still reported";
    EXPECT_THAT(toHtml(document, {}, ""),
                HasSubstr("Table &quot;heads&quot; of run 12 has no columns."));
    EXPECT_THAT(toMarkdown(document, {}), HasSubstr("> Table \"heads\" of run 12 has no columns."));
    EXPECT_THAT(toLatex(document, {}), HasSubstr("of run 12 has no columns."));
    EXPECT_THAT(toCsv(document), HasSubstr("Results,Metrics,1"));
    EXPECT_THAT(toMarkdown({.sections = {{"Tables", {DataTable{.name = "none"}}}}}, {}),
                HasSubstr("none"));
}

TEST(Report, SaysWhatOfATableIsNotAsItsHeadSays)
{
    auto run = kTwo[0];
    run.result.tables[0].rows[3][2] = std::string("much");
    run.result.tables[0].rows[5].resize(1);

    const DataTable heads = tableNamed(buildReport({run}, {}), "heads");

    EXPECT_THAT(heads.remark, HasSubstr("As stored, 1 cell of first_token_mass is no number."));
    EXPECT_EQ(heads.rows[3][2].text, "much");
    EXPECT_EQ(heads.rows[5].size(), 4u);
}

TEST(Report, OfARunThatFailedBeforeItBeganHasItsParametersAsTheyWereGiven)
{
    auto run = kTwo[0];
    run.state = RunState::failed;
    run.params.set("seed", std::string("7"));
    run.params.set("tau", std::string("0.1"));

    const Document document = buildReport({run}, {});

    EXPECT_THAT(toMarkdown(document, {}), HasSubstr("| seed | 7 |"));
}

// The table of a codec comparison: savings, and a gain that one codec has no value of.
RunRecord codecRun()
{
    RunRecord run = kTwo[0];
    run.params.set("offset", std::int64_t{-3});
    run.result.metrics = {{"bd_rate", -33.529999999999994, "%", Origin::computed, ""}};
    run.result.tables = {{"bd",
                          {{"codec", "", Origin::computed, ""},
                           {"rate", "%", Origin::computed, ""},
                           {"gain", "dB", Origin::computed, ""}},
                          {{std::string("x265"), -33.529999999999994, 1.9},
                           {std::string("AV1"), -1234.5, 1.9030000001},
                           {std::string("VP9"), -0.37725, 2.33},
                           {std::string("x264"), Cell{}, Cell{}}}}};
    return run;
}

TEST(Report, HasCommonDecimalsInAColumnAndTrueMinusSigns)
{
    const DataTable table = tableNamed(buildReport({codecRun()}, {}), "bd");

    const auto column = [&](std::size_t c) {
        std::vector<std::string> list;
        for (const auto& row : table.rows)
            list.push_back(row[c].text);
        return list;
    };
    EXPECT_THAT(column(1), testing::ElementsAre("−33.53", "−1,234.50", "−0.38", "–"));
    EXPECT_THAT(column(2), testing::ElementsAre("1.900", "1.903", "2.330", "–"));
    EXPECT_EQ(table.rows[0][1].full, "-33.529999999999994");
}

TEST(Report, HasATrueMinusOnEveryPageAndAPlainOneInCsv)
{
    const Document document = buildReport({codecRun()}, {});

    EXPECT_THAT(toHtml(document, {}, ""), HasSubstr("title=\"−0.37725\">−0.38<"));
    EXPECT_THAT(toHtml(document, {}, ""), Not(HasSubstr("29999999")));
    EXPECT_THAT(toHtml(document, {}, ""), HasSubstr(">−3<"));
    EXPECT_THAT(toMarkdown(document, {}), HasSubstr("| −33.529999999999994 |"));
    EXPECT_THAT(toMarkdown(document, {}), HasSubstr("| offset | −3 |"));
    EXPECT_THAT(toLatex(document, {}), HasSubstr("\\ensuremath{-}33.53"));
    EXPECT_THAT(toCsv(document), HasSubstr("x265,rate,%,-33.529999999999994,"));
    EXPECT_THAT(toCsv(document), HasSubstr("offset,run 12,,-3,"));
    EXPECT_THAT(toCsv(document), Not(HasSubstr("−")));
}

TEST(Csv, MarksTextsThatASpreadsheetWouldRunAndNoNumbers)
{
    auto run = kTwo[0];
    run.params.set("prompt", std::string("=HYPERLINK(\"http://x\")"));
    run.result.tables[0].rows[0] = {std::int64_t{0}, std::int64_t{0}, -0.5, std::string("-")};
    const Document document = buildReport({run}, {});

    const std::string csv = toCsv(document);
    EXPECT_THAT(csv, HasSubstr("\"'=HYPERLINK(\"\"http://x\"\")\""));
    EXPECT_THAT(csv, Not(HasSubstr(",=HYPERLINK")));
    EXPECT_THAT(csv, HasSubstr("first_token_mass,,-0.5,"));
    EXPECT_THAT(csv, HasSubstr("token,,'-,"));
    EXPECT_THAT(toCsv(tableNamed(document, "heads")), HasSubstr("0,0,-0.5,'-\r\n"));
}

TEST(Report, IsNamedAsPeopleCallItsExperiments)
{
    auto runs = kTwo;
    runs[1].experiment = "other.experiment";
    const TitleOf titleOf = [](const std::string& id) {
        return id == "attention.capture" ? "Attention maps and sinks" : "";
    };

    EXPECT_EQ(manuscriptOf({kTwo}, {}, titleOf).title, "Attention maps and sinks");
    EXPECT_EQ(manuscriptOf(runs, {}, titleOf).title, "Attention maps and sinks · other.experiment");
    EXPECT_EQ(manuscriptOf({}, {}, titleOf).title, "Report");
}

TEST(Report, SaysHowManyMoreExperimentsItIsMadeOf)
{
    std::vector<RunRecord> runs(5, kTwo[0]);
    for (int i = 0; i < 5; ++i)
        runs[static_cast<std::size_t>(i)].experiment = std::string(1, static_cast<char>('a' + i));

    EXPECT_EQ(manuscriptOf(runs, {}).title, "a · b · c · d · and 1 more");
}

TEST(Report, MarksTheParametersThatDiffer)
{
    const DataTable parameters = tableNamed(buildReport(kTwo, {}), "Parameters");

    for (const auto& row : parameters.rows)
        EXPECT_EQ(row[1].emphasis, row[0].text == "tau") << row[0].text;
}

TEST(Report, CutsLongTablesAndSaysSo)
{
    const DataTable heads = tableNamed(buildReport({kTwo[0]}, {}), "heads");

    EXPECT_EQ(heads.shownRows(), 40u);
    EXPECT_EQ(heads.rows.size(), 60u); // CSV has them all
    EXPECT_THAT(heads.remark, HasSubstr("40 of 60 rows"));
    EXPECT_TRUE(heads.columns[2].number);
    EXPECT_FALSE(heads.columns[3].number);
}

TEST(Report, TellsAFailedRun)
{
    auto runs = kTwo;
    runs[1].state = RunState::failed;
    runs[1].error = "killed by signal 9";

    EXPECT_THAT(toMarkdown(buildReport(runs, {}), {}),
                HasSubstr("run 13 is failed: killed by signal 9"));
}

TEST(Html, EscapesWhatARunBrings)
{
    const std::string html = toHtml(buildReport(kTwo, {samples::figure()}), {"<svg></svg>"}, "");

    EXPECT_THAT(html, Not(HasSubstr("<script")));
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&quot;x&quot;)"));
    EXPECT_THAT(html, HasSubstr("Sink profile &lt;1&gt;"));
    EXPECT_THAT(html, HasSubstr("aria-label=\"One &quot;sink&quot;.\""));
}

TEST(Html, IsOneFileThatAsksForNothing)
{
    const std::string html =
        toHtml(buildReport(kTwo, {samples::figure()}), {"<?xml?><svg id=\"f\"></svg>"}, "");

    for (const char* outside : {"http:", "https:", "src=", "@import", "<link", "<?xml"})
        EXPECT_THAT(html, Not(HasSubstr(outside)));
    EXPECT_THAT(html, HasSubstr("<svg id=\"f\"></svg>"));
    EXPECT_THAT(html, HasSubstr("prefers-color-scheme:dark"));
    EXPECT_THAT(html, HasSubstr("@media print"));
}

TEST(Html, HasTheAppendix)
{
    const std::string html = toHtml(buildReport(kTwo, {}), {}, "");

    for (const char* fact : {"vitrine run attention.capture", "Some Processor", "g++ 12.2 -O2",
                             "42", "2024-05-01T12:00:00.000Z", "n = 2", "qk.safetensors"})
        EXPECT_THAT(html, HasSubstr(fact));
    EXPECT_THAT(html, HasSubstr(std::string(64, 'a')));
}

TEST(Markdown, EscapesMarkupAndNamesFigureFiles)
{
    const std::string text =
        toMarkdown(buildReport(kTwo, {samples::figure()}), {"r_figures/1.svg"});

    EXPECT_THAT(text, HasSubstr("\\<script\\>alert"));
    EXPECT_THAT(text, HasSubstr("\\*peace\\* \\| war"));
    EXPECT_THAT(text, HasSubstr("![One \"sink\".](<r_figures/1.svg>)"));
    EXPECT_THAT(text, HasSubstr("0.4126883712"));
    EXPECT_THAT(text, HasSubstr("0.0812345 †"));
}

TEST(Markdown, KeepsCodeInsideItsFence)
{
    auto runs = kTwo;
    runs[0].command = "vitrine run x --set prompt='```'";

    EXPECT_THAT(toMarkdown(buildReport(runs, {}), {}), HasSubstr("````\nvitrine run x"));
}

TEST(Report, IsTheSameForTheSameRuns)
{
    const auto once = toHtml(buildReport(kTwo, {samples::figure()}), {"<svg/>"}, "");

    EXPECT_EQ(once, toHtml(buildReport(kTwo, {samples::figure()}), {"<svg/>"}, ""));
}

} // namespace
} // namespace vitrine::report
