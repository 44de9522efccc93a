#include "widgets/print/html_report.h"

#include "tests/core/report/sample_runs.h"
#include "tests/widgets/plot/application.h"

#include <gmock/gmock.h>

namespace vitrine::print
{
namespace
{

using testing::HasSubstr;
using testing::Not;

TEST(HtmlReport, IsSelfContainedAndRepeatsByteForByte)
{
    needApplication();
    const std::vector<RunRecord> runs = {report::samples::run(12, 0.25, 1.9),
                                         report::samples::run(13, 0.4126883712, 2.5)};

    const std::string html = htmlReport(report::buildReport(runs, {report::samples::figure()}));

    EXPECT_EQ(html, htmlReport(report::buildReport(runs, {report::samples::figure()})));
    EXPECT_THAT(html, HasSubstr("<svg "));
    EXPECT_THAT(html, HasSubstr("@font-face"));
    EXPECT_THAT(html, HasSubstr("polyline"));
    for (const char* outside : {"href=\"http", "src=\"", "url(http", "<script"})
        EXPECT_THAT(html, Not(HasSubstr(outside)));
}

} // namespace
} // namespace vitrine::print
