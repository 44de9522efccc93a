#include "app/report/export_folder.h"

#include "core/base/file.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;

class ExportFolderTest : public testing::Test
{
protected:
    ExportFolderTest()
    {
        std::string pattern = (fs::temp_directory_path() / "vitrine-folder-XXXXXX").string();
        home_ = ::mkdtemp(pattern.data());
        folder_ = home_ / "r_figures";
    }
    ~ExportFolderTest() override { fs::remove_all(home_); }

    void exportFiles(const char* format, const std::vector<const char*>& names) const
    {
        ExportFolder folder(folder_, format);
        for (const char* name : names)
            ASSERT_TRUE(folder.write(name, std::string("bytes of ") + name));
        ASSERT_TRUE(folder.finish());
    }
    void put(const char* name, std::string_view text) const
    {
        ASSERT_TRUE(writeFileAtomically(folder_ / name, text));
    }
    bool has(const char* name) const { return fs::exists(folder_ / name); }

    fs::path home_, folder_;
};

TEST_F(ExportFolderTest, RemovesWhatTheNextExportNoLongerWrites)
{
    exportFiles(".md", {"a.svg", "b.svg"});
    exportFiles(".md", {"b.svg"});

    EXPECT_FALSE(has("a.svg"));
    EXPECT_TRUE(has("b.svg"));
}

TEST_F(ExportFolderTest, LeavesFilesOfOthersAndOfOtherFormats)
{
    exportFiles(".md", {"a.svg"});
    exportFiles(".tex", {"a.pdf"});
    put("mine.svg", "drawn by hand");
    exportFiles(".md", {"b.svg"});

    EXPECT_FALSE(has("a.svg"));
    EXPECT_TRUE(has("a.pdf"));
    EXPECT_TRUE(has("mine.svg"));
}

TEST_F(ExportFolderTest, LeavesAFileThatSomebodyHasChangedSince)
{
    exportFiles(".md", {"a.svg"});
    put("a.svg", "edited");
    exportFiles(".md", {"b.svg"});

    EXPECT_TRUE(has("a.svg"));
}

TEST_F(ExportFolderTest, GoesWhereNothingIsLeft)
{
    exportFiles(".md", {"a.svg"});
    exportFiles(".md", {});

    EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(ExportFolderTest, IsNotMadeWhereNothingIsWritten)
{
    exportFiles(".md", {});
    EXPECT_FALSE(fs::exists(folder_));

    fs::create_directory(folder_);
    exportFiles(".md", {});
    EXPECT_TRUE(fs::exists(folder_)); // somebody else's
}

// A list that names files elsewhere, or a link, removes nothing.
TEST_F(ExportFolderTest, BelievesNoListThatPointsOutside)
{
    exportFiles(".md", {"a.svg"});
    ASSERT_TRUE(writeFileAtomically(home_ / "other", "bytes of a.svg"));
    fs::create_symlink(home_ / "other", folder_ / "link");
    auto list = readFile(folder_ / ".vitrine-files", 1 << 20);
    ASSERT_TRUE(list);
    const std::size_t hash = list->find("\": \"") + 4;
    const std::string sha = list->substr(hash, 64);
    put(".vitrine-files", "{\".md\":{\"../other\":\"" + sha + "\",\"link\":\"" + sha + "\"}}");

    exportFiles(".md", {});

    EXPECT_TRUE(fs::exists(home_ / "other"));
    EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
}

TEST_F(ExportFolderTest, TakesABrokenListForNone)
{
    exportFiles(".md", {"a.svg"});
    put(".vitrine-files", "{\".md\": [");

    exportFiles(".md", {"b.svg"});

    EXPECT_TRUE(has("a.svg"));
    EXPECT_TRUE(has("b.svg"));
}

TEST_F(ExportFolderTest, IsTheSameEachTime)
{
    exportFiles(".md", {"a.svg", "b.svg"});
    const auto once = readFile(folder_ / ".vitrine-files", 1 << 20);
    exportFiles(".md", {"a.svg", "b.svg"});

    EXPECT_EQ(*once, *readFile(folder_ / ".vitrine-files", 1 << 20));
}

} // namespace
} // namespace vitrine
