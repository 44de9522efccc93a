#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kMostExponent = 64; // either way

// Of all layers together: divisors by exponent and rule.
struct DivisorShares {
    std::map<std::int64_t, double> hardware, released;
    double all = 0, zeros = 0;
};

DivisorShares divisorShares(const RunRecord& run)
{
    DivisorShares shares;
    const Table* table = run.result.table("divisors");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        const double hardware = row.number("hardware"), released = row.number("released");
        if (!(hardware >= 0) || !(released >= 0) || std::isinf(hardware + released))
            continue;
        shares.all += hardware;
        const auto exponent = row.whole("exponent", -kMostExponent, kMostExponent);
        if (!exponent) {
            shares.zeros += hardware;
            continue;
        }
        shares.hardware[*exponent] += hardware;
        shares.released[*exponent] += released;
    }
    return shares;
}

figure::Bars exponentBars(const std::map<std::int64_t, double>& counts, double all,
                          const char* name, int colour, double aside)
{
    figure::Bars bars;
    bars.name = name, bars.colour = colour, bars.width = 0.4;
    for (const auto& [exponent, count] : counts) {
        bars.position.push_back(static_cast<double>(exponent) + aside);
        bars.height.push_back(100 * count / all);
        bars.labels.push_back(fmt::format("2^{}: {} of {} divisors", exponent, count, all));
    }
    return bars;
}

} // namespace

figure::Figure codedDivisors(const CodedDrawing& drawing)
{
    const RunRecord& run = drawing.selected();
    figure::Figure figure =
        drawing.startOne("coded-divisors", "Divisors of linear attention as powers of two", run);
    figure.x.label = "Exponent of the divisor's code";
    figure.y.label = "Of the divisors", figure.y.unit = "%", figure.y.minimum = 0;
    figure.altText = "A histogram of exponents for each of two rounding rules.";
    const DivisorShares shares = divisorShares(run);
    if (!(shares.all > shares.zeros))
        return figure;
    figure.caption = fmt::format(
        "Each divisor is a code of 8 bits; as a power of two it has 4 bits and dividing by it is a "
        "shift. The hardware rounds up from 1.5 times a power on, the released code from 1.41 "
        "times "
        "on. On calibration pictures, of all heads.{}",
        shares.zeros > 0
            ? fmt::format(" {:.2g} % are 0: their outputs are 0.", 100 * shares.zeros / shares.all)
            : "");
    figure.bars = {exponentBars(shares.hardware, shares.all, "the hardware's rule", 0, -0.21),
                   exponentBars(shares.released, shares.all, "the released code's", 1, 0.21)};
    return figure;
}

} // namespace vitrine::quantization_plugin
