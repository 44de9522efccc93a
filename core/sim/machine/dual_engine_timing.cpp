#include "core/sim/machine/dual_engine_timing.h"

namespace vitrine::sim
{

double DualTiming::pixels(std::int64_t count) const
{
    return c_.replicaMode == ReplicaMode::pixel
               ? static_cast<double>(ceilDivide(count, c_.replicas))
               : static_cast<double>(count);
}
// Output channels over lanes of one engine or two.
double DualTiming::channels(std::int64_t count, std::int64_t lanes) const
{
    return static_cast<double>(
        ceilDivide(count, c_.replicaMode == ReplicaMode::cout ? lanes * c_.replicas : lanes));
}
// Unit cycles to cycles.
double DualTiming::shared(double unitCycles) const
{
    return c_.replicaMode == ReplicaMode::ideal ? unitCycles / L_ : unitCycles;
}

// ceil(Cout / lanes) ceil(Cin / P) pixels k^2
double DualTiming::dense(const model::LayerShape& s, int engines) const
{
    const std::int64_t lanes = G_ * engines;
    const bool conv = s.conv.inChannels > 0 && s.kind != LayerKind::deconv;
    const std::int64_t area = conv ? s.conv.kernelHeight * s.conv.kernelWidth : 1;
    const std::int64_t inputs = s.k / area, outputs = s.n * (conv ? s.batch : 1);
    return shared(channels(outputs, lanes) * static_cast<double>(ceilDivide(inputs, P_)) *
                  pixels(s.m) * static_cast<double>(area) *
                  static_cast<double>(conv ? 1 : s.batch));
}

// Outputs along a row over lanes, channels over the multipliers of a lane.
double DualTiming::depthwise(const model::LayerShape& s) const
{
    const double area = static_cast<double>(s.conv.kernelHeight * s.conv.kernelWidth);
    if (!c_.reconfigurable)
        return shared(static_cast<double>(s.macs()) * 8 / static_cast<double>(G_ * P_)) *
               (c_.replicaMode == ReplicaMode::ideal ? 1 : 1 / L_);
    const double groups = channels(s.conv.outChannels, P_);
    if (c_.replicaMode == ReplicaMode::pixel)
        return static_cast<double>(ceilDivide(s.m, G_ * c_.replicas)) * groups * area;
    return shared(static_cast<double>(ceilDivide(s.conv.outWidth, G_) * s.conv.outHeight) * groups *
                  area);
}

double DualTiming::product(const model::LayerShape& s) const
{
    // One head on one engine.
    const double one = static_cast<double>(ceilDivide(s.n, G_) * ceilDivide(s.k, P_)) * pixels(s.m);
    const bool linear = s.kind == LayerKind::context || s.kind == LayerKind::lookup;
    std::int64_t heads = c_.msa == MsaMode::split || !linear ? ceilDivide(s.batch, 2) : s.batch;
    if (c_.replicaMode == ReplicaMode::cout)
        heads = ceilDivide(heads, c_.replicas);
    return shared(one * static_cast<double>(heads));
}

// Mode b: f is the part of the pointwise layer that MAT does beside the depthwise layer; then
// both do the rest.
double DualTiming::overlapped(double d, double wait, const model::LayerShape& pw) const
{
    const double alone = dense(pw, 1), both = dense(pw, 2);
    const double f = std::min(1.0, std::max(0.0, d - wait) / alone);
    return f < 1 ? d + (1 - f) * both : std::max(d, wait + alone);
}

// Mode a: the authors' script, in whole unit cycles; with ceiling replica modes the schedule of
// mode b.
double DualTiming::scriptTime(const model::LayerShape& dw, const model::LayerShape& pw) const
{
    const std::int64_t area = dw.conv.kernelHeight * dw.conv.kernelWidth, G2 = 2 * G_;
    const std::int64_t groups = ceilDivide(dw.conv.outChannels, P_), ins = ceilDivide(pw.k, P_);
    const std::int64_t d = ceilDivide(dw.conv.outWidth, G_) * groups * dw.conv.outHeight * area,
                       s = groups * area;
    if (c_.replicaMode != ReplicaMode::ideal)
        return overlapped(depthwise(dw), shared(static_cast<double>(s)), pw);
    const std::int64_t outputs =
        pw.kind == LayerKind::grouped ? std::max<std::int64_t>(1, pw.conv.outChannels / 3) : pw.n;
    const std::int64_t pixels = pw.m, a = (d - s) / ins * G_, z = std::min(G2, outputs);
    const std::int64_t done = a / (G2 * pixels) * z;
    if (done >= outputs)
        return shared(static_cast<double>(d));
    const std::int64_t left = pixels - std::max<std::int64_t>(0, a - done * pixels) / z;
    std::int64_t p = ceilDivide(z, G2) * ins * std::max<std::int64_t>(left, 0);
    if (const std::int64_t rest = outputs - done - z; rest > 0)
        p += ceilDivide(rest, G2) * ins * pixels;
    return shared(static_cast<double>(std::max(d, p + d)));
}

double DualTiming::setUp(const model::LayerShape& dw) const
{
    return shared(channels(dw.conv.outChannels, P_) *
                  static_cast<double>(dw.conv.kernelHeight * dw.conv.kernelWidth));
}

double DualTiming::pair(const model::LayerShape& dw, const model::LayerShape& pw) const
{
    if (!c_.overlap || !c_.reconfigurable)
        return depthwise(dw) + dense(pw, 2);
    return c_.cycleMode == CycleMode::a ? scriptTime(dw, pw)
                                        : overlapped(depthwise(dw), setUp(dw), pw);
}

} // namespace vitrine::sim
