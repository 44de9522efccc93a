#pragma once

#include "core/base/random.h"
#include "core/tensor/kernels/binary_codes.h"
#include "core/tensor/tensor_view.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace vitrine::tests
{

struct CodesShape {
    std::int64_t outputs = 0, inputs = 0;
    int planes = 3;
    std::int64_t groupRows = 1, groupColumns = 128;
    kernels::ScaleForm form = kernels::ScaleForm::floats;
    bool hasZeros = false;
};

// Codes and scales at random: scales halve from plane to plane and differ by up to a half between
// groups; powers of two have three terms with signs, some of them zero.
inline kernels::BinaryCodes randomCodes(const CodesShape& shape, std::uint64_t seed = 1)
{
    using kernels::PowerTerm, kernels::ScaleForm;
    Random random(seed);
    kernels::BinaryCodes codes{.outputs = shape.outputs,
                               .inputs = shape.inputs,
                               .planes = shape.planes,
                               .groupRows = shape.groupRows,
                               .groupColumns = shape.groupColumns,
                               .form = shape.form};
    auto& bytes = *kernels::makeCodes(codes);
    for (std::size_t i = 0; i < bytes.size(); i += 8) {
        const std::uint64_t eight = random.bits();
        std::memcpy(&bytes[i], &eight, std::min<std::size_t>(8, bytes.size() - i));
    }
    const auto rowBytes = static_cast<std::size_t>(codes.codeBytes());
    for (std::size_t i = rowBytes; shape.inputs % 8 != 0 && i <= bytes.size(); i += rowBytes)
        bytes[i - 1] &= static_cast<std::uint8_t>((1u << (shape.inputs % 8)) - 1);
    const auto groups = static_cast<std::size_t>(codes.groups());
    const auto scaleOf = [&](std::size_t i) {
        return std::ldexp(0.02 * (1 + 0.5 * random.uniform()), -static_cast<int>(i / groups));
    };
    if (shape.form == ScaleForm::grid) {
        std::vector<float> steps(groups);
        for (float& step : steps)
            step = fromHalf(toHalf(static_cast<float>(0.01 * (1 + random.uniform()))));
        for (std::size_t i = 0; shape.hasZeros && i < groups; ++i)
            codes.zeros.push_back(static_cast<std::uint8_t>(random.bits() % (1u << shape.planes)));
        kernels::scalesFromSteps(codes, steps);
        return codes;
    }
    for (std::size_t i = 0; i < groups * static_cast<std::size_t>(shape.planes); ++i) {
        double scale = scaleOf(i);
        if (shape.form == ScaleForm::floats)
            codes.scales.push_back(fromHalf(toHalf(static_cast<float>(scale))));
        for (int t = 0; shape.form == ScaleForm::powers && t < 3; ++t) {
            const PowerTerm term(
                scale < 0, std::max(-60, static_cast<int>(std::round(std::log2(std::abs(scale))))));
            codes.terms.push_back(t == 2 && i % 5 == 0 ? PowerTerm() : term);
            scale -= static_cast<double>(term.value());
        }
    }
    if (shape.form == ScaleForm::powers) {
        codes.termsPerScale = 3;
        kernels::scalesFromTerms(codes);
    }
    return codes;
}

} // namespace vitrine::tests
