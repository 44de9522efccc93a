#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace vitrine::learning::codec
{

// Whole numbers to bytes, little endian.
class ByteSink
{
public:
    template <typename T>
    void put(T value)
    {
        auto bits = static_cast<std::make_unsigned_t<T>>(value);
        for (size_t i = 0; i < sizeof(T); ++i, bits = static_cast<decltype(bits)>(bits >> 7 >> 1))
            bytes_.push_back(static_cast<char>(bits & 0xff));
    }
    void put(std::string_view bytes) { bytes_ += bytes; }
    std::string& bytes() { return bytes_; }

private:
    std::string bytes_;
};

// And back; throws std::runtime_error at the end of the bytes.
class ByteSource
{
public:
    explicit ByteSource(std::string_view bytes) : bytes_(bytes) {}

    template <typename T>
    T take()
    {
        const std::string_view from = take(sizeof(T));
        uint64_t bits = 0;
        for (size_t i = 0; i < sizeof(T); ++i)
            bits |= static_cast<uint64_t>(static_cast<uint8_t>(from[i])) << (8 * i);
        return static_cast<T>(bits);
    }
    std::string_view take(size_t count)
    {
        if (count > bytes_.size() - at_)
            throw std::runtime_error("it ends too early");
        at_ += count;
        return bytes_.substr(at_ - count, count);
    }
    size_t left() const { return bytes_.size() - at_; }

private:
    std::string_view bytes_;
    size_t at_ = 0;
};

} // namespace vitrine::learning::codec
