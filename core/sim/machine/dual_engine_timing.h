#pragma once

#include "core/sim/machine/dual_engine.h"

namespace vitrine::sim
{

// Cycles of the two engines for one layer, or a depthwise and a pointwise layer together. Work is
// counted in unit cycles of one replica, which the replica mode turns into cycles.
class DualTiming
{
public:
    explicit DualTiming(const DualEngine& config)
        : c_(config),
          G_(config.lanes),
          P_(config.multipliers),
          L_(static_cast<double>(config.replicas))
    {
    }

    double dense(const model::LayerShape& layer,
                 int engines) const; // convolution, pointwise, linear
    double depthwise(const model::LayerShape& layer) const;
    double product(const model::LayerShape& layer) const; // of activations, per head
    // Of a depthwise layer: the first outputs that the pointwise layer waits for.
    double setUp(const model::LayerShape& depthwise) const;
    double pair(const model::LayerShape& depthwise, const model::LayerShape& pointwise) const;

private:
    double pixels(std::int64_t count) const;
    double channels(std::int64_t count, std::int64_t lanes) const;
    double shared(double unitCycles) const;
    double overlapped(double d, double wait, const model::LayerShape& pw) const;
    double scriptTime(const model::LayerShape& dw, const model::LayerShape& pw) const;

    const DualEngine& c_;
    const std::int64_t G_, P_; // lanes of an engine, multipliers of a lane, as the paper calls them
    const double L_;
};

} // namespace vitrine::sim
