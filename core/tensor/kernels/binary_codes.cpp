#include "core/tensor/kernels/binary_codes.h"

#include "core/tensor/tensor_view.h"

#include <algorithm>
#include <cmath>

namespace vitrine::kernels
{
namespace
{

constexpr int kMostPlanes = 8, kMostTerms = 4;
constexpr std::int64_t kMostSide = std::int64_t{1} << 31;

std::size_t sizeOf(std::int64_t count)
{
    return static_cast<std::size_t>(count);
}

Result<void> checkSizes(const BinaryCodes& c)
{
    const auto isSide = [](std::int64_t size) { return size > 0 && size < kMostSide; };
    if (!isSide(c.outputs) || !isSide(c.inputs))
        return inputError("{} x {} codes are not a matrix", c.outputs, c.inputs);
    if (c.planes < 1 || c.planes > kMostPlanes)
        return inputError("{} planes of codes; 1 to {} expected", c.planes, kMostPlanes);
    if (!isSide(c.groupRows) || !isSide(c.groupColumns))
        return inputError("groups of {} x {} weights", c.groupRows, c.groupColumns);
    const bool isPowers = c.form == ScaleForm::powers;
    if (isPowers ? c.termsPerScale < 1 || c.termsPerScale > kMostTerms : c.termsPerScale != 0)
        return inputError("{} powers of two for each scale; 1 to {} expected, and 0 where scales "
                          "are no such sums",
                          c.termsPerScale, kMostTerms);
    const auto expect = [](std::string_view what, std::size_t have,
                           std::int64_t want) -> Result<void> {
        if (have != sizeOf(want))
            return inputError("{} {}; {} expected", have, what, want);
        return {};
    };
    VITRINE_CHECK(expect("bytes of codes", c.codes.size(), c.planes * c.outputs * c.codeBytes()));
    VITRINE_CHECK(expect("scales", c.scales.size(), c.planes * c.groups()));
    VITRINE_CHECK(expect("powers of two", c.terms.size(),
                         isPowers ? c.planes * c.groups() * c.termsPerScale : 0));
    if (!c.zeros.empty())
        VITRINE_CHECK(expect("zero points", c.zeros.size(), c.groups()));
    if (c.form != ScaleForm::grid && (!c.zeros.empty() || !c.offsets.empty()))
        return inputError("only whole numbers on a grid have zero points");
    if (c.form == ScaleForm::grid)
        VITRINE_CHECK(expect("offsets", c.offsets.size(), c.groups()));
    return {};
}

Result<void> checkPadding(const BinaryCodes& c)
{
    if (c.inputs % 8 == 0)
        return {};
    for (std::int64_t row = 0; row < c.planes * c.outputs; ++row)
        if (c.codes[sizeOf((row + 1) * c.codeBytes() - 1)] >> (c.inputs % 8))
            return inputError("row {} of plane {} has codes behind its {} inputs", row % c.outputs,
                              row / c.outputs, c.inputs);
    return {};
}

float termSum(const BinaryCodes& c, std::size_t scale)
{
    float sum = 0;
    for (int t = 0; t < c.termsPerScale; ++t)
        sum += c.terms[scale * sizeOf(c.termsPerScale) + sizeOf(t)].value();
    return sum;
}

// What plane b of a grid is worth in steps: bit b as a code of -1 and +1.
float gridFactor(const BinaryCodes& c, int plane)
{
    return std::ldexp(1.0f, c.planes - 2 - plane);
}

// What a group's weights are around, in steps.
float gridCentre(const BinaryCodes& c, std::size_t group)
{
    const float zero =
        c.zeros.empty() ? std::ldexp(1.0f, c.planes - 1) : static_cast<float>(c.zeros[group]);
    return (std::ldexp(1.0f, c.planes) - 1) / 2 - zero;
}

Result<void> checkScales(const BinaryCodes& c)
{
    for (std::size_t i = 0; i < c.terms.size(); ++i)
        if (!c.terms[i].isValid())
            return inputError("term {} of the scales (byte {}) is no power of two", i,
                              c.terms[i].byte());
    for (std::size_t i = 0; i < c.scales.size(); ++i) {
        const float scale = c.scales[i];
        if (!std::isfinite(scale))
            return inputError("scale {} is {}", i, scale);
        if (c.form == ScaleForm::floats && fromHalf(toHalf(scale)) != scale)
            return inputError("scale {} ({}) has no half-precision number", i, scale);
        if (c.form == ScaleForm::powers && termSum(c, i) != scale)
            return inputError("scale {} is {}, its powers of two give {}", i, scale, termSum(c, i));
    }
    const std::size_t groups = sizeOf(c.groups());
    for (std::size_t g = 0; c.form == ScaleForm::grid && g < groups; ++g) {
        const float step = c.scales[g] / gridFactor(c, 0); // a power of two: exact
        if (fromHalf(toHalf(step)) != step)
            return inputError("step {} ({}) has no half-precision number", g, step);
        if (c.offsets[g] != step * gridCentre(c, g))
            return inputError("offset {} does not follow from step and zero point", g);
        for (int b = 1; b < c.planes; ++b)
            if (c.scales[sizeOf(b) * groups + g] != step * gridFactor(c, b))
                return inputError("the scales of group {} are not those of a grid", g);
    }
    return {};
}

} // namespace

std::int64_t BinaryCodes::storedBits() const
{
    const std::int64_t codeBits = planes * outputs * codeBytes() * 8;
    switch (form) {
    case ScaleForm::floats:
        return codeBits + planes * groups() * 16;
    case ScaleForm::powers:
        return codeBits + planes * groups() * termsPerScale * 8;
    case ScaleForm::grid:
        return codeBits + groups() * (zeros.empty() ? 16 : 24);
    }
    return codeBits;
}

double BinaryCodes::bitsPerWeight() const
{
    return static_cast<double>(storedBits()) / static_cast<double>(outputs * inputs);
}

std::shared_ptr<std::vector<std::uint8_t>> makeCodes(BinaryCodes& codes)
{
    auto bytes = std::make_shared<std::vector<std::uint8_t>>(
        sizeOf(codes.planes * codes.outputs * codes.codeBytes()));
    codes.codes = *bytes;
    codes.owner = bytes;
    return bytes;
}

Result<void> checkCodes(const BinaryCodes& codes)
{
    VITRINE_CHECK(checkSizes(codes));
    VITRINE_CHECK(checkPadding(codes));
    return checkScales(codes);
}

void decodeRows(const BinaryCodes& c, int planes, std::int64_t begin, std::int64_t end, float* out)
{
    const std::int64_t columnGroups = c.columnGroups(), groups = c.groups();
    for (std::int64_t n = begin; n < end; ++n) {
        const std::int64_t firstGroup = n / c.groupRows * columnGroups;
        float* row = out + (n - begin) * c.inputs;
        for (std::int64_t k = 0; k < c.inputs; ++k)
            row[k] = c.offsets.empty() ? 0.0f : c.offsets[sizeOf(firstGroup + k / c.groupColumns)];
        for (int b = 0; b < planes; ++b) {
            const float* scales = c.scales.data() + b * groups + firstGroup;
            for (std::int64_t k = 0; k < c.inputs; ++k) {
                const float scale = scales[k / c.groupColumns];
                row[k] += c.code(b, n, k) ? scale : -scale;
            }
        }
    }
}

void scalesFromTerms(BinaryCodes& codes)
{
    codes.scales.resize(sizeOf(codes.planes * codes.groups()));
    for (std::size_t i = 0; i < codes.scales.size(); ++i)
        codes.scales[i] = termSum(codes, i);
}

void scalesFromSteps(BinaryCodes& codes, std::span<const float> steps)
{
    const std::size_t groups = sizeOf(codes.groups());
    codes.scales.resize(sizeOf(codes.planes) * groups);
    codes.offsets.resize(groups);
    for (std::size_t g = 0; g < groups; ++g) {
        codes.offsets[g] = steps[g] * gridCentre(codes, g);
        for (int b = 0; b < codes.planes; ++b)
            codes.scales[sizeOf(b) * groups + g] = steps[g] * gridFactor(codes, b);
    }
}

std::vector<float> stepsOf(const BinaryCodes& grid)
{
    std::vector<float> steps(grid.scales.begin(),
                             grid.scales.begin() + static_cast<std::ptrdiff_t>(grid.groups()));
    for (float& step : steps)
        step /= gridFactor(grid, 0);
    return steps;
}

} // namespace vitrine::kernels
