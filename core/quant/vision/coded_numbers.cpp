#include "core/quant/vision/coded_numbers.h"

namespace vitrine::quant
{
namespace
{

// A pure shift, or a multiplier of 31 bits (requantizer.h): sums of 32 bits stay within 63.
bool isRequantizer(std::int64_t multiplier, std::int64_t shift)
{
    if (multiplier == 1)
        return shift >= -31 && shift <= 62;
    return multiplier >= std::int64_t{1} << 30 && multiplier < std::int64_t{1} << 31 &&
           shift >= 1 && shift <= 62;
}

} // namespace

bool isWholeSum(double x)
{
    return x == std::floor(x) && std::abs(x) < 2147483648.0;
}

void describe(CodedRecord& record, const std::string& key, CodeGrid& grid, std::int64_t channels,
              GridLimits limits)
{
    const auto of = [&](const char* what) { return key + "_" + what; };
    record.whole(of("bits").c_str(), grid.bits, 2, limits.bits);
    record.flag(of("signed").c_str(), grid.isSigned);
    record.positive(of("scale").c_str(), grid.scale);
    record.whole(of("zero").c_str(), grid.zero, limits.hasZero ? grid.low() : 0,
                 limits.hasZero ? grid.high() : 0);
    bool isShifted = !grid.shifts.empty();
    record.flag(of("shifted").c_str(), isShifted);
    if (isShifted) {
        record.numbers(key + ".shifts", grid.shifts, channels);
        record.expectWithin<std::uint8_t>(key.c_str(), grid.shifts, 0, 3);
    }
}

void describe(CodedRecord& record, const std::string& key, std::vector<Rescale>& all,
              std::int64_t count)
{
    bool isWhole = !all.empty() && all.front().whole.has_value();
    std::vector<double> factors;
    std::vector<std::int64_t> multipliers, shifts;
    for (const Rescale& by : all) {
        factors.push_back(by.factor);
        if (by.whole) {
            multipliers.push_back(by.whole->multiplier);
            shifts.push_back(by.whole->shift);
        }
    }
    record.flag((key + "_whole").c_str(), isWhole);
    record.numbers(key + ".factor", factors, count);
    if (isWhole) {
        record.numbers(key + ".multiplier", multipliers, count);
        record.numbers(key + ".shift", shifts, count);
        for (std::size_t i = 0; record.problem().empty() && i < shifts.size(); ++i)
            if (!isRequantizer(multipliers[i], shifts[i]))
                record.fail(key.c_str(), fmt::format("holds {} / 2^{}, which is no requantizer",
                                                     multipliers[i], shifts[i]));
    }
    if (!record.isReading() || !record.problem().empty())
        return;
    all.resize(factors.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = {factors[i], {}};
        if (isWhole)
            all[i].whole = Requantizer{multipliers[i], static_cast<int>(shifts[i])};
    }
}

void describe(CodedRecord& record, const std::string& key, Rescale& by)
{
    std::vector<Rescale> one = {by};
    describe(record, key, one, 1);
    if (!one.empty())
        by = one.front();
}

} // namespace vitrine::quant
