#pragma once

#include "core/model/network/network.h"

#include <optional>
#include <string_view>

// Vision transformers for one picture. Tensor names are timm's, those of Swin and PVTv2 of their
// first releases. Counts follow the papers' tables: products only, no bias additions.
namespace vitrine::model
{

// ViT (arXiv 2010.11929) and DeiT (2012.12877): patches, a class token, pre-norm blocks.
struct VitSizes {
    std::int64_t width = 192, depth = 12, heads = 3;
    std::int64_t patch = 16, side = 224, classes = 1000;
    bool distilled = false; // a second token and a second head
};
Network vitNetwork(const VitSizes& sizes);

// Swin (2103.14030): windows of 7 x 7, four stages, merging between them.
struct SwinSizes {
    std::int64_t width = 96;
    std::vector<std::int64_t> depths{2, 2, 6, 2}, heads{3, 6, 12, 24};
    std::int64_t patch = 4, side = 224, window = 7, classes = 1000;
};
Network swinNetwork(const SwinSizes& sizes);

// EfficientViT of MIT's Han lab (2205.14756): MBConv stages, then ReLU linear attention (LiteMLA)
// beside MBConv.
struct EfficientVitSizes {
    std::vector<std::int64_t> widths{16, 32, 64, 128, 256}, depths{1, 2, 3, 3, 4};
    std::int64_t headWidth = 1536, classifierWidth = 1600;
    std::int64_t dim = 16; // of an attention head
    std::int64_t side = 224, classes = 1000;
};
Network efficientVitNetwork(const EfficientVitSizes& sizes);

// PVTv2 (2106.13797) with spatial-reduction attention.
struct PvtSizes {
    std::vector<std::int64_t> widths{32, 64, 160, 256}, depths{2, 2, 2, 2}, heads{1, 2, 5, 8};
    std::vector<std::int64_t> reductions{8, 4, 2, 1}, ratios{8, 8, 4, 4};
    std::int64_t side = 224, classes = 1000;
};
Network pvtNetwork(const PvtSizes& sizes);

// "deit-tiny", "deit-small", "deit-base", "deit-tiny-distilled", "vit-base", "vit-large",
// "swin-tiny", "swin-small", "swin-base", "efficientvit-b0" .. "-b3", "pvtv2-b0"; with "@256"
// behind it another side of the picture (a multiple of 32, of the patch for ViT and of 224 for
// Swin, at most 4096). None: no such name.
std::optional<Network> namedNetwork(std::string_view name);
std::vector<std::string> networkNames(); // without "@"

} // namespace vitrine::model
