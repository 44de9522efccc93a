#pragma once

#include "core/model/network/efficient_vit_network.h"
#include "core/model/network/pvt_network.h"
#include "core/model/network/swin_network.h"
#include "core/model/network/vit_network.h"

// Vision transformers that tests of several folders give random weights (random_vision.h).
namespace vitrine::tests
{

// As small as a family can be.
inline model::Network tinyVit()
{
    return model::vitNetwork(
        {.width = 8, .depth = 1, .heads = 2, .mlp = 16, .patch = 4, .side = 8, .classes = 3});
}
inline model::Network tinySwin()
{
    return model::swinNetwork({.width = 8,
                               .depths = {2, 1},
                               .heads = {2, 4},
                               .patch = 2,
                               .side = 16,
                               .window = 2,
                               .classes = 3});
}
inline model::Network tinyPvt()
{
    return model::pvtNetwork({.widths = {4, 8, 8, 8},
                              .depths = {1, 1, 1, 1},
                              .heads = {1, 2, 2, 2},
                              .reductions = {4, 2, 2, 1},
                              .ratios = {2, 2, 2, 2},
                              .side = 64,
                              .classes = 3});
}
inline model::Network tinyEfficientVit()
{
    return model::efficientVitNetwork({.widths = {4, 4, 8, 8, 8},
                                       .depths = {1, 1, 1, 1, 1},
                                       .headWidth = 8,
                                       .classifierWidth = 8,
                                       .dim = 4,
                                       .side = 32,
                                       .classes = 3});
}

// Windows of 4 x 4 on maps of 16 x 16 and 8 x 8.
inline const model::SwinSizes kSmallSwin{.width = 12,
                                         .depths = {2, 2},
                                         .heads = {2, 4},
                                         .patch = 2,
                                         .side = 32,
                                         .window = 4,
                                         .classes = 5};

} // namespace vitrine::tests
