// Mutated files of a vision transformer in codes: each is refused in one line, or both passes over
// a picture stay within what was allocated. 2,000 of each kind under VITRINE_TEST_FULL.
#include "core/base/file.h"
#include "core/quant/vision/coded_files.h"
#include "core/quant/vision/integer_vision.h"
#include "core/quant/vision/simulated_vision.h"
#include "tests/core/quant/vision/random_efficient_vit.h"
#include "tests/core/quant/vision/small_vit.h"
#include "tests/fuzz/robust.h"

#include <cstring>
#include <filesystem>
#include <fstream>

namespace vitrine
{
namespace
{

// A new file each time: cutting an old one to nothing makes file systems write it out first.
void writeMutated(const std::filesystem::path& path, const std::string& bytes)
{
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

class CodedMutation : public testing::TestWithParam<const char*>
{
protected:
    void SetUp() override
    {
        const std::string method = GetParam();
        const auto coded =
            method == "trio-vit"
                ? efficientVit_.quantized(GetParam()).value()
                : quant::findVisionMethod(method).value().quantize(vit_.task(GetParam())).value();
        ASSERT_TRUE(quant::writeCodedVision(coded, method, folder_.path));
        config_ = readFile(folder_.path / "config.json", 1 << 24).value();
        tensors_ = readFile(folder_.path / "model.safetensors", 1 << 24).value();
    }
    void expectRobustAt(const char* file, const std::string& sample,
                        const std::function<std::string(const std::string&)>& whole)
    {
        fuzz::expectRobust(
            sample,
            [&](const std::string& bytes) -> std::optional<Error> {
                writeMutated(folder_.path / file, whole(bytes));
                return openAndRun();
            },
            2000);
    }

    std::string config_, tensors_;

private:
    std::optional<Error> openAndRun() const
    {
        auto opened = quant::openCodedVision(folder_.path);
        if (!opened)
            return opened.error();
        const auto coded = std::make_shared<const quant::CodedVision>(std::move(opened).value());
        if (const auto simulated = quant::SimulatedVision::make(coded))
            (void)simulated->run(vit_.pictures[0]);
        if (const auto integer = quant::IntegerVision::make(coded))
            (void)integer->run(vit_.pictures[0]);
        return {};
    }

    tests::SmallVit vit_;
    tests::RandomEfficientVit efficientVit_;
    tests::TemporaryFolder folder_;
};

std::string unchanged(const std::string& bytes)
{
    return bytes;
}

TEST_P(CodedMutation, OfTheConfigurationIsRefusedOrRuns)
{
    expectRobustAt("config.json", config_, unchanged);
}

TEST_P(CodedMutation, OfTensorsIsRefusedOrRuns)
{
    expectRobustAt("model.safetensors", tensors_, unchanged);
}

// Names, types and shapes alone: most of the file is numbers.
TEST_P(CodedMutation, OfTheHeaderIsRefusedOrRuns)
{
    std::uint64_t length = 0;
    std::memcpy(&length, tensors_.data(), sizeof length);
    const std::string numbers = tensors_.substr(sizeof length + length);
    expectRobustAt("model.safetensors", tensors_.substr(sizeof length, length),
                   [&](const std::string& header) {
                       const std::uint64_t size = header.size();
                       std::string bytes(sizeof size, '\0');
                       std::memcpy(bytes.data(), &size, sizeof size);
                       return bytes + header + numbers;
                   });
}

INSTANTIATE_TEST_SUITE_P(Methods, CodedMutation, testing::Values("p2vit", "fq-vit", "trio-vit"),
                         [](const auto& tested) {
                             return std::string(tested.param) == "p2vit"    ? "P2ViT"
                                    : std::string(tested.param) == "fq-vit" ? "FqViT"
                                                                            : "TrioViT";
                         });

} // namespace
} // namespace vitrine
