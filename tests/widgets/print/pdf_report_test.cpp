#include "widgets/print/pdf_report.h"

#include "tests/core/report/sample_runs.h"
#include "tests/widgets/plot/application.h"
#include "widgets/print/page_layout.h"
#include "widgets/print/pdf_outline.h"

#include <gmock/gmock.h>

namespace vitrine::print
{
namespace
{

using testing::HasSubstr;
using testing::Not;

class PdfReportTest : public testing::Test
{
protected:
    PdfReportTest() { needApplication(); }

    static std::string pagesOf(const report::Document& document)
    {
        const PageLayout layout(document);
        QString text;
        for (int page = 0; page < layout.pages(); ++page)
            text += layout.text(page);
        return text.toStdString();
    }
};

report::Document withTable(report::DataTable table)
{
    return {.title = "T", .sections = {{"Results", {std::move(table)}}}};
}

report::DataTable wide(int columns)
{
    report::DataTable table{.name = "layers", .columns = {{.name = "layer"}}};
    for (int c = 0; c < columns; ++c)
        table.columns.push_back(
            {.name = "energy_of_part_" + std::to_string(c), .unit = "pJ", .number = true});
    for (int r = 0; r < 4; ++r) {
        auto& row = table.rows.emplace_back();
        row.push_back({.text = "blocks." + std::to_string(r)});
        for (int c = 0; c < columns; ++c)
            row.push_back(
                {.text = c % 2 == 0 ? "0" : std::to_string(10000 + 100 * r + c), .number = true});
    }
    return table;
}

TEST_F(PdfReportTest, HasABookmarkForEachSectionAndTheTitle)
{
    const report::Document document =
        report::buildReport({report::samples::run(12, 0.25, 1.9)}, {});

    const std::string pdf = pdfReport(document);

    EXPECT_THAT(pdf, HasSubstr("/PageMode /UseOutlines"));
    EXPECT_THAT(pdf, HasSubstr("/Count " + std::to_string(document.sections.size())));
    EXPECT_THAT(pdf, HasSubstr("/Title <FEFF0052006500730075006C00740073>")); // Results
    EXPECT_THAT(pdf, HasSubstr("/DisplayDocTitle true"));
    EXPECT_EQ(pdf, pdfReport(document));
}

TEST_F(PdfReportTest, BookmarksLeaveAFileOfAnotherMakeAsItIs)
{
    const std::vector<Bookmark> one = {{.title = "a"}};
    for (const char* text : {"", "%PDF-1.7\n", "trailer << /Size x >>\nstartxref\n0\n%%EOF",
                             "trailer << /Size 3 /Root 1 0 R >>\nstartxref\n9\n%%EOF"})
        EXPECT_EQ(withBookmarks(text, one, 842), QByteArray(text));
}

TEST_F(PdfReportTest, SaysNoRowsUnderTheHeadOfAnEmptyTable)
{
    report::DataTable table = wide(2);
    table.rows.clear();

    EXPECT_THAT(pagesOf(withTable(table)), HasSubstr("no rows"));
}

TEST_F(PdfReportTest, SetsAWideTableDenseWithoutConstantsBeforeItIsCutInParts)
{
    EXPECT_THAT(pagesOf(withTable(wide(4))), Not(HasSubstr("The same in every row")));
    EXPECT_THAT(pagesOf(withTable(wide(16))), HasSubstr("The same in every row"));
    EXPECT_THAT(pagesOf(withTable(wide(16))), Not(HasSubstr("columns 1 of")));
    EXPECT_THAT(pagesOf(withTable(wide(40))), HasSubstr("columns 1 of 2"));
}

} // namespace
} // namespace vitrine::print
