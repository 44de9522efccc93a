// Seeded mutations of the files that this room reads: none may crash, and every refusal is one
// line.
#include "core/attention/capture.h"
#include "core/attention/head_list.h"
#include "core/attention/map_file.h"
#include "core/attention/picture/picture_file.h"
#include "core/attention/sinks.h"
#include "core/base/file.h"
#include "core/base/random.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llm.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

namespace vitrine::attention
{
namespace
{

constexpr int kMutations = 1500;

std::string mutated(std::string bytes, Random& random)
{
    for (auto changes = 1 + random.below(3); changes > 0 && !bytes.empty(); --changes) {
        const std::size_t at = random.below(bytes.size());
        switch (random.below(5)) {
        case 0:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
            break;
        case 1:
            bytes[at] = "0123456789-.[]{},\"e\n\0\xff"[random.below(22)];
            break;
        case 2:
            bytes.resize(at);
            break;
        case 3:
            bytes.erase(at, 1 + random.below(8));
            break;
        default:
            bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(12)));
        }
    }
    return bytes;
}

// `open` returns the complaint, empty where the file was taken.
void expectRobust(const std::filesystem::path& sample,
                  const std::function<std::string(const std::filesystem::path&)>& open)
{
    const std::string good = readFile(sample, 1 << 20).value();
    ASSERT_EQ(open(sample), "");
    Random random(99);
    int refused = 0;
    for (int i = 0; i < kMutations; ++i) {
        // A new file each time: replacing the content of one is slow on some file systems.
        const auto path = sample.parent_path() / std::to_string(i);
        std::ofstream(path, std::ios::binary) << mutated(good, random);
        const std::string complaint = open(path);
        std::filesystem::remove(path);
        refused += !complaint.empty();
        for (const char c : complaint)
            ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
                << "mutation " << i << ": " << complaint;
    }
    EXPECT_GT(refused, kMutations / 10);
    EXPECT_LT(refused, kMutations);
}

template <typename T>
std::string complaintOf(const Result<T>& result)
{
    return result ? "" : result.error().message;
}

TEST(HostileFiles, HeadFiles)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "heads.json";
    const HeadList list{.heads = {{2, 0}, {2, 3}, {4, 1}},
                        .model = "vitrine-lm",
                        .family = "cloze",
                        .beta = 0.4,
                        .tau = 0.1,
                        .rule = SinkRule::absolute};
    ASSERT_TRUE(writeHeadFile(path, list));
    model::LlmConfig config = tests::tinyConfig();
    config.layers = 6;

    expectRobust(path, [&](const std::filesystem::path& file) {
        return complaintOf(readHeadFile(file, config));
    });
}

TEST(HostileFiles, CapturesOfCalibratedHeads)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "after.safetensors";
    model::ForwardResult result;
    result.tokens = 6;
    model::HeadSummary summary;
    summary.columnSum.assign(6, 1.0f);
    summary.columnRows = columnRows(6);
    result.summaries = {{summary}};
    result.kept = {{{0, 0}, std::vector<float>(12, 0.5f), std::vector<float>(12, 0.25f), {}}};
    result.edited = {{{0, 0}, {.columns = {1, 3}, .beta = 0.4}, {}, {}}};
    const CaptureInfo info{"tiny", std::vector<std::string>(6, "t"), {0}, 0.7, 0, 2};
    ASSERT_TRUE(writeCapture(path, info, std::vector<std::int32_t>(6, 1), result));

    expectRobust(path, [](const std::filesystem::path& file) -> std::string {
        const auto capture = Capture::open(file);
        if (!capture)
            return capture.error().message;
        for (std::int64_t l = 0; l < capture->layers(); ++l)
            for (std::int64_t h = 0; h < capture->heads(); ++h)
                EXPECT_EQ(
                    capture->keeps(l, h),
                    capture->tile(l, h, {0, 0, capture->tokens(), capture->tokens()}).has_value());
        return "";
    });
}

TEST(HostileFiles, PicturesThatAVisionTransformerLookedAt)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "picture.safetensors";
    PictureTensors picture;
    PictureLayer windows{"windows", AttentionKind::windows, 1, 2, {0, 2, 2}, {0, 2, 2}, 2, 1, 0};
    PictureLayer plain{"plain", AttentionKind::softmax, 1, 1, {0, 2, 2}, {0, 1, 1}, 0, 0, 0};
    picture.layers = {windows, plain};
    picture.tensors = {
        {{{std::vector<float>(8, 1), std::vector<float>(8, 2), std::vector<float>(9, 0.5f)}},
         {std::vector<float>(8, 1)},
         std::vector<float>(4, 3)},
        {{{std::vector<float>(4, 1), {2}, {}}}, {{1}}, std::vector<float>(4, 3)}};
    const auto looks = lookAtHeads(picture, 4).value();
    ASSERT_TRUE(writePictureCapture(path, {"m", "p", {4, std::vector<std::uint8_t>(48, 9)}},
                                    picture, looks));

    expectRobust(path, [](const std::filesystem::path& file) -> std::string {
        const auto capture = PictureCapture::open(file);
        if (!capture)
            return capture.error().message;
        for (std::size_t layer = 0; layer < capture->layers().size(); ++layer)
            for (const Attending attending : {Attending::softmax, Attending::taylor})
                if (canAttend(capture->layers()[layer], attending))
                    capture->map(layer, 0, attending).row(0);
        return "";
    });
}

TEST(HostileFiles, ForeignMaps)
{
    const tests::TemporaryFolder folder;
    const auto path = folder.path / "maps.safetensors";
    const std::vector<float> maps = {1, 0, 0.5f, 0.5f, 1, 0, 0.25f, 0.75f};
    ASSERT_TRUE(writeSafetensors(
        path, {{"attention", {DType::f32, {2, 2, 2}, std::as_bytes(std::span(maps))}}}));

    expectRobust(path, [](const std::filesystem::path& file) -> std::string {
        const auto opened = MapFile::open(file);
        if (!opened)
            return opened.error().message;
        for (std::int64_t l = 0; l < opened->layers(); ++l)
            for (std::int64_t h = 0; h < opened->heads(); ++h)
                if (const auto map = opened->map(l, h); !map)
                    return map.error().message;
        return "";
    });
}

} // namespace
} // namespace vitrine::attention
