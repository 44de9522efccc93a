#include "core/learning/nets/training/prepared_data.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

constexpr const char* kPicturesHead = "name\tpackage\tlicence\twidth\theight\toffset\tuse\n";
constexpr const char* kClipsHead =
    "name\tpackage\tlicence\twidth\theight\tframes\tfps\toffset\tuse\n";

class PreparedTables : public testing::Test
{
protected:
    void write(const std::string& name, const std::string& content) const
    {
        std::ofstream(folder_.path / name, std::ios::binary) << content;
    }

    // What is said without the folder.
    std::string refusalOf(const std::function<void(const std::string&)>& read) const
    {
        try {
            read(folder_.path.string());
        } catch (const std::runtime_error& error) {
            const std::string said = error.what(), folder = folder_.path.string() + "/";
            const auto at = said.find(folder);
            return at == std::string::npos ? said : said.substr(at + folder.size());
        }
        return "";
    }
    std::string picturesRefused(const std::string& table, uint64_t bytes = 24) const
    {
        write("pictures.tsv", table);
        return refusalOf([&](const std::string& f) { preparedPictures(f, "train", bytes); });
    }
    std::string clipsRefused(const std::string& table) const
    {
        write("clips.tsv", table);
        return refusalOf([](const std::string& f) { preparedClips(f, "train", 24); });
    }
    std::string sourcesRefused(const std::string& table) const
    {
        write("sources.tsv", table);
        return refusalOf([](const std::string& f) { sourcesInMarkdown(f + "/sources.tsv"); });
    }

    tests::TemporaryFolder folder_;
};

TEST_F(PreparedTables, OutsideTheirFileAreRefusedByLine)
{
    const std::string head = kPicturesHead;
    EXPECT_EQ(picturesRefused(head + "a\tp\tMIT\t4\t2\t0\ttrain\n"), "");
    for (const char* row : {"a\tp\tMIT\t4\t3\t0\ttrain\n", "a\tp\tMIT\t4\t2\t1\ttrain\n",
                            "a\tp\tMIT\t-4\t2\t0\ttrain\n", "a\tp\tMIT\t0\t2\t0\ttrain\n",
                            "a\tp\tMIT\t65536\t65536\t0\ttrain\n", "a\tp\tMIT\t4\n",
                            "a\tp\tMIT\t4\t2\t18446744073709551615\ttrain\n"})
        EXPECT_EQ(picturesRefused(head + row).rfind("pictures.tsv:2: ", 0), 0u) << row;
}

TEST_F(PreparedTables, OfPicturesRefuseWhatIsUnknownByFileLineAndName)
{
    const std::string row = "a\tp\tMIT\t4\t2\t0\ttrain\n";
    EXPECT_EQ(picturesRefused("name\tpackage\tlicence\twidth\theight\toffset\tuse\tcrop\n"),
              "pictures.tsv:1: unknown column \"crop\"; known are name, package, licence, width, "
              "height, offset, use");
    EXPECT_EQ(picturesRefused("name\tname\n"), "pictures.tsv:1: column name stands there twice");
    EXPECT_EQ(picturesRefused("name\twidth\theight\toffset\na\t4\t2\t0\n"),
              "pictures.tsv:2: column use is missing");
    EXPECT_EQ(picturesRefused(kPicturesHead + row + "b\tp\tMIT\t4\t2\t0\ttrain\tmore\n"),
              "pictures.tsv:3: 8 cells for 7 columns");
    EXPECT_EQ(picturesRefused(kPicturesHead + row + "b\tp\tMIT\t4\t2\t0\ttrian\n"),
              "pictures.tsv:3: use = trian is not one of train, vt10, codec, test");
    EXPECT_EQ(picturesRefused(kPicturesHead), "pictures.tsv has no picture for train");
    EXPECT_EQ(picturesRefused(""), "pictures.tsv; packaging/train prepares the data");
}

TEST_F(PreparedTables, OfClipsRefuseWhatIsUnknownByFileLineAndName)
{
    const std::string head = kClipsHead;
    EXPECT_EQ(clipsRefused(head + "c\tp\tMIT\t2\t2\t2\t25\t0\ttrain\n"), "");
    EXPECT_EQ(clipsRefused(head + "c\tp\tMIT\t2\t2\t3\t25\t0\ttrain\n"),
              "clips.tsv:2: c lies outside clips.rgb");
    EXPECT_EQ(clipsRefused(head + "c\tp\tMIT\t2\t2\t2\t25 fps\t0\ttrain\n"),
              "clips.tsv:2: fps = 25 fps is not a positive number");
    EXPECT_EQ(clipsRefused(head + "c\tp\tMIT\t2\t2\t2\t25\t0\tcodec\n"),
              "clips.tsv:2: use = codec is not one of train, held-out");
    EXPECT_EQ(clipsRefused("name\tbitrate\n").rfind("clips.tsv:1: unknown column \"bitrate\"", 0),
              0u);
}

TEST_F(PreparedTables, OfSourcesRefuseWhatIsUnknownOrBreaksTheCardsTable)
{
    const std::string head = "package\tversion\tlicence\tpictures\tmegapixels\n";
    EXPECT_EQ(sourcesRefused(head + "p\t1.0\tMIT\t2\t0.02\n"), "");
    EXPECT_EQ(sourcesRefused("package\tversion\tauthor\n"),
              "sources.tsv:1: unknown column \"author\"; known are package, version, licence, "
              "pictures, megapixels");
    EXPECT_EQ(sourcesRefused(head + "p\t1.0\tMIT\t2\n"), "sources.tsv:2: 4 cells for 5 columns");
    EXPECT_EQ(sourcesRefused(head + "p\t1.0\tMIT | BSD\t2\t0.02\n"),
              "sources.tsv:2: \"MIT | BSD\" has a |, which ends a cell of a card's table");
    EXPECT_EQ(refusalOf([](const std::string& f) { sourcesInMarkdown(f + "/none.tsv"); }),
              "none.tsv; packaging/train prepares the data");
}

TEST_F(PreparedTables, OfTestSetsNeedNoOrigin)
{
    write("pictures.tsv", "name\twidth\theight\toffset\tuse\na\t4\t1\t12\ttest\n");

    const auto pictures = preparedPictures(folder_.path.string(), "test", 24);

    ASSERT_EQ(pictures.size(), 1u);
    EXPECT_EQ(pictures[0].offset, 12u);
}

} // namespace
} // namespace vitrine::learning
