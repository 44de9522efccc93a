#pragma once

#include "core/base/random.h"
#include "core/quant/vision/integer_layer_norm.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace vitrine::tests
{

// A LayerNorm with numbers like those of a trained network.
struct SomeLayerNorm {
    quant::CodeGrid input{.scale = 0x1p-5}, output{.scale = 0x1p-5};
    std::vector<float> weight, bias;

    SomeLayerNorm(std::size_t channels, Random& random)
    {
        for (std::size_t i = 0; i < channels; ++i) {
            input.shifts.push_back(static_cast<std::uint8_t>(random.below(4)));
            weight.push_back(static_cast<float>(0.7 + 0.3 * random.normal()));
            bias.push_back(static_cast<float>(0.2 * random.normal()));
        }
    }
    quant::IntegerLayerNorm prepared(int bits = 8) const
    {
        return {input, output, weight, bias, {.multiplierBits = bits}};
    }
};

// Rows of many kinds: constant, nearly constant, at the ends of the codes, of all sizes.
inline std::vector<std::int8_t> someRow(std::size_t channels, std::uint64_t kind, Random& random)
{
    const auto anyCode = [&] { return static_cast<std::int8_t>(random.below(256)); };
    std::vector<std::int8_t> codes(channels, kind == 1 ? std::int8_t{-128} : anyCode());
    const double spread = std::exp2(7 * random.uniform());
    for (std::int8_t& code : codes) {
        if (kind == 2)
            code = random.below(2) ? std::int8_t{127} : std::int8_t{-128};
        if (kind >= 4)
            code = static_cast<std::int8_t>(std::clamp(spread * random.normal(), -128.0, 127.0));
    }
    if (kind == 3)
        codes[random.below(channels)] = anyCode();
    return codes;
}

} // namespace vitrine::tests
