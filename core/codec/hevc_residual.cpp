#include "core/codec/hevc_residual.h"

#include <algorithm>

namespace vitrine::codec
{
namespace
{

struct Place {
    int x = 0, y = 0;
};
using Order = std::array<Place, 64>;

// 6.5.3 to 6.5.5: the order of the places of a square.
constexpr Order orderOf(int side, HevcScan scan)
{
    Order order{};
    std::size_t next = 0;
    if (scan != HevcScan::diagonal) {
        for (int a = 0; a < side; ++a)
            for (int b = 0; b < side; ++b)
                order[next++] = scan == HevcScan::horizontal ? Place{b, a} : Place{a, b};
        return order;
    }
    for (int sum = 0; sum < 2 * side - 1; ++sum)
        for (int x = 0; x <= sum; ++x)
            if (x < side && sum - x < side)
                order[next++] = {x, sum - x};
    return order;
}

using Orders = std::array<std::array<Order, 3>, 4>;
constexpr Orders kOrders = [] { // by log2 of the side, by scan
    Orders orders{};
    for (int size = 0; size < 4; ++size)
        for (int scan = 0; scan < 3; ++scan)
            orders[static_cast<std::size_t>(size)][static_cast<std::size_t>(scan)] =
                orderOf(1 << size, static_cast<HevcScan>(scan));
    return orders;
}();
const Order& scanOrder(int size, HevcScan scan)
{
    return kOrders[static_cast<std::size_t>(size)][static_cast<std::size_t>(scan)];
}

// Groups of 4x4 coefficients from the last one to the first, 7.3.8.11.
class ResidualReader
{
public:
    ResidualReader(ArithmeticDecoder& code, HevcContexts& contexts, const HevcBlock& block)
        : code_(code),
          contexts_(contexts),
          block_(block),
          groups_(scanOrder(block.size - 2, block.scan)),
          inGroup_(scanOrder(2, block.scan))
    {
    }

    bool read()
    {
        if (block_.hasSkip)
            bin(context::kTransformSkip + (block_.isChroma ? 1 : 0));
        const Place last = readLast();
        int group = 0, inGroup = 0;
        while (groups_[index(group)].x != last.x >> 2 || groups_[index(group)].y != last.y >> 2)
            ++group;
        while (inGroup_[index(inGroup)].x != (last.x & 3) ||
               inGroup_[index(inGroup)].y != (last.y & 3))
            ++inGroup;
        lastGroup_ = group;
        for (; group >= 0; --group)
            if (!readGroup(group, group == lastGroup_ ? inGroup : 16))
                return false;
        return true;
    }

private:
    static std::size_t index(int i) { return static_cast<std::size_t>(i); }
    bool bin(int place) { return code_.bin(contexts_[index(place)]); }

    int readPrefix(int first)
    {
        const int offset = block_.isChroma ? 15 : 3 * (block_.size - 2) + ((block_.size - 1) >> 2);
        const int shift = block_.isChroma ? block_.size - 2 : (block_.size + 1) >> 2;
        int prefix = 0;
        while (prefix < 2 * block_.size - 1 && bin(first + offset + (prefix >> shift)))
            ++prefix;
        return prefix;
    }
    int withSuffix(int prefix)
    {
        if (prefix < 4)
            return prefix;
        const int bits = (prefix >> 1) - 1;
        return (1 << bits) * (2 + (prefix & 1)) + static_cast<int>(code_.bypass(bits));
    }
    Place readLast()
    {
        const int xPrefix = readPrefix(context::kLastX), yPrefix = readPrefix(context::kLastY);
        const int x = withSuffix(xPrefix), y = withSuffix(yPrefix);
        return block_.scan == HevcScan::vertical ? Place{y, x} : Place{x, y};
    }

    bool hasGroup(int x, int y) const { return x < 8 && y < 8 && isCoded_[index(y)][index(x)]; }

    // 9.3.4.2.5
    int significantContext(Place group, Place place, int around) const
    {
        constexpr std::array<std::uint8_t, 16> kSmall = {0, 1, 4, 5, 2, 3, 4, 5,
                                                         6, 6, 8, 8, 7, 7, 8, 8};
        const bool isFirst = group.x == 0 && group.y == 0;
        int offset = 0;
        if (block_.size == 2) {
            offset = kSmall[index(4 * place.y + place.x)];
        } else if (isFirst && place.x == 0 && place.y == 0) {
            offset = 0;
        } else {
            const int along = around == 1 ? place.y : place.x;
            if (around == 0)
                offset = place.x + place.y == 0 ? 2 : place.x + place.y < 3 ? 1 : 0;
            else
                offset = around == 3 || along == 0 ? 2 : along == 1 ? 1 : 0;
            if (block_.isChroma)
                offset += block_.size == 3 ? 9 : 12;
            else
                offset += (isFirst ? 0 : 3) + (block_.size > 3                     ? 21
                                               : block_.scan == HevcScan::diagonal ? 9
                                                                                   : 15);
        }
        return context::kSignificant + (block_.isChroma ? 27 : 0) + offset;
    }

    // Coefficients from place `from` - 1 down; in the last group `from` itself is one.
    bool readGroup(int number, int from)
    {
        const Place group = groups_[index(number)];
        const bool right = hasGroup(group.x + 1, group.y), below = hasGroup(group.x, group.y + 1);
        bool isCoded = true, isInferred = false;
        if (number < lastGroup_ && number > 0) {
            isCoded = bin(context::kGroup + (right || below ? 1 : 0) + (block_.isChroma ? 2 : 0));
            isInferred = true; // where no other one is, the first is
        }
        isCoded_[index(group.y)][index(group.x)] = isCoded;
        if (!isCoded)
            return true;

        std::array<int, 16> places{};
        int count = 0;
        if (from < 16)
            places[index(count++)] = from;
        const int around = (right ? 1 : 0) + (below ? 2 : 0);
        for (int n = from - 1; n >= 0; --n) {
            const bool isImplied = n == 0 && isInferred && count == 0;
            if (isImplied || bin(significantContext(group, inGroup_[index(n)], around)))
                places[index(count++)] = n;
        }
        return count == 0 || readLevels(number, places, count);
    }

    bool readLevels(int number, const std::array<int, 16>& places, int count)
    {
        int set = number == 0 || block_.isChroma ? 0 : 2;
        if (number != lastGroup_ && greater_ == 0)
            ++set;
        greater_ = 1;
        std::array<int, 16> levels{};
        levels.fill(1);
        int firstGreater = -1;
        const int flags = std::min(count, 8);
        for (int i = 0; i < flags; ++i) {
            const bool isGreater =
                bin(context::kGreater1 + (block_.isChroma ? 16 : 0) + 4 * set + greater_);
            if (isGreater) {
                levels[index(i)] = 2;
                greater_ = 0;
                if (firstGreater < 0)
                    firstGreater = i;
            } else if (greater_ > 0 && greater_ < 3) {
                ++greater_;
            }
        }
        if (firstGreater >= 0 && bin(context::kGreater2 + (block_.isChroma ? 4 : 0) + set))
            levels[index(firstGreater)] = 3;
        const bool isHidden = block_.hidesSigns && places[0] - places[index(count - 1)] > 3;
        code_.bypass(isHidden ? count - 1 : count);

        unsigned rice = 0;
        for (int i = 0; i < count; ++i) {
            const int most = i >= 8 ? 1 : i == firstGreater ? 3 : 2; // that flags can say
            if (levels[index(i)] != most)
                continue;
            const std::int64_t rest = readRest(rice);
            if (rest < 0)
                return false;
            if (levels[index(i)] + rest > std::int64_t{3} << rice)
                rice = std::min(rice + 1, 4U);
        }
        return true;
    }

    // coeff_abs_level_remaining, 9.3.3.11; below 0: too long
    std::int64_t readRest(unsigned rice)
    {
        constexpr int kMostPrefix = 32;
        int prefix = 0;
        while (prefix < kMostPrefix && code_.bypass())
            ++prefix;
        if (prefix == kMostPrefix)
            return -1;
        if (prefix < 4)
            return (std::int64_t{prefix} << rice) + code_.bypass(static_cast<int>(rice));
        const int bits = prefix - 3 + static_cast<int>(rice);
        const std::int64_t base = ((std::int64_t{1} << (prefix - 3)) + 2) << rice;
        if (bits > 32)
            return -1;
        return base + code_.bypass(bits);
    }

    ArithmeticDecoder& code_;
    HevcContexts& contexts_;
    const HevcBlock& block_;
    const Order& groups_;
    const Order& inGroup_;
    std::array<std::array<bool, 8>, 8> isCoded_{};
    int lastGroup_ = 0, greater_ = 1;
};

} // namespace

bool readResidual(ArithmeticDecoder& code, HevcContexts& contexts, const HevcBlock& block)
{
    return ResidualReader(code, contexts, block).read();
}

} // namespace vitrine::codec
