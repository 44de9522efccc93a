#include "core/learning/tasks/pictures.h"

#include "core/learning/nets/training/prepared_data.h"
#include "core/learning/tasks/fingerprints.h"
#include "tests/core/learning/picture_fixtures.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Two packages as packaging/fetch leaves them, a list of which test pictures there are, a list.
class Pictures : public testing::Test
{
protected:
    void SetUp() override
    {
        fs::remove_all(root_);
        fs::create_directories(packages_ / "birds");
        fs::create_directories(packages_ / "trees");
        std::ofstream(packages_ / "versions.tsv") << "birds\t1.0\tdeb\ntrees\t2.0\tdeb\n";
        setTestPictures({});
        list_.sources = {{"birds", "\\.(png|jpg)$", "CC0"}};
        list_.testPictures = (root_ / "test-pictures.tsv").string();
    }
    void TearDown() override { fs::remove_all(root_); }

    void setTestPictures(const std::vector<TestPicture>& pictures)
    {
        std::ofstream(root_ / "test-pictures.tsv") << testPictureTable(pictures);
    }
    std::string prepare(const std::string& out = "out")
    {
        return preparePictures(list_, packages_.string(), (root_ / out).string());
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
    // Lines of a table below its head.
    std::vector<std::string> table(const std::string& name)
    {
        std::istringstream text(fileBytes(root_ / "out" / name));
        std::vector<std::string> lines;
        for (std::string line; std::getline(text, line);)
            lines.push_back(line);
        if (!lines.empty())
            lines.erase(lines.begin());
        return lines;
    }

    const fs::path root_ = fs::path(testing::TempDir()) / ("pictures-" + std::to_string(getpid()));
    const fs::path packages_ = root_ / "packages";
    PictureList list_;
};

TEST_F(Pictures, AreWrittenOneAfterAnotherAsTheyAre)
{
    list_.sources.push_back({"trees", "oak", "MIT"});
    writePicture(packages_ / "birds/b.png", pattern(1, 120, 100));
    writePicture(packages_ / "birds/a.png", pattern(2, 100, 110));
    writePicture(packages_ / "trees/oak.png", pattern(3, 96, 97));
    writePicture(packages_ / "trees/elm.png", pattern(4, 96, 97));

    const std::string sources = prepare();

    EXPECT_THAT(fileBytes(root_ / "out/pictures.tsv"),
                testing::StartsWith("name\tpackage\tlicence\twidth\theight\toffset\tuse\n"));
    EXPECT_THAT(table("pictures.tsv"), ElementsAre("a.png\tbirds\tCC0\t100\t110\t0\ttrain",
                                                   "b.png\tbirds\tCC0\t120\t100\t33000\ttrain",
                                                   "oak.png\ttrees\tMIT\t96\t97\t69000\ttrain"));
    EXPECT_EQ(sources, "package\tversion\tlicence\tpictures\tmegapixels\n"
                       "birds\t1.0\tCC0\t2\t0.02\ntrees\t2.0\tMIT\t1\t0.01\n");
    EXPECT_EQ(sources, fileBytes(root_ / "out/sources.tsv"));
    const std::string rgb = fileBytes(root_ / "out/pictures.rgb");
    ASSERT_EQ(rgb.size(), 69000u + 96 * 97 * 3);
    const std::string out = (root_ / "out").string();
    EXPECT_EQ(preparedPictures(out, "train", rgb.size()).size(), 3u); // as the nets read it
    EXPECT_THAT(sourcesInMarkdown(out + "/sources.tsv"), HasSubstr("| trees | 2.0 | MIT | 1 |"));
    const auto expected = pattern(1, 120, 100).at<cv::Vec3b>(7, 5); // blue, green, red
    const size_t at = 33000 + 3 * (7 * 120 + 5);
    EXPECT_EQ(rgb.substr(at, 3),
              (std::string{static_cast<char>(expected[2]), static_cast<char>(expected[1]),
                           static_cast<char>(expected[0])}));
}

TEST_F(Pictures, WithMarksOfACodecAreHalvedAndLargeOnesShrunk)
{
    writePicture(packages_ / "birds/a.jpg", pattern(1, 241, 200));
    writePicture(packages_ / "birds/b.png", pattern(2, 2000, 1500));
    writePicture(packages_ / "birds/c.jpg", pattern(3, 190, 200));
    writePicture(packages_ / "birds/d.png", pattern(5, 95, 200));

    prepare();

    EXPECT_THAT(table("pictures.tsv"),
                ElementsAre(HasSubstr("\t120\t100\t0\t"), HasSubstr("\t1632\t1224\t36000\t")));
    EXPECT_THAT(table("left-out.tsv"), ElementsAre("c.jpg\tbirds\tless than 96 pixels on a side",
                                                   "d.png\tbirds\tless than 96 pixels on a side"));
}

TEST_F(Pictures, ThatComeTwiceAreKeptAtTheirLargest)
{
    list_.sources.push_back({"trees", "png$", "MIT"});
    writePicture(packages_ / "birds/a.png", pattern(1, 120, 120));
    writePicture(packages_ / "trees/z.png", pattern(1, 200, 200));

    prepare();

    EXPECT_THAT(table("pictures.tsv"), ElementsAre(HasSubstr("z.png\ttrees")));
    EXPECT_THAT(table("left-out.tsv"),
                ElementsAre(HasSubstr("a.png\tbirds\tthere already: trees/z.png (likeness 1.0")));
}

TEST_F(Pictures, ThatAreHeldOutAreNeverTrainedOn)
{
    list_.heldOut = {{"birds", "a.png", "vt10", 10, 20}, {"birds", "b.png", "codec"}};
    writePicture(packages_ / "birds/a.png", pattern(1, 600, 560));
    writePicture(packages_ / "birds/b.png", pattern(2, 150, 150));
    writePicture(packages_ / "birds/larger a.png", pattern(1, 900, 840));
    writePicture(packages_ / "birds/smaller b.png", pattern(2, 100, 100));
    writePicture(packages_ / "birds/c.png", pattern(3, 100, 100));

    prepare();

    EXPECT_THAT(table("pictures.tsv"), ElementsAre("a.png\tbirds\tCC0\t512\t512\t0\tvt10",
                                                   "b.png\tbirds\tCC0\t150\t150\t786432\tcodec",
                                                   "c.png\tbirds\tCC0\t100\t100\t853932\ttrain"));
    EXPECT_THAT(table("left-out.tsv"), ElementsAre(HasSubstr("held out: birds/a.png"),
                                                   HasSubstr("held out: birds/b.png")));
    const auto corner = pattern(1, 600, 560).at<cv::Vec3b>(20, 10);
    EXPECT_EQ(static_cast<uint8_t>(fileBytes(root_ / "out/pictures.rgb")[2]), corner[0]);
}

TEST_F(Pictures, ThatNetworksAreMeasuredOnAreLeftOut)
{
    writePicture(packages_ / "birds/a.png", pattern(1, 120, 120));
    writePicture(packages_ / "birds/b.png", pattern(2, 120, 120));
    writePicture(root_ / "baboon.png", pattern(2, 300, 300));
    setTestPictures(
        {{"baboon", "set14", fingerprintOf(decodePicture((root_ / "baboon.png").string()))}});

    prepare();

    EXPECT_THAT(table("pictures.tsv"), ElementsAre(HasSubstr("a.png")));
    EXPECT_THAT(table("left-out.tsv"),
                ElementsAre(HasSubstr("b.png\tbirds\ttest picture set14/baboon")));

    list_.heldOut = {{"birds", "b.png", "codec"}};
    EXPECT_THAT(refusal(), HasSubstr("birds/b.png cannot be held out: test picture set14/baboon"));
}

TEST_F(Pictures, ThatTheListExcludesAreLeftOutWithItsReason)
{
    list_.excluded = {{"birds", "^b", "CC BY-NC"}};
    writePicture(packages_ / "birds/a.png", pattern(1, 120, 120));
    writePicture(packages_ / "birds/b.png", pattern(2, 120, 120));

    prepare();

    EXPECT_EQ(table("pictures.tsv").size(), 1u);
    EXPECT_THAT(table("left-out.tsv"), ElementsAre("b.png\tbirds\tCC BY-NC"));
}

TEST_F(Pictures, AreTheSameBytesEachTime)
{
    for (const int number : {1, 2, 3, 4})
        writePicture(packages_ / "birds" / (std::to_string(number) + ".jpg"),
                     pattern(number, 250 + number, 230));

    prepare("one");
    prepare("two");

    for (const std::string name : {"pictures.rgb", "pictures.tsv", "left-out.tsv", "sources.tsv"})
        EXPECT_EQ(fileBytes(root_ / "one" / name), fileBytes(root_ / "two" / name)) << name;
}

TEST_F(Pictures, ThatCannotBeUsedAreNamedAndNothingIsWritten)
{
    writePicture(packages_ / "birds/a.png", pattern(1, 520, 520));
    std::ofstream(packages_ / "birds/broken.png") << "no picture";
    EXPECT_THAT(refusal(), HasSubstr("birds/broken.png is no picture"));
    fs::remove(packages_ / "birds/broken.png");

    list_.heldOut = {{"birds", "a.png", "vt10", 9, 0}};
    EXPECT_THAT(refusal(), HasSubstr("birds/a.png: the part of 512x512 at 9,0 is not within"));

    list_.heldOut = {{"birds", "gone.png", "codec"}};
    EXPECT_THAT(refusal(), HasSubstr("birds/gone.png is named by no source"));

    list_.heldOut.clear();
    list_.sources.push_back({"birds", "^a", "MIT"});
    EXPECT_THAT(refusal(), HasSubstr("two sources name birds/a.png"));

    list_.sources = {{"trees", "png$", "MIT"}};
    EXPECT_THAT(refusal(), HasSubstr("no file of trees fits png$"));

    list_.sources = {{"fish", "png$", "MIT"}};
    EXPECT_THAT(refusal(), HasSubstr("packaging/fetch FOLDER fish"));
    EXPECT_FALSE(fs::exists(root_ / "out"));
}

TEST(PictureList, OfTheProductHoldsOutFourteen)
{
    const auto list =
        readPictureList(std::string(VITRINE_SOURCE_DIR) + "/resources/recipes/pictures.json");

    EXPECT_EQ(std::ranges::count(list.heldOut, "vt10", &HeldOutPicture::use), 10);
    EXPECT_EQ(std::ranges::count(list.heldOut, "codec", &HeldOutPicture::use), 4);
    EXPECT_EQ(readTestPictures(list.testPictures).size(), 38u);
    for (const auto& source : list.sources) {
        EXPECT_THAT(source.licence, testing::Not(testing::AnyOf(HasSubstr("NC"), HasSubstr("ND"))));
        EXPECT_THAT(source.licence,
                    testing::AnyOf(testing::Not(HasSubstr("BY-SA")), HasSubstr("BY-SA 4.0")));
    }
}

TEST_F(Pictures, OfAListThatIsNoneAreRefusedByItsName)
{
    const std::string path = (root_ / "list.json").string();
    const auto refusalOf = [&](const std::string& text) -> std::string {
        std::ofstream(path) << text;
        try {
            readPictureList(path);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    };

    EXPECT_THAT(refusalOf("{"), HasSubstr("list.json: "));
    EXPECT_THAT(refusalOf(R"({"test_pictures": "t", "excluded": [], "held_out": [],
                              "sources": [{"package": "a", "files": "(", "licence": "MIT"}]})"),
                HasSubstr("list.json: ( is no regular expression"));
    EXPECT_THAT(refusalOf(R"({"test_pictures": "t", "excluded": [], "sources": [],
                              "held_out": [{"package": "a", "file": "f", "use": "fun"}]})"),
                HasSubstr("vt10 or codec, not fun"));
    // A misspelt x would cut the part out at the left border.
    EXPECT_THAT(refusalOf(R"({"test_pictures": "t", "excluded": [], "sources": [],
                              "held_out": [{"package": "a", "file": "f", "use": "vt10", "X": 9}]})"),
                HasSubstr("list.json: held_out[0]: unknown key \"X\""));
    EXPECT_THAT(refusalOf(R"({"test_pictures": "t", "excluded": [{"package": "a", "files": "f",
                              "reason": "r"}, {"file": "g"}], "sources": [], "held_out": []})"),
                HasSubstr("list.json: excluded[1]: unknown key \"file\""));
    EXPECT_THAT(refusalOf(R"({"test_picture": "t"})"),
                HasSubstr("list.json: the list: unknown key \"test_picture\""));
}

} // namespace
} // namespace vitrine::learning
