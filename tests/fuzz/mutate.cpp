#include "tests/fuzz/mutate.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

namespace vitrine::fuzz
{
namespace
{

struct Span {
    std::size_t begin = 0, length = 0;
};

Span randomSpan(const std::string& bytes, Random& random, std::size_t longest)
{
    const std::size_t begin = random.below(bytes.size());
    return {begin, 1 + random.below(std::min(longest, bytes.size() - begin))};
}

void flipBit(std::string& bytes, Random& random)
{
    bytes[random.below(bytes.size())] ^= static_cast<char>(1u << random.below(8));
}

void swapBytes(std::string& bytes, Random& random)
{
    std::swap(bytes[random.below(bytes.size())], bytes[random.below(bytes.size())]);
}

void replaceByte(std::string& bytes, Random& random)
{
    static const std::string liked =
        std::string("{}[]\",:-.0123456789eE \n\\u") + '\0' + '\xff' + '\x80';
    bytes[random.below(bytes.size())] = liked[random.below(liked.size())];
}

void cut(std::string& bytes, Random& random)
{
    bytes.resize(random.below(bytes.size()));
}

void removeSpan(std::string& bytes, Random& random)
{
    const Span span = randomSpan(bytes, random, 64);
    bytes.erase(span.begin, span.length);
}

void doubleSpan(std::string& bytes, Random& random)
{
    const Span span = randomSpan(bytes, random, 256);
    bytes.insert(random.below(2) ? span.begin : random.below(bytes.size()),
                 bytes.substr(span.begin, span.length));
}

void repeatByte(std::string& bytes, Random& random)
{
    const std::size_t at = random.below(bytes.size());
    bytes.insert(at, 1 + random.below(2000), bytes[at]);
}

// A run of digits becomes a number that breaks careless arithmetic.
void hugeNumber(std::string& bytes, Random& random)
{
    constexpr std::array<const char*, 14> numbers{"0",
                                                  "-1",
                                                  "1e3",
                                                  "1.5",
                                                  "1e400",
                                                  "2147483648",
                                                  "4294967296",
                                                  "9223372036854775807",
                                                  "9223372036854775808",
                                                  "18446744073709551615",
                                                  "18446744073709551616",
                                                  "1000000",
                                                  "99999999999999999999999999999",
                                                  "-9223372036854775808"};
    const auto isDigit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
    const auto begin =
        std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(random.below(bytes.size())),
                     bytes.end(), isDigit);
    const auto end = std::find_if_not(begin, bytes.end(), isDigit);
    bytes.replace(begin, end, numbers[random.below(numbers.size())]);
}

void editStart(std::string& bytes, Random& random)
{
    constexpr std::array<std::uint64_t, 8> values{
        0,          1,           0x7fffffff,        0x80000000,
        0xffffffff, 100'000'000, ~std::uint64_t{0}, std::uint64_t{1} << 63};
    const std::size_t width = random.below(2) ? 4 : 8;
    const std::size_t at = width * random.below(8);
    if (at + width > bytes.size())
        return;
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + at, width);
    value = random.below(2) ? values[random.below(values.size())] : value + random.below(17) - 8;
    std::memcpy(bytes.data() + at, &value, width);
}

} // namespace

std::string mutated(std::string bytes, Random& random)
{
    using Mutation = void (*)(std::string&, Random&);
    constexpr std::array<Mutation, 10> mutations{flipBit,    swapBytes,  replaceByte, cut,
                                                 removeSpan, doubleSpan, repeatByte,  hugeNumber,
                                                 hugeNumber, editStart};
    for (auto count = 1 + random.below(4); count > 0 && !bytes.empty(); --count)
        mutations[random.below(mutations.size())](bytes, random);
    return bytes;
}

} // namespace vitrine::fuzz
