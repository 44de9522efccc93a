#include "core/learning/tasks/clips.h"

#include "core/learning/nets/training/prepared_data.h"
#include "tests/core/learning/picture_fixtures.h"

#include <opencv2/videoio.hpp>

#include <gmock/gmock.h>
#include <unistd.h>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kClipWidth = 64, kClipHeight = 48;
constexpr size_t kHalvedFrame = 32 * 24 * 3;

// A package with a video of ten frames; each is grey, 20 brighter than the one before.
class Clips : public testing::Test
{
protected:
    void SetUp() override
    {
        fs::remove_all(root_);
        fs::create_directories(packages_ / "films");
        std::ofstream(packages_ / "versions.tsv") << "films\t1.0\tdeb\n";
        cv::VideoWriter writer((packages_ / "films/grey.avi").string(), cv::CAP_OPENCV_MJPEG,
                               cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 12,
                               {kClipWidth, kClipHeight});
        for (int i = 0; i < 10; ++i)
            writer.write(cv::Mat(kClipHeight, kClipWidth, CV_8UC3, cv::Scalar::all(20 + 20 * i)));
    }
    void TearDown() override { fs::remove_all(root_); }

    std::string prepare(const std::string& out = "out")
    {
        return prepareClips(list_, packages_.string(), (root_ / out).string());
    }
    std::string refusal()
    {
        try {
            prepare();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }

    const fs::path root_ = fs::path(testing::TempDir()) / ("clips-" + std::to_string(getpid()));
    const fs::path packages_ = root_ / "packages";
    std::vector<ClipSource> list_ = {
        {"films", "grey.avi", "CC0", {{"begin", "train", 1, 4}, {"end", "held-out", 7, 9}}}};
};

TEST_F(Clips, AreTheNamedFramesAtHalfTheirSize)
{
    const std::string sources = prepare();

    EXPECT_EQ(fileBytes(root_ / "out/clips.tsv"),
              "name\tpackage\tlicence\twidth\theight\tframes\tfps\toffset\tuse\n"
              "begin\tfilms\tCC0\t32\t24\t4\t12\t0\ttrain\n"
              "end\tfilms\tCC0\t32\t24\t3\t12\t9216\theld-out\n");
    EXPECT_EQ(sources,
              "package\tversion\tlicence\tpictures\tmegapixels\nfilms\t1.0\tCC0\t7\t0.01\n");
    const std::string rgb = fileBytes(root_ / "out/clips.rgb");
    ASSERT_EQ(rgb.size(), 7 * kHalvedFrame);
    const std::string out = (root_ / "out").string();
    EXPECT_EQ(preparedClips(out, "held-out", rgb.size()).at(0).frames, 3); // as the nets read it
    EXPECT_THAT(sourcesInMarkdown(out + "/sources.tsv"), HasSubstr("| films | 1.0 | CC0 | 7 |"));
    const int frames[] = {1, 2, 3, 4, 7, 8, 9};
    for (size_t i = 0; i < 7; ++i)
        EXPECT_NEAR(static_cast<uint8_t>(rgb[i * kHalvedFrame + 100]), 20 + 20 * frames[i], 6) << i;
}

TEST_F(Clips, AreTheSameBytesEachTime)
{
    prepare("one");
    prepare("two");

    for (const std::string name : {"clips.rgb", "clips.tsv", "sources.tsv"})
        EXPECT_EQ(fileBytes(root_ / "one" / name), fileBytes(root_ / "two" / name)) << name;
}

TEST_F(Clips, ThatAreTooShortOrBrokenAreNamedAndNothingIsWritten)
{
    list_[0].parts[1].last = 10;
    EXPECT_THAT(refusal(), HasSubstr("films/grey.avi has no frame 10"));
    EXPECT_TRUE(fs::is_empty(root_ / "out"));

    std::ofstream(packages_ / "films/grey.avi") << "no video";
    EXPECT_THAT(refusal(), HasSubstr("films/grey.avi is no video"));

    fs::remove(packages_ / "films/grey.avi");
    EXPECT_THAT(refusal(), HasSubstr("films/grey.avi is missing; packaging/fetch FOLDER @clips"));
}

TEST(ClipList, OfTheProductHoldsOutWhatWasChosen)
{
    std::string heldOut;
    for (const auto& source :
         readClipList(std::string(VITRINE_SOURCE_DIR) + "/resources/recipes/clips.json"))
        for (const auto& part : source.parts)
            if (part.use == "held-out")
                heldOut += part.name + " " + std::to_string(part.first) + "-" +
                           std::to_string(part.last) + "\n";

    EXPECT_EQ(heldOut, "megamind-held-out 200-269\nvtest-held-out 600-794\n"
                       "city-held-out 150-189\ncockatoo-held-out 240-279\n");
}

TEST_F(Clips, OfAListWithAKeyThatNobodyReadsAreRefused)
{
    const std::string list = R"({"about": "", "sources": [{"package": "a", "file": "f",
        "licence": "MIT", "parts": [{"name": "x", "use": "train", "first": 0, "last": 9}]}]})";
    const std::string path = (root_ / "list.json").string();
    const auto refusalOf = [&](const std::string& from, const std::string& to) -> std::string {
        std::string changed = list;
        std::ofstream(path) << changed.replace(changed.find(from), from.size(), to);
        try {
            readClipList(path);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    };

    EXPECT_EQ(refusalOf("about", "about"), "");
    EXPECT_EQ(refusalOf("about", "abuot"), path + ": the list: unknown key \"abuot\"");
    EXPECT_THAT(refusalOf("\"licence\"", "\"stride\": 2, \"licence\""),
                HasSubstr("sources[0]: unknown key \"stride\""));
    EXPECT_THAT(refusalOf("\"first\"", "\"step\": 2, \"first\""),
                HasSubstr("a part of sources[0]: unknown key \"step\""));
}

TEST_F(Clips, WhosePartsOverlapAreRefusedByTheListsName)
{
    const std::string path = (root_ / "list.json").string();
    std::ofstream(path)
        << R"({"sources": [{"package": "a", "file": "f", "licence": "MIT", "parts": [
        {"name": "x", "use": "train", "first": 0, "last": 9},
        {"name": "y", "use": "held-out", "first": 9, "last": 12}]}]})";

    try {
        readClipList(path);
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("list.json: the frames of y are not behind"));
    }
}

} // namespace
} // namespace vitrine::learning
