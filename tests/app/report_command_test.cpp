#include "app/report_command.h"

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

    static Result<std::vector<figure::Figure>> figuresOf(const std::string& plugin,
                                                         const std::vector<RunRecord>& runs,
                                                         const std::string&)
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
    const Store before = storeWith("before.vitrine", 0.25), after = storeWith("after.vitrine", 0.26);

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
    report::Manuscript manuscript{.title = "Paper", .sections = {{"S", {report::FigureItem{.runs = {"1"}, .figure = "sink-profile"}}}}};
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

// What other programs say of the files: long, and they must be there.
TEST_F(ReportCommandTest, FilesPassTheChecksOfOtherPrograms)
{
    if (std::getenv("VITRINE_TEST_FULL") == nullptr)
        GTEST_SKIP() << "pdflatex, qpdf and pdffonts run under packaging/test --full";
    const Store store = storeWithTwoRuns();
    for (const char* ending : {"r.pdf", "r.tex"})
        ASSERT_TRUE(writeReport(store, figuresOf, {"1", "2"}, folder_ / ending));
    const auto run = [&](const std::string& command) {
        return std::system(("cd '" + folder_.string() + "' && " + command + " >>log 2>&1").c_str());
    };

    EXPECT_EQ(run("qpdf --check r.pdf"), 0) << text(folder_ / "log");
    EXPECT_EQ(run("pdffonts r.pdf | tail -n +3 | grep -qE ' yes (yes|no) +yes'"), 0);
    EXPECT_NE(run("pdffonts r.pdf | tail -n +3 | grep -vE ' yes (yes|no) +yes'"), 0) << "a face is not embedded";
    EXPECT_EQ(run("pdftotext r.pdf - | grep -q first_token_mass"), 0) << "text cannot be selected";
    EXPECT_EQ(run("pdflatex -interaction=nonstopmode -halt-on-error r.tex"), 0)
        << text(folder_ / "log");
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
