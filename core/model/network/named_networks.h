#pragma once

#include "core/model/network/network.h"

#include <optional>
#include <string_view>

// Vision transformers for one picture, by name. Tensor names are timm's, those of Swin and PVTv2 of
// their first releases. Counts follow the papers' tables: products only, no bias additions.
namespace vitrine::model
{

struct NamedNetwork {
    const char* name;  // "deit-tiny"
    const char* title; // "DeiT-Tiny"
    Network (*build)(std::int64_t side);
    std::int64_t step; // the side of the picture is a multiple of it
};
// Of one family; its file adds them (core/base/registry.h).
using NamedNetworks = std::vector<NamedNetwork>;

// "deit-tiny", "deit-small", "deit-base", "deit-tiny-distilled", "vit-base", "vit-large",
// "swin-tiny", "swin-small", "swin-base", "efficientvit-b0" .. "-b3", "pvtv2-b0"; with "@256"
// behind it another side of the picture (a multiple of 32, of the patch for ViT and of 224 for
// Swin, at most 4096). None: no such name.
std::optional<Network> namedNetwork(std::string_view name);
std::vector<std::string> networkNames(); // without "@"

} // namespace vitrine::model
