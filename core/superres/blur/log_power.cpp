#include "core/superres/blur/log_power.h"

#include <opencv2/core.hpp>

#include <cmath>
#include <numbers>
#include <numeric>

namespace vitrine::superres
{
namespace
{

std::vector<double> hannWindow(std::int64_t length)
{
    std::vector<double> window;
    for (std::int64_t i = 0; i < length; ++i) {
        const double sine = std::sin(std::numbers::pi * (static_cast<double>(i) + 0.5) /
                                     static_cast<double>(length));
        window.push_back(sine * sine);
    }
    return window;
}

double energyOf(const std::vector<double>& window)
{
    return std::inner_product(window.begin(), window.end(), window.begin(), 0.0);
}

// In turns a pixel, -1/2 to 1/2.
double frequencyOf(int index, int length)
{
    return static_cast<double>(index <= length / 2 ? index : index - length) / length;
}

// -1: none.
int binOf(double right, double down)
{
    const double radius = std::hypot(right, down);
    if (radius == 0.0 || radius >= 0.5)
        return -1;
    const double turn = std::atan2(down, right) / std::numbers::pi * kDirections;
    const int direction = (static_cast<int>(std::floor(turn + 0.5)) + kDirections) % kDirections;
    return static_cast<int>(radius * 2 * kRings) * kDirections + direction;
}

cv::Mat windowed(const LumaPlane& plane, const std::vector<double>& columns,
                 const std::vector<double>& rows)
{
    const double mean = std::reduce(plane.values.begin(), plane.values.end()) /
                        static_cast<double>(plane.values.size());
    cv::Mat result(static_cast<int>(plane.height), static_cast<int>(plane.width), CV_64F);
    auto value = plane.values.begin();
    for (std::size_t y = 0; y < rows.size(); ++y)
        for (std::size_t x = 0; x < columns.size(); ++x)
            result.at<double>(static_cast<int>(y), static_cast<int>(x)) =
                (*value++ - mean) * rows[y] * columns[x];
    return result;
}

} // namespace

LogPower logPower(const LumaPlane& plane, double floor)
{
    const std::vector<double> columns = hannWindow(plane.width), rows = hannWindow(plane.height);
    cv::Mat transform;
    cv::dft(windowed(plane, columns, rows), transform, cv::DFT_COMPLEX_OUTPUT);

    LogPower power{};
    std::array<int, kRings * kDirections> counts{};
    for (int y = 0; y < transform.rows; ++y)
        for (int x = 0; x <= transform.cols / 2; ++x) { // the others mirror these
            const int bin = binOf(frequencyOf(x, transform.cols), frequencyOf(y, transform.rows));
            if (bin < 0)
                continue;
            const auto& value = transform.at<cv::Vec2d>(y, x);
            power[static_cast<std::size_t>(bin)] += value[0] * value[0] + value[1] * value[1];
            ++counts[static_cast<std::size_t>(bin)];
        }
    const double energy = energyOf(columns) * energyOf(rows);
    for (std::size_t i = 0; i < power.size(); ++i)
        power[i] = counts[i] ? std::log(power[i] / (energy * counts[i]) + floor) : std::nan("");
    return power;
}

double shapeDistance(const LogPower& a, const LogPower& b)
{
    double sum = 0, squares = 0;
    int count = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (const double difference = a[i] - b[i]; !std::isnan(difference)) {
            sum += difference;
            squares += difference * difference;
            ++count;
        }
    return squares / count - sum * sum / count / count;
}

} // namespace vitrine::superres
