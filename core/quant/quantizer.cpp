#include "core/quant/quantizer.h"

#include "core/quant/layer_errors.h"

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

constexpr Eigen::Index kMostSide = Eigen::Index{1} << 31;
constexpr double kMostWeight = 65504; // the largest number of half precision
constexpr int kMostRounds = 1000;

Result<void> checkLayout(const Quantizer& quantizer, const QuantSettings& s)
{
    if (std::ranges::find(quantizer.layouts, s.layout) == quantizer.layouts.end()) {
        std::string known;
        for (const Layout layout : quantizer.layouts)
            known += (known.empty() ? "" : ", ") + std::string(layoutName(layout));
        return argumentError("{} has no layout \"{}\"; it has {}", quantizer.name,
                             layoutName(s.layout), known);
    }
    if (s.group < 0)
        return argumentError("groups of {} weights; 0 (all) or more expected", s.group);
    if (s.layout == Layout::block && s.group % 8 != 0)
        return argumentError("blocks are 8 inputs wide: groups of {} weights do not fill them; a "
                             "multiple of 8 does",
                             s.group);
    return {};
}

Result<void> checkGrid(const Quantizer& quantizer, const QuantSettings& s)
{
    if (s.symmetric && s.bits < 2)
        return argumentError("{}: a symmetric grid of 1 bit has no positive value; 2 bits or a "
                             "zero point are needed",
                             quantizer.name);
    if (s.terms != 0 || s.restarts != 0)
        return argumentError("{} has steps of a grid; powers of two (terms) and restarts belong to "
                             "binary codes",
                             quantizer.name);
    return {};
}

Result<void> checkBinary(const Quantizer& quantizer, const QuantSettings& s)
{
    if (!s.symmetric)
        return argumentError("{} has codes of -1 and +1, which have no zero point", quantizer.name);
    if (s.terms < 0 || s.terms > 4)
        return argumentError(
            "{} powers of two in a scale; 1 to 4 expected, or 0 for half precision", s.terms);
    if (s.rounds < 0 || s.rounds > kMostRounds || s.restarts < 0 || s.restarts > kMostRounds)
        return argumentError("{} rounds and {} restarts; 0 to {} expected", s.rounds, s.restarts,
                             kMostRounds);
    return {};
}

Result<void> checkUpdate(const Quantizer& quantizer, const QuantSettings& s)
{
    if (s.compensate.value_or(false) && !quantizer.compensates)
        return argumentError("{} does not compensate errors; optq and shiftadd do", quantizer.name);
    if (s.ordering && !usesCompensation(quantizer, s))
        return argumentError(
            "the order of inputs (ordering) matters to compensation only, which {} "
            "does not do here",
            quantizer.name);
    if (!std::isfinite(s.damping) || s.damping < 0)
        return argumentError("damping {}; 0 or more expected", s.damping);
    if (s.incoherence &&
        (quantizer.hasGrid || !quantizer.compensates || s.layout != Layout::column))
        return argumentError("only shiftadd by columns is rotated (incoherence)");
    return {};
}

bool isSymmetric(const Matrix& h)
{
    const double most = h.diagonal().maxCoeff();
    for (Eigen::Index i = 0; i < h.rows(); ++i)
        for (Eigen::Index j = 0; j < i; ++j)
            if (std::abs(h(i, j) - h(j, i)) > 1e-6 * most)
                return false;
    return true;
}

Result<void> checkTask(const Quantizer& quantizer, const QuantSettings& settings,
                       const LayerTask& task)
{
    const Matrix& w = task.weights;
    if (w.size() == 0 || w.rows() >= kMostSide || w.cols() >= kMostSide)
        return inputError("{} x {} weights cannot be quantized", w.rows(), w.cols());
    for (Eigen::Index n = 0; n < w.rows(); ++n)
        for (Eigen::Index k = 0; k < w.cols(); ++k)
            if (!(std::abs(w(n, k)) <= kMostWeight)) // NaN too
                return inputError("weight [{}, {}] is {}; scales, in half precision, reach {}", n,
                                  k, w(n, k), kMostWeight);
    if (!task.hessian) {
        if (needsHessian(quantizer, settings))
            return argumentError("{} needs activations of this layer (a Hessian)", quantizer.name);
        return {};
    }
    const Matrix& h = *task.hessian;
    if (h.rows() != w.cols() || h.cols() != w.cols())
        return inputError("a Hessian of {} x {} for {} inputs", h.rows(), h.cols(), w.cols());
    if (!h.allFinite() || h.diagonal().minCoeff() < 0 || !isSymmetric(h))
        return inputError("the Hessian is no sum of X X^T: it has a value that is not finite, a "
                          "negative one on its diagonal, or is not symmetric");
    return {};
}

} // namespace

std::string_view layoutName(Layout layout)
{
    switch (layout) {
    case Layout::row:
        return "row";
    case Layout::column:
        return "column";
    case Layout::block:
        return "block";
    }
    return "";
}

std::vector<Quantizer> quantizers()
{
    return Registry<Quantizer>::all();
}

Result<Quantizer> findQuantizer(std::string_view name)
{
    std::string known;
    for (const Quantizer& each : quantizers()) {
        if (each.name == name)
            return each;
        known += (known.empty() ? "" : ", ") + each.name;
    }
    return argumentError("no quantizer is called \"{}\"; there are {}", name, known);
}

bool usesCompensation(const Quantizer& quantizer, const QuantSettings& settings)
{
    return settings.compensate.value_or(quantizer.compensates);
}

bool needsHessian(const Quantizer& quantizer, const QuantSettings& settings)
{
    return usesCompensation(quantizer, settings) || settings.incoherence;
}

Result<void> checkSettings(const Quantizer& quantizer, const QuantSettings& settings)
{
    if (settings.bits < 1 || settings.bits > quantizer.mostBits)
        return argumentError("{} bits; {} has 1 to {}", settings.bits, quantizer.name,
                             quantizer.mostBits);
    VITRINE_CHECK(checkLayout(quantizer, settings));
    VITRINE_CHECK(quantizer.hasGrid ? checkGrid(quantizer, settings)
                                    : checkBinary(quantizer, settings));
    return checkUpdate(quantizer, settings);
}

Result<QuantizedLayer> quantize(const Quantizer& quantizer, const QuantSettings& settings,
                                const LayerTask& task)
{
    VITRINE_CHECK(checkSettings(quantizer, settings));
    VITRINE_CHECK(checkTask(quantizer, settings, task));
    VITRINE_TRY(QuantizedLayer layer, quantizer.method(settings, task));
    if (layer.codes)
        VITRINE_CHECK(kernels::checkCodes(*layer.codes));
    layer.weightError = weightError(task.weights, layer.decoded);
    if (task.hessian)
        layer.outputError = outputError(task.weights, layer.decoded, *task.hessian);
    return layer;
}

} // namespace vitrine::quant
