#include "core/learning/nets/training/prepared_data.h"

#include "core/learning/nets/training/prepared_table.h"
#include "core/learning/nets/training/shown_text.h"

#include <stdexcept>

namespace vitrine::learning
{
namespace
{

std::string markdownRow(const std::vector<std::string>& cells)
{
    std::string row = "|";
    for (const std::string& cell : cells)
        row += " " + cell + " |";
    return row + "\n";
}

} // namespace

std::vector<Picture> preparedPictures(const std::string& folder, const std::string& use,
                                      uint64_t bytes)
{
    const std::string path = folder + "/pictures.tsv";
    std::vector<Picture> pictures;
    for (PreparedTable table(path,
                             {"name", "package", "licence", "width", "height", "offset", "use"});
         table.next();) {
        const Picture picture{table.text("name"), table.side("width"), table.side("height"),
                              table.whole("offset", bytes)};
        const auto size = static_cast<uint64_t>(picture.width) *
                          static_cast<uint64_t>(picture.height) * 3; // sides below 2^17
        if (size > bytes - picture.offset)
            table.fail(shownText(picture.name) + " lies outside pictures.rgb");
        if (table.oneOf("use", {"train", "vt10", "codec", "test"}) == use)
            pictures.push_back(picture);
    }
    if (pictures.empty())
        throw std::runtime_error(path + " has no picture for " + use);
    return pictures;
}

std::vector<Clip> preparedClips(const std::string& folder, const std::string& use, uint64_t bytes)
{
    const std::string path = folder + "/clips.tsv";
    std::vector<Clip> clips;
    for (PreparedTable table(path, {"name", "package", "licence", "width", "height", "frames",
                                    "fps", "offset", "use"});
         table.next();) {
        const Clip clip{table.text("name"),   table.side("width"),   table.side("height"),
                        table.side("frames"), table.positive("fps"), table.whole("offset", bytes)};
        const auto frame = static_cast<uint64_t>(clip.width) * static_cast<uint64_t>(clip.height) *
                           3; // sides below 2^17
        if (static_cast<uint64_t>(clip.frames) > (bytes - clip.offset) / frame)
            table.fail(shownText(clip.name) + " lies outside clips.rgb");
        if (table.oneOf("use", {"train", "held-out"}) == use)
            clips.push_back(clip);
    }
    if (clips.empty())
        throw std::runtime_error(path + " has no clip for " + use);
    return clips;
}

std::string sourcesInMarkdown(const std::string& path)
{
    PreparedTable table(path, {"package", "version", "licence", "pictures", "megapixels"});
    std::string text = markdownRow(table.columns()) + "|";
    for (size_t i = 0; i < table.columns().size(); ++i)
        text += "---|";
    text += "\n";
    while (table.next()) {
        for (const std::string& cell : table.cells())
            if (cell.find('|') != std::string::npos)
                table.fail("\"" + shownText(cell) +
                           "\" has a |, which ends a cell of a card's table");
        text += markdownRow(table.cells());
    }
    return text;
}

} // namespace vitrine::learning
