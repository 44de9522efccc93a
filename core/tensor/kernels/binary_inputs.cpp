#include "core/tensor/kernels/binary_inputs.h"

#include "core/tensor/kernels/binary_lookups.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

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

inline constexpr std::int64_t kInputLanes = static_cast<std::int64_t>(hn::MaxLanes(InputReals()));
// Beyond these magnitudes a step, an inverse of it or a sum may have no place in a float.
inline constexpr float kLargestInput = 0x1p100f, kLeastInput = 0x1p-90f, kLeastOfPiece = 0x1p-100f;

// PowerTerm's exponent plus 64 where a float has its exponent, and its sign; 0 is zero.
HWY_INLINE InputWhole termSteps(const std::uint8_t* terms)
{
    const InputInts di;
    const hn::Rebind<std::uint8_t, InputInts> bytes;
    const auto term = hn::PromoteTo(di, hn::LoadU(bytes, terms));
    return hn::Or(hn::ShiftLeft<23>(hn::And(term, hn::Set(di, 0x7f))),
                  hn::ShiftLeft<24>(hn::And(term, hn::Set(di, 0x80))));
}

HWY_INLINE InputWhole isZeroFloat(InputWhole bits)
{
    const InputInts di;
    return hn::VecFromMask(di, hn::Eq(hn::ShiftLeft<1>(bits), hn::Zero(di)));
}

// x times powers of two by adding to exponents.
class Shifted
{
public:
    HWY_INLINE explicit Shifted(InputVector x)
    {
        const InputInts di;
        const auto bits = hn::BitCast(di, x);
        const auto isZero = isZeroFloat(bits);
        base_ = hn::Sub(bits, hn::AndNot(isZero, hn::Set(di, 64 << 23)));
        part_ = hn::Or(hn::Not(isZero), hn::Set(di, std::numeric_limits<std::int32_t>::min()));
    }
    HWY_INLINE InputVector by(InputWhole steps) const
    {
        const InputInts di;
        const auto sum = hn::Add(base_, hn::And(steps, part_)); // of zero only the sign is changed
        return hn::BitCast(InputReals(), hn::IfThenElseZero(hn::Ne(steps, hn::Zero(di)), sum));
    }

private:
    InputWhole base_, part_;
};

float shiftedSlowly(float x, std::uint8_t byte)
{
    const auto term = PowerTerm::ofByte(byte);
    if (term.isZero())
        return 0.0f * x;
    const float value = std::ldexp(x, term.exponent());
    return term.isNegative() ? -value : value;
}

// Whether all of x is 0 or a normal number, and stays one times powers of two 2^least .. 2^most.
bool areNormal(const float* x, std::int64_t count, int least, int most)
{
    const InputReals d;
    const hn::RebindToUnsigned<InputReals> du;
    const auto one = hn::Set(du, 1);
    auto lowest = hn::Set(du, 127u << 23), highest = lowest; // lowest: less one, so that 0 is last
    for (std::int64_t k = 0; k < count; k += kInputLanes) {
        const auto bits = hn::BitCast(du, hn::Abs(hn::LoadU(d, x + k)));
        lowest = hn::Min(lowest, hn::Sub(bits, one));
        highest = hn::Max(highest, bits);
    }
    const auto exponent = [](std::uint32_t bits) { return static_cast<int>(bits >> 23); };
    return exponent(hn::GetLane(hn::MinOfLanes(du, lowest)) + 1) + std::min(least, 0) > 0 &&
           exponent(hn::GetLane(hn::MaxOfLanes(du, highest))) + std::max(most, 0) < 255;
}

void shiftInputsBy(const float* x, std::int64_t count, std::uint8_t byte, float* out)
{
    const InputReals d;
    std::uint8_t terms[kInputLanes];
    float part[kInputLanes] = {};
    std::fill_n(terms, kInputLanes, byte);
    const int exponent = PowerTerm::ofByte(byte).exponent();
    for (std::int64_t k = 0; k < count; k += kInputLanes) {
        const std::int64_t rest = std::min(kInputLanes, count - k);
        std::copy_n(x + k, rest, part);
        if (areNormal(part, kInputLanes, exponent, exponent))
            hn::StoreU(Shifted(hn::LoadU(d, part)).by(termSteps(terms)), d, part);
        else
            std::transform(part, part + kInputLanes, part,
                           [&](float value) { return shiftedSlowly(value, byte); });
        std::copy_n(part, rest, out + k);
    }
}

// x times powers of two that are summed, in blocks of eight columns: two in a vector. Meanwhile the
// memory would rest: the codes at `ahead`, a sixteenth as many lines as there are inputs, come into
// the second cache.
template <class Terms>
void scaleEights(const BinaryTiles& tiles, std::int64_t first, const Terms& terms, const float* x,
                 const std::uint8_t* ahead, float* out)
{
    const InputReals d;
    const InputInts di;
    constexpr std::int64_t line = 64;
    std::int32_t places[kInputLanes];
    for (std::int64_t i = 0; i < kInputLanes; ++i)
        places[i] = static_cast<std::int32_t>(i / 8);
    const auto pair = hn::LoadU(di, places);
    const auto zero = hn::Zero(di), bias = hn::Set(di, 64 << 23);
    const std::int64_t groups = tiles.columnGroups();
    const int count = tiles.scales().terms;
    for (std::int64_t group = 0; group < groups; group += kInputLanes) {
        HWY_ALIGN std::int32_t steps[4 * kInputLanes]; // of checkCodes: at most four terms
        for (int t = 0; t < count; ++t)
            hn::StoreU(termSteps(terms(t) + first + group), di, steps + t * kInputLanes);
        for (std::int64_t i = 0; i < std::min(kInputLanes, groups - group); i += 2) {
            __builtin_prefetch(ahead, 0, 2);
            ahead += line;
            const auto index =
                hn::IndicesFromVec(di, hn::Add(pair, hn::Set(di, static_cast<std::int32_t>(i))));
            const auto bits = hn::BitCast(di, hn::LoadU(d, x + 8 * (group + i)));
            const auto base = hn::Sub(bits, bias); // of a zero what comes out is left out below
            auto sum = hn::Zero(d);
            for (int t = 0; t < count; ++t) {
                const auto step =
                    hn::TableLookupLanes(hn::LoadU(di, steps + t * kInputLanes), index);
                const auto term = hn::IfThenElseZero(hn::Ne(step, zero), hn::Add(base, step));
                sum = hn::Add(sum, hn::BitCast(d, term));
            }
            const auto isZero = hn::Eq(hn::ShiftLeft<1>(bits), zero);
            hn::StoreU(hn::IfThenZeroElse(hn::RebindMask(d, isZero), sum), d,
                       out + 8 * (group + i));
        }
    }
}

// `steps`: room for each term and input.
void scaleByPowers(const BinaryTiles& tiles, std::int64_t rowGroup, int plane, const float* x,
                   std::int32_t* steps, std::int64_t stride, float* out)
{
    const InputReals d;
    const InputInts di;
    const BinaryScales& s = tiles.scales();
    const std::int64_t inputs = tiles.inputs();
    const auto terms = [&](int t) { return s.bytes.data() + (t * s.planes + plane) * s.count; };
    if (areNormal(x, inputs, s.leastExponent, s.mostExponent)) {
        if (tiles.groupColumns() == 8 && kInputLanes == 16) {
            const std::int64_t part = rowGroup * tiles.planes() + plane;
            scaleEights(tiles, rowGroup * tiles.columnGroups(), terms, x,
                        tiles.codes(0, 0) + 4 * part * inputs, out);
            return;
        }
        for (int t = 0; t < s.terms; ++t)
            spreadGroups(
                di, tiles, rowGroup * tiles.groupRows(),
                [&](InputInts, std::int64_t i) HWY_ATTR { return termSteps(terms(t) + i); },
                steps + t * stride);
        for (std::int64_t k = 0; k < inputs; k += kInputLanes) {
            const Shifted input(hn::LoadU(d, x + k));
            auto sum = hn::Zero(d);
            for (int t = 0; t < s.terms; ++t)
                sum = hn::Add(sum, input.by(hn::LoadU(di, steps + t * stride + k)));
            hn::StoreU(sum, d, out + k);
        }
        return;
    }
    for (std::int64_t k = 0; k < inputs; ++k) {
        out[k] = 0;
        for (int t = 0; t < s.terms; ++t)
            out[k] += shiftedSlowly(
                x[k], terms(t)[rowGroup * tiles.columnGroups() + k / tiles.groupColumns()]);
    }
}

void scaleByFloats(const BinaryTiles& tiles, std::int64_t rowGroup, int plane, const float* x,
                   float* out)
{
    const InputReals d;
    const BinaryScales& s = tiles.scales();
    spreadGroups(
        d, tiles, rowGroup * tiles.groupRows(),
        [&](InputReals, std::int64_t i) HWY_ATTR { return loadScales(d, s, plane, i); }, out);
    for (std::int64_t k = 0; k < tiles.inputs(); k += kInputLanes)
        hn::StoreU(hn::Mul(hn::LoadU(d, x + k), hn::LoadU(d, out + k)), d, out + k);
}

// Of magnitudes as whole numbers, which order as floats do and put what is not finite on top.
float largestMagnitude(const float* values, std::int64_t count)
{
    const InputReals d;
    const InputInts di;
    auto most = hn::Zero(di);
    for (std::int64_t k = 0; k < count; k += kInputLanes)
        most = hn::Max(most,
                       hn::And(hn::BitCast(di, hn::LoadU(d, values + k)), hn::Set(di, 0x7fffffff)));
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

HWY_INLINE void storeLowBytes(InputWhole whole, std::int8_t* out)
{
#if HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm512_cvtepi32_epi8(whole.raw));
#else
    const hn::Rebind<std::int8_t, InputInts> bytes;
    const auto lowest = hn::ShiftRight<24>(hn::ShiftLeft<24>(whole)); // or they would saturate
    hn::StoreU(hn::DemoteTo(bytes, lowest), bytes, out);
#endif
}

// A low byte with its sign, and what is left above it.
HWY_INLINE void storeDigits(InputWhole whole, std::int8_t* low, std::int8_t* high)
{
    storeLowBytes(whole, low);
    storeLowBytes(hn::ShiftRight<8>(hn::Add(whole, hn::Set(InputInts(), 128))), high);
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
                storeLowBytes(whole, out + i);
            else
                storeDigits(whole, out + i, out + inputs + i);
        }
    return hn::GetLane(hn::SumOfLanes(di, sum));
}

std::int32_t storeShorts(const float* values, std::int64_t tiles, float inverse, std::int16_t* out)
{
    const InputReals d;
    const InputInts di;
    const hn::Rebind<std::int16_t, InputInts> shorts;
    auto sum = hn::Zero(di);
    for (std::int64_t k = 0; k < tiles * BinaryTiles::kInputs; k += kInputLanes) {
        const auto whole = rounded(values + k, hn::Set(d, inverse));
        sum = hn::Add(sum, whole);
        hn::StoreU(hn::DemoteTo(shorts, whole), shorts, out + k);
    }
    return hn::GetLane(hn::SumOfLanes(di, sum));
}

// A piece's largest magnitude is less than 2^(exponent + 1).
int exponentOf(float largest)
{
    return static_cast<int>(std::bit_cast<std::uint32_t>(std::max(largest, kLeastOfPiece)) >> 23) -
           127;
}

// Whether the largest whole number of 14 bits is 2^14, by rounding: four such have a sum of 17
// bits.
bool roundsUp(float largest)
{
    return largest * powerOfTwo(13 - exponentOf(largest)) >= 0x1p14f - 0.5f;
}

// The scaled inputs of one piece -> its whole numbers. `shorts`: room for them.
QuantizedInputs::Piece quantizePiece(const InputPlan& plan, const float* values, std::int64_t tiles,
                                     float largest, bool areDots, std::int16_t* shorts,
                                     std::int8_t* out)
{
    QuantizedInputs::Piece piece;
    if (areDots && plan.product().inputBits == 8) {
        const float most = std::max(largest, kLeastOfPiece);
        piece.step = most / 127.0f;
        piece.base = storePiece<1>(values, tiles, 127.0f / most, out);
        piece.total = static_cast<float>(piece.base) * piece.step;
        return piece;
    }
    const int shift = exponentOf(largest) + 1 - plan.wholeBits();
    piece.step = powerOfTwo(shift);
    const std::int32_t sum = areDots ? storePiece<2>(values, tiles, powerOfTwo(-shift), out)
                                     : storeShorts(values, tiles, powerOfTwo(-shift), shorts);
    piece.total = static_cast<float>(sum) * piece.step;
    piece.base =
        areDots ? sum : makeLookups(shorts, tiles, plan.product().inputBits, piece.step, out);
    return piece;
}

// `values`: the scaled inputs, filled up with zeros to whole tiles.
void quantizeValues(const InputPlan& plan, const float* values, std::int16_t* shorts,
                    QuantizedInputs to)
{
    constexpr std::int64_t inputs = BinaryTiles::kInputs;
    const std::size_t count = plan.pieces().size();
    float most = 0;
    bool isFinite = true, areDots = plan.product().family == BinaryFamily::dots;
    for (std::size_t i = 0; i < count && isFinite; ++i) {
        const InputPiece& piece = plan.pieces()[i];
        const float largest = largestMagnitude(values + piece.tile * inputs, piece.tiles * inputs);
        to.pieces[i].step = largest;
        isFinite = largest < kLargestInput;
        most = std::max(most, largest);
        areDots = areDots || (isFinite && !plan.roundsTwice() && roundsUp(largest));
    }
    to.header->isWhole = isFinite && (most == 0 || most >= kLeastInput);
    to.header->areDots = areDots;
    std::int8_t* out = to.bytes;
    for (std::size_t i = 0; i < count && isFinite; ++i) {
        const InputPiece& piece = plan.pieces()[i];
        to.pieces[i] = quantizePiece(plan, values + piece.tile * inputs, piece.tiles,
                                     to.pieces[i].step, areDots, shorts, out);
        out += piece.tiles * plan.tileBytes(areDots ? BinaryFamily::dots : BinaryFamily::lookups);
    }
}

void scaleInputs(const BinaryTiles& tiles, std::int64_t rowGroup, int plane, const float* x,
                 std::int32_t* steps, std::int64_t stride, float* out)
{
    if (tiles.scales().form == ScaleForm::powers)
        scaleByPowers(tiles, rowGroup, plane, x, steps, stride, out);
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
    for (std::int64_t row = begin / kInputLanes * kInputLanes; row < end; row += kInputLanes) {
        auto sum = hn::Zero(d);
        for (std::size_t i = 0; i < plan.pieces().size(); ++i) {
            sum = hn::Add(sum,
                          hn::Mul(hn::Set(d, inputs.pieces[i].total),
                                  loadOffsets(d, tiles.scales(),
                                              tiles.scaleAt(row, plan.pieces()[i].columnGroup))));
        }
        hn::StoreU(sum, d, sums);
        for (std::int64_t r = std::max(row, begin); r < std::min(row + kInputLanes, end); ++r)
            y[r - begin] += sums[r - row];
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
constexpr std::int64_t kTilesOf8Bits = 4, kTilesOf16Bits = 32;

} // namespace

InputPlan::InputPlan(const BinaryTiles& tiles, BinaryProduct product)
    : product_(product), tiles_(tiles.tiles())
{
    const std::int64_t most = product.inputBits == 8 ? kTilesOf8Bits : kTilesOf16Bits;
    const std::int64_t group =
        tiles.hasScalesOfRows()
            ? (tiles.groupColumns() + BinaryTiles::kInputs - 1) / BinaryTiles::kInputs
            : tiles_;
    for (std::int64_t first = 0; first < tiles_; first += group)
        for (std::int64_t i = 0; i < std::min(group, tiles_ - first); i += most)
            pieces_.push_back(
                {first + i, std::min({most, group - i, tiles_ - first - i}), first / group});
}

std::int64_t InputPlan::tileBytes(BinaryFamily family) const
{
    return BinaryTiles::kInputs * (product_.inputBits / 8) *
           (family == BinaryFamily::lookups ? 4 : 1);
}

std::int64_t InputPlan::floats() const
{
    static_assert(sizeof(QuantizedInputs::Header) == 12 && sizeof(QuantizedInputs::Piece) == 12);
    constexpr auto line = static_cast<std::int64_t>(QuantizedInputs::kLine);
    return 3 + 3 * static_cast<std::int64_t>(pieces_.size()) +
           (tiles_ * tileBytes(product_.family) + line) / 4;
}

void quantizeInputs(const BinaryTiles& tiles, const InputPlan& plan, std::int64_t rowGroup,
                    int plane, const float* x, float* buffer)
{
    // Vectors may be read and written behind the last input.
    thread_local std::vector<float> scratch;
    thread_local std::vector<std::int32_t> steps;
    thread_local std::vector<std::int16_t> shorts;
    const std::int64_t size = (tiles.tiles() + 1) * BinaryTiles::kInputs;
    const auto atLeast = [](auto& values, std::int64_t count) {
        if (static_cast<std::int64_t>(values.size()) < count)
            values.resize(static_cast<std::size_t>(count));
    };
    atLeast(scratch, 2 * size);
    atLeast(steps, tiles.scales().terms * size);
    atLeast(shorts, size);
    float* inputs = scratch.data();
    float* scaled = inputs + size;
    std::copy_n(x, tiles.inputs(), inputs);
    std::fill(inputs + tiles.inputs(), scaled, 0.0f);
    const QuantizedInputs to(plan, buffer);
    to.header->offset = 0;
    if (tiles.hasScalesOfRows()) {
        HWY_DYNAMIC_DISPATCH(quantizeValues)(plan, inputs, shorts.data(), to);
        return;
    }
    HWY_DYNAMIC_DISPATCH(scaleInputs)
    (tiles, rowGroup, plane, inputs, steps.data(), size, scaled);
    std::fill(scaled + tiles.inputs(), scaled + size, 0.0f);
    HWY_DYNAMIC_DISPATCH(quantizeValues)(plan, scaled, shorts.data(), to);
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
