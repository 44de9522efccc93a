#pragma once

// Private to this room: of the headers of ITU-T H.265 what reading slices needs.
#include "core/codec/bit_reader.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::codec
{

struct HevcReference {
    std::int64_t distance = 0; // in order of display
    bool isUsed = false;       // by the picture itself
};
using HevcReferenceSet = std::vector<HevcReference>; // before it, nearest first; then behind it

struct HevcSps {
    int chroma = 1; // 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4
    int width = 0, height = 0;
    int bits = 8;
    int pocBits = 4;
    int minCb = 3, ctb = 4, minTb = 2, maxTb = 5; // log2 of sides
    int depthInter = 0, depthIntra = 0;
    bool hasAmp = false, hasSao = false, hasTemporalMvp = false, hasLongTerm = false;
    std::vector<HevcReferenceSet> sets;
    std::vector<bool> longTermUsed;
    // What of the standard is used that is not read here; empty: none.
    std::string notRead;

    int ctbColumns() const { return (width + (1 << ctb) - 1) >> ctb; }
    int ctbRows() const { return (height + (1 << ctb) - 1) >> ctb; }
};

struct HevcPps {
    unsigned sps = 0;
    bool hasDependentSlices = false, hasOutputFlag = false, hidesSigns = false;
    bool hasCabacInit = false, hasTransformSkip = false, hasQpDelta = false;
    bool hasChromaOffsets = false, isWeighted = false, isBiWeighted = false;
    bool hasTransquantBypass = false, isRowWise = false, hasDeblockingOverride = false;
    bool isDeblockingOff = false, filtersAcross = false, hasListChanges = false;
    bool hasHeaderExtension = false;
    int extraBits = 0, references0 = 1, references1 = 1, qp = 26, qpDepth = 0;
    std::string notRead;
};

enum class HevcSliceType { b, p, i };

struct HevcSlice {
    bool isFirst = false;
    unsigned pps = 0;
    std::uint32_t address = 0;
    HevcSliceType type = HevcSliceType::i;
    bool saoLuma = false, saoChroma = false, isL1Zero = false, isCabacInit = false;
    int references0 = 0, references1 = 0, mergeCandidates = 5, qp = 26;
    std::size_t dataAt = 0; // byte of the payload where its blocks begin
};

struct HevcParameters {
    std::map<unsigned, HevcSps> sps;
    std::map<unsigned, HevcPps> pps;
};

// Payloads without their two bytes of header and without emulation prevention. False where they
// break off or cannot be so.
bool readSps(std::span<const std::uint8_t> payload, HevcParameters& parameters);
bool readPps(std::span<const std::uint8_t> payload, HevcParameters& parameters);
// Nothing where it cannot be so; `sps` and `pps` that it names are there and are read.
std::optional<HevcSlice> readSliceHeader(std::span<const std::uint8_t> payload, int nalType,
                                         const HevcParameters& parameters);
// The picture parameter set that a slice names.
unsigned ppsOfSlice(std::span<const std::uint8_t> payload, int nalType);

inline bool isHevcRandomAccess(int nalType)
{
    return nalType >= 16 && nalType <= 23;
}

} // namespace vitrine::codec
