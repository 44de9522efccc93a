#include "core/learning/nets/vision/position_waves.h"

#include <cmath>

namespace vitrine::learning
{

torch::Tensor positionWaves(int64_t across, int64_t width, double amplitude)
{
    const int64_t quarter = width / 4;
    torch::Tensor waves = torch::zeros({1, 1 + across * across, width});
    auto at = waves.accessor<float, 3>();
    for (int64_t row = 0; row < across; ++row)
        for (int64_t column = 0; column < across; ++column)
            for (int64_t i = 0; i < quarter; ++i) {
                const double frequency =
                    std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(quarter));
                const double x = static_cast<double>(column) * frequency,
                             y = static_cast<double>(row) * frequency;
                const double values[] = {std::sin(x), std::cos(x), std::sin(y), std::cos(y)};
                for (int64_t part = 0; part < 4; ++part)
                    at[0][1 + row * across + column][part * quarter + i] =
                        static_cast<float>(amplitude * values[part]);
            }
    return waves;
}

} // namespace vitrine::learning
