#include "core/superres/blur/kernel_file.h"

#include "core/picture/picture.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <fstream>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;

TEST(KernelFile, ReadsRowsOfNumbers)
{
    const BlurKernel kernel =
        kernelFromText("# a small blur\n\n0 1 0\r\n1,\t4, 1 # the middle\n 0 1e0 0").value();
    EXPECT_EQ(kernel.side, 3);
    EXPECT_EQ(kernel.values, (std::vector<double>{0, 0.125, 0, 0.125, 0.5, 0.125, 0, 0.125, 0}));
}

TEST(KernelFile, ComesBackFromItsFile)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "kernel.txt";
    for (const TestKernel& each : testKernels()) {
        ASSERT_TRUE(writeKernel(each.kernel, path));
        const BlurKernel read = readKernel(path).value();
        ASSERT_EQ(read.side, each.kernel.side);
        for (std::size_t i = 0; i < read.values.size(); ++i)
            EXPECT_NEAR(read.values[i], each.kernel.values[i], 1e-15);
    }
}

TEST(KernelFile, ReadsGreyPictures)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "kernel.png";
    ASSERT_TRUE(writePicture({3, 3, 1, {0, 0, 0, 0, 100, 50, 0, 50, 0}}, path));
    EXPECT_EQ(readKernel(path)->values, (std::vector<double>{0, 0, 0, 0, 0.5, 0.25, 0, 0.25, 0}));

    ASSERT_TRUE(writePicture({1, 1, 3, {1, 2, 3}}, path));
    EXPECT_THAT(readKernel(path).error().message, HasSubstr("this one has colours"));
    ASSERT_TRUE(writePicture({2, 1, 1, {1, 2}}, path));
    EXPECT_THAT(readKernel(path).error().message, HasSubstr("this picture has 2 x 1"));
}

TEST(KernelFile, RefusesWhatIsNoKernel)
{
    const auto refusal = [](std::string_view text) {
        const auto kernel = kernelFromText(text);
        EXPECT_EQ(kernel.error().kind, ErrorKind::input);
        return kernel.error().message;
    };
    EXPECT_THAT(refusal(" # 1\n"), HasSubstr("no number in the text"));
    EXPECT_THAT(refusal("1 2 3\n1 2 3\n"), HasSubstr("2 rows of 3 numbers"));
    EXPECT_THAT(refusal("1 2 3\n1 2\n"), HasSubstr("line 2 holds 2 numbers"));
    EXPECT_THAT(refusal("1\n1\n"), HasSubstr("more rows than the 1 numbers"));
    EXPECT_THAT(refusal("1 2\n3 4\n"), HasSubstr("odd side"));
    EXPECT_THAT(refusal("1 x 3\n"),
                HasSubstr("line 1 holds something that is no number, in place 2"));
    EXPECT_THAT(refusal("inf\n"), HasSubstr("no number"));
    EXPECT_THAT(refusal("1e999\n"), HasSubstr("no number"));
    EXPECT_THAT(refusal("-1\n"), HasSubstr("positive sum"));
    EXPECT_THAT(refusal(std::string(1 << 21, ' ')), HasSubstr("1024 KiB"));
    std::string wide;
    for (int i = 0; i < 102; ++i)
        wide += "1 ";
    EXPECT_THAT(refusal(wide), HasSubstr("more than 101 numbers"));
}

TEST(KernelFile, NamesTheFile)
{
    const tests::TemporaryFolder folder;
    std::ofstream(folder.path / "bad.txt") << "1 2\n";
    EXPECT_THAT(readKernel(folder.path / "bad.txt").error().message, HasSubstr("bad.txt"));
    EXPECT_THAT(readKernel(folder.path / "none.txt").error().message, HasSubstr("none.txt"));
}

} // namespace
} // namespace vitrine::superres
