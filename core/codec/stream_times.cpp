#include "core/codec/stream_times.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace vitrine::codec
{
namespace
{

using video::Rate;

constexpr double kLongestHole = 10; // seconds; what is longer is another clock

// A rate that equipment has: whole, or over 1001.
bool isUsual(const Rate& rate)
{
    return (rate.denominator == 1 || rate.denominator == 1001) && rate.perSecond() <= 300;
}

std::vector<Rate> usualRates()
{
    std::vector<Rate> rates;
    for (const int whole :
         {24, 25, 30, 48, 50, 60, 100, 120, 10, 12, 15, 20, 5, 8, 1, 2, 90, 240}) {
        rates.push_back({whole, 1});
        if (whole % 12 == 0 || whole % 15 == 0)
            rates.push_back({std::int64_t{whole} * 1000, 1001});
    }
    return rates;
}

// The frames' places, where every time is one of the grid's but for its rounding, and most frames
// are one place from the next.
std::optional<std::vector<std::int64_t>> gridOf(const std::vector<std::int64_t>& times, double tick,
                                                const Rate& rate)
{
    const double each = rate.perSecond() * tick; // places to a unit of time
    // Units that are not much shorter than a frame were made for the rate: nothing is rounded.
    const double tolerance = each < 0.25 ? 1.01 * each + 1e-6 : 1e-6;
    std::vector<std::int64_t> places;
    std::int64_t neighbours = 0;
    for (const std::int64_t time : times) {
        const double exact = static_cast<double>(time - times.front()) * each;
        const double slot = std::round(exact);
        if (std::abs(exact - slot) > tolerance)
            return std::nullopt;
        const auto place = static_cast<std::int64_t>(slot);
        if (!places.empty()) {
            if (place <= places.back())
                return std::nullopt;
            neighbours += place == places.back() + 1 ? 1 : 0;
        }
        places.push_back(place);
    }
    if (2 * neighbours < static_cast<std::int64_t>(times.size()) - 1)
        return std::nullopt;
    return places;
}

// What is said and usual comes first; where times are coarse, as Matroska's milliseconds, a mean
// that is no usual rate is the last to be believed.
std::vector<Rate> candidatesOf(const std::vector<AVRational>& said, double tick)
{
    constexpr double kCoarse = 0.015; // of a frame
    std::vector<Rate> first, last;
    for (const AVRational& rate : said) {
        if (rate.num <= 0 || rate.den <= 0)
            continue;
        const Rate one{rate.num, rate.den};
        (isUsual(one) || one.perSecond() * tick < kCoarse ? first : last).push_back(one);
    }
    for (const Rate& rate : usualRates())
        first.push_back(rate);
    first.insert(first.end(), last.begin(), last.end());
    return first;
}

} // namespace

StreamTimes timesOf(const std::vector<std::int64_t>& times, AVRational timeBase,
                    const std::vector<AVRational>& said)
{
    StreamTimes result;
    for (const AVRational& rate : said)
        if (result.rate.numerator == 0 && rate.num > 0 && rate.den > 0)
            result.rate = {rate.num, rate.den};
    const double tick = timeBase.num > 0 && timeBase.den > 0 ? av_q2d(timeBase) : 0;
    const bool isRising = std::ranges::adjacent_find(times, std::greater_equal<>()) == times.end();
    if (times.size() < 2 || tick <= 0 || !isRising ||
        std::ranges::find(times, AV_NOPTS_VALUE) != times.end())
        return result;

    result.longest = 0;
    result.shortest = kLongestHole;
    for (std::size_t i = 1; i < times.size(); ++i) {
        const double step = static_cast<double>(times[i] - times[i - 1]) * tick;
        result.shortest = std::min(result.shortest, step);
        result.longest = std::max(result.longest, step);
    }
    if (result.longest <= kLongestHole)
        for (const Rate& rate : candidatesOf(said, tick))
            if (auto places = gridOf(times, tick, rate)) {
                result.rate = rate;
                if (places->back() + 1 > static_cast<std::int64_t>(times.size()))
                    result.places = *std::move(places);
                return result;
            }
    result.isIrregular = true;
    const double mean = static_cast<double>(times.size() - 1) /
                        (static_cast<double>(times.back() - times.front()) * tick);
    constexpr double kNear = 0.01;
    const double said0 = result.rate.perSecond();
    if (!(std::abs(said0 - mean) <= kNear * mean)) // what is said may count what is not shown
        result.rate = video::rateOf(mean);
    return result;
}

} // namespace vitrine::codec
