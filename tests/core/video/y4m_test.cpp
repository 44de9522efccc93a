#include "core/video/y4m.h"

#include "tests/support/synthetic_clip.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

using testing::HasSubstr;

Y4mHeader header(int width, int height, SampleFormat format)
{
    Y4mHeader result;
    result.width = width;
    result.height = height;
    result.format = format;
    result.rateNumerator = 30000;
    result.rateDenominator = 1001;
    return result;
}

void writeClip(const std::filesystem::path& path, const Y4mHeader& h, int frames)
{
    auto writer = Y4mWriter::create(path, h).value();
    for (int i = 0; i < frames; ++i)
        ASSERT_TRUE(writer.write(tests::movingFrame(h.width, h.height, h.format, i)));
    ASSERT_TRUE(writer.finish());
}

TEST(Y4m, KeepsEveryFormatOddSizesAmongThem)
{
    const tests::TemporaryFolder folder;
    for (const Chroma chroma :
         {Chroma::k400, Chroma::k411, Chroma::k420, Chroma::k422, Chroma::k444})
        for (const int bits : {8, 10, 12, 16}) {
            const auto h = header(51, 35, {bits, chroma});
            const auto path = folder.path / "clip.y4m";
            writeClip(path, h, 3);

            const auto source = openY4m(path);

            ASSERT_TRUE(source) << source.error().message;
            EXPECT_EQ((*source)->info().format, h.format);
            EXPECT_EQ((*source)->info().frames, 3);
            EXPECT_NEAR((*source)->info().framesPerSecond, 29.97, 0.001);
            for (const int i : {1, 2, 0})
                EXPECT_TRUE(
                    (*source)->read(i)->sameSamples(tests::movingFrame(51, 35, h.format, i)));
        }
}

TEST(Y4m, ReadsParametersOfOtherWriters)
{
    const auto parsed = parseY4mHeader(
        "YUV4MPEG2 W64 H36 F25:1 Ip A1:1 C420p10 XYSCSS=420P10 XCOLORRANGE=FULL\nFRAME\n", "x.y4m");

    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->format, (SampleFormat{10, Chroma::k420}));
    EXPECT_EQ(parsed->colour.range, ColourRange::full);
    EXPECT_EQ(parsed->rateNumerator, 25);
}

TEST(Y4m, NamesWhatIsWrongInTheFirstLine)
{
    const std::pair<const char*, const char*> cases[] = {
        {"RIFF", "does not begin"},
        {"YUV4MPEG2 W64 H36", "does not end"},
        {"YUV4MPEG2 W64\n", "no width and height"},
        {"YUV4MPEG2 W-3 H36\n", "\"-3\""},
        {"YUV4MPEG2 W99999999999999999999 H36\n", "no width or height"},
        {"YUV4MPEG2 W64 H36 C420p99\n", "420p99"},
        {"YUV4MPEG2 W64 H36 F25\n", "no frame rate"}};
    for (const auto& [line, expected] : cases) {
        const auto parsed = parseY4mHeader(line, "x.y4m");
        ASSERT_FALSE(parsed) << line;
        EXPECT_THAT(parsed.error().message, HasSubstr(expected));
    }
}

TEST(Y4m, KeepsTheFramesBeforeATruncation)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "clip.y4m";
    writeClip(path, header(16, 16, {}), 3);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 10);

    const auto source = openY4m(path).value();

    EXPECT_EQ(source->info().frames, 2);
    ASSERT_EQ(source->info().notes.size(), 1u);
    EXPECT_THAT(source->info().notes[0], HasSubstr("within frame 2"));
}

TEST(Y4m, WritesARateThatNobodyKnowsAsTheFormatSaysIt)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "clip.y4m";
    Y4mHeader h = header(16, 16, {});
    h.rateNumerator = 0;
    writeClip(path, h, 1);
    std::string line;
    std::ifstream file(path);
    std::getline(file, line);
    EXPECT_THAT(line, HasSubstr(" F0:0 "));
    EXPECT_EQ(openY4m(path).value()->info().framesPerSecond, 0);
    EXPECT_EQ(openY4m(path, 50).value()->info().framesPerSecond, 50);
}

TEST(Y4m, StrayBytesBehindTheLastFrameAreANoteAndThoseBetweenFramesAnError)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "clip.y4m";
    for (const char* tail : {"\n", "x", "FRAM", "stray bytes", "FRAME\nhalf a frame"}) {
        writeClip(path, header(51, 35, {}), 3);
        std::ofstream(path, std::ios::app | std::ios::binary) << tail;

        const auto source = openY4m(path);

        ASSERT_TRUE(source) << tail;
        EXPECT_EQ((*source)->info().frames, 3);
        EXPECT_EQ((*source)->info().notes.size(), 1u) << tail;
    }
    writeClip(path, header(51, 35, {}), 3);
    std::ofstream(path, std::ios::app | std::ios::binary) << std::string(10'000, 'x');
    EXPECT_THAT(openY4m(path).error().message, testing::HasSubstr("no FRAME line"));
}

} // namespace
} // namespace vitrine::video
