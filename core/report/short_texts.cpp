#include "core/report/short_texts.h"

#include "core/base/cut_text.h"

namespace vitrine::report
{
namespace
{

// Bytes of UTF-8; far above what our own experiments write.
constexpr std::size_t kLongestHeading = 120, kLongestUnit = 40, kLongestTitle = 300,
                      kLongestParagraph = 20'000;

void shorten(std::string& text, std::size_t most)
{
    if (text.size() > most)
        text = cutText(text, most);
}

void shortenTable(DataTable& table)
{
    shorten(table.name, kLongestHeading);
    shorten(table.remark, kLongestParagraph);
    for (Heading& heading : table.columns) {
        shorten(heading.name, kLongestHeading);
        shorten(heading.unit, kLongestUnit);
        shorten(heading.help, kLongestTitle);
    }
}

} // namespace

void cutLongTexts(Document& document)
{
    shorten(document.title, kLongestTitle);
    shorten(document.subtitle, kLongestTitle);
    for (std::string& problem : document.problems)
        shorten(problem, kLongestParagraph);
    for (Section& section : document.sections) {
        shorten(section.title, kLongestTitle);
        for (Block& block : section.blocks) {
            if (auto* table = std::get_if<DataTable>(&block))
                shortenTable(*table);
            else if (auto* paragraph = std::get_if<Paragraph>(&block))
                shorten(paragraph->text, kLongestParagraph);
        }
    }
}

} // namespace vitrine::report
