#include "core/learning/nets/training/pictures.h"

#include "core/learning/nets/training/chance.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

class PreparedPictures : public testing::Test
{
protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& content) const
    {
        std::ofstream(folder_ + "/" + name, std::ios::binary) << content;
    }

    std::string folder_ =
        (fs::temp_directory_path() / ("vitrine-pictures-" + std::to_string(::getpid()))).string();
};

// Two pictures of 4 x 2 and 2 x 3; byte = number of its place.
TEST_F(PreparedPictures, AreReadByUseAndCutOut)
{
    std::string bytes;
    for (int i = 0; i < 4 * 2 * 3 + 2 * 3 * 3; ++i)
        bytes += static_cast<char>(i);
    write("pictures.rgb", bytes);
    write("pictures.tsv", "name\tpackage\tlicence\twidth\theight\toffset\tuse\n"
                          "a\tp\tMIT\t4\t2\t0\ttrain\nb\tp\tMIT\t2\t3\t24\tvt10\n");

    const PictureStore train(folder_, "train"), held(folder_, "vt10");
    const auto part = train.part(0, 1, 1, 2, 1);

    EXPECT_EQ(part.sizes(), (std::vector<int64_t>{3, 1, 2}));
    EXPECT_EQ(part[0][0][0].item<int>(), 3 * (4 + 1)); // red of x 1, y 1
    EXPECT_EQ(part[2][0][1].item<int>(), 3 * (4 + 2) + 2);
    EXPECT_EQ(held.whole(0)[1][2][1].item<int>(), 24 + 3 * (2 * 2 + 1) + 1);
    EXPECT_THROW(train.part(0, 3, 0, 2, 1), std::runtime_error);
    Chance chance(1, 0);
    EXPECT_EQ(train.drawPart(chance, 2, 2).sizes(), (std::vector<int64_t>{3, 2, 2}));
    EXPECT_THROW(train.drawPart(chance, 5, 1), std::runtime_error);
}

TEST_F(PreparedPictures, OfClipsAreCutOutFrameByFrame)
{
    std::string bytes;
    for (int i = 0; i < 3 * 2 * 2 * 3; ++i)
        bytes += static_cast<char>(i);
    write("clips.rgb", bytes);
    write("clips.tsv", "name\tpackage\tlicence\twidth\theight\tframes\tfps\toffset\tuse\n"
                       "c\tp\tMIT\t2\t2\t3\t25\t0\ttrain\n");

    const ClipStore store(folder_, "train");
    const auto part = store.part(0, 1, 2, 1, 0, 1, 2);

    EXPECT_EQ(part.sizes(), (std::vector<int64_t>{2, 3, 2, 1}));
    EXPECT_EQ(part[1][0][1][0].item<int>(), 2 * 12 + 3 * (2 + 1));
    EXPECT_THROW(store.part(0, 2, 2, 0, 0, 1, 1), std::runtime_error);
    EXPECT_THROW(ClipStore(folder_, "held-out"), std::runtime_error);
}

TEST_F(PreparedPictures, OfGarmentsAreCheckedAgainstTheirHeader)
{
    const std::string magicPictures("\0\0\x08\x03\0\0\0\x02\0\0\0\x1c\0\0\0\x1c", 16),
        magicLabels("\0\0\x08\x01\0\0\0\x02", 8);
    write("train-images-idx3-ubyte", magicPictures + std::string(2 * 28 * 28, 'g'));
    write("train-labels-idx1-ubyte", magicLabels + std::string("\x03\x09", 2));

    const Garments garments = readGarments(folder_, "train");

    EXPECT_EQ(garments.pictures.sizes(), (std::vector<int64_t>{2, 28, 28}));
    EXPECT_EQ(garments.labels[1].item<int>(), 9);
    write("train-images-idx3-ubyte", magicPictures + std::string(2 * 28 * 28 - 1, 'g'));
    EXPECT_THROW(readGarments(folder_, "train"), std::runtime_error);
}

} // namespace
} // namespace vitrine::learning
