#include "core/learning/tasks/fingerprints.h"

#include "tests/core/learning/picture_fixtures.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;
using testing::HasSubstr;

class Fingerprints : public testing::Test
{
protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }

    Raster picture(int number, int width, int height)
    {
        writePicture(folder_ / "one.png", pattern(number, width, height));
        return decodePicture((folder_ / "one.png").string());
    }

    const fs::path folder_ =
        fs::path(testing::TempDir()) / ("fingerprints-" + std::to_string(getpid()));
};

TEST_F(Fingerprints, KnowAPictureAgainAtAnotherSize)
{
    const auto large = fingerprintOf(picture(1, 400, 300)),
               small = fingerprintOf(picture(1, 90, 61)),
               other = fingerprintOf(picture(2, 400, 300));

    EXPECT_GT(likeness(large, small), 0.98);
    EXPECT_LT(likeness(large, other), 0.5);
}

TEST_F(Fingerprints, OfFlatPicturesAreLikeNothing)
{
    writePicture(folder_ / "flat.png", cv::Mat(64, 64, CV_8UC3, cv::Scalar(9, 9, 9)));
    const auto flat = fingerprintOf(decodePicture((folder_ / "flat.png").string()));

    EXPECT_EQ(likeness(flat, flat), 0);
    EXPECT_EQ(likeness(flat, fingerprintOf(picture(1, 64, 64))), 0);
    EXPECT_EQ(fingerprintOf(picture(1, 15, 64)), flat) << "too small to have one";
}

TEST_F(Fingerprints, GoThroughTheTableUnchanged)
{
    const TestPicture one{"a", "set5", fingerprintOf(picture(3, 64, 64))};
    std::ofstream(folder_ / "table.tsv") << testPictureTable({one});

    const auto read = readTestPictures((folder_ / "table.tsv").string());

    ASSERT_EQ(read.size(), 1u);
    EXPECT_EQ(read[0].name + read[0].set, "aset5");
    EXPECT_EQ(read[0].fingerprint, one.fingerprint);
}

TEST_F(Fingerprints, ThatAreNoneAreRefusedByName)
{
    const std::string path = (folder_ / "table.tsv").string();
    for (const std::string& line :
         {std::string("a\tset5\t12"), "a\tset5\t" + std::string(512, 'g')}) {
        std::ofstream(path) << "name\tset\tfingerprint\n" << line << "\n";
        try {
            readTestPictures(path);
            FAIL() << line;
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), HasSubstr("table.tsv:2: a: a fingerprint has"));
        }
    }
    EXPECT_THROW(readTestPictures("/nonexistent"), std::runtime_error);

    std::ofstream(path) << "name\tset\tfingerprint\na\tset5\t" << std::string(512, '0')
                        << "\tmore\n";
    EXPECT_THROW(readTestPictures(path), std::runtime_error);
}

TEST_F(Fingerprints, OfAFolderLeaveOutSmallCopiesAndRepetitions)
{
    const fs::path set = folder_ / "set9";
    writePicture(set / "x2/a_HR.png", pattern(1, 128, 128));
    writePicture(set / "x2/a_LR.png", pattern(4, 64, 64));
    writePicture(set / "x3/a_HR.png", pattern(1, 126, 126));
    writePicture(set / "x3/b_HR.png", pattern(2, 128, 128));

    const auto pictures = testPicturesIn({set.string() + "/"});

    ASSERT_EQ(pictures.size(), 2u);
    EXPECT_EQ(pictures[0].set + " " + pictures[0].name + " " + pictures[1].name, "set9 a_HR b_HR");
    EXPECT_THROW(testPicturesIn({"/nonexistent"}), std::runtime_error);
}

TEST(TestPictures, OfTheProductAreThoseOfTheTestData)
{
    const char* data = std::getenv("VITRINE_TEST_DATA");
    if (!data)
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set";
    const std::string images = std::string(data) + "/images/";

    const auto expected =
        testPicturesIn({images + "set5", images + "set14", images + "imagenet-samples"});
    const auto shipped =
        readTestPictures(std::string(VITRINE_SOURCE_DIR) + "/resources/recipes/test-pictures.tsv");

    ASSERT_EQ(shipped.size(), expected.size());
    for (size_t i = 0; i < shipped.size(); ++i) {
        EXPECT_EQ(shipped[i].set + "/" + shipped[i].name, expected[i].set + "/" + expected[i].name);
        EXPECT_GT(likeness(shipped[i].fingerprint, expected[i].fingerprint), 0.99);
    }
}

} // namespace
} // namespace vitrine::learning
