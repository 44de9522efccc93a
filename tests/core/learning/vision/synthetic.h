#pragma once

#include "core/learning/nets/vision/garment_source.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace vitrine::learning
{

// `count` pictures of two classes: a bright square above (0) or below (1) on dark noise.
inline Garments twoKindsOfGarments(int64_t count, int64_t seed)
{
    torch::manual_seed(static_cast<uint64_t>(seed));
    const auto labels = torch::randint(2, {count}, torch::kUInt8);
    auto pictures = torch::randint(1, 40, {count, 28, 28}, torch::kUInt8);
    for (int64_t i = 0; i < count; ++i)
        pictures[i].narrow(0, labels[i].item<int64_t>() * 14 + 2, 10).narrow(1, 6, 16).fill_(220);
    return {pictures, labels};
}

inline GarmentParts twoKindsInParts()
{
    return {twoKindsOfGarments(64, 1), twoKindsOfGarments(20, 2), twoKindsOfGarments(20, 3)};
}

// A folder with pictures as PictureStore reads them, one noisy 200 x 120 one for each use.
class PictureFolder
{
public:
    PictureFolder()
    {
        std::filesystem::create_directories(path_);
        std::ofstream table(path_ + "/pictures.tsv");
        std::ofstream bytes(path_ + "/pictures.rgb", std::ios::binary);
        table << "name\twidth\theight\toffset\tuse\n";
        int64_t offset = 0;
        for (const char* use : {"train", "codec", "vt10"}) {
            const auto noise = torch::randint(60, 200, {120 * 200 * 3}, torch::kUInt8);
            bytes.write(static_cast<const char*>(noise.data_ptr()), noise.numel());
            table << use << "\t200\t120\t" << offset << "\t" << use << "\n";
            offset += noise.numel();
        }
    }
    ~PictureFolder() { std::filesystem::remove_all(path_); }

    const std::string& path() const { return path_; }

private:
    std::string path_ = testing::TempDir() + "vision-pictures-" + std::to_string(::getpid());
};

} // namespace vitrine::learning
