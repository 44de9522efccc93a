#include "plugins/quantization/experiments/kernel_contenders.h"

#include "core/base/random.h"
#include "core/tensor/kernels/aligned_bytes.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vitrine::quantization_plugin
{
namespace
{

using kernels::BinaryCodes;

constexpr std::int64_t kMostMatrices = 4096;

std::int64_t matricesFor(double bytes, double each)
{
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(bytes / each)), 1,
                                    kMostMatrices);
}

} // namespace

BinaryCodes drawnCodes(const Params& params)
{
    Random random(static_cast<std::uint64_t>(params.integer("seed")));
    const std::string& layout = params.text("layout");
    const std::int64_t group = params.integer("group");
    BinaryCodes codes;
    codes.outputs = params.integer("rows"), codes.inputs = params.integer("columns");
    codes.planes = static_cast<int>(params.integer("bits"));
    codes.groupRows = layout == "row" ? 1 : codes.outputs;
    codes.groupColumns = layout == "row" ? codes.inputs : layout == "column" ? 1 : 8;
    if (layout == "block")
        codes.groupRows = std::max<std::int64_t>(1, codes.outputs / 8);
    if (group > 0 && layout == "row")
        codes.groupColumns = group;
    if (group > 0 && layout != "row")
        codes.groupRows = std::max<std::int64_t>(1, layout == "block" ? group / 8 : group);
    auto& bytes = *kernels::makeCodes(codes);
    for (std::uint8_t& byte : bytes)
        byte = static_cast<std::uint8_t>(random.bits());
    const auto rowBytes = static_cast<std::size_t>(codes.codeBytes());
    for (std::size_t end = rowBytes; codes.inputs % 8 != 0 && end <= bytes.size(); end += rowBytes)
        bytes[end - 1] &= static_cast<std::uint8_t>((1u << (codes.inputs % 8)) - 1);
    const auto groups = static_cast<std::size_t>(codes.groups());
    const bool isShifted = params.text("primitive") == "shift";
    for (std::size_t i = 0; i < groups * static_cast<std::size_t>(codes.planes); ++i) {
        const auto plane = static_cast<int>(i / groups);
        if (isShifted) {
            for (int term = 0; term < 3; ++term)
                codes.terms.emplace_back(term > 0 && random.below(2) == 1,
                                         -6 - plane - 2 * term - static_cast<int>(random.below(2)));
        } else {
            const auto scale = static_cast<float>((1 + random.uniform()) / 64 / (1 << plane));
            codes.scales.push_back(fromHalf(toHalf(scale)));
        }
    }
    if (isShifted) {
        codes.form = kernels::ScaleForm::powers;
        codes.termsPerScale = 3;
        kernels::scalesFromTerms(codes);
    }
    return codes;
}

Contender denseContender(DType type, const BinaryCodes& codes, double bytes, DenseMatrices& kept)
{
    std::vector<float> numbers(static_cast<std::size_t>(codes.outputs * codes.inputs));
    kernels::decodeRows(codes, codes.planes, 0, codes.outputs, numbers.data());
    std::vector<std::byte> stored(numbers.size() * dtypeSize(type));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (type == DType::f32) {
            std::memcpy(stored.data() + 4 * i, &numbers[i], 4);
        } else {
            const std::uint16_t half = toHalf(numbers[i]);
            std::memcpy(stored.data() + 2 * i, &half, 2);
        }
    }
    Contender contender{.name = type == DType::f32 ? "F32" : "F16", .matrices = {}};
    contender.bytes = static_cast<double>(stored.size());
    const std::int64_t count = matricesFor(bytes, contender.bytes);
    for (std::int64_t i = 0; i < count; ++i) {
        kept.bytes.push_back(stored);
        contender.matrices.push_back(std::make_shared<const kernels::DenseWeights>(
            type, kept.bytes.back().data(), codes.outputs, codes.inputs));
    }
    return contender;
}

Result<std::vector<kernels::SharedBinaryWeights>> binaryMatrices(const BinaryCodes& codes,
                                                                 double bytes)
{
    std::vector<kernels::SharedBinaryWeights> matrices;
    VITRINE_TRY(matrices.emplace_back(), kernels::BinaryWeights::make(codes));
    if (!matrices[0]->hasFastProducts())
        return argumentError("groups of {} x {} weights have no fast products: groups of at least "
                             "16 rows, or of a multiple of 32 columns, do",
                             codes.groupRows, codes.groupColumns);
    const std::int64_t count = matricesFor(bytes, static_cast<double>(matrices[0]->bytes()));
    while (static_cast<std::int64_t>(matrices.size()) < count) {
        VITRINE_TRY(matrices.emplace_back(), kernels::BinaryWeights::make(codes));
    }
    return matrices;
}

} // namespace vitrine::quantization_plugin
