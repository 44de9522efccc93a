#include "core/tensor/kernels/binary_inputs.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/binary_inputs.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/binary_scales-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;
using InputReals = hn::CappedTag<float, 16>;
using InputInts = hn::RebindToSigned<InputReals>;
using InputVector = hn::Vec<InputReals>;
using InputWhole = hn::Vec<InputInts>;

inline constexpr std::int64_t kInputLanes =
    static_cast<std::int64_t>(hn::MaxLanes(InputReals()));
// Beyond these magnitudes a step, an inverse of it or a sum may have no place in a float.
inline constexpr float kLargestInput = 0x1p100f, kLeastInput = 0x1p-90f, kLeastOfPiece = 0x1p-100f;

// x times each lane's power of two. Lanes with neither a normal number nor zero before and after
// are left to ldexp.
HWY_INLINE InputVector shifted(InputVector x, const std::uint8_t* terms)
{
    const InputReals d;
    const InputInts di;
    const hn::Rebind<std::uint8_t, InputReals> bytes;
    const auto term = hn::PromoteTo(di, hn::LoadU(bytes, terms));
    const auto bits = hn::BitCast(di, x), zero = hn::Zero(di);
    const auto exponent = hn::Sub(hn::And(term, hn::Set(di, 0x7f)), hn::Set(di, 64));
    const auto field = hn::And(hn::ShiftRight<23>(bits), hn::Set(di, 0xff));
    const auto moved = hn::Add(field, exponent);
    const auto isZero = hn::Or(hn::Eq(hn::ShiftLeft<1>(bits), zero), hn::Eq(term, zero));
    const auto isNormal = hn::And(hn::And(hn::Gt(field, zero), hn::Lt(field, hn::Set(di, 255))),
                                  hn::And(hn::Gt(moved, zero), hn::Lt(moved, hn::Set(di, 255))));
    if (HWY_UNLIKELY(!hn::AllTrue(di, hn::Or(isZero, isNormal)))) {
        float values[kInputLanes];
        hn::StoreU(x, d, values);
        for (std::int64_t i = 0; i < kInputLanes; ++i) {
            const auto power = PowerTerm::ofByte(terms[i]);
            const float value = std::ldexp(values[i], power.isZero() ? 0 : power.exponent());
            values[i] = power.isZero() ? 0.0f * values[i] : power.isNegative() ? -value : value;
        }
        return hn::LoadU(d, values);
    }
    const auto sign = hn::ShiftLeft<24>(hn::And(term, hn::Set(di, 0x80)));
    const auto sum = hn::Add(bits, hn::IfThenElseZero(isNormal, hn::ShiftLeft<23>(exponent)));
    return hn::BitCast(d, hn::IfThenZeroElse(hn::Eq(term, zero), hn::Xor(sum, sign)));
}

void shiftInputsBy(const float* x, std::int64_t count, std::uint8_t term, float* out)
{
    const InputReals d;
    std::uint8_t terms[kInputLanes];
    std::fill_n(terms, kInputLanes, term);
    float last[kInputLanes] = {};
    for (std::int64_t k = 0; k < count; k += kInputLanes) {
        const std::int64_t rest = std::min(kInputLanes, count - k);
        std::copy_n(x + k, rest, last);
        hn::StoreU(shifted(hn::LoadU(d, last), terms), d, last);
        std::copy_n(last, rest, out + k);
    }
}

// Bytes of groups of columns spread over the columns; eight at a time, up to seven too many.
void spreadBytes(const BinaryTiles& tiles, const std::uint8_t* of, std::uint8_t* out)
{
    for (std::int64_t group = 0; group < tiles.columnGroups(); ++group) {
        const std::int64_t begin = group * tiles.groupColumns();
        const std::int64_t end = std::min(begin + tiles.groupColumns(), tiles.inputs());
        const std::uint64_t eight = 0x0101010101010101u * of[group];
        for (std::int64_t k = begin; k < end; k += 8)
            std::memcpy(out + k, &eight, sizeof eight);
    }
}

// x times powers of two that are summed. `spread`: room for a byte of each input.
void scaleByPowers(const BinaryTiles& tiles, std::int64_t rowGroup, int plane, const float* x,
                   std::uint8_t* spread, float* out)
{
    const InputReals d;
    const BinaryScales& s = tiles.scales();
    for (int t = 0; t < s.terms; ++t) {
        const std::uint8_t* terms =
            s.bytes.data() + (t * s.planes + plane) * s.count + rowGroup * tiles.columnGroups();
        if (tiles.groupColumns() > 1) {
            spreadBytes(tiles, terms, spread);
            terms = spread;
        }
        for (std::int64_t k = 0; k < tiles.inputs(); k += kInputLanes) {
            const auto value = shifted(hn::LoadU(d, x + k), terms + k);
            hn::StoreU(t == 0 ? value : hn::Add(hn::LoadU(d, out + k), value), d, out + k);
        }
    }
}

void scaleByFloats(const BinaryTiles& tiles, std::int64_t rowGroup, int plane, const float* x,
                   float* out)
{
    const InputReals d;
    const hn::CappedTag<float, 1> one;
    const BinaryScales& s = tiles.scales();
    const std::int64_t first = rowGroup * tiles.columnGroups();
    if (tiles.groupColumns() == 1) {
        for (std::int64_t k = 0; k < tiles.inputs(); k += kInputLanes)
            hn::StoreU(hn::Mul(hn::LoadU(d, x + k), loadScales(d, s, plane, first + k)), d,
                       out + k);
        return;
    }
    for (std::int64_t group = 0; group < tiles.columnGroups(); ++group) {
        const std::int64_t begin = group * tiles.groupColumns();
        const std::int64_t end = std::min(begin + tiles.groupColumns(), tiles.inputs());
        const auto scale = hn::Set(d, hn::GetLane(loadScales(one, s, plane, first + group)));
        for (std::int64_t k = begin; k < end; k += kInputLanes)
            hn::StoreU(hn::Mul(hn::LoadU(d, x + k), scale), d, out + k);
    }
}

// Of magnitudes as whole numbers, which order as floats do and put what is not finite on top.
float largestMagnitude(const float* values, std::int64_t count)
{
    const InputReals d;
    const InputInts di;
    auto most = hn::Zero(di);
    for (std::int64_t k = 0; k < count; k += kInputLanes)
        most = hn::Max(most, hn::And(hn::BitCast(di, hn::LoadU(d, values + k)),
                                     hn::Set(di, 0x7fffffff)));
    return std::bit_cast<float>(hn::GetLane(hn::MaxOfLanes(di, most)));
}

// To nearest and even, of magnitudes below 2^22: the last bits of the sum are the whole number.
HWY_INLINE InputWhole rounded(const float* values, InputVector inverse)
{
    const InputReals d;
    const InputInts di;
    const auto magic = hn::Set(d, 0x1.8p23f);
    const auto sum = hn::Add(hn::Mul(hn::LoadU(d, values), inverse), magic);
    return hn::Sub(hn::BitCast(di, sum), hn::BitCast(di, magic));
}

HWY_INLINE void storeBytes(InputWhole whole, std::int8_t* out)
{
    const hn::Rebind<std::int8_t, InputInts> bytes;
    hn::StoreU(hn::DemoteTo(bytes, whole), bytes, out);
}

// A low byte with its sign, and what is left above it.
HWY_INLINE void storeDigits(InputWhole whole, std::int8_t* low, std::int8_t* high)
{
    const auto lowest = hn::ShiftRight<24>(hn::ShiftLeft<24>(whole));
    storeBytes(lowest, low);
    storeBytes(hn::ShiftRight<8>(hn::Sub(whole, lowest)), high);
}

// Whole numbers of a piece as bytes; their sum.
template <int kDigits>
std::int32_t storePiece(const float* values, std::int64_t tiles, float inverse, std::int8_t* out)
{
    const InputReals d;
    const InputInts di;
    constexpr std::int64_t inputs = BinaryTiles::kInputs;
    const auto factor = hn::Set(d, inverse);
    auto sum = hn::Zero(di);
    for (std::int64_t tile = 0; tile < tiles; ++tile, values += inputs, out += kDigits * inputs)
        for (std::int64_t i = 0; i < inputs; i += kInputLanes) {
            const auto whole = rounded(values + i, factor);
            sum = hn::Add(sum, whole);
            if constexpr (kDigits == 1)
                storeBytes(whole, out + i);
            else
                storeDigits(whole, out + i, out + inputs + i);
        }
    return hn::GetLane(hn::SumOfLanes(di, sum));
}

// The scaled inputs of one piece -> its whole numbers.
QuantizedInputs::Piece quantizePiece(const InputPlan& plan, const float* values, std::int64_t tiles,
                                     float largest, std::int8_t* out)
{
    const float most = std::max(largest, kLeastOfPiece);
    if (plan.product().inputBits == 8)
        return {most / 127.0f, storePiece<1>(values, tiles, 127.0f / most, out)};
    // most < 2^(exponent + 1)
    const int exponent = static_cast<int>(std::bit_cast<std::uint32_t>(most) >> 23) - 127;
    const int shift = exponent + 1 - plan.wholeBits();
    return {powerOfTwo(shift), storePiece<2>(values, tiles, powerOfTwo(-shift), out)};
}

// `values`: the scaled inputs, filled up with zeros to whole tiles.
void quantizeValues(const InputPlan& plan, const float* values, QuantizedInputs to)
{
    float most = 0;
    std::int8_t* out = to.bytes;
    bool isFinite = true;
    for (std::size_t i = 0; i < plan.pieces().size() && isFinite; ++i) {
        const InputPiece& piece = plan.pieces()[i];
        const float* from = values + piece.tile * BinaryTiles::kInputs;
        const float largest = largestMagnitude(from, piece.tiles * BinaryTiles::kInputs);
        isFinite = largest < kLargestInput;
        most = std::max(most, largest);
        if (isFinite)
            to.pieces[i] = quantizePiece(plan, from, piece.tiles, largest, out);
        out += piece.tiles * plan.tileBytes();
    }
    to.header->isWhole = isFinite && (most == 0 || most >= kLeastInput);
}

void scaleInputs(const BinaryTiles& tiles, std::int64_t rowGroup, int plane, const float* x,
                 std::uint8_t* spread, float* out)
{
    if (tiles.scales().form == ScaleForm::powers)
        scaleByPowers(tiles, rowGroup, plane, x, spread, out);
    else
        scaleByFloats(tiles, rowGroup, plane, x, out);
}

// The offsets of a group of rows times the inputs, in double precision.
float offsetProduct(const BinaryTiles& tiles, std::int64_t rowGroup, const float* x)
{
    const hn::CappedTag<float, 1> one;
    double sum = 0;
    for (std::int64_t group = 0; group < tiles.columnGroups(); ++group) {
        const std::int64_t begin = group * tiles.groupColumns();
        const std::int64_t end = std::min(begin + tiles.groupColumns(), tiles.inputs());
        double part = 0;
        for (std::int64_t k = begin; k < end; ++k)
            part += static_cast<double>(x[k]);
        sum += part * static_cast<double>(hn::GetLane(loadOffsets(
                          one, tiles.scales(), rowGroup * tiles.columnGroups() + group)));
    }
    return static_cast<float>(sum);
}

void addRowOffsetsOf(const BinaryTiles& tiles, const InputPlan& plan, const QuantizedInputs& inputs,
                     std::int64_t begin, std::int64_t end, float* y)
{
    const InputReals d;
    float sums[kInputLanes];
    for (std::int64_t row = begin; row < end; row += kInputLanes) {
        auto sum = hn::Zero(d);
        for (std::size_t i = 0; i < plan.pieces().size(); ++i) {
            const float value =
                static_cast<float>(inputs.pieces[i].sum) * inputs.pieces[i].step;
            sum = hn::Add(sum,
                          hn::Mul(hn::Set(d, value),
                                  loadOffsets(d, tiles.scales(),
                                              tiles.scaleAt(row, plan.pieces()[i].columnGroup))));
        }
        hn::StoreU(sum, d, sums);
        for (std::int64_t i = 0; i < std::min(kInputLanes, end - row); ++i)
            y[row - begin + i] += sums[i];
    }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{
namespace
{

HWY_EXPORT(shiftInputsBy);
HWY_EXPORT(scaleInputs);
HWY_EXPORT(quantizeValues);
HWY_EXPORT(offsetProduct);
HWY_EXPORT(addRowOffsetsOf);

// Short pieces keep an outlier's step to few inputs; long ones cost less.
constexpr std::int64_t kTilesOf8Bits = 8, kTilesOf16Bits = 32;

} // namespace

InputPlan::InputPlan(const BinaryTiles& tiles, BinaryProduct product)
    : product_(product), tiles_(tiles.tiles())
{
    const std::int64_t most = product.inputBits == 8 ? kTilesOf8Bits : kTilesOf16Bits;
    const std::int64_t group = tiles.hasScalesOfRows()
                                   ? (tiles.groupColumns() + BinaryTiles::kInputs - 1) /
                                         BinaryTiles::kInputs
                                   : tiles_;
    for (std::int64_t first = 0; first < tiles_; first += group)
        for (std::int64_t i = 0; i < std::min(group, tiles_ - first); i += most)
            pieces_.push_back(
                {first + i, std::min({most, group - i, tiles_ - first - i}), first / group});
}

std::int64_t InputPlan::tileBytes() const
{
    return BinaryTiles::kInputs * (product_.inputBits / 8) *
           (product_.family == BinaryFamily::lookups ? 4 : 1);
}

std::int64_t InputPlan::floats() const
{
    static_assert(sizeof(QuantizedInputs::Header) == 8 && sizeof(QuantizedInputs::Piece) == 8);
    return 2 + 2 * static_cast<std::int64_t>(pieces_.size()) + tiles_ * tileBytes() / 4;
}

void quantizeInputs(const BinaryTiles& tiles, const InputPlan& plan, std::int64_t rowGroup,
                    int plane, const float* x, float* buffer)
{
    // The inputs, the scaled inputs and bytes of each; vectors may be read and written behind.
    thread_local std::vector<float> scratch;
    const std::int64_t size = (tiles.tiles() + 1) * BinaryTiles::kInputs;
    if (static_cast<std::int64_t>(scratch.size()) < 3 * size)
        scratch.resize(static_cast<std::size_t>(3 * size));
    float* inputs = scratch.data();
    float* scaled = inputs + size;
    std::copy_n(x, tiles.inputs(), inputs);
    std::fill(inputs + tiles.inputs(), scaled, 0.0f);
    const QuantizedInputs to(plan, buffer);
    to.header->offset = 0;
    if (tiles.hasScalesOfRows()) {
        HWY_DYNAMIC_DISPATCH(quantizeValues)(plan, inputs, to);
        return;
    }
    HWY_DYNAMIC_DISPATCH(scaleInputs)
    (tiles, rowGroup, plane, inputs, reinterpret_cast<std::uint8_t*>(scaled + size), scaled);
    std::fill(scaled + tiles.inputs(), scaled + size, 0.0f);
    HWY_DYNAMIC_DISPATCH(quantizeValues)(plan, scaled, to);
    if (plane == 0 && tiles.scales().hasOffsets())
        to.header->offset = HWY_DYNAMIC_DISPATCH(offsetProduct)(tiles, rowGroup, x);
}

void addRowOffsets(const BinaryTiles& tiles, const InputPlan& plan, const QuantizedInputs& inputs,
                   std::int64_t begin, std::int64_t end, float* y)
{
    HWY_DYNAMIC_DISPATCH(addRowOffsetsOf)(tiles, plan, inputs, begin, end, y);
}

void shiftInputs(const float* x, std::int64_t count, PowerTerm term, float* out)
{
    HWY_DYNAMIC_DISPATCH(shiftInputsBy)(x, count, term.byte(), out);
}

} // namespace vitrine::kernels
#endif
