#include "app/command_line/report_command.h"

#include "core/base/file.h"
#include "tests/core/report/sample_runs.h"
#include "tests/widgets/plot/application.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;
using testing::HasSubstr;

class ReportCommandTest : public testing::Test
{
protected:
    ReportCommandTest()
    {
        needApplication();
        std::string pattern = (fs::temp_directory_path() / "vitrine-report-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~ReportCommandTest() override { fs::remove_all(folder_); }

    Store storeWithTwoRuns() const
    {
        auto store = Store::open(folder_ / "home.vitrine");
        EXPECT_TRUE(store) << store.error().message;
        for (RunRecord run :
             {report::samples::run(12, 0.25, 1.9), report::samples::run(13, 0.41, 2.5)}) {
            run.result.artifacts.clear(); // their files are not there
            const auto number = store->import(run);
            EXPECT_TRUE(number) << number.error().message;
        }
        return *std::move(store);
    }

    static Result<std::vector<figure::Figure>>
    figuresOf(const std::string& plugin, const std::vector<RunRecord>& runs, const std::string&)
    {
        EXPECT_EQ(plugin, "attention");
        return std::vector(runs.size(), report::samples::figure());
    }

    std::string text(const fs::path& file) const
    {
        const auto bytes = readFile(file, 64 << 20);
        return bytes ? *bytes : "";
    }

    fs::path folder_;
};

TEST_F(ReportCommandTest, WritesOneHtmlFileTheSameEachTime)
{
    const Store store = storeWithTwoRuns();

    ASSERT_TRUE(writeReport(store, figuresOf, {"1", "2"}, folder_ / "a.html"));
    ASSERT_TRUE(writeReport(store, figuresOf, {"1", "2"}, folder_ / "b.html"));

    EXPECT_EQ(text(folder_ / "a.html"), text(folder_ / "b.html"));
    EXPECT_THAT(text(folder_ / "a.html"), HasSubstr("+0.16"));
    EXPECT_THAT(text(folder_ / "a.html"), HasSubstr("</svg>"));
}

TEST_F(ReportCommandTest, WritesMarkdownWithItsFiguresBesideIt)
{
    const Store store = storeWithTwoRuns();

    ASSERT_TRUE(writeReport(store, figuresOf, {"1", "2"}, folder_ / "r.md"));

    EXPECT_THAT(text(folder_ / "r.md"), HasSubstr("(<r_figures/sink-profile-2.svg>)"));
    EXPECT_THAT(text(folder_ / "r_figures" / "sink-profile.svg"), HasSubstr("</svg>"));
    EXPECT_EQ(text(folder_ / "r_figures" / "sink-profile.svg"),
              text(folder_ / "r_figures" / "sink-profile-2.svg"));
}

TEST_F(ReportCommandTest, WritesEveryFormatTheSameEachTime)
{
    const Store store = storeWithTwoRuns();

    for (const char* ending : {".pdf", ".html", ".md", ".tex", ".csv"}) {
        const fs::path a = folder_ / (std::string("a") + ending);
        const auto once = writeReport(store, figuresOf, {"1", "2"}, a);
        ASSERT_TRUE(once) << once.error().message;
        const std::string first = text(a);
        ASSERT_TRUE(writeReport(store, figuresOf, {"1", "2"}, a));

        EXPECT_GT(first.size(), 1000u) << ending;
        EXPECT_EQ(first, text(a)) << ending;
    }
}

TEST_F(ReportCommandTest, AChangedValueOfTheStoreChangesEveryFormat)
{
    const auto storeWith = [&](const char* name, double mass) {
        auto store = Store::open(folder_ / name);
        RunRecord run = report::samples::run(12, mass, 1.9);
        run.result.artifacts.clear();
        EXPECT_TRUE(store->import(run));
        return *std::move(store);
    };
    const Store before = storeWith("before.vitrine", 0.25),
                after = storeWith("after.vitrine", 0.26);

    for (const char* ending : {".pdf", ".html", ".md", ".tex", ".csv"}) {
        const fs::path file = folder_ / (std::string("r") + ending);
        ASSERT_TRUE(writeReport(before, figuresOf, {"1"}, file));
        const std::string first = text(file);
        ASSERT_TRUE(writeReport(after, figuresOf, {"1"}, file));

        EXPECT_NE(first, text(file)) << ending;
    }
}

TEST_F(ReportCommandTest, TakesAReportFile)
{
    const Store store = storeWithTwoRuns();
    report::Manuscript manuscript{
        .title = "Paper",
        .sections = {{"S", {report::FigureItem{.runs = {"1"}, .figure = "sink-profile"}}}}};
    const fs::path file = folder_ / "p.vitrine-report";
    ASSERT_TRUE(writeFileAtomically(file, report::manuscriptText(manuscript)));

    ASSERT_TRUE(writeReport(store, figuresOf, {file.string()}, folder_ / "p.html"));
    EXPECT_THAT(text(folder_ / "p.html"), HasSubstr("<h1>Paper</h1>"));

    std::get<report::FigureItem>(manuscript.sections[0].items[0]).figure = "none";
    ASSERT_TRUE(writeFileAtomically(file, report::manuscriptText(manuscript)));
    const auto refused = writeReport(store, figuresOf, {file.string()}, folder_ / "q.html");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("Figure \"none\" is not there"));
    EXPECT_FALSE(fs::exists(folder_ / "q.html"));
}

// A table of a run that is too wide for any page, and one without rows.
RunRecord runWithWideTable()
{
    RunRecord run = report::samples::run(12, 0.25, 1.9);
    run.result.artifacts.clear();
    Table layers{.name = "layers", .columns = {{"layer", "", Origin::computed, ""}}, .rows = {}};
    for (int c = 0; c < 24; ++c)
        layers.columns.push_back(
            {"energy_of_part_" + std::to_string(c), "pJ", Origin::computed, ""});
    for (int r = 0; r < 30; ++r) {
        auto& row = layers.rows.emplace_back();
        row.emplace_back("stages.1.blocks." + std::to_string(r) + ".main.conv");
        for (int c = 0; c < 24; ++c)
            row.emplace_back(c % 3 == 0 ? 0.0 : 1234.5678 * (r + 1) * c * c);
    }
    Table sinks = run.result.tables[0];
    sinks.name = "sinks";
    sinks.rows.clear();
    run.result.tables.push_back(std::move(layers));
    run.result.tables.push_back(std::move(sinks));
    return run;
}

// What other programs say of the files: long, and they must be there.
class ReportFilesTest : public ReportCommandTest
{
protected:
    void SetUp() override
    {
        if (std::getenv("VITRINE_TEST_FULL") == nullptr)
            GTEST_SKIP() << "TeX, a browser and PDF tools are asked under packaging/test --full";
        auto store = Store::open(folder_ / "home.vitrine");
        ASSERT_TRUE(store) << store.error().message;
        ASSERT_TRUE(store->import(runWithWideTable()));
        for (const char* file : {"r.pdf", "r.tex", "r.html"})
            ASSERT_TRUE(writeReport(*store, figuresOf, {"1"}, folder_ / file));
    }

    int run(const std::string& command) const
    {
        return std::system(
            ("cd '" + folder_.string() + "' && { " + command + "; } >>log 2>&1").c_str());
    }
    std::string log() const { return text(folder_ / "log"); }
};

TEST_F(ReportFilesTest, PdfIsSoundHasItsFacesAndBookmarks)
{
    EXPECT_EQ(run("qpdf --check r.pdf"), 0) << log();
    EXPECT_EQ(
        run("qpdf --json --json-key=outlines r.pdf | grep -q '\"title\": \"Reproducibility\"'"), 0);
    EXPECT_EQ(run("pdffonts r.pdf | tail -n +3 | grep -qE ' yes (yes|no) +yes'"), 0);
    EXPECT_NE(run("pdffonts r.pdf | tail -n +3 | grep -vE ' yes (yes|no) +yes'"), 0)
        << "a face is not embedded";
    EXPECT_EQ(run("pdftotext r.pdf - | grep -q first_token_mass"), 0) << "text cannot be selected";
}

TEST_F(ReportFilesTest, LatexCompilesWithNothingWiderThanItsLine)
{
    EXPECT_EQ(run("pdflatex -interaction=nonstopmode -halt-on-error r.tex"), 0) << log();
    EXPECT_NE(run("grep Overfull r.log"), 0) << log();
}

TEST_F(ReportFilesTest, HtmlShowsItsTextInABrowserAndAsksForNothing)
{
    // No name is found, and the log says who asked: a page, or "not an origin" (the browser
    // itself).
    const auto open = [&](const std::string& page) {
        return run("HOME=$PWD timeout 120 chromium --headless --no-sandbox --disable-gpu "
                   "--user-data-dir=profile-" +
                   page +
                   " --host-resolver-rules='MAP * ~NOTFOUND' "
                   "--disable-background-networking --log-net-log=\"$PWD/net.json\" "
                   "--dump-dom \"file://$PWD/" +
                   page + "\" >dom.html");
    };
    const auto askedByPage = [&] {
        return run("grep -o '\"initiator\":\"[^\"]*\"' net.json | grep -v 'not an origin'") == 0;
    };
    ASSERT_TRUE(writeFileAtomically(folder_ / "asks.html", "<img src=\"http://a.invalid/x.png\">"));

    ASSERT_EQ(open("asks.html"), 0) << log();
    ASSERT_TRUE(askedByPage()) << "the check does not see a request";
    ASSERT_EQ(open("r.html"), 0) << log();
    EXPECT_FALSE(askedByPage()) << log();

    const std::string dom = text(folder_ / "dom.html");
    for (const char* shown : {"first_token_mass", "no rows", "</svg>", "Reproducibility"})
        EXPECT_THAT(dom, HasSubstr(shown));
    for (const char* outside : {"src=\"http", "href=\"http", "url(http", "<script", "<link"})
        EXPECT_THAT(dom, testing::Not(HasSubstr(outside)));
}

TEST_F(ReportCommandTest, TakesTheBeginningOfAUid)
{
    const Store store = storeWithTwoRuns();

    EXPECT_TRUE(writeReport(store, figuresOf, {"5f0c"}, folder_ / "r.html"));
}

TEST_F(ReportCommandTest, RefusesWhatItCannotDoInOneLine)
{
    const Store store = storeWithTwoRuns();
    const auto refusal = [&](const std::vector<std::string>& runs, const char* file) {
        const auto made = writeReport(store, figuresOf, runs, folder_ / file);
        EXPECT_FALSE(made);
        EXPECT_FALSE(fs::exists(folder_ / file));
        return made ? Error{} : made.error();
    };

    EXPECT_EQ(refusal({"1"}, "r.docx").kind, ErrorKind::argument);
    EXPECT_EQ(refusal({"1"}, "report").kind, ErrorKind::argument);
    EXPECT_EQ(refusal({}, "r.html").kind, ErrorKind::argument);
    refusal({"99"}, "r.html");
}

TEST_F(ReportCommandTest, SaysWhereItCannotWrite)
{
    const auto made = writeReport(storeWithTwoRuns(), figuresOf, {"1"}, folder_ / "no" / "r.html");

    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message, HasSubstr("r.html"));
}

TEST_F(ReportCommandTest, VerbAnswersTwoToWrongArguments)
{
    EXPECT_EQ(reportCommand({}), 2);
    EXPECT_EQ(reportCommand({"1"}), 2);
    EXPECT_EQ(reportCommand({"1", "--to", (folder_ / "r.docx").string(), "--workspace",
                             (folder_ / "home.vitrine").string()}),
              2);
}

} // namespace
} // namespace vitrine
