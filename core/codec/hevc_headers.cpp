#include "core/codec/hevc_headers.h"

#include <algorithm>
#include <bit>

namespace vitrine::codec
{
namespace
{

constexpr std::int64_t kMostHevcPixels = std::int64_t{8192} * 8192;

int bitsFor(std::uint32_t values) // Ceil(Log2(values))
{
    return values < 2 ? 0 : std::bit_width(values - 1);
}

void skipProfile(BitReader& in, int layers)
{
    in.skip(88 + 8);
    std::array<bool, 8> hasProfile{}, hasLevel{};
    for (int i = 0; i + 1 < layers; ++i) {
        hasProfile[static_cast<std::size_t>(i)] = in.flag();
        hasLevel[static_cast<std::size_t>(i)] = in.flag();
    }
    if (layers > 1)
        in.skip(2 * (8 - (layers - 1)));
    for (int i = 0; i + 1 < layers; ++i)
        in.skip((hasProfile[static_cast<std::size_t>(i)] ? 88 : 0) +
                (hasLevel[static_cast<std::size_t>(i)] ? 8 : 0));
}

void skipScalingLists(BitReader& in)
{
    for (int size = 0; size < 4; ++size)
        for (int matrix = 0; matrix < 6 && !in.isOver(); matrix += size == 3 ? 3 : 1) {
            if (!in.flag()) {
                in.ue();
                continue;
            }
            if (size > 1)
                in.se();
            for (int i = 0; i < std::min(64, 1 << (4 + 2 * size)); ++i)
                in.se();
        }
}

// 7.3.7. Sets before it are there; in a slice's header those are all of the sequence.
bool readPredictedSet(BitReader& in, const std::vector<HevcReferenceSet>& sets, bool isOfSlice,
                      HevcReferenceSet& set)
{
    const std::uint32_t back = isOfSlice ? in.ue() : 0;
    if (back >= sets.size())
        return false;
    const HevcReferenceSet& from = sets[sets.size() - 1 - back];
    const bool isNegative = in.flag();
    const std::uint32_t size = in.ue();
    if (size >= 32768)
        return false;
    const std::int64_t shift = isNegative ? -std::int64_t{size} - 1 : std::int64_t{size} + 1;
    for (std::size_t i = 0; i <= from.size(); ++i) {
        const bool isUsed = in.flag();
        const bool isKept = isUsed || in.flag();
        const std::int64_t distance = shift + (i < from.size() ? from[i].distance : 0);
        if (isKept && distance != 0)
            set.push_back({distance, isUsed});
    }
    std::ranges::stable_sort(set, {}, [](const HevcReference& one) {
        return one.distance < 0 ? std::pair<int, std::int64_t>{0, -one.distance}
                                : std::pair<int, std::int64_t>{1, one.distance};
    });
    return !in.isOver();
}

bool readSet(BitReader& in, const std::vector<HevcReferenceSet>& sets, bool isOfSlice,
             HevcReferenceSet& set)
{
    constexpr std::uint32_t kMost = 16;
    if (!sets.empty() && in.flag())
        return readPredictedSet(in, sets, isOfSlice, set);
    const std::uint32_t before = in.ue(), behind = in.ue();
    if (in.isOver() || before > kMost || behind > kMost)
        return false;
    for (const auto& [count, sign] : {std::pair{before, -1}, std::pair{behind, 1}}) {
        std::int64_t distance = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            distance += sign * (std::int64_t{in.ue()} + 1);
            set.push_back({distance, in.flag()});
        }
    }
    return !in.isOver();
}

void skipSubHrd(BitReader& in, std::uint32_t buffers, bool hasSubPictures)
{
    for (std::uint32_t i = 0; i < buffers; ++i) {
        in.ue();
        in.ue();
        if (hasSubPictures) {
            in.ue();
            in.ue();
        }
        in.flag();
    }
}

void skipHrd(BitReader& in, int layers) // E.2.2
{
    const bool nal = in.flag(), vcl = in.flag();
    const bool hasSubPictures = (nal || vcl) && in.flag();
    if (hasSubPictures)
        in.skip(8 + 5 + 1 + 5);
    if (nal || vcl)
        in.skip(4 + 4 + (hasSubPictures ? 4 : 0) + 5 + 5 + 5);
    for (int i = 0; i < layers && !in.isOver(); ++i) {
        const bool isFixed = in.flag() || in.flag(); // in general, within the sequence
        bool isLowDelay = false;
        if (isFixed)
            in.ue();
        else
            isLowDelay = in.flag();
        const std::uint32_t buffers = isLowDelay ? 1 : std::min(in.ue(), 31U) + 1;
        if (nal)
            skipSubHrd(in, buffers, hasSubPictures);
        if (vcl)
            skipSubHrd(in, buffers, hasSubPictures);
    }
}

void skipVui(BitReader& in, int layers) // E.2.1
{
    constexpr unsigned kExtendedAspect = 255;
    if (in.flag() && in.bits(8) == kExtendedAspect)
        in.skip(32);
    if (in.flag()) // overscan
        in.flag();
    if (in.flag()) { // signal
        in.skip(4);
        if (in.flag())
            in.skip(24);
    }
    if (in.flag()) { // place of chroma
        in.ue();
        in.ue();
    }
    in.skip(3);
    if (in.flag()) // window
        for (int i = 0; i < 4; ++i)
            in.ue();
    if (in.flag()) { // timing
        in.skip(64);
        if (in.flag())
            in.ue();
        if (in.flag())
            skipHrd(in, layers);
    }
    if (in.flag()) { // restrictions
        in.skip(3);
        for (int i = 0; i < 5; ++i)
            in.ue();
    }
}

bool isPossible(const HevcSps& sps)
{
    const auto within = [](int value, int low, int high) { return value >= low && value <= high; };
    return within(sps.chroma, 0, 3) && within(sps.bits, 8, 16) && within(sps.pocBits, 4, 16) &&
           within(sps.ctb, 4, 6) && within(sps.minCb, 3, sps.ctb) &&
           within(sps.minTb, 2, sps.minCb - 1) &&
           within(sps.maxTb, sps.minTb, std::min(sps.ctb, 5)) &&
           within(sps.depthInter, 0, sps.ctb - sps.minTb) &&
           within(sps.depthIntra, 0, sps.ctb - sps.minTb) && sps.width > 0 && sps.height > 0 &&
           sps.width % (1 << sps.minCb) == 0 && sps.height % (1 << sps.minCb) == 0 &&
           std::int64_t{sps.width} * sps.height <= kMostHevcPixels;
}

int smallUe(BitReader& in) // what is large is impossible wherever this is asked
{
    return static_cast<int>(std::min(in.ue(), 100'000U));
}

std::string extensionOf(BitReader& in, bool isSps)
{
    if (!in.flag())
        return "";
    const bool hasRange = in.flag();
    if (in.bits(7) != 0)
        return "an extension of the standard (layers, 3D or screen content)";
    if (!hasRange)
        return "";
    // Of the range extensions of a sequence three change no syntax of blocks: rotation, smoothing
    // and the precision of weights.
    constexpr unsigned kNoSyntax = 0b100001100;
    if (!isSps || (in.bits(9) & ~kNoSyntax) != 0)
        return "tools of the range extensions";
    return "";
}

} // namespace

bool readSps(std::span<const std::uint8_t> payload, HevcParameters& parameters)
{
    BitReader in(payload);
    HevcSps sps;
    in.skip(4);
    const int layers = static_cast<int>(in.bits(3)) + 1;
    in.flag();
    skipProfile(in, layers);
    const unsigned id = in.ue();
    sps.chroma = smallUe(in);
    if (sps.chroma == 3 && in.flag())
        sps.notRead = "planes that are coded apart";
    sps.width = smallUe(in);
    sps.height = smallUe(in);
    if (in.flag())
        for (int i = 0; i < 4; ++i)
            in.ue();
    sps.bits = 8 + smallUe(in);
    const int chromaBits = 8 + smallUe(in);
    if (chromaBits != sps.bits && sps.chroma != 0)
        sps.notRead = "chroma of another depth";
    sps.pocBits = 4 + smallUe(in);
    for (int i = in.flag() ? 0 : layers - 1; i < layers; ++i) {
        in.ue();
        in.ue();
        in.ue();
    }
    sps.minCb = 3 + smallUe(in);
    sps.ctb = sps.minCb + smallUe(in);
    sps.minTb = 2 + smallUe(in);
    sps.maxTb = sps.minTb + smallUe(in);
    sps.depthInter = smallUe(in);
    sps.depthIntra = smallUe(in);
    if (in.flag() && in.flag())
        skipScalingLists(in);
    sps.hasAmp = in.flag();
    sps.hasSao = in.flag();
    if (in.flag()) { // samples as they are
        in.skip(8);
        in.ue();
        in.ue();
        in.flag();
        sps.notRead = "blocks of uncoded samples";
    }
    const std::uint32_t sets = in.ue();
    if (in.isOver() || sets > 64 || id > 15)
        return false;
    for (std::uint32_t i = 0; i < sets; ++i) {
        HevcReferenceSet set;
        if (!readSet(in, sps.sets, false, set))
            return false;
        sps.sets.push_back(std::move(set));
    }
    sps.hasLongTerm = in.flag();
    if (sps.hasLongTerm) {
        const std::uint32_t pictures = in.ue();
        if (pictures > 32)
            return false;
        for (std::uint32_t i = 0; i < pictures; ++i) {
            in.skip(sps.pocBits);
            sps.longTermUsed.push_back(in.flag());
        }
    }
    sps.hasTemporalMvp = in.flag();
    in.flag();
    if (in.flag())
        skipVui(in, layers);
    const std::string extension = extensionOf(in, true);
    if (sps.notRead.empty())
        sps.notRead = extension;
    if (in.isOver() || !isPossible(sps))
        return false;
    parameters.sps[id] = std::move(sps);
    return true;
}

bool readPps(std::span<const std::uint8_t> payload, HevcParameters& parameters)
{
    BitReader in(payload);
    HevcPps pps;
    const unsigned id = in.ue();
    pps.sps = in.ue();
    pps.hasDependentSlices = in.flag();
    pps.hasOutputFlag = in.flag();
    pps.extraBits = static_cast<int>(in.bits(3));
    pps.hidesSigns = in.flag();
    pps.hasCabacInit = in.flag();
    pps.references0 = smallUe(in) + 1;
    pps.references1 = smallUe(in) + 1;
    const std::int64_t qp = 26 + in.se();
    in.flag();
    pps.hasTransformSkip = in.flag();
    pps.hasQpDelta = in.flag();
    pps.qpDepth = pps.hasQpDelta ? smallUe(in) : 0;
    in.se();
    in.se();
    pps.hasChromaOffsets = in.flag();
    pps.isWeighted = in.flag();
    pps.isBiWeighted = in.flag();
    pps.hasTransquantBypass = in.flag();
    const bool hasTiles = in.flag();
    pps.isRowWise = in.flag();
    if (hasTiles) {
        parameters.pps.erase(id);
        pps.notRead = "tiles";
        if (!in.isOver() && id <= 63)
            parameters.pps[id] = pps;
        return !in.isOver() && id <= 63;
    }
    pps.filtersAcross = in.flag();
    if (in.flag()) {
        pps.hasDeblockingOverride = in.flag();
        pps.isDeblockingOff = in.flag();
        if (!pps.isDeblockingOff) {
            in.se();
            in.se();
        }
    }
    if (in.flag())
        skipScalingLists(in);
    pps.hasListChanges = in.flag();
    in.ue();
    pps.hasHeaderExtension = in.flag();
    pps.notRead = extensionOf(in, false);
    if (pps.hasDependentSlices)
        pps.notRead = "dependent slices";
    if (in.isOver() || id > 63 || pps.sps > 15 || qp < -60 || qp > 60 || pps.references0 > 16 ||
        pps.references1 > 16 || pps.qpDepth > 3)
        return false;
    pps.qp = static_cast<int>(qp);
    parameters.pps[id] = std::move(pps);
    return true;
}

unsigned ppsOfSlice(std::span<const std::uint8_t> payload, int nalType)
{
    BitReader in(payload);
    in.skip(isHevcRandomAccess(nalType) ? 2 : 1);
    return in.ue();
}

namespace
{

// Of the pictures that the slice names as references, those that it uses itself.
std::optional<std::uint32_t> readReferences(BitReader& in, const HevcSps& sps)
{
    in.skip(sps.pocBits);
    HevcReferenceSet set;
    if (!in.flag()) {
        if (!readSet(in, sps.sets, true, set))
            return std::nullopt;
    } else {
        const std::uint32_t index = in.bits(bitsFor(static_cast<std::uint32_t>(sps.sets.size())));
        if (index >= sps.sets.size())
            return std::nullopt;
        set = sps.sets[index];
    }
    auto used = static_cast<std::uint32_t>(std::ranges::count(set, true, &HevcReference::isUsed));
    if (!sps.hasLongTerm)
        return used;
    const auto known = static_cast<std::uint32_t>(sps.longTermUsed.size());
    const std::uint32_t named = known > 0 ? in.ue() : 0, own = in.ue();
    if (in.isOver() || named > 16 || own > 16)
        return std::nullopt;
    for (std::uint32_t i = 0; i < named + own; ++i) {
        bool isUsed = false;
        if (i < named) {
            const std::uint32_t index = in.bits(bitsFor(known));
            isUsed = index < known && sps.longTermUsed[index];
        } else {
            in.skip(sps.pocBits);
            isUsed = in.flag();
        }
        used += isUsed ? 1U : 0U;
        if (in.flag())
            in.ue();
    }
    return used;
}

void skipWeights(BitReader& in, const HevcSps& sps, const HevcSlice& slice)
{
    in.ue();
    if (sps.chroma != 0)
        in.se();
    const int lists = slice.type == HevcSliceType::b ? 2 : 1;
    for (int list = 0; list < lists; ++list) {
        const int references = list == 0 ? slice.references0 : slice.references1;
        std::array<bool, 16> luma{}, chroma{};
        for (int i = 0; i < references; ++i)
            luma[static_cast<std::size_t>(i)] = in.flag();
        for (int i = 0; i < references && sps.chroma != 0; ++i)
            chroma[static_cast<std::size_t>(i)] = in.flag();
        for (int i = 0; i < references; ++i) {
            const int numbers = (luma[static_cast<std::size_t>(i)] ? 2 : 0) +
                                (chroma[static_cast<std::size_t>(i)] ? 4 : 0);
            for (int n = 0; n < numbers; ++n)
                in.se();
        }
    }
}

void skipListChanges(BitReader& in, const HevcSlice& slice, std::uint32_t used)
{
    if (in.flag())
        in.skip(slice.references0 * bitsFor(used));
    if (slice.type == HevcSliceType::b && in.flag())
        in.skip(slice.references1 * bitsFor(used));
}

// What stands between the filters' switches and the quantizer; P and B alone.
bool readPrediction(BitReader& in, const HevcSps& sps, const HevcPps& pps, std::uint32_t used,
                    bool hasTemporal, HevcSlice& slice)
{
    const bool isB = slice.type == HevcSliceType::b;
    slice.references0 = pps.references0;
    slice.references1 = isB ? pps.references1 : 0;
    if (in.flag()) {
        slice.references0 = smallUe(in) + 1;
        slice.references1 = isB ? smallUe(in) + 1 : 0;
    }
    if (slice.references0 > 16 || slice.references1 > 16)
        return false;
    if (pps.hasListChanges && used > 1)
        skipListChanges(in, slice, used);
    slice.isL1Zero = isB && in.flag();
    slice.isCabacInit = pps.hasCabacInit && in.flag();
    if (hasTemporal) {
        const bool isFrom0 = !isB || in.flag();
        if ((isFrom0 ? slice.references0 : slice.references1) > 1)
            in.ue();
    }
    if (isB ? pps.isBiWeighted : pps.isWeighted)
        skipWeights(in, sps, slice);
    slice.mergeCandidates = 5 - smallUe(in);
    return slice.mergeCandidates >= 1;
}

} // namespace

std::optional<HevcSlice> readSliceHeader(std::span<const std::uint8_t> payload, int nalType,
                                         const HevcParameters& parameters)
{
    BitReader in(payload);
    HevcSlice slice;
    slice.isFirst = in.flag();
    if (isHevcRandomAccess(nalType))
        in.flag();
    slice.pps = in.ue();
    const HevcPps& pps = parameters.pps.at(slice.pps);
    const HevcSps& sps = parameters.sps.at(pps.sps);
    const auto blocks = static_cast<std::uint32_t>(sps.ctbColumns() * sps.ctbRows());
    if (!slice.isFirst)
        slice.address = in.bits(bitsFor(blocks));
    in.skip(pps.extraBits);
    const unsigned type = in.ue();
    if (type > 2 || slice.address >= blocks || (!slice.isFirst && slice.address == 0))
        return std::nullopt;
    slice.type = static_cast<HevcSliceType>(type);
    if (pps.hasOutputFlag)
        in.flag();
    std::uint32_t used = 0;
    bool hasTemporal = false;
    if (nalType != 19 && nalType != 20) { // no refresh of all
        const auto references = readReferences(in, sps);
        if (!references)
            return std::nullopt;
        used = *references;
        hasTemporal = sps.hasTemporalMvp && in.flag();
    }
    if (sps.hasSao) {
        slice.saoLuma = in.flag();
        slice.saoChroma = sps.chroma != 0 && in.flag();
    }
    if (slice.type != HevcSliceType::i && !readPrediction(in, sps, pps, used, hasTemporal, slice))
        return std::nullopt;
    slice.qp = static_cast<int>(std::clamp<std::int64_t>(pps.qp + in.se(), -60, 60));
    if (pps.hasChromaOffsets) {
        in.se();
        in.se();
    }
    bool isDeblockingOff = pps.isDeblockingOff;
    if (pps.hasDeblockingOverride && in.flag()) {
        isDeblockingOff = in.flag();
        if (!isDeblockingOff) {
            in.se();
            in.se();
        }
    }
    if (pps.filtersAcross && (slice.saoLuma || slice.saoChroma || !isDeblockingOff))
        in.flag();
    if (pps.isRowWise) {
        const std::uint32_t entries = in.ue();
        if (entries > static_cast<std::uint32_t>(sps.ctbRows()))
            return std::nullopt;
        const int bits = entries > 0 ? smallUe(in) + 1 : 0;
        if (bits > 32)
            return std::nullopt;
        in.skip(static_cast<int>(entries) * bits);
    }
    if (pps.hasHeaderExtension)
        in.skip(8 * std::min(smallUe(in), 256));
    bool isAligned = in.flag();
    while (in.position() % 8 != 0 && !in.isOver())
        isAligned = !in.flag() && isAligned;
    if (in.isOver() || !isAligned)
        return std::nullopt;
    slice.dataAt = in.position() / 8;
    return slice;
}

} // namespace vitrine::codec
