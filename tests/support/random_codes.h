#pragma once

#include "core/base/random.h"
#include "core/tensor/kernels/binary_codes.h"
#include "core/tensor/tensor_view.h"

#include <cstdint>
#include <vector>

namespace vitrine::tests
{

struct CodesShape {
    std::int64_t outputs = 0, inputs = 0;
    int planes = 0;
    std::int64_t groupRows = 1, groupColumns = 1;
    kernels::ScaleForm form = kernels::ScaleForm::floats;
    int terms = 3;       // of powers
    bool centred = true; // of a grid
};

// Seeded codes with scales that halve from plane to plane.
inline kernels::BinaryCodes randomCodes(const CodesShape& shape, std::uint64_t seed)
{
    Random random(seed);
    kernels::BinaryCodes codes;
    codes.outputs = shape.outputs, codes.inputs = shape.inputs, codes.planes = shape.planes;
    codes.groupRows = shape.groupRows, codes.groupColumns = shape.groupColumns;
    codes.form = shape.form;
    auto& bytes = *kernels::makeCodes(codes);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const bool isLast = static_cast<std::int64_t>(i + 1) % codes.codeBytes() == 0;
        const int used = isLast && codes.inputs % 8 != 0 ? static_cast<int>(codes.inputs % 8) : 8;
        bytes[i] = static_cast<std::uint8_t>(random.below(std::uint64_t{1} << used));
    }
    const auto groups = static_cast<std::size_t>(codes.groups());
    const auto planeScale = [&](std::size_t i) {
        const auto plane = static_cast<int>(i / groups);
        return static_cast<float>((0.5 + random.uniform()) / (1 << plane) / 64);
    };
    const auto half = [](float value) { return fromHalf(toHalf(value)); };
    const std::size_t scales = static_cast<std::size_t>(codes.planes) * groups;
    if (shape.form == kernels::ScaleForm::floats) {
        for (std::size_t i = 0; i < scales; ++i)
            codes.scales.push_back(half(planeScale(i)));
    } else if (shape.form == kernels::ScaleForm::powers) {
        codes.termsPerScale = shape.terms;
        for (std::size_t i = 0; i < scales * static_cast<std::size_t>(shape.terms); ++i) {
            const auto term = static_cast<int>(i % static_cast<std::size_t>(shape.terms));
            const auto plane = static_cast<int>(i / groups / static_cast<std::size_t>(shape.terms));
            codes.terms.emplace_back(term > 0 && random.below(2) == 1,
                                     -6 - plane - 2 * term - static_cast<int>(random.below(2)));
        }
        kernels::scalesFromTerms(codes);
    } else {
        std::vector<float> steps;
        for (std::size_t g = 0; g < groups; ++g) {
            steps.push_back(half(planeScale(g)));
            if (!shape.centred)
                codes.zeros.push_back(
                    static_cast<std::uint8_t>(random.below(std::uint64_t{1} << codes.planes)));
        }
        kernels::scalesFromSteps(codes, steps);
    }
    return codes;
}

} // namespace vitrine::tests
