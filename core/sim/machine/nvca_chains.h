#pragma once

#include "core/sim/cost/result.h"

#include <vector>

namespace vitrine::sim
{

enum class Chaining { off, group, longest };
enum class LineBuffers { unlimited, fit };

struct ChainOptions {
    Chaining chaining = Chaining::group;
    LineBuffers lines = LineBuffers::unlimited;
    std::int64_t sramBytes = 512 * 1024;
    int activationBits = 12, weightBits = 16;
};

// Heterogeneous layer chaining: what goes through DRAM, and what vertical stripes
// cost where the rows that a chain keeps do not fit the SRAM.
class Chains
{
public:
    Chains(const Workload& workload, const ChainOptions& options);

    Traffic traffic(std::size_t layer) const;
    double recompute(std::size_t layer) const
    {
        return again_[layer];
    } // 1: nothing is computed twice
    double heldBytes(std::size_t layer) const
    {
        return held_[layer];
    } // rows of all layers chained with it, of one stripe
    double lineBytes() const { return lineBytes_; }   // of the chain that keeps most
    std::int64_t stripes() const { return stripes_; } // of the chain that needs most

private:
    bool staysBehind(std::size_t layer) const;
    double rowBytes(const Layer& layer) const;
    void setStripes(std::size_t first, std::size_t end);

    const Workload& workload_;
    const ChainOptions options_;
    std::vector<double> again_; // share of a layer's work and of a chain's input that is done and
                                // read, halo included
    std::vector<double> held_;
    double lineBytes_ = 0;
    std::int64_t stripes_ = 1;
};

} // namespace vitrine::sim
