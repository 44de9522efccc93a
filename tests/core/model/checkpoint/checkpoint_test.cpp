#include "core/model/checkpoint/checkpoint.h"

#include "core/base/file.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/tensor/safetensors.h"

#include <gmock/gmock.h>

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <fstream>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A folder as one of a vision transformer: config.json, and tensors under timm's names.
class VisionFolder : public testing::Test
{
protected:
    void SetUp() override
    {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
        std::ofstream(path_ / "config.json") << R"({"model_type": "vit", "hidden_size": 2})";
    }
    void TearDown() override { std::filesystem::remove_all(path_); }

    NamedTensor tensor(const char* name, std::vector<std::int64_t> shape)
    {
        const auto bytes = static_cast<std::size_t>(*elementCount(shape)) * sizeof(float);
        storage_.emplace_back(bytes, static_cast<char>(storage_.size() + 1));
        return {name, {DType::f32, std::move(shape), std::as_bytes(std::span(storage_.back()))}};
    }
    void write(std::vector<NamedTensor> tensors, const char* file = "model.safetensors")
    {
        ASSERT_TRUE(writeSafetensors(path_ / file, std::move(tensors)));
    }
    std::string whyRefused(const std::filesystem::path& path) const
    {
        const auto opened = openCheckpoint(path);
        return opened ? "accepted" : opened.error().message;
    }

    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / fmt::format("vitrine-vision-{}", ::getpid());
    std::deque<std::string> storage_;
};

TEST_F(VisionFolder, OpensAsTensorsFilesAndNotes)
{
    const NamedTensor token = tensor("cls_token", {1, 1, 2}), bias = tensor("head.bias", {3});
    write({token, bias});

    const auto opened = openCheckpoint(path_);

    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_THAT((*opened)->tensorNames(), ElementsAre("cls_token", "head.bias"));
    EXPECT_TRUE((*opened)->has("head.bias"));
    const auto view = (*opened)->tensor("cls_token");
    ASSERT_TRUE(view) << view.error().message;
    EXPECT_EQ(view->shape, token.tensor.shape);
    EXPECT_EQ(std::memcmp(view->bytes.data(), token.tensor.bytes.data(), view->bytes.size()), 0);
    EXPECT_THAT((*opened)->files(),
                ElementsAre(path_ / "config.json", path_ / "model.safetensors"));
    EXPECT_THAT((*opened)->notes(), IsEmpty());
    EXPECT_THAT((*opened)->tensor("head.weight").error().message,
                HasSubstr("holds no tensor \"head.weight\""));
}

TEST_F(VisionFolder, IsNoLanguageModel)
{
    write({tensor("cls_token", {1, 1, 2})});

    EXPECT_THAT(openLlmCheckpoint(path_).error().message, HasSubstr("models of type \"vit\""));
}

TEST_F(VisionFolder, OpensShards)
{
    write({tensor("cls_token", {1, 1, 2})}, "a.safetensors");
    write({tensor("head.bias", {3})}, "b.safetensors");
    std::ofstream(path_ / "model.safetensors.index.json")
        << R"({"weight_map": {"cls_token": "a.safetensors", "head.bias": "b.safetensors"}})";

    const auto opened = openCheckpoint(path_);

    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ((*opened)->tensor("head.bias")->bytes[0], std::byte{2});
    EXPECT_EQ((*opened)->files().size(), 4u);

    write({tensor("head.bias", {3}), tensor("cls_token", {1})}, "b.safetensors");
    EXPECT_THAT(whyRefused(path_), HasSubstr("holds tensor \"cls_token\" twice"));
    write({tensor("head.weight", {3})}, "b.safetensors");
    EXPECT_THAT(whyRefused(path_), HasSubstr("\"head.bias\", but it does not"));
}

TEST_F(VisionFolder, OpensOneFileAlone)
{
    write({tensor("cls_token", {1, 1, 2})}, "vit.safetensors");

    const auto opened = openCheckpoint(path_ / "vit.safetensors");

    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_THAT((*opened)->tensorNames(), ElementsAre("cls_token"));
    EXPECT_THAT((*opened)->files(), ElementsAre(path_ / "vit.safetensors"));
}

TEST_F(VisionFolder, SaysWhatIsAssumed)
{
    write({tensor("cls_token", {1, 1, 2})});
    std::ofstream(path_ / "model.safetensors.index.json") << "{";
    std::ofstream(path_ / "adapter_config.json") << "{}";

    EXPECT_THAT((*openCheckpoint(path_))->notes(),
                ElementsAre(HasSubstr("model.safetensors comes first"), HasSubstr("not applied")));
}

TEST_F(VisionFolder, RefusesWhatHoldsNoTensors)
{
    EXPECT_THAT(whyRefused(path_), HasSubstr("holds no model.safetensors"));
    EXPECT_THAT(whyRefused(path_ / "nothing"), HasSubstr("no such file"));
    EXPECT_THAT(whyRefused(path_ / "config.json"), HasSubstr("a folder that holds model"));
    std::ofstream(path_ / "vit.pth") << "x";
    EXPECT_THAT(whyRefused(path_ / "vit.pth"), HasSubstr("pickle"));
    std::ofstream(path_ / "vit.gguf") << "GGUF";
    EXPECT_THAT(whyRefused(path_ / "vit.gguf"), HasSubstr("GGUF"));
    std::ofstream(path_ / "vit.safetensors") << "????";
    EXPECT_THAT(whyRefused(path_ / "vit.safetensors"), HasSubstr("vit.safetensors"));
}

} // namespace
} // namespace vitrine::model
