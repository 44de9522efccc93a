#pragma once

// Private to this room: headers of coded streams, bit by bit.
#include <cstddef>
#include <cstdint>
#include <span>

namespace vitrine::codec
{

// Behind the end it reads zeros, and says so.
class BitReader
{
public:
    explicit BitReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    bool flag()
    {
        const std::size_t byte = position_ >> 3U;
        if (byte >= bytes_.size()) {
            isOver_ = true;
            return false;
        }
        const bool bit = ((bytes_[byte] >> (7U - (position_ & 7U))) & 1U) != 0;
        ++position_;
        return bit;
    }
    std::uint32_t bits(int count) // 0 to 32
    {
        std::uint32_t value = 0;
        for (int i = 0; i < count; ++i)
            value = value << 1U | (flag() ? 1U : 0U);
        return value;
    }
    void skip(int count)
    {
        for (int i = 0; i < count && !isOver_; ++i)
            flag();
    }
    std::uint32_t ue() // Exp-Golomb, 0 to 2^32 - 2
    {
        int zeros = 0;
        while (zeros < 32 && !isOver_ && !flag())
            ++zeros;
        if (zeros == 32)
            isOver_ = true;
        return zeros == 32 ? 0
                           : (std::uint32_t{1} << static_cast<unsigned>(zeros)) - 1 + bits(zeros);
    }
    std::int64_t se()
    {
        const std::int64_t code = ue();
        return code % 2 != 0 ? (code + 1) / 2 : -(code / 2);
    }

    std::size_t position() const { return position_; } // in bits
    bool isOver() const { return isOver_; } // more was read than there is, or no number stood there

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t position_ = 0;
    bool isOver_ = false;
};

} // namespace vitrine::codec
