#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vitrine::quant
{

// The `kept` largest of any number of values, in memory for twice as many.
class LargestValues
{
public:
    explicit LargestValues(std::size_t kept);

    void add(double value)
    {
        if (value > least_)
            take(value);
    }
    // The value with `above` values before it in falling order; above < kept and the values seen.
    double fromTop(std::size_t above) const;

private:
    void take(double value);
    void cut();

    std::size_t kept_;
    double least_; // no smaller value matters any more
    std::vector<double> values_;
};

} // namespace vitrine::quant
