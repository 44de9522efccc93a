// Mutated files of kept pictures: each is refused in one line, or gives all its maps.
#include "core/attention/picture/picture_file.h"
#include "tests/fuzz/picture_samples.h"
#include "tests/fuzz/robust.h"
#include "tests/support/temporary_folder.h"

#include <array>
#include <fstream>

namespace vitrine::attention
{
namespace
{

class KeptPictureMutation : public testing::TestWithParam<AttentionKind>
{
};

std::optional<Error> lookThrough(const std::filesystem::path& path)
{
    const auto capture = PictureCapture::open(path);
    if (!capture)
        return capture.error();
    for (std::size_t layer = 0; layer < capture->layers().size(); ++layer) {
        const PictureLayer& of = capture->layers()[layer];
        for (std::int64_t head = 0; head < of.heads; ++head)
            EXPECT_EQ(capture->map(layer, head, ownAttending(of)).received().size(),
                      capture->received(layer, head).size());
    }
    return {};
}

TEST_P(KeptPictureMutation, IsRefusedOrGivesItsMaps)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "picture-000.safetensors";
    fuzz::expectRobust(
        fuzz::pictureSample(GetParam()),
        [&](const std::string& bytes) {
            std::filesystem::remove(path);
            std::ofstream(path, std::ios::binary) << bytes;
            return lookThrough(path);
        },
        2000);
}

std::string kindOf(const testing::TestParamInfo<AttentionKind>& tested)
{
    constexpr std::array names = {"softmax", "windows", "linear"};
    return names[static_cast<std::size_t>(tested.param)];
}

INSTANTIATE_TEST_SUITE_P(All, KeptPictureMutation,
                         testing::Values(AttentionKind::softmax, AttentionKind::windows,
                                         AttentionKind::linear),
                         kindOf);

} // namespace
} // namespace vitrine::attention
