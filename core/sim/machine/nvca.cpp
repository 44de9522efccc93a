// NVCA (arXiv 2312.10716): a core of Pif x Pof sparse units for the fast algorithms F(2x2,3x3) and
// FTA (deconvolution as four phases of F(3x3,2x2)), a core for deformable convolution beside it,
// and chaining of layers on chip. Sizes are recollections ("unverified"), the model is ours.
#include "core/base/registry.h"
#include "core/sim/cost/accelerator.h"
#include "core/sim/cost/memory.h"
#include "core/sim/machine/nvca_config.h"

#include <cmath>

namespace vitrine::sim
{

namespace
{

ChainOptions chainOptions(const Nvca& c)
{
    return {c.chaining, c.lines, c.sramKB * 1024, static_cast<int>(c.activationBits),
            static_cast<int>(c.weightBits)};
}

class NvcaRun
{
    enum Unit { kSparse, kDeformable, kDram };

public:
    NvcaRun(const Workload& workload, const Nvca& config)
        : workload_(workload),
          c_(config),
          result_(startResult(workload, config, peak(config),
                              {"Sparse core", "Deformable core", "DRAM"})),
          dram_(result_.bytesPerCycle, static_cast<double>(config.sramKB * 512)),
          chains_(workload, chainOptions(config))
    {
    }

    SimResult go()
    {
        for (std::size_t i = 0; i < workload_.layers.size(); ++i)
            compute(i);
        overlapDeformable();
        for (std::size_t i = 0; i < workload_.layers.size(); ++i)
            place(i);
        result_.dramApart = true;
        if (chains_.stripes() > 1)
            result_.extras.push_back({"stripes", static_cast<double>(chains_.stripes()), "1",
                                      "Vertical stripes of the chain with the widest rows"});
        result_.extras.push_back(
            {"deformable_cycles", deformableCycles_, "cycle", "Work of the deformable core"});
        result_.extras.push_back({"line_buffer_bytes", chains_.lineBytes(), "byte",
                                  "Rows that the longest chain keeps on chip"});
        result_.notes.push_back("Power and GOPS/W are the chip's; DRAM energy is shown apart.");
        finish(result_, c_);
        return std::move(result_);
    }

private:
    // Dense-equivalent MACs per cycle.
    static double peak(const Nvca& c)
    {
        const double units = static_cast<double>(c.inputs * c.outputs * c.multipliers);
        const double gain = c.fast ? kFastRatio / (1 - c.sparsity) : 1;
        return units * gain +
               (c.deformable == DeformableCore::shared ? 0 : static_cast<double>(c.deformableMacs));
    }

    bool isFast(const model::LayerShape& s) const
    {
        const bool square =
            s.conv.kernelHeight == s.conv.kernelWidth && s.conv.strideHeight == s.conv.strideWidth;
        if (!c_.fast || !square || s.conv.groups != 1)
            return false;
        return (s.kind == LayerKind::conv && s.conv.kernelHeight == 3 &&
                s.conv.strideHeight == 1) ||
               (s.kind == LayerKind::deconv && s.conv.kernelHeight == 4 &&
                s.conv.strideHeight == 2);
    }

    bool onDeformable(const model::LayerShape& s) const
    {
        return s.kind == LayerKind::deformable && c_.deformable != DeformableCore::shared;
    }

    // Multiplications that are issued, halo of stripes included.
    double issued(std::size_t i) const
    {
        const model::LayerShape& s = workload_.layers[i].shape;
        const double macs = static_cast<double>(s.macs()) * chains_.recompute(i);
        return isFast(s) ? macs / kFastRatio * (1 - c_.sparsity) : macs;
    }

    double units() const { return static_cast<double>(c_.inputs * c_.outputs); }

    double sparseCycles(std::size_t i) const
    {
        const model::LayerShape& s = workload_.layers[i].shape;
        if (c_.rounding == Rounding::ideal)
            return issued(i) / (units() * static_cast<double>(c_.multipliers));
        return wholeCycles(s) * chains_.recompute(i);
    }

    double wholeCycles(const model::LayerShape& s) const
    {
        const double products = kTileProducts * (1 - c_.sparsity);
        const double perTile = std::ceil(products / static_cast<double>(c_.multipliers));
        if (isFast(s)) {
            const bool up = s.kind == LayerKind::deconv;
            const std::int64_t down =
                up ? ceilDivide(s.conv.inHeight, 3) : ceilDivide(s.conv.outHeight, 2);
            const std::int64_t across =
                up ? ceilDivide(s.conv.inWidth, 3) : ceilDivide(s.conv.outWidth, 2);
            const std::int64_t groups = ceilDivide(s.conv.inChannels, c_.inputs) *
                                        ceilDivide(s.conv.outChannels, c_.outputs) * (up ? 4 : 1);
            return static_cast<double>(down * across) * static_cast<double>(groups) * perTile +
                   kFillCycles * static_cast<double>(down);
        }
        const std::int64_t area = s.conv.inChannels > 0 && s.kind != LayerKind::deconv
                                      ? s.conv.kernelHeight * s.conv.kernelWidth
                                      : 1;
        const double work = static_cast<double>(s.batch * s.m) * static_cast<double>(area) *
                            static_cast<double>(ceilDivide(s.k / area, c_.inputs)) *
                            static_cast<double>(ceilDivide(s.n, c_.outputs));
        return work / static_cast<double>(c_.multipliers);
    }

    void compute(std::size_t i)
    {
        const Layer& layer = workload_.layers[i];
        LayerResult& r = result_.layers[i];
        if (layer.shape.k == 0 || layer.shape.kind == LayerKind::mix)
            return;
        r.macs = layer.shape.macs();
        double cycles = sparseCycles(i);
        if (onDeformable(layer.shape))
            cycles = static_cast<double>(r.macs) * chains_.recompute(i) * c_.conflict /
                     static_cast<double>(c_.deformableMacs);
        r.computeCycles = cycles / c_.utilisation;
        r.dram = chains_.traffic(i);
        const double products = issued(i);
        const auto bytes = static_cast<std::int64_t>(products / 3);
        r.sram = {bytes, bytes, bytes};
        r.energy = energyOf({.multiplies = products, .adds = products}, r.sram, r.dram, c_);
    }

    // The deformable core works while the sparse core does: it adds what is longer than that.
    void overlapDeformable()
    {
        work_.resize(workload_.layers.size());
        double sparse = 0;
        for (std::size_t i = 0; i < work_.size(); ++i) {
            work_[i] = result_.layers[i].computeCycles;
            if (!onDeformable(workload_.layers[i].shape))
                sparse += work_[i];
        }
        for (std::size_t i = 0; i < work_.size(); ++i) {
            if (!onDeformable(workload_.layers[i].shape))
                continue;
            deformableCycles_ += work_[i];
            double& beside = c_.deformable == DeformableCore::parallel ? sparse : groupSparse(i);
            const double hidden = std::min(work_[i], beside);
            beside -= hidden;
            result_.layers[i].computeCycles -= hidden;
        }
    }

    double& groupSparse(std::size_t i)
    {
        const int chain = workload_.layers[i].chain;
        if (chain != groupChain_ || chain == 0) {
            groupChain_ = chain;
            groupLeft_ = 0;
            for (std::size_t j = 0; chain > 0 && j < work_.size(); ++j)
                if (workload_.layers[j].chain == chain && !onDeformable(workload_.layers[j].shape))
                    groupLeft_ += result_.layers[j].computeCycles;
        }
        return groupLeft_;
    }

    void place(std::size_t i)
    {
        LayerResult& r = result_.layers[i];
        if (r.macs == 0)
            return;
        const double start = result_.cycles;
        placeLayer(r, result_, dram_, c_);
        const int layer = static_cast<int>(i);
        const bool deformable = onDeformable(workload_.layers[i].shape);
        result_.schedule.push_back(
            {layer, deformable ? kDeformable : kSparse, start, start + work_[i]});
        if (r.dramCycles > 0)
            result_.schedule.push_back(
                {layer, kDram, start,
                 start + std::min(r.dramCycles, std::max(r.cycles, work_[i]))});
    }

    const Workload& workload_;
    const Nvca& c_;
    SimResult result_;
    FetchAhead dram_;
    const Chains chains_;
    std::vector<double> work_;
    double deformableCycles_ = 0, groupLeft_ = 0;
    int groupChain_ = 0;
};

Result<SimResult> runNvca(const Workload& workload, const Settings& settings)
{
    const Nvca config = configOf(nvcaFields(), settings);
    return NvcaRun(workload, config).go();
}

std::vector<Buffer> nvcaBuffers(const Workload& workload, const Settings& settings)
{
    const Nvca c = configOf(nvcaFields(), settings);
    const Chains chains(workload, chainOptions(c));
    Buffer lines{"Line buffers", c.sramKB * 1024};
    for (std::size_t i = 0; i < workload.layers.size(); ++i)
        lines.wanted.push_back(static_cast<std::int64_t>(std::ceil(chains.heldBytes(i))));
    return {lines};
}

std::vector<AreaPart> nvcaArea(const Settings& settings, const SimResult&)
{
    const Nvca c = configOf(nvcaFields(), settings);
    const char* note = "12 x 16 bit: no unit area for this width in our sources";
    return {{"multipliers of the sparse core",
             static_cast<double>(c.inputs * c.outputs * c.multipliers), std::nullopt,
             Mark::unverified, note},
            {"multipliers of the deformable core",
             c.deformable == DeformableCore::shared ? 0 : static_cast<double>(c.deformableMacs),
             std::nullopt, Mark::ours, note},
            memory("SRAM", static_cast<double>(c.sramKB))};
}

Accelerator nvca()
{
    return {
        "nvca",
        "NVCA",
        "Zhang et al., A Computationally Efficient Neural Video Compression Accelerator, DATE 2024",
        "Sparse core for fast convolution and deconvolution, deformable core, layers chained on "
        "chip",
        parametersOf(nvcaFields()),
        {"ctvc-ref@1080p", "ctvc-ref@720p", "nvca-recollected", "nvc-mini@1920x1088",
         "nvc-mini@640x384", "nvc-mini@352x288"},
        runNvca,
        nvcaBuffers,
        nvcaArea,
        false};
}

const Registry<Accelerator>::Adds kAddsNvca(50, nvca);

} // namespace

} // namespace vitrine::sim
