#pragma once

#include "core/base/result.h"
#include "core/tensor/kernels/power_term.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace vitrine::kernels
{

// How the scales of codes are stored; what they are worth is in BinaryCodes::scales whatever the
// form.
enum class ScaleForm {
    floats, // a half-precision number for each plane and group
    powers, // a sum of signed powers of two for each plane and group (ShiftAddLLM)
    grid,   // a half-precision step for each group and, where values are not centred, a zero point:
            // the whole numbers of round-to-nearest, plane b worth step * 2^(planes - 2 - b)
};

// A linear layer's weights as codes of -1 and +1 in planes, with a scale for each plane and group:
//   W[n,k] = offset[group] + sum_b scale[b, group] * code[b,n,k]
// (LUT-GEMM; ShiftAddLLM, section 4: groups of one row, of one column, or of rows x 8 columns).
// Whole numbers of q bits are such codes too: step * (i - zero), with bit b of i as code.
// Planes are nested, the largest first: the first p of them are weights of p planes too, though not
// the best ones that a fit of p planes would find.
struct BinaryCodes {
    std::int64_t outputs = 0, inputs = 0;
    int planes = 0;                               // 1 .. 8
    std::int64_t groupRows = 0, groupColumns = 0; // groups at the end may be smaller
    ScaleForm form = ScaleForm::floats;
    int termsPerScale = 0; // of ScaleForm::powers: 1 .. 4

    // [plane][output][codeBytes()]: bit k % 8 of byte k / 8 is set where code k is +1; bits behind
    // the last input are 0. `owner` keeps them where they are.
    std::span<const std::uint8_t> codes = {};
    std::shared_ptr<const void> owner = {};

    std::vector<float> scales = {};    // [plane][group of rows][group of columns]
    std::vector<float> offsets = {};   // [group of rows][group of columns]; empty: all 0
    std::vector<PowerTerm> terms = {}; // of powers: [plane][group of rows][group of columns][term]
    std::vector<std::uint8_t> zeros =
        {}; // of a grid that is not centred: [row groups][column groups]

    std::int64_t codeBytes() const { return (inputs + 7) / 8; }
    std::int64_t rowGroups() const { return (outputs + groupRows - 1) / groupRows; }
    std::int64_t columnGroups() const { return (inputs + groupColumns - 1) / groupColumns; }
    std::int64_t groups() const { return rowGroups() * columnGroups(); }

    bool code(int plane, std::int64_t output, std::int64_t input) const
    {
        return (codes[static_cast<std::size_t>((plane * outputs + output) * codeBytes() +
                                               input / 8)] >>
                (input % 8)) &
               1;
    }
    // Bits that are stored, codes with their padding and scales in their form.
    std::int64_t storedBits() const;
    double bitsPerWeight() const;
};

// Owned codes: bytes of [plane][output][codeBytes], all -1, to be written to.
std::shared_ptr<std::vector<std::uint8_t>> makeCodes(BinaryCodes& codes);

// Input error that says which size does not fit, where a size is out of range, bits behind the last
// input are set, a scale is not finite, a term is not valid, or scales are not what their terms,
// steps or half-precision numbers say.
Result<void> checkCodes(const BinaryCodes& codes);

// Rows begin <= r < end as floats from the first `planes` planes, summed in single precision in the
// order of the planes, the offset first: what the codes mean, exactly.
void decodeRows(const BinaryCodes& codes, int planes, std::int64_t begin, std::int64_t end,
                float* out);

// Fills `scales` from terms; `scales` and `offsets` of a grid from the steps of its groups [groups]
// and its zero points (none: 2^(planes - 1)).
void scalesFromTerms(BinaryCodes& codes);
void scalesFromSteps(BinaryCodes& codes, std::span<const float> steps);
std::vector<float> stepsOf(const BinaryCodes& grid); // [groups]

} // namespace vitrine::kernels
