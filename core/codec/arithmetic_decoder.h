#pragma once

// Private to this room: the binary arithmetic decoder of ITU-T H.265, 9.3.4.3.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace vitrine::codec
{

// Of one context: twice the index of its probability, and the value that is more probable.
using ContextState = std::uint8_t;

// Table 9-52, and the next index after the less probable value.
extern const std::array<std::array<std::uint8_t, 4>, 64> kLpsRange;
extern const std::array<std::uint8_t, 64> kAfterLps;

class ArithmeticDecoder
{
public:
    explicit ArithmeticDecoder(std::span<const std::uint8_t> bytes, std::size_t first)
        : bytes_(bytes), position_(first)
    {
        restart();
    }

    void restart() // with the next byte that was not read
    {
        range_ = 510;
        value_ = byte() << 8U;
        value_ |= byte();
        needed_ = -8;
    }

    bool bin(ContextState& state)
    {
        const unsigned index = state >> 1U;
        bool value = (state & 1U) != 0;
        const unsigned lps = kLpsRange[index][(range_ >> 6U) & 3U];
        range_ -= lps;
        const unsigned scaled = range_ << 7U;
        if (value_ < scaled) {
            if (index < 62)
                state = static_cast<ContextState>(state + 2);
            if (range_ < 256)
                shiftOne();
            return value;
        }
        const int shift = 9 - std::bit_width(lps);
        value_ = (value_ - scaled) << static_cast<unsigned>(shift);
        range_ = lps << static_cast<unsigned>(shift);
        needed_ += shift;
        if (needed_ >= 0) {
            value_ += byte() << static_cast<unsigned>(needed_);
            needed_ -= 8;
        }
        state =
            static_cast<ContextState>(kAfterLps[index] << 1U | (value != (index == 0) ? 1U : 0U));
        return !value;
    }

    bool bypass()
    {
        value_ <<= 1U;
        if (++needed_ == 0) {
            needed_ = -8;
            value_ += byte();
        }
        const unsigned scaled = range_ << 7U;
        if (value_ < scaled)
            return false;
        value_ -= scaled;
        return true;
    }
    unsigned bypass(int count)
    {
        unsigned value = 0;
        for (int i = 0; i < count; ++i)
            value = value << 1U | (bypass() ? 1U : 0U);
        return value;
    }

    bool terminate()
    {
        range_ -= 2;
        if (value_ >= range_ << 7U)
            return true;
        if (range_ < 256)
            shiftOne();
        return false;
    }

    // After terminate() was true: the bit behind is 1, and zeros fill its byte.
    bool isAtStop() const
    {
        if (position_ == 0 || position_ > bytes_.size())
            return false;
        return ((bytes_[position_ - 1] << static_cast<unsigned>(8 + needed_)) & 0xff) == 0x80;
    }
    std::size_t position() const { return position_; } // of the first byte that was not read
    bool isOver() const { return position_ > bytes_.size(); }

private:
    unsigned byte()
    {
        const std::size_t at = position_++;
        return at < bytes_.size() ? bytes_[at] : 0U;
    }
    void shiftOne()
    {
        range_ <<= 1U;
        value_ <<= 1U;
        if (++needed_ == 0) {
            needed_ = -8;
            value_ += byte();
        }
    }

    std::span<const std::uint8_t> bytes_;
    std::size_t position_;
    unsigned range_ = 0, value_ = 0; // the value with seven more bits
    int needed_ = 0;                 // bits less eight that are shifted since the last byte
};

} // namespace vitrine::codec
