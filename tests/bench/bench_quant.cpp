// How long each quantizer takes for one linear layer, and the share of its outputs that is lost:
//     bench_quant [OUTPUTS [INPUTS [BITS]]]
#include "core/quant/quantizer.h"
#include "tests/core/quant/sample_layer.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <ctime>

using namespace vitrine;
using namespace vitrine::quant;

namespace
{

void measure(const char* name, const QuantSettings& settings, const SampleLayer& layer)
{
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t work = std::clock();
    const auto result =
        quantize(*findQuantizer(name), settings, {layer.weights, &layer.hessian, {}});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    const double processors = static_cast<double>(std::clock() - work) / CLOCKS_PER_SEC;
    if (!result) {
        fmt::print("{}: {}\n", name, result.error().message);
        return;
    }
    fmt::print("{:9} {:7} group {:4} terms {} {:10} {:7.2f} s ({:.2f} s of processors)  weight "
               "error {:.3g}, output error "
               "{:.5f}\n",
               name, layoutName(settings.layout), settings.group, settings.terms,
               settings.incoherence ? "rotated"
               : settings.ordering  ? "ordered"
                                    : "",
               seconds.count(), processors, result->weightError, result->outputError.value_or(0));
    std::fflush(stdout);
}

} // namespace

int main(int count, char** arguments)
{
    const auto argument = [&](int i, int otherwise) {
        return i < count ? std::atoi(arguments[i]) : otherwise;
    };
    const int outputs = argument(1, 4096), inputs = argument(2, outputs), bits = argument(3, 3);
    const SampleLayer layer = sampleLayer(outputs, inputs);
    fmt::print("{} x {}, {} bits\n", outputs, inputs, bits);
    measure("rtn", {.bits = bits}, layer);
    measure("optq", {.bits = bits, .ordering = true}, layer);
    measure("optq", {.bits = bits, .group = 128}, layer);
    measure("bcq", {.bits = bits}, layer);
    measure("bcq", {.bits = bits, .group = 128}, layer);
    for (const Layout layout : {Layout::column, Layout::block}) {
        measure("bcq", {.layout = layout, .bits = bits, .terms = 3}, layer);
        measure("shiftadd", {.layout = layout, .bits = bits, .terms = 3}, layer);
        measure("shiftadd", {.layout = layout, .bits = bits, .terms = 3, .ordering = true}, layer);
        measure("shiftadd", {.layout = layout, .bits = bits, .ordering = true}, layer);
    }
    measure("shiftadd", {.layout = Layout::column, .bits = bits, .group = 128, .terms = 3}, layer);
    measure(
        "shiftadd",
        {.layout = Layout::column, .bits = bits, .terms = 3, .ordering = true, .incoherence = true},
        layer);
    return 0;
}
