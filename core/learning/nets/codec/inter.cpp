#include "core/learning/nets/codec/inter.h"

#include "core/learning/nets/codec/warp.h"

namespace vitrine::learning::codec
{

using torch::Tensor;

InterNetImpl::InterNetImpl()
    : feature1_(register_module("feature1", down(3, 16))),
      feature2_(register_module("feature2", down(16, 32))),
      feature3_(register_module("feature3", down(32, kFeatures))),
      estimate1_(register_module("estimate1", conv3(2 * kFeatures, kMotion))),
      estimate2_(register_module("estimate2", conv3(kMotion, kMotion))),
      motion_(register_module("motion", LatentCoder(kMotion, kMotionLatent))),
      offsets_(register_module("offsets", conv3(kMotion, 2 + 27 * kGroups))),
      deform_(register_module("deform", Deform(kFeatures, kGroups))),
      refine1_(register_module("refine1", conv3(kFeatures, kFeatures))),
      refine2_(register_module("refine2", conv1(kFeatures, kFeatures))),
      residual_(register_module("residual", LatentCoder(kFeatures, kResidualLatent))),
      recRes_(register_module("rec_res", Residual(kFeatures))),
      rec1_(register_module("rec1", Up(kFeatures, 32))),
      rec2_(register_module("rec2", Up(32, 16))),
      rec3_(register_module("rec3", Up(16, 3)))
{
    zero(offsets_);
    rec3_->zero();
}

Tensor InterNetImpl::features(const Tensor& pictures)
{
    return feature3_(leaky(feature2_(leaky(feature1_(pictures - 0.5)))));
}

Tensor InterNetImpl::reconstruct(const Tensor& features)
{
    return rec3_(leaky(rec2_(leaky(rec1_(recRes_(features))))));
}

InterNetImpl::Motion InterNetImpl::move(const Tensor& now, const Tensor& last, double quality,
                                        Chance* chance)
{
    const Tensor both = features(torch::cat({now, last}));
    const Tensor nowFeatures = both.narrow(0, 0, now.size(0));
    const Tensor lastFeatures = both.narrow(0, now.size(0), now.size(0));
    const Tensor estimated =
        estimate2_(leaky(estimate1_(torch::cat({nowFeatures, lastFeatures}, 1))));
    const auto motion = motion_->forward(estimated, quality, chance);
    const Tensor told = offsets_(motion.decoded);
    const Tensor warped = warp(last, enlargedFlow(DeformImpl::baseFlow(told)));
    return {nowFeatures, lastFeatures, told, warped, motion.coded};
}

InterNetImpl::Frame InterNetImpl::motionOnly(const Tensor& now, const Tensor& last, double quality,
                                             Chance* chance)
{
    const Motion moved = move(now, last, quality, chance);
    return {moved.warped, moved.warped, moved.coded, {}};
}

InterNetImpl::Frame InterNetImpl::forward(const Tensor& now, const Tensor& last, double quality,
                                          Chance* chance)
{
    const Motion moved = move(now, last, quality, chance);
    Tensor expected = deform_(moved.last, moved.told);
    expected = expected + refine2_(leaky(refine1_(expected)));
    const auto residual = residual_->forward(moved.now - expected, quality, chance);
    return {moved.warped + reconstruct(expected + residual.decoded), moved.warped, moved.coded,
            residual.coded};
}

} // namespace vitrine::learning::codec
