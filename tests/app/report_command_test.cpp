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
