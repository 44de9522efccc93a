#include "core/quant/vision/log_int_softmax.h"

#include "core/quant/vision/rounding.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace vitrine::quant
{

namespace
{

constexpr double kCoarsestScale = 0.125;

std::int64_t flooredQuotient(double a, double b)
{
    return static_cast<std::int64_t>(std::floor(a / b));
}

// round(a / b), halves to the even neighbour.
std::uint64_t quotientToEven(std::uint64_t a, std::uint64_t b)
{
    const std::uint64_t below = a / b, rest = a % b;
    const bool up = 2 * rest > b || (2 * rest == b && below % 2 == 1);
    return below + (up ? 1 : 0);
}

// The exponent of the nearer power of two; t >= 1.
int nearestExponent(std::uint64_t t)
{
    const int exponent = static_cast<int>(std::bit_width(t)) - 1;
    const std::uint64_t rest = t - (std::uint64_t{1} << exponent);
    return 2 * rest >= std::uint64_t{1} << exponent ? exponent + 1 : exponent;
}

std::int8_t limitedExponent(int exponent, int bits)
{
    return exponent < 1 << bits ? static_cast<std::int8_t>(exponent) : kNoWeight;
}

// A whole number up to 2^80 in two halves that doubles hold: high * 2^28 + low.
struct Halves {
    double high = 0, low = 0;

    static Halves of(double whole)
    {
        const auto high = static_cast<double>(static_cast<std::int64_t>(whole * 0x1p-28));
        return {high, whole - high * 0x1p28};
    }
    // Up to 2^24 others, before `carried`.
    Halves& operator+=(Halves other)
    {
        high += other.high;
        low += other.low;
        return *this;
    }
    Halves carried() const
    {
        const Halves carry = of(low);
        return {high + carry.high, carry.low};
    }
    auto operator<=>(const Halves&) const = default;
};

// 2 T_L - 1 for T_L = 2, 3, 6, 12, ..., 3 * 2^(L-2).
double twiceLeastRatio(int exponent)
{
    return exponent == 1 ? 3 : static_cast<double>((std::int64_t{3} << (exponent - 1)) - 1);
}

// The exponent is at least L where t = round(sum / e) >= T_L, hence where 2 sum >= (2 T_L - 1) e;
// where both sides are equal, only if T_L is even, as all but T_2 are.
bool reaches(int exponent, Halves twiceTheSum, double e)
{
    const Halves product = Halves::of(twiceLeastRatio(exponent) * e);
    return exponent == 2 ? twiceTheSum > product : twiceTheSum >= product;
}

// For one `e` after the other: as they fall, exponents rise.
class RisingExponent
{
public:
    explicit RisingExponent(Halves twiceTheSum) : twiceTheSum_(twiceTheSum) {}
    int of(double e)
    {
        if (e > last_)
            exponent_ = 0;
        last_ = e;
        while (exponent_ <= 15 && reaches(exponent_ + 1, twiceTheSum_, e))
            ++exponent_;
        return exponent_;
    }

private:
    Halves twiceTheSum_;
    double last_ = 0;
    int exponent_ = 0;
};

} // namespace

double weightOf(std::int8_t exponent)
{
    return exponent == kNoWeight ? 0 : std::ldexp(1.0, -exponent);
}

double sumOfWeights(std::span<const std::int8_t> exponents)
{
    double sum = 0;
    for (const std::int8_t exponent : exponents)
        sum += weightOf(exponent);
    return sum;
}

std::int8_t exponentOf(double weight, int bits)
{
    const double exponent = rounded(-std::log2(weight), Rounding::halfEven);
    const bool none = !(weight > 0) || exponent >= 1 << bits;
    return none ? kNoWeight : static_cast<std::int8_t>(std::max(exponent, 0.0));
}

Result<void> LogIntSoftmax::check(double scale, int bits)
{
    if (!(scale >= 0x1p-12 && scale <= 8))
        return argumentError("scores of a log-int-softmax have a scale from 2^-12 to 2^3, not {}",
                             scale);
    if (bits < 1 || bits > 4)
        return argumentError("a log-int-softmax has 1 to 4 bits, not {}", bits);
    return {};
}

LogIntSoftmax::LogIntSoftmax(double scale, int bits) : bits_(bits)
{
    assert(check(scale, bits));
    while (scale > kCoarsestScale) {
        scale /= 2;
        ++refinement_;
    }
    b_ = flooredQuotient(0.96963238 / 0.35815147, scale);
    c_ = flooredQuotient(1 / 0.35815147, scale * scale);
    l_ = flooredQuotient(-0.6931, scale);
    const auto step = [&](std::int64_t x) { return std::min(x / -l_, std::int64_t{kSteps}); };
    lastStep_ = static_cast<int>(step(std::int64_t{255} << refinement_));
    for (std::size_t difference = 0; difference < exponentials_.size(); ++difference) {
        const std::int64_t x =
            std::min(static_cast<std::int64_t>(difference << refinement_), -l_ * kSteps);
        const std::int64_t q = step(x), r = -x - q * l_;
        exponentials_[difference] = static_cast<std::uint64_t>(r * (r + b_) + c_)
                                    << (lastStep_ - q);
        real_[difference] = exponentialInDoubles(static_cast<double>(difference));
    }
}

void LogIntSoftmax::row(std::span<const std::int8_t> scores, std::span<std::int8_t> exponents) const
{
    assert(scores.size() <= kMostScores && exponents.size() == scores.size());
    if (scores.empty())
        return;
    const int largest = std::ranges::max(scores);
    std::uint64_t sum = 0;
    for (const std::int8_t score : scores)
        sum += exponentials_[static_cast<std::size_t>(largest - score)];

    constexpr std::int8_t kUnknown = -1;
    std::array<std::int8_t, 256> found; // of each difference; many scores share one
    found.fill(kUnknown);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const auto difference = static_cast<std::size_t>(largest - scores[i]);
        std::int8_t& exponent = found[difference];
        if (exponent == kUnknown)
            exponent = limitedExponent(
                nearestExponent(quotientToEven(sum, exponentials_[difference])), bits_);
        exponents[i] = exponent;
    }
}

double LogIntSoftmax::exponentialInDoubles(double difference) const
{
    const auto l = static_cast<double>(l_);
    const double x = std::max(std::ldexp(-difference, refinement_), kSteps * l);
    const double q = std::floor(x / l);
    const double r = x - q * l;
    const double polynomial = r * (r + static_cast<double>(b_)) + static_cast<double>(c_);
    return std::ldexp(polynomial, lastStep_ - static_cast<int>(q));
}

// Why this is exact: a polynomial has at most 26 bits (S = 2^-12), its products with 2 T - 1 or
// with the count of a difference at most 43, whatever power of two is behind them. Sums, which may
// have 57 bits, are kept in halves. x / l is a quotient of whole numbers below 2^15, where no
// rounding reaches the next whole number.
void LogIntSoftmax::rowInDoubles(std::span<const double> scores, std::span<double> exponents) const
{
    assert(scores.size() <= kMostScores && exponents.size() == scores.size());
    if (scores.empty())
        return;
    const auto [smallest, largest] = std::ranges::minmax(scores);
    const auto differenceOf = [most = largest](double score) {
        return static_cast<std::size_t>(static_cast<std::int64_t>(most - score));
    };
    const std::size_t end = differenceOf(smallest) + 1;
    std::array<double, 256> counts{}; // of each difference
    for (const double score : scores)
        ++counts[differenceOf(score)];

    Halves twiceTheSum;
    for (std::size_t difference = 0; difference < end; ++difference)
        twiceTheSum += Halves::of(2 * counts[difference] * real_[difference]);
    RisingExponent exponent(twiceTheSum.carried());
    for (std::size_t difference = 0; difference < end; ++difference)
        if (const double e = real_[difference]; counts[difference] > 0)
            counts[difference] = e == 0 ? kNoWeight : limitedExponent(exponent.of(e), bits_);
    for (std::size_t i = 0; i < scores.size(); ++i)
        exponents[i] = counts[differenceOf(scores[i])];
}

} // namespace vitrine::quant
