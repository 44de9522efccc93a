#include "core/picture/labelled_pictures.h"

#include "core/base/file.h"
#include "core/picture/idx.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace vitrine
{
namespace
{

std::string idxBytes(const std::vector<std::uint32_t>& sizes, std::size_t count, int type = 8)
{
    std::string bytes{'\0', '\0', static_cast<char>(type), static_cast<char>(sizes.size())};
    for (const std::uint32_t size : sizes)
        for (const int shift : {24, 16, 8, 0})
            bytes += static_cast<char>(size >> shift & 0xff);
    for (std::size_t i = 0; i < count; ++i)
        bytes += static_cast<char>(i % 7);
    return bytes;
}

void put(const std::filesystem::path& path, std::string_view bytes)
{
    std::filesystem::create_directories(path.parent_path());
    ASSERT_TRUE(writeFileAtomically(path, bytes));
}

TEST(Idx, SaysWhatIsWrongWithIt)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "a-idx";
    const auto messageOf = [&](const std::string& bytes) {
        put(path, bytes);
        const auto idx = readIdx(path);
        return idx ? std::string("read") : idx.error().message;
    };
    EXPECT_EQ(messageOf(idxBytes({2, 3}, 6)), "read");
    EXPECT_NE(messageOf(idxBytes({2, 3}, 5)).find("claims 6 bytes of data and holds 5"),
              std::string::npos);
    EXPECT_NE(messageOf(idxBytes({2, 3}, 7)).find("holds 7"), std::string::npos);
    EXPECT_NE(messageOf(idxBytes({2, 3}, 6, 9)).find("0x09"), std::string::npos);
    EXPECT_NE(messageOf("hello").find("no IDX"), std::string::npos);
    EXPECT_NE(messageOf("").find("no IDX"), std::string::npos);
    EXPECT_NE(messageOf(std::string("\0\0\x08\x03\0\0", 6)).find("sizes"), std::string::npos);
    // A product beyond 64 bits.
    EXPECT_NE(messageOf(idxBytes({0xffffffff, 0xffffffff, 0xffffffff}, 3)).find("claims more"),
              std::string::npos);
}

TEST(Idx, IsTheSamePackedByGzip)
{
    const tests::TemporaryFolder folder;
    put(folder.path / "a-idx", idxBytes({4, 5}, 20));
    const Idx plain = readIdx(folder.path / "a-idx").value();
    const std::string pack = "gzip -k " + (folder.path / "a-idx").string();
    ASSERT_EQ(std::system(pack.c_str()), 0);
    const Idx packed = readIdx(folder.path / "a-idx.gz").value();
    EXPECT_EQ(packed.sizes, plain.sizes);
    EXPECT_EQ(packed.bytes, plain.bytes);

    std::string cut = readFile(folder.path / "a-idx.gz", 1 << 20).value();
    cut.resize(cut.size() - 9);
    put(folder.path / "cut.gz", cut);
    const auto damaged = readIdx(folder.path / "cut.gz");
    ASSERT_FALSE(damaged);
    EXPECT_NE(damaged.error().message.find("damaged"), std::string::npos);
}

TEST(LabelledPictures, OfIdxFilesHaveTheLabelsBesideThem)
{
    const tests::TemporaryFolder folder;
    put(folder.path / "t10k-images-idx3-ubyte", idxBytes({3, 2, 4}, 24));
    put(folder.path / "t10k-labels-idx1-ubyte", idxBytes({3}, 3));
    const auto pictures = openLabelledPictures(folder.path, Split::test);
    ASSERT_TRUE(pictures) << pictures.error().message;
    EXPECT_EQ((*pictures)->count(), 3);
    EXPECT_EQ((*pictures)->classes(), 3);
    EXPECT_EQ((*pictures)->label(2), 2);
    EXPECT_EQ((*pictures)->name(1), "t10k 1");
    const Picture second = (*pictures)->picture(1).value();
    EXPECT_EQ(second.width, 4);
    EXPECT_EQ(second.height, 2);
    EXPECT_EQ(second.channels, 1);
    EXPECT_EQ(second.values[0], 8 % 7);

    const auto training = openLabelledPictures(folder.path, Split::training);
    ASSERT_FALSE(training);
    EXPECT_NE(training.error().message.find("training"), std::string::npos);
    // As a file by itself.
    EXPECT_TRUE(openLabelledPictures(folder.path / "t10k-images-idx3-ubyte", Split::test));
}

TEST(LabelledPictures, AsManyLabelsAsPicturesAreNeeded)
{
    const tests::TemporaryFolder folder;
    put(folder.path / "t10k-images-idx3-ubyte", idxBytes({3, 2, 4}, 24));
    EXPECT_NE(openLabelledPictures(folder.path, Split::test).error().message.find("no labels"),
              std::string::npos);
    put(folder.path / "t10k-labels-idx1-ubyte", idxBytes({2}, 2));
    EXPECT_NE(
        openLabelledPictures(folder.path, Split::test).error().message.find("holds 3 pictures"),
        std::string::npos);
}

TEST(LabelledPictures, OfClassFoldersAreInTheOrderOfTheirNames)
{
    const tests::TemporaryFolder folder;
    const Picture dot{1, 1, 3, {10, 20, 30}};
    for (const char* name :
         {"test/dog/b.png", "test/cat/z.png", "test/dog/a.png", "train/cat/t.png"}) {
        std::filesystem::create_directories((folder.path / name).parent_path());
        ASSERT_TRUE(writePicture(dot, folder.path / name));
    }
    put(folder.path / "test/dog/readme.txt", "no picture");
    const auto pictures = openLabelledPictures(folder.path, Split::test).value();
    ASSERT_EQ(pictures->count(), 3);
    EXPECT_EQ(pictures->classNames(), (std::vector<std::string>{"cat", "dog"}));
    EXPECT_EQ(pictures->name(0), "cat/z.png");
    EXPECT_EQ(pictures->label(0), 0);
    EXPECT_EQ(pictures->name(1), "dog/a.png");
    EXPECT_EQ(pictures->label(2), 1);
    EXPECT_EQ(pictures->picture(2)->values, dot.values);
    EXPECT_EQ(openLabelledPictures(folder.path, Split::training).value()->count(), 1);
    EXPECT_FALSE(openLabelledPictures(folder.path / "absent", Split::test));
    std::filesystem::create_directories(folder.path / "empty");
    EXPECT_FALSE(openLabelledPictures(folder.path / "empty", Split::test));
}

} // namespace
} // namespace vitrine
