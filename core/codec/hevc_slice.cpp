#include "core/codec/hevc_slice.h"

#include "core/codec/hevc_residual.h"

#include <algorithm>

namespace vitrine::codec
{
namespace
{

enum class PartMode { whole, twoRows, twoColumns, four, rowUp, rowDown, columnLeft, columnRight };

constexpr int kPlanar = 0, kDc = 1, kHorizontal = 10, kVertical = 26, kDiagonal = 34;

// Table 8-3: directions of 4:2:2's chroma, whose samples are twice as wide as high.
constexpr std::array<std::uint8_t, 35> kChroma422 = {0,  1,  2,  2,  2,  2,  3,  5,  7,  8,  10, 11,
                                                     13, 15, 16, 18, 19, 20, 21, 22, 23, 23, 24, 24,
                                                     25, 25, 26, 27, 27, 28, 28, 29, 29, 30, 31};

// One slice's blocks, 7.3.8. Sides are log2.
class SliceReader
{
public:
    SliceReader(std::span<const std::uint8_t> payload, const HevcSps& sps, const HevcPps& pps,
                const HevcSlice& slice, HevcPicture& picture)
        : payload_(payload),
          sps_(sps),
          pps_(pps),
          slice_(slice),
          picture_(picture),
          code_(payload, slice.dataAt)
    {
    }

    bool read()
    {
        if (slice_.address != picture_.next)
            return false;
        const auto blocks = static_cast<std::uint32_t>(sps_.ctbColumns() * sps_.ctbRows());
        const auto columns = static_cast<std::uint32_t>(sps_.ctbColumns());
        begin();
        std::uint32_t address = slice_.address;
        while (true) {
            if (pps_.isRowWise && address % columns == 0)
                beginRow(address);
            picture_.sliceOf[address] = slice_.address;
            readTree(static_cast<int>(address % columns), static_cast<int>(address / columns));
            if (pps_.isRowWise && address % columns == 1)
                kept_ = contexts_;
            ++address;
            picture_.next = address;
            const bool isEnd = code_.terminate();
            if (isBroken_ || code_.isOver() || (!isEnd && address >= blocks))
                return false;
            if (isEnd)
                return endsWithItsBytes();
            if (pps_.isRowWise && address % columns == 0) {
                if (!code_.terminate() || !code_.isAtStop())
                    return false;
                code_.restart();
            }
        }
    }

private:
    void begin()
    {
        const int type = slice_.type == HevcSliceType::i   ? 0
                         : slice_.type == HevcSliceType::p ? 1
                                                           : 2;
        contexts_ = hevcContexts(type > 0 && slice_.isCabacInit ? 3 - type : type, slice_.qp);
    }
    // A row begins as the second block of the row above has ended.
    void beginRow(std::uint32_t address)
    {
        const auto columns = static_cast<std::uint32_t>(sps_.ctbColumns());
        const bool isThere = columns > 1 && address >= columns &&
                             picture_.sliceOf[address - columns + 1] == slice_.address;
        if (isThere)
            contexts_ = kept_;
        else
            begin();
    }

    bool endsWithItsBytes() const
    {
        if (!code_.isAtStop())
            return false;
        const auto rest = payload_.subspan(code_.position());
        return std::ranges::all_of(rest, [](std::uint8_t byte) { return byte == 0; });
    }

    bool bin(int index) { return code_.bin(contexts_[static_cast<std::size_t>(index)]); }
    int unary(int most) // in bypass
    {
        int value = 0;
        while (value < most && code_.bypass())
            ++value;
        return value;
    }
    void golomb(int order) // in bypass
    {
        constexpr int kMostOrder = 31;
        while (order < kMostOrder && code_.bypass())
            ++order;
        if (order >= kMostOrder)
            isBroken_ = true;
        else
            code_.bypass(order);
    }

    void readTree(int column, int row)
    {
        if (slice_.saoLuma || slice_.saoChroma)
            readSao(column, row);
        readQuadtree(column << sps_.ctb, row << sps_.ctb, sps_.ctb, 0);
    }

    std::int64_t sliceAt(int x, int y) const
    {
        return picture_.sliceOf[static_cast<std::size_t>(y >> sps_.ctb) *
                                    static_cast<std::size_t>(sps_.ctbColumns()) +
                                static_cast<std::size_t>(x >> sps_.ctb)];
    }
    // What lies to the left of a block and above it has been read, if it is of this slice.
    bool hasNeighbour(int x, int y) const
    {
        return x >= 0 && y >= 0 && sliceAt(x, y) == slice_.address;
    }

    void readSao(int column, int row)
    {
        if (hasNeighbour((column - 1) << sps_.ctb, row << sps_.ctb) && bin(context::kSaoMerge))
            return;
        if (hasNeighbour(column << sps_.ctb, (row - 1) << sps_.ctb) && bin(context::kSaoMerge))
            return;
        const int planes = sps_.chroma == 0 ? 1 : 3;
        int type = 0; // 1 bands, 2 edges
        for (int plane = 0; plane < planes; ++plane) {
            if (!(plane == 0 ? slice_.saoLuma : slice_.saoChroma))
                continue;
            if (plane < 2)
                type = !bin(context::kSaoType) ? 0 : code_.bypass() ? 2 : 1;
            if (type == 0)
                continue;
            const int most = (1 << (std::min(sps_.bits, 10) - 5)) - 1;
            int nonzero = 0;
            for (int i = 0; i < 4; ++i)
                nonzero += unary(most) > 0 ? 1 : 0;
            if (type == 1)
                code_.bypass(nonzero + 5);
            else if (plane < 2)
                code_.bypass(2);
        }
    }

    std::size_t cbAt(int x, int y) const
    {
        return static_cast<std::size_t>(y >> sps_.minCb) *
                   static_cast<std::size_t>(picture_.cbColumns) +
               static_cast<std::size_t>(x >> sps_.minCb);
    }

    void readQuadtree(int x, int y, int size, int depth)
    {
        const int side = 1 << size;
        bool isSplit = size > sps_.minCb;
        if (isSplit && x + side <= sps_.width && y + side <= sps_.height) {
            int deeper = 0;
            if (hasNeighbour(x - 1, y))
                deeper += picture_.depth[cbAt(x - 1, y)] > depth ? 1 : 0;
            if (hasNeighbour(x, y - 1))
                deeper += picture_.depth[cbAt(x, y - 1)] > depth ? 1 : 0;
            isSplit = bin(context::kSplitCu + deeper);
        }
        if (pps_.hasQpDelta && size >= sps_.ctb - pps_.qpDepth)
            isQpRead_ = false;
        if (!isSplit)
            return readUnit(x, y, size, depth);
        const int half = side / 2;
        for (int quarter = 0; quarter < 4; ++quarter) {
            const int left = x + (quarter % 2) * half, top = y + (quarter / 2) * half;
            if (left < sps_.width && top < sps_.height && !isBroken_)
                readQuadtree(left, top, size - 1, depth + 1);
        }
    }

    void fillUnit(int x, int y, int size, std::vector<std::uint8_t>& values, std::uint8_t value)
    {
        const int blocks = 1 << (size - sps_.minCb);
        for (int row = 0; row < blocks; ++row)
            std::fill_n(values.begin() +
                            static_cast<std::ptrdiff_t>(cbAt(x, y + (row << sps_.minCb))),
                        blocks, value);
    }
    void fillMode(int x, int y, int side, int mode)
    {
        for (int row = y >> 2; row < (y + side) >> 2; ++row)
            std::fill_n(picture_.intraMode.begin() +
                            static_cast<std::ptrdiff_t>(row) * picture_.puColumns + (x >> 2),
                        side >> 2, static_cast<std::uint8_t>(mode));
    }
    int modeAt(int x, int y) const
    {
        return picture_.intraMode[static_cast<std::size_t>(y >> 2) *
                                      static_cast<std::size_t>(picture_.puColumns) +
                                  static_cast<std::size_t>(x >> 2)];
    }

    void readUnit(int x, int y, int size, int depth)
    {
        unit_ = {};
        unit_.depth = depth;
        unit_.isBypassed = pps_.hasTransquantBypass && bin(context::kTransquantBypass);
        bool isSkipped = false;
        if (slice_.type != HevcSliceType::i) {
            int skips = 0;
            if (hasNeighbour(x - 1, y))
                skips += picture_.skips[cbAt(x - 1, y)];
            if (hasNeighbour(x, y - 1))
                skips += picture_.skips[cbAt(x, y - 1)];
            isSkipped = bin(context::kSkip + skips);
        }
        fillUnit(x, y, size, picture_.depth, static_cast<std::uint8_t>(depth));
        fillUnit(x, y, size, picture_.skips, isSkipped ? 1 : 0);
        unit_.isIntra = false;
        if (isSkipped) {
            fillMode(x, y, 1 << size, kDc);
            return readMergeIndex();
        }
        unit_.isIntra = slice_.type == HevcSliceType::i || bin(context::kPredMode);
        if (!unit_.isIntra || size == sps_.minCb)
            unit_.parts = readPartMode(size);
        bool isMerged = false;
        if (unit_.isIntra) {
            readIntra(x, y, size);
        } else {
            fillMode(x, y, 1 << size, kDc);
            isMerged = readInter(1 << size) && unit_.parts == PartMode::whole;
        }
        if (!unit_.isIntra && !isMerged && !bin(context::kRootCbf))
            return;
        const bool isFour = unit_.isIntra && unit_.parts == PartMode::four;
        unit_.deepest = unit_.isIntra ? sps_.depthIntra + (isFour ? 1 : 0) : sps_.depthInter;
        readTransforms({size, 0, 0, {true, false}, {true, false}});
    }

    PartMode readPartMode(int size)
    {
        if (bin(context::kPartMode))
            return PartMode::whole;
        if (unit_.isIntra)
            return PartMode::four;
        const bool isRows = bin(context::kPartMode + 1);
        if (size == sps_.minCb) {
            if (isRows)
                return PartMode::twoRows;
            if (size == 3 || bin(context::kPartMode + 2))
                return PartMode::twoColumns;
            return PartMode::four;
        }
        if (!sps_.hasAmp || bin(context::kPartMode + 3))
            return isRows ? PartMode::twoRows : PartMode::twoColumns;
        const bool isSecond = code_.bypass();
        if (isRows)
            return isSecond ? PartMode::rowDown : PartMode::rowUp;
        return isSecond ? PartMode::columnRight : PartMode::columnLeft;
    }

    // 8.4.2: the three modes that are most probable, of what is left and above.
    std::array<int, 3> probableModes(int x, int y) const
    {
        const int left = hasNeighbour(x - 1, y) ? modeAt(x - 1, y) : kDc;
        const bool isTreeAbove = (y & ((1 << sps_.ctb) - 1)) != 0;
        const int above = isTreeAbove && hasNeighbour(x, y - 1) ? modeAt(x, y - 1) : kDc;
        if (left == above) {
            if (left < 2)
                return {kPlanar, kDc, kVertical};
            return {left, 2 + (left + 29) % 32, 2 + (left - 2 + 1) % 32};
        }
        const int third = left != kPlanar && above != kPlanar ? kPlanar
                          : left != kDc && above != kDc       ? kDc
                                                              : kVertical;
        return {left, above, third};
    }

    void readIntra(int x, int y, int size)
    {
        const int parts = unit_.parts == PartMode::four ? 4 : 1;
        const int side = (1 << size) / (parts == 4 ? 2 : 1);
        std::array<bool, 4> isProbable{};
        for (int i = 0; i < parts; ++i)
            isProbable[static_cast<std::size_t>(i)] = bin(context::kPrevIntra);
        for (int i = 0; i < parts; ++i) {
            const int left = x + (i % 2) * side, top = y + (i / 2) * side;
            std::array<int, 3> modes = probableModes(left, top);
            int mode = 0;
            if (isProbable[static_cast<std::size_t>(i)]) {
                mode = modes[static_cast<std::size_t>(unary(2))];
            } else {
                mode = static_cast<int>(code_.bypass(5));
                std::ranges::sort(modes);
                for (const int probable : modes)
                    mode += mode >= probable ? 1 : 0;
            }
            unit_.luma[static_cast<std::size_t>(i)] = mode;
            fillMode(left, top, side, mode);
        }
        const int chromas = sps_.chroma == 3 ? parts : sps_.chroma == 0 ? 0 : 1;
        for (int i = 0; i < chromas; ++i)
            unit_.chroma[static_cast<std::size_t>(i)] =
                readChromaMode(unit_.luma[static_cast<std::size_t>(i)]);
        for (int i = chromas; i < parts; ++i)
            unit_.chroma[static_cast<std::size_t>(i)] = unit_.chroma[0];
        if (parts == 1)
            for (std::size_t i = 1; i < 4; ++i) {
                unit_.luma[i] = unit_.luma[0];
                unit_.chroma[i] = unit_.chroma[0];
            }
    }

    int readChromaMode(int luma)
    {
        constexpr std::array<int, 4> kModes = {kPlanar, kVertical, kHorizontal, kDc};
        int mode = luma;
        if (bin(context::kIntraChroma)) {
            mode = kModes[code_.bypass(2)];
            if (mode == luma)
                mode = kDiagonal;
        }
        return sps_.chroma == 2 ? kChroma422[static_cast<std::size_t>(mode)] : mode;
    }

    // Whether the last of the parts was merged.
    bool readInter(int side)
    {
        const int quarter = side / 4, half = side / 2;
        switch (unit_.parts) {
        case PartMode::whole:
            return readPart(side, side);
        case PartMode::twoRows:
            readPart(side, half);
            return readPart(side, half);
        case PartMode::twoColumns:
            readPart(half, side);
            return readPart(half, side);
        case PartMode::rowUp:
            readPart(side, quarter);
            return readPart(side, side - quarter);
        case PartMode::rowDown:
            readPart(side, side - quarter);
            return readPart(side, quarter);
        case PartMode::columnLeft:
            readPart(quarter, side);
            return readPart(side - quarter, side);
        case PartMode::columnRight:
            readPart(side - quarter, side);
            return readPart(quarter, side);
        case PartMode::four:
            break;
        }
        for (int i = 0; i < 3; ++i)
            readPart(half, half);
        return readPart(half, half);
    }

    void readMergeIndex()
    {
        if (slice_.mergeCandidates > 1 && bin(context::kMergeIndex))
            unary(slice_.mergeCandidates - 2);
    }

    bool readPart(int width, int height)
    {
        if (bin(context::kMerge)) {
            readMergeIndex();
            return true;
        }
        bool uses0 = true, uses1 = false;
        if (slice_.type == HevcSliceType::b) {
            const bool isBoth = width + height != 12 && bin(context::kInterPred + unit_.depth);
            uses1 = isBoth || bin(context::kInterPred + 4);
            uses0 = isBoth || !uses1;
        }
        if (uses0) {
            readReference(slice_.references0);
            readMotion();
            bin(context::kMvp);
        }
        if (uses1) {
            readReference(slice_.references1);
            if (!(slice_.isL1Zero && uses0))
                readMotion();
            bin(context::kMvp);
        }
        return false;
    }

    void readReference(int references)
    {
        int index = 0;
        while (index < std::min(references - 1, 2) && bin(context::kReference + index))
            ++index;
        if (index == 2)
            unary(references - 3);
    }

    void readMotion()
    {
        const bool x = bin(context::kMvdGreater0), y = bin(context::kMvdGreater0);
        const bool xMore = x && bin(context::kMvdGreater1), yMore = y && bin(context::kMvdGreater1);
        for (const auto& [isThere, isMore] : {std::pair{x, xMore}, std::pair{y, yMore}}) {
            if (isMore)
                golomb(1);
            if (isThere)
                code_.bypass();
        }
    }

    using Flags = std::array<bool, 2>; // of 4:2:2's two blocks; else the first alone
    struct Transform {
        int size, depth, index;
        Flags cb, cr; // of the tree around
    };

    Flags readChromaFlags(const Transform& t, bool isAsked, bool isSplit)
    {
        Flags flags{};
        if (!isAsked)
            return flags;
        flags[0] = bin(context::kCbfChroma + t.depth);
        if (sps_.chroma == 2 && (!isSplit || t.size == 3))
            flags[1] = bin(context::kCbfChroma + t.depth);
        return flags;
    }

    void readTransforms(const Transform& t)
    {
        const bool isFour = unit_.isIntra && unit_.parts == PartMode::four && t.depth == 0;
        const bool isInterSplit = sps_.depthInter == 0 && !unit_.isIntra &&
                                  unit_.parts != PartMode::whole && t.depth == 0;
        bool isSplit = t.size > sps_.maxTb || isFour || isInterSplit;
        if (t.size <= sps_.maxTb && t.size > sps_.minTb && t.depth < unit_.deepest && !isFour)
            isSplit = bin(context::kSplitTransform + 5 - t.size);
        Flags cb = t.cb, cr = t.cr;
        if ((t.size > 2 && sps_.chroma != 0) || sps_.chroma == 3) {
            cb = readChromaFlags(t, t.cb[0] || t.cb[1], isSplit);
            cr = readChromaFlags(t, t.cr[0] || t.cr[1], isSplit);
        } else if (sps_.chroma == 0) {
            cb = cr = Flags{};
        }
        if (isSplit && t.size > 2) {
            for (int i = 0; i < 4 && !isBroken_; ++i) {
                if (isFour)
                    unit_.part = static_cast<std::size_t>(i);
                readTransforms({t.size - 1, t.depth + 1, i, cb, cr});
            }
            return;
        }
        const bool hasChroma = cb[0] || cb[1] || cr[0] || cr[1];
        bool hasLuma = true;
        if (unit_.isIntra || t.depth > 0 || hasChroma)
            hasLuma = bin(context::kCbfLuma + (t.depth == 0 ? 1 : 0));
        if (hasLuma || hasChroma)
            readCoefficients(t, hasLuma, cb, cr);
    }

    void readQpDelta()
    {
        int prefix = 0;
        while (prefix < 5 && bin(context::kQpDelta + (prefix > 0 ? 1 : 0)))
            ++prefix;
        if (prefix == 5)
            golomb(0);
        if (prefix > 0)
            code_.bypass();
        isQpRead_ = true;
    }

    void readCoefficients(const Transform& t, bool hasLuma, const Flags& cb, const Flags& cr)
    {
        if (pps_.hasQpDelta && !isQpRead_)
            readQpDelta();
        if (hasLuma)
            readBlock(t.size, 0, unit_.luma[unit_.part]);
        const bool isShared = t.size == 2 && sps_.chroma != 3; // chroma of four blocks
        if (sps_.chroma == 0 || (isShared && t.index != 3))
            return;
        const int size = isShared ? 2 : sps_.chroma == 3 ? t.size : t.size - 1;
        const int mode = unit_.chroma[sps_.chroma == 3 ? unit_.part : 0];
        for (const auto& [flags, plane] : {std::pair{cb, 1}, std::pair{cr, 2}})
            for (std::size_t i = 0; i < 2; ++i)
                if (flags[i])
                    readBlock(size, plane, mode);
    }

    void readBlock(int size, int plane, int mode)
    {
        HevcBlock block;
        block.size = size;
        block.isChroma = plane > 0;
        block.isBypassed = unit_.isBypassed;
        block.hasSkip = pps_.hasTransformSkip && !unit_.isBypassed && size <= 2;
        block.hidesSigns = pps_.hidesSigns && !unit_.isBypassed;
        if (unit_.isIntra && (size == 2 || (size == 3 && (plane == 0 || sps_.chroma == 3))))
            block.scan = mode >= 6 && mode <= 14    ? HevcScan::vertical
                         : mode >= 22 && mode <= 30 ? HevcScan::horizontal
                                                    : HevcScan::diagonal;
        if (!readResidual(code_, contexts_, block))
            isBroken_ = true;
    }

    struct Unit {
        int depth = 0, deepest = 0; // in the tree of units; of its own tree of transforms
        std::size_t part = 0;       // which of its four parts is read
        bool isBypassed = false, isIntra = false;
        PartMode parts = PartMode::whole;
        std::array<int, 4> luma{}, chroma{}; // intra modes
    };

    std::span<const std::uint8_t> payload_;
    const HevcSps& sps_;
    const HevcPps& pps_;
    const HevcSlice& slice_;
    HevcPicture& picture_;
    ArithmeticDecoder code_;
    HevcContexts contexts_{}, kept_{};
    Unit unit_;
    bool isQpRead_ = false, isBroken_ = false;
};

} // namespace

HevcPicture::HevcPicture(const HevcSps& sps)
    : cbColumns(sps.width >> sps.minCb), puColumns(sps.width >> 2)
{
    const auto coding =
        static_cast<std::size_t>(cbColumns) * static_cast<std::size_t>(sps.height >> sps.minCb);
    depth.resize(coding);
    skips.resize(coding);
    intraMode.resize(static_cast<std::size_t>(puColumns) *
                     static_cast<std::size_t>(sps.height >> 2));
    sliceOf.assign(
        static_cast<std::size_t>(sps.ctbColumns()) * static_cast<std::size_t>(sps.ctbRows()), -1);
}

bool readSliceData(std::span<const std::uint8_t> payload, const HevcSps& sps, const HevcPps& pps,
                   const HevcSlice& slice, HevcPicture& picture)
{
    return SliceReader(payload, sps, pps, slice, picture).read();
}

} // namespace vitrine::codec
