#include "core/learning/nets/training/tensor_file.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vitrine::learning
{
namespace
{

std::string temporary(const std::string& name)
{
    return (std::filesystem::temp_directory_path() / (std::to_string(::getpid()) + "-" + name))
        .string();
}

TEST(TensorFile, KeepsNamesShapesValuesAndMetadata)
{
    const std::string path = temporary("vitrine-tensor-file-test.safetensors");
    TensorFile file;
    file.tensors = {{"b.weight", torch::arange(6).to(torch::kFloat).view({2, 3})},
                    {"a", torch::ones({1}) / 3.0}};
    file.metadata = {{"step", "12"}, {"say", "a \"quoted\" word"}};

    writeTensorFile(path, file, Storage::f32);
    const TensorFile read = readTensorFile(path);

    ASSERT_EQ(read.tensors.size(), 2u);
    EXPECT_EQ(read.tensors[0].first, "b.weight");
    EXPECT_TRUE(torch::equal(read.tensors[0].second, file.tensors[0].second));
    EXPECT_TRUE(torch::equal(*read.find("a"), *file.find("a")));
    EXPECT_EQ(read.metadata, file.metadata);
    std::filesystem::remove(path);
}

TEST(TensorFile, RoundsToHalfPrecisionWhereAsked)
{
    const std::string path = temporary("vitrine-tensor-file-half-test.safetensors");
    TensorFile file;
    file.tensors = {{"w", torch::ones({3}) / 3.0}};

    writeTensorFile(path, file, Storage::f16);

    EXPECT_TRUE(torch::equal(*readTensorFile(path).find("w"),
                             file.tensors[0].second.to(torch::kHalf).to(torch::kFloat)));
    std::filesystem::remove(path);
}

TEST(TensorFile, RefusesATruncatedFileNamingIt)
{
    const std::string path = temporary("vitrine-tensor-file-short-test.safetensors");
    TensorFile file;
    file.tensors = {{"w", torch::ones({300})}};
    writeTensorFile(path, file, Storage::f32);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);

    try {
        readTensorFile(path);
        FAIL() << "it was read";
    } catch (const std::exception& error) {
        EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    }
    std::filesystem::remove(path);
}

TEST(TensorFile, RefusesShapesThatOverflowOrLieOutside)
{
    const std::string path = temporary("vitrine-tensor-file-shape-test.safetensors");
    for (const char* entry :
         {R"("shape":[4294967296,4294967296,4],"data_offsets":[0,0])",
          R"("shape":[-1],"data_offsets":[0,4])",
          R"("shape":[9223372036854775807],"data_offsets":[0,8])",
          R"("shape":[2],"data_offsets":[8,0])", R"("shape":[2],"data_offsets":[4,12])"}) {
        std::string header = std::string(R"({"w":{"dtype":"F32",)") + entry + "}}";
        header.resize(128, ' ');
        std::string bytes(8, '\0');
        bytes[0] = static_cast<char>(128);
        std::ofstream(path, std::ios::binary) << bytes << header << std::string(8, '\0');

        EXPECT_THROW(readTensorFile(path), std::runtime_error) << entry;
    }
    std::filesystem::remove(path);
}

} // namespace
} // namespace vitrine::learning
